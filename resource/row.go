package resource

import (
	"context"
	"iter"
	"net/netip"

	"github.com/clusto/clusto"
)

// takenBy returns those of the places whose resources somebody has.
func takenBy(ctx context.Context, r row, places []netip.Addr) (map[netip.Addr]bool, error) {
	values := make([]clusto.Value, len(places))
	for i, p := range places {
		var err error
		if values[i], err = r.value(p); err != nil {
			return nil, err
		}
	}
	rows, err := r.users(ctx, values...)
	taken := make(map[netip.Addr]bool, len(rows))
	for _, a := range rows {
		if p, ok := r.place(a.Value); ok {
			taken[p] = true
		}
	}
	return taken, err
}

// ownPlaces yields the places of what anybody has from m.
func (m *Manager) ownPlaces(ctx context.Context, r row) iter.Seq2[netip.Addr, error] {
	return func(yield func(netip.Addr, error) bool) {
		key := clusto.Is(Key(m.Driver()))
		links, err := m.ReferringAttrs(ctx, clusto.AttrMatch{Key: key, Subkey: clusto.Is(SubkeyManager)})
		if err != nil {
			yield(netip.Addr{}, err)
			return
		}
		mine := make(map[slot]bool, len(links))
		for _, a := range links {
			mine[slot{a.Entity, a.Number}] = true
		}
		held := clusto.AttrMatch{Key: key, Number: clusto.IsPresent[int64](), Subkey: clusto.IsAbsent[string]()}
		for a, err := range m.Inventory().Attrs(ctx, held) {
			place, ok := r.place(a.Value)
			if (err != nil || ok && mine[slot{a.Entity, a.Number}]) && !yield(place, err) {
				return
			}
		}
	}
}
