package query

import (
	"cmp"
	"context"
	"encoding/json"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// sheet asks what the columns of some entities have in common only once.
type sheet struct {
	*runner
	entities []clusto.Entity
	ids      set
	above    map[clusto.EntityID][]clusto.Attr // the relations by which each is in its containers; nil until asked for
	around   set                               // the entities and all that they are in, likewise
}

func newSheet(r clusto.Reader, entities []clusto.Entity, o Options) *sheet {
	s := &sheet{entities: entities, runner: &runner{reader: r, options: o, seen: make(map[clusto.EntityID]clusto.Entity, len(entities))}}
	ids := make([]clusto.EntityID, len(entities))
	for i, e := range entities {
		ids[i] = e.ID
		s.seen[e.ID] = e
	}
	s.ids = setOf(ids, true)
	return s
}

// column returns the cells of a column.
func (s *sheet) column(ctx context.Context, c *Column) ([]Cell, error) {
	switch c.kind {
	case columnEntity:
		return s.each(func(e clusto.Entity) Cell { return Cell{ofEntity(e, c.name)} }), nil
	case columnHostname:
		first, err := s.hostnames(ctx, s.ids)
		return s.each(func(e clusto.Entity) Cell {
			if name, ok := first[e.ID]; ok {
				return Cell{name}
			}
			return Cell{e.Name}
		}), err
	case columnUnits:
		return s.units(ctx)
	case columnIP:
		return s.addrs(ctx, c.name)
	case columnMAC:
		return s.macs(ctx)
	case columnAttr:
		return s.attributes(ctx, c)
	}
	return s.containers(ctx, c)
}

// each returns the cell of each entity.
func (s *sheet) each(cell func(clusto.Entity) Cell) []Cell {
	cells := make([]Cell, len(s.entities))
	for i, e := range s.entities {
		cells[i] = cell(e)
	}
	return cells
}

// ofEntity returns what the entity itself says.
func ofEntity(e clusto.Entity, field string) string {
	switch field {
	case fieldType:
		return e.Type
	case fieldDriver:
		return e.Driver
	}
	return e.Name
}

// places finds out what the entities are in. Of the many, it asks for the
// relations alone; of the few containers that these lead to, for what is above.
func (s *sheet) places(ctx context.Context) error {
	if s.above != nil {
		return nil
	}
	above := map[clusto.EntityID][]clusto.Attr{}
	var direct []clusto.EntityID
	note := func(a *clusto.Attr) {
		above[a.Value.Relation()] = append(above[a.Value.Relation()], *a)
		direct = append(direct, a.Entity)
	}
	relations := clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: s.ids.ids}
	if err := s.attrs(ctx, relations, note); err != nil {
		return err
	}
	containers, err := s.load(ctx, setOf(direct, false))
	if err != nil {
		return err
	}
	s.asked++
	placed, err := s.reader.Parents(ctx, containers.ids, true)
	if err != nil {
		return err
	}
	ids := slices.Clone(containers.ids)
	for _, p := range placed {
		s.seen[p.ID] = p.Entity
		ids = append(ids, p.ID)
	}
	containers = setOf(ids, true)
	relations.RelatedTo = containers.minus(s.ids).ids
	if err := s.attrs(ctx, relations, note); err != nil {
		return err
	}
	s.above, s.around = above, s.ids.or(containers)
	return nil
}

// nearest returns an entity and all that it is in, the nearest first and then in
// the order of the rows.
func (s *sheet) nearest(of clusto.EntityID) []clusto.EntityID {
	order := []clusto.EntityID{of}
	for level := order; len(level) > 0; {
		var steps []clusto.Attr
		for _, id := range level {
			steps = append(steps, s.above[id]...)
		}
		slices.SortFunc(steps, func(a, b clusto.Attr) int { return cmp.Compare(a.ID, b.ID) })
		before := len(order)
		for _, a := range steps {
			if _, exists := s.seen[a.Entity]; exists && !slices.Contains(order, a.Entity) {
				order = append(order, a.Entity)
			}
		}
		level = order[before:]
	}
	return order
}

// containers returns what the entities are in: all of it, that of one type, or
// the pool that is a role.
func (s *sheet) containers(ctx context.Context, c *Column) ([]Cell, error) {
	if err := s.places(ctx); err != nil {
		return nil, err
	}
	typ, most := c.name, len(s.around.ids)
	var roles map[clusto.EntityID]bool
	if c.kind == columnRole {
		typ, most, roles = "pool", 1, map[clusto.EntityID]bool{}
		m := containersFor(fieldRole).Attrs[0]
		m.Entities = s.around.ids
		if err := s.attrs(ctx, m, func(a *clusto.Attr) { roles[a.Entity] = true }); err != nil {
			return nil, err
		}
	}
	return s.each(func(e clusto.Entity) Cell {
		var names Cell
		for _, id := range s.nearest(e.ID)[1:] {
			up := s.seen[id]
			if (c.kind == columnParent || up.Type == typ) && (roles == nil || roles[id]) && len(names) < most {
				names = append(names, up.Name)
			}
		}
		return names
	}), nil
}

// units returns the rack units that the entities are in.
func (s *sheet) units(ctx context.Context) ([]Cell, error) {
	if err := s.places(ctx); err != nil {
		return nil, err
	}
	return s.each(func(e clusto.Entity) Cell {
		var units []int64
		for _, a := range s.above[e.ID] {
			if n, numbered := a.Number.Get(); numbered && clusto.InUnit(a.Subkey) {
				units = append(units, n)
			}
		}
		slices.Sort(units)
		var cell Cell
		for _, n := range units {
			cell = append(cell, n)
		}
		return cell
	}), nil
}

// addrs returns the addresses of the entities: all, those that are private, or
// those that are not.
func (s *sheet) addrs(ctx context.Context, name string) ([]Cell, error) {
	m := addressRows
	m.Entities = s.ids.ids
	cells := map[clusto.EntityID]Cell{}
	err := s.attrs(ctx, m, func(a *clusto.Attr) {
		if addr, err := resource.ValueAddr(a.Value); err == nil && shown(addr, name) {
			cells[a.Entity] = append(cells[a.Entity], addr.String())
		}
	})
	return s.each(func(e clusto.Entity) Cell { return cells[e.ID] }), err
}

func shown(addr netip.Addr, name string) bool {
	return name == fieldIP || addr.IsPrivate() == (name == nameInternalIPs)
}

// macs returns the hardware addresses of the entities, by their ports.
func (s *sheet) macs(ctx context.Context) ([]Cell, error) {
	found := map[clusto.EntityID][]clusto.Attr{}
	err := s.attrs(ctx, clusto.AttrMatch{Entities: s.ids.ids, Subkey: clusto.Is(subkeyMAC)}, func(a *clusto.Attr) {
		found[a.Entity] = append(found[a.Entity], *a)
	})
	return s.each(func(e clusto.Entity) Cell {
		attrs := found[e.ID]
		slices.SortFunc(attrs, clusto.CompareAttrs)
		var cell Cell
		for _, a := range attrs {
			text := a.Value.Str()
			if mac, err := clusto.ParseMAC(text); err == nil {
				text = mac.String()
			}
			if text != "" && !slices.Contains(cell, any(text)) {
				cell = append(cell, text)
			}
		}
		return cell
	}), err
}

// attributes returns attributes of the entities, with those of what they are in
// if that is asked for.
func (s *sheet) attributes(ctx context.Context, c *Column) ([]Cell, error) {
	merged := c.scope == fieldMerged || c.scope == fieldAttr && s.options.MergeAttrs
	m := c.attr.match()
	m.Entities = s.ids.ids
	if merged {
		if err := s.places(ctx); err != nil {
			return nil, err
		}
		m.Entities = s.around.ids
	}
	own := map[clusto.EntityID][]clusto.Attr{}
	var related []clusto.EntityID
	err := s.attrs(ctx, m, func(a *clusto.Attr) {
		own[a.Entity] = append(own[a.Entity], *a)
		if id := a.Value.Relation(); id != 0 {
			related = append(related, id)
		}
	})
	if err != nil {
		return nil, err
	}
	if len(related) > 0 {
		if _, err := s.load(ctx, setOf(related, false)); err != nil {
			return nil, err
		}
	}
	return s.each(func(e clusto.Entity) Cell {
		attrs := own[e.ID]
		if merged {
			attrs = nil
			for _, id := range s.nearest(e.ID) {
				attrs = append(attrs, own[id]...)
			}
		}
		clusto.SortByKey(attrs)
		return s.values(attrs)
	}), nil
}

// values returns the values of attributes as a cell holds them.
func (s *sheet) values(attrs []clusto.Attr) Cell {
	cell := make(Cell, len(attrs))
	for i, a := range attrs {
		switch v := a.Value; {
		case v.IsNone():
			cell[i] = nil
		case v.Kind() == clusto.KindInt:
			cell[i] = v.Int64()
		case v.Kind() == clusto.KindTime:
			cell[i] = v.Time()
		case v.Kind() == clusto.KindJSON:
			cell[i] = json.RawMessage(v.Str())
		case v.Kind() == clusto.KindRelation:
			cell[i] = s.seen[v.Relation()].Name
		default:
			cell[i] = v.Str()
		}
	}
	return cell
}
