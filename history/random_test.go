package history_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/port"
)

// stir does something at random; what the rules refuse does not count.
func (h hands) stir(rnd *rand.Rand) {
	h.t.Helper()
	entities, err := clusto.Collect(h.inv.Find(h.ctx, clusto.Match{}))
	h.check(err)
	entities = slices.DeleteFunc(entities, func(e clusto.Entity) bool { return e.Name == clusto.MetaEntity })
	pick := func(types ...string) *clusto.Object {
		some := slices.DeleteFunc(slices.Clone(entities), func(e clusto.Entity) bool { return !slices.Contains(types, e.Type) })
		if len(some) == 0 {
			return h.make("basicserver", fmt.Sprintf("new%d", rnd.IntN(1e9)), nil)
		}
		return h.inv.Wrap(some[rnd.IntN(len(some))])
	}
	server, name := pick("server"), fmt.Sprintf("n%d", rnd.IntN(30))
	_ = h.tx.Nest(h.ctx, func(tx clusto.Tx) error {
		in := hands{h.world, h.ctx, clusto.NewInventory(tx, h.inv.Drivers()), tx}
		at := func(o *clusto.Object) *clusto.Object { return in.inv.Wrap(o.Entity) }
		switch rnd.IntN(12) {
		case 0, 1:
			d, _ := in.inv.Drivers().Driver([]string{"basicserver", "pool", "basicrack", "basicnetworkswitch"}[rnd.IntN(4)])
			_, err := in.inv.Create(in.ctx, d, name, nil)
			return err
		case 2:
			return at(pick("server", "rack", "pool", "networkswitch")).Delete(in.ctx)
		case 3:
			_, err := at(server).Rename(in.ctx, name)
			return err
		case 4, 5:
			return at(server).SetAttr(in.ctx, clusto.Attr{Key: []string{"a", "b"}[rnd.IntN(2)], Value: clusto.Int(rnd.Int64N(3))})
		case 6:
			_, err := at(server).DelAttrs(in.ctx, clusto.AttrMatch{Key: clusto.Is("a")})
			return err
		case 7:
			_, err := at(pick("pool")).Call(in.ctx, []string{"insert", "remove"}[rnd.IntN(2)], at(server))
			return err
		case 8:
			_, err := at(pick("rack")).Call(in.ctx, "insert", at(server), []any{1 + rnd.Int64N(4)})
			return err
		case 9:
			_, err := at(pick("rack")).Call(in.ctx, "remove", at(server))
			return err
		case 10:
			a, err := port.Of(at(server), port.Ethernet, 1)
			if err != nil || rnd.IntN(3) == 0 {
				return port.Disconnect(in.ctx, a)
			}
			b, err := port.Of(at(pick("networkswitch")), port.Ethernet, 1+rnd.IntN(4))
			if err != nil {
				return err
			}
			return port.Connect(in.ctx, a, b)
		default:
			net, err := in.inv.Object(in.ctx, "net1")
			if err != nil {
				return err
			}
			_, err = net.Call(in.ctx, []string{"allocate", "deallocate"}[rnd.IntN(2)], at(server))
			return err
		}
	})
}

// TestRandom undoes the newest versions together: everything must be as it was
// before them, whatever they did. The difference must say the same.
func TestRandom(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 1))
			w := newWorld(t)
			w.furnish()
			versions := []clusto.Version{}
			for i := range 60 {
				if i%10 != 9 {
					versions = append(versions, w.do("stir", func(h hands) {
						h.set("net1", "stirred", i)
						for range 1 + rnd.IntN(4) {
							h.stir(rnd)
						}
					}))
					continue
				}
				last := versions[max(0, len(versions)-1-rnd.IntN(15)):]
				before := last[0] - 1
				_, err := w.revert(last...)
				w.check(err)
				if d := cmp.Diff(w.snapshot(before), w.snapshot(clusto.Live)); d != "" {
					t.Fatalf("after reverting %v, not as before:\n%s", last, d)
				}
				w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
					d, err := history.Between(ctx, h, before, clusto.Live, nil)
					w.check(err)
					if !d.Empty() {
						t.Fatalf("after reverting %v there is a difference:\n%s", last, diffText(t, d))
					}
					newest, err := h.Version(ctx)
					w.check(err)
					versions = append(versions, newest)
				})
			}
		})
	}
}

// sound checks that no unit, port or address is taken twice, that cables have
// two ends, that devices are in one rack, and that nothing contains itself.
func (w *world) sound(what string) {
	w.t.Helper()
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		attrs, err := clusto.Collect(h.Attrs(ctx, clusto.AttrMatch{}))
		w.check(err)
		taken := map[string]clusto.Attr{}
		claim := func(a clusto.Attr, format string, args ...any) {
			place := fmt.Sprintf(format, args...)
			if b, ok := taken[place]; ok {
				w.t.Fatalf("%s: %s is taken twice: %v, %v", what, place, a, b)
			}
			taken[place] = a
		}
		racks := map[clusto.EntityID]clusto.EntityID{}
		for _, a := range attrs {
			switch {
			case a.Key == clusto.KeyContains && a.Subkey == clusto.Sub("ru"):
				claim(a, "unit %d of %d", a.Number.Or(0), a.Entity)
				if rack, ok := racks[a.Value.Relation()]; ok && rack != a.Entity {
					w.t.Fatalf("%s: %d is in the racks %d and %d", what, a.Value.Relation(), rack, a.Entity)
				}
				racks[a.Value.Relation()] = a.Entity
			case a.Key == clusto.KeyContains:
				claim(a, "%d in %d", a.Value.Relation(), a.Entity)
			case a.Key == "ip" && a.Subkey == clusto.Subkey{}:
				claim(a, "address %s", a.Value.Text())
			case a.Key == "port-nic-eth":
				claim(a, "%s at %d of %d", a.Subkey.Or(""), a.Number.Or(0), a.Entity)
			}
		}
		for _, a := range attrs {
			if a.Key != "port-nic-eth" || a.Subkey != clusto.Sub(port.SubkeyConnection) {
				continue
			}
			other, hasOther := taken[fmt.Sprintf("otherportnum at %d of %d", a.Number.Or(0), a.Entity)]
			back, hasBack := taken[fmt.Sprintf("connection at %d of %d", other.Value.Int64(), a.Value.Relation())]
			if !hasOther || !hasBack || back.Value.Relation() != a.Entity {
				w.t.Fatalf("%s: half a cable: %v, %v, %v", what, a, other, back)
			}
		}
	})
}

// TestRandomUndo undoes any version, and brings back anything. Whether that is
// refused or done, everything must be sound afterwards, and a plan says what
// comes of it.
func TestRandomUndo(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			newWorld(t).undoAtRandom(rand.New(rand.NewPCG(seed, 2)))
		})
	}
}

// undoAtRandom is one run of TestRandomUndo.
func (w *world) undoAtRandom(rnd *rand.Rand) {
	first := w.furnish()
	done := 0
	for i := range 60 {
		newest := w.do("stir", func(h hands) {
			h.set("net1", fmt.Sprintf("stirred%d", i), 1)
			for range 1 + rnd.IntN(4) {
				h.stir(rnd)
			}
		})
		before := w.snapshot(clusto.Live)
		var diff string
		var err error
		if rnd.IntN(2) == 0 {
			diff, err = w.revert(first + 1 + clusto.Version(rnd.Int64N(int64(newest-first))))
		} else {
			diff, _, err = w.undelete(history.Undeletion{Name: fmt.Sprintf("n%d", rnd.IntN(30))})
		}
		if err != nil {
			if clusto.KindOf(err) == nil {
				w.t.Fatal(err)
			}
			if d := cmp.Diff(before, w.snapshot(clusto.Live)); d != "" {
				w.t.Fatalf("refused with %v, it changed:\n%s", err, d)
			}
			continue
		}
		done++
		w.sound(diff)
		w.wasDone(diff, newest)
		if w.t.Failed() {
			return
		}
	}
	if done < 5 {
		w.t.Errorf("only %d of 60 were done", done)
	}
}

// wasDone checks that a version after newest did what a plan said, or none if
// that was nothing.
func (w *world) wasDone(plan string, newest clusto.Version) {
	w.t.Helper()
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		now, err := h.Version(ctx)
		w.check(err)
		if now == newest {
			same(w.t, "nothing was done", "", plan)
			return
		}
		shown, err := history.Show(ctx, h, now)
		w.check(err)
		same(w.t, "plan and deed", diffText(w.t, shown.Diff), plan)
	})
}
