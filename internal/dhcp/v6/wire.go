package v6

import (
	"encoding/binary"
	"net/netip"

	"github.com/insomniacslk/dhcp/dhcpv6"
)

// Limits of what is read. A request that is beyond them is dropped.
const (
	// MaxPacket is the largest request that is read, in bytes. Requests are a few
	// hundred bytes long, each relay adds some more.
	MaxPacket = 8192
	// MaxHops is HOP_COUNT_LIMIT, the highest hop count of a relay message
	// (RFC 8415 section 7.6). The first relay counts 0.
	MaxHops = 8
	// MaxIAs is how many identity associations a message may have.
	MaxIAs = 16

	maxLayers = MaxHops + 1
	maxWants  = 128 // codes of the option request option that are heeded
)

// Sizes of headers, in bytes.
const (
	messageHeader = 4  // type, transaction ID
	relayHeader   = 34 // type, hop count, link address, peer address
	iaHeader      = 12 // IAID, T1, T2
	iataHeader    = 4  // IAID
	addrHeader    = 24 // address, preferred and valid lifetime
)

// Lengths of a DUID with its type (RFC 8415 section 11.1).
const (
	minDUID = 3
	maxDUID = 130
)

// next takes the first option off b. It returns ok false if b is no option.
func next(b []byte) (code dhcpv6.OptionCode, data, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, nil, nil, false
	}
	n := 4 + int(binary.BigEndian.Uint16(b[2:]))
	if len(b) < n {
		return 0, nil, nil, false
	}
	return dhcpv6.OptionCode(binary.BigEndian.Uint16(b)), b[4:n:n], b[n:], true
}

// wellFormed reports whether b is a list of options.
func wellFormed(b []byte) bool {
	for len(b) > 0 {
		var ok bool
		if _, _, b, ok = next(b); !ok {
			return false
		}
	}
	return true
}

// find returns the first option with the code in b, which is well formed. It
// returns nil if there is none, and an empty slice if it has no data.
func find(b []byte, want dhcpv6.OptionCode) []byte {
	for len(b) > 0 {
		code, data, rest, ok := next(b)
		if !ok {
			return nil
		}
		if code == want {
			return data
		}
		b = rest
	}
	return nil
}

// appendOption appends an option. What does not fit its length is the caller's
// trouble: data comes from options, or is short.
func appendOption(b []byte, code dhcpv6.OptionCode, data []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(code))
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

// open appends the head of an option whose data is written next; shut sets its
// length. It returns where the data begins.
func open(b []byte, code dhcpv6.OptionCode) ([]byte, int) {
	b = binary.BigEndian.AppendUint16(b, uint16(code))
	b = append(b, 0, 0)
	return b, len(b)
}

// shut sets the length of the option whose data begins at start.
func shut(b []byte, start int) {
	binary.BigEndian.PutUint16(b[start-2:], uint16(len(b)-start))
}

// addr16 reads an address of 16 bytes.
func addr16(b []byte) netip.Addr { return netip.AddrFrom16([16]byte(b)) }
