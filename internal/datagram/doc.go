// Package datagram reads and writes UDP datagrams many at a time, and knows of
// each which interface it came by and which address it was sent to. It also sends
// frames to hosts that have no address yet, as DHCPv4 wants. It knows nothing of
// what is in them.
//
// [Bind] opens a socket, which may be handed to the next process, and [New] makes
// a [Conn] of it. Each goroutine has a [Reader] and a [Writer] of its own. On
// systems other than Linux one datagram is read at a time, and neither the
// interface nor the destination is known.
package datagram
