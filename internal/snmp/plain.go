package snmp

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/gosnmp/gosnmp"
)

// What is read here are traps of SNMPv1 and v2c that are written as all senders
// write them; that takes a fifth of the time that a decoder for everything needs.
// For anything else ok is false and gosnmp is asked, so that there is one judge of
// what is malformed. What is read here gosnmp reads alike (FuzzPlain).

// Tags of BER that variables are made of.
const (
	tagOID       = 0x06
	tagIPAddress = 0x40
	tagCounter32 = 0x41
	tagGauge32   = 0x42
	tagTimeTicks = 0x43
)

// fields reads the elements of a message one after the other. The first that is
// not as expected makes it bad.
type fields struct {
	octets []byte
	bad    bool
}

// next returns the tag and the content of the next element.
func (f *fields) next() (tag byte, content []byte) {
	b := f.octets
	if f.bad || len(b) < 2 {
		f.bad = true
		return 0, nil
	}
	length, at := int(b[1]), 2
	switch {
	case length == 0x81 && len(b) > 2:
		length, at = int(b[2]), 3
	case length == 0x82 && len(b) > 3:
		length, at = int(b[2])<<8|int(b[3]), 4
	case length > 0x7f:
		f.bad = true
		return 0, nil
	}
	if length > len(b)-at {
		f.bad = true
		return 0, nil
	}
	f.octets = b[at+length:]
	return b[0], b[at : at+length]
}

// of returns the content of the next element, which must have the tag.
func (f *fields) of(tag byte) []byte {
	got, content := f.next()
	if got != tag {
		f.bad = true
	}
	return content
}

// integer reads an INTEGER of at most 32 bits.
func (f *fields) integer() int64 {
	n, ok := signed(f.of(tagInteger))
	f.bad = f.bad || !ok
	return n
}

// end reports whether all was as expected and nothing is left.
func (f *fields) end() bool { return !f.bad && len(f.octets) == 0 }

// signed returns the value of an INTEGER of one to four octets.
func signed(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 4 {
		return 0, false
	}
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n, true
}

// unsigned returns the value of a counter, gauge or number of ticks, which is
// written as a positive integer of at most 32 bits.
func unsigned(b []byte) (uint64, bool) {
	if len(b) == 0 || len(b) > 5 || b[0] > 0x7f || len(b) == 5 && b[0] != 0 {
		return 0, false
	}
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n, true
}

// oidText returns an object identifier below iso.org with dots.
func oidText(b []byte) (string, bool) {
	switch string(b) { // what every MAC notification has
	case "\x2b\x06\x01\x02\x01\x01\x03\x00":
		return oidSysUpTime, true
	case "\x2b\x06\x01\x06\x03\x01\x01\x04\x01\x00":
		return oidTrapOID, true
	case "\x2b\x06\x01\x04\x01\x09\x09\x81\x57\x02\x00\x01":
		return OIDMACChanged, true
	case "\x2b\x06\x01\x04\x01\x09\x09\x81\x57\x02":
		return oidMACEnterprise, true
	}
	if len(b) < 2 || len(b) > 64 || b[0] != 0x2b || b[len(b)-1] > 0x7f {
		return "", false
	}
	var space [256]byte
	text := append(space[:0], "1.3"...)
	for at := 1; at < len(b); at++ {
		n := uint64(b[at] & 0x7f)
		for octets := 1; b[at] > 0x7f; octets++ {
			if octets == 5 || n == 0 {
				return "", false
			}
			at++
			n = n<<7 | uint64(b[at]&0x7f)
		}
		if n > 1<<31-1 {
			return "", false
		}
		text = strconv.AppendUint(append(text, '.'), n, 10)
	}
	return string(text), true
}

// value reads the value of a variable, as VarBind has it.
func (f *fields) value() any {
	tag, b := f.next()
	var ok bool
	var v any
	switch tag {
	case tagInteger:
		v, ok = signed(b)
	case tagOctetString:
		v, ok = b, len(b) > 0
	case tagOID:
		v, ok = oidText(b)
	case tagIPAddress:
		var addr netip.Addr
		if addr, ok = netip.AddrFromSlice(b); ok {
			v, ok = addr, len(b) == 4
		}
	case tagCounter32, tagGauge32, tagTimeTicks:
		v, ok = unsigned(b)
	}
	f.bad = f.bad || !ok
	return v
}

// varBinds reads the list of variables, which is the rest of a PDU.
func (f *fields) varBinds() []VarBind {
	rest := fields{octets: f.of(tagSequence), bad: f.bad}
	list := make([]VarBind, 0, 4)
	for len(rest.octets) > 0 && !rest.bad {
		one := fields{octets: rest.of(tagSequence)}
		oid, ok := oidText(one.of(tagOID))
		vb := VarBind{OID: oid, Value: one.value()}
		rest.bad = rest.bad || !ok || !one.end()
		list = append(list, vb)
	}
	f.bad = f.bad || rest.bad || len(f.octets) > 0
	return list
}

// plainTrap reads the trap or inform in a message of v1 or v2c.
func plainTrap(h header) (Trap, bool) {
	message := fields{octets: h.body.octets()}
	tag, content := message.next()
	pdu := fields{octets: content, bad: !message.end()}
	var t Trap
	var err error
	switch gosnmp.PDUType(tag) {
	case gosnmp.Trap:
		t, err = pdu.trapV1()
	case gosnmp.SNMPv2Trap, gosnmp.InformRequest:
		pdu.integer() // request-id
		pdu.integer() // error-status
		pdu.integer() // error-index
		t, err = trapFromV2(pdu.varBinds(), V2c)
		t.Inform = gosnmp.PDUType(tag) == gosnmp.InformRequest
	default:
		return Trap{}, false
	}
	t.Community = h.community
	return t, err == nil && !pdu.bad
}

// trapV1 reads the PDU of an SNMPv1 trap.
func (f *fields) trapV1() (Trap, error) {
	enterprise, ok := oidText(f.of(tagOID))
	agent, isAddr := netip.AddrFromSlice(f.of(tagIPAddress))
	generic, specific := f.integer(), f.integer()
	ticks, isTicks := unsigned(f.of(tagTimeTicks))
	f.bad = f.bad || !ok || !isAddr || !agent.Is4() || !isTicks
	t := Trap{Version: V1, AgentAddr: agent, Uptime: time.Duration(ticks) * tick, VarBinds: f.varBinds()}
	var err error
	t.OID, err = oidOfV1(enterprise, int(generic), int(specific))
	return t, err
}
