package fsck

import (
	"context"

	"github.com/clusto/clusto"
)

// mending is what a repair does to the database.
type mending struct {
	end      []clusto.AttrID // rows to end
	add      []clusto.Attr
	rename   naming
	counters []clusto.StoredCounter // to be set, each to one row
	drop     []clusto.StoredCounter // to be removed
	forget   []clusto.EntityID      // managers whose hints are dropped
	makeMeta bool                   // make the entity about the database itself
}

// naming gives an entity another name.
type naming struct {
	id   clusto.EntityID
	name string
}

func (m *mending) apply(ctx context.Context, tx clusto.Tx, mender clusto.Mender) error {
	if _, err := mender.EndAttrs(ctx, m.end...); err != nil {
		return err
	}
	if err := tx.AddAttrs(ctx, m.add...); err != nil {
		return err
	}
	if m.rename.id != 0 {
		if err := tx.Rename(ctx, m.rename.id, m.rename.name); err != nil {
			return err
		}
	}
	for _, c := range append(m.drop, m.counters...) {
		if err := mender.DropCounter(ctx, c.Entity, c.Key); err != nil {
			return err
		}
	}
	for _, c := range m.counters {
		if err := tx.SetCounter(ctx, c.Entity, c.Key, c.Value); err != nil {
			return err
		}
	}
	for _, manager := range m.forget {
		if err := tx.ClearFreeRanges(ctx, manager); err != nil {
			return err
		}
	}
	if m.makeMeta {
		return makeMeta(ctx, tx)
	}
	return nil
}

// schemaVersion is the version of the schema that classic clusto 0.8 has.
const schemaVersion = 3

// keySchemaVersion is the property of the meta entity that tells it.
const keySchemaVersion = "schemaversion"

// makeMeta makes the entity about the database itself, as classic's init_clusto.
func makeMeta(ctx context.Context, tx clusto.Tx) error {
	e, err := tx.Create(ctx, clusto.MetaEntity, clusto.MetaEntity, clusto.MetaEntity)
	if err != nil {
		return err
	}
	return tx.AddAttrs(ctx, schemaVersionOf(e.ID))
}

func schemaVersionOf(id clusto.EntityID) clusto.Attr {
	return clusto.Attr{
		Entity: id, Key: keySchemaVersion, Subkey: clusto.Sub(clusto.SubkeyProperty), Value: clusto.Int(schemaVersion),
	}
}
