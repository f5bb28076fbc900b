package snmptrap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
	"github.com/clusto/clusto/resource"
)

// Attributes that hold what a switch has learnt.
const (
	keyBootstrap = "bootstrap" // with the subkey mac: on whatever is at the port
	subkeyMAC    = "mac"       // of ports too
	subkeyVLAN   = "vlan"      // of switch ports
)

// change decides about one MAC address in a transaction of its own.
type change struct {
	*transaction
	*Event
	inv  *clusto.Inventory
	made rackfactory.Factory // once somebody has asked for it
	port port.Status         // of the switch's port
	nic  rackfactory.NIC     // of the server, to which the layout leads it
	macs []clusto.Attr       // what hardware addresses the port's peer has

	toldVLAN bool // whether the switch port has its VLAN from this change
}

// decide does what the change asks for and says in the event what that was.
func (c *change) decide(ctx context.Context) error {
	if c.repeats() {
		return nil
	}
	sw := c.inv.Wrap(c.sw)
	var err error
	if c.nic, err = c.landing(ctx, sw); err != nil {
		return err
	}
	end, err := port.Of(sw, port.Ethernet, c.Port)
	if err != nil {
		return notInLayout(err)
	}
	if c.port, err = port.StatusOf(ctx, end); err != nil {
		return err
	}
	if c.port.Connected {
		if c.macs, err = macsOf(ctx, c.port.Peer.Device); err != nil {
			return err
		}
	}
	owner, err := c.owner(ctx)
	switch {
	case err != nil:
		return err
	case c.port.Connected && (owner == nil || owner.ID == c.port.Peer.Device.ID):
		return c.record(ctx)
	case owner != nil:
		return c.place(ctx, owner)
	}
	return c.create(ctx)
}

// landing returns the port of the server to which the layout leads the switch's.
func (c *change) landing(ctx context.Context, sw *clusto.Object) (rackfactory.NIC, error) {
	if c.known != nil {
		if l, ok := c.known.nics[c.Port]; ok {
			return l.nic, l.err
		}
	}
	factory, err := c.factory(ctx)
	if err != nil {
		return rackfactory.NIC{}, err
	}
	nic, err := factory.NICFor(ctx, sw, c.Port)
	err = notInLayout(err)
	c.keepNIC(c.Port, nic, err)
	return nic, err
}

// notInLayout makes a drop of the error that there is no such port.
func notInLayout(err error) error {
	if errors.Is(err, clusto.ErrNotFound) {
		return &dropError{NotInLayout, err}
	}
	return err
}

// factory returns the factory of the rack, for this change.
func (c *change) factory(ctx context.Context) (rackfactory.Factory, error) {
	var err error
	if c.made == nil {
		c.made, err = c.factoryOf(ctx, c.inv)
	}
	return c.made, err
}

// macsOf returns the hardware addresses that an entity has anywhere.
func macsOf(ctx context.Context, o *clusto.Object) ([]clusto.Attr, error) {
	return o.Attrs(ctx, clusto.AttrMatch{Subkey: clusto.Is(subkeyMAC)})
}

// owner returns the entity that carries the MAC, on a port or as bootstrap.mac,
// or nil. If there are several, the one at this port is meant, else the first.
func (c *change) owner(ctx context.Context) (*clusto.Object, error) {
	if peer := c.port.Peer.Device; c.port.Connected && slices.ContainsFunc(c.macs, func(a clusto.Attr) bool {
		mac, err := clusto.ParseMAC(a.Value.Str())
		return err == nil && mac == c.MAC && c.counts(peer, a)
	}) {
		return peer, nil
	}
	attrs, err := clusto.Collect(c.inv.Attrs(ctx, clusto.AttrMatch{Subkey: clusto.Is(subkeyMAC), MAC: &c.MAC}))
	if err != nil || len(attrs) == 0 {
		return nil, err
	}
	var ids []clusto.EntityID
	for _, a := range attrs {
		ids = append(ids, a.Entity)
	}
	slices.Sort(ids)
	carriers, err := c.inv.Objects(ctx, slices.Compact(ids)...)
	if err != nil {
		return nil, err
	}
	carriers = slices.DeleteFunc(carriers, func(o *clusto.Object) bool {
		return !slices.ContainsFunc(attrs, func(a clusto.Attr) bool { return a.Entity == o.ID && c.counts(o, a) })
	})
	for _, o := range carriers {
		if c.port.Connected && o.ID == c.port.Peer.Device.ID {
			return o, nil
		}
	}
	if len(carriers) == 0 {
		return nil, nil
	}
	return carriers[0], nil
}

// counts reports whether o carries the MAC of a: what a switch has learnt on its
// ports does not count.
func (c *change) counts(o *clusto.Object, a clusto.Attr) bool {
	return o.Type != typeSwitch && o.ID != c.sw.ID || !strings.HasPrefix(a.Key, port.KeyPrefix)
}

// record notes the MAC at what is connected to the port (classic: snmptrapd.py).
func (c *change) record(ctx context.Context) error {
	c.Server = c.port.Peer.Device.Name
	c.Outcome = Unchanged
	if err := c.recordMAC(ctx, c.port.Peer, c.macs); err != nil {
		return err
	}
	noted, _, err := c.port.Value(subkeyMAC)
	if err != nil {
		return err
	}
	mac, err := clusto.ParseMAC(noted.Str())
	if err != nil || mac == c.MAC || !has(c.macs, mac) {
		err = c.recordPort(ctx)
	} else {
		err = nil // one of several at this port, and the port has another of them
	}
	if err == nil {
		c.remember()
	}
	return err
}

// has reports whether one of attrs is a MAC.
func has(attrs []clusto.Attr, want clusto.MAC) bool {
	return slices.ContainsFunc(attrs, func(a clusto.Attr) bool {
		mac, err := clusto.ParseMAC(a.Value.Str())
		return err == nil && mac == want
	})
}

// recordMAC notes the MAC on what is connected: as bootstrap.mac, and on the
// port if that has none. attrs are what hardware addresses it has.
func (c *change) recordMAC(ctx context.Context, peer port.End, attrs []clusto.Attr) error {
	bootstrap, onPort := false, peer.Port == 0
	for _, a := range attrs {
		mac, err := clusto.ParseMAC(a.Value.Str())
		same := err == nil && mac == c.MAC
		bootstrap = bootstrap || same && a.Key == keyBootstrap
		onPort = onPort || a.Key == peer.Key() && (same || a.Number == clusto.Num(peer.Port))
	}
	text := clusto.String(c.MAC.String())
	if !bootstrap {
		c.wrote()
		if err := peer.Device.AddAttr(ctx, clusto.Attr{Key: keyBootstrap, Subkey: clusto.Sub(subkeyMAC), Value: text}); err != nil {
			return err
		}
	}
	if !onPort {
		c.wrote()
		return port.SetAttr(ctx, peer, subkeyMAC, text)
	}
	return nil
}

// wrote says that the change was no repetition.
func (c *change) wrote() {
	if c.Outcome == Unchanged {
		c.Outcome = Recorded
	}
}

// recordPort notes VLAN and MAC on the switch port. If the MAC is in several
// VLANs the first of a trap counts, so that the same trap again finds all noted.
func (c *change) recordPort(ctx context.Context) error {
	if c.VLAN != 0 && !c.vlans[c.Port] {
		c.toldVLAN = true
		if err := c.note(ctx, subkeyVLAN, clusto.Int(int64(c.VLAN))); err != nil {
			return err
		}
	}
	return c.note(ctx, subkeyMAC, clusto.String(c.MAC.String()))
}

// note gives an attribute of the switch port a value, unless it has it.
func (c *change) note(ctx context.Context, subkey string, value clusto.Value) error {
	old, _, err := c.port.Value(subkey)
	if err != nil || old.Equal(value) {
		return err
	}
	c.wrote()
	return port.SetAttr(ctx, c.port.End, subkey, value)
}

// place racks and cables a server that was known before it was plugged in. If
// it stands or is connected elsewhere the change is dropped.
func (c *change) place(ctx context.Context, owner *clusto.Object) error {
	cables, err := port.Connected(ctx, owner, port.Ethernet)
	if err != nil {
		return err
	}
	if len(cables) > 0 {
		return because(Moved, "%s belongs to %s, and %s is connected to %s, not to %s", c.MAC, owner.Name, cables[0].End, cables[0].Peer, c.port.End)
	}
	if c.port.Connected {
		return because(InUse, "%s belongs to %s, and %s is connected to %s", c.MAC, owner.Name, c.port.End, c.port.Peer)
	}
	racks, err := owner.Parents(ctx, false, clusto.Match{Types: []string{typeRack}})
	if err != nil {
		return err
	}
	if len(racks) > 0 && racks[0].ID != c.rack.ID {
		return because(Moved, "%s belongs to %s, which is in rack %s; %s is in %s", c.MAC, owner.Name, racks[0].Name, c.port.End, c.rack.Name)
	}
	c.Outcome = Racked
	return c.settle(ctx, owner)
}

// create makes a server for the port.
func (c *change) create(ctx context.Context) error {
	factory, err := c.factory(ctx)
	if err != nil {
		return err
	}
	driver, err := factory.Driver(ctx, c.Port)
	if err != nil {
		return notInLayout(err)
	}
	server, err := c.newServer(ctx, driver)
	if err != nil {
		return err
	}
	c.Outcome, c.Driver = Created, server.Driver().Name
	return c.settle(ctx, server)
}

// newServer makes an entity with a name from the name manager.
func (c *change) newServer(ctx context.Context, driver *clusto.Driver) (*clusto.Object, error) {
	o, err := c.inv.Object(ctx, c.opts.NameManager)
	if errors.Is(err, clusto.ErrNotFound) {
		return nil, &dropError{NoNameManager, clusto.WithHint(err, "make it: SimpleEntityNameManager('%s', basename='s', digits=4)", c.opts.NameManager)}
	}
	if err != nil {
		return nil, err
	}
	if !o.Driver().Is(resource.DriverEntityName) {
		return nil, because(NoNameManager, "%s, which should name new servers, is a %s, not a %s", o.Name, o.Driver().Name, resource.DriverEntityName)
	}
	made, err := o.Call(ctx, "allocate", driver)
	if err != nil {
		return nil, err
	}
	server, ok := made.(*clusto.Object)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrInvalid, "allocate of %s (driver %s) returned no entity but %v", o.Name, o.Driver().Name, made)
	}
	return server, nil
}

// settle gives a server its place, notes the MAC, and gives it an address.
func (c *change) settle(ctx context.Context, server *clusto.Object) error {
	c.Server, c.Rack = server.Name, c.rack.Name
	factory, err := c.factory(ctx)
	if err != nil {
		return err
	}
	if err := factory.AddServer(ctx, server, c.Port); err != nil {
		return err
	}
	nic, err := port.Of(server, c.nic.Type, c.nic.Number)
	if err != nil {
		return err
	}
	macs, err := macsOf(ctx, server)
	if err != nil {
		return err
	}
	if err := c.recordMAC(ctx, nic, macs); err != nil {
		return err
	}
	if c.port, err = port.StatusOf(ctx, c.port.End); err != nil { // the factory has connected it
		return err
	}
	if err := c.recordPort(ctx); err != nil {
		return err
	}
	return c.giveAddress(ctx, server)
}

// giveAddress gives a server that has no address one from the manager that is
// named for it.
func (c *change) giveAddress(ctx context.Context, server *clusto.Object) error {
	has, err := server.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(resource.KeyIP)})
	if err != nil || len(has) > 0 {
		return err
	}
	manager, err := rackfactory.ManagerFor(ctx, server, c.VLAN)
	if err != nil {
		return err
	}
	if manager == nil {
		c.Note = fmt.Sprintf("no address: nothing around it has an attribute %s for VLAN %d", rackfactory.KeyManager, c.VLAN)
		return nil
	}
	c.Address, err = rackfactory.GiveAddress(ctx, server, manager, rackfactory.Address{OSPort: OSPort, Type: c.nic.Type, Port: c.nic.Number})
	return err
}
