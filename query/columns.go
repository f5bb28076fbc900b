package query

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Column is something to show of each entity.
type Column struct {
	name  string
	kind  columnKind
	attr  attrName // of columnAttr
	scope string   // and fieldAttr, fieldOwn or fieldMerged
}

// columnKind is where a column comes from.
type columnKind uint8

const (
	columnEntity    columnKind = iota + 1 // the entity itself
	columnHostname                        // the attribute hostname, or the name
	columnContainer                       // what it is in, of one type
	columnParent                          // what it is in
	columnRole                            // the nearest pool that is a role
	columnUnits                           // its rack units
	columnIP                              // its addresses
	columnMAC                             // its hardware addresses
	columnAttr                            // its attributes
)

// Columns that clusto-query has beside those named as fields.
const (
	namePublicIPs   = "public_ips"
	nameInternalIPs = "internal_ips"
	nameUnits       = "ru"
)

// plainColumns are the columns that are named by one word.
var plainColumns = func() map[string]columnKind {
	all := map[string]columnKind{
		fieldName: columnEntity, fieldType: columnEntity, fieldDriver: columnEntity,
		fieldHostname: columnHostname, fieldParent: columnParent, fieldRole: columnRole, nameUnits: columnUnits,
		fieldIP: columnIP, namePublicIPs: columnIP, nameInternalIPs: columnIP, fieldMAC: columnMAC,
	}
	for _, typ := range containerTypes {
		all[typ] = columnContainer
	}
	return all
}()

// attrColumns are the columns that are followed by the name of an attribute in parentheses.
var attrColumns = []string{fieldAttr, fieldOwn, fieldMerged}

// ColumnNames returns the names of the columns that are one word, sorted.
// Attributes are columns too: attr(system.serial), own(…) and merged(…).
func ColumnNames() []string { return slices.Sorted(maps.Keys(plainColumns)) }

// Columns are what to show of each entity.
type Columns []Column

// NewColumns returns the columns of these names: one of [ColumnNames],
// attr(system.serial), own(system.serial), merged(system.serial), or system.serial
// for the first of these. A name that it does not know it returns as an [*Error].
func NewColumns(names ...string) (Columns, error) {
	columns := make(Columns, len(names))
	for i, name := range names {
		column, end, err := columnAt(name, 0)
		if err == nil && end != len(name) {
			err = noColumn(name, 0, len(name))
		}
		if err != nil {
			return nil, err
		}
		columns[i] = column
	}
	return columns, nil
}

// Name returns the name of the column as it was written.
func (c Column) Name() string { return c.name }

// Single reports whether every entity has exactly one value in the column.
func (c Column) Single() bool { return c.kind == columnEntity || c.kind == columnHostname }

// Names returns the names of the columns, for a heading.
func (c Columns) Names() []string {
	names := make([]string, len(c))
	for i := range c {
		names[i] = c[i].name
	}
	return names
}

// Row is what there is to show of an entity, in the order of the columns.
type Row []Cell

// Cell is the values of an entity in one column: none, one or several. A value
// is a string, an int64, a time.Time, a json.RawMessage, or nil for an
// attribute without a value; a relation is the name of what it refers to.
type Cell []any

// String returns the values for people, joined by commas.
func (c Cell) String() string {
	texts := make([]string, len(c))
	for i, v := range c {
		texts[i] = textOfValue(v)
	}
	return strings.Join(texts, ",")
}

// Texts returns the text of each row and column, as for CSV.
func (r Row) Texts() []string {
	texts := make([]string, len(r))
	for i, c := range r {
		texts[i] = c.String()
	}
	return texts
}

func textOfValue(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return clusto.Int(v).Text()
	case time.Time:
		return clusto.FormatTime(v)
	case json.RawMessage:
		return string(v)
	}
	return ""
}

// MarshalRow returns a row as a JSON object with its columns in their order. A
// column that can have several values is always a list. Numbers and JSON
// values stay what they are, times are texts as in [clusto.FormatTime].
func (c Columns) MarshalRow(row Row) ([]byte, error) {
	out := []byte{'{'}
	for i, column := range c {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(column.name)
		if err != nil {
			return nil, err
		}
		out = append(append(out, name...), ':')
		value, err := column.MarshalCell(row[i])
		if err != nil {
			return nil, err
		}
		out = append(out, value...)
	}
	return append(out, '}'), nil
}

// MarshalCell returns a cell of the column in JSON, as [Columns.MarshalRow] has it.
func (c Column) MarshalCell(cell Cell) ([]byte, error) {
	values := make([]any, len(cell))
	for i, v := range cell {
		values[i] = v
		if t, ok := v.(time.Time); ok {
			values[i] = clusto.FormatTime(t)
		}
		if raw, ok := v.(json.RawMessage); ok && !json.Valid(raw) { // stored by others
			values[i] = string(raw)
		}
	}
	if c.Single() && len(values) == 1 {
		return json.Marshal(values[0])
	}
	return json.Marshal(values)
}

// Rows returns a row for each of the entities. How many questions it asks of r
// depends on the columns, not on how many entities there are.
func (c Columns) Rows(ctx context.Context, r clusto.Reader, entities []clusto.Entity, o Options) ([]Row, error) {
	s := newSheet(r, entities, o)
	rows := make([]Row, len(entities))
	for i := range rows {
		rows[i] = make(Row, len(c))
	}
	if len(rows) == 0 {
		return rows, nil
	}
	for i := range c {
		cells, err := s.column(ctx, &c[i])
		if err != nil {
			return nil, err
		}
		for j, cell := range cells {
			rows[j][i] = cell
		}
	}
	return rows, nil
}
