package v4

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto/internal/dhcp"
)

const (
	// MaxReply is the longest message that is sent: what fits into an Ethernet frame.
	MaxReply = 1500 - packetHeaders

	packetHeaders = 28  // octets of the headers of IPv4 and UDP
	minReply      = 300 // what BOOTP relays and clients expect (RFC 1542 section 2.1)
	minMaxSize    = 576 // what every client takes (RFC 2132 section 9.10)
)

// Values of option 60, and of option 43 for the firmware of a client that is told
// its boot file: to take it, and to look for no boot servers (PXE 2.1, tag 6).
const (
	classPXE  = "PXEClient"
	classHTTP = "HTTPClient"
)

var takeBootFile = []byte{6, 1, 8, 255}

// area is a part of a message that has room for options.
type area struct{ at, end int }

// composer writes an answer.
type composer struct {
	out   *Outcome
	b     []byte
	areas [3]area    // the options; the fields file and sname, if they are free
	sent  [4]uint64  // codes that are in the message, or must not be
	index [256]uint8 // of out.Answer.Options, from 1, by code
	full  bool       // something had no room
	text  [15]byte   // room for an address
}

// compose writes the answer to out.Reply. It returns false if it would be too large.
func (out *Outcome) compose(m *Meta) bool {
	c := composer{out: out}
	limit := out.request.maxReply()
	out.Reply = slices.Grow(out.Reply[:0], limit)[:limit]
	c.b = out.Reply
	clear(c.b)
	relay := out.request.option(optRelay)
	c.areas[0] = area{atOptions, limit - len(relay) - parts(len(relay))*2 - 3 - 1} // overload, end
	if c.areas[0].at > c.areas[0].end {
		return false
	}
	c.fields(m)
	c.required(m)
	if c.full {
		return false
	}
	if out.Told != NAK {
		c.configured()
	}
	out.Reply = c.b[:c.finish(relay)]
	return true
}

// maxReply returns how long an answer may be.
func (q *request) maxReply() int {
	size := minMaxSize
	if told := q.option(optMaxSize); len(told) == 2 {
		size = min(max(int(binary.BigEndian.Uint16(told)), minMaxSize), MaxReply+packetHeaders)
	}
	if q.kind == BOOTP { // no longer than the request, whose sender may know no more
		return min(max(minReply, len(q.packet)), size-packetHeaders)
	}
	return size - packetHeaders
}

// fields fills in the fixed part (RFC 2131 section 4.3.1, table 3).
func (c *composer) fields(m *Meta) {
	b, q, a := c.b, c.out.request.packet, &c.out.Answer
	b[atOp], b[atHType], b[atHLen] = opReply, q[atHType], q[atHLen]
	copy(b[atXID:atXID+4], q[atXID:])
	copy(b[atFlags:atFlags+2], q[atFlags:])
	copy(b[atGIAddr:atSName], q[atGIAddr:]) // and chaddr
	binary.BigEndian.PutUint32(b[atCookie:], cookie)
	if c.out.Told == NAK {
		if c.out.request.giaddr.IsValid() {
			b[atFlags] |= broadcastFlag >> 8 // the client may not have the address that it thinks
		}
		return
	}
	if c.out.Told != Offer {
		copy(b[atCIAddr:atCIAddr+4], q[atCIAddr:])
	}
	putAddr(b[atYIAddr:], c.out.Addr)
	putAddr(b[atSIAddr:], a.NextServer)
	c.field(1, a.BootFile, atFile, fileSize)
	c.field(2, a.ServerName, atSName, snameSize)
}

// field writes a text to one of the fields sname and file, if it fits there with
// the NUL that ends it. If it does not the field stays free.
func (c *composer) field(i int, text string, at, size int) {
	switch {
	case text != "" && len(text) < size:
		copy(c.b[at:], text)
	case c.out.Told != BOOTReply:
		c.areas[i] = area{at, at + size - 1} // less the end
	}
}

func putAddr(b []byte, addr netip.Addr) {
	if addr.Is4() {
		four := addr.As4()
		copy(b, four[:])
	}
}

// required writes the options that every answer of its type has.
func (c *composer) required(m *Meta) {
	q, a := &c.out.request, &c.out.Answer
	if c.out.Told != BOOTReply {
		put(c, optType, []byte{messageTypes[c.out.Told]})
		self := m.Self
		if q.giaddr.IsValid() && q.relay.serverID.IsValid() {
			self = q.relay.serverID
		}
		put(c, optServerID, self.AsSlice())
	}
	for _, code := range []uint8{optPad, optRequested, optLeaseTime, optOverload, optType, optServerID, optWants,
		optMessage, optMaxSize, optRenewal, optRebinding, optClientID, optRapidCommit, optRelay, optUUID, optEnd} {
		c.mark(code)
	}
	if c.out.Told == NAK {
		put(c, optMessage, string(c.out.Reason))
	}
	if c.out.Addr.IsValid() && c.out.Told != BOOTReply {
		c.times(a)
	}
	if id := q.option(optClientID); id != nil { // RFC 6842
		put(c, optClientID, id)
	}
	if c.out.Told == NAK {
		return
	}
	if q.kind == Discover && c.out.Told == ACK {
		put(c, optRapidCommit, []byte(nil))
	}
	if uuid := q.option(optUUID); uuid != nil {
		put(c, optUUID, uuid)
	}
}

// times writes for how long the address is told, and when to ask again.
func (c *composer) times(a *dhcp.Answer) {
	putSeconds(c, optLeaseTime, a.Lease)
	if a.Renew > 0 && a.Rebind > 0 {
		putSeconds(c, optRenewal, a.Renew)
		putSeconds(c, optRebinding, a.Rebind)
	}
}

// putSeconds writes a duration; the longest that can be told means forever.
func putSeconds(c *composer, code uint8, d time.Duration) {
	const forever = 1<<32 - 1
	put(c, code, binary.BigEndian.AppendUint32(nil, uint32(min(max(d/time.Second, 1), forever))))
}

// configured writes what the inventory has: what firmware must be told, what the
// client asks for, in its order, and what it must know anyway; everything if it
// does not say what it wants.
func (c *composer) configured() {
	q, a := &c.out.request, &c.out.Answer
	for i, o := range a.Options {
		if o.Code < optEnd && i < 255 {
			c.index[o.Code] = uint8(i + 1)
		}
	}
	c.firmware(q.option(optVendorClass))
	wants := q.option(optWants)
	for _, code := range wants {
		c.option(code)
	}
	c.option(optMask)
	c.option(optRouter)
	if len(a.BootFile) >= fileSize {
		c.option(optBootFile)
	}
	if len(wants) == 0 {
		for _, o := range a.Options {
			if o.Code < optEnd {
				c.option(uint8(o.Code))
			}
		}
	}
}

// firmware writes what boot firmware must see, or it takes the answer for that of
// a server that knows of no boot file, and waits for another one.
func (c *composer) firmware(class []byte) {
	file := c.out.Answer.BootFile
	switch {
	case file == "":
	case bytes.HasPrefix(class, []byte(classPXE)):
		if c.index[optVendorClass] == 0 {
			put(c, optVendorClass, classPXE)
		}
		if c.index[optVendorOptions] == 0 {
			put(c, optVendorOptions, takeBootFile)
		}
		c.option(optVendorClass)
		c.option(optVendorOptions)
		if len(file) >= fileSize {
			c.option(optBootFile)
		}
	case bytes.HasPrefix(class, []byte(classHTTP)) && strings.HasPrefix(file, "http"):
		if c.index[optVendorClass] == 0 {
			put(c, optVendorClass, classHTTP)
		}
		c.option(optVendorClass)
		c.option(optBootFile)
	}
}

// option writes an option, if there is one and it is not there yet.
func (c *composer) option(code uint8) {
	if c.sent[code/64]&(1<<(code%64)) != 0 {
		return
	}
	a := &c.out.Answer
	switch i := c.index[code]; {
	case i != 0:
		put(c, code, a.Options[i-1].Data)
	case code == optBootFile && a.BootFile != "":
		put(c, code, a.BootFile)
	case code == optTFTPServer && a.ServerName != "":
		put(c, code, a.ServerName)
	case code == optTFTPServer && a.NextServer.Is4():
		put(c, code, a.NextServer.AppendTo(c.text[:0]))
	}
}

func (c *composer) mark(code uint8) { c.sent[code/64] |= 1 << (code % 64) }

// parts returns in how many options so many octets go (RFC 3396).
func parts(size int) int { return max((size+254)/255, 1) }

// put writes an option where there is room for it.
func put[T string | []byte](c *composer, code uint8, data T) {
	c.mark(code)
	for i := range c.areas {
		if a := &c.areas[i]; a.end-a.at >= len(data)+2*parts(len(data)) {
			a.at += len(putParts(c.b[a.at:a.at], code, data))
			return
		}
	}
	c.full = true
	c.out.Trimmed++
}

// putParts appends an option, in several parts if it is long.
func putParts[T string | []byte](b []byte, code uint8, data T) []byte {
	for {
		n := min(len(data), 255)
		b = append(append(b, code, byte(n)), data[:n]...)
		if data = data[n:]; len(data) == 0 {
			return b
		}
	}
}

// finish writes what comes last, and returns the length of the message.
func (c *composer) finish(relay []byte) int {
	overload := byte(0)
	for i, start := range []int{1: atFile, 2: atSName} {
		if a := c.areas[i]; i > 0 && a.at > start {
			overload |= byte(i)
			c.b[a.at] = optEnd
		}
	}
	at := c.areas[0].at
	if overload != 0 {
		at += copy(c.b[at:], []byte{optOverload, 1, overload})
	}
	if relay != nil { // RFC 3046 section 2.2: the last one
		at += len(putParts(c.b[at:at], optRelay, relay))
	}
	c.b[at] = optEnd
	return max(at+1, minReply)
}
