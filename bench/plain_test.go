package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto"
)

// This is the peer that everything is measured against: statements prepared
// once, through database/sql and the same SQLite, on a database with the same
// tables and indexes and the same settings for durability.

// setup is what the store sets on its connections.
const setup = "?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(5000)" +
	"&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(8000)&_txlock=immediate"

// openPlain opens a database for plain SQL.
func openPlain(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+path+setup)
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// change is what one version wrote, as rows to write again.
type change struct {
	version  int64
	rows     map[string][][]any // by table
	counters [][]any            // value, entity_id, attr_key
	ranges   [][]any            // first, last, id: the hint about free addresses
}

// tables are those whose rows a change writes again, with their columns.
var tables = []struct{ name, columns string }{
	{"clustoversioning", `version, timestamp, "user", description`},
	{"entities", `entity_id, name, type, driver, version`},
	{"entity_attrs", `attr_id, entity_id, "key", subkey, number, datatype, int_value, string_value, datetime_value, relation_id, version`},
}

// changesAfter returns what every version after since wrote, with one change
// of each counter, and of the hint, that these versions advanced by one.
func changesAfter(tb testing.TB, f *fleet, since clusto.Version) []change {
	tb.Helper()
	db := openPlain(tb, f.path)
	index := map[int64]int{}
	var changes []change
	for _, table := range tables {
		for _, row := range query(tb, db, fmt.Sprintf(`SELECT %s FROM %s WHERE version > ? ORDER BY 1`, table.columns, table.name), int64(since)) {
			version, ok := row[len(row)-1].(int64)
			if table.name == "clustoversioning" {
				version, ok = row[0].(int64)
			}
			if !ok {
				tb.Fatalf("%s: a row has no version: %v", table.name, row)
			}
			i, ok := index[version]
			if !ok {
				i = len(changes)
				index[version] = i
				changes = append(changes, change{version: version, rows: map[string][][]any{}})
			}
			changes[i].rows[table.name] = append(changes[i].rows[table.name], row)
		}
	}
	counters := query(tb, db, `SELECT value, entity_id, attr_key FROM counters WHERE attr_key IN ('next', 'ip')
		OR attr_key = '_contains' AND entity_id IN (SELECT entity_id FROM entities WHERE type = 'pool')`)
	ranges := query(tb, db, `SELECT first, last, id FROM clusto_free_range
		WHERE manager_id = (SELECT entity_id FROM entities WHERE name = 'net')`)
	for i := range changes {
		changes[i].counters, changes[i].ranges = counters, ranges
	}
	return changes
}

// query returns the rows of an answer; no statement is held.
func query(tb testing.TB, db *sql.DB, text string, args ...any) [][]any {
	tb.Helper()
	rows, err := db.QueryContext(tb.Context(), text, args...)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	var all [][]any
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			tb.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

// plain writes changes again with plain statements.
type plain struct {
	db      *sql.DB
	inserts map[string]*sql.Stmt
	meta    *sql.Stmt
	counter *sql.Stmt
	hint    *sql.Stmt
}

// newPlain returns a plain writer on a copy of a fleet's database as it is now.
func newPlain(tb testing.TB, f *fleet) *plain {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "plain.db")
	source := openPlain(tb, f.path)
	if _, err := source.ExecContext(tb.Context(), `VACUUM INTO ?`, path); err != nil {
		tb.Fatal(err)
	}
	p := &plain{db: openPlain(tb, path), inserts: map[string]*sql.Stmt{}}
	for _, table := range tables {
		marks := strings.TrimSuffix(strings.Repeat("?, ", strings.Count(table.columns, ",")+1), ", ")
		p.inserts[table.name] = p.prepare(tb, fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table.name, table.columns, marks))
	}
	p.meta = p.prepare(tb, `UPDATE clusto_meta SET seq = seq + 1`)
	p.counter = p.prepare(tb, `UPDATE counters SET value = ? WHERE entity_id = ? AND attr_key = ?`)
	p.hint = p.prepare(tb, `UPDATE clusto_free_range SET first = ?, last = ? WHERE id = ?`)
	return p
}

func (p *plain) prepare(tb testing.TB, text string) *sql.Stmt {
	tb.Helper()
	s, err := p.db.PrepareContext(tb.Context(), text)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// write writes a change again and commits it.
func (p *plain) write(ctx context.Context, c change) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, p.meta).Exec(); err != nil {
		return err
	}
	for _, table := range tables {
		insert := tx.StmtContext(ctx, p.inserts[table.name])
		for _, row := range c.rows[table.name] {
			if _, err := insert.Exec(row...); err != nil {
				return err
			}
		}
	}
	for statement, rows := range map[*sql.Stmt][][]any{p.counter: c.counters, p.hint: c.ranges} {
		update := tx.StmtContext(ctx, statement)
		for _, row := range rows {
			if _, err := update.Exec(row...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
