package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"iter"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Packet is a DHCP packet of a recording.
type Packet struct {
	At       time.Time
	From, To netip.AddrPort
	Via      string // name of the interface, if the recording says it
	VLAN     uint16 // of the innermost tag; 0 if there is none
	Data     []byte // the payload
	// Problem says why the packet cannot be answered: it is a fragment, or was not
	// recorded in full. It is "" if it can be.
	Problem string
}

// source is a recording of either format.
type source interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// Packets yields the DHCP packets of a pcap or pcapng recording, which may be
// compressed by gzip; all others are passed over. It yields ErrInvalid, once and
// last, if r is no such recording or ends in the middle, and ErrExhausted if it has
// more than so many bytes, also where it is compressed. A limit of 0 is none.
func Packets(r io.Reader, limit int64) iter.Seq2[*Packet, error] {
	return func(yield func(*Packet, error) bool) {
		plain := &plain{left: limit, limited: limit > 0}
		var src source
		var kind func(gopacket.CaptureInfo) layers.LinkType
		var name func(int) string
		err := plain.open(r)
		if err == nil {
			src, kind, name, err = open(plain)
		}
		if plain.over {
			yield(nil, tooLong(limit))
			return
		}
		if err != nil {
			yield(nil, clusto.Errorf(clusto.ErrInvalid, "this is no recording in the format pcap or pcapng: %v", err))
			return
		}
		for {
			var frame []byte
			var info gopacket.CaptureInfo
			if frame, info, err = src.ReadPacketData(); err != nil {
				break
			}
			p := decode(kind(info), frame)
			if p == nil {
				continue
			}
			p.At, p.Via = info.Timestamp, name(info.InterfaceIndex)
			if !yield(p, nil) {
				return
			}
		}
		switch {
		case plain.over:
			yield(nil, tooLong(limit))
		case !errors.Is(err, io.EOF):
			yield(nil, clusto.Errorf(clusto.ErrInvalid, "the recording breaks off: %v", err))
		}
	}
}

// plain reads a recording without its compression, up to a limit: what is a few
// bytes as it comes may be a great many.
type plain struct {
	r       io.Reader
	left    int64
	limited bool
	over    bool // there was more
}

// open looks whether r is compressed.
func (p *plain) open(r io.Reader) error {
	b := bufio.NewReader(r)
	p.r = b
	if head, err := b.Peek(len(magicGzip)); err != nil || !bytes.Equal(head, magicGzip) {
		return nil // what it is instead is seen later
	}
	var err error
	p.r, err = gzip.NewReader(b)
	return err
}

// Read implements io.Reader.
func (p *plain) Read(b []byte) (int, error) {
	if p.limited && p.left <= 0 {
		n, err := p.r.Read(b[:min(len(b), 1)])
		p.over = n > 0
		if p.over {
			err = io.ErrUnexpectedEOF
		}
		return 0, err
	}
	if p.limited && int64(len(b)) > p.left {
		b = b[:p.left]
	}
	n, err := p.r.Read(b)
	p.left -= int64(n)
	return n, err
}

func tooLong(limit int64) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the recording has more than %d bytes, without its compression", limit),
		"take a part of it, as by editcap -r, or only what is DHCP, as by tcpdump -r FILE -w PART port 67 or port 547")
}

// magicGzip is how a gzip file begins.
var magicGzip = []byte{0x1f, 0x8b}

// magicNG is how a pcapng file begins.
var magicNG = []byte{0x0a, 0x0d, 0x0d, 0x0a}

// open reads the head of a recording. kind tells of what kind a frame is, and name
// how an interface is called.
func open(r io.Reader) (src source, kind func(gopacket.CaptureInfo) layers.LinkType, name func(int) string, err error) {
	b := bufio.NewReader(r)
	if head, err := b.Peek(len(magicNG)); err != nil || !bytes.Equal(head, magicNG) {
		old, err := pcapgo.NewReader(b)
		if err != nil {
			return nil, nil, nil, err
		}
		kind = func(gopacket.CaptureInfo) layers.LinkType { return old.LinkType() }
		return old, kind, func(int) string { return "" }, nil
	}
	ng, err := pcapgo.NewNgReader(b, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	if err != nil {
		return nil, nil, nil, err
	}
	kind = func(info gopacket.CaptureInfo) layers.LinkType {
		for _, data := range info.AncillaryData {
			if kind, ok := data.(layers.LinkType); ok {
				return kind
			}
		}
		return ng.LinkType()
	}
	name = func(index int) string {
		face, err := ng.Interface(index)
		if err != nil {
			return ""
		}
		return face.Name
	}
	return ng, kind, name, nil
}
