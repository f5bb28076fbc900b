// Package classictest gives tests the database that classic clusto wrote and
// what classic clusto answered about it (testdata/classic in the root).
package classictest

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// Open opens a copy of classic's database, migrated, of the kind that
// [dbtest.Chosen] says.
func Open(tb testing.TB) clusto.Store {
	tb.Helper()
	return remembered(tb, dbtest.Create(tb, Copy(tb), sqlstore.Options{}))
}

// remembered returns a store with an inventory in memory before it, if that is
// what tests are to use.
func remembered(tb testing.TB, store clusto.Store) clusto.Store {
	tb.Helper()
	if !dbtest.InMemory() {
		return store
	}
	memory, err := snapshot.New(tb.Context(), store, snapshot.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := memory.Close(); err != nil {
			tb.Error(err)
		}
	})
	return memory
}

// New makes an empty database of that kind.
func New(tb testing.TB) clusto.Store {
	tb.Helper()
	return remembered(tb, dbtest.New(tb, sqlstore.Options{}))
}

// Copy makes a copy of classic's database as classic left it, of that kind, and
// returns its DSN.
func Copy(tb testing.TB) string {
	tb.Helper()
	kind := dbtest.Chosen(tb)
	if kind == dbtest.SQLite {
		return "sqlite:///" + File(tb)
	}
	dsn := dbtest.NewDSN(tb)
	switch kind {
	case dbtest.PostgreSQL:
		dbtest.Exec(tb, dsn, PostgreSQL(tb))
	case dbtest.MariaDB:
		dbtest.Exec(tb, dsn, MySQL(tb, ""))
	}
	return dsn
}

// OpenFile opens a copy of classic's database in SQLite, migrated, whatever kind
// is chosen.
func OpenFile(tb testing.TB) clusto.Store {
	tb.Helper()
	store, _, err := sqlite.Create(tb.Context(), File(tb), sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return store
}

// File returns the path of a copy of classic's database in SQLite.
func File(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "small.db")
	if err := os.WriteFile(path, read(tb, "small.db"), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// read returns a file of testdata/classic, whichever package's test asks.
func read(tb testing.TB, name string) []byte {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Fatal("no go.mod above the test's directory")
		}
		dir = up
	}
	text, err := os.ReadFile(filepath.Join(dir, "testdata", "classic", name))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// Expected reads what classic answered into v, a struct with a field for each
// part of small.expected.json that the test is about. It is what classic would
// answer from [Copy].
func Expected(tb testing.TB, v any) {
	tb.Helper()
	if err := json.Unmarshal(Answers(tb), v); err != nil {
		tb.Fatal(err)
	}
}

// Answers returns small.expected.json, with the values as the columns of the
// chosen kind of database can hold them: the integers of PostgreSQL and MariaDB
// have 32 bits, see [Narrow], and the times of MariaDB whole seconds.
func Answers(tb testing.TB) []byte {
	tb.Helper()
	text := read(tb, "small.expected.json")
	kind := dbtest.Chosen(tb)
	if kind != dbtest.SQLite {
		text = bytes.ReplaceAll(text, []byte(Wide), []byte(Narrow))
	}
	if kind == dbtest.MariaDB {
		text = bytes.ReplaceAll(text, []byte(Fraction), nil)
	}
	return text
}

// Driver is what classic says about a driver.
type Driver struct {
	Driver      string         `json:"driver"`
	Class       string         `json:"class"`
	Type        string         `json:"type"`
	Base        string         `json:"base"`
	Properties  map[string]any `json:"own_properties"`
	Ports       map[string]int `json:"ports"`
	Ported      bool           `json:"ported"`
	IP          bool           `json:"ip"`
	Outlets     map[string]int `json:"outlet_names"`
	RackUnits   int            `json:"rack_units"`
	ResourceKey string         `json:"resource_key"`
}

// Drivers returns what classic says about its drivers.
func Drivers(tb testing.TB) []Driver {
	tb.Helper()
	var table struct {
		Drivers []Driver `json:"drivers"`
	}
	if err := json.Unmarshal(read(tb, "drivers.json"), &table); err != nil {
		tb.Fatal(err)
	}
	return table.Drivers
}

// Answer is what classic answered to one question: a result or an error.
type Answer struct {
	OK    json.RawMessage `json:"ok"`
	Error string          `json:"error"`
}

// Row is an attribute as small.expected.json has it: key, number, subkey,
// datatype and value, sometimes with the name of the entity before them.
type Row []any

// Rows returns attrs in the form of small.expected.json, the names of their
// entities included if named.
func Rows(ctx context.Context, inv *clusto.Inventory, named bool, attrs []clusto.Attr) ([]Row, error) {
	names, err := names(ctx, inv, attrs)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(attrs))
	for i, a := range attrs {
		var row Row
		if named {
			row = append(row, names[a.Entity])
		}
		row = append(row, a.Key, nil, nil, string(a.Value.Kind()), value(a.Value, names))
		if n, ok := a.Number.Get(); ok {
			row[len(row)-4] = n
		}
		if s, ok := a.Subkey.Get(); ok {
			row[len(row)-3] = s
		}
		rows[i] = row
	}
	return rows, nil
}

// names returns the names of the entities that attrs belong and refer to.
func names(ctx context.Context, inv *clusto.Inventory, attrs []clusto.Attr) (map[clusto.EntityID]string, error) {
	var ids []clusto.EntityID
	for _, a := range attrs {
		ids = append(ids, a.Entity)
		if id := a.Value.Relation(); id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	entities, err := inv.Entities(ctx, slices.Compact(ids)...)
	if err != nil {
		return nil, err
	}
	names := map[clusto.EntityID]string{}
	for _, e := range entities {
		names[e.ID] = e.Name
	}
	return names, nil
}

func value(v clusto.Value, names map[clusto.EntityID]string) any {
	switch {
	case v.IsNone():
		return nil
	case v.Kind() == clusto.KindInt:
		return v.Int64()
	case v.Kind() == clusto.KindRelation:
		return names[v.Relation()]
	case v.Kind() == clusto.KindJSON:
		return json.RawMessage(v.Str())
	}
	return v.Text()
}

// Canonical returns v as JSON with sorted keys, for comparing what Go has with
// what the file says.
func Canonical(tb testing.TB, v any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		tb.Fatal(err)
	}
	text, err = json.Marshal(plain)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// Multiset returns each item of a list as [Canonical] JSON, sorted.
func Multiset[T any](tb testing.TB, items []T) []string {
	tb.Helper()
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = Canonical(tb, item)
	}
	slices.Sort(texts)
	return texts
}
