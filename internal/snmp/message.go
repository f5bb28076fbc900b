package snmp

import (
	"errors"
	"fmt"

	"github.com/gosnmp/gosnmp"
)

// Tags of BER that a message's header is made of.
const (
	tagInteger     = 0x02
	tagOctetString = 0x04
	tagSequence    = 0x30
)

// span is a part of a datagram that remains to be read.
type span struct {
	data     []byte // the whole datagram
	pos, end int
}

// octets returns what remains.
func (s span) octets() []byte { return s.data[s.pos:s.end] }

// next reads one element, which must have the given tag, and returns its
// content. Lengths are definite (RFC 3417 section 8).
func (s *span) next(tag byte, what string) (span, error) {
	rest := s.octets()
	if len(rest) < 2 {
		return span{}, fmt.Errorf("%s: the message ends too early", what)
	}
	if rest[0] != tag {
		return span{}, fmt.Errorf("%s: tag %#02x instead of %#02x", what, rest[0], tag)
	}
	length, header := int(rest[1]), 2
	if length >= 0x80 {
		n := length & 0x7f
		if n == 0 || n > 3 || len(rest) < 2+n { // a datagram is shorter than 1<<24
			return span{}, fmt.Errorf("%s: bad length", what)
		}
		length = 0
		for _, b := range rest[2 : 2+n] {
			length = length<<8 | int(b)
		}
		header += n
	}
	if length > len(rest)-header {
		return span{}, fmt.Errorf("%s: %d octets announced, %d left", what, length, len(rest)-header)
	}
	content := span{data: s.data, pos: s.pos + header, end: s.pos + header + length}
	s.pos = content.end
	return content, nil
}

// integer reads an INTEGER of at most 32 bits.
func (s *span) integer(what string) (int, error) {
	content, err := s.next(tagInteger, what)
	if err != nil {
		return 0, err
	}
	b := content.octets()
	if len(b) == 0 || len(b) > 4 {
		return 0, fmt.Errorf("%s: an integer of %d octets", what, len(b))
	}
	n := int(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int(c)
	}
	return n, nil
}

// header is what a message says before its PDU.
type header struct {
	version   gosnmp.SnmpVersion
	community string // v1 and v2c
	v3        v3Header
	body      span // the PDU, or v3's scoped PDU, with its tag
}

// v3Header is the header of an SNMPv3 message (RFC 3412 section 6, RFC 3414
// section 2.4).
type v3Header struct {
	msgID       int
	flags       gosnmp.SnmpV3MsgFlags
	model       int
	engineID    string
	boots, time int
	user        string
	digest      span // msgAuthenticationParameters
}

// level is the part of the flags that is the security level.
func (h v3Header) level() gosnmp.SnmpV3MsgFlags { return h.flags & gosnmp.AuthPriv }

// reportable says whether the sender wants to know what went wrong.
func (h v3Header) reportable() bool { return h.flags&gosnmp.Reportable != 0 }

// readHeader reads the header of a message. The body is not looked at but for
// being there.
func readHeader(datagram []byte) (header, error) {
	whole := span{data: datagram, end: len(datagram)}
	msg, err := whole.next(tagSequence, "message")
	if err != nil {
		return header{}, err
	}
	if n := len(whole.octets()); n > 0 {
		return header{}, fmt.Errorf("%d octets after the message", n)
	}
	version, err := msg.integer("version")
	if err != nil {
		return header{}, err
	}
	h := header{version: gosnmp.SnmpVersion(version)}
	switch {
	case version == int(gosnmp.Version1), version == int(gosnmp.Version2c):
		community, err := msg.next(tagOctetString, "community")
		if err != nil {
			return header{}, err
		}
		h.community = string(community.octets())
	case version == int(gosnmp.Version3):
		if h.v3, err = readV3Header(&msg); err != nil {
			return header{}, err
		}
	default:
		return header{}, fmt.Errorf("version number %d; 0, 1 and 3 are known", version)
	}
	h.body = msg
	if len(msg.octets()) == 0 {
		return header{}, errors.New("the message has no PDU")
	}
	return h, nil
}

// readV3Header reads what follows the version in an SNMPv3 message, up to the
// scoped PDU.
func readV3Header(msg *span) (h v3Header, err error) {
	global, err := msg.next(tagSequence, "msgGlobalData")
	if err != nil {
		return h, err
	}
	if h.msgID, err = global.integer("msgID"); err != nil {
		return h, err
	}
	if _, err = global.integer("msgMaxSize"); err != nil {
		return h, err
	}
	flags, err := global.next(tagOctetString, "msgFlags")
	if err != nil {
		return h, err
	}
	if len(flags.octets()) != 1 {
		return h, fmt.Errorf("msgFlags: %d octets instead of 1", len(flags.octets()))
	}
	h.flags = gosnmp.SnmpV3MsgFlags(flags.octets()[0])
	if h.level() == gosnmp.AuthPriv&^gosnmp.AuthNoPriv {
		return h, errors.New("msgFlags: privacy without authentication")
	}
	if h.model, err = global.integer("msgSecurityModel"); err != nil {
		return h, err
	}
	security, err := msg.next(tagOctetString, "msgSecurityParameters")
	if err != nil || h.model != int(gosnmp.UserSecurityModel) {
		return h, err
	}
	return h, h.readUSM(&security)
}

// readUSM reads the security parameters of the User-based Security Model.
func (h *v3Header) readUSM(security *span) error {
	usm, err := security.next(tagSequence, "UsmSecurityParameters")
	if err != nil {
		return err
	}
	engineID, err := usm.next(tagOctetString, "msgAuthoritativeEngineID")
	if err != nil {
		return err
	}
	h.engineID = string(engineID.octets())
	if h.boots, err = usm.integer("msgAuthoritativeEngineBoots"); err != nil {
		return err
	}
	if h.time, err = usm.integer("msgAuthoritativeEngineTime"); err != nil {
		return err
	}
	user, err := usm.next(tagOctetString, "msgUserName")
	if err != nil {
		return err
	}
	h.user = string(user.octets())
	h.digest, err = usm.next(tagOctetString, "msgAuthenticationParameters")
	return err
}
