package snmp

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"
)

// errDiscovery is the error of a datagram that asked for our engine ID or our
// clock. It is answered and counted by itself.
var errDiscovery = errors.New("engine discovery")

// decoder turns datagrams into traps. It is used by one goroutine.
type decoder struct {
	communities map[string]bool // nil takes any
	usm         *usm
	reports     uint32
}

// newDecoder returns a decoder. No communities means any.
func newDecoder(communities []string, engineID string, users []User, now time.Time) (*decoder, error) {
	u, err := newUSM(engineID, users, now)
	if err != nil {
		return nil, err
	}
	d := &decoder{usm: u}
	for _, c := range communities {
		if d.communities == nil {
			d.communities = map[string]bool{}
		}
		d.communities[c] = true
	}
	return d, nil
}

// decode returns the trap in a datagram and the reply to send if there is one:
// the acknowledgement of an inform, to be sent when the trap is safe; with an
// error, a report that says why not. The error is errDiscovery or a *drop.
func (d *decoder) decode(datagram []byte, now time.Time) (trap Trap, reply []byte, err error) {
	h, err := readHeader(datagram)
	if err != nil {
		return Trap{}, nil, &drop{Malformed, err}
	}
	if h.version == gosnmp.Version3 {
		return d.decodeV3(h, datagram, now)
	}
	return d.decodeCommunity(h, datagram)
}

// decodeCommunity decodes a message of v1 or v2c.
func (d *decoder) decodeCommunity(h header, datagram []byte) (trap Trap, reply []byte, err error) {
	if d.communities != nil && !d.communities[h.community] {
		return Trap{}, nil, &drop{reason: BadCommunity} // not named: it may be a secret mistyped
	}
	kind := gosnmp.PDUType(h.body.octets()[0])
	v1 := h.version == gosnmp.Version1 && kind == gosnmp.Trap
	v2 := h.version == gosnmp.Version2c && (kind == gosnmp.SNMPv2Trap || kind == gosnmp.InformRequest)
	if !v1 && !v2 {
		return Trap{}, nil, dropped(NotATrap, "%s in SNMP version %s", pduName(kind), h.version)
	}
	if kind == gosnmp.InformRequest {
		if reply, err = acknowledge(h, datagram); err != nil {
			return Trap{}, nil, &drop{Malformed, err}
		}
	}
	if trap, ok := plainTrap(h); ok {
		return trap, reply, nil
	}
	if trap, err = unusualTrap(h, datagram); err != nil {
		return Trap{}, nil, &drop{Malformed, err}
	}
	return trap, reply, nil
}

// unusualTrap has gosnmp read the trap or inform in a message of v1 or v2c.
func unusualTrap(h header, datagram []byte) (Trap, error) {
	packet, err := unmarshal(h.version, nil, datagram)
	if err != nil {
		return Trap{}, err
	}
	if h.version == gosnmp.Version1 {
		return trapFromV1(packet)
	}
	return trapOfPacket(packet, V2c)
}

// decodeV3 decodes a message of v3.
func (d *decoder) decodeV3(h header, datagram []byte, now time.Time) (Trap, []byte, error) {
	packet, err := d.usm.open(h, datagram, now)
	if err != nil {
		return d.refused(h, err, now)
	}
	switch packet.PDUType {
	case gosnmp.SNMPv2Trap:
	case gosnmp.InformRequest:
		if h.v3.engineID != d.usm.engineID {
			return d.refused(h, refuse(oidUnknownEngineIDs, UnknownEngine, "inform for engine %x, ours is %x", h.v3.engineID, d.usm.engineID), now)
		}
	default:
		return Trap{}, nil, dropped(NotATrap, "%s in SNMP version 3", pduName(packet.PDUType))
	}
	trap, err := trapOfPacket(packet, V3)
	if err != nil {
		return Trap{}, nil, &drop{Malformed, err}
	}
	trap.User, trap.EngineID = h.v3.user, []byte(h.v3.engineID)
	if !trap.Inform {
		return trap, nil, nil
	}
	reply, err := d.acknowledgeV3(packet, h.v3, now)
	if err != nil {
		return Trap{}, nil, &drop{Malformed, fmt.Errorf("cannot be acknowledged: %w", err)}
	}
	return trap, reply, nil
}

// refused returns what decode returns for a message that open did not let in.
func (d *decoder) refused(h header, err error, now time.Time) (Trap, []byte, error) {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return Trap{}, nil, &drop{Malformed, err}
	}
	if !h.v3.reportable() || r.oid == "" {
		return Trap{}, nil, r.drop
	}
	if h.v3.engineID != d.usm.engineID {
		// Whoever wants a report must speak to our engine, so that comes first.
		r.oid, r.signed = oidUnknownEngineIDs, nil
	}
	reply, err := d.report(h.v3, r, now)
	if err != nil {
		return Trap{}, nil, r.drop
	}
	if r.oid == oidNotInTimeWindows && h.v3.boots == 0 && h.v3.time == 0 || h.v3.engineID == "" {
		return Trap{}, reply, errDiscovery // RFC 3414 section 4
	}
	return Trap{}, reply, r.drop
}

// pduName returns the name of a kind of PDU.
func pduName(kind gosnmp.PDUType) string {
	if kind >= gosnmp.GetRequest && kind <= gosnmp.Report {
		return kind.String()
	}
	return fmt.Sprintf("PDU type %#02x", byte(kind))
}

// acknowledge returns the answer to a v2c inform: the same message, as a
// Response without error (RFC 3416 section 4.2.7). It is made from the
// datagram, so that what the sender wrote comes back octet for octet.
func acknowledge(h header, datagram []byte) ([]byte, error) {
	reply := bytes.Clone(datagram)
	body := span{data: reply, pos: h.body.pos, end: h.body.end}
	reply[body.pos] = byte(gosnmp.GetResponse)
	pdu, err := body.next(byte(gosnmp.GetResponse), "PDU")
	if err != nil {
		return nil, err
	}
	if _, err := pdu.next(tagInteger, "request-id"); err != nil {
		return nil, err
	}
	for _, field := range []string{"error-status", "error-index"} {
		content, err := pdu.next(tagInteger, field)
		if err != nil {
			return nil, err
		}
		clear(content.octets())
	}
	return reply, nil
}
