package history

import (
	"context"
	"fmt"
	"slices"

	"github.com/clusto/clusto"
)

// names knows what entities were called at any version after a first one.
type names struct {
	lives   map[clusto.EntityID]clusto.Life
	renamed map[clusto.EntityID][]clusto.Edit // oldest first
}

// namesOf reads what the entities with these IDs are called, and were called
// since the version after.
func namesOf(ctx context.Context, h clusto.History, ids []clusto.EntityID, after clusto.Version) (*names, error) {
	n := &names{lives: map[clusto.EntityID]clusto.Life{}, renamed: map[clusto.EntityID][]clusto.Edit{}}
	ids = unique(ids)
	if len(ids) == 0 {
		return n, nil
	}
	for life, err := range h.Lives(ctx, clusto.LifeMatch{IDs: ids}) {
		if err != nil {
			return nil, err
		}
		n.lives[life.ID] = life
	}
	renames := clusto.EditMatch{About: ids, After: after, Kinds: []clusto.EditKind{clusto.EntityChanged}}
	for e, err := range h.Edits(ctx, renames) {
		if err != nil {
			return nil, err
		}
		n.renamed[e.Entity] = append(n.renamed[e.Entity], e)
	}
	return n, nil
}

// entity returns what the entity id was when version at had been made.
func (n *names) entity(id clusto.EntityID, at clusto.Version) clusto.Entity {
	life, known := n.lives[id]
	if !known {
		return clusto.Entity{ID: id, Name: fmt.Sprintf("entity %d", id)}
	}
	e := life.Entity
	for _, change := range slices.Backward(n.renamed[id]) {
		if change.Version <= at {
			break
		}
		e.Name, e.Type, e.Driver = change.Was.Name, change.Was.Type, change.Was.Driver
	}
	return e
}

// value returns v with the name that what it refers to had at a version.
func (n *names) value(v clusto.Value, at clusto.Version) Value {
	if id := v.Relation(); id != 0 {
		return Value{v, n.entity(id, at).Name}
	}
	return Value{v, ""}
}

// unique returns ids sorted and each once, without 0.
func unique(ids []clusto.EntityID) []clusto.EntityID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.DeleteFunc(ids, func(id clusto.EntityID) bool { return id == 0 })
}
