package v4

import (
	"net/netip"

	"github.com/clusto/clusto/internal/datagram"
)

var everybody = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// relayPort returns the port to which a relay is answered.
func (q *request) relayPort(m *Meta) uint16 {
	if q.relay.sourcePort {
		return m.From.Port() // RFC 8357
	}
	return m.port()
}

// route finds out where the answer goes (RFC 2131 section 4.1).
func (out *Outcome) route(m *Meta) {
	q := &out.request
	clientPort := m.port() + 1
	out.From = m.Self
	switch {
	case out.Kind == Inform && q.ciaddr.IsValid() && (!q.giaddr.IsValid() || out.Answer.Network.Prefix.Contains(q.ciaddr)):
		// RFC 2131 section 4.3.5, also of relayed ones
		out.To = netip.AddrPortFrom(q.ciaddr, clientPort)
	case q.giaddr.IsValid():
		out.To = netip.AddrPortFrom(q.giaddr, q.relayPort(m))
	case out.hasAddress(m):
		out.To = netip.AddrPortFrom(q.ciaddr, clientPort)
	case out.Told != NAK && out.Addr.IsValid() && !q.broadcast() && m.Frames && m.Interface != 0:
		out.To = netip.AddrPortFrom(out.Addr, clientPort)
		out.Interface, out.Hardware = m.Interface, datagram.HardwareAddr(q.packet[atCHAddr:])
	default:
		out.To, out.Interface = netip.AddrPortFrom(everybody, clientPort), m.Interface
	}
}

// hasAddress says whether a client that no relay stands for is answered at the
// address that it says it has. It is if it may keep that; a NAK is broadcast, unless
// the client is in a network that a broadcast does not reach.
func (out *Outcome) hasAddress(m *Meta) bool {
	ciaddr := out.request.ciaddr
	if !ciaddr.IsValid() {
		return false
	}
	if out.Told == NAK {
		return out.Kind == Renew && !m.Links.OnLink(m.Interface, ciaddr)
	}
	return out.Addr == ciaddr
}
