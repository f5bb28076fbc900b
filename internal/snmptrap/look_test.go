package snmptrap_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
)

// memory has a state of a world in memory.
type memory struct {
	*world
	state clusto.Reader // nil: there is none
}

func (m *memory) view() clusto.Reader { return m.state }

// load loads the newest state of a world.
func (m *memory) load() {
	m.Helper()
	ctx, b := m.Context(), snapshot.NewBuilder()
	err := m.store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		version, err := r.Version(ctx)
		if err != nil {
			return err
		}
		for e, err := range r.Find(ctx, clusto.Match{}) {
			if err != nil {
				return err
			}
			b.Entity(e)
		}
		for a, err := range r.Attrs(ctx, clusto.AttrMatch{}) {
			if err != nil {
				return err
			}
			b.Attr(a)
		}
		m.state, err = b.Build(version)
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
}

// handle has d handle a trap, and once more if that changed nothing: nothing else
// may come of it then, and the database may not be touched.
func (m *memory) handle(d *snmptrap.Daemon, trap snmp.Trap, events *[]string) {
	m.Helper()
	before := len(*events)
	m.load()
	d.Handle(m.Context(), trap)
	first := slices.Clone((*events)[before:])
	if slices.ContainsFunc(first, wants) {
		return
	}
	seen := d.Stats().InMemory
	m.load()
	d.Handle(m.Context(), trap)
	if diff := cmp.Diff((*events)[before+len(first):], first); diff != "" {
		m.Errorf("in memory (+) something else came out than in the database (-):\n%s", diff)
	}
	if d.Stats().InMemory != seen+1 {
		m.Errorf("the database was asked once more about %v", first)
	}
	*events = (*events)[:before+len(first)]
}

// wants reports whether an event is of something for which the database is needed.
func wants(event string) bool {
	return !strings.Contains(event, ": unchanged") && !strings.Contains(event, ": dropped") ||
		strings.Contains(event, ": dropped, exhausted") || strings.Contains(event, ": dropped, error")
}

// TestDoubt has the switch entered by another process, of which the state in
// memory does not know yet: the database is asked, but not for each trap.
func TestDoubt(t *testing.T) {
	dbtest.FakeTime(t)
	t.Parallel()
	w := newWorld(t)
	w.setUp(base)
	counted := &counting{Store: w.store}
	m := &memory{world: w}
	w.store = counted
	var last snmptrap.Event
	d := w.daemon(snmptrap.Options{View: m.view, Events: func(e snmptrap.Event) { last = e }})
	trap := parseTrap(t, "127.0.0.12: learnt 1 442 02:00:00:00:00:01")
	w.store = counted.Store
	m.load()
	synctest.Test(t, func(t *testing.T) {
		handle := func(what string, updates int64, outcome snmptrap.Outcome) {
			t.Helper()
			before := counted.updates.Load()
			d.Handle(t.Context(), trap)
			if n := counted.updates.Load() - before; n != updates || last.Outcome != outcome {
				t.Errorf("%s: %s, with %d transactions; want %s with %d", what, last, n, outcome, updates)
			}
		}
		handle("first", 1, snmptrap.Dropped)
		handle("again", 0, snmptrap.Dropped)
		time.Sleep(10 * time.Second)
		handle("later", 1, snmptrap.Dropped)
		w.setUp("ip r1-sw1 127.0.0.12")
		time.Sleep(10 * time.Second)
		handle("after it was entered", 1, snmptrap.Created)

		counted.err = clusto.Errorf(clusto.ErrUnavailable, "gone")
		trap = parseTrap(t, "192.0.2.1: learnt 1 442 02:00:00:00:00:01")
		began := time.Now()
		handle("without database", 1, snmptrap.Dropped)
		trap = parseTrap(t, "192.0.2.2: learnt 1 442 02:00:00:00:00:01")
		handle("without database, another", 0, snmptrap.Dropped)
		if last.Reason != snmptrap.UnknownSwitch || time.Since(began) != 0 {
			t.Errorf("without database: %s after %s", last, time.Since(began))
		}
	})
}

// TestFlood has unknown senders flood the daemon. Hardly any trap may get to the
// database, also if each comes from another address.
func TestFlood(t *testing.T) {
	dbtest.FakeTime(t)
	t.Parallel()
	const senders = 10_000
	w := newWorld(t)
	w.setUp(base)
	m := &memory{world: w}
	counted := &counting{Store: w.store}
	w.store = counted
	d := w.daemon(snmptrap.Options{View: m.view})
	w.store = counted.Store
	m.load()
	synctest.Test(t, func(t *testing.T) {
		for i := range senders {
			d.Handle(t.Context(), parseTrap(t, fmt.Sprintf("192.0.%d.%d: learnt 1 442 02:00:00:00:00:01", i/250, i%250)))
		}
	})
	if n := counted.updates.Load(); n == 0 || n > 50 {
		t.Errorf("%d transactions for %d traps of a moment", n, senders)
	}
	if s := d.Stats(); s.Dropped[snmptrap.UnknownSwitch] != senders {
		t.Errorf("%+v", s)
	}
}

// counting is a store that counts its transactions, and fails with err if it has one.
type counting struct {
	clusto.Store
	updates atomic.Int64
	err     error
}

func (c *counting) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	c.updates.Add(1)
	if c.err != nil {
		return 0, c.err
	}
	return c.Store.Update(ctx, change, fn)
}

// prying is a rack factory that goes on after it could not write.
type prying struct {
	rackfactory.Factory
	note func(context.Context, *clusto.Object) error
}

func (p prying) NICFor(ctx context.Context, sw *clusto.Object, switchPort int) (rackfactory.NIC, error) {
	_ = p.note(ctx, sw)
	return rackfactory.NIC{Type: port.Ethernet, Number: 1}, nil
}

// prySource has only prying rack factories.
type prySource struct {
	rackfactory.Source
	note func(context.Context, *clusto.Object) error
}

func (s prySource) Factory(ctx context.Context, rack *clusto.Object, layout string) (rackfactory.Factory, error) {
	f, err := s.Source.Factory(ctx, rack, layout)
	return prying{f, s.note}, err
}

// TestWhatEndsALook has a rack factory do what cannot be done in memory, and
// hide that it could not: the trap goes to the database all the same.
func TestWhatEndsALook(t *testing.T) {
	t.Parallel()
	in := func(do func(context.Context, clusto.Tx, *clusto.Object) error) func(context.Context, *clusto.Object) error {
		return func(ctx context.Context, o *clusto.Object) error {
			tx, err := o.Inventory().Tx()
			if err != nil {
				return err
			}
			return do(ctx, tx, o)
		}
	}
	tests := []struct {
		name string
		note func(context.Context, *clusto.Object) error
	}{
		{"nothing", func(context.Context, *clusto.Object) error { return nil }},
		{"write", func(ctx context.Context, o *clusto.Object) error {
			return o.AddAttr(ctx, clusto.Attr{Key: "seen", Value: clusto.Int(1)})
		}},
		{"nested write", in(func(ctx context.Context, tx clusto.Tx, o *clusto.Object) error {
			return tx.Nest(ctx, func(tx clusto.Tx) error { return tx.SetCounter(ctx, o.ID, "seen", 1) })
		})},
		{"counter", in(func(ctx context.Context, tx clusto.Tx, o *clusto.Object) error {
			_, _, err := tx.Counter(ctx, o.ID, "seen")
			return err
		})},
		{"history", in(func(ctx context.Context, tx clusto.Tx, o *clusto.Object) error {
			_, err := clusto.Collect(tx.Lives(ctx, clusto.LifeMatch{IDs: []clusto.EntityID{o.ID}}))
			return err
		})},
		{"time", in(func(ctx context.Context, tx clusto.Tx, _ *clusto.Object) error { _, err := tx.Now(ctx); return err })},
		{"outside", in(func(_ context.Context, tx clusto.Tx, _ *clusto.Object) error { return tx.ActOutside("send mail") })},
		{"after the commit", in(func(_ context.Context, tx clusto.Tx, _ *clusto.Object) error {
			tx.OnCommit(func(context.Context) error { return nil })
			return nil
		})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.setUp(base)
			m := &memory{world: w}
			d, err := snmptrap.New(snmptrap.Options{
				Store: w.store, Drivers: w.drivers, Factories: prySource{w.layouts, tt.note},
				Listen: snmp.Options{Addr: "127.0.0.1:0"}, View: m.view,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			trap := parseTrap(t, "127.0.0.11: learnt 1 442 02:00:00:00:00:01")
			d.Handle(t.Context(), trap)
			m.load()
			d.Handle(t.Context(), trap)
			want := uint64(0)
			if tt.name == "nothing" {
				want = 1
			}
			if s := d.Stats(); s.Traps != 2 || s.InMemory != want {
				t.Errorf("%d traps were decided in memory, want %d: %+v", s.InMemory, want, s)
			}
		})
	}
}

// BenchmarkUnchanged measures a trap that changes nothing, from its Trap on:
// repeated in the same state; the first of its MAC address, when 1,200 others came
// in the state; and the first of all in a state.
func BenchmarkUnchanged(b *testing.B) {
	const racks, servers = 40, 30
	w := newWorld(b)
	w.setUp(burstRacks(racks))
	m := &memory{world: w}
	d := w.daemon(snmptrap.Options{View: m.view})
	var traps []snmp.Trap
	for i := range racks * servers {
		traps = append(traps, parseTrap(b, fmt.Sprintf("%s: learnt %d 442 %s", burstSwitch(i%racks), 1+i/racks, mac(i))))
		d.Handle(b.Context(), traps[i])
	}
	m.load()
	one := m.state
	m.load()
	states := []clusto.Reader{one, m.state}
	for _, bb := range []struct {
		name  string
		state func(n int) int // for the nth trap
	}{
		{"repeated", func(int) int { return 0 }},
		{"first-of-mac", func(n int) int { return n / len(traps) % 2 }},
		{"first-of-all", func(n int) int { return n % 2 }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			before := d.Stats()
			n := 0
			for b.Loop() {
				m.state = states[bb.state(n)]
				d.Handle(b.Context(), traps[n%len(traps)])
				n++
			}
			if s := d.Stats(); s.InMemory != before.InMemory+uint64(n) {
				b.Fatalf("%d of %d traps were decided in memory", s.InMemory-before.InMemory, n)
			}
		})
	}
}
