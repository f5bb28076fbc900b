package query

import (
	"context"

	"github.com/clusto/clusto"
)

// inside returns what is in one of the given containers, at any depth. A
// container is in another one of them if it is in that, but not in itself, even
// in a cycle. The caller says whether the query allows several.
func (r *runner) inside(ctx context.Context, containers set, several bool) (set, error) {
	if len(containers.ids) == 0 {
		return set{known: true}, nil
	}
	r.asked++
	placed, err := r.reader.Contents(ctx, containers.ids, true)
	if err != nil {
		return set{}, err
	}
	ids := make([]clusto.EntityID, len(placed))
	for i, p := range placed {
		ids[i] = p.ID
		r.seen[p.ID] = p.Entity
	}
	found := setOf(ids, true)
	if !several {
		return found, nil
	}
	// The answer about several leaves out those that are in each other.
	nested, err := r.nested(ctx, containers, found)
	return found.or(nested), err
}

// nested returns those of several containers that are in another one of them,
// given what else is in them.
func (r *runner) nested(ctx context.Context, containers, contents set) (set, error) {
	var direct, beneath []clusto.EntityID
	err := r.attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: containers.ids}, func(a *clusto.Attr) {
		switch id := a.Value.Relation(); {
		case a.Entity != id && containers.has(a.Entity):
			direct = append(direct, id)
		case contents.has(a.Entity):
			beneath = append(beneath, id)
		}
	})
	if err != nil || len(beneath) == 0 {
		return setOf(direct, containers.known), err
	}
	above, err := r.ways(ctx, containers.or(contents))
	if err != nil {
		return set{}, err
	}
	for _, id := range beneath {
		if reaches(id, containers, above) {
			direct = append(direct, id)
		}
	}
	return setOf(direct, containers.known), nil
}

// ways returns what each entity is in, as far as that is one of the given containers.
func (r *runner) ways(ctx context.Context, containers set) (map[clusto.EntityID][]clusto.EntityID, error) {
	above := map[clusto.EntityID][]clusto.EntityID{}
	err := r.attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), Entities: containers.ids}, func(a *clusto.Attr) {
		id := a.Value.Relation()
		above[id] = append(above[id], a.Entity)
	})
	return above, err
}

// reaches reports whether one gets upwards from an entity to one of the targets
// other than itself.
func reaches(from clusto.EntityID, targets set, above map[clusto.EntityID][]clusto.EntityID) bool {
	been := map[clusto.EntityID]bool{from: true}
	for next := []clusto.EntityID{from}; len(next) > 0; {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		for _, up := range above[id] {
			if been[up] {
				continue
			}
			if targets.has(up) {
				return true
			}
			been[up] = true
			next = append(next, up)
		}
	}
	return false
}
