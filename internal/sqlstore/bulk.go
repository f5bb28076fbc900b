package sqlstore

import (
	"database/sql/driver"
	"math/bits"
)

// bulk inserts rows of a table, many to a statement where the dialect likes
// that, without keeping more than one statement's worth.
type bulk struct {
	c       *conn
	table   copiedTable
	insert  string
	perBulk int
	args    []driver.Value
	bytes   int // of the texts in args
}

// Limits of one statement: PostgreSQL takes 65,535 arguments, and MySQL by
// default 16 MB.
const (
	maxArgs      = 60_000
	maxBulkBytes = 4 << 20
)

func newBulk(c *conn, table copiedTable) *bulk {
	return &bulk{
		c: c, table: table, insert: table.insertInto(),
		perBulk: min(c.store.dialect.RowsPerInsert(), maxArgs/len(table.columns)),
	}
}

// add adds a row of plain values.
func (b *bulk) add(values []driver.Value) error {
	for i, v := range values {
		v = b.table.columns[i].kind.stored(v)
		switch v := v.(type) {
		case string:
			b.bytes += len(v)
		case []byte:
			b.bytes += len(v)
		}
		b.args = append(b.args, v)
	}
	if len(b.args) == b.perBulk*len(values) || b.bytes >= maxBulkBytes {
		return b.flush()
	}
	return nil
}

// flush writes what is left: the largest powers of two, so that there are few
// statements to keep prepared, unless it is just as many as usual.
func (b *bulk) flush() error {
	columns := len(b.table.columns)
	for args := b.args; len(args) > 0; {
		n := b.perBulk
		if rows := len(args) / columns; rows < n {
			n = 1 << (bits.Len(uint(rows)) - 1)
		}
		if _, err := b.c.exec(b.c.store.insertText(insertKey{b.insert, n}, columns), args[:n*columns]...); err != nil {
			return err
		}
		args = args[n*columns:]
	}
	b.args, b.bytes = b.args[:0], 0
	return nil
}
