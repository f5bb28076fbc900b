// Package replay looks at recorded packets, of pcap and pcapng files, and says
// what would be answered to each request by some state of the inventory, how that
// was decided, and how it differs from what was answered then, whoever did. It
// sends nothing.
//
// [Packets] reads a recording, [Run] replays it, and a [Writer] makes a recording
// of what a server does.
package replay
