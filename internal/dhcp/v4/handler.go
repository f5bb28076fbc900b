package v4

import (
	"context"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp"
)

// ServerPort is where servers and relays listen. Clients have the port after it.
const ServerPort = 67

// Meta is what is known of a datagram besides its bytes.
type Meta struct {
	At   time.Time
	From netip.AddrPort
	// To is what it was sent to. Its port is that of this server, 0 for
	// ServerPort; relays are told to listen at the same, and clients at the next.
	To netip.AddrPort
	// Self is the server identifier (option 54): the address of this server on
	// the interface by which the datagram came.
	Self netip.Addr
	// Interface is the index of that interface, and Via its name.
	Interface int
	Via       string
	// Links are the interfaces of this host; nil if they are not known.
	Links *datagram.Links
	// Frames says that a host without an address can be sent a unicast; else it is
	// sent a broadcast.
	Frames bool
}

// port returns the port of this server.
func (m *Meta) port() uint16 {
	if m.To.Port() == 0 {
		return ServerPort
	}
	return m.To.Port()
}

// broadcast says whether the datagram was sent to everybody.
func (m *Meta) broadcast() bool {
	to := m.To.Addr()
	return to.IsValid() && to != m.Self && !m.Links.Own(to)
}

// Handler makes answers of requests. It has no state: the same request gets the
// same answer as long as the inventory is the same.
type Handler struct {
	Decider dhcp.Decider // required
}

// Outcome is what came of a packet. It may be used again and again, but is good
// only as long as the packet is.
type Outcome struct {
	// Kind is what the client asks, Told the type of the answer.
	Kind Kind
	Told Told
	// Reason says why there is no answer, or for a NAK why the client may not have
	// what it asked for. A DECLINE and a RELEASE want none.
	Reason dhcp.Reason
	Err    error // of the inventory, with dhcp.InventoryFailure
	// Addr is the address that the client was told.
	Addr netip.Addr

	// Reply is the answer, To where it goes, and From where it is sent from. It is
	// empty if there is none.
	Reply []byte
	From  netip.Addr
	To    netip.AddrPort
	// Interface is by which it goes, 0 if the kernel is to find out. Hardware,
	// unless it is zero, says that the client has no address yet: a frame goes there.
	Interface int
	Hardware  datagram.HardwareAddr
	// Trimmed counts the options for which there was no room.
	Trimmed int

	// Client is who asked, and Answer what was decided about it. They are set if
	// Decided.
	Decided bool
	Client  dhcp.Client
	Answer  dhcp.Answer

	request request
	numbers []uint16 // of Client
}

// Answer answers one packet by the state that r shows, as a Server would. A nil r
// shows none yet. Each step of the decision is told to story, if it is not nil.
func Answer(ctx context.Context, d dhcp.Decider, r clusto.Reader, packet []byte, m Meta, story *dhcp.Story) *Outcome {
	out := new(Outcome)
	h := Handler{Decider: d}
	h.Handle(ctx, r, packet, &m, out, story)
	return out
}

// Handle is Answer for who answers many. The reply is written to out.Reply, if
// that has room for it.
func (h *Handler) Handle(ctx context.Context, r clusto.Reader, packet []byte, m *Meta, out *Outcome, story *dhcp.Story) {
	out.refuse(dhcp.Answered)
	if out.Reason = out.admit(packet, m); out.Reason != dhcp.Answered {
		return
	}
	out.describe(m)
	out.Decided = true
	if r != nil {
		out.Err = h.Decider.Decide(ctx, r, &out.Client, &out.Answer, story)
	} else {
		out.Answer = dhcp.Answer{Reason: dhcp.NotReady}
	}
	out.settle()
	if out.Kind == Inform && out.Told != Nothing && !out.mayInform(m) {
		out.Told, out.Reason = Nothing, Spoofed
	}
	if out.Told == Nothing {
		return
	}
	if out.Addr.IsValid() && (out.Addr == m.Self || m.Links.Own(out.Addr)) {
		out.Told, out.Reason, out.Addr = Nothing, ServersAddress, netip.Addr{}
		return
	}
	if !out.compose(m) {
		out.Reply, out.Told, out.Reason = out.Reply[:0], Nothing, TooLarge
		return
	}
	out.route(m)
}

// refuse says that there is no answer, and forgets what came of the packet before.
func (out *Outcome) refuse(reason dhcp.Reason) {
	out.Kind, out.Told, out.Reason, out.Err, out.Addr = Unknown, Nothing, reason, nil, netip.Addr{}
	out.Reply, out.From, out.To = out.Reply[:0], netip.Addr{}, netip.AddrPort{}
	out.Interface, out.Hardware, out.Trimmed, out.Decided = 0, datagram.HardwareAddr{}, 0, false
}

// admit takes the packet apart and says whether it is one to answer.
func (out *Outcome) admit(packet []byte, m *Meta) dhcp.Reason {
	q := &out.request
	if m.From.Port() == m.port() && (m.From.Addr() == m.Self || m.Links.Own(m.From.Addr())) {
		return OwnPacket
	}
	if len(packet) > MaxPacket {
		return Oversized
	}
	if reason := q.parse(packet); reason != dhcp.Answered {
		return reason
	}
	if q.giaddr.IsValid() && (q.giaddr == m.Self || m.Links.Own(q.giaddr)) && q.relayPort(m) == m.port() {
		return Looping
	}
	reason := q.classify(m)
	out.Kind = q.kind
	return reason
}
