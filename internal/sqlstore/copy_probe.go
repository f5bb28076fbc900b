package sqlstore

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"
	"time"
)

// probe finds the limits of the columns of t by writing rows to it that are
// taken back at once. It must run in a transaction.
func (t *copiedTable) probe(c *conn) ([]limits, error) {
	all := make([]limits, len(t.columns))
	for i, column := range t.columns {
		if t.isKey(column) {
			continue
		}
		for _, p := range probes(column, &all[i]) {
			held, err := t.holds(c, i, p.value)
			if err != nil {
				return nil, err
			}
			if !held {
				p.without()
			}
		}
	}
	return all, nil
}

// probe is a value that not every database can hold, and what to note of one
// that cannot.
type probe struct {
	value   driver.Value
	without func()
}

func probes(c copiedColumn, l *limits) []probe {
	strict := probe{"?", func() { l.strict = true }}
	switch c.kind {
	case asNumber:
		return []probe{strict, {int64(1) << 40, func() { l.small = true }}}
	case asEntity:
		return []probe{strict, {int64(probeMissing), func() { l.existing = true }}}
	case asTime, asStamp:
		return []probe{strict, {probeTime.Add(123456 * time.Microsecond), func() { l.seconds = true }}}
	case asText:
		long := probe{strings.Repeat("x", shortText+1), func() { l.short = shortText }}
		if c.width > 0 {
			long = probe{strings.Repeat("x", c.width+1), func() { l.narrow = c.width }}
		}
		return []probe{
			long,
			{"a\x00\xff", func() { l.utf8 = true }},
			{"\U0001f600", func() { l.plane0 = true }},
		}
	}
	return nil
}

// probeTime is a time that every database can hold.
var probeTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// The numbers of the rows that are written to try: of an entity for others to
// refer to, of the row that is tried, and of one that does not exist.
const (
	probeEntity  = 1
	probeRow     = 2
	probeMissing = 3
)

// holds reports whether column i of t gives back v.
func (t *copiedTable) holds(c *conn, i int, v driver.Value) (held bool, err error) {
	err = c.undone("clusto_probe", func() error {
		for _, w := range copiedTables[:2] { // a version and an entity
			if err := w.insertProbe(c, probeEntity, -1, nil); err != nil {
				return err
			}
		}
		if err := t.insertProbe(c, probeRow, i, v); err != nil {
			return unlessRefused(err)
		}
		return t.readProbe(c, i, func(got driver.Value) { held = string(appendPlain(nil, got)) == string(appendPlain(nil, v)) })
	})
	return held, err
}

// undone calls fn and takes back what it wrote.
func (c *conn) undone(savepoint string, fn func() error) error {
	if err := c.control(`SAVEPOINT ` + savepoint); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err // the transaction may be gone, and the savepoint with it
	}
	for _, sql := range []string{`ROLLBACK TO SAVEPOINT `, `RELEASE SAVEPOINT `} {
		if err := c.control(sql + savepoint); err != nil {
			return err
		}
	}
	return nil
}

// unlessRefused returns err unless it only says that a column refuses a value.
func unlessRefused(err error) error {
	switch faultOf(err) {
	case FaultStale, FaultBusy, FaultFull, FaultReadOnly, FaultUnopened, FaultCanceled, FaultForeign, FaultLost, FaultDenied, FaultStopped:
		return err
	}
	return nil
}

// insertProbe inserts a row with some values, the key among them, and v in
// column i.
func (t *copiedTable) insertProbe(c *conn, key int64, i int, v driver.Value) error {
	args := make([]driver.Value, len(t.columns))
	for n, column := range t.columns {
		switch {
		case n == i:
			args[n] = column.kind.stored(v)
		case t.isKey(column) && column.kind == asText:
			args[n] = strconv.FormatInt(key, 10)
		case t.isKey(column):
			args[n] = key
		case column.kind == asText:
			args[n] = "x"
		case column.kind.isTime():
			args[n] = column.kind.stored(probeTime)
		case column.kind == asBytes:
			args[n] = make([]byte, 16)
		default:
			args[n] = int64(probeEntity)
		}
	}
	_, err := c.exec(c.store.insertText(insertKey{t.insertInto(), 1}, len(args)), args...)
	return err
}

// readProbe gives the value of column i in the row that was inserted last.
func (t *copiedTable) readProbe(c *conn, i int, give func(driver.Value)) error {
	column := t.columns[i]
	expr := column.name
	if column.kind.isTime() {
		expr = c.store.dialect.TimeText(expr)
	}
	sql := `SELECT ` + expr + ` FROM ` + t.name + ` WHERE ` + t.key[0] + ` = '` + strconv.Itoa(probeRow) + `'`
	return c.query(context.Background(), sql, nil, func(r row) (bool, error) {
		give(column.kind.plain(r[0]))
		return false, nil
	})
}
