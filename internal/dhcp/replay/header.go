package replay

import (
	"fmt"
	"net/netip"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// header is what shows which packets belong together.
type header struct {
	family  dhcp.Family
	reply   bool   // is from a server
	message string // type of the message, "" if it cannot be read
	key     string // a request and its answers have the same
	server  []byte // the server identifier, nil if there is none
	// links are addresses that are in the client's network by all that is said.
	links []netip.Addr
}

// headerOf reads what shows which packets belong together. Of what cannot be read
// the ports say whether it is a request.
func headerOf(p *Packet) header {
	if p.From.Addr().Is4() {
		return header4(p)
	}
	return header6(p)
}

func header4(p *Packet) header {
	m, err := dhcpv4.FromBytes(p.Data)
	if err != nil {
		return header{family: dhcp.V4, reply: p.To.Port() == 68}
	}
	h := header{
		family: dhcp.V4, reply: m.OpCode == dhcpv4.OpcodeBootReply, message: m.MessageType().String(),
		key: fmt.Sprintf("4 %s %s %s", m.TransactionID, m.ClientHWAddr, m.GatewayIPAddr),
	}
	if id := m.ServerIdentifier(); id != nil {
		h.server = id
	}
	return h
}

// serverID4 returns the server identifier of an answer, or 0.0.0.0.
func serverID4(reply []byte) netip.Addr {
	if m, err := dhcpv4.FromBytes(reply); err == nil {
		if addr, ok := netip.AddrFromSlice(m.ServerIdentifier()); ok {
			return addr.Unmap()
		}
	}
	return netip.IPv4Unspecified()
}

func header6(p *Packet) header {
	m, depth := message6(p.Data)
	if m == nil {
		return header{family: dhcp.V6, reply: p.To.Port() == 546}
	}
	h := header{family: dhcp.V6, message: m.Type().String()}
	switch m.Type() {
	case dhcpv6.MessageTypeAdvertise, dhcpv6.MessageTypeReply, dhcpv6.MessageTypeReconfigure:
		h.reply = true
	}
	var client []byte
	if id := m.Options.ClientID(); id != nil {
		client = id.ToBytes()
	}
	h.key = fmt.Sprintf("6 %s %x %d", m.TransactionID, client, depth)
	if id := m.Options.ServerID(); id != nil {
		h.server = id.ToBytes()
	}
	for _, ia := range m.Options.IANA() {
		for _, a := range ia.Options.Addresses() {
			if addr, ok := netip.AddrFromSlice(a.IPv6Addr); ok {
				h.links = append(h.links, addr)
			}
		}
	}
	return h
}

// maxData is the longest payload that is looked into for what was recorded, and
// maxDepth how deep: real ones are a few hundred octets.
const (
	maxData  = 16 << 10
	maxDepth = 32
)

// message6 returns the innermost message, nil if it cannot be read, and in how many
// relay messages it is.
func message6(data []byte) (m *dhcpv6.Message, depth int) {
	if len(data) > maxData {
		return nil, 0
	}
	d, err := dhcpv6.FromBytes(data)
	for err == nil && d.IsRelay() && depth < maxDepth {
		d, err = dhcpv6.DecapsulateRelay(d)
		depth++
	}
	m, ok := d.(*dhcpv6.Message)
	if err != nil || !ok {
		return nil, depth
	}
	return m, depth
}

// answers reports whether a reply of that type can answer a request of that type.
func answers(reply, request string) bool {
	switch reply {
	case "OFFER":
		return request == "DISCOVER"
	case "ADVERTISE":
		return request == "SOLICIT"
	}
	return true
}
