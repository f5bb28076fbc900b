package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"

	"github.com/clusto/clusto"
)

// A row that this transaction made itself is removed physically; an older one
// stays, marked with the version that ended it, unless the store keeps no
// history.

// DelAttrs implements clusto.Tx.
func (t *tx) DelAttrs(ctx context.Context, m clusto.AttrMatch) (int, error) {
	if err := t.enter(ctx); err != nil {
		return 0, err
	}
	gone, err := t.selected(ctx, &m)
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	gone = slices.Clone(gone)
	if err := t.beginWrite(ctx); err != nil {
		return 0, err
	}
	var own, older []clusto.AttrID
	for _, a := range gone {
		t.memory.remove(a)
		switch i, isPending := slices.BinarySearchFunc(t.pending.attrs, a.ID, byID); {
		case isPending:
			t.pending.attrs = slices.Delete(t.pending.attrs, i, i+1)
			t.effect.rows--
		case a.Version == t.working && !t.s.options.NoVersions:
			own = append(own, a.ID)
		default:
			older = append(older, a.ID)
		}
	}
	for _, c := range batches(t.s.dialect, "attr_id", own) {
		if err := t.remove("entity_attrs", &c); err != nil {
			return 0, err
		}
	}
	for _, c := range batches(t.s.dialect, "attr_id", older) {
		if err := t.bury("entity_attrs", &c); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

func byID(a clusto.Attr, id clusto.AttrID) int { return int(a.ID - id) }

// remove deletes the rows of table for which c holds.
func (t *tx) remove(table string, c *condition) error {
	n, err := t.c.exec(`DELETE FROM `+table+` WHERE `+string(c.sql), c.args...)
	t.effect.rows -= n
	return t.fail(err)
}

// bury marks the rows of table for which c holds as ended by this version. A
// store that keeps no history deletes them.
func (t *tx) bury(table string, c *condition) error {
	if t.s.options.NoVersions {
		n, err := t.c.exec(`DELETE FROM `+table+` WHERE `+string(c.sql), c.args...)
		t.effect.ended += n
		return t.fail(err)
	}
	args := append([]driver.Value{int64(t.working)}, c.args...)
	n, err := t.c.exec(`UPDATE `+table+` SET deleted_at_version = ? WHERE `+string(c.sql), args...)
	t.effect.ended += n
	return t.fail(err)
}

// Delete implements clusto.Tx.
func (t *tx) Delete(ctx context.Context, id clusto.EntityID) error {
	e, err := t.known(ctx, id)
	if err != nil {
		return err
	}
	if err := t.beginWrite(ctx); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	n, err := t.c.exec(`DELETE FROM counters WHERE entity_id = ?`, int64(id)) // first: they refer to the entity
	if err != nil {
		return t.fail(err)
	}
	t.effect.aside = t.effect.aside || n > 0
	for _, of := range []struct{ table, column string }{
		{"entity_attrs", "entity_id"}, {"entity_attrs", "relation_id"}, {"entities", "entity_id"},
	} {
		if err := t.endRows(of.table, of.column, id); err != nil {
			return err
		}
	}
	if err := t.forgetRevival(e); err != nil {
		return err
	}
	t.memory.deleted(e)
	return errors.Join(t.ClearFreeRanges(ctx, id), t.forgetManager(ctx, id), t.estrange(ctx, id))
}

// endRows ends the live rows of table that have id in column.
func (t *tx) endRows(table, column string, id clusto.EntityID) error {
	if t.s.options.NoVersions {
		return t.eraseRows(table, column, id)
	}
	own := condition{dialect: t.s.dialect}
	own.and(column+` = ? AND `+live+` AND version = ?`, int64(id), int64(t.working))
	if err := t.remove(table, &own); err != nil {
		return err
	}
	older := condition{dialect: t.s.dialect}
	older.and(column+` = ? AND `+live, int64(id))
	return t.bury(table, &older)
}

// eraseRows is endRows for a store that keeps no history. What it kept at
// another time may tell of the entity: then the entity's row must stay, marked
// as dead, or its number would become another's.
func (t *tx) eraseRows(table, column string, id clusto.EntityID) error {
	c := t.where()
	c.and(column+` = ? AND `+live, int64(id))
	if table == "entities" {
		told, err := t.isTold(id)
		if err != nil {
			return err
		}
		if told {
			args := append([]driver.Value{int64(t.working)}, c.args...)
			n, err := t.c.exec(`UPDATE entities SET deleted_at_version = ? WHERE `+string(c.sql), args...)
			t.effect.ended += n
			return t.fail(err)
		}
	}
	return t.bury(table, c)
}

// isTold reports whether history tells of an entity whose live rows are gone.
func (t *tx) isTold(id clusto.EntityID) (bool, error) {
	for _, by := range []struct{ table, column string }{
		{"entity_attrs", "entity_id"}, {"entity_attrs", "relation_id"},
		{entityLogTable, "entity_id"}, {redactionTable, "entity_id"}, {revivalTable, "was_id"},
	} {
		has, err := t.has(by.table)
		if err != nil {
			return false, err
		}
		if !has {
			continue
		}
		told, err := t.c.ints(`SELECT `+by.column+` FROM `+by.table+` WHERE `+by.column+` = ? LIMIT 1`, []driver.Value{int64(id)}, new(int64))
		if err != nil || told {
			return told, t.fail(err)
		}
	}
	return false, nil
}

// deleted notes that e is gone, with what it had and what referred to it.
func (m *memory) deleted(e clusto.Entity) {
	m.entities[e.ID] = clusto.Entity{}
	delete(m.names, e.Name)
	delete(m.fresh, e.ID)
	clear(m.lists)
	clear(m.values)
	clear(m.above)
	for k := range m.counters {
		if k.entity == e.ID {
			delete(m.counters, k)
		}
	}
	gone := func(a clusto.Attr) bool { return a.Entity == e.ID || a.Value.Relation() == e.ID }
	for _, f := range m.fresh {
		f.attrs = slices.DeleteFunc(f.attrs, gone)
		f.about = slices.DeleteFunc(f.about, gone)
	}
}
