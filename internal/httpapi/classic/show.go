package classic

import (
	"context"
	"errors"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// compact returns an entity as clients name it.
func compact(e clusto.Entity) string { return "/" + e.Driver + "/" + e.Name }

// shown returns entities as the mode has it. It asks the same number of questions
// for one as for thousands.
func (c *call) shown(inv *clusto.Inventory, objects []*clusto.Object, mode string) (list, error) {
	out := make(list, len(objects))
	if mode == modeCompact {
		for i, o := range objects {
			out[i] = compact(o.Entity)
		}
		return out, nil
	}
	s, err := survey(c.ctx, inv, objects)
	if err != nil {
		return nil, err
	}
	for i, o := range objects {
		out[i] = s.expanded(o)
	}
	return out, nil
}

// single answers with one entity as the mode has it.
func (c *call) single(inv *clusto.Inventory, status int, o *clusto.Object, mode string) (answer, error) {
	out, err := c.shown(inv, []*clusto.Object{o}, mode)
	if err != nil {
		return answer{}, err
	}
	return reply(status, out[0]), nil
}

// surroundings are all that the expanded form of some entities tells.
type surroundings struct {
	addressed *clusto.Mixin // what drivers have whose entities can have addresses; nil if it is not known
	own       map[clusto.EntityID][]clusto.Attr
	contents  map[clusto.EntityID][]clusto.EntityID
	parents   map[clusto.EntityID][]clusto.EntityID
	counts    map[clusto.EntityID]int
	known     entities
}

// mixinIP is the class of the mixin of drivers whose entities can have addresses.
const mixinIP = "IPMixin"

// survey reads the surroundings of entities.
func survey(ctx context.Context, inv *clusto.Inventory, objects []*clusto.Object) (*surroundings, error) {
	s := &surroundings{
		own:      map[clusto.EntityID][]clusto.Attr{},
		contents: map[clusto.EntityID][]clusto.EntityID{},
		parents:  map[clusto.EntityID][]clusto.EntityID{},
		counts:   map[clusto.EntityID]int{},
	}
	s.addressed, _ = inv.Drivers().Mixin(mixinIP)
	ids := make([]clusto.EntityID, len(objects))
	for i, o := range objects {
		ids[i] = o.ID
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if err := s.readOwn(ctx, inv, ids); err != nil {
		return nil, err
	}
	if err := s.readParents(ctx, inv, ids); err != nil {
		return nil, err
	}
	if err := s.readCounts(ctx, inv, objects); err != nil {
		return nil, err
	}
	var near []clusto.EntityID
	for _, attrs := range s.own {
		near = append(near, related(attrs)...)
	}
	for _, of := range s.contents {
		near = append(near, of...)
	}
	for _, of := range s.parents {
		near = append(near, of...)
	}
	var err error
	s.known, err = entitiesOf(ctx, inv, near)
	return s, err
}

// readOwn reads the attributes and the contents of entities, which are
// attributes too.
func (s *surroundings) readOwn(ctx context.Context, inv *clusto.Inventory, ids []clusto.EntityID) error {
	for a, err := range inv.Attrs(ctx, clusto.AttrMatch{Entities: ids, ByEntity: true}) {
		if err != nil {
			return err
		}
		if id := a.Value.Relation(); a.Key == clusto.KeyContains && id != 0 {
			s.contents[a.Entity] = append(s.contents[a.Entity], id)
		}
		if !a.Hidden() {
			s.own[a.Entity] = append(s.own[a.Entity], a)
		}
	}
	for id := range s.own {
		clusto.SortByKey(s.own[id])
	}
	return nil
}

func (s *surroundings) readParents(ctx context.Context, inv *clusto.Inventory, ids []clusto.EntityID) error {
	for a, err := range inv.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: ids}) {
		if err != nil {
			return err
		}
		s.parents[a.Value.Relation()] = append(s.parents[a.Value.Relation()], a.Entity)
	}
	return nil
}

// readCounts counts what the resource managers among entities have handed out.
func (s *surroundings) readCounts(ctx context.Context, inv *clusto.Inventory, objects []*clusto.Object) error {
	keys := map[clusto.EntityID]string{} // of managers
	var ids []clusto.EntityID
	for _, o := range objects {
		if _, known := keys[o.ID]; !known && o.Driver().Is(resource.DriverAny) {
			keys[o.ID] = resource.Key(o.Driver())
			ids = append(ids, o.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	for a, err := range inv.Attrs(ctx, clusto.AttrMatch{Subkey: clusto.Is(resource.SubkeyManager), RelatedTo: ids}) {
		if err != nil {
			return err
		}
		if id := a.Value.Relation(); a.Key == keys[id] {
			s.counts[id]++
		}
	}
	return nil
}

// expanded returns an entity with all about it.
func (s *surroundings) expanded(o *clusto.Object) object {
	out := object{
		"name": o.Name, "driver": o.Entity.Driver, "type": o.Type,
		"attrs":    s.known.attrs(s.own[o.ID]),
		"contents": s.known.compact(s.contents[o.ID]),
		"parents":  s.known.compact(s.parents[o.ID]),
	}
	switch {
	case o.Driver().Is(resource.DriverAny):
		out["count"] = s.counts[o.ID]
	case s.addressed != nil && o.Driver().Has(s.addressed):
		out["ips"] = addresses(s.own[o.ID])
	}
	return out
}

// addresses returns the addresses among attributes that came from a manager.
func addresses(attrs []clusto.Attr) list {
	managed := map[clusto.Number]bool{}
	for _, a := range attrs {
		if a.Key == resource.KeyIP && a.Subkey == clusto.Sub(resource.SubkeyManager) {
			managed[a.Number] = true
		}
	}
	out := list{}
	for _, a := range attrs {
		if _, has := a.Subkey.Get(); a.Key != resource.KeyIP || has || !managed[a.Number] {
			continue
		}
		if addr, err := resource.ValueAddr(a.Value); err == nil {
			out = append(out, addr.String())
		}
	}
	return out
}

// entities are entities by ID.
type entities map[clusto.EntityID]clusto.Entity

// entitiesOf returns those of the given entities that exist; it sorts ids.
// Databases of classic clusto have relations to nothing; they spoil no list.
func entitiesOf(ctx context.Context, inv *clusto.Inventory, ids []clusto.EntityID) (entities, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := make(entities, len(ids))
	found, err := inv.Entities(ctx, ids...)
	if errors.Is(err, clusto.ErrNotFound) {
		return living(ctx, inv, ids)
	}
	for _, e := range found {
		out[e.ID] = e
	}
	return out, err
}

// living is entitiesOf where one of them is known not to exist.
func living(ctx context.Context, inv *clusto.Inventory, ids []clusto.EntityID) (entities, error) {
	past, err := clusto.Past(inv.Reader)
	if err != nil {
		return nil, err
	}
	out := entities{}
	for life, err := range past.Lives(ctx, clusto.LifeMatch{IDs: ids}) {
		if err != nil {
			return nil, err
		}
		if life.Ended == 0 {
			out[life.ID] = life.Entity
		}
	}
	return out, nil
}

// compact returns those of the given entities that exist, each once: a device is
// in a rack once, however many units it takes.
func (known entities) compact(ids []clusto.EntityID) list {
	out := list{}
	seen := make(map[clusto.EntityID]bool, len(ids))
	for _, id := range ids {
		if e, ok := known[id]; ok && !seen[id] {
			seen[id] = true
			out = append(out, compact(e))
		}
	}
	return out
}

func (known entities) attrs(attrs []clusto.Attr) list {
	out := make(list, len(attrs))
	for i, a := range attrs {
		out[i] = known.attr(a)
	}
	return out
}

// attr returns an attribute as clients see it.
func (known entities) attr(a clusto.Attr) record {
	var number, subkey any
	if n, ok := a.Number.Get(); ok {
		number = n
	}
	if s, ok := a.Subkey.Get(); ok {
		subkey = s
	}
	return record{{"datatype", string(a.Value.Kind())}, {"key", a.Key}, {"number", number}, {"subkey", subkey}, {"value", known.value(a.Value)}}
}

func (known entities) value(v clusto.Value) any {
	switch {
	case v.IsNone():
		return nil
	case v.Kind() == clusto.KindInt:
		return v.Int64()
	case v.Kind() == clusto.KindRelation:
		if e, ok := known[v.Relation()]; ok {
			return compact(e)
		}
		return nil
	case v.Kind() == clusto.KindJSON:
		if decoded, err := decodeJSON(v.Str()); err == nil {
			return decoded
		}
	}
	return v.Text()
}

// related returns the entities that attributes refer to.
func related(attrs []clusto.Attr) []clusto.EntityID {
	var ids []clusto.EntityID
	for _, a := range attrs {
		if id := a.Value.Relation(); id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}
