package load

import (
	"encoding/binary"
	"net/netip"
)

// Message types of RFC 2132, section 9.6.
const (
	discover = 1
	offer    = 2
	request  = 3
	ack      = 5
	nak      = 6
)

const (
	fixedSize   = 240 // up to the magic cookie and with it, see RFC 2131 section 2
	leastSize   = 300 // that some relays want of a BOOTP packet, see RFC 1542 section 2.1
	packetSpace = 600 // that ours need at most
)

// player writes the packets of clients.
type player struct {
	options   *Options
	firstMAC  uint64
	firstAddr uint32
	common    [packetSpace]byte // what every packet begins with
	tail      []byte            // options of every packet
}

func newPlayer(o *Options) *player {
	p := &player{options: o, firstAddr: number(o.Addr)}
	for _, octet := range o.MAC {
		p.firstMAC = p.firstMAC<<8 | uint64(octet)
	}
	head := p.common[:]
	head[0], head[1], head[2] = 1, 1, 6 // a request, of Ethernet
	if o.Relay.IsValid() {
		head[3] = 1 // hop
		binary.BigEndian.PutUint32(head[24:], number(o.Relay))
	} else {
		head[10] = 0x80 // answers are to be broadcast: nobody has the client's address
	}
	copy(head[236:], []byte{99, 130, 83, 99})
	p.tail = []byte{55, 7, 1, 28, 2, 3, 15, 6, 12}
	if o.PXE {
		p.tail = append([]byte{55, 10, 1, 3, 6, 12, 15, 43, 54, 60, 66, 67}, 57, 2, 5, 192, 93, 2, 0, 7, 94, 3, 1, 3, 16)
		const vendor = "PXEClient:Arch:00007:UNDI:003016"
		p.tail = append(append(p.tail, 60, byte(len(vendor))), vendor...)
	}
	return p
}

func number(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

// discover writes a client's DISCOVER into packet and returns its length.
func (p *player) discover(packet []byte, xid uint32, client int) int {
	p.head(packet, xid, client)
	return p.end(packet, append(packet[:fixedSize], 53, 1, discover))
}

// request writes the REQUEST for what a server offered.
func (p *player) request(packet []byte, xid uint32, client int, offered reply) int {
	p.head(packet, xid, client)
	options := append(packet[:fixedSize], 53, 1, request, 50, 4)
	options = binary.BigEndian.AppendUint32(options, offered.addr)
	options = binary.BigEndian.AppendUint32(append(options, 54, 4), offered.server)
	return p.end(packet, options)
}

func (p *player) head(packet []byte, xid uint32, client int) {
	copy(packet, p.common[:leastSize])
	binary.BigEndian.PutUint32(packet[4:], xid)
	var mac [8]byte
	binary.BigEndian.PutUint64(mac[:], p.firstMAC+uint64(client))
	copy(packet[28:], mac[2:])
}

// end adds to a packet what all end with, and returns the whole length.
func (p *player) end(packet, written []byte) int {
	written = append(written, p.tail...)
	if p.options.PXE { // the machine's identifier has its hardware address in it
		written = append(written, 97, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		written = append(written, packet[28:34]...)
	}
	written = append(written, 255)
	return max(len(written), leastSize)
}

// reply is what matters of a server's packet.
type reply struct {
	kind   byte
	xid    uint32
	addr   uint32 // that the client is told
	server uint32 // identifier
}

// readReply reads a packet of a server.
func readReply(packet []byte) (r reply, ok bool) {
	if len(packet) <= fixedSize || packet[0] != 2 {
		return r, false
	}
	r.xid = binary.BigEndian.Uint32(packet[4:])
	r.addr = binary.BigEndian.Uint32(packet[16:])
	for rest := packet[fixedSize:]; len(rest) > 1 && rest[0] != 255; {
		if rest[0] == 0 {
			rest = rest[1:]
			continue
		}
		size := int(rest[1]) + 2
		if size > len(rest) {
			return r, false
		}
		switch {
		case rest[0] == 53 && size == 3:
			r.kind = rest[2]
		case rest[0] == 54 && size == 6:
			r.server = binary.BigEndian.Uint32(rest[2:])
		}
		rest = rest[size:]
	}
	return r, r.kind != 0
}
