// Package dhcp decides what a DHCP client is told: who it is in the inventory,
// which of its addresses belongs to the network that it asks from, and which
// options its attributes and those of its containers make. It is the same for
// both protocols, and knows no sockets: packages v4 and v6 make a [Client] of a
// packet, and a packet of an [Answer]. A decision can be told step by step, to a
// person who asks why.
//
// [New] makes the [Engine]; one decision is (*decision).decide: who asks (who), what
// its attributes and its containers say (readHost, readContainers), whether it is
// to be answered (enabled), which address it gets (place) and which options
// (options). A story is told on the same way, by the functions in tell.go, so it
// cannot tell anything else than was done.
//
// Most of what decides is the same for many hosts: what containers say, and which
// networks there are. From a Reader that is [Unchanging] it is read once; from
// one that is [Direct] nothing else is asked than what differs from host to host,
// and after a change only what the change may have touched is read again.
package dhcp
