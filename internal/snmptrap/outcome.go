package snmptrap

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/clusto/clusto"
)

// Outcome is what came of a change.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "created"   // a new server
	Racked    Outcome = "racked"    // a server that was known already stands and is cabled now
	Recorded  Outcome = "recorded"  // what is connected there was noted to have the MAC
	Unchanged Outcome = "unchanged" // all was known already
	Dropped   Outcome = "dropped"   // see Reason
)

// Reason says why a change was dropped. The inventory is then as before.
type Reason string

// The reasons.
const (
	NotAMACNotification Reason = "not a MAC notification"
	Malformed           Reason = "malformed"
	Removed             Reason = "removed" // the switch has forgotten the MAC; that clears nothing
	BadMAC              Reason = "not a unicast MAC"
	Prefix              Reason = "prefix"           // the MAC begins otherwise than configured
	UnknownSwitch       Reason = "unknown switch"   // nothing has the address that the trap came from
	NotASwitch          Reason = "not a switch"     // what has the address has no network ports
	SeveralSwitches     Reason = "several switches" // have the address
	DiscoveryOff        Reason = "discovery off"    // snmp.discovery is 1 neither on the switch nor around it
	NoRack              Reason = "no rack"          // the switch is in none
	SeveralRacks        Reason = "several racks"    // the switch is in more than one
	NoLayout            Reason = "no layout"        // the rack names none, or none that is known
	BadLayout           Reason = "bad layout"       // the layout is in error
	NotInLayout         Reason = "not in layout"    // the layout gives the port to no server
	Moved               Reason = "moved"            // the MAC's owner is connected elsewhere
	NoNameManager       Reason = "no name manager"
	InUse               Reason = "in use"    // something else has the place
	Exhausted           Reason = "exhausted" // no names or addresses are left
	Database            Reason = "database"  // it could not be written, also when tried again
	Failed              Reason = "error"
)

// Event is what came of one change of a trap, or of a trap without changes.
type Event struct {
	Outcome Outcome
	Reason  Reason         // of a dropped one
	Err     error          // of a dropped one; may be nil
	Version clusto.Version // that the trap made; 0 if it made none

	Source netip.Addr // where the trap came from
	Switch string     // "" if that is not known
	Port   int        // of the switch
	VLAN   int
	MAC    clusto.MAC

	Server  string     // or whatever is at the port
	Driver  string     // of a created server
	Rack    string     // of a created or racked server
	Address netip.Addr // that was given; the zero Addr if none was
	Note    string     // what a person may want to know, such as why there is no address
}

// drop makes e the event of a dropped change.
func (e *Event) drop(reason Reason, err error) { e.Outcome, e.Reason, e.Err = Dropped, reason, err }

// undecided returns e as it was before anything was decided about it.
func (e *Event) undecided() Event {
	return Event{Source: e.Source, Switch: e.Switch, Port: e.Port, VLAN: e.VLAN, MAC: e.MAC}
}

// from returns the switch and its address as people want to see them.
func (e *Event) from() string {
	if e.Switch == "" {
		return e.Source.String()
	}
	return fmt.Sprintf("%s (%s)", e.Switch, e.Source)
}

// String returns the event on one line:
//
//	sv3-001-sw1 (127.0.0.11) port 24 vlan 442 02:00:00:00:00:01: created s0003, a penguinserver in sv3-001, 10.2.3.4
func (e Event) String() string {
	var b strings.Builder
	b.WriteString(e.from())
	if e.Port != 0 {
		fmt.Fprintf(&b, " port %d vlan %d %s", e.Port, e.VLAN, e.MAC)
	}
	fmt.Fprintf(&b, ": %s", e.Outcome)
	switch e.Outcome {
	case Dropped:
		fmt.Fprintf(&b, ", %s", e.Reason)
		if e.Err != nil {
			fmt.Fprintf(&b, ": %s", e.Err)
		}
		return b.String()
	case Created:
		fmt.Fprintf(&b, " %s, a %s in %s", e.Server, e.Driver, e.Rack)
	case Racked:
		fmt.Fprintf(&b, " %s in %s", e.Server, e.Rack)
	default:
		fmt.Fprintf(&b, " at %s", e.Server)
	}
	if e.Address.IsValid() {
		fmt.Fprintf(&b, ", %s", e.Address)
	}
	if e.Note != "" {
		fmt.Fprintf(&b, " (%s)", e.Note)
	}
	return b.String()
}

// prefix is the beginning of MAC addresses, in half octets.
type prefix string

// parsePrefix reads a prefix in any usual notation.
func parsePrefix(text string) (prefix, error) {
	digits := strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(text))
	if len(digits) == 0 || len(digits) > 12 || strings.Trim(digits, "0123456789abcdef") != "" {
		return "", clusto.Errorf(clusto.ErrInvalid, "%q is not the beginning of a MAC address, such as 00:19:fd", text)
	}
	return prefix(digits), nil
}

func (p prefix) begins(mac clusto.MAC) bool { return strings.HasPrefix(mac.Bare(), string(p)) }
