package v6

import (
	"encoding/binary"
	"net/netip"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// request is a message that was read, with the relay messages around it. All
// slices point into the packet.
type request struct {
	layers [maxLayers]layer // the outermost first
	depth  int              // how many layers there are

	kind     dhcpv6.MessageType
	xid      [3]byte
	options  []byte // all of the message
	clientID []byte // nil if there is none
	serverID []byte // nil if there is none
	rapid    bool

	ias [MaxIAs]association
	nia int

	wants  [maxWants]uint16
	nwants int
	asks   bool // says what it wants
}

// layer is a Relay-forward message.
type layer struct {
	hops       byte
	link, peer netip.Addr
	options    []byte
}

// association is an IA_NA, IA_TA or IA_PD.
type association struct {
	code    dhcpv6.OptionCode
	id      [4]byte
	options []byte
}

// parse reads a packet. It returns why it is dropped, or Answered.
func (q *request) parse(packet []byte) dhcp.Reason {
	q.depth, q.nia, q.nwants = 0, 0, 0
	q.kind, q.xid, q.options = 0, [3]byte{}, nil
	q.clientID, q.serverID, q.rapid, q.asks = nil, nil, false, false
	if len(packet) > MaxPacket {
		return Oversized
	}
	for len(packet) > 0 && dhcpv6.MessageType(packet[0]) == dhcpv6.MessageTypeRelayForward {
		q.kind = dhcpv6.MessageTypeRelayForward // until the message is found
		inner, reason := q.unwrap(packet)
		if reason != dhcp.Answered {
			return reason
		}
		packet = inner
	}
	if len(packet) == 0 {
		return Malformed
	}
	q.kind = dhcpv6.MessageType(packet[0])
	if !fromClient(q.kind) {
		return NotARequest
	}
	if len(packet) < messageHeader {
		return Malformed
	}
	q.xid = [3]byte(packet[1:messageHeader])
	q.options = packet[messageHeader:]
	return q.parseOptions()
}

// fromClient reports whether messages of that type are sent to servers and are
// answered by this one.
func fromClient(kind dhcpv6.MessageType) bool {
	switch kind {
	case dhcpv6.MessageTypeSolicit, dhcpv6.MessageTypeRequest, dhcpv6.MessageTypeConfirm, dhcpv6.MessageTypeRenew,
		dhcpv6.MessageTypeRebind, dhcpv6.MessageTypeRelease, dhcpv6.MessageTypeDecline, dhcpv6.MessageTypeInformationRequest:
		return true
	}
	return false
}

// unwrap reads a Relay-forward message and returns the message in it.
func (q *request) unwrap(packet []byte) ([]byte, dhcp.Reason) {
	if len(packet) < relayHeader || !wellFormed(packet[relayHeader:]) {
		return nil, Malformed
	}
	if q.depth == maxLayers || packet[1] > MaxHops {
		return nil, TooManyHops
	}
	l := layer{hops: packet[1], link: addr16(packet[2:18]), peer: addr16(packet[18:34]), options: packet[relayHeader:]}
	if l.link.IsMulticast() || l.peer.IsMulticast() {
		return nil, Malformed
	}
	inner, port := find(l.options, dhcpv6.OptionRelayMsg), find(l.options, dhcpv6.OptionRelayPort)
	if inner == nil || port != nil && len(port) != 2 {
		return nil, Malformed
	}
	q.layers[q.depth] = l
	q.depth++
	return inner, dhcp.Answered
}

// parseOptions reads the options of the message.
func (q *request) parseOptions() dhcp.Reason {
	for b := q.options; len(b) > 0; {
		code, data, rest, ok := next(b)
		if !ok {
			return Malformed
		}
		b = rest
		switch code {
		case dhcpv6.OptionClientID:
			ok = q.clientID == nil && len(data) >= minDUID && len(data) <= maxDUID
			q.clientID = data
		case dhcpv6.OptionServerID:
			ok = q.serverID == nil && len(data) >= minDUID && len(data) <= maxDUID
			q.serverID = data
		case dhcpv6.OptionIANA, dhcpv6.OptionIATA, dhcpv6.OptionIAPD:
			if q.nia == MaxIAs {
				return TooManyIAs
			}
			ok = q.parseIA(code, data)
		case dhcpv6.OptionORO:
			ok = len(data)%2 == 0
			q.parseWants(data)
		case dhcpv6.OptionRapidCommit:
			ok = len(data) == 0
			q.rapid = true
		}
		if !ok {
			return Malformed
		}
	}
	return dhcp.Answered
}

// parseIA reads an identity association and reports whether it is one.
func (q *request) parseIA(code dhcpv6.OptionCode, data []byte) bool {
	head := iaHeader
	if code == dhcpv6.OptionIATA {
		head = iataHeader
	}
	if len(data) < head {
		return false
	}
	ia := association{code: code, id: [4]byte(data[:4]), options: data[head:]}
	for b := ia.options; len(b) > 0; {
		code, data, rest, ok := next(b)
		if !ok || code == dhcpv6.OptionIAAddr && len(data) < addrHeader {
			return false
		}
		b = rest
	}
	q.ias[q.nia] = ia
	q.nia++
	return true
}

// parseWants reads the option request option. Clients that send several are
// understood.
func (q *request) parseWants(data []byte) {
	q.asks = true
	for ; len(data) >= 2 && q.nwants < maxWants; data = data[2:] {
		q.wants[q.nwants] = binary.BigEndian.Uint16(data)
		q.nwants++
	}
}

// want reports whether the client asks for an option, or does not say what it
// wants.
func (q *request) want(code uint16) bool {
	if !q.asks {
		return true
	}
	for _, w := range q.wants[:q.nwants] {
		if w == code {
			return true
		}
	}
	return false
}

// associations returns the identity associations of the message.
func (q *request) associations() []association { return q.ias[:q.nia] }

// relayed returns the layers, the outermost first.
func (q *request) relayed() []layer { return q.layers[:q.depth] }

// nextAddr returns the first address in the options of an IA_NA, which are well
// formed, and what follows it. It returns ok false if there is no more.
func nextAddr(options []byte) (addr netip.Addr, rest []byte, ok bool) {
	for len(options) > 0 {
		code, data, rest, ok := next(options)
		if !ok {
			break
		}
		if code == dhcpv6.OptionIAAddr {
			return addr16(data[:16]), rest, true
		}
		options = rest
	}
	return netip.Addr{}, nil, false
}

// names reports whether an IA_NA names an address.
func (ia *association) names(want netip.Addr) bool {
	for b := ia.options; ; {
		addr, rest, ok := nextAddr(b)
		if !ok {
			return false
		}
		if addr == want {
			return true
		}
		b = rest
	}
}
