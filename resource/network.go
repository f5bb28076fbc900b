package resource

import (
	"context"
	"errors"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

// Properties of an IP manager.
const (
	// PropertyBase is an address of the network; a manager without it has none.
	PropertyBase    = "baseip"
	propertyNetmask = "netmask"
	propertyGateway = "gateway"
)

// Network is what an IP manager has to hand out.
type Network struct {
	Manager *Manager
	Base    netip.Addr   // as written; need not be the network's own address
	Prefix  netip.Prefix // with its own address
	Gateway netip.Addr   // the zero Addr if there is none
}

// Contains reports whether addr belongs to n.
func (n Network) Contains(addr netip.Addr) bool { return n.Prefix.Contains(addr.Unmap()) }

// Netmask returns the mask of n in dotted form, such as 255.255.252.0; for
// IPv6 in the form of an address.
func (n Network) Netmask() string {
	mask := make([]byte, n.Prefix.Addr().BitLen()/8)
	for i := range n.Prefix.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	addr, _ := netip.AddrFromSlice(mask)
	return addr.String()
}

// Last returns the highest address of n.
func (n Network) Last() netip.Addr {
	raw := n.Prefix.Addr().AsSlice()
	for i := n.Prefix.Bits(); i < len(raw)*8; i++ {
		raw[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(raw)
	return last
}

// Broadcast returns the broadcast address of n and whether it has one: IPv6
// has none, nor has a network of one or two addresses (RFC 3021).
func (n Network) Broadcast() (netip.Addr, bool) {
	addr := n.Prefix.Addr()
	if !addr.Is4() || n.Prefix.Bits() > 30 {
		return netip.Addr{}, false
	}
	return n.Last(), true
}

// CIDR returns an address of n with n's prefix length: 10.20.0.2/24.
func (n Network) CIDR(addr netip.Addr) string {
	return netip.PrefixFrom(addr, n.Prefix.Bits()).String()
}

// inside reports whether n is a part of m, and not m itself.
func (n Network) inside(m Network) bool {
	return n.Prefix.Bits() > m.Prefix.Bits() && m.Prefix.Contains(n.Prefix.Addr())
}

// reserved returns the addresses of n that are not handed out unasked: those
// of the network itself (in IPv6 the subnet-router anycast address of RFC 4291
// section 2.6.1), the gateway, and broadcast.
func (n Network) reserved() []netip.Addr {
	var all []netip.Addr
	if n.Prefix.Bits() < n.Prefix.Addr().BitLen()-1 {
		all = append(all, n.Prefix.Addr())
	}
	if n.Gateway.IsValid() {
		all = append(all, n.Gateway)
	}
	if broadcast, ok := n.Broadcast(); ok {
		all = append(all, broadcast)
	}
	return all
}

// Network returns the network of an IP manager and whether it has one: a
// manager without baseip matches nothing. It returns ErrInvalid if a property
// of it cannot be understood.
func (m *Manager) Network(ctx context.Context) (Network, bool, error) {
	if !m.Driver().Is(DriverIP) {
		return Network{}, false, clusto.Errorf(clusto.ErrInvalid, "%s has no network: its driver is %s", m.Name, m.Driver().Name)
	}
	attrs, err := m.Attrs(ctx, clusto.AttrMatch{Subkey: clusto.Is(clusto.SubkeyProperty)})
	if err != nil {
		return Network{}, false, err
	}
	return m.network(attrs)
}

// network returns the network that m's properties describe.
func (m *Manager) network(attrs []clusto.Attr) (Network, bool, error) {
	property := func(name string) clusto.Value {
		p, _ := m.Driver().Property(name)
		value := p.Default
		for _, a := range attrs {
			if a.Key == name {
				value = a.Value
			}
		}
		return value
	}
	base := property(PropertyBase)
	if base.Text() == "" {
		return Network{}, false, nil
	}
	n := Network{Manager: m}
	var err error
	if n.Base, err = ParseAddr(base.Text()); err != nil {
		return n, false, m.badProperty(PropertyBase, err, "write the netmask as a property of its own")
	}
	length, err := prefixLength(property(propertyNetmask).Text(), n.Base.BitLen())
	if err != nil {
		return n, false, m.badProperty(propertyNetmask, err, "write 255.255.255.0, or the length of the prefix, such as 24")
	}
	n.Prefix = netip.PrefixFrom(n.Base, length).Masked()
	if gateway := property(propertyGateway).Text(); gateway != "" {
		if n.Gateway, err = ParseAddr(gateway); err != nil {
			return n, false, m.badProperty(propertyGateway, err, "write an address of "+n.Prefix.String())
		}
	}
	return n, true, nil
}

func (m *Manager) badProperty(name string, err error, hint string) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s: property %s: %w", m.Name, name, err), "%s", hint)
}

// prefixLength reads a netmask of addresses that have size bits: a length such
// as 24 or /24, or a mask in the form of an address.
func prefixLength(text string, size int) (int, error) {
	if length, err := strconv.Atoi(strings.TrimPrefix(text, "/")); err == nil {
		if length < 0 || length > size {
			return 0, clusto.Errorf(clusto.ErrInvalid, "a prefix of %d bits does not fit addresses of %d", length, size)
		}
		return length, nil
	}
	mask, err := netip.ParseAddr(text)
	if err != nil {
		return 0, clusto.Errorf(clusto.ErrInvalid, "%q is not a netmask", text)
	}
	length := 0
	zeros := false
	for _, b := range mask.AsSlice() {
		ones := bits.LeadingZeros8(^b)
		if b<<ones != 0 || zeros && b != 0 {
			return 0, clusto.Errorf(clusto.ErrInvalid, "%q is not a netmask: its ones are not all in front", text)
		}
		length += ones
		zeros = zeros || ones < 8
	}
	switch {
	case mask.BitLen() == size:
		return length, nil
	case length == mask.BitLen():
		// All ones is one address in either family: the default of the
		// property, 255.255.255.255, stands beside IPv6 addresses too.
		return size, nil
	}
	return 0, clusto.Errorf(clusto.ErrInvalid, "netmask %q does not fit addresses of %d bits", text, size)
}

// Networks returns the networks of all IP managers that have one, in the order
// in which they got it. Managers whose properties cannot be understood, which only
// old databases hold, are left out: they match nothing.
func Networks(ctx context.Context, inv *clusto.Inventory) ([]Network, error) {
	// Going by the key finds the managers without a look at every entity. The
	// subkey is left out of the question because every other property has it.
	var ids []clusto.EntityID
	for a, err := range inv.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(PropertyBase)}) {
		if err != nil {
			return nil, err
		}
		if a.Subkey == clusto.Sub(clusto.SubkeyProperty) && !slices.Contains(ids, a.Entity) {
			ids = append(ids, a.Entity)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	objects, err := inv.Objects(ctx, ids...)
	if err != nil {
		return nil, err
	}
	properties := map[clusto.EntityID][]clusto.Attr{}
	for a, err := range inv.Attrs(ctx, clusto.AttrMatch{Entities: ids}) { // which a transaction remembers
		if err != nil {
			return nil, err
		}
		if a.Subkey == clusto.Sub(clusto.SubkeyProperty) {
			properties[a.Entity] = append(properties[a.Entity], a)
		}
	}
	var networks []Network
	for _, o := range objects {
		if !o.Driver().Is(DriverIP) {
			continue
		}
		m := &Manager{o}
		if n, ok, err := m.network(properties[o.ID]); ok && err == nil {
			networks = append(networks, n)
		}
	}
	return networks, nil
}

// ManagerFor returns the IP manager that addr belongs to; where networks nest
// the most specific one. It returns ErrNotFound if there is none.
func ManagerFor(ctx context.Context, inv *clusto.Inventory, addr netip.Addr) (*Manager, error) {
	managers, err := ManagersFor(ctx, inv, addr)
	if err != nil {
		return nil, err
	}
	if len(managers) == 0 {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "no IP manager covers %s", addr),
			"make one: clusto manager create ipmanager NAME --network …; in a script IPManager('NAME', baseip='…', netmask='…')")
	}
	return managers[0], nil
}

// ManagersFor returns all IP managers whose network has addr, the most specific
// first.
func ManagersFor(ctx context.Context, inv *clusto.Inventory, addr netip.Addr) ([]*Manager, error) {
	networks, err := Networks(ctx, inv)
	if err != nil {
		return nil, err
	}
	networks = slices.DeleteFunc(networks, func(n Network) bool { return !n.Contains(addr) })
	slices.SortStableFunc(networks, func(a, b Network) int { return b.Prefix.Bits() - a.Prefix.Bits() })
	managers := make([]*Manager, len(networks))
	for i, n := range networks {
		managers[i] = n.Manager
	}
	return managers, nil
}

// CheckNetwork returns ErrInvalid if the properties of an IP manager cannot be
// understood, and ErrExists if another manager has the same network. It is asked
// whenever a manager is made or changed.
func CheckNetwork(ctx context.Context, o *clusto.Object) error {
	m, err := Of(o)
	if err != nil {
		return err
	}
	n, ok, err := m.Network(ctx)
	if err != nil || !ok {
		return err
	}
	if n.Gateway.IsValid() && n.Gateway.Is4() != n.Base.Is4() {
		return m.badProperty(propertyGateway, errors.New(n.Gateway.String()+" is of another family than "+n.Base.String()),
			"write an address of "+n.Prefix.String())
	}
	networks, err := Networks(ctx, o.Inventory())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(networks, func(x Network) bool { return x.Manager.ID != o.ID && x.Prefix == n.Prefix })
	if i >= 0 {
		return clusto.WithHint(clusto.Errorf(clusto.ErrExists, "%s: network %s has a manager already: %s", o.Name, n.Prefix, networks[i].Manager.Name),
			"use that one, or choose a larger or smaller network")
	}
	return nil
}
