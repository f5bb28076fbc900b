package v4

import (
	"encoding/binary"
	"net/netip"

	"github.com/clusto/clusto/internal/dhcp"
)

// Where the fields of a message are (RFC 2131 section 2).
const (
	atOp      = 0
	atHType   = 1
	atHLen    = 2
	atHops    = 3
	atXID     = 4
	atFlags   = 10
	atCIAddr  = 12
	atYIAddr  = 16
	atSIAddr  = 20
	atGIAddr  = 24
	atCHAddr  = 28
	atSName   = 44
	atFile    = 108
	atCookie  = 236
	atOptions = 240
)

const (
	opRequest = 1
	opReply   = 2

	ethernet      = 1 // value of htype
	chaddrSize    = 16
	snameSize     = 64
	fileSize      = 128
	broadcastFlag = 0x8000

	cookie = 0x63825363 // of DHCP and of RFC 1497

	// overloadFile and overloadSName are values of option 52.
	overloadFile  = 1
	overloadSName = 2
)

const (
	// MaxHops is how many relays a packet may have passed (RFC 1542 section 4.1.1).
	MaxHops = 16
	// MaxPacket is how long a packet may be. Clients send what fits into an
	// Ethernet frame.
	MaxPacket = 2048
)

// request is a packet taken apart. It points into the packet, and is used again
// for the next one.
type request struct {
	packet  []byte
	kind    Kind
	mtype   byte // option 53
	flags   uint16
	ciaddr  netip.Addr // the zero Addr where a field is 0.0.0.0
	giaddr  netip.Addr
	options [slotCount][]byte // nil for those that are not there
	joined  []byte            // room for options in several parts
	relay   relayOption
}

// relayOption has the suboptions of option 82.
type relayOption struct {
	circuit, remote []byte
	link, serverID  netip.Addr
	sourcePort      bool
}

// option returns an option that slots knows, nil if it is not there.
func (q *request) option(code uint8) []byte { return q.options[slots[code]] }

// parse takes a packet apart. It returns Answered, or why it is no request.
func (q *request) parse(packet []byte) dhcp.Reason {
	*q = request{packet: packet, joined: q.joined[:0]}
	if len(packet) < atOptions {
		return Malformed
	}
	if packet[atOp] != opRequest {
		return NotARequest
	}
	if packet[atHops] > MaxHops {
		return TooManyHops
	}
	if !q.hardwareIsSound() {
		return Malformed
	}
	q.flags = binary.BigEndian.Uint16(packet[atFlags:])
	q.ciaddr, q.giaddr = addrAt(packet, atCIAddr), addrAt(packet, atGIAddr)
	switch binary.BigEndian.Uint32(packet[atCookie:]) {
	case cookie:
		if !q.parseOptions() {
			return Malformed
		}
	case 0: // BOOTP without vendor information
	default:
		return Malformed
	}
	if !isHost(q.giaddr) || !isHost(q.ciaddr) {
		return Spoofed
	}
	return dhcp.Answered
}

// hardwareIsSound says whether htype, hlen and chaddr may belong together.
func (q *request) hardwareIsSound() bool {
	if q.packet[atHType] != ethernet {
		return q.packet[atHLen] <= chaddrSize
	}
	const group = 1 // bit of an address that is not that of one interface
	return q.packet[atHLen] == 6 && q.packet[atCHAddr]&group == 0 && [6]byte(q.packet[atCHAddr:]) != [6]byte{}
}

// addrAt returns the address of a field, the zero Addr for 0.0.0.0.
func addrAt(packet []byte, at int) netip.Addr {
	if b := [4]byte(packet[at : at+4]); b != [4]byte{} {
		return netip.AddrFrom4(b)
	}
	return netip.Addr{}
}

// isHost says whether addr is none or may be that of a host.
func isHost(addr netip.Addr) bool {
	if !addr.IsValid() {
		return true
	}
	const reserved = 240 // the first octet of what is no network's (RFC 1112), and of the broadcast address
	first := addr.As4()[0]
	return !addr.IsMulticast() && first < reserved && first != 0
}

// parseOptions reads the options, also those in the fields file and sname.
func (q *request) parseOptions() bool {
	if !q.scan(q.packet[atOptions:]) {
		return false
	}
	overload := q.option(optOverload)
	if len(overload) > 1 {
		return false
	}
	if len(overload) == 1 { // the order is that of RFC 3396 section 5
		if overload[0]&overloadFile != 0 && !q.scan(q.packet[atFile:atFile+fileSize]) {
			return false
		}
		if overload[0]&overloadSName != 0 && !q.scan(q.packet[atSName:atSName+snameSize]) {
			return false
		}
	}
	for _, code := range []uint8{optRequested, optServerID, optSubnetSelected} {
		if data := q.option(code); data != nil && len(data) != 4 {
			return false
		}
	}
	if t := q.option(optType); t != nil {
		if len(t) != 1 {
			return false
		}
		q.mtype = t[0]
	}
	return q.parseRelay(q.option(optRelay))
}

// scan reads options up to the end that is marked; some clients mark none.
func (q *request) scan(b []byte) bool {
	for len(b) > 0 && b[0] != optEnd {
		if b[0] == optPad {
			b = b[1:]
			continue
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return false
		}
		size := 2 + int(b[1])
		if slot := slots[b[0]]; slot != 0 {
			q.options[slot] = q.join(q.options[slot], b[2:size:size])
		}
		b = b[size:]
	}
	return true
}

// join returns an option and its next part as one (RFC 3396).
func (q *request) join(old, part []byte) []byte {
	switch {
	case old == nil:
		return part
	case len(part) == 0:
		return old
	}
	start := len(q.joined)
	q.joined = append(append(q.joined, old...), part...)
	return q.joined[start:len(q.joined):len(q.joined)]
}

// parseRelay reads option 82.
func (q *request) parseRelay(b []byte) bool {
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return false
		}
		code, data := b[0], b[2:2+int(b[1])]
		b = b[2+len(data):]
		switch code {
		case subCircuitID:
			q.relay.circuit = data
		case subRemoteID:
			q.relay.remote = data
		case subLink, subServerID:
			if len(data) != 4 {
				return false
			}
			if code == subLink {
				q.relay.link = addrAt(data, 0)
			} else {
				q.relay.serverID = addrAt(data, 0)
			}
		case subSourcePort:
			q.relay.sourcePort = true
		}
	}
	return true
}

// addrOption returns an option that parse has found to be an address.
func (q *request) addrOption(code uint8) netip.Addr {
	if data := q.option(code); data != nil {
		return addrAt(data, 0)
	}
	return netip.Addr{}
}

// broadcast says whether the client cannot receive unicasts yet. Hardware other
// than Ethernet is always sent broadcasts (RFC 4390 section 2.2).
func (q *request) broadcast() bool {
	return q.flags&broadcastFlag != 0 || q.packet[atHType] != ethernet
}
