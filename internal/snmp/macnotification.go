package snmp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Object identifiers of CISCO-MAC-NOTIFICATION-MIB, revision of 2007-06-11.
const (
	// OIDMACChanged is cmnMacChangedNotification, the snmpTrapOID of a MAC notification.
	OIDMACChanged = "1.3.6.1.4.1.9.9.215.2.0.1"

	oidMACEnterprise = "1.3.6.1.4.1.9.9.215.2"         // its enterprise in SNMPv1, with specific-trap 1
	oidChangedMsg    = "1.3.6.1.4.1.9.9.215.1.1.8.1.2" // cmnHistMacChangedMsg, then cmnHistIndex
	oidTimestamp     = "1.3.6.1.4.1.9.9.215.1.1.8.1.3" // cmnHistTimestamp, then cmnHistIndex
)

const (
	// tupleOctets is what one change takes: operation 1, VLAN 2, MAC 6, port 2.
	tupleOctets = 11
	// maxMsgOctets is the longest cmnHistMacChangedMsg (SIZE (1..254)).
	maxMsgOctets = 254
	// MaxMACChanges is how many changes fit in one notification, with the end mark.
	MaxMACChanges = (maxMsgOctets - 1) / tupleOctets
)

// ErrNotMACNotification is the error of MACChanges for any other trap.
var ErrNotMACNotification = errors.New("not a MAC notification: no variable is cmnHistMacChangedMsg (" + oidChangedMsg + ")")

// MACOp is what happened to a MAC address.
type MACOp uint8

// The operations. On the wire, 0 marks the end of the list.
const (
	MACLearnt  MACOp = 1
	MACRemoved MACOp = 2
)

func (op MACOp) String() string {
	switch op {
	case MACLearnt:
		return "learnt"
	case MACRemoved:
		return "removed"
	}
	return fmt.Sprintf("operation %d", uint8(op))
}

// MAC is an Ethernet address. It can be compared and be the key of a map.
type MAC [6]byte

// String returns the address as 00:19:fd:4b:1c:ec.
func (m MAC) String() string {
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5])
}

// MACChange is a MAC address that a switch has learnt on a port, or removed from it.
type MACChange struct {
	Op   MACOp
	VLAN uint16
	MAC  MAC
	// Port is the dot1dBasePort, the number of the bridge port. It counts from
	// 1 and is not the ifIndex.
	Port int
}

// MACChanges returns the changes in a notification of
// CISCO-MAC-NOTIFICATION-MIB, in the order sent, or ErrNotMACNotification. Any
// cmnHistIndex will do, and other variables are ignored.
func MACChanges(t Trap) ([]MACChange, error) {
	var changes []MACChange
	found := false
	for _, vb := range t.VarBinds {
		if !strings.HasPrefix(vb.OID, oidChangedMsg+".") {
			continue
		}
		found = true
		octets, ok := vb.Value.([]byte)
		if !ok {
			return nil, fmt.Errorf("MAC notification: %s is not an octet string but %v", vb.OID, vb.Value)
		}
		list, err := DecodeMACChanges(octets)
		if err != nil {
			return nil, err
		}
		changes = append(changes, list...)
	}
	if !found {
		return nil, ErrNotMACNotification
	}
	return changes, nil
}

// DecodeMACChanges returns the changes in a cmnHistMacChangedMsg: tuples of 11
// octets up to an end mark, which is one octet 0 and may be missing. What
// follows the end mark is padding.
func DecodeMACChanges(octets []byte) ([]MACChange, error) {
	if len(octets) > maxMsgOctets {
		return nil, fmt.Errorf("MAC notification of %d octets; at most %d fit (%x…)", len(octets), maxMsgOctets, octets[:tupleOctets])
	}
	var changes []MACChange
	for at := 0; at < len(octets); at += tupleOctets {
		op := MACOp(octets[at])
		if op == 0 {
			break
		}
		if op != MACLearnt && op != MACRemoved {
			return nil, fmt.Errorf("MAC notification: unknown operation %d at octet %d of %x", op, at, octets)
		}
		if left := len(octets) - at; left < tupleOctets {
			return nil, fmt.Errorf("MAC notification: %d octets left at octet %d, a change has %d: %x", left, at, tupleOctets, octets)
		}
		changes = append(changes, MACChange{
			Op:   op,
			VLAN: binary.BigEndian.Uint16(octets[at+1:]),
			MAC:  MAC(octets[at+3 : at+9]),
			Port: int(binary.BigEndian.Uint16(octets[at+9:])),
		})
	}
	return changes, nil
}

// EncodeMACChanges returns the cmnHistMacChangedMsg of at most MaxMACChanges
// changes, with the end mark.
func EncodeMACChanges(changes []MACChange) ([]byte, error) {
	if len(changes) > MaxMACChanges {
		return nil, fmt.Errorf("%d MAC changes; at most %d fit in one notification", len(changes), MaxMACChanges)
	}
	octets := make([]byte, 0, len(changes)*tupleOctets+1)
	for _, c := range changes {
		if c.Op != MACLearnt && c.Op != MACRemoved {
			return nil, fmt.Errorf("MAC %s: unknown operation %d", c.MAC, c.Op)
		}
		if c.Port < 0 || c.Port > 0xffff {
			return nil, fmt.Errorf("MAC %s: port %d; it has 16 bits", c.MAC, c.Port)
		}
		octets = append(octets, byte(c.Op))
		octets = binary.BigEndian.AppendUint16(octets, c.VLAN)
		octets = append(octets, c.MAC[:]...)
		octets = binary.BigEndian.AppendUint16(octets, uint16(c.Port))
	}
	return append(octets, 0), nil
}
