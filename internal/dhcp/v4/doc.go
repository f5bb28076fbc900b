// Package v4 is the DHCPv4 server (RFC 2131) for hosts that are in the inventory.
// It has no pools and no leases: what a host is told is what the inventory says,
// whichever client identifier it comes with, so that nothing is kept of a client.
//
// An [Exchange] makes an answer of the bytes of a packet and knows no sockets; a
// [Server] has them. In the life of one packet, worker.serve reads it,
// Exchange.Answer lets request.parse take it apart and request.classify say which
// state the client is in, asks the [dhcp.Decider] who it is, decides what a client
// in that state is told (state.go), composes the message (reply.go) and finds out
// where it goes (route.go).
//
// Packets are read and written by code of our own, which allocates nothing.
package v4
