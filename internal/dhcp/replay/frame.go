package replay

import (
	"encoding/binary"
	"net/netip"

	"github.com/gopacket/gopacket/layers"
)

// Protocols of Ethernet frames.
const (
	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd
	etherVLAN = 0x8100 // IEEE 802.1Q
	etherQinQ = 0x88a8 // IEEE 802.1ad
	etherOld  = 0x9100 // the same before it was a standard
)

// Numbers of IP protocols and IPv6 extension headers.
const (
	nextHopByHop    = 0
	nextUDP         = 17
	nextRouting     = 43
	nextFragment    = 44
	nextDestination = 60
)

// Why a packet cannot be answered.
const (
	problemFragment  = "a fragment: its datagram is not put together"
	problemTruncated = "not recorded in full: record with a larger snapshot length"
)

// decode returns the DHCP packet in a frame, without time and interface, or nil if
// there is none.
func decode(kind layers.LinkType, frame []byte) *Packet {
	p := new(Packet)
	switch kind {
	case layers.LinkTypeEthernet:
		return p.tagged(frame, 12, 14)
	case layers.LinkTypeLinuxSLL:
		return p.tagged(frame, 14, 16)
	case layers.LinkTypeLinuxSLL2:
		return p.tagged(frame, 0, 20)
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		if len(frame) < 4 {
			return nil
		}
		return p.ip(frame[4:])
	case layers.LinkTypeRaw, layers.LinkTypeIPv4, layers.LinkTypeIPv6, 12, 14: // DLT_RAW of other systems
		return p.ip(frame)
	}
	return nil
}

// tagged reads a frame that has its protocol and its payload at these places,
// with VLAN tags between.
func (p *Packet) tagged(frame []byte, protocol, payload int) *Packet {
	if len(frame) < payload {
		return nil
	}
	proto, rest := binary.BigEndian.Uint16(frame[protocol:]), frame[payload:]
	for proto == etherVLAN || proto == etherQinQ || proto == etherOld {
		if len(rest) < 4 {
			return nil
		}
		p.VLAN = binary.BigEndian.Uint16(rest) & 0xfff
		proto, rest = binary.BigEndian.Uint16(rest[2:]), rest[4:]
	}
	if proto != etherIPv4 && proto != etherIPv6 {
		return nil
	}
	return p.ip(rest)
}

// ip reads a packet of either version.
func (p *Packet) ip(b []byte) *Packet {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		return p.ip4(b)
	case len(b) >= 40 && b[0]>>4 == 6:
		return p.ip6(b)
	}
	return nil
}

func (p *Packet) ip4(b []byte) *Packet {
	head, size := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if b[9] != nextUDP || head < 20 || head > len(b) || size > 0 && size < head {
		return nil
	}
	const more, offset = 0x2000, 0x1fff
	fragment := binary.BigEndian.Uint16(b[6:])
	if fragment&offset != 0 {
		return nil // which datagram it is of is said by the first one
	}
	if fragment&more != 0 {
		p.Problem = problemFragment
	}
	from, to := netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	if size > 0 && size < len(b) {
		b = b[:size] // without the padding of short frames
	}
	return p.udp(from, to, b[head:])
}

func (p *Packet) ip6(b []byte) *Packet {
	from, to := netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
	next, rest := b[6], b[40:]
	if size := int(binary.BigEndian.Uint16(b[4:])); size > 0 && size < len(rest) {
		rest = rest[:size]
	}
	for next != nextUDP {
		if len(rest) < 8 {
			return nil
		}
		n := 8 + 8*int(rest[1])
		switch next {
		case nextHopByHop, nextRouting, nextDestination:
		case nextFragment:
			const more, offset = 1, 0xfff8
			fragment := binary.BigEndian.Uint16(rest[2:])
			if fragment&offset != 0 {
				return nil
			}
			if fragment&more != 0 {
				p.Problem = problemFragment
			}
			n = 8
		default:
			return nil
		}
		if n > len(rest) {
			return nil
		}
		next, rest = rest[0], rest[n:]
	}
	return p.udp(from, to, rest)
}

// udp reads a datagram, of which only those to or from DHCP's ports matter, and those
// of a DHCPv4 server on another port, which can be told by what is in them.
func (p *Packet) udp(from, to netip.Addr, b []byte) *Packet {
	if len(b) < 8 {
		return nil
	}
	p.From = netip.AddrPortFrom(from, binary.BigEndian.Uint16(b))
	p.To = netip.AddrPortFrom(to, binary.BigEndian.Uint16(b[2:]))
	if !dhcpPort(from, p.From.Port()) && !dhcpPort(to, p.To.Port()) && !hasCookie(b[8:]) {
		return nil
	}
	size := int(binary.BigEndian.Uint16(b[4:]))
	if size >= 8 && size <= len(b) {
		b = b[:size]
	} else if p.Problem == "" {
		p.Problem = problemTruncated
	}
	p.Data = b[8:]
	return p
}

// dhcpPort reports whether a port is one of DHCP of the version of addr.
func dhcpPort(addr netip.Addr, port uint16) bool {
	if addr.Is4() {
		return port == 67 || port == 68
	}
	return port == 546 || port == 547
}

// hasCookie reports whether data has what stands before the options of DHCPv4 (RFC
// 2131 section 3).
func hasCookie(data []byte) bool {
	const at = 236
	return len(data) >= at+4 && string(data[at:at+4]) == "\x63\x82\x53\x63"
}
