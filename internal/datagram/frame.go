package datagram

import (
	"encoding/binary"
	"net/netip"
)

const (
	ipHeader    = 20 // octets of an IPv4 header without options
	udpHeader   = 8
	headers     = ipHeader + udpHeader
	protocolUDP = 17
	// timeToLive is that of what the kernel sends.
	timeToLive = 64
)

// putHeaders writes the IPv4 and UDP headers of a datagram with this payload.
func putHeaders(to *[headers]byte, from, peer netip.AddrPort, payload []byte) {
	size := udpHeader + len(payload)
	*to = [headers]byte{0: 4<<4 | ipHeader/4, 8: timeToLive, 9: protocolUDP}
	ip, udp := to[:ipHeader], to[ipHeader:]
	binary.BigEndian.PutUint16(ip[2:], uint16(ipHeader+size))
	src, dst := from.Addr().As4(), peer.Addr().As4()
	copy(ip[12:], src[:])
	copy(ip[16:], dst[:])
	binary.BigEndian.PutUint16(ip[10:], fold(sum(0, ip)))

	binary.BigEndian.PutUint16(udp[0:], from.Port())
	binary.BigEndian.PutUint16(udp[2:], peer.Port())
	binary.BigEndian.PutUint16(udp[4:], uint16(size))
	// The sum is also over a pseudo header: addresses, protocol and length (RFC 768).
	total := sum(uint64(protocolUDP)+uint64(size), ip[12:])
	total = sum(sum(total, udp), payload)
	check := fold(total)
	if check == 0 {
		check = 0xffff // 0 would mean that there is no sum
	}
	binary.BigEndian.PutUint16(udp[6:], check)
}

// sum adds the 16-bit words of b to total (RFC 1071).
func sum(total uint64, b []byte) uint64 {
	for len(b) >= 8 {
		v := binary.BigEndian.Uint64(b)
		total += v>>32 + v&0xffffffff
		b = b[8:]
	}
	for ; len(b) >= 2; b = b[2:] {
		total += uint64(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		total += uint64(b[0]) << 8
	}
	return total
}

// fold makes a checksum of a sum.
func fold(total uint64) uint16 {
	for total > 0xffff {
		total = total>>16 + total&0xffff
	}
	return ^uint16(total)
}
