package rackfactory

import (
	"fmt"
	"strconv"

	"github.com/clusto/clusto"
)

// check returns an error if two things of a layout claim one place, or a cable
// leads to nothing.
func (f layoutFile) check(l *Layout) error {
	c := checker{layoutFile: f, layout: l, taken: map[string]claim{}}
	for _, d := range l.Devices {
		if err := c.units(d.line, "device "+d.Role, d.Units, d.Side); err != nil {
			return err
		}
		if err := c.cables(d.line, d.Role, d.Cables); err != nil {
			return err
		}
	}
	for _, s := range l.Slots {
		who := fmt.Sprintf("the server on switch port %d", s.SwitchPort)
		if err := c.units(s.line, who, s.Units, s.Side); err != nil {
			return err
		}
		if err := c.cables(s.line, who, s.Cables); err != nil {
			return err
		}
		if _, _, ok := l.Slot(s.SwitchPort); !ok {
			return f.errorf(s.line, "%s is not connected to it; its ports want a line \"%s 1: %s <port>\"", who, typeNIC, RoleSwitch)
		}
	}
	return nil
}

// checker remembers who claims a rack unit or a port.
type checker struct {
	layoutFile
	layout *Layout
	taken  map[string]claim
}

type claim struct {
	who  string
	line int
}

// claim returns an error if place is taken.
func (c *checker) claim(line int, place, who string) error {
	if old, taken := c.taken[place]; taken {
		return c.errorf(line, "%s: %s is given to %s on line %d; give one of them another", who, place, old.who, old.line)
	}
	c.taken[place] = claim{who, line}
	return nil
}

// units claims units, or a half of them. What claims all of a unit claims both halves, and
// what claims a half leaves the other.
func (c *checker) units(line int, who string, units []int, side clusto.Side) error {
	for _, u := range units {
		unit := "rack unit " + strconv.Itoa(u)
		for _, half := range []clusto.Side{clusto.SideLeft, clusto.SideRight} {
			if old, taken := c.taken[unit+string(half)]; taken && (side == "" || side == half) {
				return c.errorf(line, "%s: %s is given to %s on line %d; give one of them another", who, unit, old.who, old.line)
			}
		}
		for _, half := range []clusto.Side{clusto.SideLeft, clusto.SideRight} {
			if side == "" || side == half {
				c.taken[unit+string(half)] = claim{who, line}
			}
		}
	}
	return nil
}

// cables claims both ends of each cable of owner.
func (c *checker) cables(line int, owner string, cables []Cable) error {
	for _, cable := range cables {
		line := max(line, cable.line)
		to, ok := c.layout.Device(cable.To)
		if !ok {
			return c.errorf(cable.line, "there is no device %q; the devices are %s", cable.To, c.layout.roles())
		}
		if err := c.claim(line, portName(owner, cable.Type, strconv.Itoa(cable.Port)), "a cable to "+cable.To); err != nil {
			return err
		}
		if err := c.claim(line, portName(to.Role, cable.Type, cable.ToPort), owner); err != nil {
			return err
		}
	}
	return nil
}

// portName returns a port as messages write it.
func portName(device, portType, port string) string { return device + " " + portType + "/" + port }

// fits returns an error if the drivers that l names do not exist or do not have
// the ports and units that it gives them.
func (l *Layout) fits(drivers *clusto.Registry) error {
	byRole := map[string]*clusto.Driver{}
	for _, d := range l.Devices {
		driver, err := l.driver(drivers, d.line, d.Driver, d.Units, d.Side)
		if err != nil {
			return err
		}
		byRole[d.Role] = driver
	}
	for _, d := range l.Devices {
		if err := l.cablesFit(byRole[d.Role], byRole, d.Cables); err != nil {
			return err
		}
	}
	for _, s := range l.Slots {
		driver, err := l.driver(drivers, s.line, s.Driver, s.Units, s.Side)
		if err != nil {
			return err
		}
		if err := l.cablesFit(driver, byRole, s.Cables); err != nil {
			return err
		}
	}
	return nil
}

// driver returns the driver called name if its entities take that many units at that side.
func (l *Layout) driver(drivers *clusto.Registry, line int, name string, units []int, side clusto.Side) (*clusto.Driver, error) {
	f := layoutFile{l.Origin}
	driver, ok := drivers.Driver(name)
	if !ok {
		return nil, clusto.WithHint(f.errorf(line, "there is no driver %s", name),
			"a driver of your own is a file in the library's directory drivers")
	}
	switch n := driver.Units(); {
	case n != 0 && n != len(units):
		return nil, f.errorf(line, "a %s takes %d rack units, and the layout gives it %d", name, n, len(units))
	case driver.Beside() && (len(units) > 0 || side == ""):
		return nil, f.errorf(line, "a %s hangs at the side of the rack; give it the side left or right, and no unit", name)
	case driver.HalfWide() && (len(units) == 0 || side == ""):
		return nil, f.errorf(line, "a %s takes half the width of a unit; give it the side left or right", name)
	case !driver.HalfWide() && len(units) > 0 && side != "":
		return nil, f.errorf(line, "a %s takes the full width of a unit; leave its side out", name)
	}
	return driver, nil
}

// cablesFit returns an error if one of the cables of a device of driver own
// leads from or to a port that does not exist.
func (l *Layout) cablesFit(own *clusto.Driver, byRole map[string]*clusto.Driver, cables []Cable) error {
	f := layoutFile{l.Origin}
	for _, c := range cables {
		if n := own.PortCount(c.Type); c.Port > n {
			return f.errorf(c.line, "a %s has no port %s/%d; it has %d of that type", own.Name, c.Type, c.Port, n)
		}
		if _, err := portNumber(byRole[c.To], c.Type, c.ToPort); err != nil {
			return f.errorf(c.line, "%s: %s", c.To, err)
		}
	}
	return nil
}

// portNumber returns the number of a port that is written as a number or as the
// name of an outlet.
func portNumber(d *clusto.Driver, portType, port string) (int, error) {
	n, err := strconv.Atoi(port)
	if err != nil {
		var ok bool
		if n, ok = d.PortNamed(port); !ok {
			return 0, clusto.Errorf(clusto.ErrNotFound, "a %s has no port called %s", d.Name, port)
		}
	}
	if count := d.PortCount(portType); n > count {
		return 0, clusto.Errorf(clusto.ErrNotFound, "a %s has no port %s/%s; it has %d of that type", d.Name, portType, port, count)
	}
	return n, nil
}
