package sqlstore

import (
	"database/sql/driver"
	"strings"

	"github.com/clusto/clusto"
)

// pending holds rows that a transaction has made and not yet written. They are
// written in batches, before the database is asked something whose answer they
// belong to, before a savepoint, and at commit.
type pending struct {
	entities []clusto.Entity
	attrs    []clusto.Attr
	counters []counterKey // whose counter is dirty, in the order in which they became so
}

const (
	insertEntity  = `INSERT INTO entities (entity_id, name, type, driver, version) VALUES `
	insertCounter = `INSERT INTO counters (entity_id, attr_key, value) VALUES `
	insertAttr    = `INSERT INTO entity_attrs (attr_id, entity_id, "key", subkey, number, datatype, int_value, string_value, datetime_value, relation_id, version) VALUES `
)

// flush writes what is pending.
func (t *tx) flush() error {
	p := &t.pending
	if len(p.entities) > 0 {
		if err := insertAll(t, insertEntity, p.entities, entityRow); err != nil {
			return err
		}
		p.entities = p.entities[:0]
	}
	if len(p.attrs) > 0 {
		if err := insertAll(t, insertAttr, p.attrs, attrRow); err != nil {
			return err
		}
		p.attrs = p.attrs[:0]
	}
	if err := t.storeCounters(p.counters); err != nil {
		return err
	}
	p.counters = p.counters[:0]
	return nil
}

// insertAll inserts rows, as many to a statement as the dialect likes: the
// largest power of two that is left, so that there are few statements to keep
// prepared.
func insertAll[T any](t *tx, insert string, all []T, values func([]driver.Value, T) []driver.Value) error {
	var args []driver.Value
	for len(all) > 0 {
		n := 1
		for n*2 <= min(len(all), t.s.dialect.RowsPerInsert()) {
			n *= 2
		}
		args = args[:0]
		for _, one := range all[:n] {
			args = values(args, one)
		}
		sql := t.s.insertText(insertKey{insert, n}, len(args)/n)
		if _, err := t.c.exec(sql, args...); err != nil {
			return t.fail(err)
		}
		all = all[n:]
	}
	return nil
}

// insertKey names an INSERT statement of a number of rows.
type insertKey struct {
	insert string
	rows   int
}

// insertText returns the statement for k with as many columns.
func (s *Store) insertText(k insertKey, columns int) string {
	if text, ok := s.inserts.Load(k); ok {
		return text.(string)
	}
	one := "(" + strings.Repeat("?, ", columns-1) + "?)"
	text := k.insert + one + strings.Repeat(", "+one, k.rows-1)
	s.inserts.Store(k, text)
	return text
}

func entityRow(args []driver.Value, e clusto.Entity) []driver.Value {
	return append(args, int64(e.ID), e.Name, e.Type, e.Driver, int64(e.Version))
}

// attrRow appends the columns of a as classic clusto fills them: the one value
// column that belongs to the datatype, and NULL in the others.
func attrRow(args []driver.Value, a clusto.Attr) []driver.Value {
	var subkey, number, integer, text, when, relation driver.Value
	if s, ok := a.Subkey.Get(); ok {
		subkey = s
	}
	if n, ok := a.Number.Get(); ok {
		number = n
	}
	switch v := a.Value; {
	case v.IsNone():
	case v.Kind() == clusto.KindInt:
		integer = v.Int64()
	case v.Kind() == clusto.KindTime:
		when = v.Time().Format(storedTime)
	case v.Kind() == clusto.KindRelation:
		relation = int64(v.Relation())
	default:
		text = v.Str()
	}
	return append(args, int64(a.ID), int64(a.Entity), a.Key, subkey, number, string(a.Value.Kind()),
		integer, text, when, relation, int64(a.Version))
}

// maxLooks is how much is looked at to find out whether something pending
// belongs to an answer; more takes longer than it saves.
const maxLooks = 64

// flushFor writes what is pending if match would select any of it.
func (t *tx) flushFor(match *clusto.AttrMatch) error {
	if len(t.pending.attrs)+len(match.Entities)+len(match.RelatedTo)+len(match.Values) > maxLooks {
		return t.flush()
	}
	for _, a := range t.pending.attrs {
		if match.Matches(a) {
			return t.flush()
		}
	}
	return nil
}

// flushForFind is flushFor for a question for entities.
func (t *tx) flushForFind(m *clusto.Match) error {
	for i := range m.Attrs {
		if err := t.flushFor(&m.Attrs[i]); err != nil {
			return err
		}
	}
	if m.Attrs != nil {
		return nil // an entity whose attributes were all written is written too
	}
	if len(t.pending.entities)+len(m.Names)+len(m.Types)+len(m.Drivers) > maxLooks {
		return t.flush()
	}
	for _, e := range t.pending.entities {
		if m.Admits(e) {
			return t.flush()
		}
	}
	return nil
}
