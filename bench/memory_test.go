package bench_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/dhcp/hosts"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	language "github.com/clusto/clusto/query"
)

// BenchmarkMemory loads the inventory into memory and asks it what the database is
// asked too. The hosts are those of package hosts, with eighteen attributes each.
func BenchmarkMemory(b *testing.B) {
	for size := range strings.SplitSeq(*serversFlag, ",") {
		servers, err := strconv.Atoi(size)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(size, func(b *testing.B) {
			for b.Loop() {
				measureMemory(b, servers)
			}
		})
	}
}

func measureMemory(b *testing.B, servers int) {
	path := filepath.Join(b.TempDir(), "clusto.db")
	database, _, err := sqlite.Create(b.Context(), path, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := hosts.Load(b.Context(), database, servers); err != nil {
		b.Fatal(err)
	}
	if err := database.Close(); err != nil { // so that nothing is left in the log of the database
		b.Fatal(err)
	}
	if database, err = sqlite.Open(b.Context(), path, sqlite.Options{}); err != nil {
		b.Fatal(err)
	}
	before := heapInUse()
	began := time.Now()
	memory, err := snapshot.New(b.Context(), database, snapshot.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := memory.Close(); err != nil {
			b.Error(err)
		}
	}()
	if err := awaitLoaded(b.Context(), memory); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	stats := memory.Latest().Stats()
	held := heapInUse() - before
	file, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	heading := fmt.Sprintf("### Memory, %s servers", thousands(float64(servers)))
	found.add(heading, func() string {
		return fmt.Sprintf("%s attributes of %s entities, a file of %s MB; %s of memory for an attribute, all in; loaded in %s, %s attributes a second. Measured ",
			thousands(float64(stats.Attributes)), thousands(float64(stats.Entities)), thousands(float64(file.Size())/1e6),
			octets(float64(held)/float64(stats.Attributes)), duration(took), thousands(float64(stats.Attributes)/took.Seconds())) +
			machine() + "| what | from memory | from SQLite | times as fast |\n|---|--:|--:|--:|\n"
	}, changeRow(b, memory, database))
	b.ReportMetric(float64(held)/float64(stats.Attributes), "B/attribute")
	for _, q := range memoryQuestions(servers) {
		ours, theirs := q.measure(b, memory, servers), q.measure(b, database, servers)
		found.add(heading, nil, fmt.Sprintf("| %s | %s | %s | %s |", q.what, duration3(ours), duration3(theirs), thousands(theirs.Seconds()/ours.Seconds())))
	}
}

// awaitLoaded waits until the inventory is in memory.
func awaitLoaded(ctx context.Context, s *snapshot.Store) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for s.Latest() == nil {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// heapInUse returns how much memory is held after what nobody needs is gone.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func octets(n float64) string { return fmt.Sprintf("%.1f octets", n) }

// duration3 is duration, with the nanoseconds of what takes less than one µs.
func duration3(d time.Duration) string {
	if d < time.Microsecond {
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	}
	return duration(d)
}

// question is asked of memory and of the database alike. Number i is another host
// each time.
type question struct {
	what string
	ask  func(ctx context.Context, inv *clusto.Inventory, i int) error
}

// measure returns how long one answer takes.
func (q *question) measure(b *testing.B, store clusto.Store, servers int) time.Duration {
	b.Helper()
	enough := 300 * time.Millisecond
	if servers <= 1000 {
		enough = 10 * time.Millisecond
	}
	n, took := 0, time.Duration(0)
	err := store.View(b.Context(), clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, all.Drivers())
		began := time.Now()
		for took < enough {
			for range 1 + n/8 { // the clock is read seldom
				if err := q.ask(b.Context(), inv, n*7919%servers); err != nil {
					return err
				}
				n++
			}
			took = time.Since(began)
		}
		return nil
	})
	if err != nil {
		b.Fatalf("%s: %v", q.what, err)
	}
	return took / time.Duration(n)
}

func memoryQuestions(servers int) []question {
	serial := func(i int) string { return fmt.Sprintf("P%08X", uint32(i)*2654435761) }
	ask := func(what string, text func(i int) string) question {
		return question{what, func(ctx context.Context, inv *clusto.Inventory, i int) error {
			q, err := language.Parse(text(i))
			if err != nil {
				return err
			}
			_, err = q.Run(ctx, inv.Reader, language.Options{})
			return err
		}}
	}
	return []question{
		{"an entity by its name", func(ctx context.Context, inv *clusto.Inventory, i int) error {
			_, err := inv.Entity(ctx, hosts.Name(i))
			return err
		}},
		{"... by its MAC address", func(ctx context.Context, inv *clusto.Inventory, i int) error {
			return onlyOne(inv.ByMAC(ctx, hosts.MAC(i)))
		}},
		{"... by its serial number", func(ctx context.Context, inv *clusto.Inventory, i int) error {
			return onlyOne(inv.BySerial(ctx, serial(i)))
		}},
		{"all attributes of a server", ofHost(func(ctx context.Context, o *clusto.Object) error {
			_, err := o.Attrs(ctx, clusto.AttrMatch{})
			return err
		})},
		{"its containers, deep", ofHost(func(ctx context.Context, o *clusto.Object) error {
			_, err := o.Parents(ctx, true, clusto.Match{})
			return err
		})},
		{"its merged attributes dhcp", ofHost(func(ctx context.Context, o *clusto.Object) error {
			_, err := o.MergedAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("dhcp")})
			return err
		})},
		{"recursive contents of the pool of all", func(ctx context.Context, inv *clusto.Inventory, _ int) error {
			pool, err := inv.Object(ctx, "pxeboot-servers")
			if err == nil {
				_, err = pool.Contents(ctx, true, clusto.Match{})
			}
			return err
		}},
		ask("`attr system.serial = …`", func(i int) string { return "attr system.serial = " + serial(i) }),
		ask("`rack = …`", func(i int) string { return fmt.Sprintf("rack = rack-%05d", i/40) }),
		ask("`rack = … and attr system.memory >= 131072`", func(i int) string { return fmt.Sprintf("rack = rack-%05d and attr system.memory >= 131072", i/40) }),
		ask("`type = server and attr system.cpucount = 64 and attr system.memory = 262144`", func(int) string {
			return "type = server and attr system.cpucount = 64 and attr system.memory = 262144"
		}),
	}
}

// ofHost asks something of a host.
func ofHost(ask func(context.Context, *clusto.Object) error) func(context.Context, *clusto.Inventory, int) error {
	return func(ctx context.Context, inv *clusto.Inventory, i int) error {
		o, err := inv.Object(ctx, hosts.Name(i))
		if err != nil {
			return err
		}
		return ask(ctx, o)
	}
}

func onlyOne(objects []*clusto.Object, err error) error {
	if err == nil && len(objects) != 1 {
		err = fmt.Errorf("found %d", len(objects))
	}
	return err
}

// changeRow returns the row about changing an attribute until the next reader sees it.
func changeRow(b *testing.B, memory *snapshot.Store, database clusto.Store) string {
	b.Helper()
	const times = 20
	measure := func(store clusto.Store) time.Duration {
		began := time.Now()
		for i := range times {
			_, err := store.Update(b.Context(), clusto.Change{User: "bench"}, func(tx clusto.Tx) error {
				o, err := clusto.NewInventory(tx, all.Drivers()).Object(b.Context(), hosts.Name(i))
				if err != nil {
					return err
				}
				return o.SetAttr(b.Context(), clusto.Attr{Key: "note", Value: clusto.Int(time.Now().UnixNano())})
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(began) / times
	}
	theirs := measure(database)
	ours := measure(memory)
	return fmt.Sprintf("| an attribute is set, and seen by who reads next | %s | %s | %s |", duration(ours), duration(theirs), thousands(theirs.Seconds()/ours.Seconds()))
}
