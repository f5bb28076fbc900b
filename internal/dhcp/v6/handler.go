package v6

import (
	"context"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
)

// The ports of DHCPv6 (RFC 8415 section 7.2).
const (
	ClientPort = 546
	ServerPort = 547
)

// Meta is what is known of a datagram besides its bytes.
type Meta struct {
	At       time.Time
	From, To netip.AddrPort
	Via      string // the interface on which it came
	// Links are addresses of the networks that are on the interface: what the
	// server has there. A client that no relay tells of is in one of these.
	Links []netip.Addr
}

// Handler makes answers of requests. It has no state: the same request gets the
// same answer as long as the inventory is the same.
type Handler struct {
	Decider dhcp.Decider // required
	// DUID is the server identifier, required.
	DUID []byte
}

// Outcome is what came of a packet. It may be used again and again, but is good
// only as long as the packet is.
type Outcome struct {
	// Reply is the answer, To where it goes. It is empty if there is none.
	Reply []byte
	To    netip.AddrPort
	// Reason says why there is none, or if there is one why the client may not have
	// what it asked for.
	Reason dhcp.Reason
	Err    error // of the inventory, with dhcp.InventoryFailure

	// Message is the type of the message, RELAY-FORW if it was not reached. Told
	// is that of the answer.
	Message, Told dhcpv6.MessageType
	// Status is what the answer tells if the client may not have what it asked for.
	Status iana.StatusCode

	// Client is who asked, and Answer what was decided about it. They are set if
	// Decided.
	Decided bool
	Client  dhcp.Client
	Answer  dhcp.Answer

	request request
}

// Handle answers a packet by the state that r shows; a nil r shows none yet. Each
// step is told to story, if it is not nil.
func (h *Handler) Handle(ctx context.Context, r clusto.Reader, packet []byte, m *Meta, out *Outcome, story *dhcp.Story) {
	q := &out.request
	out.Reply, out.To = out.Reply[:0], netip.AddrPort{}
	out.Err, out.Told, out.Status, out.Decided = nil, 0, iana.StatusSuccess, false
	out.Reason = q.parse(packet)
	if out.Reason == dhcp.Answered {
		out.Reason = q.validate(m, h.DUID)
	}
	out.Message = q.kind
	tellPacket(story, out, m)
	if out.Reason != dhcp.Answered {
		return
	}
	if r == nil {
		out.Reason = dhcp.NotReady
		return
	}
	h.decide(ctx, r, m, out, story)
	c := composer{Handler: h, request: q, out: out}
	out.Reason = c.message(m)
	if out.Reason != dhcp.Answered {
		out.Reply = out.Reply[:0]
	} else {
		out.To = q.destination(m)
		out.Reason = refusal(out.Status)
	}
	tellReply(story, out)
}

// decide asks the Decider about the client, by each of its hardware addresses and
// each network it may be in, until it is known.
func (h *Handler) decide(ctx context.Context, r clusto.Reader, m *Meta, out *Outcome, story *dhcp.Story) {
	c := &out.Client
	out.request.describe(m, c)
	out.Decided = true
	macs, n := out.request.hardware(m)
	for i := 0; i == 0 || i < n; i++ {
		c.MAC = macs[i]
		h.decideLink(ctx, r, m, out, story)
		if out.Answer.Reason != dhcp.UnknownClient {
			return
		}
	}
	c.MAC = macs[0]
}

// decideLink asks the Decider about the client with one hardware address.
func (h *Handler) decideLink(ctx context.Context, r clusto.Reader, m *Meta, out *Outcome, story *dhcp.Story) {
	c, told := &out.Client, out.Client.Link
	for i := 0; ; i++ {
		if !told.IsValid() && i < len(m.Links) {
			c.Link = m.Links[i]
		}
		out.Err = h.Decider.Decide(ctx, r, c, &out.Answer, story)
		elsewhere := out.Answer.Reason == dhcp.NoNetwork || out.Answer.Reason == dhcp.NoAddress
		if told.IsValid() || !elsewhere || i+1 >= len(m.Links) {
			return
		}
	}
}

// destination returns where an answer goes: to the port for clients or relays
// whatever port the request came from, unless the relay wants it back there (RFC
// 8357). A server on a port of its own answers to where the request came from.
func (q *request) destination(m *Meta) netip.AddrPort {
	port := uint16(ClientPort)
	if q.depth > 0 {
		port = ServerPort
	}
	own := m.To.Port() != ServerPort
	if own || q.depth > 0 && find(q.layers[0].options, dhcpv6.OptionRelayPort) != nil {
		port = m.From.Port()
	}
	return netip.AddrPortFrom(m.From.Addr(), port)
}
