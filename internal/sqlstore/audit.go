package sqlstore

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strconv"

	"github.com/clusto/clusto"
)

var (
	_ clusto.Auditor = (*reader)(nil)
	_ clusto.Mender  = (*tx)(nil)
)

func (r *reader) AuditAttrs(ctx context.Context) iter.Seq2[clusto.StoredAttr, error] {
	return ranged(ctx, r, func(give func(clusto.StoredAttr) bool) error { return r.auditAttrs(ctx, give) })
}

func (r *reader) AuditCounters(ctx context.Context) iter.Seq2[clusto.StoredCounter, error] {
	return ranged(ctx, r, func(give func(clusto.StoredCounter) bool) error { return r.auditCounters(ctx, give) })
}

func (r *reader) AuditFreeRanges(ctx context.Context) iter.Seq2[clusto.FreeRange, error] {
	return ranged(ctx, r, func(give func(clusto.FreeRange) bool) error { return r.auditFreeRanges(ctx, give) })
}

func (t *tx) AuditAttrs(ctx context.Context) iter.Seq2[clusto.StoredAttr, error] {
	return flushed(ctx, t, t.auditAttrs)
}

func (t *tx) AuditCounters(ctx context.Context) iter.Seq2[clusto.StoredCounter, error] {
	return flushed(ctx, t, t.auditCounters)
}

func (t *tx) AuditFreeRanges(ctx context.Context) iter.Seq2[clusto.FreeRange, error] {
	return flushed(ctx, t, t.auditFreeRanges)
}

// flushed returns the sequence of what run gives once everything pending is
// written.
func flushed[T any](ctx context.Context, t *tx, run func(context.Context, func(T) bool) error) iter.Seq2[T, error] {
	return ranged(ctx, &t.reader, func(give func(T) bool) error {
		if err := t.flush(); err != nil {
			return err
		}
		return run(ctx, give)
	})
}

func (r *reader) auditAttrs(ctx context.Context, give func(clusto.StoredAttr) bool) error {
	c := r.where()
	r.valid(c, "a")
	sql := `SELECT a.attr_id, a.entity_id, a."key", a.number, a.subkey, a.datatype, a.int_value, a.string_value, ` +
		r.s.dialect.TimeText("a.datetime_value") + `, a.relation_id, a.version FROM ` +
		r.s.dialect.Attrs(ByScan, r.at == clusto.Live) + ` WHERE ` + string(c.sql) + ` ORDER BY 1`
	return r.query(ctx, sql, c.args, func(row row) (bool, error) { return give(row.storedAttr()), nil })
}

func (r *reader) auditCounters(ctx context.Context, give func(clusto.StoredCounter) bool) error {
	const sql = `SELECT entity_id, attr_key, value FROM counters ORDER BY counter_id`
	return r.query(ctx, sql, nil, func(row row) (bool, error) {
		return give(clusto.StoredCounter{Entity: clusto.EntityID(row.int(0)), Key: row.text(1), Value: row.int(2)}), nil
	})
}

func (r *reader) auditFreeRanges(ctx context.Context, give func(clusto.FreeRange) bool) error {
	if has, err := r.has(freeRangeTable); err != nil || !has {
		return err
	}
	const sql = `SELECT id, manager_id, first, last FROM clusto_free_range ORDER BY manager_id, id`
	return r.query(ctx, sql, nil, func(row row) (bool, error) {
		first, _ := netip.AddrFromSlice([]byte(row.text(2)))
		last, _ := netip.AddrFromSlice([]byte(row.text(3)))
		return give(clusto.FreeRange{
			ID: row.int(0), Manager: clusto.EntityID(row.int(1)), First: first.Unmap(), Last: last.Unmap(),
		}), nil
	})
}

// Columns of auditAttrs that hold values.
const (
	columnKind = iota + 5
	columnInt
	columnText
	columnTime
	columnRelation
	columnVersion
)

// storedAttr returns the attribute in a row of auditAttrs.
func (r row) storedAttr() clusto.StoredAttr {
	a := clusto.StoredAttr{Attr: clusto.Attr{
		ID:      clusto.AttrID(r.int(0)),
		Entity:  clusto.EntityID(r.int(1)),
		Key:     r.text(2),
		Version: clusto.Version(r.int(columnVersion)),
	}}
	if !r.null(3) {
		a.Number = clusto.Num(r.int(3))
	}
	if !r.null(4) {
		a.Subkey = clusto.Sub(r.text(4))
	}
	a.Value, a.Misfit = r.storedValue()
	return a
}

// valueColumns are the datatypes with the column of each and what it holds.
var valueColumns = []struct {
	kind   clusto.Kind
	column int
	holds  string
}{
	{clusto.KindInt, columnInt, "a number"},
	{clusto.KindString, columnText, "a text"},
	{clusto.KindJSON, columnText, "a text"},
	{clusto.KindTime, columnTime, "a time"},
	{clusto.KindRelation, columnRelation, "a relation"},
}

// storedValue returns the value of a row of auditAttrs, and how its columns
// contradict each other, if they do.
func (r row) storedValue() (value clusto.Value, misfit string) {
	kind := clusto.Kind(r.text(columnKind))
	own := 0
	for _, of := range valueColumns {
		if of.kind == kind {
			own = of.column
		}
	}
	var other string
	for _, of := range valueColumns {
		if of.column != own && !r.null(of.column) && of.kind != clusto.KindJSON {
			other = of.holds
		}
	}
	switch {
	case own == 0:
		return r.anyValue(), fmt.Sprintf("its datatype is %q, which is none", kind)
	case r.null(own) && other != "":
		return r.anyValue(), fmt.Sprintf("its datatype is %s, and it has %s", kind, other)
	case r.null(own):
		return clusto.Value{}, ""
	}
	value, misfit = r.ownValue(kind, own)
	if misfit == "" && other != "" {
		misfit = fmt.Sprintf("its datatype is %s, and it has %s too", kind, other)
	}
	return value, misfit
}

// ownValue returns the value in the column that belongs to a datatype, or the
// text there and why it does not belong.
func (r row) ownValue(kind clusto.Kind, column int) (value clusto.Value, misfit string) {
	switch {
	case kind == clusto.KindString:
		return clusto.String(r.text(column)), ""
	case kind == clusto.KindInt && whole(r[column]):
		return clusto.Int(r.int(column)), ""
	case kind == clusto.KindRelation && whole(r[column]):
		return clusto.RelationTo(clusto.EntityID(r.int(column))), ""
	}
	text := r.text(column)
	if kind == clusto.KindJSON && json.Valid([]byte(text)) {
		return clusto.StoredJSON(text), ""
	}
	if at, err := parseTime(text); kind == clusto.KindTime && err == nil {
		return clusto.Time(at), ""
	}
	return clusto.String(text), fmt.Sprintf("its datatype is %s, and its value %.60q", kind, text)
}

// whole reports whether a column is NULL or holds a whole number; SQLite keeps
// in a column whatever it was given.
func whole(v driver.Value) bool {
	switch v := v.(type) {
	case nil, int64:
		return true
	case []byte:
		_, err := strconv.ParseInt(string(v), 10, 64)
		return err == nil
	case string:
		_, err := strconv.ParseInt(v, 10, 64)
		return err == nil
	}
	return false
}

// anyValue returns the first value that a row of auditAttrs has, for one whose
// datatype is of no help.
func (r row) anyValue() clusto.Value {
	for _, of := range valueColumns {
		if !r.null(of.column) {
			value, _ := r.ownValue(of.kind, of.column)
			return value
		}
	}
	return clusto.Value{}
}

// EndAttrs implements clusto.Mender. What the transaction knows about
// attributes is forgotten, as these may belong to any of it.
func (t *tx) EndAttrs(ctx context.Context, ids ...clusto.AttrID) (int, error) {
	if err := t.enter(ctx); err != nil || len(ids) == 0 {
		return 0, err
	}
	if err := t.beginWrite(ctx); err != nil {
		return 0, err
	}
	if err := t.flush(); err != nil {
		return 0, err
	}
	before := t.effect
	if err := t.ignoringReferences(func() error { return t.endAttrs(ids) }); err != nil {
		return 0, err
	}
	t.memory = newMemory()
	return before.rows - t.effect.rows + t.effect.ended - before.ended, nil
}

func (t *tx) endAttrs(ids []clusto.AttrID) error {
	for _, c := range batches(t.s.dialect, "attr_id", ids) {
		if !t.s.options.NoVersions {
			own := condition{sql: slices.Clone(c.sql), args: slices.Clone(c.args)}
			own.and(live+` AND version = ?`, int64(t.working))
			if err := t.remove("entity_attrs", &own); err != nil {
				return err
			}
		}
		c.and(live)
		if err := t.bury("entity_attrs", &c); err != nil {
			return err
		}
	}
	return nil
}

// ignoringReferences runs fn, which ends rows that may refer to nothing.
func (t *tx) ignoringReferences(fn func() error) error {
	d, ok := t.s.dialect.(Referencing)
	if !ok {
		return fn()
	}
	ignore, check := d.References()
	if _, err := t.c.exec(ignore); err != nil {
		return t.fail(err)
	}
	err := fn()
	_, back := t.c.exec(check)
	return errors.Join(err, t.fail(back))
}

// DropCounter implements clusto.Mender.
func (t *tx) DropCounter(ctx context.Context, id clusto.EntityID, key string) error {
	if err := t.enter(ctx); err != nil {
		return err
	}
	if err := t.beginWrite(ctx); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	delete(t.memory.counters, counterKey{id, key})
	c := t.where()
	c.and(`entity_id = ?`, int64(id))
	c.andText(`attr_key`, key)
	n, err := t.c.exec(`DELETE FROM counters WHERE `+string(c.sql), c.args...)
	t.effect.aside = t.effect.aside || n > 0
	return t.fail(err)
}
