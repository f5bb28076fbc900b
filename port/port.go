// Package port knows the ports of devices and the cables between them: which
// ports there are, who is on the other end, connect, disconnect, and the
// attributes of a port such as its hardware address.
//
// A port is named by an [End]; [Of] makes one from what people write. A cable is
// two rows on the device at each end, under the key port-<type> and the number
// of the port: "connection", a relation to the other device, and
// "otherportnum", the number of the port there (classic:
// drivers/devices/common/portmixin.py). Ports count from 1. A port is free when
// it has no connection, whatever its otherportnum says: classic left that
// behind when the other device was deleted.
package port

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

// KeyPrefix begins the key of every attribute of a port; the type follows.
const KeyPrefix = "port-"

// SubkeyConnection is the subkey of the relation to the device on the other end.
const SubkeyConnection = clusto.SubkeyConnection

// Types of ports that the code knows by name. Drivers may have any other.
const (
	Ethernet = "nic-eth"
	Power    = "pwr-nema-5"
	Console  = "console-serial"
)

// End is a port of a device, and so one end of a cable.
type End struct {
	Device *clusto.Object
	Type   string // such as "nic-eth"
	Port   int    // counts from 1; 0 if the database does not say which port it is
	// Outlet is the name by which the port was asked for, such as "aa1"; "" if
	// that was a number. The device at the other end of a cable keeps the name
	// (classic: otherportnum of what is plugged into a PowerTowerXM).
	Outlet string
}

// String returns e as messages name it: web7 nic-eth/1.
func (e End) String() string {
	number := "?"
	if e.Port != 0 {
		number = strconv.Itoa(e.Port)
	}
	return fmt.Sprintf("%s %s/%s", e.Device.Name, e.Type, number)
}

// Key returns the key of the attributes of ports of e's type.
func (e End) Key() string { return KeyPrefix + e.Type }

// same reports whether e and f are one port.
func (e End) same(f End) bool {
	return e.Device.ID == f.Device.ID && e.Type == f.Type && e.Port == f.Port
}

// Of returns the port of dev that num names: an int, an int64, a text of
// digits, or the name of an outlet such as "aa1" or ".AA1". It returns
// ErrInvalid if num is none of these, and ErrNotFound if dev has no such port.
func Of(dev *clusto.Object, portType string, num any) (End, error) {
	count := dev.Driver().PortCount(portType)
	if count == 0 {
		return End{}, noSuchType(dev, portType)
	}
	number, err := numberOf(dev.Driver(), num)
	if err != nil {
		return End{}, fmt.Errorf("%s %s: %w", dev.Name, portType, err)
	}
	e := End{Device: dev, Type: portType, Port: number, Outlet: Outlet(dev.Driver(), num)}
	if number < 1 || number > count {
		return End{}, clusto.Errorf(clusto.ErrNotFound, "%s has no port %s/%v; it has %s/%s",
			dev.Name, portType, num, portType, span(count))
	}
	return e, nil
}

func span(count int) string {
	if count == 1 {
		return "1"
	}
	return fmt.Sprintf("1 to %d", count)
}

func noSuchType(dev *clusto.Object, portType string) error {
	err := clusto.Errorf(clusto.ErrNotFound, "%s has no port of type %q", dev.Name, portType)
	types := Types(dev)
	if len(types) == 0 {
		return clusto.WithHint(err, "entities with driver %s have no ports", dev.Driver().Name)
	}
	return clusto.WithHint(err, "driver %s has ports of type %s", dev.Driver().Name, strings.Join(types, ", "))
}

// numberOf returns the number that num names among the ports of d's entities;
// 0 for a name that d does not have.
func numberOf(d *clusto.Driver, num any) (int, error) {
	switch n := num.(type) {
	case int:
		return n, nil
	case int64:
		return int(n), nil
	case string:
		if number, ok := d.PortNamed(n); ok {
			return number, nil
		}
		number, err := strconv.Atoi(n)
		if err != nil {
			return 0, nil
		}
		return number, nil
	}
	return 0, clusto.Errorf(clusto.ErrInvalid, "a port is a number or the name of an outlet, not a %s", clusto.WordFor(num))
}

// Outlet returns num if it is one of d's names for ports, as d writes it, else "".
func Outlet(d *clusto.Driver, num any) string {
	name, _ := num.(string)
	if _, ok := d.PortNamed(name); !ok {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(name, "."))
}

// Types returns the types of port that dev has, sorted.
func Types(dev *clusto.Object) []string {
	var types []string
	for _, group := range groups(dev) {
		types = append(types, group.Type)
	}
	return types
}

// All returns every port of dev, by type and number.
func All(dev *clusto.Object) []End {
	var ends []End
	for _, group := range groups(dev) {
		for n := 1; n <= group.Count; n++ {
			ends = append(ends, End{Device: dev, Type: group.Type, Port: n})
		}
	}
	return ends
}

// groups returns the ports that dev's driver declares, by type.
func groups(dev *clusto.Object) []clusto.PortGroup {
	all := slices.DeleteFunc(slices.Clone(dev.Driver().AllPorts()), func(g clusto.PortGroup) bool { return g.Count == 0 })
	slices.SortFunc(all, func(a, b clusto.PortGroup) int { return cmp.Compare(a.Type, b.Type) })
	return all
}
