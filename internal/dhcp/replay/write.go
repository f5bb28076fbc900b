package replay

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Writer makes a pcap recording of what a DHCP server receives and sends. The
// packets are as they were; what is around them is made anew, without an Ethernet
// header, for the server does not see it.
type Writer struct {
	pcap *pcapgo.Writer
	buf  []byte
}

// snapLength is how much of a packet is recorded at most: more than there can be.
// It is what tcpdump says.
const snapLength = 262144

// NewWriter writes the head of a recording.
func NewWriter(w io.Writer) (*Writer, error) {
	p := pcapgo.NewWriterNanos(w)
	if err := p.WriteFileHeader(snapLength, layers.LinkTypeRaw); err != nil {
		return nil, fmt.Errorf("begin the recording: %w", err)
	}
	return &Writer{pcap: p}, nil
}

// Write writes a packet that a server received, and its answer.
func (w *Writer) Write(e *dhcp.Event) error {
	if err := w.packet(e.At, e.From, e.To, e.Packet); err != nil {
		return err
	}
	if len(e.Response) == 0 {
		return nil
	}
	from := e.To
	if from.Addr().IsMulticast() || from.Addr() == broadcast || !from.Addr().IsValid() {
		from = netip.AddrPortFrom(serverOf(e), from.Port())
	}
	return w.packet(e.At, from, e.Dest, e.Response)
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// serverOf returns the address of the server that has answered e to all: DHCPv4
// tells it, of DHCPv6 it is not known.
func serverOf(e *dhcp.Event) netip.Addr {
	if e.Family == dhcp.V6 {
		return netip.IPv6Unspecified()
	}
	return serverID4(e.Response)
}

// packet writes a datagram.
func (w *Writer) packet(at time.Time, from, to netip.AddrPort, payload []byte) error {
	source, target := from.Addr().Unmap().WithZone(""), to.Addr().Unmap().WithZone("")
	four := source.Is4() || target.Is4()
	if !source.IsValid() || source.Is4() != four {
		source = unspecified(four)
	}
	if !target.IsValid() || target.Is4() != four {
		target = unspecified(four)
	}
	w.buf = appendIP(w.buf[:0], source, target, 8+len(payload))
	start := len(w.buf)
	w.buf = binary.BigEndian.AppendUint16(w.buf, from.Port())
	w.buf = binary.BigEndian.AppendUint16(w.buf, to.Port())
	w.buf = binary.BigEndian.AppendUint16(w.buf, uint16(8+len(payload)))
	w.buf = append(w.buf, 0, 0)
	w.buf = append(w.buf, payload...)
	sum := checksum(source.AsSlice(), target.AsSlice(), []byte{0, nextUDP}, w.buf[start+4:start+6], w.buf[start:])
	if sum == 0 {
		sum = 0xffff // 0 would mean that there is none
	}
	binary.BigEndian.PutUint16(w.buf[start+6:], sum)
	info := gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(w.buf), Length: len(w.buf)}
	if err := w.pcap.WritePacket(info, w.buf); err != nil {
		return fmt.Errorf("write the recording: %w", err)
	}
	return nil
}

func unspecified(four bool) netip.Addr {
	if four {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}

// appendIP appends the IP header of a UDP datagram of that size.
func appendIP(b []byte, from, to netip.Addr, size int) []byte {
	const hops = 64
	if from.Is6() {
		b = append(b, 6<<4, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(size))
		b = append(b, nextUDP, hops)
		return append(append(b, from.AsSlice()...), to.AsSlice()...)
	}
	start := len(b)
	b = append(b, 4<<4|5, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(20+size))
	b = append(b, 0, 0, 0, 0, hops, nextUDP, 0, 0)
	b = append(append(b, from.AsSlice()...), to.AsSlice()...)
	binary.BigEndian.PutUint16(b[start+10:], checksum(b[start:]))
	return b
}

// checksum is the Internet checksum (RFC 1071) of parts, each but the last of an
// even length.
func checksum(parts ...[]byte) uint16 {
	var sum uint32
	for _, b := range parts {
		for ; len(b) >= 2; b = b[2:] {
			sum += uint32(binary.BigEndian.Uint16(b))
		}
		if len(b) == 1 {
			sum += uint32(b[0]) << 8
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
