package rackfactory

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// KeyManager is the key of the relation, on a device or any of its containers,
// to the manager that gives the device its address. Its number, if it has one,
// is a VLAN.
const KeyManager = "ipmanager"

// dnsTimeout is how long all questions to the DNS of one plan may take together.
const dnsTimeout = time.Second

// planAddresses plans the addresses of the fixed devices: what the DNS says of
// <device>.<domain> (classic: rackfactory.py, gethostbyname), else one from the
// manager that the attribute ipmanager names. A device whose port has an
// address keeps it.
func (f *layoutFactory) planAddresses(ctx context.Context, p *plan) error {
	var without []Device
	var names []string
	for _, d := range f.layout.Devices {
		if d.Address == nil {
			continue
		}
		has, err := p.devices[d.Role].hasAddress(ctx, clusto.AttrMatch{Subkey: clusto.Is(resource.SubkeyOSPort), Value: clusto.Is(clusto.String(d.Address.OSPort))})
		if err != nil {
			return err
		}
		if !has {
			without = append(without, d)
			names = append(names, p.devices[d.Role].name)
		}
	}
	answers := f.lookUp(ctx, names)
	for _, d := range without {
		g := p.devices[d.Role]
		if addr, ok := answers[g.name]; ok {
			if err := f.planNamed(ctx, p, g, d.Address, addr); err != nil {
				return err
			}
			continue
		}
		has, err := g.hasAddress(ctx, clusto.AttrMatch{})
		if err == nil && !has {
			err = f.planManaged(ctx, p, g, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hasAddress reports whether g has an address with an attribute that m selects.
func (g *gear) hasAddress(ctx context.Context, m clusto.AttrMatch) (bool, error) {
	if g.obj == nil {
		return false, nil
	}
	m.Key = clusto.Is(resource.KeyIP)
	attrs, err := g.obj.Attrs(ctx, m)
	return len(attrs) > 0, err
}

// lookUp asks the DNS for the addresses of devices, all at once.
func (f *layoutFactory) lookUp(ctx context.Context, devices []string) map[string]netip.Addr {
	answers := map[string]netip.Addr{}
	if f.opts.Domain == "" || f.opts.Resolver == nil {
		return answers
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	var mu sync.Mutex // guards answers
	var asking sync.WaitGroup
	for _, device := range devices {
		asking.Go(func() {
			host := device + "." + strings.TrimPrefix(f.opts.Domain, ".")
			addrs, err := f.opts.Resolver.LookupNetIP(ctx, "ip", host)
			if err != nil || len(addrs) == 0 {
				f.opts.Log.Debug("the DNS has no address for a device", "entity", device, "host", host, "err", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			answers[device] = preferred(addrs)
		})
	}
	asking.Wait()
	return answers
}

// preferred returns the first IPv4 address, as classic would, or else the first.
func preferred(addrs []netip.Addr) netip.Addr {
	i := max(0, slices.IndexFunc(addrs, func(a netip.Addr) bool { return a.Unmap().Is4() }))
	return addrs[i].Unmap().WithZone("")
}

// planManaged plans an address from the manager for the device.
func (f *layoutFactory) planManaged(ctx context.Context, p *plan, g *gear, d Device) error {
	vlan, err := f.vlanOf(ctx, p, d)
	if err != nil {
		return err
	}
	attrs, err := f.rack.MergedAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(KeyManager)})
	if err != nil {
		return err
	}
	if g.obj != nil {
		own, err := g.obj.MergedAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(KeyManager)})
		if err != nil {
			return err
		}
		attrs = append(own, attrs...)
	}
	manager, err := nearestManager(ctx, p.rack.Inventory(), attrs, vlan)
	if err != nil {
		return err
	}
	if manager == nil {
		p.note("%s gets no address: %s", g.name, noManager(f.opts.Domain != "" && f.opts.Resolver != nil, vlan))
		return nil
	}
	p.step(func(ctx context.Context) error {
		_, err := GiveAddress(ctx, g.obj, manager, *d.Address)
		return err
	}, "give %s an address from %s as %s", g.name, manager.Name, d.Address.OSPort)
	return nil
}

// noManager says why no manager gives an address.
func noManager(dnsAsked bool, vlan int) string {
	var b strings.Builder
	if dnsAsked {
		b.WriteString("the DNS has none, and ")
	}
	fmt.Fprintf(&b, "neither it nor what contains it has an attribute %s", KeyManager)
	if vlan != 0 {
		fmt.Fprintf(&b, " for VLAN %d", vlan)
	}
	return b.String()
}

// vlanOf returns the VLAN of the switch port that the address's port is
// connected to, as far as it is known, or 0.
func (f *layoutFactory) vlanOf(ctx context.Context, p *plan, d Device) (int, error) {
	if d.Address.VLAN != 0 {
		return d.Address.VLAN, nil
	}
	sw := p.devices[RoleSwitch]
	for _, c := range d.Cables {
		if sw == nil || sw.obj == nil || c.To != RoleSwitch || c.Type != d.Address.Type || c.Port != d.Address.Port {
			continue
		}
		number, err := portNumber(sw.driver, c.Type, c.ToPort)
		if err != nil {
			return 0, err
		}
		v, _, err := port.Attr(ctx, plug{gear: sw, portType: c.Type, number: number}.end(), "vlan")
		return int(v.Int64()), err
	}
	return 0, nil
}

// ManagerFor returns the manager that gives dev its address: the one that the
// attribute ipmanager names, of dev or the nearest of its containers that has
// one. If that has several, the one counts whose number is the VLAN, or else the
// one without number; vlan 0 is not known. It returns nil if there is none.
func ManagerFor(ctx context.Context, dev *clusto.Object, vlan int) (*clusto.Object, error) {
	attrs, err := dev.MergedAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(KeyManager)})
	if err != nil {
		return nil, err
	}
	return nearestManager(ctx, dev.Inventory(), attrs, vlan)
}

// nearestManager chooses among the attributes ipmanager, nearest first.
func nearestManager(ctx context.Context, inv *clusto.Inventory, attrs []clusto.Attr, vlan int) (*clusto.Object, error) {
	for len(attrs) > 0 {
		n := 1
		for n < len(attrs) && attrs[n].Entity == attrs[0].Entity {
			n++
		}
		if a, ok := managerOf(attrs[:n], vlan); ok {
			return managerIn(ctx, inv, a)
		}
		attrs = attrs[n:]
	}
	return nil, nil
}

// managerOf chooses among the attributes of one entity. A single one counts
// whatever VLAN is its number.
func managerOf(attrs []clusto.Attr, vlan int) (clusto.Attr, bool) {
	if len(attrs) == 1 {
		return attrs[0], true
	}
	i := slices.IndexFunc(attrs, func(a clusto.Attr) bool { return vlan != 0 && a.Number == clusto.Num(vlan) })
	if i < 0 {
		i = slices.IndexFunc(attrs, func(a clusto.Attr) bool { return a.Number == clusto.Number{} })
	}
	if i < 0 {
		return clusto.Attr{}, false
	}
	return attrs[i], true
}

// managerIn returns the manager that an attribute names.
func managerIn(ctx context.Context, inv *clusto.Inventory, a clusto.Attr) (*clusto.Object, error) {
	text := a.Value.Text()
	if a.Value.Relation() != 0 {
		named, err := inv.Objects(ctx, a.Value.Relation())
		if err != nil {
			return nil, err
		}
		if named[0].Driver().Is(resource.DriverAny) { // a library may have one of its own
			return named[0], nil
		}
		text = named[0].Name
	}
	owner, err := inv.Objects(ctx, a.Entity)
	if err != nil {
		return nil, err
	}
	return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "attribute %s of %s is %q, not an IP manager", a.Name(), owner[0].Name, text),
		"give it the manager itself: get_by_name('%s').set_attr('%s', get_by_name('…'))", owner[0].Name, KeyManager)
}

// planNamed plans the address that the DNS has for a device.
func (f *layoutFactory) planNamed(ctx context.Context, p *plan, g *gear, to *Address, addr netip.Addr) error {
	inv := p.rack.Inventory()
	manager, err := resource.ManagerFor(ctx, inv, addr)
	if errors.Is(err, clusto.ErrNotFound) {
		p.note("%s gets no address: the DNS says %s, and no IP manager covers that", g.name, addr)
		return nil
	}
	if err != nil {
		return err
	}
	owners, err := resource.Devices(ctx, inv, addr)
	if err != nil {
		return err
	}
	for _, o := range owners {
		if g.obj == nil || o.ID != g.obj.ID {
			return clusto.WithHint(clusto.Errorf(clusto.ErrInUse, "the DNS has %s for %s, and it belongs to %s", addr, g.name, o.Name),
				"correct the DNS, or take the address away from %s", o.Name)
		}
	}
	p.step(func(ctx context.Context) error { return bind(ctx, g.obj, addr, manager.Object, *to) },
		"give %s the address %s from %s, as the DNS says, as %s", g.name, addr, manager.Name, to.OSPort)
	return nil
}

// GiveAddress gives dev the next free address of an IP manager, by the method
// allocate of the manager's driver, and binds it.
func GiveAddress(ctx context.Context, dev, manager *clusto.Object, to Address) (netip.Addr, error) {
	result, err := manager.Call(ctx, "allocate", dev)
	if err != nil {
		return netip.Addr{}, err
	}
	var addr netip.Addr
	switch given := result.(type) {
	case clusto.Attr:
		addr, err = resource.ValueAddr(given.Value)
	case string:
		addr, err = resource.ParseAddr(given)
	default:
		err = clusto.Errorf(clusto.ErrInvalid, "allocate of %s (driver %s) returned no address but %v", manager.Name, manager.Driver().Name, result)
	}
	if err != nil {
		return netip.Addr{}, err
	}
	return addr, bind(ctx, dev, addr, manager, to)
}

// bind notes on which port dev has an address, which is allocated if dev has it
// not, by the method of dev's driver.
func bind(ctx context.Context, dev *clusto.Object, addr netip.Addr, manager *clusto.Object, to Address) error {
	args := []any{addr.String(), to.OSPort, manager}
	if to.Type != "" {
		args = append(args, to.Type, int64(to.Port))
	}
	_, err := dev.Call(ctx, "bind_ip_to_osport", args...)
	return err
}
