package v6

import (
	"net/netip"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// event sets e to what came of a packet.
func (out *Outcome) event(m *Meta, packet []byte, e *dhcp.Event) {
	*e = dhcp.Event{At: m.At, Family: dhcp.V6, From: m.From, To: m.To, Via: m.Via, Reason: out.Reason, Packet: packet}
	switch {
	case out.Message >= 1 && out.Message <= dhcpv6.MessageTypeRelayReply:
		e.Message = out.Message.String()
	case out.Message != 0:
		e.Message = "other"
	}
	if out.Decided {
		e.Client, e.Answer = &out.Client, &out.Answer
	}
	if len(out.Reply) > 0 {
		e.Reply, e.Response, e.Dest = out.Told.String(), out.Reply, out.To
	}
}

// drop makes out that of a packet that is not looked at.
func (out *Outcome) drop(reason dhcp.Reason) {
	out.Reply, out.To = out.Reply[:0], netip.AddrPort{}
	out.Reason, out.Err, out.Message, out.Told, out.Decided = reason, nil, 0, 0, false
}
