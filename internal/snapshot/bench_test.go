package snapshot_test

import (
	"flag"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

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

// cpu returns how much processor time the program has used, which says more than
// the time that has passed where many programs run.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
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

// BenchmarkRead asks what daemons and the API ask.
func BenchmarkRead(b *testing.B) {
	s := fleetOf(b, *servers).build(b)
	ctx := b.Context()
	inv := clusto.NewInventory(s, all.Drivers())
	run := func(name string, ask func(i int) (int, error)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i, n := 0, 0
			start := cpu(b)
			for b.Loop() {
				i = (i*7919 + 1) % *servers
				found, err := ask(i)
				if err != nil || found == 0 {
					b.Fatalf("%d found, %v", found, err)
				}
				n = found
			}
			b.ReportMetric(float64((cpu(b)-start).Nanoseconds())/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(n), "found")
		})
	}
	server := func(i int) clusto.EntityID {
		e, err := s.Entity(ctx, fleet.Name(i))
		if err != nil {
			b.Fatal(err)
		}
		return e.ID
	}
	attrs := func(m clusto.AttrMatch) (n int, err error) {
		for _, err = range s.Attrs(ctx, m) {
			n++
		}
		return n, err
	}
	found := func(m clusto.Match) (n int, err error) {
		for _, err = range s.Find(ctx, m) {
			n++
		}
		return n, err
	}
	names, macs := make([]string, *servers), make([]clusto.MAC, *servers)
	for i := range names {
		names[i], macs[i] = fleet.Name(i), fleet.MAC(i, 1)
	}
	run("name", func(i int) (int, error) { _, err := s.Entity(ctx, names[i]); return 1, err })
	run("mac", func(i int) (int, error) { return attrs(clusto.AttrMatch{MAC: &macs[i]}) })
	run("serial", func(i int) (int, error) {
		return attrs(clusto.AttrMatch{Key: clusto.Is("system"), Subkey: clusto.Is("serial"), Value: clusto.Is(clusto.String(fleet.Serial(i)))})
	})
	run("value", func(i int) (int, error) {
		return attrs(clusto.AttrMatch{Value: clusto.Is(clusto.String(fleet.Serial(i)))})
	})
	first := server(0)
	run("attrs", func(i int) (int, error) { return attrs(clusto.AttrMatch{Entities: []clusto.EntityID{first}}) })
	run("key", func(int) (int, error) { return attrs(clusto.AttrMatch{Key: clusto.Is("kernel")}) })
	run("scan", func(int) (int, error) { return attrs(clusto.AttrMatch{Contains: []string{"1.140"}}) })
	run("type", func(int) (int, error) { return found(clusto.Match{Types: []string{"server"}}) })
	run("page", func(i int) (int, error) {
		return found(clusto.Match{Types: []string{"server"}, After: clusto.EntityID(i), Limit: 100})
	})
	run("parents", func(int) (int, error) {
		p, err := s.Parents(ctx, []clusto.EntityID{first}, true)
		return len(p), err
	})
	run("merged", func(int) (int, error) {
		a, err := inv.Wrap(clusto.Entity{ID: first}).MergedAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("dhcp")})
		return len(a), err
	})
	run("contents", func(int) (int, error) {
		dc, err := s.Entity(ctx, fleet.DatacenterOf(0))
		if err != nil {
			return 0, err
		}
		all, err := s.Contents(ctx, []clusto.EntityID{dc.ID}, true)
		return len(all), err
	})
	run("intersect", func(int) (int, error) {
		var pools []clusto.EntityID
		for _, name := range []string{fleet.Pools[0][0], fleet.Pools[1][0]} {
			e, err := s.Entity(ctx, name)
			if err != nil {
				return 0, err
			}
			pools = append(pools, e.ID)
		}
		all, err := s.InEach(ctx, pools, true)
		return len(all), err
	})
}

// BenchmarkApply adds a server with twenty attributes, in a rack and two pools.
func BenchmarkApply(b *testing.B) {
	rows := fleetOf(b, *servers)
	s := rows.build(b)
	ctx := b.Context()
	id := func(name string) clusto.EntityID {
		e, err := s.Entity(ctx, name)
		if err != nil {
			b.Fatal(err)
		}
		return e.ID
	}
	in := []clusto.EntityID{id("rack-00001"), id(fleet.Pools[0][0]), id(fleet.Pools[1][0])}
	entity, attr, version := clusto.EntityID(len(rows.entities)), clusto.AttrID(len(rows.attrs)), rows.version
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
