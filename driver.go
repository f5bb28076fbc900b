package clusto

import (
	"context"
	"slices"
	"strings"
)

// Driver says what entities of one kind can do. A driver extends its base: what
// it leaves out it has from there. A Driver must not be changed once it is in
// a [Registry].
type Driver struct {
	// Name is how entities name their driver, such as "basicserver".
	Name string
	// Class is how scripts call it, such as "BasicServer".
	Class string
	// Type is the family its entities belong to, such as "server"; "" is that
	// of the base.
	Type string
	// Base is the driver that this one extends; nil only for "entity".
	Base *Driver
	// Mixins are sets of methods that this driver has besides its own.
	Mixins []*Mixin
	// Properties, if not nil, replace those of the base; they do not add to
	// them (classic: drivers/base/driver.py, _properties).
	Properties []Property
	// Ports, if not nil, replace those of the base likewise.
	Ports []PortGroup
	// PortNames are other names of ports, such as the outlet "aa1" for 1.
	PortNames map[string]int
	// RackUnits is how many adjacent rack units a device takes, or [NoUnits]; 0 is
	// what the base says, and any number if none says.
	RackUnits int
	// Width is how much of their width it takes; "" is what the base says, and
	// FullWidth if none says.
	Width Width
	// Constants are what scripts see as values of the class.
	Constants map[string]any
	// Methods are the driver's own; one of the same name in the base is hidden.
	Methods []*Method
	// Check, if not nil, is asked after an entity was made, one of its
	// properties was set, or it got this driver. An error undoes that. Checks of
	// the base are asked too.
	Check func(ctx context.Context, o *Object) error
	// Hardware, if not nil, is what reaches the real device; see PowerSwitch
	// and ConsoleServer.
	Hardware any
	// Doc tells people what the driver is for.
	Doc string
	// Origin is where the driver was defined: "" for one built in, else a file
	// or the shell.
	Origin string
}

// Mixin is a set of methods that drivers of different families share, such as
// those of everything that has ports.
type Mixin struct {
	Class   string // how scripts call it
	Doc     string
	Methods []*Method
}

// Property is an attribute that every entity of a driver has. It is stored
// under its name with the subkey "property".
type Property struct {
	Name    string
	Default Value // no value: nothing is stored until somebody sets it
}

// PortGroup is a row of like ports. Ports count from 1 (classic: portmixin.py).
type PortGroup struct {
	Type  string // such as "nic-eth" or "pwr-nema-5"
	Count int
}

// Chain yields d, its base, the base's base and so on.
func (d *Driver) Chain(yield func(*Driver) bool) {
	for ; d != nil; d = d.Base {
		if !yield(d) {
			return
		}
	}
}

// Is reports whether d is, or extends, the driver called name.
func (d *Driver) Is(name string) bool {
	for x := range d.Chain {
		if x.Name == name {
			return true
		}
	}
	return false
}

// Has reports whether d has the mixin.
func (d *Driver) Has(m *Mixin) bool {
	for x := range d.Chain {
		if slices.Contains(x.Mixins, m) {
			return true
		}
	}
	return false
}

// EntityType returns the type of d's entities.
func (d *Driver) EntityType() string {
	for x := range d.Chain {
		if x.Type != "" {
			return x.Type
		}
	}
	return "generic"
}

// AllProperties returns the properties that d's entities have.
func (d *Driver) AllProperties() []Property {
	for x := range d.Chain {
		if x.Properties != nil {
			return x.Properties
		}
	}
	return nil
}

// Property returns the property called name and whether d has it.
func (d *Driver) Property(name string) (Property, bool) {
	all := d.AllProperties()
	i := slices.IndexFunc(all, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, false
	}
	return all[i], true
}

// AllPorts returns the ports that d's entities have.
func (d *Driver) AllPorts() []PortGroup {
	for x := range d.Chain {
		if x.Ports != nil {
			return x.Ports
		}
	}
	return nil
}

// PortCount returns how many ports of a type d's entities have.
func (d *Driver) PortCount(portType string) int {
	for _, group := range d.AllPorts() {
		if group.Type == portType {
			return group.Count
		}
	}
	return 0
}

// PortNamed returns the number of the port with another name, such as the
// outlet "aa1". Case does not count, nor a leading dot, with which the outlets of some
// strips are written.
func (d *Driver) PortNamed(name string) (int, bool) {
	name = strings.ToLower(strings.TrimPrefix(name, "."))
	for x := range d.Chain {
		if n, ok := x.PortNames[name]; ok {
			return n, true
		}
	}
	return 0, false
}

// PortName returns the other name of a port, or "" if it has none; of several the
// first in the order of the alphabet.
func (d *Driver) PortName(number int) string {
	var names []string
	for x := range d.Chain {
		for name, n := range x.PortNames {
			if n == number {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			return slices.Min(names)
		}
	}
	return ""
}

// Units returns how many rack units d's entities take; 0 if any number will do, or
// if they hang beside them (see [Driver.Beside]).
func (d *Driver) Units() int {
	for x := range d.Chain {
		if x.RackUnits != 0 {
			return max(0, x.RackUnits)
		}
	}
	return 0
}

// Constant returns a value of the class and whether d has it.
func (d *Driver) Constant(name string) (any, bool) {
	for x := range d.Chain {
		if v, ok := x.Constants[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// Method returns the method called name, the driver's own before those of its
// mixins and of its base, or nil.
func (d *Driver) Method(name string) *Method {
	for m := range d.AllMethods {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// AllMethods yields every method of d in the order in which they are looked
// up; hidden ones come too.
func (d *Driver) AllMethods(yield func(*Method) bool) {
	for x := range d.Chain {
		for _, m := range x.Methods {
			if !yield(m) {
				return
			}
		}
		for _, mixin := range x.Mixins {
			for _, m := range mixin.Methods {
				if !yield(m) {
					return
				}
			}
		}
	}
}

// AbilityOf returns what reaches the real device as a T, from
// d or the nearest base that has one, and whether there is any.
func AbilityOf[T any](d *Driver) (T, bool) {
	for x := range d.Chain {
		if ability, ok := x.Hardware.(T); ok {
			return ability, true
		}
	}
	var none T
	return none, false
}

// checks returns the checks of d and of all it extends, those of the root first.
func (d *Driver) checks() []func(context.Context, *Object) error {
	var all []func(context.Context, *Object) error
	for x := range d.Chain {
		if x.Check != nil {
			all = append(all, x.Check)
		}
	}
	slices.Reverse(all)
	return all
}

// validate returns ErrInvalid if d cannot be registered.
func (d *Driver) validate() error {
	switch {
	case d.Name == "" || d.Class == "":
		return Errorf(ErrInvalid, "driver %q of class %q needs both names", d.Name, d.Class)
	case len(d.Name) > MaxDriverLen:
		return Errorf(ErrInvalid, "driver name %q is longer than %d characters", d.Name, MaxDriverLen)
	case len(d.EntityType()) > MaxTypeLen:
		return Errorf(ErrInvalid, "driver %s: type %q is longer than %d characters", d.Name, d.EntityType(), MaxTypeLen)
	}
	if d.RackUnits < NoUnits {
		return Errorf(ErrInvalid, "driver %s: %d rack units", d.Name, d.RackUnits)
	}
	if d.Width != "" && d.Width != FullWidth && d.Width != HalfWidth {
		return WithHint(Errorf(ErrInvalid, "driver %s: no device has the width %q", d.Name, string(d.Width)), "it is full or half")
	}
	for _, p := range d.Properties {
		if err := validateKey("driver "+d.Name+": property", p.Name); err != nil {
			return err
		}
	}
	for _, group := range d.Ports {
		if group.Count < 0 {
			return Errorf(ErrInvalid, "driver %s: %d ports of type %s", d.Name, group.Count, group.Type)
		}
		if err := validateKey("driver "+d.Name+": port type", group.Type); err != nil {
			return err
		}
	}
	return nil
}
