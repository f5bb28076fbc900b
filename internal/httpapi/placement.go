package httpapi

import (
	"cmp"
	"context"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// place is one entity in another.
type place struct{ container, content clusto.EntityID }

// placements are relations of containers to what is in them, in the order of
// their rows.
type placements struct {
	above, below map[clusto.EntityID][]clusto.Attr // by content, and by container
	units        map[place][]int
	rows         map[place]clusto.Subkey // of rows that say where in a rack
	drivers      *clusto.Registry
}

// newPlacements returns the placements that rows are.
func newPlacements(rows []clusto.Attr, drivers *clusto.Registry) *placements {
	p := &placements{
		drivers: drivers,
		above:   map[clusto.EntityID][]clusto.Attr{}, below: map[clusto.EntityID][]clusto.Attr{}, units: map[place][]int{}, rows: map[place]clusto.Subkey{},
	}
	for _, a := range rows {
		content := a.Value.Relation()
		if content == 0 {
			continue
		}
		p.above[content] = append(p.above[content], a)
		p.below[a.Entity] = append(p.below[a.Entity], a)
		if clusto.InUnit(a.Subkey) || clusto.SideOf(a.Subkey) != "" {
			p.rows[place{a.Entity, content}] = a.Subkey
		}
		if number, ok := a.Number.Get(); ok && clusto.InUnit(a.Subkey) {
			where := place{a.Entity, content}
			p.units[where] = append(p.units[where], int(number))
		}
	}
	for _, units := range p.units {
		slices.Sort(units)
	}
	return p
}

// contents are what is directly in entities.
type contents struct{ *placements }

func (p *contents) load(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error) {
	rows, err := clusto.Collect(inv.Attrs(ctx, clusto.AttrMatch{Entities: idsOf(of), Key: clusto.Is(clusto.KeyContains)}))
	p.placements = newPlacements(rows, inv.Drivers())
	return relations(rows), err
}

func (p *contents) fill(o *clusto.Object, e *api.Entity, n names) {
	list := []api.Placement{}
	seen := map[clusto.EntityID]bool{}
	for _, a := range p.below[o.ID] {
		id := a.Value.Relation()
		content, alive := n[id]
		if !alive || seen[id] {
			continue
		}
		seen[id] = true
		list = append(list, p.placed(content, o.Entity, place{o.ID, id}, 1))
	}
	e.Contents = &list
}

// side returns the side at which a device is in a rack, "" if it has none.
func (p *placements) side(content clusto.Entity, where place) api.RackSide {
	subkey, inRack := p.rows[where]
	if !inRack {
		return ""
	}
	return api.RackSide(p.drivers.For(content).SideIn(subkey))
}

// placed returns an entity that was reached through another.
func (p *placements) placed(e, via clusto.Entity, where place, depth int) api.Placement {
	content := e
	if content.ID != where.content {
		content = via
	}
	return api.Placement{
		Name: e.Name, Type: e.Type, Driver: e.Driver, Depth: depth, Via: via.Name,
		RackUnits: p.units[where], Side: p.side(content, where),
	}
}

// parents are what entities are in, at any depth.
type parents struct {
	*placements
	known names
}

func (p *parents) load(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error) {
	ids := idsOf(of)
	above, err := inv.Parents(ctx, ids, true)
	if err != nil {
		return nil, err
	}
	p.known = names{}
	for _, o := range of {
		p.known[o.ID] = o.Entity
	}
	for _, placed := range above {
		p.known[placed.ID] = placed.Entity
		ids = append(ids, placed.ID)
	}
	rows, err := clusto.Collect(inv.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: ids}))
	p.placements = newPlacements(rows, inv.Drivers())
	return nil, err
}

// fill places each container where it is met first, going up level by level, as
// Reader.Parents does.
func (p *parents) fill(o *clusto.Object, e *api.Entity, _ names) {
	list := []api.Placement{}
	seen := map[clusto.EntityID]bool{o.ID: true}
	level := []clusto.EntityID{o.ID}
	for depth := 1; len(level) > 0; depth++ {
		var steps []clusto.Attr
		for _, id := range level {
			steps = append(steps, p.above[id]...)
		}
		slices.SortFunc(steps, func(a, b clusto.Attr) int { return cmp.Compare(a.ID, b.ID) })
		level = nil
		for _, a := range steps {
			container, alive := p.known[a.Entity]
			if !alive || seen[a.Entity] {
				continue
			}
			seen[a.Entity] = true
			level = append(level, a.Entity)
			via := a.Value.Relation()
			list = append(list, p.placed(container, p.known[via], place{a.Entity, via}, depth))
		}
	}
	e.Parents = &list
}
