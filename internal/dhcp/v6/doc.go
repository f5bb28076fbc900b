// Package v6 is the DHCPv6 server (RFC 8415) for hosts that are in the
// inventory. It has no pools and no lease database: what a host is told is what
// the inventory says, whichever DUID and IAID it comes with.
//
// A [Handler] turns the bytes of a request into the bytes of an answer and knows
// no sockets; a [Server] has them. In the life of one request, Server.serve reads
// it, Handler.Handle lets request.parse take it apart, request.validate check it
// by the tables of RFC 8415 section 16, and Handler.decide ask the [dhcp.Decider];
// composer.message writes what the decision makes of a message of that type,
// inside a Relay-reply for each relay it came through.
//
// Requests are read by a parser of our own, which looks at them in place, is bound
// in depth and size and heeds only what the server needs, so that an odd option
// of a client's firmware does no harm.
package v6
