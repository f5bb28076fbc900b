package rackfactory

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// plan is what a factory will do. Everything that can be refused is refused
// while the plan is made, before the first step.
type plan struct {
	rack    *clusto.Object
	layout  *Layout
	units   map[int]clusto.EntityID // who stands where in the rack
	devices map[string]*gear        // fixed devices by role
	steps   []step
	notes   []string
}

// step is one change.
type step struct {
	text string
	do   func(context.Context) error
}

// gear is a device in a plan: a fixed device, or a server.
type gear struct {
	name   string
	driver *clusto.Driver
	obj    *clusto.Object // nil until it is made
}

// subkeyUnit is the subkey of the relations whose numbers are rack units.
const subkeyUnit = "ru"

// newPlan returns an empty plan for rack.
func newPlan(ctx context.Context, rack *clusto.Object, layout *Layout) (*plan, error) {
	p := &plan{rack: rack, layout: layout, units: map[int]clusto.EntityID{}, devices: map[string]*gear{}}
	contents, err := rack.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)})
	for _, a := range contents {
		if unit, ok := a.Number.Get(); ok && a.Subkey == clusto.Sub(subkeyUnit) {
			p.units[int(unit)] = a.Value.Relation()
		}
	}
	return p, err
}

func (p *plan) step(do func(context.Context) error, format string, args ...any) {
	p.steps = append(p.steps, step{fmt.Sprintf(format, args...), do})
}

func (p *plan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// run does what is planned.
func (p *plan) run(ctx context.Context) error {
	for _, s := range p.steps {
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("rack %s, layout %s: %w", p.rack.Name, p.layout.Name, err)
		}
	}
	return nil
}

// preview returns what is planned.
func (p *plan) preview() Preview {
	v := Preview{Notes: p.notes}
	for _, s := range p.steps {
		v.Steps = append(v.Steps, s.text)
	}
	return v
}

// prepare plans that the fixed devices with the given roles exist and stand in
// their units.
func (p *plan) prepare(ctx context.Context, roles []string) error {
	drivers := p.rack.Inventory().Drivers()
	names := make([]string, 0, len(roles))
	for _, role := range roles {
		d, _ := p.layout.Device(role)
		driver, ok := drivers.Driver(d.Driver)
		if !ok {
			return clusto.Errorf(clusto.ErrNotFound, "there is no driver %s", d.Driver)
		}
		g := &gear{name: d.NameIn(p.rack.Name), driver: driver}
		p.devices[role] = g
		names = append(names, g.name)
	}
	present, err := p.rack.Inventory().FindObjects(ctx, clusto.Match{Names: names})
	if err != nil {
		return err
	}
	for _, role := range roles {
		d, _ := p.layout.Device(role)
		g := p.devices[role]
		if i := slices.IndexFunc(present, func(o *clusto.Object) bool { return o.Name == g.name }); i >= 0 {
			g.obj = present[i]
		}
		if err := p.create(g); err != nil {
			return err
		}
		if err := p.place(ctx, g, d.Units); err != nil {
			return err
		}
	}
	return nil
}

// create plans that g exists with its driver, or one that extends it.
func (p *plan) create(g *gear) error {
	switch {
	case g.obj == nil:
		p.step(func(ctx context.Context) (err error) {
			g.obj, err = p.rack.Inventory().Create(ctx, g.driver, g.name, nil)
			return err
		}, "create %s, a %s", g.name, g.driver.Name)
	case !g.obj.Driver().Is(g.driver.Name):
		return clusto.WithHint(clusto.Errorf(clusto.ErrExists, "%s is there with driver %s, and layout %s of rack %s wants a %s of that name",
			g.name, g.obj.Entity.Driver, p.layout.Name, p.rack.Name, g.driver.Name),
			"rename it or change its driver")
	}
	return nil
}

// place plans that g stands in the given units of the rack. A device that was
// put elsewhere in the rack stays there.
func (p *plan) place(ctx context.Context, g *gear, units []int) error {
	if g.obj != nil {
		there, err := p.stands(ctx, g, units)
		if err != nil || there {
			return err
		}
	}
	if n := g.driver.Units(); n != 0 && n != len(units) {
		return clusto.Errorf(clusto.ErrInvalid, "%s, a %s, takes %d rack units; layout %s has %s for it",
			g.name, g.driver.Name, n, p.layout.Name, unitsText(units))
	}
	for _, u := range units {
		if err := p.hasUnit(ctx, u); err != nil {
			return fmt.Errorf("layout %s puts %s into unit %d of rack %s: %w", p.layout.Name, g.name, u, p.rack.Name, err)
		}
		if id := p.units[u]; id != 0 {
			other, err := p.rack.Inventory().Objects(ctx, id)
			if err != nil {
				return err
			}
			return clusto.Errorf(clusto.ErrInUse, "unit %d of rack %s, where layout %s puts %s, is taken by %s",
				u, p.rack.Name, p.layout.Name, g.name, other[0].Name)
		}
	}
	p.step(func(ctx context.Context) error { return p.rack.Insert(ctx, g.obj, unitsArgument(units)) },
		"put %s into %s of %s", g.name, unitsText(units), p.rack.Name)
	return nil
}

// hasUnit returns ErrInvalid if the rack says that it does not have a unit.
func (p *plan) hasUnit(ctx context.Context, unit int) error {
	for _, limit := range []struct {
		property string
		beyond   func(limit int64) bool
	}{
		{"minu", func(lowest int64) bool { return int64(unit) < lowest }},
		{"maxu", func(highest int64) bool { return int64(unit) > highest }},
	} {
		if _, ok := p.rack.Driver().Property(limit.property); !ok {
			continue
		}
		v, err := p.rack.Property(ctx, limit.property)
		if err != nil {
			return err
		}
		if v.Kind() == clusto.KindInt && limit.beyond(v.Int64()) {
			return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "there is no such unit: %s of the rack is %d", limit.property, v.Int64()),
				"use a layout that fits the rack, or set its %s", limit.property)
		}
	}
	return nil
}

// stands reports whether g is in the rack. It returns ErrInUse if it is in another.
func (p *plan) stands(ctx context.Context, g *gear, units []int) (bool, error) {
	var at []int
	for u, id := range p.units {
		if id == g.obj.ID {
			at = append(at, u)
		}
	}
	slices.Sort(at)
	if at != nil {
		if !slices.Equal(at, units) {
			p.note("%s stands in %s of %s; layout %s says %s", g.name, unitsText(at), p.rack.Name, p.layout.Name, unitsText(units))
		}
		return true, nil
	}
	racks, err := g.obj.Parents(ctx, false, clusto.Match{Types: []string{typeRack}})
	if err != nil || len(racks) == 0 {
		return false, err
	}
	return false, clusto.WithHint(clusto.Errorf(clusto.ErrInUse, "%s is in rack %s, not in %s", g.name, racks[0].Name, p.rack.Name),
		"take it out there first: get_by_name('%s').remove(get_by_name('%s'))", racks[0].Name, g.name)
}

// unitsArgument returns rack units as a script would write them.
func unitsArgument(units []int) any {
	if len(units) == 1 {
		return int64(units[0])
	}
	list := make([]any, len(units))
	for i, u := range units {
		list[i] = int64(u)
	}
	return list
}

func unitsText(units []int) string {
	if len(units) == 1 {
		return "unit " + strconv.Itoa(units[0])
	}
	return fmt.Sprintf("units %d-%d", units[0], units[len(units)-1])
}

// cable plans that own is connected to a fixed device as c says.
func (p *plan) cable(ctx context.Context, own *gear, c Cable) error {
	other := p.devices[c.To]
	number, err := portNumber(other.driver, c.Type, c.ToPort)
	if err != nil {
		return err
	}
	from := plug{gear: own, portType: c.Type, number: c.Port}
	to := plug{gear: other, portType: c.Type, number: number, outlet: port.Outlet(other.driver, c.ToPort)}
	done, err := from.leadsTo(ctx, to)
	if err == nil && !done {
		_, err = to.leadsTo(ctx, from)
	}
	if err != nil {
		return fmt.Errorf("connect %s to %s: %w", from, to, err)
	}
	if !done {
		p.step(func(ctx context.Context) error { return port.Connect(ctx, from.end(), to.end()) }, "connect %s to %s", from, to)
	}
	return nil
}

// plug is a port of a device in a plan.
type plug struct {
	*gear
	portType string
	number   int
	outlet   string // the name by which the layout has it, if that is no number
}

func (a plug) String() string { return portName(a.name, a.portType, strconv.Itoa(a.number)) }

// end returns the port, once its device exists.
func (a plug) end() port.End {
	return port.End{Device: a.obj, Type: a.portType, Port: a.number, Outlet: a.outlet}
}

// leadsTo reports whether a is connected to b. It returns a *[port.InUseError]
// if it is connected to something else.
func (a plug) leadsTo(ctx context.Context, b plug) (bool, error) {
	if a.obj == nil {
		return false, nil
	}
	e, err := port.Of(a.obj, a.portType, a.number)
	if err != nil {
		return false, err
	}
	peer, connected, err := port.Peer(ctx, e)
	if err != nil || !connected {
		return false, err
	}
	if b.obj != nil && peer.Device.ID == b.obj.ID && peer.Port == b.number {
		return true, nil
	}
	return false, &port.InUseError{Port: e, Other: peer}
}
