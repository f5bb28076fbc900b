package query_test

import (
	"fmt"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/query"
)

// manyQueries ask in every way that there is.
var manyQueries = []string{
	"name exists",
	"not name = s0000001",
	"name in (s0000001, s0000002, s0000003)",
	"name ^ s",
	"type = server and (attr system.cpucount >= 16 or attr system.memory >= 32768) and datacenter = dc-01 - pool = database",
	"hostname ^ s or hostname = s0000001",
	"driver like *server",
	"pool in (production, web)",
	"rack exists and type = server",
	"parent matches '^rack'",
	"role exists or parent = dc-01",
	"attr os = debian-13",
	"attr purchase.date > 2017-12-31",
	"attr port-nic-eth.connection contains sw",
	"merged role = web",
	"merged owner like *a* and not merged contact exists",
	"ip in_cidr 10.0.0.0/8 or ip in_cidr 172.16.0.0/12",
	"ip = 10.0.0.9 or mac = 02163e000001 or mac ^ 02",
	"pool = production and attr system.memory >= 16G and name like *1",
}

// TestStatementCount checks that a query, and what is shown of what it finds,
// takes as many statements for many entities as for few.
func TestStatementCount(t *testing.T) {
	few, many := statements(t, 40), statements(t, 400)
	for what, n := range few {
		if many[what] != n || n == 0 {
			t.Errorf("%s: %d statements for 40 servers, %d for 400", what, n, many[what])
		}
	}
}

// statements returns how many statements each query takes in a fleet.
func statements(t *testing.T, servers int) map[string]int {
	n := 0
	store := dbtest.New(t, sqlstore.Options{OnStatement: func(string) { n++ }})
	if _, err := fleet.Load(t.Context(), store, fleet.Options{Servers: servers}); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	count := func(what string, fn func()) {
		before := n
		fn()
		counts[what] = n - before
	}
	view(t, store, func(r clusto.Reader) {
		var all []clusto.Entity
		for _, text := range manyQueries {
			q := parse(t, text)
			count(text, func() {
				found, plan, err := q.Analyze(t.Context(), r, query.Options{})
				if err != nil || len(found) == 0 && text != manyQueries[15] {
					t.Fatalf("%s: found %d, %v", text, len(found), err)
				}
				if text == manyQueries[0] {
					all = found
				}
				counts[text+" (questions)"] = plan.Ran.Questions + 1
			})
		}
		for _, name := range append(query.ColumnNames(), "attr(system.serial)", "merged(role)", "attr(port-nic-eth.connection)") {
			count("%"+name, func() {
				columns, err := query.NewColumns(name)
				if err != nil {
					t.Fatal(err)
				}
				rows, err := columns.Rows(t.Context(), r, all, query.Options{})
				if err != nil || len(rows) != len(all) {
					t.Fatalf("%s: %d rows, %v", name, len(rows), err)
				}
			})
			counts["%"+name]++ // some need none
		}
	})
	return counts
}

func parse(tb testing.TB, text string) *query.Query {
	tb.Helper()
	q, err := query.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

// BenchmarkRun runs queries over fleets, columns included.
func BenchmarkRun(b *testing.B) {
	for _, servers := range []int{1000, 10000} {
		store := dbtest.New(b, sqlstore.Options{})
		if _, err := fleet.Load(b.Context(), store, fleet.Options{Servers: servers}); err != nil {
			b.Fatal(err)
		}
		columns, err := query.NewColumns("name", "rack", "attr(system.serial)")
		if err != nil {
			b.Fatal(err)
		}
		for _, bench := range []struct{ name, query string }{
			{"serial", "attr system.serial = " + fleet.Serial(servers/2)},
			{"rack", "type = server and rack = rack-00003"},
			{"target", manyQueries[4]},
			{"scan", "name like *77 and not pool = web"},
		} {
			b.Run(fmt.Sprintf("%s/servers=%d", bench.name, servers), func(b *testing.B) {
				q := parse(b, bench.query)
				b.ReportAllocs()
				found := 0
				for b.Loop() {
					view(b, store, func(r clusto.Reader) {
						entities, err := q.Run(b.Context(), r, query.Options{})
						if err != nil {
							b.Fatal(err)
						}
						if _, err := columns.Rows(b.Context(), r, entities, query.Options{}); err != nil {
							b.Fatal(err)
						}
						found = len(entities)
					})
				}
				b.ReportMetric(float64(found), "entities")
			})
		}
	}
}
