package sqlite_test

import (
	"sync/atomic"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

func TestDump(t *testing.T) {
	storetest.RunDump(t, create(t, sqlite.Options{}))
}

// TestDumpClassic dumps a database as classic clusto left it, and migrated.
func TestDumpClassic(t *testing.T) {
	s := openAt(t, copyClassic(t), sqlite.Options{})
	storetest.CheckDump(t, s)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.CheckDump(t, s)
}

// TestDumpOdd dumps rows that others wrote otherwise than clusto does.
func TestDumpOdd(t *testing.T) {
	s, path := createAt(t, sqlite.Options{})
	db := openDB(t, path)
	for _, sql := range []string{
		`INSERT INTO entities VALUES (7, 'odd', 'thing', 'generic', 1, NULL)`,
		`INSERT INTO entity_attrs VALUES (101, 7, 'none', NULL, NULL, 'string', NULL, NULL, NULL, NULL, 1, NULL)`,
		`INSERT INTO entity_attrs VALUES (102, 7, 'fraction', '', 3, 'int', 2.5, NULL, NULL, NULL, 1, NULL)`,
		`INSERT INTO entity_attrs VALUES (103, 7, 'text in int', 's', 3, 'int', 'x', NULL, NULL, NULL, 1, NULL)`,
		`INSERT INTO entity_attrs VALUES (104, 7, 'related', 's', 3, 'relation', 7, NULL, NULL, 8, 1, NULL)`,
		`INSERT INTO entity_attrs VALUES (105, 7, X'6b6579', X'73', 0, 'string', NULL, X'626c6f62', NULL, NULL, 1, NULL)`,
		`INSERT INTO entity_attrs VALUES (106, 7, 'time', NULL, 1, 'datetime', NULL, NULL, '2001-02-03 04:05:06', NULL, 1, NULL)`,
		`INSERT INTO entity_attrs VALUES (900000000000, 9, 'of nobody', NULL, -9000000000, 'int', -123456789012, NULL, NULL, NULL, 1, NULL)`,
		`INSERT INTO entity_attrs VALUES (108, 7, 'wrong', NULL, NULL, 'string', 5, NULL, NULL, NULL, 1, NULL)`,
	} {
		if _, err := db.Exec(sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	storetest.CheckDump(t, s)
	if _, err := db.Exec(`INSERT INTO entity_attrs VALUES (1010, 7, 'k', NULL, NULL, 'colour', NULL, 'red', NULL, NULL, 1, NULL)`); err != nil {
		t.Fatal(err)
	}
	unreadable := new(unread)
	if _, err := s.Dump(t.Context(), func() clusto.DumpPart { return unreadable }); err != nil || unreadable.attr.Load() != 1010 {
		t.Errorf("a row of an unknown datatype: unreadable is %d, %v", unreadable.attr.Load(), err)
	}
}

// unread notes which attribute cannot be read.
type unread struct {
	nothing
	attr atomic.Int64
}

func (u *unread) Unreadable(a clusto.Attr, _ error) { u.attr.Store(int64(a.ID)) }

// nothing takes a dump and keeps nothing.
type nothing struct{}

func (nothing) Entity(clusto.Entity) {}
func (nothing) Attr(clusto.Attr)     {}

func (nothing) Unreadable(clusto.Attr, error) {}

func BenchmarkDump(b *testing.B) {
	f := newFleet(b, 5000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.store.Dump(b.Context(), func() clusto.DumpPart { return nothing{} }); err != nil {
			b.Fatal(err)
		}
	}
}
