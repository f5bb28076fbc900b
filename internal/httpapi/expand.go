package httpapi

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// part is one of the things that an answer may have of entities. Parts are how
// the number of questions does not depend on how many entities there are: each
// asks about all of them at once.
type part interface {
	// load asks what the part is made of, and returns the entities whose names
	// it will need.
	load(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error)
	// fill puts the part of one of the entities into the answer.
	fill(o *clusto.Object, e *api.Entity, n names)
}

// parts returns the parts that s asks for. For the ETag of an entity all of its
// attributes are read; that is left out of lists that do not show attributes.
func (s selection) parts(tagged bool) []part {
	var all []part
	if s.has(fieldAttrs) || tagged {
		all = append(all, &ownAttrs{filter: s.attrs, shown: s.has(fieldAttrs), tagged: tagged})
	}
	for field, make := range map[string]func() part{
		fieldMerged:    func() part { return &mergedAttrs{filter: s.attrs} },
		fieldContents:  func() part { return &contents{} },
		fieldParents:   func() part { return &parents{} },
		fieldPorts:     func() part { return &ports{} },
		fieldAddresses: func() part { return &addresses{} },
		fieldResources: func() part { return &resources{} },
		fieldSeen:      func() part { return &sightings{ask: s.seen} },
	} {
		if s.has(field) {
			all = append(all, make())
		}
	}
	return all
}

// show returns entities as s asks for them.
func (s selection) show(ctx context.Context, inv *clusto.Inventory, entities []clusto.Entity, tagged bool) ([]api.Entity, error) {
	objects := make([]*clusto.Object, len(entities))
	shown := make([]api.Entity, len(entities))
	for i, e := range entities {
		objects[i] = inv.Wrap(e)
		shown[i] = s.plain(e)
	}
	return shown, fillParts(ctx, inv, s.parts(tagged), objects, shown)
}

// plain returns what s asks for of e itself.
func (s selection) plain(e clusto.Entity) api.Entity {
	shown := api.Entity{Name: e.Name}
	if s.has(fieldType) {
		shown.Type = e.Type
	}
	if s.has(fieldDriver) {
		shown.Driver = e.Driver
	}
	if s.has(fieldVersion) {
		shown.Version = int64(e.Version)
	}
	return shown
}

// fillParts fills the parts of objects into what is shown of them.
func fillParts(ctx context.Context, inv *clusto.Inventory, parts []part, objects []*clusto.Object, shown []api.Entity) error {
	if len(objects) == 0 {
		return nil
	}
	var ids []clusto.EntityID
	for _, p := range parts {
		more, err := p.load(ctx, inv, objects)
		if err != nil {
			return err
		}
		ids = append(ids, more...)
	}
	known, err := inv.Known(ctx, ids)
	if err != nil {
		return err
	}
	for _, p := range parts {
		for i, o := range objects {
			p.fill(o, &shown[i], known)
		}
	}
	return nil
}

// partOf returns an answer that has only one part of one entity.
func partOf(ctx context.Context, o *clusto.Object, p part) (api.Entity, error) {
	shown := make([]api.Entity, 1)
	err := fillParts(ctx, o.Inventory(), []part{p}, []*clusto.Object{o}, shown)
	return shown[0], err
}

// names are the entities that an answer refers to.
type names map[clusto.EntityID]clusto.Entity

// of returns the name of an entity, or its number if it is gone.
func (n names) of(id clusto.EntityID) string {
	if e, ok := n[id]; ok {
		return e.Name
	}
	return clusto.RelationTo(id).Text()
}

// idsOf returns the numbers of objects.
func idsOf(objects []*clusto.Object) []clusto.EntityID {
	ids := make([]clusto.EntityID, len(objects))
	for i, o := range objects {
		ids[i] = o.ID
	}
	return ids
}

// byEntity returns attributes, those of one entity together, by the entity.
func byEntity(attrs []clusto.Attr) map[clusto.EntityID][]clusto.Attr {
	of := map[clusto.EntityID][]clusto.Attr{}
	for len(attrs) > 0 {
		id, n := attrs[0].Entity, 1
		for n < len(attrs) && attrs[n].Entity == id {
			n++
		}
		of[id], attrs = attrs[:n:n], attrs[n:]
	}
	return of
}

// relations returns whom the values of attributes refer to.
func relations(attrs []clusto.Attr) []clusto.EntityID {
	var ids []clusto.EntityID
	for _, a := range attrs {
		if id := a.Value.Relation(); id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// owners returns whose attributes they are.
func owners(attrs []clusto.Attr) []clusto.EntityID {
	ids := make([]clusto.EntityID, len(attrs))
	for i, a := range attrs {
		ids[i] = a.Entity
	}
	return ids
}
