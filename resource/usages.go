package resource

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
)

// Usages returns what [Manager.Usage] returns for each of the managers, or nil
// for one of which that cannot be counted. The addresses in use are looked at once,
// however many networks there are.
func Usages(ctx context.Context, inv *clusto.Inventory, of []*Manager) ([]*Usage, error) {
	usages := make([]*Usage, len(of))
	var networks *networksInUse
	for i, m := range of {
		if !m.Driver().Is(DriverIP) {
			u, err := m.Usage(ctx)
			if err == nil {
				usages[i] = &u
			} else if !errors.Is(err, clusto.ErrUnsupported) && !errors.Is(err, clusto.ErrInvalid) {
				return nil, err
			}
			continue
		}
		if networks == nil {
			var err error
			if networks, err = readNetworksInUse(ctx, inv); err != nil {
				return nil, err
			}
		}
		usages[i] = networks.usage(m)
	}
	return usages, nil
}

// networksInUse is what has to be known to count how much of every network is in use.
type networksInUse struct {
	rules    map[clusto.EntityID]*ipRules
	reserved map[clusto.EntityID][]clusto.Attr
	taken    places
}

func readNetworksInUse(ctx context.Context, inv *clusto.Inventory) (*networksInUse, error) {
	all, err := Networks(ctx, inv)
	if err != nil {
		return nil, err
	}
	n := &networksInUse{rules: nestedRules(all), reserved: map[clusto.EntityID][]clusto.Attr{}}
	m := clusto.AttrMatch{Entities: []clusto.EntityID{}, Key: clusto.Is(KeyReserved), Number: clusto.IsPresent[int64]()}
	for _, network := range all {
		m.Entities = append(m.Entities, network.Manager.ID)
	}
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return nil, err
		}
		n.reserved[a.Entity] = append(n.reserved[a.Entity], a)
	}
	var taken []netip.Addr
	for a, err := range inv.Attrs(ctx, addressRows) {
		if err != nil {
			return nil, err
		}
		if addr, err := ValueAddr(a.Value); err == nil {
			taken = append(taken, addr)
		}
	}
	n.taken = inOrder(taken)
	return n, nil
}

// nestedRules returns the rules of each manager of a network, which know of the
// networks inside it those that are in no other inside it: the rest is in them.
func nestedRules(networks []Network) map[clusto.EntityID]*ipRules {
	rules := make(map[clusto.EntityID]*ipRules, len(networks))
	var above []*ipRules // those that the present one may be inside of, the largest first
	sorted := slices.SortedFunc(slices.Values(networks), func(a, b Network) int {
		return cmp.Or(a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()))
	})
	for _, n := range sorted {
		r := &ipRules{plainRules: plainRules{n.Manager}, network: n, ok: true}
		rules[n.Manager.ID] = r
		for len(above) > 0 && !n.inside(above[len(above)-1].network) && above[len(above)-1].network.Prefix != n.Prefix {
			above = above[:len(above)-1]
		}
		for i := len(above) - 1; i >= 0; i-- { // old databases have networks twice
			outer := above[i]
			if n.inside(outer.network) {
				outer.nested = append(outer.nested, n)
				if i == 0 || above[i-1].network.Prefix != outer.network.Prefix {
					break
				}
			}
		}
		above = append(above, r)
	}
	return rules
}

// usage returns how much of the network of m is in use, or nil if it has none.
func (n *networksInUse) usage(m *Manager) *Usage {
	r, ok := n.rules[m.ID]
	if !ok {
		return nil
	}
	reserved, err := m.reservationsIn(r, n.reserved[m.ID])
	if err != nil {
		return nil
	}
	whole, err := r.extent()
	if err != nil {
		return nil
	}
	p := &pool{row: r, m: m, whole: whole, closed: r.blocked()}
	for _, x := range reserved {
		p.closed = append(p.closed, x.places)
	}
	u := p.usage(reserved, n.taken)
	return &u
}
