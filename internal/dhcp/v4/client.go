package v4

import (
	"encoding/binary"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
)

// The FQDN option (RFC 4702 section 2): a flag, and the octets before the name.
const (
	fqdnEncoded = 4 // the name is in the form of DNS messages
	fqdnHead    = 3
)

// describe sets out.Client to what the request tells.
func (out *Outcome) describe(m *Meta) {
	q, c := &out.request, &out.Client
	*c = dhcp.Client{Family: dhcp.V4, Via: m.Via, Relay: q.giaddr, Link: q.link(m)}
	if q.packet[atHType] == ethernet {
		c.MAC = clusto.MAC(q.packet[atCHAddr:])
	}
	if id := q.option(optClientID); len(id) >= 2 { // RFC 2132 section 9.14
		c.ID = id
	}
	c.Vendor, c.User = q.option(optVendorClass), q.option(optUserClass)
	if uuid := q.option(optUUID); len(uuid) > 1 && uuid[0] == 0 { // the only type there is
		c.UUID = uuid[1:]
	}
	c.Hostname = q.option(optHostName)
	if name := q.option(optFQDN); len(c.Hostname) == 0 && len(name) > fqdnHead && name[0]&fqdnEncoded == 0 {
		c.Hostname = name[fqdnHead:]
	}
	c.CircuitID, c.RemoteID = q.relay.circuit, q.relay.remote

	out.numbers = out.numbers[:0]
	for _, code := range q.option(optWants) {
		out.numbers = append(out.numbers, uint16(code))
	}
	wants := len(out.numbers)
	for arch := q.option(optArch); len(arch) >= 2; arch = arch[2:] {
		out.numbers = append(out.numbers, binary.BigEndian.Uint16(arch))
	}
	if wants > 0 {
		c.Wants = out.numbers[:wants:wants]
	}
	c.Arch = out.numbers[wants:]
}
