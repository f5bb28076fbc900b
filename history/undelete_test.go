package history_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// undelete brings something back, and returns what came back and what did not.
func (w *world) undelete(what history.Undeletion) (diff string, left []string, err error) {
	w.t.Helper()
	var plan *history.Plan
	_, err = w.store.Update(w.t.Context(), clusto.Change{User: "bob"}, func(tx clusto.Tx) (err error) {
		plan, err = history.Undelete(w.t.Context(), tx, what)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	for _, o := range plan.Left {
		left = append(left, o.String())
	}
	return diffText(w.t, plan.Diff), left, nil
}

// TestUndeleteWhole: what is deleted and brought back at once is as it was.
func TestUndeleteWhole(t *testing.T) {
	for _, name := range []string{"web1", "rk1", "sw1", "net1", "pool1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.furnish()
			v := w.do("delete", func(h hands) { h.delete(name) })
			_, left, err := w.undelete(history.Undeletion{Name: name})
			w.check(err)
			if left != nil {
				t.Errorf("left: %q", left)
			}
			if d := cmp.Diff(w.snapshot(before), w.snapshot(clusto.Live)); d != "" {
				t.Errorf("not as before:\n%s", d)
			}
			w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
				d, err := history.Between(ctx, h, before, clusto.Live, nil)
				w.check(err)
				same(t, "difference", "", diffText(t, d))
			})
			if _, err := w.revert(v); !errors.Is(err, clusto.ErrConflict) {
				t.Errorf("reverting what was undeleted: got %v, want a conflict", err)
			}
		})
	}
}

// TestRevertDeletion: the same by reverting the version that deleted.
func TestRevertDeletion(t *testing.T) {
	w := newWorld(t)
	before := w.furnish()
	v := w.do("delete", func(h hands) { h.delete("web1"); h.delete("rk1"); h.delete("sw1"); h.set("web2", "memory", 3) })
	_, err := w.revert(v)
	w.check(err)
	if d := cmp.Diff(w.snapshot(before), w.snapshot(clusto.Live)); d != "" {
		t.Errorf("not as before:\n%s", d)
	}
	back := w.do("", func(h hands) { h.set("web1", "memory", 9) }) - 1
	if _, err := w.revert(back); !errors.Is(err, clusto.ErrConflict) {
		t.Errorf("reverting the revert: got %v, want a conflict because of web1", err)
	}
}

// TestUndeletePart: what others have meanwhile stays theirs.
func TestUndeletePart(t *testing.T) {
	w := newWorld(t)
	before := w.furnish()
	w.do("more", func(h hands) {
		h.set("web1", "friend", h.get("web3").ID)
		h.set("web2", "buddy", h.get("web1").ID)
		h.cable("web1", 2, "sw1", 20)
	})
	w.do("delete", func(h hands) { h.delete("web1") })
	w.do("take", func(h hands) {
		h.call("rk1", "insert", "@web2", []any{int64(8)})
		h.cable("web2", 1, "sw1", 12)
		h.call("net1", "allocate", "@web2", "10.0.0.5")
		h.call("vlans", "allocate", "@web2", int64(0))
		h.set("web2", "buddy", "nobody")
		h.delete("web3")
	})
	diff, left, err := w.undelete(history.Undeletion{Name: "web1", As: "www1"})
	w.check(err)
	same(t, "came back", `
~ pool1
    + _contains#0 = www1
~ sw1
    + port-nic-eth.connection#20 = www1
    + port-nic-eth.otherportnum#20 = 2
+ www1 (server, basicserver)
    + memory = 8
    + port-nic-eth.connection#2 = sw1
    + port-nic-eth.otherportnum#2 = 20
`, diff)
	want := []string{
		"www1, place in rk1, unit 7, 8: unit 8 of rk1 holds web2 since version 6",
		"www1, cable at nic-eth/1: sw1 nic-eth/12 is connected to web2 since version 6",
		"web2, buddy: web2 buddy is nobody since version 6",
		"www1, friend: web3 was deleted in version 6",
		"www1, ip 10.0.0.5: 10.0.0.5 belongs to web2 since version 6",
		"www1, simplenum 0: 0 belongs to web2 since version 6",
	}
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		sw, err := h.Entity(ctx, "sw1")
		w.check(err)
		d, err := history.Between(ctx, h, before, clusto.Live, []clusto.EntityID{sw.ID})
		w.check(err)
		same(t, "difference of the switch", `
~ sw1
    ~ port-nic-eth.connection#12: web1 -> web2
    + port-nic-eth.connection#20 = www1
    + port-nic-eth.otherportnum#20 = 2
~ web2
    + port-nic-eth.connection#1 = sw1
~ www1, was called web1
    - port-nic-eth.connection#1 = sw1
    + port-nic-eth.connection#2 = sw1
`, diffText(t, d))
	})
	if d := cmp.Diff(want, left, sorted); d != "" {
		t.Errorf("left (-want +got):\n%s", d)
	}
}

// TestUndeleteFollows: what was brought back itself is found again.
func TestUndeleteFollows(t *testing.T) {
	w := newWorld(t)
	before := w.furnish()
	w.do("delete the rack too", func(h hands) { h.delete("web1") })
	w.do("", func(h hands) { h.delete("rk1") })
	w.do("", func(h hands) { h.delete("sw1") })
	for _, name := range []string{"sw1", "rk1", "web1"} {
		if _, left, err := w.undelete(history.Undeletion{Name: name}); err != nil || left != nil {
			t.Fatalf("%s: left %q, %v", name, left, err)
		}
	}
	if d := cmp.Diff(w.snapshot(before), w.snapshot(clusto.Live)); d != "" {
		t.Errorf("not as before:\n%s", d)
	}
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		lives, err := history.Find(ctx, h, "rk1")
		if err != nil || len(lives) != 2 || lives[1].SuccessorOf != lives[0].ID {
			t.Errorf("rk1 has the lives %+v, %v", lives, err)
		}
	})
}

// TestUndeleteManager: a resource is brought back whole or not at all.
func TestUndeleteManager(t *testing.T) {
	w := newWorld(t)
	before := w.furnish()
	w.do("delete both", func(h hands) { h.delete("web1"); h.delete("net1") })
	_, left, err := w.undelete(history.Undeletion{Name: "web1"})
	w.check(err)
	if d := cmp.Diff([]string{"web1, ip 10.0.0.5: net1 was deleted in version 4"}, left); d != "" {
		t.Errorf("left (-want +got):\n%s", d)
	}
	if _, left, err = w.undelete(history.Undeletion{Name: "net1"}); err != nil || left != nil {
		t.Fatalf("left %q, %v", left, err)
	}
	if d := cmp.Diff(w.snapshot(before), w.snapshot(clusto.Live)); d != "" {
		t.Errorf("not as before:\n%s", d)
	}

	deleted := w.do("delete", func(h hands) { h.delete("net1") })
	w.do("without address", func(h hands) { h.unset("web1", "ip") })
	_, err = w.revert(deleted)
	wantConflicts(t, err, "web1, ip.manager#0: ip#0 was removed since")
	_, left, err = w.undelete(history.Undeletion{Name: "net1"})
	w.check(err)
	if d := cmp.Diff([]string{"web1, ip.manager#0: ip#0 was removed since"}, left); d != "" {
		t.Errorf("left (-want +got):\n%s", d)
	}
}

// TestFindHeirs: what was brought back under another name belongs to the name
// that it had.
func TestFindHeirs(t *testing.T) {
	w := newWorld(t)
	before := w.furnish()
	w.do("rename", func(h hands) { h.rename("web1", "www1") })
	w.do("delete", func(h hands) { h.delete("www1") })
	_, _, err := w.undelete(history.Undeletion{Name: "www1", As: "www2"})
	w.check(err)
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		for _, name := range []string{"web1", "www1", "www2"} {
			lives, err := history.Find(ctx, h, name)
			w.check(err)
			d, err := history.Between(ctx, h, before, clusto.Live, history.IDs(lives))
			w.check(err)
			same(t, "difference of "+name, "~ www2, was called web1\n", diffText(t, d))
		}
	})
}

// TestUndeleteCounts: numbers that come back are not given out again.
func TestUndeleteCounts(t *testing.T) {
	w := newWorld(t)
	w.furnish()
	w.do("delete", func(h hands) { h.delete("pool1") })
	_, _, err := w.undelete(history.Undeletion{Name: "pool1"})
	w.check(err)
	w.do("insert", func(h hands) { h.call("pool1", "insert", "@web2") })
	want := []string{"pool pool", "_contains#0=web1", "_contains#1=web2"}
	if diff := cmp.Diff(want, w.snapshot(clusto.Live)["pool1"]); diff != "" {
		t.Error(diff)
	}
}

func TestUndeleteErrors(t *testing.T) {
	w := newWorld(t)
	w.furnish()
	first := w.do("delete", func(h hands) { h.delete("web1") })
	w.do("again", func(h hands) { h.make("basicserver", "web1", nil); h.set("web1", "memory", 2) })
	for _, row := range []struct {
		what history.Undeletion
		err  error
		hint string
	}{
		{what: history.Undeletion{Name: "web1"}, err: clusto.ErrExists, hint: "bring it back under another name: clusto undelete web1 --as NEWNAME"},
		{what: history.Undeletion{Name: "web1", As: "web2"}, err: clusto.ErrExists, hint: "bring it back under another name: clusto undelete web1 --as NEWNAME"},
		{what: history.Undeletion{Name: "web1", As: "a/b"}, err: clusto.ErrInvalid},
		{what: history.Undeletion{Name: "web2"}, err: clusto.ErrNotFound, hint: "clusto log shows what was, as far back as the history goes"},
		{what: history.Undeletion{Name: "web1", As: "w", Version: first - 1}, err: clusto.ErrNotFound},
	} {
		_, _, err := w.undelete(row.what)
		if !errors.Is(err, row.err) || clusto.Hint(err) != row.hint {
			t.Errorf("%+v: got %v (%s), want %v (%s)", row.what, err, clusto.Hint(err), row.err, row.hint)
		}
	}
	second := w.do("delete", func(h hands) { h.delete("web1") })
	diff, _, err := w.undelete(history.Undeletion{Name: "web1", As: "older", Version: first})
	if err != nil || diff == "" {
		t.Errorf("got %q, %v", diff, err)
	}
	if diff, _, err = w.undelete(history.Undeletion{Name: "web1"}); err != nil {
		t.Fatal(err)
	}
	same(t, "the newest", "+ web1 (server, basicserver)\n    + memory = 2\n", diff)
	w.do("delete", func(h hands) { h.rename("web1", "x") })
	if _, _, err := w.undelete(history.Undeletion{Name: "web1"}); !errors.Is(err, clusto.ErrExists) {
		t.Errorf("both of version %d and %d are back: got %v, want ErrExists", first, second, err)
	}
}

// TestUndeleteAtStalePort: classic left a port's otherportnum behind when the
// device at the other end was deleted; it does not count.
func TestUndeleteAtStalePort(t *testing.T) {
	w := newWorld(t)
	before := w.furnish()
	w.do("delete", func(h hands) { h.delete("web1") })
	w.do("stale", func(h hands) {
		h.check(h.get("sw1").AddAttr(h.ctx, clusto.Attr{
			Key: "port-nic-eth", Number: clusto.Num(12), Subkey: clusto.Sub(clusto.SubkeyOtherPort), Value: clusto.Int(2),
		}))
	})
	_, left, err := w.undelete(history.Undeletion{Name: "web1"})
	if err != nil || left != nil {
		t.Fatalf("left %q, %v", left, err)
	}
	if d := cmp.Diff(w.snapshot(before), w.snapshot(clusto.Live)); d != "" {
		t.Errorf("not as before:\n%s", d)
	}
}

// TestRedact: a redacted value does not come back as one.
func TestRedact(t *testing.T) {
	w := newWorld(t)
	w.furnish()
	w.do("secret", func(h hands) { h.set("web1", "password", "hunter2"); h.set("web1", "token.a", "t") })
	v := w.do("other", func(h hands) { h.set("web1", "password", "new"); h.unset("web1", "token") })
	var n int
	redacted := w.do("redact", func(h hands) {
		var err error
		n, err = history.Redact(h.ctx, h.tx, []clusto.EntityID{h.get("web1").ID}, "password", "")
		h.check(err)
		none, err := history.Redact(h.ctx, h.tx, []clusto.EntityID{h.get("web1").ID}, "token", "b")
		if none != 0 || err != nil {
			h.t.Errorf("got %d, %v, want none", none, err)
		}
	})
	if n != 1 {
		t.Errorf("redacted %d values, want 1", n)
	}
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		shown, err := history.Show(ctx, h, redacted)
		w.check(err)
		same(t, "show", "web1: 1 old value of password taken out of the history\n", diffText(t, shown.Diff))
		shown, err = history.Show(ctx, h, v)
		w.check(err)
		same(t, "show", "~ web1\n    ~ password: [redacted] -> new\n    - token.a = t\n", diffText(t, shown.Diff))
	})
	_, err := w.revert(v)
	wantConflicts(t, err, "web1, password: its value was redacted")
	_, err = w.revert(redacted)
	wantConflicts(t, err, "web1, password: a redaction cannot be undone")
}

func TestPrune(t *testing.T) {
	w := newWorld(t)
	w.furnish()
	v := w.do("change", func(h hands) { h.set("web1", "memory", 9) })
	dry, err := history.Prune(t.Context(), w.store, v, true)
	w.check(err)
	done, err := history.Prune(t.Context(), w.store, v, false)
	w.check(err)
	if dry != done || done.Attrs == 0 {
		t.Errorf("said %+v, did %+v", dry, done)
	}
	// Who made what is not known any more, and it is said that way.
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		e, err := h.Entity(ctx, "web1")
		w.check(err)
		_, err = history.BlameOf(ctx, h, e)
		w.check(err)
	})
}
