package sqlstore

import (
	"context"
	"database/sql/driver"
	"net/netip"

	"github.com/clusto/clusto"
)

// Hints about free addresses are kept as the 16 bytes of an IPv6 address, IPv4
// ones mapped, so that both families sort and compare as bytes.

// FreeRanges implements clusto.FreeRanger.
func (r *reader) FreeRanges(ctx context.Context, manager clusto.EntityID, limit int) ([]clusto.FreeRange, error) {
	return r.freeRanges(ctx, `SELECT id, first, last FROM clusto_free_range WHERE manager_id = ? ORDER BY id LIMIT ?`, manager, limit)
}

// LowestFreeRanges implements clusto.FreeRanger.
func (r *reader) LowestFreeRanges(ctx context.Context, manager clusto.EntityID, limit int) ([]clusto.FreeRange, error) {
	return r.freeRanges(ctx, `SELECT id, first, last FROM clusto_free_range WHERE manager_id = ? ORDER BY first, id LIMIT ?`, manager, limit)
}

func (r *reader) freeRanges(ctx context.Context, sql string, manager clusto.EntityID, limit int) ([]clusto.FreeRange, error) {
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	if has, err := r.has(freeRangeTable); err != nil || !has {
		return nil, err
	}
	var all []clusto.FreeRange
	err := r.query(context.Background(), sql, []driver.Value{int64(manager), int64(limit)}, func(row row) (bool, error) {
		first, ok1 := netip.AddrFromSlice([]byte(row.text(1)))
		last, ok2 := netip.AddrFromSlice([]byte(row.text(2)))
		if ok1 && ok2 { // else it is no hint
			all = append(all, clusto.FreeRange{ID: row.int(0), Manager: manager, First: first.Unmap(), Last: last.Unmap()})
		}
		return true, nil
	})
	return all, err
}

func addrBytes(a netip.Addr) []byte {
	b := a.As16()
	return b[:]
}

// hintExec runs a statement that changes hints, or other notes that table holds.
// A database that was not migrated has none, and does without.
func (t *tx) hintExec(ctx context.Context, table, sql string, args ...driver.Value) error {
	if err := t.enter(ctx); err != nil {
		return err
	}
	if has, err := t.has(table); err != nil || !has {
		return err
	}
	if err := t.beginWrite(ctx); err != nil {
		return err
	}
	n, err := t.c.exec(sql, args...)
	t.effect.aside = t.effect.aside || n > 0
	return t.fail(err)
}

// AddFreeRanges implements clusto.FreeRanger.
func (t *tx) AddFreeRanges(ctx context.Context, ranges ...clusto.FreeRange) error {
	for _, r := range ranges {
		const sql = `INSERT INTO clusto_free_range (manager_id, first, last) VALUES (?, ?, ?)`
		if err := t.hintExec(ctx, freeRangeTable, sql, int64(r.Manager), addrBytes(r.First), addrBytes(r.Last)); err != nil {
			return err
		}
	}
	return nil
}

// SetFreeRange implements clusto.FreeRanger.
func (t *tx) SetFreeRange(ctx context.Context, r clusto.FreeRange) error {
	if r.Last.Less(r.First) {
		return t.hintExec(ctx, freeRangeTable, `DELETE FROM clusto_free_range WHERE id = ?`, r.ID)
	}
	return t.hintExec(ctx, freeRangeTable, `UPDATE clusto_free_range SET first = ?, last = ? WHERE id = ?`, addrBytes(r.First), addrBytes(r.Last), r.ID)
}

// ClearFreeRanges implements clusto.FreeRanger.
func (t *tx) ClearFreeRanges(ctx context.Context, manager clusto.EntityID) error {
	return t.hintExec(ctx, freeRangeTable, `DELETE FROM clusto_free_range WHERE manager_id = ?`, int64(manager))
}
