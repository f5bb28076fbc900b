package sqlstore

import (
	"context"
	"database/sql/driver"

	"github.com/clusto/clusto"
)

// ReadCounters brings all counters of the given entities into memory with one
// question, for who is about to ask for many.
func (t *tx) ReadCounters(ctx context.Context, ids ...clusto.EntityID) error {
	if err := t.enter(ctx); err != nil || len(ids) == 0 {
		return err
	}
	sql := `SELECT entity_id, attr_key, max(value) FROM counters WHERE entity_id IN (` + t.s.dialect.Ints() + `) GROUP BY entity_id, attr_key`
	err := t.query(ctx, sql, []driver.Value{ints(ids)}, func(r row) (bool, error) {
		k := counterKey{clusto.EntityID(r.int(0)), r.text(1)}
		if t.memory.counters[k] == nil && !r.null(2) {
			t.memory.counters[k] = &counter{value: r.int(2), found: true, stored: true}
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		t.memory.counted[id] = true
	}
	return nil
}
