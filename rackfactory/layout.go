package rackfactory

import (
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// RoleSwitch is the role of the device whose port numbers say which server is meant.
const RoleSwitch = "switch"

// typeNIC is the port type by which servers are plugged into the switch.
const typeNIC = "nic-eth"

// Layout is the table of what goes where in one kind of rack. Units, ports and
// outlets count from 1.
type Layout struct {
	// Name is that of the file without ".yaml".
	Name string
	// Origin is the file, for messages.
	Origin string
	// Rack is the driver that racks of this layout have; "" is any. A rack of
	// another driver is served with a note.
	Rack string
	// Devices are what every rack of the layout has.
	Devices []Device
	// Slots are the places for servers, by switch port.
	Slots []Slot
}

// Device is a fixed device of a layout.
type Device struct {
	Role    string // how the layout calls it, such as "switch"
	Name    string // "<rack>" stands for the name of the rack
	Driver  string
	Units   []int       // lowest first; none if it hangs at a side
	Side    clusto.Side // of its units, if it takes half their width, or of the rack
	Address *Address    // nil: the layout gives it none
	Cables  []Cable

	line int
}

// NameIn returns the device's name in the rack called rack.
func (d *Device) NameIn(rack string) string { return strings.ReplaceAll(d.Name, "<rack>", rack) }

// Address says to what a device's address is bound.
type Address struct {
	OSPort string // the operating system's name, such as "nic0" or "Vlan442"
	Type   string // the port's type, such as "nic-eth"; "" if it is bound to no port
	Port   int    // the port's number; 0 if it is bound to no port
	VLAN   int    // 0: that of the switch port that the device is connected to
}

// Cable connects a port of a device, or of a server, to a fixed device.
type Cable struct {
	Type   string // of both ports
	Port   int    // own port
	To     string // role of the other device
	ToPort string // its port: a number, or the name of an outlet

	line int
}

// Slot is the place of one server.
type Slot struct {
	SwitchPort int // by which the layout names the slot
	Driver     string
	Units      []int       // lowest first
	Side       clusto.Side // if it takes half their width
	Outlets    []string    // numbers or names
	Cables     []Cable

	line int
}

// Device returns the device with a role and whether there is one.
func (l *Layout) Device(role string) (Device, bool) {
	i := slices.IndexFunc(l.Devices, func(d Device) bool { return d.Role == role })
	if i < 0 {
		return Device{}, false
	}
	return l.Devices[i], true
}

// roles returns the names of the devices, for messages.
func (l *Layout) roles() string {
	roles := make([]string, len(l.Devices))
	for i, d := range l.Devices {
		roles[i] = d.Role
	}
	return strings.Join(roles, ", ")
}

// Slot returns the place of the server to which a switch port leads, by
// whichever of its network ports, and that port.
func (l *Layout) Slot(switchPort int) (Slot, NIC, bool) {
	for _, s := range l.Slots {
		for _, c := range s.Cables {
			if c.To == RoleSwitch && c.Type == typeNIC && isNumber(c.ToPort, switchPort) {
				return s, NIC{Type: c.Type, Number: c.Port}, true
			}
		}
	}
	return Slot{}, NIC{}, false
}
