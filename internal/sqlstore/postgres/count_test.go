package postgres_test

import (
	"fmt"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
)

// TestStatementCount checks that an operation takes as many statements for
// many entities as for few: each is a journey to the server.
func TestStatementCount(t *testing.T) {
	racetest.OneAtATime(t)
	few, many := countStatements(t, 10), countStatements(t, 5_000)
	for what, n := range few {
		if many[what] > max(n, 1) { // a few that are known already are not asked for
			t.Errorf("%s: %d statements for 10 entities, %d for 5,000", what, n, many[what])
		}
	}
}

// countStatements returns how many statements each question takes about n servers.
func countStatements(t *testing.T, n int) map[string]int {
	t.Helper()
	ctx := t.Context()
	var ran statements
	s, _ := createFleet(t, n, ran.options())
	counts := map[string]int{}
	ask := func(what string, fn func(of []clusto.EntityID) (answers int, err error)) {
		of := make([]clusto.EntityID, n)
		for i := range of {
			of[i] = clusto.EntityID(10000 + i)
		}
		before := len(ran.all)
		if answers, err := fn(of); err != nil || answers < n {
			t.Errorf("%s of %d: %d answers, %v", what, n, answers, err)
		}
		counts[what] = len(ran.all) - before
	}
	all := func(kind string, r clusto.Reader) error {
		ask(kind+" contents", func([]clusto.EntityID) (int, error) {
			p, err := r.Contents(ctx, []clusto.EntityID{10}, true)
			return len(p), err
		})
		ask(kind+" parents of all", func(of []clusto.EntityID) (int, error) { p, err := r.Parents(ctx, of, true); return len(p) + n, err })
		ask(kind+" attributes", func(of []clusto.EntityID) (int, error) {
			a, err := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{Entities: of}))
			return len(a), err
		})
		ask(kind+" find", func(of []clusto.EntityID) (int, error) {
			e, err := clusto.Collect(r.Find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{{Entities: of}}}))
			return len(e), err
		})
		ask(kind+" entities", func(of []clusto.EntityID) (int, error) { e, err := r.Entities(ctx, of...); return len(e), err })
		return nil
	}
	for _, at := range []clusto.Version{clusto.Live, clusto.Version(n) + 2} {
		if err := s.View(ctx, at, func(r clusto.Reader) error { return all(fmt.Sprint("history ", at != clusto.Live), r) }); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error { return all("in a transaction:", tx) })
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// TestJourneys counts the statements of whole operations.
func TestJourneys(t *testing.T) {
	ctx := t.Context()
	var ran statements
	s, _ := createFleet(t, 100, ran.options())
	for _, c := range []struct {
		what string
		most int
		do   func() error
	}{
		{"a look-up", 3, func() error {
			return s.View(ctx, clusto.Live, func(r clusto.Reader) error { _, err := r.Entity(ctx, "s7"); return err })
		}},
		{"a change that changes nothing", 5, func() error {
			_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error { _, err := tx.Entity(ctx, "s7"); return err })
			return err
		}},
		{"100 servers with ten attributes in one change", 100 + 40, func() error { // each name is looked up
			_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error { return addServers(t, tx, 100) })
			return err
		}},
	} {
		if err := c.do(); err != nil { // prepares what is prepared once
			t.Fatal(err)
		}
		ran.all = nil
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		if n := len(ran.all); n > c.most || n == 0 {
			t.Errorf("%s takes %d statements, want at most %d: %q", c.what, n, c.most, ran.all)
		}
	}
}

// addServers makes servers with ten attributes each, under names that nobody has.
func addServers(t *testing.T, tx clusto.Tx, n int) error {
	ctx := t.Context()
	newest, err := tx.Version(ctx)
	if err != nil {
		return err
	}
	for i := range n {
		e, err := tx.Create(ctx, fmt.Sprintf("new%d-%d", newest, i), "server", "basicserver")
		if err != nil {
			return err
		}
		for k := range 10 {
			if err := tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: "k", Number: clusto.Num(k), Value: clusto.Int(1)}); err != nil {
				return err
			}
		}
	}
	return nil
}
