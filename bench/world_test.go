package bench_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/sqlstore"
)

var (
	serversFlag   = flag.String("servers", "1000", "sizes of fleets, such as 1000,100000")
	databasesFlag = flag.String("databases", "sqlite,postgres,mariadb", "databases to measure")
)

// peerAtMost is how many servers the peer gets beside a larger fleet.
const peerAtMost = 100_000

// world is a fleet in a database, and the peer: another database on the same
// server with the same rows.
type world struct {
	engine  *engine
	servers int
	store   *sqlstore.Store
	drivers *clusto.Registry
	plain   *sql.DB // our own database, for plain SQL
	peer    *plain
	load    loadResult

	statements atomic.Int64
	draws      atomic.Int64
	newest     clusto.Version // as far as the peer has it
}

// loadResult is how long loading took.
type loadResult struct {
	rows        int
	ours, plain time.Duration // for as many servers as the peer has
	all         time.Duration // ours for all servers
	statements  int64
}

// newWorld makes a fleet of that many servers, the same for the peer in turns,
// and ages both.
func newWorld(b *testing.B, e *engine, newDatabase func(testing.TB) string, servers int) *world {
	b.Helper()
	ctx := b.Context()
	w := &world{engine: e, servers: servers, drivers: all.Drivers()}
	dsn, peerDSN := newDatabase(b), newDatabase(b)
	w.store = w.create(b, dsn, sqlstore.Options{OnStatement: func(string) { w.statements.Add(1) }})
	peerStore := w.create(b, peerDSN, sqlstore.Options{})
	w.plain, w.peer = e.open(b, dsn), openPlain(b, e, peerDSN)
	w.replicate(b) // what there is in a new database, which the peer has too, is as new as this
	last := time.Now()
	f, err := fleet.Load(ctx, w.store, fleet.Options{Servers: servers, Seed: 1, Progress: func(made int) {
		took := time.Since(last)
		w.load.all += took
		if made <= peerAtMost {
			w.load.ours += took
			w.load.plain += w.replicate(b)
		}
		b.Logf("%s: %d servers after %.0f s", e.name, made, w.load.all.Seconds())
		last = time.Now()
	}})
	if err != nil {
		b.Fatal(err)
	}
	w.load.statements = w.statements.Load()
	if err := f.Age(ctx, w.store); err != nil {
		b.Fatal(err)
	}
	w.replicate(b)
	for _, s := range []*sqlstore.Store{w.store, peerStore} { // statistics
		if _, err := s.Migrate(ctx); err != nil {
			b.Fatal(err)
		}
	}
	w.update(b, w.prepare)
	w.update(b, func(ctx context.Context, inv *clusto.Inventory) error { return allocate(ctx, inv, 0) }) // looks at all addresses
	w.replicate(b)
	return w
}

func (w *world) create(b *testing.B, dsn string, o sqlstore.Options) *sqlstore.Store {
	b.Helper()
	store, _, err := w.engine.create(b.Context(), dsn, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	return store
}

// changes returns what was changed since the peer has seen it last.
func (w *world) changes(b *testing.B) []change {
	b.Helper()
	changes := w.peer.changesAfter(b, w.plain, w.newest)
	for _, c := range changes {
		w.newest = max(w.newest, clusto.Version(c.version))
	}
	return changes
}

// replicate has the peer write what was changed, and returns how long that
// takes. What a new database has the peer has already.
func (w *world) replicate(b *testing.B) time.Duration {
	b.Helper()
	first := w.newest == 0
	changes := w.changes(b)
	if first {
		return 0
	}
	for _, c := range changes {
		w.load.rows += c.size()
	}
	start := time.Now()
	if err := w.peer.writeAll(b.Context(), changes, 1); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func (w *world) update(b *testing.B, fn func(context.Context, *clusto.Inventory) error) {
	b.Helper()
	if err := w.change(b.Context(), false, fn); err != nil {
		b.Fatal(err)
	}
}

// change runs fn in one transaction.
func (w *world) change(ctx context.Context, joint bool, fn func(context.Context, *clusto.Inventory) error) error {
	_, err := w.store.Update(ctx, clusto.Change{User: "bench", Description: "bench", Joint: joint}, func(tx clusto.Tx) error {
		return fn(ctx, clusto.NewInventory(tx, w.drivers))
	})
	return err
}

// view runs fn on the live rows.
func (w *world) view(ctx context.Context, fn func(context.Context, *clusto.Inventory) error) error {
	return w.store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		return fn(ctx, clusto.NewInventory(r, w.drivers))
	})
}

// draw returns the number of a server that aging has left alone, in no order.
func (w *world) draw() int {
	n := uint64(w.draws.Add(1)) * 0x9E3779B97F4A7C15
	return fleet.Untouched(int(n>>33) % w.servers)
}

// networkManager hands out the addresses that are allocated in a benchmark.
const networkManager = "bench-net"

// prepare makes what benchmarks write to.
func (w *world) prepare(ctx context.Context, inv *clusto.Inventory) error {
	d, ok := w.drivers.Class("IPManager")
	if !ok {
		return fmt.Errorf("no class IPManager")
	}
	_, err := inv.Create(ctx, d, networkManager, map[string]clusto.Value{
		"baseip": clusto.String("172.16.0.0"), "netmask": clusto.String("255.255.0.0"),
	})
	return err
}

// fleetSizes returns the sizes of fleets that are asked for.
func fleetSizes(b *testing.B) []int {
	b.Helper()
	var all []int
	for text := range strings.SplitSeq(*serversFlag, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			b.Fatalf("-servers: %v", err)
		}
		all = append(all, n)
	}
	return all
}

// BenchmarkFleet measures the inventory of fleets of any size in every kind of
// database. ms is ours, plain-ms that of plain SQL which reads or writes the same
// rows in the same run, x-plain their ratio (lower is better), statements how
// many we send. docs/performance.md explains each measure.
func BenchmarkFleet(b *testing.B) {
	for _, e := range engines {
		if !slices.Contains(strings.Split(*databasesFlag, ","), e.name) {
			continue
		}
		b.Run("database="+e.name, func(b *testing.B) {
			newDatabase := e.databases(b)
			for _, servers := range fleetSizes(b) {
				b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) {
					w := newWorld(b, e, newDatabase, servers)
					for _, m := range measures {
						b.Run(m.name, func(b *testing.B) { m.report(b, w) })
					}
				})
			}
		})
	}
}
