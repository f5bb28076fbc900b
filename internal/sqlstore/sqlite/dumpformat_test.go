package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

// TestDumpFormats dumps files of all kinds that SQLite makes.
func TestDumpFormats(t *testing.T) {
	_, from := createAt(t, sqlite.Options{})
	var schema []string
	rows, err := openDB(t, from).Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		schema = append(schema, "")
		if err := rows.Scan(&schema[len(schema)-1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, pragmas := range [][]string{
		{`page_size = 512`}, {`page_size = 512`, `auto_vacuum = 1`}, {`page_size = 65536`}, {`auto_vacuum = 2`},
		{`encoding = 'UTF-16le'`}, {`encoding = 'UTF-16be'`, `page_size = 1024`}, {`journal_mode = WAL`},
	} {
		t.Run(strings.Join(pragmas, ", "), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "other.db")
			db := openDB(t, path)
			db.SetMaxOpenConns(1)
			run := func(sql string, args ...any) {
				if _, err := db.Exec(sql, args...); err != nil {
					t.Fatalf("%s: %v", sql, err)
				}
			}
			for _, p := range pragmas {
				run(`PRAGMA ` + p)
			}
			for _, sql := range schema {
				run(sql)
			}
			run(`INSERT INTO clustoversioning VALUES (1, 'me', '2001-02-03 04:05:06', 'all')`)
			run(`BEGIN`)
			for i := 1; i <= 300; i++ {
				run(`INSERT INTO entities VALUES (?, ?, 'thing', 'generic', 1, NULL)`, i, fmt.Sprint("größe", i))
				for size := range 3 {
					run(`INSERT INTO entity_attrs VALUES (?, ?, 'k', NULL, NULL, 'string', NULL, ?, NULL, NULL, 1, NULL)`,
						10*i+size, i, strings.Repeat("é€x", i*size*size))
				}
				run(`INSERT INTO entity_attrs VALUES (?, ?, 'n', NULL, NULL, 'int', ?, NULL, NULL, NULL, 1, ?)`, 10*i+5, i, 1<<(i%63), any(nil))
			}
			run(`INSERT INTO entity_attrs VALUES (9000, 1, 'huge', NULL, NULL, 'string', NULL, ?, NULL, NULL, 1, NULL)`, strings.Repeat("0123456789", 300_000))
			run(`COMMIT`)
			storetest.CheckDump(t, openAt(t, path, sqlite.Options{}))
		})
	}
}

// TestDumpColumn dumps a table that got one more column, which older rows do not have.
func TestDumpColumn(t *testing.T) {
	s, path := createAt(t, sqlite.Options{})
	if _, err := s.Update(t.Context(), clusto.Change{}, makeServer); err != nil {
		t.Fatal(err)
	}
	db := openDB(t, path)
	if _, err := db.Exec(`ALTER TABLE entity_attrs ADD COLUMN more TEXT`); err != nil {
		t.Fatal(err)
	}
	storetest.CheckDump(t, s)
}
