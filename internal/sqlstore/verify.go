package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// plain returns v, which a database gave for a column of this kind, in a form
// that is the same for all databases: nil, an int64, a string, a time.Time or
// []byte. What does not belong into such a column, which SQLite keeps all the
// same, stays a string. Nothing of it is shared with the driver.
func (k dataKind) plain(v driver.Value) driver.Value {
	if v == nil {
		return nil
	}
	text := row{v}.text(0)
	switch k {
	case asNumber, asEntity:
		switch n := v.(type) {
		case int64:
			return n
		case string, []byte:
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				return n
			}
		}
	case asTime, asStamp:
		if t, err := parseTime(text); err == nil {
			return t.Truncate(time.Microsecond)
		}
	case asBytes:
		if b, ok := v.([]byte); ok {
			return bytes.Clone(b)
		}
	}
	return text
}

// digest sums up the rows of a table, whatever database they are in and in
// whatever order they come: it is the sum of the rows' SHA-256, as numbers.
type digest struct {
	rows int64
	sum  [sha256.Size / 8]uint64 // the lowest part first
	text []byte                  // of the row being added
}

// add adds a row of plain values.
func (d *digest) add(values []driver.Value) {
	d.rows++
	d.text = d.text[:0]
	for _, v := range values {
		d.text = appendPlain(d.text, v)
	}
	var carry uint64
	hash := sha256.Sum256(d.text)
	for i := range d.sum {
		d.sum[i], carry = bits.Add64(d.sum[i], binary.LittleEndian.Uint64(hash[8*i:]), carry)
	}
}

// appendPlain appends a plain value so that no two rows look alike: a letter
// for its type and, where that does not say how long it is, its length.
func appendPlain(out []byte, v driver.Value) []byte {
	switch v := v.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(append(out, 'i'), uint64(v))
	case time.Time:
		return binary.BigEndian.AppendUint64(append(out, 'd'), uint64(v.UnixMicro()))
	case string:
		return append(binary.BigEndian.AppendUint64(append(out, 's'), uint64(len(v))), v...)
	case []byte:
		return append(binary.BigEndian.AppendUint64(append(out, 'b'), uint64(len(v))), v...)
	}
	return append(out, '0')
}

func (d *digest) String() string {
	var out []byte
	for _, part := range d.sum {
		out = binary.LittleEndian.AppendUint64(out, part)
	}
	return hex.EncodeToString(out)
}

// each calls fn with the plain values of every row of t, which are the callee's.
func (t *copiedTable) each(ctx context.Context, c *conn, fn func([]driver.Value) error) error {
	return c.query(ctx, t.selectAll(c.store.dialect), nil, func(r row) (bool, error) {
		values := make([]driver.Value, len(r))
		for i, v := range r {
			values[i] = t.columns[i].kind.plain(v)
		}
		return true, fn(values)
	})
}

// count returns how many rows t has.
func (t *copiedTable) count(c *conn) (int64, error) {
	var n int64
	_, err := c.ints(`SELECT count(*)`+t.from(), nil, &n)
	return n, err
}

// verify reads the rows of t where they were copied to and returns an error
// unless they are those that were sent.
func (t *copiedTable) verify(ctx context.Context, c *conn, sent *digest, seen func(rows int64)) error {
	got := &digest{}
	err := t.each(ctx, c, func(values []driver.Value) error {
		got.add(values)
		seen(got.rows)
		return nil
	})
	switch {
	case err != nil:
		return err
	case got.rows != sent.rows:
		return clusto.Errorf(clusto.ErrInvalid, "table %s has %d rows after %d were written", t.name, got.rows, sent.rows)
	case got.sum != sent.sum:
		return clusto.Errorf(clusto.ErrInvalid, "table %s (%s) does not hold what was written to it",
			t.name, strings.Join(t.names(), ", "))
	}
	return nil
}
