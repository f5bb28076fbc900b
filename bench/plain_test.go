package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/clusto/clusto"
)

// This is the peer that everything is measured against: statements prepared
// once, through database/sql and the same driver, on a database with the same
// tables and indexes and the same settings for durability.

// change is what one version wrote, as rows to write again.
type change struct {
	version  int64
	rows     map[string][][]any // new ones by table
	ended    [][]any            // version, attr_id
	counters [][]any            // value, entity_id, attr_key
	ranges   [][]any            // first, last, id: hints about free addresses
}

// size returns how many rows c has.
func (c *change) size() int {
	n := len(c.ended) + len(c.counters) + len(c.ranges)
	for _, rows := range c.rows {
		n += len(rows)
	}
	return n
}

// tables are those whose rows a change writes again, with their columns, of
// which the last or (of versions) the first is the version.
var tables = []struct{ name, columns string }{
	{"clustoversioning", `version, timestamp, "user", description`},
	{"entities", `entity_id, name, type, driver, version`},
	{"entity_attrs", `attr_id, entity_id, "key", subkey, number, datatype, int_value, string_value, datetime_value, relation_id, version`},
}

// plain writes changes again with plain statements.
type plain struct {
	engine *engine
	db     *sql.DB

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
	counters map[string]int64 // as they were when changes were read last
	ranges   map[int64]string
}

// newPlain returns a plain writer on a copy of an inventory's database, which is
// one of SQLite, as it is now.
func newPlain(tb testing.TB, f *inventory) *plain {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "plain.db")
	source := engines[0].open(tb, f.path)
	if _, err := source.ExecContext(tb.Context(), `VACUUM INTO ?`, path); err != nil {
		tb.Fatal(err)
	}
	p := openPlain(tb, engines[0], path)
	p.seen(tb, source)
	return p
}

// openPlain returns a plain writer on a database.
func openPlain(tb testing.TB, e *engine, dsn string) *plain {
	return &plain{engine: e, db: e.open(tb, dsn), prepared: map[string]*sql.Stmt{}}
}

// changesAfter returns what every version after since wrote. Counters and hints
// have no versions: those that have changed since they were seen last belong to
// every version.
func (p *plain) changesAfter(tb testing.TB, source *sql.DB, since clusto.Version) []change {
	tb.Helper()
	index := map[int64]int{}
	var changes []change
	at := func(version any) *change {
		v, ok := version.(int64)
		if !ok {
			tb.Fatalf("a row has no version: %v", version)
		}
		i, ok := index[v]
		if !ok {
			i = len(changes)
			index[v] = i
			changes = append(changes, change{version: v, rows: map[string][][]any{}})
		}
		return &changes[i]
	}
	for _, table := range tables {
		text := fmt.Sprintf(`SELECT %s FROM %s WHERE version > ? ORDER BY 1`, table.columns, table.name)
		for _, row := range query(tb, source, p.engine.rebind(text), int64(since)) {
			version := row[len(row)-1]
			if table.name == "clustoversioning" {
				version = row[0]
			}
			c := at(version)
			c.rows[table.name] = append(c.rows[table.name], row)
		}
	}
	for _, row := range query(tb, source, p.engine.rebind(`SELECT deleted_at_version, attr_id FROM entity_attrs WHERE deleted_at_version > ?`), int64(since)) {
		c := at(row[0])
		c.ended = append(c.ended, row)
	}
	counters, ranges := p.seen(tb, source)
	for i := range changes {
		changes[i].counters, changes[i].ranges = counters, ranges
	}
	return changes
}

// seen returns the counters and hints that have changed since it was called
// last.
func (p *plain) seen(tb testing.TB, source *sql.DB) (counters, ranges [][]any) {
	tb.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	was, wasRanges := p.counters, p.ranges
	p.counters, p.ranges = map[string]int64{}, map[int64]string{}
	for _, row := range query(tb, source, `SELECT value, entity_id, attr_key FROM counters`) {
		name, value := fmt.Sprint(row[1:]...), row[0].(int64)
		if old, known := was[name]; known && old != value {
			counters = append(counters, row)
		}
		p.counters[name] = value
	}
	for _, row := range query(tb, source, `SELECT first, last, id FROM clusto_free_range`) {
		id, text := row[2].(int64), fmt.Sprint(row[:2]...)
		if old, known := wasRanges[id]; known && old != text {
			ranges = append(ranges, row)
		}
		p.ranges[id] = text
	}
	return counters, ranges
}

// query returns the rows of an answer; no statement is held.
func query(tb testing.TB, db *sql.DB, text string, args ...any) [][]any {
	tb.Helper()
	rows, err := db.QueryContext(tb.Context(), text, args...)
	if err != nil {
		tb.Fatalf("%v in %s", err, text)
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

// prepare returns a statement, made once.
func (p *plain) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.prepared[text]; ok {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, p.engine.rebind(text)) // closed with the database
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, text)
	}
	p.prepared[text] = s
	return s, nil
}

// exec runs a prepared statement in a transaction.
func (p *plain) exec(ctx context.Context, tx *sql.Tx, text string, args ...any) error {
	s, err := p.prepare(ctx, text)
	if err != nil {
		return err
	}
	_, err = tx.StmtContext(ctx, s).ExecContext(ctx, args...)
	return err
}

// write writes a change again and commits it.
func (p *plain) write(ctx context.Context, c change) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := p.exec(ctx, tx, `UPDATE clusto_meta SET seq = seq + 1 WHERE id = 1`); err != nil {
		return err
	}
	for _, table := range tables {
		if err := p.insert(ctx, tx, table.name, table.columns, c.rows[table.name]); err != nil {
			return err
		}
	}
	for _, update := range []struct {
		text string
		rows [][]any
	}{
		{`UPDATE entity_attrs SET deleted_at_version = ? WHERE attr_id = ?`, c.ended},
		{`UPDATE counters SET value = ? WHERE entity_id = ? AND attr_key = ?`, c.counters},
		{`UPDATE clusto_free_range SET first = ?, last = ? WHERE id = ?`, c.ranges},
	} {
		for _, row := range update.rows {
			if err := p.exec(ctx, tx, update.text, row...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// insert inserts rows, many with one statement: as many as do the engine good,
// and then as many as the largest power of two that is left.
func (p *plain) insert(ctx context.Context, tx *sql.Tx, table, columns string, rows [][]any) error {
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", strings.Count(columns, ",")+1), ", ") + ")"
	for len(rows) > 0 {
		n := 1
		for n*2 <= min(len(rows), p.engine.perInsert) {
			n *= 2
		}
		args := make([]any, 0, n*len(rows[0]))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		text := `INSERT INTO ` + table + ` (` + columns + `) VALUES ` + one + strings.Repeat(`, `+one, n-1)
		if err := p.exec(ctx, tx, text, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// writeAll writes changes again, each with a commit, by that many
// writers where the engine lets them work side by side.
func (p *plain) writeAll(ctx context.Context, changes []change, writers int) error {
	next := make(chan change, len(changes))
	for _, c := range changes {
		next <- c
	}
	close(next)
	if !p.engine.parallel {
		writers = 1
	}
	return together(writers, func(int) error {
		for c := range next {
			if err := p.write(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// together runs fn in that many goroutines and returns the first error.
func together(n int, fn func(writer int) error) error {
	errs := make(chan error, n)
	for i := range n {
		go func() { errs <- fn(i) }()
	}
	var first error
	for range n {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}
