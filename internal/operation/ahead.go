package operation

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// How many entities are asked about at once, and how many rows a transaction
// remembers of an answer.
const (
	ownersAtOnce = 64
	thingsAtOnce = 512
	remembered   = 1024
)

// readAhead reads what operations on entities that are there will ask for one by
// one: what they have, and what they are in.
func (r *runner) readAhead(ctx context.Context, ops []api.Operation, there []clusto.Entity) error {
	byName := make(map[string]clusto.EntityID, len(there))
	for _, e := range there {
		byName[e.Name] = e.ID
	}
	var owners, things []clusto.EntityID
	add := func(list *[]clusto.EntityID, names ...string) {
		for _, name := range names {
			if id, ok := byName[name]; ok {
				*list = append(*list, id)
			}
		}
	}
	for i := range ops {
		switch op := &ops[i]; {
		case op.SetAttrs != nil:
			add(&owners, op.SetAttrs.Entity)
		case op.DeleteAttrs != nil:
			add(&owners, op.DeleteAttrs.Entity)
		case op.SetPortAttrs != nil:
			add(&owners, op.SetPortAttrs.Port.Entity)
		case op.Connect != nil:
			add(&owners, op.Connect.From.Entity, op.Connect.To.Entity)
		case op.Disconnect != nil:
			add(&owners, op.Disconnect.Entity)
		case op.Insert != nil:
			add(&things, op.Insert.Entity)
		}
	}
	for some := range slices.Chunk(unique(owners), ownersAtOnce) {
		if err := r.readAttrs(ctx, clusto.AttrMatch{Entities: some}); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(unique(things), thingsAtOnce) {
		if err := r.readAttrs(ctx, clusto.AttrMatch{Entities: some, Key: clusto.Is(clusto.KeyContains)}); err != nil {
			return err
		}
		if _, err := r.inv.Parents(ctx, some, false); err != nil {
			return err
		}
	}
	return nil
}

// readAttrs reads attributes so that the transaction remembers them: of fewer entities at
// a time, if there are too many.
func (r *runner) readAttrs(ctx context.Context, m clusto.AttrMatch) error {
	rows := 0
	for _, err := range r.inv.Attrs(ctx, m) {
		if err != nil {
			return err
		}
		rows++
	}
	if rows <= remembered || len(m.Entities) == 1 {
		return nil
	}
	for half := range slices.Chunk(m.Entities, (len(m.Entities)+1)/2) {
		m.Entities = half
		if err := r.readAttrs(ctx, m); err != nil {
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
