package sqlite_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

// statements collects what a store runs.
type statements struct{ all []string }

func (c *statements) options() sqlite.Options {
	return sqlite.Options{Options: sqlstore.Options{OnStatement: func(sql string) { c.all = append(c.all, sql) }}}
}

// TestPlans looks at the plan of every statement that must be fast, without
// statistics, which a new database has none of, and with them: none may scan a
// table that grows, nor use the index of keys, which SQLite prefers when it
// guesses (DESIGN.md, "Plans").
func TestPlans(t *testing.T) {
	racetest.OneAtATime(t)
	const analyze = `ANALYZE; DROP TABLE IF EXISTS sqlite_stat4; ANALYZE sqlite_schema`
	for _, statistics := range []bool{false, true} {
		t.Run(fmt.Sprintf("statistics=%v", statistics), func(t *testing.T) {
			var ran statements
			s, path := createAt(t, ran.options())
			f := &fleet{ctx: t.Context(), store: s, path: path}
			db := openDB(t, path)
			f.fill(t, 1000)
			if statistics {
				mustExec(t, db, analyze)
			}
			ran.all = nil
			for _, at := range []clusto.Version{clusto.Live, 3} {
				err := s.View(t.Context(), at, func(r clusto.Reader) error { storetest.AskHot(t, r); return nil })
				if err != nil {
					t.Fatal(err)
				}
				if at == clusto.Live {
					f.update(t, func(tx clusto.Tx) error { storetest.AskHot(t, tx); return storetest.ChangeHot(t, tx) })
				}
			}
			if _, err := s.Prune(t.Context(), 4, false); err != nil {
				t.Fatal(err)
			}
			slices.Sort(ran.all)
			checkPlans(t, db, slices.Compact(ran.all))
		})
	}
}

// openDB opens a database file without clusto.
func openDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func mustExec(t testing.TB, db *sql.DB, text string, args ...any) {
	t.Helper()
	if _, err := db.Exec(text, args...); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func checkPlans(t *testing.T, db *sql.DB, all []string) {
	t.Helper()
	planned := 0
	for _, text := range all {
		verb, _, _ := strings.Cut(text, " ")
		if !slices.Contains([]string{"SELECT", "WITH", "UPDATE", "DELETE"}, verb) || strings.Contains(text, "sqlite_schema") {
			continue
		}
		planned++
		for _, step := range plan(t, db, text) {
			if badStep(step) && !historic(text) {
				t.Errorf("%s\nin the plan of\n%s", step, text)
			}
		}
	}
	if planned < 60 {
		t.Errorf("looked at %d plans only", planned)
	}
}

// historic reports whether a statement about an old version has no index to
// use: ints have one of the live rows only, and who was renamed since is looked
// for by what he was.
func historic(text string) bool {
	return strings.Contains(text, "version <= ?") &&
		(strings.Contains(text, "a.int_value = ") || strings.Contains(text, "a.int_value IN") || strings.Contains(text, "OR e.entity_id IN"))
}

// badStep reports whether a step of a plan takes longer the more there is.
func badStep(step string) bool {
	return strings.Contains(step, "idx_attrs_key") || strings.Contains(step, "SCAN l") || strings.Contains(step, "SCAN w") ||
		strings.Contains(step, "SCAN d") || strings.Contains(step, "SCAN s") || strings.Contains(step, "SCAN v") || strings.Contains(step, "SCAN n") || strings.Contains(step, "SCAN t") ||
		strings.HasPrefix(step, "SCAN a") || strings.HasPrefix(step, "SCAN e ") || step == "SCAN e" ||
		strings.HasPrefix(step, "SCAN ent") || strings.HasPrefix(step, "SCAN counters")
}

// plan returns the steps of a statement's plan.
func plan(t *testing.T, db *sql.DB, text string) []string {
	t.Helper()
	args := make([]any, strings.Count(text, "?"))
	rows, err := db.Query(`EXPLAIN QUERY PLAN `+text, args...)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, detail)
	}
	if rows.Err() != nil || len(steps) == 0 {
		t.Fatalf("no plan: %v in %s", rows.Err(), text)
	}
	return steps
}

// TestStatementCount checks that an operation takes as many statements for
// many entities as for few.
func TestStatementCount(t *testing.T) {
	count := func(n int) map[string]int {
		var ran statements
		s, path := createAt(t, ran.options())
		f := &fleet{ctx: t.Context(), store: s, path: path}
		f.fill(t, n)
		counts := map[string]int{}
		ask := func(what string, r clusto.Reader, fn func(of []clusto.EntityID) (answers int, err error)) {
			var of []clusto.EntityID
			for i := range n {
				of = append(of, clusto.EntityID(i+2))
			}
			before := len(ran.all)
			if answers, err := fn(of); err != nil || answers < n {
				t.Errorf("%s of %d: %d answers, %v", what, n, answers, err)
			}
			counts[what] = len(ran.all) - before
		}
		all := func(kind string, r clusto.Reader) {
			ctx := t.Context()
			bare := n // how many have no attributes, as racks with nothing in them
			for range attributed(t, r, n) {
				bare--
			}
			ask(kind+" contents", r, func([]clusto.EntityID) (int, error) {
				p, err := r.Contents(ctx, []clusto.EntityID{2}, true)
				return len(p), err
			})
			ask(kind+" contents of all", r, func(of []clusto.EntityID) (int, error) { p, err := r.Contents(ctx, of, true); return len(p) + n, err })
			ask(kind+" parents of all", r, func(of []clusto.EntityID) (int, error) { p, err := r.Parents(ctx, of, true); return len(p) + n, err })
			ask(kind+" attrs", r, func(of []clusto.EntityID) (int, error) { return seqLen(r.Attrs(ctx, clusto.AttrMatch{Entities: of})) })
			ask(kind+" find", r, func(of []clusto.EntityID) (int, error) {
				found, err := seqLen(r.Find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{{Entities: of}}}))
				return found + bare, err
			})
			ask(kind+" what is in each of all", r, func(of []clusto.EntityID) (int, error) {
				e, err := r.(clusto.Intersecter).InEach(ctx, of, true)
				return len(e) + n, err
			})
			h, err := clusto.Past(r)
			if err != nil {
				t.Fatal(err)
			}
			ask(kind+" edits", r, func([]clusto.EntityID) (int, error) { return seqLen(h.Edits(ctx, clusto.EditMatch{})) })
			ask(kind+" edits about", r, func(of []clusto.EntityID) (int, error) { return seqLen(h.Edits(ctx, clusto.EditMatch{About: of})) })
			ask(kind+" lives", r, func(of []clusto.EntityID) (int, error) { return seqLen(h.Lives(ctx, clusto.LifeMatch{IDs: of})) })
			ask(kind+" versions about", r, func(of []clusto.EntityID) (int, error) {
				found, err := seqLen(h.FindVersions(ctx, clusto.VersionMatch{About: of}))
				return found * n, err
			})
			ask(kind+" entities", r, func(of []clusto.EntityID) (int, error) { e, err := r.Entities(ctx, of...); return len(e), err })
		}
		for _, at := range []clusto.Version{clusto.Live, 3} {
			if err := s.View(t.Context(), at, func(r clusto.Reader) error { all(fmt.Sprint("at ", at), r); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		f.update(t, func(tx clusto.Tx) error { all("in a transaction:", tx); return nil })
		return counts
	}
	manyEntities := 10_000
	if racetest.On {
		manyEntities = 1_000 // the engine is fifty times as slow with it
	}
	few, many := count(10), count(manyEntities)
	for what, n := range few {
		if many[what] != n || n == 0 {
			t.Errorf("%s: %d statements for 10 entities, %d for %d", what, n, many[what], manyEntities)
		}
	}
}

// attributed returns the entities among the first n that have attributes.
func attributed(t *testing.T, r clusto.Reader, n int) map[clusto.EntityID]bool {
	t.Helper()
	first, last := clusto.EntityID(2), clusto.EntityID(n+1)
	some := map[clusto.EntityID]bool{}
	for a, err := range r.Attrs(t.Context(), clusto.AttrMatch{}) {
		if err != nil {
			t.Fatal(err)
		}
		if a.Entity >= first && a.Entity <= last {
			some[a.Entity] = true
		}
	}
	return some
}

func seqLen[T any](seq func(func(T, error) bool)) (n int, err error) {
	for _, err := range seq {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
