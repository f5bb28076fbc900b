package v6

import (
	"encoding/binary"
	"net/netip"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
)

// describe makes of a request what the decision wants to know of the client. The
// slices of c that it owns, Arch and Hostname, are used again.
func (q *request) describe(m *Meta, c *dhcp.Client) {
	arch, name := c.Arch[:0], c.Hostname[:0]
	*c = dhcp.Client{Family: dhcp.V6, ID: q.clientID, Via: m.Via}
	if q.asks {
		c.Wants = q.wants[:q.nwants]
	}
	for b := q.options; len(b) > 0; {
		code, data, rest, _ := next(b)
		b = rest
		switch code {
		case dhcpv6.OptionUserClass:
			c.User = firstText(data)
		case dhcpv6.OptionVendorClass:
			if c.Vendor == nil && len(data) > 4 { // the enterprise number comes first
				c.Vendor = firstText(data[4:])
			}
		case dhcpv6.OptionClientArchType:
			for ; len(data) >= 2; data = data[2:] {
				arch = append(arch, binary.BigEndian.Uint16(data))
			}
		case dhcpv6.OptionFQDN:
			if len(data) > 1 { // flags come first
				name = appendName(name, data[1:])
			}
		}
	}
	c.Arch, c.Hostname = arch, name
	if len(c.ID) == 18 && duidType(c.ID) == dhcpv6.DUID_UUID {
		c.UUID = c.ID[2:]
	}
	q.describeRelays(m, c)
}

// describeRelays sets what relays tell of the client. The innermost is the
// nearest to it and knows best.
func (q *request) describeRelays(m *Meta, c *dhcp.Client) {
	if q.depth == 0 {
		return
	}
	c.Relay = m.From.Addr().WithZone("")
	layers := q.relayed()
	if c.Relay.IsLinkLocalUnicast() && !layers[0].link.IsUnspecified() {
		c.Relay = layers[0].link // it is on our own link and is known by its other address
	}
	for i := len(layers) - 1; i >= 0; i-- {
		l := &layers[i]
		if !c.Link.IsValid() && !l.link.IsUnspecified() && !l.link.IsLinkLocalUnicast() {
			c.Link = l.link
		}
		if c.CircuitID == nil {
			c.CircuitID = find(l.options, dhcpv6.OptionInterfaceID)
		}
		if remote := find(l.options, dhcpv6.OptionRemoteID); c.RemoteID == nil && len(remote) > 4 {
			c.RemoteID = remote[4:] // after the enterprise number
		}
	}
}

// hardware returns the addresses that the client may be known by, the best
// first: what the relay next to it saw (RFC 6939); what its link-local address is
// made of (RFC 4291 appendix A), which is of the interface it asks from; what its
// DUID is made of, which may be of another interface, or of one it had once.
func (q *request) hardware(m *Meta) (macs [3]clusto.MAC, n int) {
	add := func(mac clusto.MAC, ok bool) {
		for _, known := range macs[:n] {
			ok = ok && mac != known
		}
		if ok && mac != (clusto.MAC{}) {
			macs[n] = mac
			n++
		}
	}
	near := m.From.Addr()
	for i := q.depth - 1; i >= 0; i-- {
		if data := find(q.layers[i].options, dhcpv6.OptionClientLinkLayerAddr); len(data) == 8 && hardwareType(data) == iana.HWTypeEthernet {
			add(clusto.MAC(data[2:]), true)
			break
		}
	}
	if q.depth > 0 {
		near = q.layers[q.depth-1].peer
	}
	add(macOfAddr(near))
	add(macOfDUID(q.clientID))
	return macs, n
}

// macOfAddr returns the hardware address that a link-local address is made of.
func macOfAddr(addr netip.Addr) (clusto.MAC, bool) {
	a := addr.As16()
	if !addr.IsLinkLocalUnicast() || a[11] != 0xff || a[12] != 0xfe {
		return clusto.MAC{}, false
	}
	return clusto.MAC{a[8] ^ 2, a[9], a[10], a[13], a[14], a[15]}, true // the bit is inverted there
}

// macOfDUID returns the hardware address that a DUID is made of.
func macOfDUID(duid []byte) (clusto.MAC, bool) {
	if len(duid) < 4 || hardwareType(duid[2:]) != iana.HWTypeEthernet {
		return clusto.MAC{}, false
	}
	switch typ := duidType(duid); {
	case typ == dhcpv6.DUID_LLT && len(duid) == 14:
		return clusto.MAC(duid[8:]), true
	case typ == dhcpv6.DUID_LL && len(duid) == 10:
		return clusto.MAC(duid[4:]), true
	}
	return clusto.MAC{}, false
}

func duidType(duid []byte) dhcpv6.DUIDType {
	return dhcpv6.DUIDType(binary.BigEndian.Uint16(duid))
}

func hardwareType(b []byte) iana.HWType { return iana.HWType(binary.BigEndian.Uint16(b)) }

// firstText returns the first of a list of texts that begin with their length,
// or nil if there is none.
func firstText(b []byte) []byte {
	if len(b) < 2 {
		return nil
	}
	n := int(binary.BigEndian.Uint16(b))
	if len(b)-2 < n {
		return nil
	}
	return b[2 : 2+n : 2+n]
}

// appendName appends a domain name (RFC 1035 section 3.1, without compression) as
// text. Of a broken name it appends what comes before.
func appendName(text, name []byte) []byte {
	for len(name) > 0 && name[0] > 0 && int(name[0]) < len(name) {
		n := 1 + int(name[0])
		if len(text) > 0 {
			text = append(text, '.')
		}
		text = append(text, name[1:n]...)
		name = name[n:]
	}
	return text
}
