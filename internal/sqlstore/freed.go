package sqlstore

import (
	"context"
	"database/sql/driver"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
)

// Freed implements clusto.FreedKeeper.
func (r *reader) Freed(ctx context.Context, m clusto.FreedMatch) ([]clusto.Freed, error) {
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	if has, err := r.has(freedTable); err != nil || !has {
		return nil, err
	}
	c := r.where()
	c.and(`manager_id = ?`, int64(m.Manager))
	if m.First.IsValid() {
		c.and(`place >= ?`, addrBytes(m.First))
	}
	if m.Last.IsValid() {
		c.and(`place <= ?`, addrBytes(m.Last))
	}
	if !m.Before.IsZero() {
		c.and(`freed_at < ?`, m.Before.Unix())
	}
	sql := `SELECT place, freed_at FROM clusto_freed WHERE ` + string(c.sql)
	if m.Lowest {
		sql += ` ORDER BY place`
	} else {
		sql += ` ORDER BY freed_at, place`
	}
	if m.Limit > 0 {
		sql += ` LIMIT ?`
		c.args = append(c.args, int64(m.Limit))
	}
	var all []clusto.Freed
	err := r.query(ctx, sql, c.args, func(row row) (bool, error) {
		if addr, ok := netip.AddrFromSlice([]byte(row.text(0))); ok { // else it is no note
			all = append(all, clusto.Freed{Manager: m.Manager, Addr: addr.Unmap(), At: time.Unix(row.int(1), 0).UTC()})
		}
		return true, nil
	})
	return all, err
}

// KeepFreed implements clusto.FreedKeeper. A note is replaced in two statements
// because every database says "insert or update" its own way.
func (t *tx) KeepFreed(ctx context.Context, freed ...clusto.Freed) error {
	for _, f := range freed {
		if err := t.ForgetFreed(ctx, f.Manager, f.Addr); err != nil {
			return err
		}
		const sql = `INSERT INTO clusto_freed (manager_id, place, freed_at) VALUES (?, ?, ?)`
		if err := t.hintExec(ctx, freedTable, sql, int64(f.Manager), addrBytes(f.Addr), f.At.Unix()); err != nil {
			return err
		}
	}
	return nil
}

// ForgetFreed implements clusto.FreedKeeper.
func (t *tx) ForgetFreed(ctx context.Context, manager clusto.EntityID, addrs ...netip.Addr) error {
	for _, addr := range addrs {
		const sql = `DELETE FROM clusto_freed WHERE manager_id = ? AND place = ?`
		if err := t.hintExec(ctx, freedTable, sql, int64(manager), addrBytes(addr)); err != nil {
			return err
		}
	}
	return nil
}

// FreedUpTo implements clusto.FreedKeeper.
func (r *reader) FreedUpTo(ctx context.Context, manager clusto.EntityID) (clusto.Version, bool, error) {
	if err := r.enter(ctx); err != nil {
		return 0, false, err
	}
	if has, err := r.has(freedUpToTable); err != nil || !has {
		return 0, false, err
	}
	var version int64
	found, err := r.c.ints(`SELECT version FROM clusto_freed_up_to WHERE manager_id = ?`, []driver.Value{int64(manager)}, &version)
	return clusto.Version(version), found, r.fail(err)
}

// SetFreedUpTo implements clusto.FreedKeeper.
func (t *tx) SetFreedUpTo(ctx context.Context, manager clusto.EntityID, upTo clusto.Version) error {
	if err := t.hintExec(ctx, freedUpToTable, `DELETE FROM clusto_freed_up_to WHERE manager_id = ?`, int64(manager)); err != nil {
		return err
	}
	return t.hintExec(ctx, freedUpToTable, `INSERT INTO clusto_freed_up_to (manager_id, version) VALUES (?, ?)`, int64(manager), int64(upTo))
}

// forgetManager removes what is noted about a manager.
func (t *tx) forgetManager(ctx context.Context, manager clusto.EntityID) error {
	if err := t.hintExec(ctx, freedTable, `DELETE FROM clusto_freed WHERE manager_id = ?`, int64(manager)); err != nil {
		return err
	}
	return t.hintExec(ctx, freedUpToTable, `DELETE FROM clusto_freed_up_to WHERE manager_id = ?`, int64(manager))
}

// Now implements clusto.Tx.
func (t *tx) Now(ctx context.Context) (time.Time, error) {
	if err := t.enter(ctx); err != nil {
		return time.Time{}, err
	}
	err := t.beginWrite(ctx)
	return t.stamp, err
}
