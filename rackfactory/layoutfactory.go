package rackfactory

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// layoutFactory is the Factory of a layout in a file.
type layoutFactory struct {
	layout *Layout
	rack   *clusto.Object
	opts   Options
}

var _ interface {
	Factory
	Previewer
	Lender
} = (*layoutFactory)(nil)

// Rack implements Factory.
func (f *layoutFactory) Rack() *clusto.Object { return f.rack }

// As implements Lender.
func (f *layoutFactory) As(layout string) Factory {
	table := *f.layout
	table.Name = layout
	return &layoutFactory{layout: &table, rack: f.rack, opts: f.opts}
}

// ConnectPorts implements Factory.
func (f *layoutFactory) ConnectPorts(ctx context.Context) error {
	p, err := f.planDevices(ctx)
	if err != nil {
		return err
	}
	return f.run(ctx, p)
}

// PreviewConnectPorts implements Previewer.
func (f *layoutFactory) PreviewConnectPorts(ctx context.Context) (Preview, error) {
	p, err := f.planDevices(ctx)
	if err != nil {
		return Preview{}, err
	}
	return p.preview(), nil
}

// AddServer implements Factory.
func (f *layoutFactory) AddServer(ctx context.Context, server *clusto.Object, switchPort int) error {
	p, err := f.planServer(ctx, server, switchPort)
	if err != nil {
		return err
	}
	return f.run(ctx, p)
}

// PreviewAddServer implements Previewer.
func (f *layoutFactory) PreviewAddServer(ctx context.Context, server *clusto.Object, switchPort int) (Preview, error) {
	p, err := f.planServer(ctx, server, switchPort)
	if err != nil {
		return Preview{}, err
	}
	return p.preview(), nil
}

// Driver implements Factory.
func (f *layoutFactory) Driver(_ context.Context, switchPort int) (*clusto.Driver, error) {
	slot, _, err := f.slot(switchPort)
	if err != nil {
		return nil, err
	}
	driver, ok := f.rack.Inventory().Drivers().Driver(slot.Driver)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrNotFound, "there is no driver %s", slot.Driver)
	}
	return driver, nil
}

// NICFor implements Factory.
func (f *layoutFactory) NICFor(_ context.Context, sw *clusto.Object, switchPort int) (NIC, error) {
	if d, ok := f.layout.Device(RoleSwitch); ok && d.NameIn(f.rack.Name) != sw.Name {
		return NIC{}, clusto.Errorf(clusto.ErrNotFound, "%s is not in layout %s of rack %s, whose switch is %s",
			sw.Name, f.layout.Name, f.rack.Name, d.NameIn(f.rack.Name))
	}
	_, nic, err := f.slot(switchPort)
	return nic, err
}

func (f *layoutFactory) slot(switchPort int) (Slot, NIC, error) {
	slot, nic, ok := f.layout.Slot(switchPort)
	if !ok {
		return slot, nic, clusto.Errorf(clusto.ErrNotFound, "switch port %d is not in layout %s of rack %s", switchPort, f.layout.Name, f.rack.Name)
	}
	return slot, nic, nil
}

// run does what is planned and says what a person may want to know.
func (f *layoutFactory) run(ctx context.Context, p *plan) error {
	if err := p.run(ctx); err != nil {
		return err
	}
	for _, note := range p.notes {
		f.opts.Log.Warn("rack factory: "+note, "rack", f.rack.Name, "layout", f.layout.Name)
	}
	return nil
}

// planDevices plans what ConnectPorts does.
func (f *layoutFactory) planDevices(ctx context.Context) (*plan, error) {
	datacenters, err := f.rack.Parents(ctx, true, clusto.Match{Types: []string{typeDatacenter}})
	if err != nil {
		return nil, err
	}
	if len(datacenters) == 0 {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "rack %s is in no datacenter", f.rack.Name),
			"put it into one: get_by_name('…').insert(get_by_name('%s'))", f.rack.Name)
	}
	p, err := newPlan(ctx, f.rack, f.layout)
	if err != nil {
		return nil, err
	}
	if want := f.layout.Rack; want != "" && !f.rack.Driver().Is(want) {
		p.note("%s is a %s; layout %s is made for a %s", f.rack.Name, f.rack.Entity.Driver, f.layout.Name, want)
	}
	if err := f.planAttribute(ctx, p); err != nil {
		return nil, err
	}
	roles := make([]string, len(f.layout.Devices))
	for i, d := range f.layout.Devices {
		roles[i] = d.Role
	}
	if err := p.prepare(ctx, roles); err != nil {
		return nil, err
	}
	for _, d := range f.layout.Devices {
		for _, c := range d.Cables {
			if err := p.cable(ctx, p.devices[d.Role], c); err != nil {
				return nil, err
			}
		}
	}
	return p, f.planAddresses(ctx, p)
}

// planAttribute plans that the rack names its layout.
func (f *layoutFactory) planAttribute(ctx context.Context, p *plan) error {
	v, ok, err := f.rack.Value(ctx, clusto.AttrMatch{Key: clusto.Is(KeyLayout)})
	if err != nil || ok && v.Text() == f.layout.Name {
		return err
	}
	p.step(func(ctx context.Context) error {
		return f.rack.SetAttr(ctx, clusto.Attr{Key: KeyLayout, Value: clusto.String(f.layout.Name)})
	}, "set %s of %s to %s", KeyLayout, f.rack.Name, f.layout.Name)
	return nil
}

// planServer plans what AddServer does. Fixed devices that the server is
// connected to are made if they are missing, as classic did.
func (f *layoutFactory) planServer(ctx context.Context, server *clusto.Object, switchPort int) (*plan, error) {
	slot, _, err := f.slot(switchPort)
	if err != nil {
		return nil, err
	}
	p, err := newPlan(ctx, f.rack, f.layout)
	if err != nil {
		return nil, err
	}
	var roles []string
	for _, c := range slot.Cables {
		if !slices.Contains(roles, c.To) {
			roles = append(roles, c.To)
		}
	}
	if err := p.prepare(ctx, roles); err != nil {
		return nil, err
	}
	own := &gear{name: server.Name, driver: server.Driver(), obj: server}
	if err := p.place(ctx, own, spot{slot.Units, slot.Side}); err != nil {
		return nil, err
	}
	for _, c := range slot.Cables {
		if err := p.cable(ctx, own, c); err != nil {
			return nil, err
		}
	}
	return p, nil
}
