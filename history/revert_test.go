package history_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/port"
)

// furnish makes what the tests of reverting begin with.
func (w *world) furnish() clusto.Version {
	w.t.Helper()
	return w.do("furnish", func(h hands) {
		for _, name := range []string{"rk1", "rk2"} {
			h.make("basicrack", name, nil)
		}
		h.make("basicnetworkswitch", "sw1", nil)
		h.make("pool", "pool1", nil)
		h.make("pool", "pool2", nil)
		for _, name := range []string{"web1", "web2", "web3"} {
			h.make("basicserver", name, nil)
			h.set(name, "memory", 8)
		}
		h.make("ipmanager", "net1", map[string]clusto.Value{
			"baseip": clusto.String("10.0.0.0"), "netmask": clusto.String("255.255.255.0"),
		})
		h.make("simplenummanager", "vlans", nil)
		h.call("rk1", "insert", "@web1", []any{int64(7), int64(8)})
		h.cable("web1", 1, "sw1", 12)
		h.call("net1", "allocate", "@web1", "10.0.0.5")
		h.call("pool1", "insert", "@web1")
		h.call("vlans", "allocate", "@web1")
	})
}

// revert reverts versions, and returns what it changed.
func (w *world) revert(versions ...clusto.Version) (string, error) {
	w.t.Helper()
	var plan *history.Plan
	_, err := w.store.Update(w.t.Context(), clusto.Change{User: "bob"}, func(tx clusto.Tx) (err error) {
		plan, err = history.Revert(w.t.Context(), tx, versions...)
		return err
	})
	if err != nil {
		return "", err
	}
	return diffText(w.t, plan.Diff), nil
}

// TestRevert undoes a version at once: all must be as it was before.
func TestRevert(t *testing.T) {
	for name, change := range map[string]func(h hands){
		"attributes":    func(h hands) { h.set("web1", "memory", 16); h.set("web2", "new", "x"); h.unset("web3", "memory") },
		"rename":        func(h hands) { h.rename("web1", "www1"); h.rename("web2", "web1") },
		"swapped names": func(h hands) { h.rename("web1", "x"); h.rename("web2", "web1"); h.rename("x", "web2") },
		"ring of names": func(h hands) {
			h.rename("web1", "x")
			h.rename("web2", "web1")
			h.rename("web3", "web2")
			h.rename("x", "web3")
		},
		"driver": func(h hands) {
			d, _ := h.inv.Drivers().Driver("basicvirtualserver")
			_, err := h.get("web1").ChangeDriver(h.ctx, d)
			h.check(err)
		},
		"moved": func(h hands) {
			h.call("rk1", "remove", "@web1")
			h.call("rk2", "insert", "@web1", []any{int64(1), int64(2)})
		},
		"moved within a rack": func(h hands) {
			h.call("rk1", "remove", "@web1")
			h.call("rk1", "insert", "@web1", []any{int64(8), int64(9)})
		},
		"pools":     func(h hands) { h.call("pool1", "remove", "@web1"); h.call("pool2", "insert", "@web1") },
		"unplugged": func(h hands) { h.check(port.Disconnect(h.ctx, h.end("web1", port.Ethernet, 1))) },
		"recabled": func(h hands) {
			h.check(port.Disconnect(h.ctx, h.end("web1", port.Ethernet, 1)))
			h.cable("web1", 1, "sw1", 13)
			h.cable("web2", 1, "sw1", 12)
		},
		"address given away": func(h hands) {
			h.call("net1", "deallocate", "@web1", "10.0.0.5")
			h.call("net1", "allocate", "@web2", "10.0.0.5")
		},
		"made with all": func(h hands) {
			h.make("basicserver", "web9", nil)
			h.call("rk1", "insert", "@web9", []any{int64(1)})
			h.cable("web9", 1, "sw1", 1)
			h.call("net1", "allocate", "@web9")
			h.set("web1", "friend", h.get("web9").ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.furnish()
			v := w.do(name, change)
			diff, err := w.revert(v)
			w.check(err)
			if d := cmp.Diff(w.snapshot(before), w.snapshot(clusto.Live)); d != "" {
				t.Errorf("not as before:\n%s", d)
			}
			w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
				d, err := history.Between(ctx, h, v, before, nil)
				w.check(err)
				same(t, "the difference", diffText(t, d), diff)
			})
			if diff, err := w.revert(v); diff != "" || err != nil {
				t.Errorf("a second time: got %q, %v, want nothing to do", diff, err)
			}
		})
	}
}

// TestRevertSeveral undoes versions together, between which others stay.
func TestRevertSeveral(t *testing.T) {
	w := newWorld(t)
	w.furnish()
	a := w.do("a", func(h hands) { h.set("web1", "memory", 16); h.make("basicserver", "web9", nil) })
	w.do("between", func(h hands) { h.set("web2", "memory", 16) })
	c := w.do("c", func(h hands) {
		h.set("web1", "memory", 32)
		h.set("web9", "memory", 1)
		h.call("pool2", "insert", "@web9")
	})
	_, err := w.revert(a)
	wantConflicts(t, err, "web1, memory: web1 memory is 32 since version 6",
		"web9, memory: it was made in version 6", "web9: pool2 _contains#0 refers to it since version 6")
	diff, err := w.revert(a, c)
	w.check(err)
	same(t, "revert", `
~ pool2
    - _contains#0 = web9
~ web1
    ~ memory: 32 -> 8
- web9 (server, basicserver)
    - memory = 1
`, diff)
}

// TestRevertBesideHalf puts what has half the width back beside another of its driver
// that came since.
func TestRevertBesideHalf(t *testing.T) {
	w := newWorld(t)
	w.furnish()
	w.do("right", func(h hands) { h.place("rk1", "web2", clusto.SubkeyUnitRight, 3) })
	gone := w.do("gone", func(h hands) { h.call("rk1", "remove", "@web2") })
	w.do("left", func(h hands) { h.place("rk1", "web3", clusto.SubkeyUnit, 3) })
	if _, err := w.revert(gone); err != nil {
		t.Error(err)
	}
	other := w.do("other", func(h hands) { h.call("rk1", "remove", "@web3") })
	w.do("full", func(h hands) { h.place("rk1", "sw1", clusto.SubkeyUnit, 4) })
	if _, err := w.revert(other); err != nil {
		t.Error(err)
	}
}

// wantConflicts checks that err has exactly these conflicts.
func wantConflicts(t *testing.T, err error, want ...string) {
	t.Helper()
	conflict, ok := errors.AsType[*history.ConflictError](err)
	if !ok || !errors.Is(err, clusto.ErrConflict) {
		t.Fatalf("got %v, want a conflict", err)
	}
	var got []string
	for _, c := range conflict.Conflicts {
		got = append(got, c.String())
	}
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
}

func TestRevertConflicts(t *testing.T) {
	for _, row := range []struct {
		name         string
		change, then func(h hands)
		want         []string
	}{
		{
			name:   "attributes changed, removed and made since",
			change: func(h hands) { h.set("web1", "memory", 16); h.set("web2", "memory", 16); h.unset("web3", "memory") },
			then:   func(h hands) { h.set("web1", "memory", 32); h.unset("web2", "memory"); h.set("web3", "memory", 9) },
			want: []string{
				"web1, memory: web1 memory is 32 since version 5",
				"web2, memory: memory was removed since",
				"web3, memory: web3 memory is 9 since version 5",
			},
		},
		{
			name:   "deleted since",
			change: func(h hands) { h.set("web1", "memory", 16) },
			then:   func(h hands) { h.delete("web1") },
			want:   []string{"web1, memory: web1 was deleted in version 5"},
		},
		{
			name:   "what it referred to was deleted since",
			change: func(h hands) { h.call("rk1", "remove", "@web1") },
			then:   func(h hands) { h.delete("rk1") },
			want:   []string{"web1, place in rk1, unit 7, 8: rk1 was deleted in version 5"},
		},
		{
			name:   "name taken and renamed since",
			change: func(h hands) { h.rename("web1", "www1"); h.rename("web2", "www2") },
			then:   func(h hands) { h.make("basicserver", "web1", nil); h.rename("www2", "w2") },
			want:   []string{"w2: it was renamed from www2 since", "www1: the name web1 was taken in version 5"},
		},
		{
			name:   "what may take the full width, of a unit in whose right half something is since",
			change: func(h hands) { h.call("rk1", "remove", "@web1") },
			then:   func(h hands) { h.place("rk1", "sw1", clusto.SubkeyUnitRight, 8) },
			want:   []string{"web1, place in rk1, unit 7, 8: unit 8 of rk1 holds sw1 since version 5"},
		},
		{
			name:   "units",
			change: func(h hands) { h.call("rk1", "remove", "@web1") },
			then:   func(h hands) { h.call("rk1", "insert", "@web2", []any{int64(8)}) },
			want:   []string{"web1, place in rk1, unit 7, 8: unit 8 of rk1 holds web2 since version 5"},
		},
		{
			name:   "in another rack",
			change: func(h hands) { h.call("rk1", "remove", "@web1") },
			then:   func(h hands) { h.call("rk2", "insert", "@web1", []any{int64(1)}) },
			want:   []string{"web1, place in rk1, unit 7, 8: web1 is in rk2 since version 5"},
		},
		{
			name:   "port",
			change: func(h hands) { h.check(port.Disconnect(h.ctx, h.end("web1", port.Ethernet, 1))) },
			then:   func(h hands) { h.cable("web2", 1, "sw1", 12); h.cable("web1", 1, "sw1", 13) },
			want: []string{"sw1, cable at nic-eth/12: sw1 nic-eth/12 is connected to web2 since version 5; " +
				"web1 nic-eth/1 is connected to sw1 since version 5"},
		},
		{
			name:   "resources",
			change: func(h hands) { h.call("net1", "deallocate", "@web1"); h.call("vlans", "deallocate", "@web1", int64(0)) },
			then: func(h hands) {
				h.call("net1", "allocate", "@web2", "10.0.0.5")
				h.call("vlans", "allocate", "@web3", int64(0))
			},
			want: []string{"web1, ip 10.0.0.5: 10.0.0.5 belongs to web2 since version 5", "web1, simplenum 0: 0 belongs to web3 since version 5"},
		},
		{
			name:   "a ring of containers",
			change: func(h hands) { h.call("pool1", "insert", "@pool2"); h.call("pool1", "remove", "@web1") },
			then:   func(h hands) { h.call("pool1", "remove", "@pool2") },
			want:   nil,
		},
		{
			name:   "metadata",
			change: func(h hands) { h.set("web1", "password", "x"); h.set("web1", "password", "y") },
			then:   func(h hands) { h.set("web2", "memory", 1) },
			want:   nil,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.furnish()
			v := w.do("change", row.change)
			w.do("then", row.then)
			before := w.snapshot(clusto.Live)
			_, err := w.revert(v)
			if row.want == nil {
				w.check(err)
				return
			}
			wantConflicts(t, err, row.want...)
			if d := cmp.Diff(before, w.snapshot(clusto.Live)); d != "" {
				t.Errorf("a refused revert changed something:\n%s", d)
			}
		})
	}
}

// TestRevertRefusesRings: nothing may come to contain itself.
func TestRevertRefusesRings(t *testing.T) {
	w := newWorld(t)
	w.furnish()
	w.do("nest", func(h hands) { h.call("pool1", "insert", "@pool2") })
	v := w.do("take out", func(h hands) { h.call("pool1", "remove", "@pool2") })
	w.do("the other way round", func(h hands) { h.call("pool2", "insert", "@pool1") })
	_, err := w.revert(v)
	wantConflicts(t, err, "pool2, place in pool1: pool1 is inside it by now")
}

func TestRevertErrors(t *testing.T) {
	w := newWorld(t)
	last := w.furnish()
	if _, err := w.revert(last + 1); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	if _, err := w.revert(); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("got %v, want ErrInvalid", err)
	}
	_, err := w.revert(1, 2)
	if !errors.Is(err, clusto.ErrConflict) {
		t.Errorf("the database's own entity: got %v, want a conflict", err)
	}
}

// TestStatements: how many statements reading and planning takes does not depend
// on how much was changed.
func TestStatements(t *testing.T) {
	count := func(servers int) map[string]int {
		w := newWorld(t)
		w.furnish()
		v := w.do("many", func(h hands) {
			h.make("basicnetworkswitch", "sw9", nil)
			for i := range servers {
				name := fmt.Sprintf("srv%d", i)
				h.make("basicserver", name, nil)
				h.set(name, "memory", i)
				h.call("pool1", "insert", "@"+name)
				h.cable(name, 1, "sw9", i+1)
				h.call("net1", "allocate", "@"+name)
			}
		})
		gone := w.do("away", func(h hands) {
			for i := range servers {
				h.unset(fmt.Sprintf("srv%d", i), "memory")
				h.call("pool1", "remove", fmt.Sprintf("@srv%d", i))
				h.call("net1", "deallocate", fmt.Sprintf("@srv%d", i))
			}
		})
		w.do("delete", func(h hands) { h.delete("sw9"); h.delete("pool1") })
		n := map[string]int{}
		w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
			counted := func(what string, fn func() error) {
				w.statements = nil
				w.check(fn())
				n[what] = len(w.statements)
			}
			counted("show", func() error { _, err := history.Show(ctx, h, v); return err })
			counted("between", func() error { _, err := history.Between(ctx, h, v-1, gone, nil); return err })
			counted("log", func() error { _, err := history.Log(ctx, h, clusto.VersionMatch{}); return err })
			counted("blame", func() error {
				e, err := h.Entity(ctx, "net1")
				w.check(err)
				_, err = history.BlameOf(ctx, h, e)
				return err
			})
			counted("undelete", func() error { _, err := history.PlanUndelete(ctx, h, history.Undeletion{Name: "sw9"}); return err })
		})
		_, _, err := w.undelete(history.Undeletion{Name: "sw9"})
		w.check(err)
		_, _, err = w.undelete(history.Undeletion{Name: "pool1"})
		w.check(err)
		w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
			w.statements = nil
			_, err := history.PlanRevert(ctx, h, gone)
			w.check(err)
			n["revert"] = len(w.statements)
			w.statements = nil
			if _, err = history.PlanRevert(ctx, h, v, gone); !errors.Is(err, clusto.ErrConflict) {
				w.t.Errorf("reverting what was undeleted since: %v", err)
			}
			n["refused"] = len(w.statements)
		})
		return n
	}
	few, many := count(2), count(40)
	if diff := cmp.Diff(few, many); diff != "" {
		t.Errorf("statements for 2 servers and for 40:\n%s", diff)
	}
	t.Log(few)
}
