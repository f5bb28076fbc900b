package fsck

import (
	"fmt"
	"net/netip"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// settings are the properties of resource managers, and the networks that they
// describe. Several checks keep them.
type settings struct {
	*world
	properties map[clusto.EntityID][]clusto.Attr
}

func newSettings(w *world) settings {
	return settings{world: w, properties: map[clusto.EntityID][]clusto.Attr{}}
}

func (s settings) see(a *clusto.StoredAttr) {
	if a.Subkey == clusto.Sub(clusto.SubkeyProperty) && s.is(a.Entity, resource.DriverAny) {
		s.properties[a.Entity] = append(s.properties[a.Entity], a.Attr)
	}
}

// network returns the network of an IP manager, as resource.Manager.Network.
func (s settings) network(id clusto.EntityID) (resource.Network, bool, error) {
	m, err := resource.Of(s.inv.Wrap(s.entities[id]))
	if err != nil {
		return resource.Network{}, false, err
	}
	return m.NetworkIn(s.properties[id])
}

// networks returns the networks of all IP managers that have one which can be
// understood, in the order of the managers.
func (s settings) networks() []resource.Network {
	var all []resource.Network
	for _, id := range s.order {
		if !s.is(id, resource.DriverIP) {
			continue
		}
		if n, ok, err := s.network(id); ok && err == nil {
			all = append(all, n)
		}
	}
	return all
}

// managers looks for resource managers that cannot work.
type managers struct{ settings }

func newManagers(w *world) looker { return managers{newSettings(w)} }

func (m managers) judge() {
	for _, id := range m.order {
		if !m.is(id, resource.DriverIP) {
			continue
		}
		switch _, ok, err := m.network(id); {
		case err != nil:
			m.report(Error, ids{id}, err.Error(), "correct the property", nil)
		case !ok:
			m.report(Info, ids{id}, m.name(id)+" has no network, so it hands out nothing", "set its properties baseip and netmask", nil)
		}
	}
	first := map[netip.Prefix]clusto.EntityID{}
	for _, n := range m.networks() {
		id := n.Manager.ID
		other, taken := first[n.Prefix]
		if !taken {
			first[n.Prefix] = id
			continue
		}
		m.report(Warning, ids{other, id}, fmt.Sprintf("%s and %s have the same network, %s", m.name(other), m.name(id), n.Prefix),
			"keep one of them, or give them networks of their own", nil)
	}
}

// hints looks for free-range hints that lead nowhere.
type hints struct{ settings }

func newHints(w *world) looker { return hints{newSettings(w)} }

func (h hints) judge() {
	bad := map[clusto.EntityID]int{}
	networks := map[clusto.EntityID]resource.Network{}
	for _, n := range h.networks() {
		networks[n.Manager.ID] = n
	}
	for _, r := range h.world.hints {
		n, ok := networks[r.Manager]
		if !ok || !n.Contains(r.First) || !n.Contains(r.Last) || r.Last.Less(r.First) {
			bad[r.Manager]++
		}
	}
	for id, n := range sorted(bad) {
		h.report(Warning, ids{id}, fmt.Sprintf("%s of %s cannot be true: not a range of its network", plural(n, "free-range hint"), h.name(id)),
			"drops all hints of it; the next allocation finds what is free", &mending{forget: ids{id}})
	}
}
