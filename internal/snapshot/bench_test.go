package snapshot_test

import (
	"flag"
	"fmt"
	"iter"
	"runtime"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/snapshot"
)

var servers = flag.Int("servers", 2000, "how many servers the benchmarks have")

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkBuild builds a snapshot of a fleet: as its rows come by their
// numbers, and by entity.
func BenchmarkBuild(b *testing.B) {
	rows := fleetOf(b, *servers)
	b.Run("rows", func(b *testing.B) { benchmarkBuild(b, rows) })
	s := rows.build(b)
	sorted := &recorder{version: rows.version, entities: rows.entities}
	for a, err := range s.Attrs(b.Context(), clusto.AttrMatch{ByEntity: true}) {
		if err != nil {
			b.Fatal(err)
		}
		sorted.attrs = append(sorted.attrs, a)
	}
	b.Run("byentity", func(b *testing.B) { benchmarkBuild(b, sorted) })
}

func benchmarkBuild(b *testing.B, rows *recorder) {
	var s *snapshot.Snapshot
	before := heap()
	b.ReportAllocs()
	start := cpu(b)
	for b.Loop() {
		s = rows.build(b)
	}
	spent := cpu(b) - start
	used := heap() - before
	n := float64(len(rows.attrs))
	b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N)/n, "cpu-ns/attr")
	b.ReportMetric(float64(used)/n, "B/attr")
	b.ReportMetric(float64(s.Stats().Bytes)/n, "B/attr-stats")
}

// question is something to ask, about server number i, and returns how much the
// answer has.
type question struct {
	name string
	ask  func(i int) (int, error)
}

// count returns how much seq yields.
func count[T any](seq iter.Seq2[T, error]) (n int, err error) {
	for _, err = range seq {
		n++
	}
	return n, err
}

// BenchmarkRead asks what daemons and the API ask.
func BenchmarkRead(b *testing.B) {
	s := fleetOf(b, *servers).build(b)
	for _, q := range append(lookUps(b, s), lists(b, s)...) {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			i, n := 0, 0
			start := cpu(b)
			for b.Loop() {
				i = (i*7919 + 1) % *servers
				found, err := q.ask(i)
				if err != nil || found == 0 {
					b.Fatalf("%d found, %v", found, err)
				}
				n = found
			}
			b.ReportMetric(float64((cpu(b)-start).Nanoseconds())/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(n), "found")
		})
	}
}

// mustFind returns the numbers of entities.
func mustFind(tb testing.TB, s *snapshot.Snapshot, names ...string) []clusto.EntityID {
	tb.Helper()
	ids := make([]clusto.EntityID, len(names))
	for i, name := range names {
		e, err := s.Entity(tb.Context(), name)
		if err != nil {
			tb.Fatal(err)
		}
		ids[i] = e.ID
	}
	return ids
}

// lookUps returns questions about one server.
func lookUps(tb testing.TB, s *snapshot.Snapshot) []question {
	ctx := tb.Context()
	names, macs, serials, ids := make([]string, *servers), make([]clusto.MAC, *servers), make([]clusto.Value, *servers), make([]clusto.EntityID, *servers)
	for i := range names {
		names[i], macs[i], serials[i] = fleet.Name(i), fleet.MAC(i, 1), clusto.String(fleet.Serial(i))
		ids[i] = mustFind(tb, s, names[i])[0]
	}
	inv := clusto.NewInventory(s, all.Drivers())
	attrs := func(m clusto.AttrMatch) (int, error) { return count(s.Attrs(ctx, m)) }
	return []question{
		{"name", func(i int) (int, error) { _, err := s.Entity(ctx, names[i]); return 1, err }},
		{"mac", func(i int) (int, error) { return attrs(clusto.AttrMatch{MAC: &macs[i]}) }},
		{"serial", func(i int) (int, error) {
			return attrs(clusto.AttrMatch{Key: clusto.Is("system"), Subkey: clusto.Is("serial"), Value: clusto.Is(serials[i])})
		}},
		{"value", func(i int) (int, error) { return attrs(clusto.AttrMatch{Value: clusto.Is(serials[i])}) }},
		{"attrs", func(i int) (int, error) { return attrs(clusto.AttrMatch{Entities: ids[i : i+1]}) }},
		{"parents", func(i int) (int, error) { p, err := s.Parents(ctx, ids[i:i+1], true); return len(p), err }},
		{"merged", func(i int) (int, error) {
			a, err := inv.Wrap(clusto.Entity{ID: ids[i]}).MergedAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("dhcp")})
			return len(a), err
		}},
	}
}

// lists returns questions about many servers.
func lists(tb testing.TB, s *snapshot.Snapshot) []question {
	ctx := tb.Context()
	dc, pools := mustFind(tb, s, fleet.DatacenterOf(0)), mustFind(tb, s, fleet.Pools[0][0], fleet.Pools[1][0])
	attrs := func(m clusto.AttrMatch) (int, error) { return count(s.Attrs(ctx, m)) }
	find := func(m clusto.Match) (int, error) { return count(s.Find(ctx, m)) }
	return []question{
		{"key", func(int) (int, error) { return attrs(clusto.AttrMatch{Key: clusto.Is("kernel")}) }},
		{"scan", func(int) (int, error) { return attrs(clusto.AttrMatch{Contains: []string{"1.140"}}) }},
		{"type", func(int) (int, error) { return find(clusto.Match{Types: []string{"server"}}) }},
		{"page", func(i int) (int, error) {
			return find(clusto.Match{Types: []string{"server"}, After: clusto.EntityID(i), Limit: 100})
		}},
		{"contents", func(int) (int, error) { c, err := s.Contents(ctx, dc, true); return len(c), err }},
		{"intersect", func(int) (int, error) { c, err := s.InEach(ctx, pools, true); return len(c), err }},
	}
}

// BenchmarkApply adds a server with twenty attributes, in a rack and two pools.
func BenchmarkApply(b *testing.B) {
	rows := fleetOf(b, *servers)
	s := rows.build(b)
	in := mustFind(b, s, "rack-00001", fleet.Pools[0][0], fleet.Pools[1][0])
	entity, attr, version := clusto.EntityID(len(rows.entities)), clusto.AttrID(len(rows.attrs)), rows.version
	rows = nil // which the garbage collector need not look at
	b.ReportAllocs()
	start := cpu(b)
	defer func() { b.ReportMetric(float64((cpu(b)-start).Nanoseconds())/float64(b.N), "cpu-ns/op") }()
	for b.Loop() {
		version++
		entity++
		edits := []clusto.Edit{{Version: version, Kind: clusto.EntityMade, Entity: entity, Is: clusto.Entity{
			ID: entity, Name: fmt.Sprint("new", entity), Type: "server", Driver: "basicserver", Version: version,
		}}}
		add := func(a clusto.Attr) {
			attr++
			a.ID, a.Version = attr, version
			edits = append(edits, clusto.Edit{Version: version, Kind: clusto.AttrMade, Entity: a.Entity, Attr: a})
		}
		for i := range 20 {
			add(clusto.Attr{Entity: entity, Key: "port-nic-eth", Number: clusto.Num(i), Subkey: clusto.Sub("mac"), Value: clusto.String(fleet.MAC(int(entity), i%4).String())})
		}
		for _, container := range in {
			add(clusto.Attr{Entity: container, Key: clusto.KeyContains, Value: clusto.RelationTo(entity)})
		}
		next, err := s.Apply(version, edits)
		if err != nil {
			b.Fatal(err)
		}
		s = next
	}
}
