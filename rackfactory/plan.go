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
	rows    []clusto.Attr    // the relations of what is in the rack
	devices map[string]*gear // fixed devices by role
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

// newPlan returns an empty plan for rack.
func newPlan(ctx context.Context, rack *clusto.Object, layout *Layout) (*plan, error) {
	rows, err := rack.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)})
	return &plan{rack: rack, layout: layout, rows: rows, devices: map[string]*gear{}}, err
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
		if err := p.place(ctx, g, spot{d.Units, d.Side}); err != nil {
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
