package bench_test

import (
	"context"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// measure is one thing that a person or a program waits for.
type measure struct {
	name      string
	what      string  // for tables
	target    float64 // what the ratio must not exceed; 0: there is none
	classicMS float64 // recorded of classic clusto with 5,000 servers
	run       func(*testing.B, *world) result
}

// result is what a measure found, for each operation.
type result struct {
	ours, plain time.Duration
	statements  float64
}

func (r result) ratio() float64 { return r.ours.Seconds() / r.plain.Seconds() }

// report runs m and tells what it found, as a benchmark and for tables.
func (m *measure) report(b *testing.B, w *world) {
	r := m.run(b, w)
	b.ReportMetric(r.ours.Seconds()*1000, "ms/op")
	b.ReportMetric(r.plain.Seconds()*1000, "plain-ms/op")
	b.ReportMetric(r.ratio(), "x-plain")
	b.ReportMetric(r.statements, "statements/op")
	if m.classicMS > 0 && w.servers == 5000 {
		b.ReportMetric(m.classicMS/(r.ours.Seconds()*1000), "x-classic")
	}
	b.ReportMetric(0, "ns/op")
	found.keep(b, m, w, r)
}

// timing sums up turns, which both sides take so that they see the same machine.
type timing struct {
	ours, plain time.Duration
	turns       int
	statements  int64
}

// turn times fn, which is ours.
func (t *timing) turn(b *testing.B, w *world, fn func() error) {
	b.Helper()
	before, start := w.statements.Load(), time.Now()
	if err := fn(); err != nil {
		b.Fatal(err)
	}
	t.ours += time.Since(start)
	t.statements += w.statements.Load() - before
	t.turns++
}

// plainly times fn, which is plain SQL.
func (t *timing) plainly(b *testing.B, fn func() error) {
	b.Helper()
	start := time.Now()
	if err := fn(); err != nil {
		b.Fatal(err)
	}
	t.plain += time.Since(start)
}

// result returns what one operation takes, of perTurn in each turn.
func (t *timing) result(perTurn int) result {
	n := t.turns * perTurn
	return result{t.ours / time.Duration(n), t.plain / time.Duration(n), float64(t.statements) / float64(n)}
}

// measures are all that BenchmarkFleet measures, those that only read first.
var measures = []*measure{
	loading,
	lookUp("look up a server by name", "name", byName),
	lookUp("look up a server by address", "ip", byIP),
	lookUp("look up a server by hardware address", "mac", byMAC),
	lookUp("look up a server by serial number", "serial", bySerial),
	alone,
	contents,
	intersection,
	mergedOne,
	mergedMany,
	theLog,
	theDiff,
	importing,
	writing("set-1", "set an attribute: one writer", 2, 1, false, setAttr),
	writing("set-16", "set an attribute: 16 writers", 2, 16, false, setAttr),
	writing("set-16-joint", "set an attribute: 16 writers, joint", 0, 16, true, setAttr),
	writing("server-1", "make a server: one writer", 2, 1, false, makeServer),
	writing("server-16-joint", "make a server: 16 writers, joint", 0, 16, true, makeServer),
	writing("allocate-1", "allocate from a /16: one writer", 0, 1, false, allocate),
	writing("allocate-16", "allocate from a /16: 16 writers", 0, 16, false, allocate),
	writing("allocate-16-joint", "allocate from a /16: 16 writers, joint", 0, 16, true, allocate),
}

// loading is measured while a world is made.
var loading = &measure{
	name: "load", what: "load the fleet, each row", target: 3,
	run: func(b *testing.B, w *world) result {
		for b.Loop() { // there is nothing left to do
		}
		rows := time.Duration(w.load.rows)
		return result{w.load.ours / rows, w.load.plain / rows, float64(w.load.statements) / float64(rows)}
	},
}

// reading measures a question, asked perTurn times in each turn.
func reading(perTurn int, ours func(context.Context, *clusto.Inventory, int) error, plain func(*testing.B, *world) func(int) error) func(*testing.B, *world) result {
	return func(b *testing.B, w *world) result {
		theirs := plain(b, w)
		var t timing
		err := w.view(b.Context(), func(ctx context.Context, inv *clusto.Inventory) error {
			for b.Loop() {
				t.turn(b, w, func() error {
					for range perTurn {
						if err := ours(ctx, inv, w.draw()); err != nil {
							return err
						}
					}
					return nil
				})
				t.plainly(b, func() error {
					for range perTurn {
						if err := theirs(w.draw()); err != nil {
							return err
						}
					}
					return nil
				})
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		return t.result(perTurn)
	}
}
