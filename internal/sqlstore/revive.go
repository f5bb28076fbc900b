package sqlstore

import (
	"context"

	"github.com/clusto/clusto"
)

const (
	insertRevival = `INSERT INTO clusto_revival (entity_id, was_id, version) VALUES (?, ?, ?)`
	deleteRevival = `DELETE FROM clusto_revival WHERE entity_id = ?`
)

// Revive implements clusto.Reviver.
func (t *tx) Revive(ctx context.Context, id clusto.EntityID, name string) (clusto.Entity, error) {
	was, err := t.dead(ctx, id)
	if err != nil {
		return clusto.Entity{}, err
	}
	if err := t.need(revivalTable); err != nil {
		return clusto.Entity{}, err
	}
	e, err := t.Create(ctx, name, was.Type, was.Driver)
	if err != nil {
		return clusto.Entity{}, err
	}
	t.revived = true
	_, err = t.c.exec(insertRevival, int64(e.ID), int64(id), int64(t.working))
	return e, t.fail(err)
}

// dead returns what the dead entity id was last, or ErrNotFound. Nothing that
// is pending is dead.
func (t *tx) dead(ctx context.Context, id clusto.EntityID) (clusto.Life, error) {
	if err := t.enter(ctx); err != nil {
		return clusto.Life{}, err
	}
	var found clusto.Life
	err := t.lives(ctx, &clusto.LifeMatch{IDs: []clusto.EntityID{id}}, func(l clusto.Life) bool {
		found = l
		return false
	})
	if err == nil && found.Ended == 0 {
		err = clusto.Errorf(clusto.ErrNotFound, "there is no deleted entity number %d", id)
	}
	return found, err
}

// forgetRevival removes the link of an entity whose row is removed too: its
// number can become another's.
func (t *tx) forgetRevival(e clusto.Entity) error {
	if !t.s.options.NoVersions && (!t.revived || e.Version != t.working) {
		return nil
	}
	has, err := t.has(revivalTable)
	if err != nil || !has {
		return err
	}
	_, err = t.c.exec(deleteRevival, int64(e.ID))
	return t.fail(err)
}
