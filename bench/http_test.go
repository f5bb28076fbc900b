package bench_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/testenv"
)

var httpDatabasesFlag = flag.String("http-databases", "sqlite", "databases over which BenchmarkHTTP measures HTTP")

var turnFlag = flag.Duration("turn", time.Second, "how long BenchmarkHTTP sends requests in each turn")

// httpMeasure is what many clients ask a server at a time.
type httpMeasure struct {
	name        string
	what        string // for tables
	connections int
	slow        bool // one answer may take a second
	requests    func(*testing.B, *site) []request
}

// randomServers is how many servers are asked for, in random order.
const randomServers = 1000

// Queries as a URL has them: one whose answer an index leads to, and one that looks
// at half of a fleet.
var (
	cheapQuery     = url.QueryEscape("type = server and rack = rack-00003 and attr system.memory >= 16384")
	expensiveQuery = url.QueryEscape("type = server and pool = web and attr system.memory >= 65536")
)

// httpMeasures are all that BenchmarkHTTP measures, those that only read first.
var httpMeasures = []*httpMeasure{
	{name: "entity", what: "one entity", connections: 8, requests: entities("")},
	{name: "expanded", what: "one entity with attrs, parents", connections: 8, requests: entities("?expand=attrs,parents")},
	{name: "unchanged", what: "one entity, If-None-Match", connections: 8, requests: unchanged},
	{name: "list-attrs", what: "list of 1,000 with attrs", connections: 4, slow: true, requests: listOf("&expand=attrs")},
	{name: "list-gzip", what: "list of 1,000 with attrs, compressed", connections: 4, slow: true,
		requests: listOf("&expand=attrs", "Accept-Encoding:gzip")},
	{name: "list-ports", what: "list of 1,000 with attrs, parents, ports", connections: 4, slow: true, requests: listOf("&expand=attrs,parents,ports")},
	{name: "query-rack", what: "query for servers of a rack, as list", connections: 4, requests: listOf("&query=" + cheapQuery)},
	{name: "query-pool", what: "query for servers of a large pool, as list of 1,000", connections: 2, slow: true, requests: listOf("&query=" + expensiveQuery)},
	{name: "set-1", what: "POST that sets an attribute, one writer", connections: 1, requests: settings},
	{name: "set-8", what: "POST that sets an attribute, 8 writers", connections: 8, requests: settings},
}

// entities returns requests for some servers.
func entities(suffix string) func(*testing.B, *site) []request {
	return func(_ *testing.B, s *site) []request {
		all := make([]request, randomServers)
		random := rand.New(rand.NewPCG(1, 2))
		for i := range all {
			all[i] = request{method: http.MethodGet, path: "/api/v1/entities/" + fleet.Name(random.IntN(s.servers)) + suffix}
		}
		return all
	}
}

// unchanged returns requests for servers by clients that have the answer already.
func unchanged(b *testing.B, s *site) []request {
	all := entities("")(b, s)
	for i := range all {
		all[i].headers = []string{"If-None-Match:" + s.clusto.send(b, all[i]).Header.Get("ETag")}
	}
	return all
}

// listOf returns the request for a list of servers.
func listOf(suffix string, headers ...string) func(*testing.B, *site) []request {
	return func(*testing.B, *site) []request {
		return []request{{method: http.MethodGet, path: "/api/v1/entities?type=server&limit=1000" + suffix, headers: headers}}
	}
}

// settings returns requests that set an attribute of one of some servers to
// another value each time.
func settings(_ *testing.B, s *site) []request {
	all := make([]request, min(randomServers, s.servers))
	for i := range all {
		all[i] = request{
			method: http.MethodPost, path: "/api/v1/transactions", headers: []string{"Content-Type:application/json", "Idempotency-Key:@N@"},
			body: fmt.Sprintf(`{"operations":[{"set_attrs":{"entity":%q,"attrs":[{"key":"bench","value":"@N@"}]}}]}`, fleet.Name(i)),
		}
	}
	return all
}

// site is a fleet in a database and what serves it.
type site struct {
	engine  *engine
	servers int
	dsn     string
	version string // of the database
	program string
	clusto  *service
}

// newSite makes a fleet and starts "clusto serve" on it.
func newSite(b *testing.B, e *engine, newDatabase func(testing.TB) string, servers int) *site {
	b.Helper()
	dsn := newDatabase(b)
	store, _, err := e.create(b.Context(), dsn, sqlstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if _, err = fleet.Load(b.Context(), store, fleet.Options{Servers: servers, Seed: 1}); err == nil {
		_, err = store.Migrate(b.Context()) // statistics
	}
	if err != nil {
		b.Fatal(err)
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	s := &site{engine: e, servers: servers, dsn: dsn, version: databaseVersion(b, e, dsn), program: buildClusto(b)}
	s.clusto = startClusto(b, s.program, dsn)
	return s
}

// databaseVersion returns which database it is.
func databaseVersion(b *testing.B, e *engine, dsn string) string {
	return version(b, &world{engine: e, plain: e.open(b, dsn)})
}

// forSites runs fn for each database and size of a fleet that is asked for.
func forSites(b *testing.B, fn func(*testing.B, *site)) {
	if runtime.GOOS != "linux" {
		b.Skip("what a process uses is read from /proc of Linux")
	}
	testenv.Require(b, "wrk")
	for _, e := range engines {
		if !slices.Contains(strings.Split(*httpDatabasesFlag, ","), e.name) {
			continue
		}
		b.Run("database="+e.name, func(b *testing.B) {
			newDatabase := e.databases(b)
			for _, servers := range fleetSizes(b) {
				b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) { fn(b, newSite(b, e, newDatabase, servers)) })
			}
		})
	}
}

// BenchmarkHTTP measures "clusto serve" under the load of wrk, in turns with a bare
// net/http handler in a process of its own that gives the same answers from
// memory. Each iteration is a turn of both. Then it measures how much memory a server
// needs at most that was just started, for something large.
func BenchmarkHTTP(b *testing.B) {
	forSites(b, func(b *testing.B, s *site) {
		for _, m := range httpMeasures {
			b.Run(m.name, func(b *testing.B) { m.report(b, s) })
		}
		for _, m := range memoryMeasures {
			b.Run("memory-"+m.name, func(b *testing.B) { m.report(b, s) })
		}
	})
}

// report runs m and tells what it found, as a benchmark and for tables.
func (m *httpMeasure) report(b *testing.B, s *site) {
	requests := m.requests(b, s)
	bare := startBare(b, s.clusto.record(b, requests))
	file := filepath.Join(b.TempDir(), "requests")
	writeRequests(b, file, requests)
	turn := *turnFlag
	if m.slow {
		turn *= 4
	}
	var ours, theirs load
	for b.Loop() {
		ours.add(s.clusto.underLoad(b, file, m.connections, turn))
		theirs.add(bare.underLoad(b, file, m.connections, *turnFlag))
	}
	b.ReportMetric(ours.rate(), "requests/s")
	b.ReportMetric(theirs.rate(), "bare-requests/s")
	b.ReportMetric(theirs.rate()/ours.rate(), "x-bare")
	b.ReportMetric(ours.cpuEach().Seconds()*1000, "cpu-ms/request")
	b.ReportMetric(float64(ours.memory)/(1<<20), "MB")
	b.ReportMetric(0, "ns/op")
	found.add(s.heading("HTTP over"), func() string {
		return origin(s.engine, s.version) + "| what | clients | clusto | p50 | p99 | CPU | memory | bare | p50 | p99 | CPU | ratio |\n" +
			"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
	}, fmt.Sprintf("| %s | %d | %s | %s MB | %s | %s |", m.what, m.connections, &ours, megabytes(ours.memory), &theirs, thousands(theirs.rate()/ours.rate())))
}

// heading returns the heading of a table about s.
func (s *site) heading(what string) string {
	return fmt.Sprintf("### %s %s, %s servers", what, s.engine.title, thousands(float64(s.servers)))
}

func megabytes(bytes int64) string { return thousands(float64(bytes) / (1 << 20)) }

// writeRequests writes requests as testdata/load.lua reads them.
func writeRequests(b *testing.B, file string, all []request) {
	b.Helper()
	var text strings.Builder
	for _, r := range all {
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\n", r.method, r.path, strings.Join(r.headers, "|"), r.body)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
}
