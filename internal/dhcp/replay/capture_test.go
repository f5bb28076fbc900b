package replay_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp/replay"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// recording makes a pcap file of frames.
func recording(t testing.TB, kind layers.LinkType, frames ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	err := w.WriteFileHeader(0, kind)
	for _, frame := range frames {
		err = errors.Join(err, w.WritePacket(gopacket.CaptureInfo{Timestamp: began, CaptureLength: len(frame), Length: len(frame)}, frame))
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read returns the packets of a recording.
func read(t testing.TB, r io.Reader) []*replay.Packet {
	t.Helper()
	var all []*replay.Packet
	for p, err := range replay.Packets(r, 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

func be16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }

// ip4 makes an IPv4 packet with these fragment bits.
func ip4(fragment int, payload []byte) []byte {
	from, to := direct4()
	return join([]byte{0x45, 0}, be16(20+len(payload)), be16(1), be16(fragment), []byte{64, 17, 0, 0}, from.Addr().AsSlice(), to.Addr().AsSlice(), payload)
}

// ip6 makes an IPv6 packet whose payload begins with that header.
func ip6(next byte, payload []byte) []byte {
	from, to := direct6()
	return join([]byte{0x60, 0, 0, 0}, be16(len(payload)), []byte{next, 64}, from.Addr().AsSlice(), to.Addr().AsSlice(), payload)
}

func udp(from, to int, payload []byte) []byte {
	return join(be16(from), be16(to), be16(8+len(payload)), []byte{0, 0}, payload)
}

func TestFrames(t *testing.T) {
	t.Parallel()
	want := []byte("a DHCP packet")
	four, six := ip4(0, udp(68, 67, want)), ip6(17, udp(546, 547, want))
	macs := make([]byte, 12)
	type result struct {
		vlan    uint16
		problem string
	}
	fragment, truncated := "a fragment", "not recorded in full"
	for _, row := range []struct {
		name  string
		kind  layers.LinkType
		frame []byte
		want  *result // nil: passed over
	}{
		{"Ethernet", layers.LinkTypeEthernet, join(macs, be16(0x0800), four), &result{}},
		{"Ethernet, IPv6", layers.LinkTypeEthernet, join(macs, be16(0x86dd), six), &result{}},
		{"padded", layers.LinkTypeEthernet, join(macs, be16(0x0800), four, make([]byte, 9)), &result{}},
		{"VLAN", layers.LinkTypeEthernet, join(macs, be16(0x8100), be16(0x6007), be16(0x0800), four), &result{vlan: 7}},
		{"two tags", layers.LinkTypeEthernet, join(macs, be16(0x88a8), be16(5), be16(0x8100), be16(9), be16(0x86dd), six), &result{vlan: 9}},
		{"cut tag", layers.LinkTypeEthernet, join(macs, be16(0x8100), be16(5)), nil},
		{"ARP", layers.LinkTypeEthernet, join(macs, be16(0x0806), make([]byte, 28)), nil},
		{"cooked", layers.LinkTypeLinuxSLL, join(make([]byte, 14), be16(0x0800), four), &result{}},
		{"cooked 2", layers.LinkTypeLinuxSLL2, join(be16(0x86dd), make([]byte, 18), six), &result{}},
		{"raw", layers.LinkTypeRaw, four, &result{}},
		{"raw IPv6", layers.LinkTypeIPv6, six, &result{}},
		{"loopback", layers.LinkTypeNull, join([]byte{2, 0, 0, 0}, four), &result{}},
		{"hop by hop", layers.LinkTypeRaw, ip6(0, join([]byte{17, 0, 1, 4, 0, 0, 0, 0}, udp(546, 547, want))), &result{}},
		{"first fragment", layers.LinkTypeRaw, ip4(0x2000, udp(68, 67, want)), &result{problem: fragment}},
		{"second fragment", layers.LinkTypeRaw, ip4(0x0009, udp(68, 67, want)), nil},
		{"first fragment, IPv6", layers.LinkTypeRaw, ip6(44, join([]byte{17, 0, 0, 1, 0, 0, 0, 1}, udp(546, 547, want))), &result{problem: fragment}},
		{"second fragment, IPv6", layers.LinkTypeRaw, ip6(44, join([]byte{17, 0, 0, 9, 0, 0, 0, 1}, udp(546, 547, want))), nil},
		{"whole in a fragment", layers.LinkTypeRaw, ip6(44, join([]byte{17, 0, 0, 0, 0, 0, 0, 1}, udp(546, 547, want))), &result{}},
		{"cut", layers.LinkTypeRaw, four[:len(four)-3], &result{problem: truncated}},
		{"cut header", layers.LinkTypeRaw, four[:25], nil},
		{"TCP", layers.LinkTypeRaw, ip6(6, udp(546, 547, want)), nil},
		{"DNS", layers.LinkTypeRaw, ip4(0, udp(5353, 53, want)), nil},
		{"DHCPv6 port over IPv4", layers.LinkTypeRaw, ip4(0, udp(546, 547, want)), nil},
		{"unknown kind", layers.LinkTypeIEEE802_11, four, nil},
		{"nothing", layers.LinkTypeEthernet, nil, nil},
	} {
		got := read(t, bytes.NewReader(recording(t, row.kind, row.frame)))
		if row.want == nil {
			if len(got) > 0 {
				t.Errorf("%s: %+v, want nothing", row.name, got[0])
			}
			continue
		}
		if len(got) != 1 {
			t.Errorf("%s: %d packets", row.name, len(got))
			continue
		}
		p := got[0]
		if p.VLAN != row.want.vlan || (p.Problem == "") != (row.want.problem == "") || !strings.HasPrefix(p.Problem, row.want.problem) || !p.At.Equal(began) {
			t.Errorf("%s: %+v, want %+v", row.name, p, *row.want)
		}
		if p.Problem == "" && !bytes.Equal(p.Data, want) {
			t.Errorf("%s: %q, want %q", row.name, p.Data, want)
		}
	}
}

func TestNG(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriterInterface(&b, pcapgo.NgInterface{Name: "eth0", LinkType: layers.LinkTypeEthernet, SnapLength: 0}, pcapgo.NgWriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	index, err := w.AddInterface(pcapgo.NgInterface{Name: "wg0", LinkType: layers.LinkTypeRaw})
	if err != nil {
		t.Fatal(err)
	}
	raw := ip6(17, udp(546, 547, []byte("hello")))
	ether := join(make([]byte, 12), be16(0x86dd), raw)
	for i, frame := range [][]byte{ether, raw} {
		info := gopacket.CaptureInfo{Timestamp: began, CaptureLength: len(frame), Length: len(frame), InterfaceIndex: i * index}
		if err := w.WritePacket(info, frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	got := read(t, &b)
	if len(got) != 2 || got[0].Via != "eth0" || got[1].Via != "wg0" || !got[1].At.Equal(began) {
		t.Errorf("got %+v", got)
	}
}

func TestNoRecording(t *testing.T) {
	t.Parallel()
	whole := recording(t, layers.LinkTypeRaw, ip4(0, udp(68, 67, []byte("x"))))
	for name, b := range map[string][]byte{"empty": nil, "text": []byte("no recording at all, but text"), "half": whole[:len(whole)-2], "ng": {0x0a, 0x0d, 0x0d, 0x0a, 0, 0}} {
		var last error
		for _, err := range replay.Packets(bytes.NewReader(b), 0) {
			last = err
		}
		if !errors.Is(last, clusto.ErrInvalid) {
			t.Errorf("%s: %v, want %v", name, last, clusto.ErrInvalid)
		}
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	frame := ip4(0, udp(68, 67, []byte("x")))
	n := 0
	for range replay.Packets(bytes.NewReader(recording(t, layers.LinkTypeRaw, frame, frame, frame)), 0) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d packets", n)
	}
}

// TestLimit reads recordings that are larger than they may be, one as it comes and
// one that is small until it is uncompressed.
func TestLimit(t *testing.T) {
	t.Parallel()
	frame := ip4(0, udp(68, 67, make([]byte, 1000)))
	frames := make([][]byte, 100)
	for i := range frames {
		frames[i] = frame
	}
	plain := recording(t, layers.LinkTypeRaw, frames...)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	size := int64(len(plain))
	for name, b := range map[string][]byte{"plain": plain, "gzip": packed.Bytes()} {
		for limit, want := range map[int64]error{0: nil, size: nil, size - 1: clusto.ErrExhausted, 10: clusto.ErrExhausted, int64(packed.Len()): clusto.ErrExhausted} {
			n := 0
			var last error
			for _, err := range replay.Packets(bytes.NewReader(b), limit) {
				if last = err; err == nil {
					n++
				}
			}
			if !errors.Is(last, want) || (last == nil) != (n == len(frames)) {
				t.Errorf("%s, limit %d: %d packets and %v, want %v", name, limit, n, last, want)
			}
		}
	}
}
