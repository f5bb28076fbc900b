package postgres_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// statements collects what a store runs.
type statements struct{ all []string }

func (c *statements) options() postgres.Options {
	return postgres.Options{Options: sqlstore.Options{OnStatement: func(sql string) { c.all = append(c.all, sql) }}}
}

// TestPlans looks at the plan of every statement that must be fast in a
// database of some size: none may scan a table that grows.
func TestPlans(t *testing.T) {
	racetest.OneAtATime(t)
	var ran statements
	s, dsn := createFleet(t, 10_000, ran.options())
	ran.all = nil
	for _, at := range []clusto.Version{clusto.Live, 3} {
		if err := s.View(t.Context(), at, func(r clusto.Reader) error { storetest.AskHot(t, r); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		storetest.AskHot(t, tx)
		return storetest.ChangeHot(t, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prune(t.Context(), 4, false); err != nil {
		t.Fatal(err)
	}
	slices.Sort(ran.all)
	planned := 0
	for _, text := range slices.Compact(ran.all) {
		verb, _, _ := strings.Cut(text, " ")
		if !slices.Contains([]string{"SELECT", "WITH", "UPDATE", "DELETE"}, verb) || strings.Contains(text, "pg_class") {
			continue
		}
		planned++
		if p := plan(t, dsn, text); bad.MatchString(p) && !span.MatchString(text) {
			t.Errorf("%s\nis the plan of\n%s", p, text)
		}
	}
	if planned < 100 {
		t.Errorf("looked at %d plans only", planned)
	}
}

// bad finds a step that takes longer the more there is. clusto_meta stays
// small, and the log is read whole from a version on; other tables of ours are
// empty here.
var bad = regexp.MustCompile(`Seq Scan on (entit|counters|clustoversioning|clusto_free_)|idx_attrs_key`)

// span finds a question for what the versions of a span changed, of a key or in
// a way, of which nobody can know before whether many versions are to be passed
// over or much else.
var span = regexp.MustCompile(`^SELECT a.deleted_at_version .* a.deleted_at_version > \$1::bigint AND (1 = 0 |.* a."key" = )`)

var argument = regexp.MustCompile(`\$[0-9]+`)

// plan returns the plan of a statement, whatever its arguments.
func plan(t *testing.T, dsn, text string) string {
	t.Helper()
	execute := "EXECUTE s"
	if n := len(argument.FindAllString(text, -1)); n > 0 {
		execute += "(" + strings.Repeat("NULL, ", n-1) + "NULL)"
	}
	return testenv.PostgreSQL(t).ExecIn(t, dsn, "SET plan_cache_mode = force_generic_plan; SET random_page_cost = 1.1; PREPARE s AS "+text+"; EXPLAIN "+execute)
}
