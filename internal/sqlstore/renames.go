package sqlstore

import (
	"context"
	"database/sql/driver"
	"maps"
	"slices"

	"github.com/clusto/clusto"
)

// renames holds what entities were at a version, of those that were renamed or
// got another driver after it. A nil renames holds none.
type renames struct {
	was map[clusto.EntityID]clusto.Entity
}

func (n *renames) empty() bool { return n == nil || len(n.was) == 0 }

// then returns e as it was.
func (n *renames) then(e clusto.Entity) clusto.Entity {
	if n == nil {
		return e
	}
	if was, ok := n.was[e.ID]; ok {
		e.Name, e.Type, e.Driver = was.Name, was.Type, was.Driver
	}
	return e
}

func (n *renames) ids() []clusto.EntityID {
	if n == nil {
		return nil
	}
	return slices.Collect(maps.Keys(n.was))
}

// loadRenames reads, once for a reader of an old version, what entities were
// then. A row of clusto_entity_log tells what its entity was before the row's
// version, so the earliest one after r.at counts.
func (r *reader) loadRenames() error {
	if r.at == clusto.Live || r.renamed != nil {
		return nil
	}
	loaded := &renames{was: map[clusto.EntityID]clusto.Entity{}}
	if has, err := r.has(entityLogTable); err != nil {
		return err
	} else if has {
		const sql = `SELECT entity_id, name, type, driver FROM clusto_entity_log WHERE version > ? ORDER BY version DESC`
		err := r.query(context.Background(), sql, []driver.Value{int64(r.at)}, func(row row) (bool, error) {
			id := clusto.EntityID(row.int(0))
			loaded.was[id] = clusto.Entity{ID: id, Name: row.text(1), Type: row.text(2), Driver: row.text(3)}
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	r.renamed = loaded
	return nil
}
