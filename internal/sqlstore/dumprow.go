package sqlstore

import (
	"database/sql/driver"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

// DumpQueries returns the statements for the rows of entities and of
// entity_attrs that live, in the order of the columns that DumpRow wants.
func DumpQueries(d Dialect) (entities, attrs string) {
	return d.Rebind(dumpEntities), d.Rebind(`SELECT ` + attrColumns(d) + dumpAttrs)
}

const (
	dumpEntities = `SELECT ` + entityColumns + ` FROM entities e WHERE e.` + live
	dumpAttrs    = ` FROM entity_attrs a WHERE a.` + live
)

// DumpRow takes rows that a server sends as texts, nil for NULL, which need not
// last: for a Dialect that dumps.
type DumpRow struct {
	To     clusto.DumpPart
	room   strings.Builder
	values []driver.Value
}

// room is how much memory is taken at once for texts.
const room = 64 << 10

// keep returns a copy of a text.
func (d *DumpRow) keep(text []byte) string {
	if d.room.Cap()-d.room.Len() < len(text) {
		d.room = strings.Builder{}
		d.room.Grow(max(room, len(text)))
	}
	at := d.room.Len()
	d.room.Write(text)
	return d.room.String()[at:]
}

// number returns the number in a text, and whether there is one.
func number(text []byte) (n int64, ok bool) {
	digits := text
	if len(digits) > 1 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		long, err := strconv.ParseInt(string(text), 10, 64)
		return long, err == nil
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	if len(digits) < len(text) {
		n = -n
	}
	return n, true
}

// Entity takes a row of entities.
func (d *DumpRow) Entity(columns [][]byte) {
	id, _ := number(columns[0])
	version, _ := number(columns[4])
	d.To.Entity(clusto.Entity{
		ID: clusto.EntityID(id), Name: d.keep(columns[1]), Type: d.keep(columns[2]), Driver: d.keep(columns[3]), Version: clusto.Version(version),
	})
}

// Attr takes a row of entity_attrs.
func (d *DumpRow) Attr(columns [][]byte) {
	id, _ := number(columns[0])
	owner, _ := number(columns[1])
	version, _ := number(columns[8])
	a := clusto.Attr{ID: clusto.AttrID(id), Entity: clusto.EntityID(owner), Key: d.keep(columns[2]), Version: clusto.Version(version)}
	if n, ok := number(columns[3]); ok {
		a.Number = clusto.Num(n)
	}
	if columns[4] != nil {
		a.Subkey = clusto.Sub(d.keep(columns[4]))
	}
	n, isNumber := number(columns[6])
	switch kind := clusto.Kind(columns[5]); {
	case kind == clusto.KindString && columns[7] != nil:
		a.Value = clusto.String(d.keep(columns[7]))
	case kind == clusto.KindInt && isNumber:
		a.Value = clusto.Int(n)
	case kind == clusto.KindRelation && isNumber:
		a.Value = clusto.RelationTo(clusto.EntityID(n))
	default:
		d.odd(columns)
		return
	}
	d.To.Attr(a)
}

// odd takes a row of entity_attrs that is of a rare kind, or not as clusto writes it.
func (d *DumpRow) odd(columns [][]byte) {
	d.values = d.values[:0]
	for _, c := range columns {
		var v driver.Value
		if c != nil {
			v = d.keep(c)
		}
		d.values = append(d.values, v)
	}
	a, err := AttrOf(d.values)
	if err != nil {
		d.To.Unreadable(a, err)
	} else {
		d.To.Attr(a)
	}
}
