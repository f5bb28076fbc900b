// Package csv reads and writes the inventory as tables of comma-separated
// values, as spreadsheets have them: an entity a row, an attribute a column.
//
// The first row names the columns. The columns name, type, driver, parent, pool
// and unit tell about the entity and the containers that it is in; any other is an
// attribute, called as messages call it: key, key.subkey, key#number,
// key.subkey#number or key#number.subkey. A column may occur several times. Behind
// a colon it may say of which kind its values are: serial:string. Otherwise values
// are read by [convert.ParseValue]. A colon alone makes an attribute of a column
// whose name is one of the others: type: is the attribute type. An empty cell says
// nothing.
package csv

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert"
)

// Import reads a table. The separator is a comma, or if the first row has none, a
// semicolon or a tab, which some spreadsheets write.
func Import(file io.Reader) iter.Seq2[convert.Record, error] {
	return func(yield func(convert.Record, error) bool) {
		in := bufio.NewReader(file)
		if start, _ := in.Peek(len(bom)); string(start) == bom {
			_, _ = in.Discard(len(bom)) // they were just seen
		}
		r := csv.NewReader(in)
		r.Comma, r.FieldsPerRecord = separator(in), -1
		columns, err := readHeader(r)
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			err = &convert.Problem{Line: wrong.Line, Err: clusto.Errorf(clusto.ErrInvalid, "%w", wrong.Err)}
		}
		if err != nil {
			yield(convert.Record{}, err)
			return
		}
		for {
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
				if !yield(convert.Record{}, &convert.Problem{Line: wrong.Line, Err: clusto.Errorf(clusto.ErrInvalid, "%w", wrong.Err)}) {
					return
				}
				continue
			}
			if err != nil {
				yield(convert.Record{}, err)
				return
			}
			line, _ := r.FieldPos(0)
			record, problems := parse(columns, cells, line)
			for _, err := range problems {
				if !yield(convert.Record{}, &convert.Problem{Line: line, Err: err}) {
					return
				}
			}
			if record.Name != "" && !yield(record, nil) {
				return
			}
		}
	}
}

// bom begins files that some spreadsheets write.
const bom = "\ufeff"

// separator returns what separates the cells, going by the first line.
func separator(in *bufio.Reader) rune {
	start, _ := in.Peek(in.Size())
	line, _, _ := bytes.Cut(start, []byte("\n"))
	for _, r := range ",;\t" {
		if bytes.ContainsRune(line, r) {
			return r
		}
	}
	return ','
}

// column is a column of a table.
type column struct {
	about string // one of columnsAbout, or "" for an attribute
	attr  convert.Attr
	kind  string // of its values; "" is as they say
}

// The columns that are no attributes.
const (
	columnName   = "name"
	columnType   = "type"
	columnDriver = "driver"
	columnParent = "parent"
	columnPool   = "pool"
	columnUnit   = "unit"
)

var columnsAbout = []string{columnName, columnType, columnDriver, columnParent, columnPool, columnUnit}

// columnsOnce are those of which an entity has one.
var columnsOnce = []string{columnName, columnType, columnDriver, columnUnit}

// readHeader returns the columns. Problems with them are about the first line,
// and without it nothing else can be understood.
func readHeader(r *csv.Reader) ([]column, error) {
	cells, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the table is empty: its first row names the columns")
	}
	if err != nil {
		return nil, err
	}
	var columns []column
	var errs []error
	for _, cell := range cells {
		c, err := parseColumn(strings.TrimSpace(cell))
		if err != nil {
			errs = append(errs, err)
		}
		if slices.Contains(columnsOnce, c.about) && slices.ContainsFunc(columns, func(other column) bool { return other.about == c.about }) {
			errs = append(errs, clusto.Errorf(clusto.ErrInvalid, "two columns are called %s", c.about))
		}
		columns = append(columns, c)
	}
	if !slices.ContainsFunc(columns, func(c column) bool { return c.about == columnName }) {
		errs = append(errs, clusto.Errorf(clusto.ErrInvalid, "no column is called %s", columnName))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the first row: %w", err)
	}
	return columns, nil
}

// parseColumn returns the column that a cell of the first row names.
func parseColumn(cell string) (column, error) {
	if slices.Contains(columnsAbout, cell) {
		return column{about: cell}, nil
	}
	name, kind, typed := strings.Cut(cell, ":")
	if typed && kind != "" && !convert.IsKind(kind) {
		return column{}, clusto.Errorf(clusto.ErrInvalid, "column %q: %q is not int, string, datetime, json or relation", cell, kind)
	}
	c := column{kind: kind}
	rest := name
	if at := strings.IndexAny(rest, ".#"); at >= 0 {
		c.attr.Key, rest = rest[:at], rest[at:]
	} else {
		c.attr.Key, rest = rest, ""
	}
	for rest != "" {
		part := rest[1:]
		if at := strings.IndexAny(part, ".#"); at >= 0 {
			part = part[:at]
		}
		if err := c.setPart(rest[0], part); err != nil {
			return column{}, clusto.Errorf(clusto.ErrInvalid, "column %q: %w", cell, err)
		}
		rest = rest[1+len(part):]
	}
	check := clusto.Attr{Key: c.attr.Key, Number: c.attr.Number, Subkey: c.attr.Subkey}
	if err := check.Validate(); err != nil {
		return column{}, clusto.Errorf(clusto.ErrInvalid, "column %q: %w", cell, err)
	}
	return c, nil
}

// setPart sets the subkey, which a point introduces, or the number.
func (c *column) setPart(mark byte, part string) error {
	if mark == '.' {
		if _, twice := c.attr.Subkey.Get(); twice {
			return clusto.Errorf(clusto.ErrInvalid, "it has two subkeys")
		}
		c.attr.Subkey = clusto.Sub(part)
		return nil
	}
	n, err := strconv.ParseInt(part, 10, 64)
	if err != nil {
		return clusto.Errorf(clusto.ErrInvalid, "%q is not a number", part)
	}
	if _, twice := c.attr.Number.Get(); twice {
		return clusto.Errorf(clusto.ErrInvalid, "it has two numbers")
	}
	c.attr.Number = clusto.Num(n)
	return nil
}

// parse returns the record in a row, without name for a row that is empty, and
// what is wrong with it.
func parse(columns []column, cells []string, line int) (convert.Record, []error) {
	r := row{Record: convert.Record{Line: line}}
	for n, cell := range cells {
		if cell == "" {
			continue
		}
		if n >= len(columns) {
			r.wrong(clusto.Errorf(clusto.ErrInvalid, "the row has %d cells, and the first row names %d columns", len(cells), len(columns)))
			break
		}
		if !utf8.ValidString(cell) {
			r.wrong(clusto.Errorf(clusto.ErrInvalid, "%q is not UTF-8", cell))
			continue
		}
		r.take(&columns[n], cell)
	}
	switch {
	case r.Name == "" && !isBlank(cells):
		r.wrong(clusto.Errorf(clusto.ErrInvalid, "the row has no name"))
	case (r.units != nil || r.side != "") && len(r.parents) != 1:
		r.wrong(clusto.Errorf(clusto.ErrInvalid, "%s: the %s is one of a %s, which must be named", r.Name, columnUnit, columnParent))
	}
	for _, parent := range r.parents {
		r.In = append(r.In, convert.Place{Container: parent, Units: r.units, Side: r.side})
	}
	return r.Record, r.problems
}

// row is a record that is being read.
type row struct {
	convert.Record
	parents  []string
	units    []int64
	side     clusto.Side
	problems []error
}

func (r *row) wrong(err error) { r.problems = append(r.problems, err) }

// take takes in a cell of a column.
func (r *row) take(c *column, cell string) {
	switch trimmed := strings.TrimSpace(cell); c.about {
	case columnName:
		r.Name = trimmed
	case columnType:
		r.Type = trimmed
	case columnDriver:
		r.Driver = trimmed
	case columnParent:
		r.parents = append(r.parents, trimmed)
	case columnPool:
		r.In = append(r.In, convert.Place{Container: trimmed})
	case columnUnit:
		var err error
		if r.units, r.side, err = parsePlace(trimmed); err != nil {
			r.wrong(err)
		}
	default:
		a, err := c.value(cell)
		if err != nil {
			r.wrong(clusto.Errorf(clusto.ErrInvalid, "%s: %w", clusto.Attr{Key: a.Key, Number: a.Number, Subkey: a.Subkey}.Name(), err))
			return
		}
		r.Attrs = append(r.Attrs, a)
		r.Contents = r.Contents || a.Key == clusto.KeyContains
	}
}

func isBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// value returns the attribute that a cell of the column holds.
func (c *column) value(cell string) (convert.Attr, error) {
	a := c.attr
	var err error
	if c.kind != "" {
		a.Value, a.To, err = convert.ParseKind(c.kind, cell)
	} else {
		a.Value, a.To, err = convert.ParseValue(cell)
	}
	return a, err
}

// maxUnits is how many units a device may take: no rack is higher.
const maxUnits = 100

// parsePlace reads a place in a rack: units with a side, if it is a half of them, or
// a side alone: 7, 7-8, "7 right", right.
func parsePlace(text string) ([]int64, clusto.Side, error) {
	for _, side := range []clusto.Side{clusto.SideLeft, clusto.SideRight} {
		if units, ok := strings.CutSuffix(text, string(side)); ok {
			if units = strings.TrimSpace(units); units == "" {
				return nil, side, nil
			}
			parsed, err := parseUnits(units)
			return parsed, side, err
		}
	}
	units, err := parseUnits(text)
	return units, "", err
}

// parseUnits reads rack units: 7, or 7-8, or 7,8.
func parseUnits(text string) ([]int64, error) {
	var units []int64
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.ParseInt(strings.TrimSpace(from), 10, 32)
		last, err2 := strconv.ParseInt(strings.TrimSpace(to), 10, 32)
		if err1 != nil || err2 != nil || last < first || last-first >= maxUnits {
			return nil, clusto.Errorf(clusto.ErrInvalid, "%q does not name rack units: want 7, or 7-8", text)
		}
		for u := first; u <= last; u++ {
			units = append(units, u)
		}
	}
	slices.Sort(units)
	return slices.Compact(units), nil
}
