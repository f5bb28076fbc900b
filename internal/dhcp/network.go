package dhcp

import (
	"context"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// Subkeys of attributes dhcp.* that managers have.
const subkeyShared = "shared_network" // the same text: on the same wire

// network is what an address manager says.
type network struct {
	Network
	broadcast netip.Addr // the zero Addr if there is none
	mask      string
	hasInside bool       // whether networks of other managers are parts of it
	shared    []*network // those on the same wire, itself among them; nil if it says nothing
	settings  [2]settings
}

// networks finds the network of an address.
type networks struct {
	byPrefix map[netip.Prefix]*network
	lengths  [2][]int // of prefixes, the longest first, of IPv4 and IPv6

	candidates []clusto.EntityID // what has an attribute that may give it a network
	marks      marks             // of them
}

// sameNetworks returns the networks that were read last if the managers are
// surely the same, else nil.
func (e *Engine) sameNetworks(quick Direct) *networks {
	last := e.networks.Load()
	if last == nil || !last.marks.hold(quick, last.candidates) || !slices.Equal(last.candidates, quick.AppendHaving(nil, resource.PropertyBase)) {
		return nil
	}
	return last
}

// find returns the narrowest network that has addr, or nil.
func (all *networks) find(addr netip.Addr) *network {
	family := 0
	if addr.Is6() {
		family = 1
	}
	for _, length := range all.lengths[family] {
		prefix, err := addr.Prefix(length)
		if err != nil {
			return nil
		}
		if n, ok := all.byPrefix[prefix]; ok {
			return n
		}
	}
	return nil
}

// readNetworks reads the networks of all managers and what these say.
func (e *Engine) readNetworks(ctx context.Context, r clusto.Reader) (*networks, error) {
	known, err := resource.Networks(ctx, clusto.NewInventory(r, e.drivers))
	if err != nil {
		return nil, err
	}
	all := &networks{byPrefix: make(map[netip.Prefix]*network, len(known))}
	managers := make([]clusto.Entity, 0, len(known))
	byManager := make(map[clusto.EntityID]*network, len(known))
	for _, k := range known {
		n := &network{Network: Network{Manager: k.Manager.Entity, Prefix: k.Prefix, Gateway: k.Gateway}, mask: k.Netmask()}
		n.broadcast, _ = k.Broadcast()
		if _, there := all.byPrefix[n.Prefix]; !there {
			all.byPrefix[n.Prefix] = n
		}
		managers = append(managers, n.Manager)
		byManager[n.Manager.ID] = n
		family := n.family()
		if !slices.Contains(all.lengths[family], n.Prefix.Bits()) {
			all.lengths[family] = append(all.lengths[family], n.Prefix.Bits())
		}
	}
	for family := range all.lengths {
		slices.Sort(all.lengths[family])
		slices.Reverse(all.lengths[family])
	}
	all.nest()
	return all, e.readManagers(ctx, r, managers, byManager)
}

// family returns 0 for IPv4 and 1 for IPv6.
func (n *network) family() int {
	if n.Prefix.Addr().Is6() {
		return 1
	}
	return 0
}

// nest notes which networks have others inside.
func (all *networks) nest() {
	for prefix, n := range all.byPrefix {
		for _, length := range all.lengths[n.family()] {
			if length >= prefix.Bits() {
				continue
			}
			wider, err := prefix.Addr().Prefix(length)
			if outer, ok := all.byPrefix[wider]; ok && err == nil {
				outer.hasInside = true
			}
		}
	}
}

// readManagers reads what managers say themselves, and which are on one wire.
func (e *Engine) readManagers(ctx context.Context, r clusto.Reader, managers []clusto.Entity, byManager map[clusto.EntityID]*network) error {
	wires := map[string][]*network{}
	for i, key := range []string{keyDHCP, keyDHCP6} {
		read, err := readAttrs(ctx, r, managers, key)
		if err != nil {
			return err
		}
		for _, w := range read {
			n := byManager[w.from.ID]
			n.settings[i] = e.dictionaries[i].read(w)
			for _, a := range w.attrs {
				if i == 0 && plain(a.Subkey.Or("")) == subkeyShared && a.Value.Text() != "" {
					wires[a.Value.Text()] = append(wires[a.Value.Text()], n)
				}
			}
		}
	}
	for _, wire := range wires {
		for _, n := range wire {
			n.shared = wire
		}
	}
	return nil
}

// readAttrs reads the attributes with a key of several entities, in their order.
func readAttrs(ctx context.Context, r clusto.Reader, of []clusto.Entity, key string) ([]written, error) {
	if len(of) == 0 {
		return nil, nil
	}
	all := make([]written, len(of))
	ids := make([]clusto.EntityID, len(of))
	index := make(map[clusto.EntityID]int, len(of))
	for i, e := range of {
		all[i].from, ids[i], index[e.ID] = e, e.ID, i
	}
	for a, err := range r.Attrs(ctx, clusto.AttrMatch{Entities: ids, Key: clusto.Is(key)}) {
		if err != nil {
			return nil, err
		}
		i := index[a.Entity]
		all[i].attrs = append(all[i].attrs, a)
	}
	return all, nil
}
