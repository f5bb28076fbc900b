package snmp

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/gosnmp/gosnmp"
)

// Version is a version of SNMP, by its usual name.
type Version string

// The versions of SNMP.
const (
	V1  Version = "1"
	V2c Version = "2c"
	V3  Version = "3"
)

// Object identifiers that every trap is made of (RFC 3418, RFC 3584).
const (
	oidSysUpTime = "1.3.6.1.2.1.1.3.0"
	oidTrapOID   = "1.3.6.1.6.3.1.1.4.1.0"
	oidSNMPTraps = "1.3.6.1.6.3.1.1.5" // parent of coldStart(1) to egpNeighborLoss(6)
)

// enterpriseSpecific is the generic-trap of an SNMPv1 trap that is named by
// its enterprise and specific-trap (RFC 1157 section 4.1.6).
const enterpriseSpecific = 6

// tick is the unit of TimeTicks.
const tick = 10 * time.Millisecond

// Trap is one notification: a trap, or an inform that has been acknowledged.
type Trap struct {
	// Source is where the datagram came from. IPv4 is never written as IPv6.
	Source netip.AddrPort
	// Version is how it came.
	Version Version
	// Community is the community of a v1 or v2c message.
	Community string
	// User is the user name of a v3 message.
	User string
	// EngineID is the authoritative engine of a v3 message: the sender's for
	// a trap, the listener's for an inform.
	EngineID []byte
	// Inform is set if the sender asked for an acknowledgement.
	Inform bool
	// OID is the value of snmpTrapOID, without a leading dot. For SNMPv1 it is
	// made from enterprise, generic-trap and specific-trap (RFC 3584 section 3.1).
	OID string
	// Uptime is the value of sysUpTime, or SNMPv1's time-stamp.
	Uptime time.Duration
	// AgentAddr is the agent-addr of an SNMPv1 trap, and invalid otherwise. The
	// sender writes what it likes there; Source says who sent the datagram.
	AgentAddr netip.Addr
	// VarBinds are the variables without sysUpTime and snmpTrapOID, in the
	// order sent.
	VarBinds []VarBind
}

// VarBind is one variable of a trap.
type VarBind struct {
	// OID names the variable, without a leading dot.
	OID string
	// Value is a []byte for an octet string, a string for an object identifier,
	// a netip.Addr for an IP address, an int64 for an integer, a uint64 for a
	// counter, gauge or time ticks, a float64 for an opaque number, and nil for
	// all else.
	Value any
}

// trapFromV1 returns the trap that an SNMPv1 packet is (RFC 3584 section 3.1).
func trapFromV1(p *gosnmp.SnmpPacket) (Trap, error) {
	t := Trap{
		Version:   V1,
		Community: p.Community,
		Uptime:    time.Duration(p.Timestamp) * tick,
		VarBinds:  varBinds(p.Variables),
	}
	if p.Enterprise == "" {
		return Trap{}, fmt.Errorf("the trap has no enterprise")
	}
	if addr, err := netip.ParseAddr(p.AgentAddress); err == nil {
		t.AgentAddr = addr
	}
	var err error
	t.OID, err = oidOfV1(undotted(p.Enterprise), p.GenericTrap, p.SpecificTrap)
	return t, err
}

// oidOfV1 returns the snmpTrapOID that stands for what an SNMPv1 trap is named by.
func oidOfV1(enterprise string, generic, specific int) (string, error) {
	switch {
	case generic == enterpriseSpecific:
		return enterprise + ".0." + strconv.Itoa(specific), nil
	case generic >= 0 && generic < enterpriseSpecific:
		return oidSNMPTraps + "." + strconv.Itoa(generic+1), nil
	}
	return "", fmt.Errorf("generic-trap is %d; it is 0 to 6", generic)
}

// trapOfPacket returns the trap that the packet of an SNMPv2-Trap or
// InformRequest is.
func trapOfPacket(p *gosnmp.SnmpPacket, v Version) (Trap, error) {
	t, err := trapFromV2(varBinds(p.Variables), v)
	t.Community, t.Inform = p.Community, p.PDUType == gosnmp.InformRequest
	return t, err
}

// trapFromV2 returns the trap with the variables of an SNMPv2-Trap or
// InformRequest (RFC 3416 section 4.2.6). It does not insist on their order, and
// takes their memory.
func trapFromV2(vars []VarBind, v Version) (Trap, error) {
	t := Trap{Version: v, VarBinds: vars[:0]}
	for _, vb := range vars {
		switch value := vb.Value.(type) {
		case uint64:
			if vb.OID == oidSysUpTime {
				t.Uptime = time.Duration(value) * tick
				continue
			}
		case string:
			if vb.OID == oidTrapOID && t.OID == "" {
				t.OID = value
				continue
			}
		}
		t.VarBinds = append(t.VarBinds, vb)
	}
	if t.OID == "" {
		return Trap{}, fmt.Errorf("the variable snmpTrapOID.0 is missing")
	}
	return t, nil
}

// varBinds returns the variables of a packet with the types that VarBind promises.
func varBinds(vars []gosnmp.SnmpPDU) []VarBind {
	list := make([]VarBind, 0, len(vars))
	for _, v := range vars {
		list = append(list, VarBind{OID: undotted(v.Name), Value: varBindValue(v)})
	}
	return list
}

// varBindValue returns the value of one variable.
func varBindValue(v gosnmp.SnmpPDU) any {
	switch value := v.Value.(type) {
	case []byte:
		return value
	case string:
		if v.Type != gosnmp.IPAddress {
			return undotted(value)
		}
		if addr, err := netip.ParseAddr(value); err == nil {
			return addr
		}
	case int:
		return int64(value)
	case uint:
		return uint64(value)
	case uint32:
		return uint64(value)
	case uint64:
		return value
	case float32:
		return float64(value)
	case float64:
		return value
	}
	return nil
}

// undotted returns an object identifier without the dot that gosnmp begins it with.
func undotted(oid string) string { return strings.TrimPrefix(oid, ".") }
