package snmp

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"
)

// acknowledgeV3 returns the answer to a v3 inform: the same variables in a
// Response of the same security level. It changes packet.
func (d *decoder) acknowledgeV3(packet *gosnmp.SnmpPacket, h v3Header, now time.Time) ([]byte, error) {
	params := d.usm.peers[peerKey{h.user, h.engineID}]
	if params == nil { // without authentication nothing is remembered
		bare, err := d.usm.users[h.user].params(h.engineID, true)
		if err != nil {
			return nil, err
		}
		params = &peer{params: bare}
	}
	packet.PDUType = gosnmp.GetResponse
	packet.Error, packet.ErrorIndex = gosnmp.NoError, 0
	packet.MsgMaxSize = 0 // gosnmp then writes its own
	packet.MsgFlags = h.level()
	return d.marshal(packet, params.params, now)
}

// report returns the message that tells the sender of h why it was refused,
// and our engine ID, boots and time (RFC 3414 section 3.2 and 4).
func (d *decoder) report(h v3Header, r *refusal, now time.Time) ([]byte, error) {
	d.reports++
	packet := &gosnmp.SnmpPacket{
		Version:         gosnmp.Version3,
		MsgID:           uint32(h.msgID),
		SecurityModel:   gosnmp.UserSecurityModel,
		ContextEngineID: d.usm.engineID,
		PDUType:         gosnmp.Report,
		Variables:       []gosnmp.SnmpPDU{{Name: r.oid, Type: gosnmp.Counter32, Value: d.reports}},
	}
	params := &gosnmp.UsmSecurityParameters{UserName: h.user, AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv}
	if r.signed != nil {
		packet.MsgFlags, params = gosnmp.AuthNoPriv, r.signed
	}
	return d.marshal(packet, params, now)
}

// marshal encodes a packet as a message of our engine with the keys of params.
func (d *decoder) marshal(packet *gosnmp.SnmpPacket, params *gosnmp.UsmSecurityParameters, now time.Time) (message []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			message, err = nil, fmt.Errorf("the encoder panicked: %v", p)
		}
	}()
	own, ok := params.Copy().(*gosnmp.UsmSecurityParameters)
	if !ok {
		return nil, fmt.Errorf("security parameters of type %T", params.Copy())
	}
	own.AuthoritativeEngineID = d.usm.engineID
	own.AuthoritativeEngineBoots, own.AuthoritativeEngineTime = d.usm.boots, d.usm.clock(now)
	// The salt has to be different in each message (RFC 3414 section 8.1.1.1,
	// RFC 3826 section 3.1.2.1).
	own.PrivacyParameters = make([]byte, 8)
	if _, err := rand.Read(own.PrivacyParameters); err != nil {
		return nil, err
	}
	packet.SecurityParameters = own
	return packet.MarshalMsg()
}
