package classictest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
)

// Table is one of classic's tables with all its rows: numbers, strings and nil.
type Table struct {
	Columns []string
	Rows    [][]any
}

// Tables returns the rows of classic's database as classic saw them, by the
// names of the tables.
func Tables(tb testing.TB) map[string]Table {
	tb.Helper()
	decoder := json.NewDecoder(bytes.NewReader(read(tb, "small.expected.json")))
	decoder.UseNumber()
	var expected struct{ Raw map[string]Table }
	if err := decoder.Decode(&expected); err != nil {
		tb.Fatal(err)
	}
	return expected.Raw
}

// inserts returns statements that insert the rows of all tables, those first
// that others refer to, with names quoted by quote.
func inserts(tables map[string]Table, quote string) string {
	var sql strings.Builder
	for _, name := range []string{"clustoversioning", "entities", "entity_attrs", "counters"} {
		t := tables[name]
		fmt.Fprintf(&sql, "INSERT INTO %s (%s%s%s) VALUES", name, quote, strings.Join(t.Columns, quote+", "+quote), quote)
		for i, row := range t.Rows {
			values := make([]string, len(row))
			for k, v := range row {
				switch v := v.(type) {
				case nil:
					values[k] = "NULL"
				case string:
					values[k] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
				default:
					values[k] = fmt.Sprint(v)
				}
			}
			separator := ","
			if i == 0 {
				separator = ""
			}
			fmt.Fprintf(&sql, "%s\n(%s)", separator, strings.Join(values, ", "))
		}
		sql.WriteString(";\n")
	}
	return sql.String()
}

// Viewer is what shows the inventory at a version.
type Viewer interface {
	View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error
}

// CheckRows compares what a store shows at a version with the rows of classic's
// tables, of which stored returns the numbers and times as the columns that they
// were loaded into hold them.
func CheckRows(tb testing.TB, s Viewer, tables map[string]Table, at clusto.Version, stored func(any) any) {
	tb.Helper()
	var want, got []string
	for _, r := range tables["entities"].Rows {
		if validAt(r[4], r[5], at) {
			want = append(want, fmt.Sprintln(r[:5]...))
		}
	}
	for _, r := range tables["entity_attrs"].Rows {
		if validAt(r[10], r[11], at) {
			want = append(want, rawAttr(r, stored))
		}
	}
	err := s.View(tb.Context(), at, func(r clusto.Reader) error {
		for e, err := range r.Find(tb.Context(), clusto.Match{}) {
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprintln(int64(e.ID), e.Name, e.Type, e.Driver, int64(e.Version)))
		}
		for a, err := range r.Attrs(tb.Context(), clusto.AttrMatch{}) {
			if err != nil {
				return err
			}
			got = append(got, storedAttr(a))
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		tb.Errorf("at %d (-got +want):\n%s", at, diff)
	}
}

// validAt reports whether a row made and ended by these versions is valid at v,
// or live if v is clusto.Live.
func validAt(made, ended any, v clusto.Version) bool {
	if v == clusto.Live {
		return ended == nil
	}
	return number(made) <= int64(v) && (ended == nil || number(ended) > int64(v))
}

// number returns a number of a row, 0 for nil.
func number(v any) int64 {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return i
}

func rawAttr(r []any, stored func(any) any) string {
	const integer, text, when, relation = 6, 7, 8, 9
	var value any
	for column := integer; column <= relation; column++ {
		switch {
		case r[column] == nil:
		case column == integer, column == when:
			value = stored(r[column])
		default:
			value = r[column]
		}
	}
	return fmt.Sprintln(r[0], r[1], r[2], r[3], r[4], r[5], value, r[10])
}

func storedAttr(a clusto.Attr) string {
	var subkey, number, value any
	if v, ok := a.Subkey.Get(); ok {
		subkey = v
	}
	if v, ok := a.Number.Get(); ok {
		number = v
	}
	switch {
	case a.Value.IsNone():
	case a.Value.Kind() == clusto.KindInt:
		value = a.Value.Int64()
	case a.Value.Kind() == clusto.KindRelation:
		value = int64(a.Value.Relation())
	case a.Value.Kind() == clusto.KindTime:
		value = a.Value.Time().Format("2006-01-02 15:04:05.000000")
	default:
		value = a.Value.Str()
	}
	return fmt.Sprintln(int64(a.ID), int64(a.Entity), a.Key, subkey, number, a.Value.Kind(), value, int64(a.Version))
}

// CheckVersions compares the versions and counters that a store shows with the
// rows of classic's tables.
func CheckVersions(tb testing.TB, s Viewer, tables map[string]Table) {
	tb.Helper()
	null := func(v any) any {
		if v == nil {
			return ""
		}
		return v
	}
	var want, got []string
	for _, r := range tables["clustoversioning"].Rows {
		want = append(want, fmt.Sprintln(r[0], r[1], null(r[2]), null(r[3])))
	}
	err := s.View(tb.Context(), clusto.Live, func(r clusto.Reader) error {
		for v, err := range r.Versions(tb.Context(), 0) {
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprintln(int64(v.Version), v.Time.Format("2006-01-02 15:04:05"), v.User, v.Description))
		}
		for _, row := range tables["counters"].Rows {
			n, found, err := r.Counter(tb.Context(), clusto.EntityID(number(row[1])), row[2].(string))
			if n != number(row[3]) || !found || err != nil {
				tb.Errorf("counter %v: %d, %v, %v", row, n, found, err)
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		tb.Errorf("versions (-got +want):\n%s", diff)
	}
}
