package operation

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// How many entities are asked about at once. A transaction does not remember an
// answer of more than 1,024 rows, and an entity seldom has more than thirty.
const (
	ownersAtOnce = 32
	thingsAtOnce = 512
)

// readAhead reads what operations on entities that are there will ask for one by
// one: what they have, and what they are in.
func (r *runner) readAhead(ctx context.Context, ops []api.Operation, there []clusto.Entity) error {
	byName := make(map[string]clusto.EntityID, len(there))
	for _, e := range there {
		byName[e.Name] = e.ID
	}
	var owners, things []clusto.EntityID
	add := func(list *[]clusto.EntityID, name string) {
		if id, ok := byName[name]; ok {
			*list = append(*list, id)
		}
	}
	for i := range ops {
		switch op := &ops[i]; {
		case op.SetAttrs != nil:
			add(&owners, op.SetAttrs.Entity)
		case op.DeleteAttrs != nil:
			add(&owners, op.DeleteAttrs.Entity)
		case op.Insert != nil:
			add(&things, op.Insert.Entity)
		}
	}
	for some := range slices.Chunk(unique(owners), ownersAtOnce) {
		for _, err := range r.inv.Attrs(ctx, clusto.AttrMatch{Entities: some}) {
			if err != nil {
				return err
			}
		}
	}
	for some := range slices.Chunk(unique(things), thingsAtOnce) {
		if _, err := r.inv.Parents(ctx, some, false); err != nil {
			return err
		}
	}
	return nil
}

// unique returns ids sorted, each once; one alone is not worth to be asked about ahead.
func unique(ids []clusto.EntityID) []clusto.EntityID {
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) < 2 {
		return nil
	}
	return ids
}
