package resource

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// slot is where a resource of an entity stands among those of its kind.
type slot struct {
	entity clusto.EntityID
	number clusto.Number
}

// managed returns those of the rows that are resources from a manager that is
// asked for.
func managed(rows []clusto.Attr, from func(clusto.EntityID) bool) []clusto.Attr {
	wanted := map[slot]bool{}
	for _, a := range rows {
		if id := a.Value.Relation(); a.Subkey == clusto.Sub(SubkeyManager) && id != 0 && from(id) {
			wanted[slot{a.Entity, a.Number}] = true
		}
	}
	var held []clusto.Attr
	for _, a := range rows {
		if _, hasSubkey := a.Subkey.Get(); !hasSubkey && wanted[slot{a.Entity, a.Number}] {
			held = append(held, a)
		}
	}
	return held
}

// Available reports whether m could hand out a resource: nobody has it, and it is
// not reserved. What is in quarantine is available to whom asks for it. It returns
// ErrInvalid if m does not have it at all.
func (m *Manager) Available(ctx context.Context, resource any) (bool, error) {
	r, err := m.rules(ctx)
	if err != nil {
		return false, err
	}
	value, err := parse(r, resource)
	if err != nil {
		return false, err
	}
	taken, err := r.users(ctx, value)
	if x, ok := r.(row); ok && err == nil && len(taken) == 0 {
		_, reserved, err := m.reservationOf(ctx, x, value)
		return err == nil && !reserved, err
	}
	return err == nil && len(taken) == 0, err
}

// Owners returns the entities that have a resource from m. Those that have the
// like from another manager are not meant: classic confused them.
func (m *Manager) Owners(ctx context.Context, resource any) ([]*clusto.Object, error) {
	r, err := m.rules(ctx)
	if err != nil {
		return nil, err
	}
	value, err := parse(r, resource)
	if err != nil {
		return nil, err
	}
	rows, err := m.own(ctx, value)
	if err != nil {
		return nil, err
	}
	var ids []clusto.EntityID
	for _, a := range rows {
		if !slices.Contains(ids, a.Entity) {
			ids = append(ids, a.Entity)
		}
	}
	return m.Inventory().Objects(ctx, ids...)
}

// own returns the rows that hold one of the given resources from m.
func (m *Manager) own(ctx context.Context, resources ...clusto.Value) ([]clusto.Attr, error) {
	key := clusto.Is(Key(m.Driver()))
	rows, err := clusto.Collect(m.Inventory().Attrs(ctx, clusto.AttrMatch{
		Key: key, Number: clusto.IsPresent[int64](), Subkey: clusto.IsAbsent[string](), Values: resources,
	}))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	origin := clusto.AttrMatch{Key: key, Subkey: clusto.Is(SubkeyManager), RelatedTo: []clusto.EntityID{m.ID}}
	for _, a := range rows {
		origin.Entities = append(origin.Entities, a.Entity)
	}
	links, err := clusto.Collect(m.Inventory().Attrs(ctx, origin))
	if err != nil {
		return nil, err
	}
	return managed(append(rows, links...), func(clusto.EntityID) bool { return true }), nil
}

// Count returns how many resources of m are in use.
func (m *Manager) Count(ctx context.Context) (int, error) {
	rows, err := m.ReferringAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(Key(m.Driver())), Subkey: clusto.Is(SubkeyManager)})
	return len(rows), err
}

// Held returns the attribute that holds a resource that thing has from m, or
// ErrNotFound.
func (m *Manager) Held(ctx context.Context, thing *clusto.Object, resource any) (clusto.Attr, error) {
	if resource == nil {
		return clusto.Attr{}, clusto.Errorf(clusto.ErrInvalid, "%s: which resource of %s is meant?", m.Name, thing.Name)
	}
	r, err := m.rules(ctx)
	if err != nil {
		return clusto.Attr{}, err
	}
	held, err := m.held(ctx, r, thing, resource)
	if err != nil {
		return clusto.Attr{}, err
	}
	return held[0], nil
}

// Resources returns the attributes that hold what thing has from managers whose
// driver is, or extends, d, in the order in which they were made.
func Resources(ctx context.Context, thing *clusto.Object, d *clusto.Driver) ([]clusto.Attr, error) {
	rows, err := thing.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(Key(d)), Number: clusto.IsPresent[int64]()})
	if err != nil {
		return nil, err
	}
	var ids []clusto.EntityID
	for _, a := range rows {
		if id := a.Value.Relation(); a.Subkey == clusto.Sub(SubkeyManager) && id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	managers, err := thing.Inventory().Objects(ctx, slices.Compact(ids)...)
	if err != nil {
		return nil, err
	}
	return managed(rows, func(id clusto.EntityID) bool {
		return slices.ContainsFunc(managers, func(o *clusto.Object) bool { return o.ID == id && o.Driver().Is(d.Name) })
	}), nil
}
