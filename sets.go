package clusto

import (
	"cmp"
	"context"
	"slices"
)

// Questions about several objects at once.

// InAll returns the entities that are in each of the given containers, in the
// order of their IDs. With deep, what is in their contents counts too. Types and
// drivers that m names limit the answer; the rest of m must not be set. No
// containers, no entities.
func (inv *Inventory) InAll(ctx context.Context, containers []*Object, deep bool, m Match) ([]*Object, error) {
	if len(containers) == 0 {
		return nil, nil
	}
	ids := make([]EntityID, len(containers))
	for i, c := range containers {
		ids[i] = c.ID
	}
	common, err := inv.inEach(ctx, ids, deep)
	if err != nil {
		return nil, err
	}
	common = slices.DeleteFunc(common, func(e Entity) bool { return !m.Admits(e) })
	if len(common) == 0 {
		return nil, nil
	}
	return inv.wrapAll(common), nil
}

// inEach is InEach, of whatever Reader.
func (inv *Inventory) inEach(ctx context.Context, containers []EntityID, deep bool) ([]Entity, error) {
	if r, ok := inv.Reader.(Intersecter); ok {
		return r.InEach(ctx, containers, deep)
	}
	var common map[EntityID]Entity
	for _, id := range containers {
		contents, err := inv.Contents(ctx, []EntityID{id}, deep)
		if err != nil {
			return nil, err
		}
		here := make(map[EntityID]Entity, len(contents))
		for _, p := range contents {
			if _, everywhere := common[p.ID]; everywhere || common == nil {
				here[p.ID] = p.Entity
			}
		}
		common = here
	}
	found := make([]Entity, 0, len(common))
	for _, e := range common {
		found = append(found, e)
	}
	slices.SortFunc(found, func(a, b Entity) int { return cmp.Compare(a.ID, b.ID) })
	return found, nil
}

// MergedAttrs returns for each of the objects what [Object.MergedAttrs] returns
// for it. It asks as many questions as containers are nested, however many
// objects there are.
func (inv *Inventory) MergedAttrs(ctx context.Context, of []*Object, m AttrMatch) ([][]Attr, error) {
	ids := make([]EntityID, len(of))
	for i, o := range of {
		ids[i] = o.ID
	}
	above, err := inv.above(ctx, ids)
	if err != nil {
		return nil, err
	}
	m.Entities = m.Entities[:0:0]
	for id := range above {
		m.Entities = append(m.Entities, id)
	}
	slices.Sort(m.Entities)
	own := make(map[EntityID][]Attr, len(above))
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return nil, err
		}
		own[a.Entity] = append(own[a.Entity], a)
	}
	merged := make([][]Attr, len(of))
	for i, id := range ids {
		for _, near := range nearest(id, above) {
			merged[i] = append(merged[i], own[near]...)
		}
		SortByKey(merged[i])
	}
	return merged, nil
}

// above returns the relations by which each of the given entities, and each
// that these lead to, is in its containers, in the order of their rows.
func (inv *Inventory) above(ctx context.Context, of []EntityID) (map[EntityID][]Attr, error) {
	above := make(map[EntityID][]Attr, len(of))
	for level := of; len(level) > 0; {
		for _, id := range level {
			above[id] = nil
		}
		relations, err := Collect(inv.Attrs(ctx, AttrMatch{Key: Is(KeyContains), RelatedTo: level}))
		if err != nil {
			return nil, err
		}
		level = nil
		for _, a := range relations {
			id := a.Value.Relation()
			above[id] = append(above[id], a)
			if _, known := above[a.Entity]; !known {
				above[a.Entity] = nil
				level = append(level, a.Entity)
			}
		}
	}
	return above, nil
}

// nearest returns an entity and what it is in, the nearest first and then in the
// order of the rows.
func nearest(of EntityID, above map[EntityID][]Attr) []EntityID {
	order := []EntityID{of}
	for level := order; len(level) > 0; {
		var steps []Attr
		for _, id := range level {
			steps = append(steps, above[id]...)
		}
		slices.SortFunc(steps, func(a, b Attr) int { return cmp.Compare(a.ID, b.ID) })
		before := len(order)
		for _, a := range steps {
			if !slices.Contains(order, a.Entity) {
				order = append(order, a.Entity)
			}
		}
		level = order[before:]
	}
	return order
}
