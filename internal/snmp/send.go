package snmp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/gosnmp/gosnmp"
)

// MACNotification is a notification for SendMACNotification to send.
type MACNotification struct {
	// To is the receiver.
	To netip.AddrPort
	// From is the switch's address, which this machine must have. The zero
	// value lets the kernel choose.
	From netip.Addr
	// Version is how to send. The zero value means V2c.
	Version Version
	// Community is for v1 and v2c.
	Community string
	// User is for v3.
	User User
	// Inform asks for an acknowledgement and waits for it. Not in v1.
	Inform bool
	// Uptime is how long the switch has been up.
	Uptime time.Duration
	// Index is cmnHistIndex, which counts notifications from 1 and wraps at the
	// switch's history-size. Zero means 1, which is all that the default size has.
	Index int
	// Changes are what happened, at most MaxMACChanges.
	Changes []MACChange
}

// informTimeout is how long to wait for one acknowledgement. A second attempt
// follows.
const informTimeout = 2 * time.Second

// SendMACNotification sends a notification with the variables of a Cisco
// Catalyst switch. A trap is gone when it returns, an inform acknowledged.
func SendMACNotification(ctx context.Context, n MACNotification) error {
	trap, err := n.trap()
	if err != nil {
		return err
	}
	g := &gosnmp.GoSNMP{
		Target:    n.To.Addr().String(),
		Port:      n.To.Port(),
		Transport: "udp",
		Community: n.Community,
		Timeout:   informTimeout,
		Retries:   1,
		MaxOids:   gosnmp.MaxOids,
		Context:   ctx,
	}
	if n.From.IsValid() {
		g.LocalAddr = netip.AddrPortFrom(n.From, 0).String()
	}
	switch n.Version {
	case V1:
		g.Version = gosnmp.Version1
	case V2c, "":
		g.Version = gosnmp.Version2c
	case V3:
		if err := n.secure(g); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown SNMP version %q", n.Version)
	}
	if err := g.Connect(); err != nil {
		return fmt.Errorf("send a trap to %s: %w", n.To, err)
	}
	answer, err := g.SendTrap(trap)
	if err == nil && n.Inform && answer.PDUType != gosnmp.GetResponse {
		err = fmt.Errorf("not acknowledged but answered by a %s", answer.PDUType)
	}
	if err := errors.Join(err, g.Close()); err != nil {
		return fmt.Errorf("send a trap to %s: %w", n.To, err)
	}
	return nil
}

// trap returns the variables of the notification, with the header that SNMPv1
// has instead of the first two.
func (n MACNotification) trap() (gosnmp.SnmpTrap, error) {
	octets, err := EncodeMACChanges(n.Changes)
	if err != nil {
		return gosnmp.SnmpTrap{}, err
	}
	uptime := uint32(n.Uptime / tick) // sysUpTime wraps after 497 days
	suffix := "." + strconv.Itoa(max(n.Index, 1))
	changes := []gosnmp.SnmpPDU{
		{Name: oidChangedMsg + suffix, Type: gosnmp.OctetString, Value: octets},
		{Name: oidTimestamp + suffix, Type: gosnmp.TimeTicks, Value: uptime},
	}
	if n.Version == V1 {
		if n.Inform {
			return gosnmp.SnmpTrap{}, errors.New("SNMPv1 has no informs")
		}
		agent := n.From
		if !agent.Is4() {
			agent = netip.IPv4Unspecified() // RFC 3584 section 3.1: unknown
		}
		return gosnmp.SnmpTrap{
			Enterprise: oidMACEnterprise, AgentAddress: agent.String(),
			GenericTrap: enterpriseSpecific, SpecificTrap: 1,
			Timestamp: uint(uptime), Variables: changes,
		}, nil
	}
	return gosnmp.SnmpTrap{IsInform: n.Inform, Variables: append([]gosnmp.SnmpPDU{
		{Name: oidSysUpTime, Type: gosnmp.TimeTicks, Value: uptime},
		{Name: oidTrapOID, Type: gosnmp.ObjectIdentifier, Value: OIDMACChanged},
	}, changes...)}, nil
}

// secure sets up g to send as the user. A trap is sent by the switch's own
// engine, whose ID is made from its address and whose clock is the time of day
// here; for an inform gosnmp asks the receiver.
func (n MACNotification) secure(g *gosnmp.GoSNMP) error {
	if err := n.User.check(); err != nil {
		return err
	}
	engineID := ""
	if !n.Inform {
		from := n.From.Unmap()
		if !from.IsValid() {
			from = netip.IPv4Unspecified()
		}
		format := byte(1) // RFC 3411 section 5: an IPv4 address follows
		if from.Is6() {
			format = 2
		}
		engineID = string(append([]byte{0x80, 0, 0, 9, format}, from.AsSlice()...)) // 9: Cisco
	}
	h, _ := hashOf(n.User.Auth)
	c, _ := cipherOf(n.User.Priv)
	params := &gosnmp.UsmSecurityParameters{
		UserName:                 n.User.Name,
		AuthoritativeEngineID:    engineID,
		AuthenticationProtocol:   h.gosnmp,
		AuthenticationPassphrase: n.User.AuthPassword,
		PrivacyProtocol:          c,
		PrivacyPassphrase:        n.User.PrivPassword,
	}
	if !n.Inform {
		params.AuthoritativeEngineBoots = 1
		params.AuthoritativeEngineTime = uint32(time.Now().Unix() & 0x7fffffff)
		if err := params.InitSecurityKeys(); err != nil {
			return fmt.Errorf("keys of SNMPv3 user %s: %w", n.User.Name, err)
		}
		g.ContextEngineID = engineID
	}
	g.Version, g.SecurityModel, g.MsgFlags, g.SecurityParameters = gosnmp.Version3, gosnmp.UserSecurityModel, n.User.level(), params
	return nil
}
