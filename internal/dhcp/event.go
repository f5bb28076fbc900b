package dhcp

import (
	"net/netip"
	"time"
)

// Event is a packet that a server has received, and what came of it. What it
// points to is good only during the call that tells of it.
type Event struct {
	At     time.Time
	Family Family
	// From and To are of the packet, and Via is the interface on which it came.
	From, To netip.AddrPort
	Via      string
	// Message is its type, such as DISCOVER; "" if it could not be read. Reply is
	// the type of the answer, such as OFFER; "" if none was sent.
	Message, Reply string
	// Reason says why none was sent, or for a NAK why the client may not have what
	// it asked for.
	Reason Reason
	// Client is who asks, nil if the packet could not be read, and Answer what was
	// decided about it, nil if nothing was.
	Client *Client
	Answer *Answer
	// Packet is what was received, and Response what was sent to Dest.
	Packet, Response []byte
	Dest             netip.AddrPort
}

// Observer is told of what a server does. It must not make the server wait.
type Observer func(*Event)

// Addr returns the address that the client was told, or the zero Addr.
func (e *Event) Addr() netip.Addr {
	if e.Reply == "" || e.Reason != Answered || e.Answer == nil || len(e.Answer.Addrs) == 0 {
		return netip.Addr{}
	}
	return e.Answer.Addrs[0]
}
