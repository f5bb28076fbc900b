package storetest

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
)

// testFreed keeps notes of what was given back: one for each address, in the
// order of time or of addresses, and none when the manager is gone.
func testFreed(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var a, b clusto.EntityID
	note := func(manager clusto.EntityID, addr string, after time.Duration) clusto.Freed {
		return clusto.Freed{Manager: manager, Addr: netip.MustParseAddr(addr), At: noon.Add(after)}
	}
	check := func(tx clusto.Tx, m clusto.FreedMatch, want ...clusto.Freed) {
		t.Helper()
		got, err := tx.Freed(ctx, m)
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("Freed(%+v): %v, -want +got\n%s", m, err, diff)
		}
	}
	update(t, s, func(tx clusto.Tx) error {
		a, b = create(t, tx, "a", "resourcemanager", "ipmanager"), create(t, tx, "b", "resourcemanager", "ipmanager")
		return tx.KeepFreed(ctx, note(a, "10.0.0.9", 0), note(a, "10.0.0.1", time.Second), note(b, "10.0.0.5", 0), note(a, "2001:db8::1", -time.Hour), note(a, "10.0.0.3", time.Second))
	})
	version, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		check(tx, clusto.FreedMatch{Manager: a}, note(a, "2001:db8::1", -time.Hour), note(a, "10.0.0.9", 0), note(a, "10.0.0.1", time.Second), note(a, "10.0.0.3", time.Second))
		check(tx, clusto.FreedMatch{Manager: a, Lowest: true, Limit: 2}, note(a, "10.0.0.1", time.Second), note(a, "10.0.0.3", time.Second))
		check(tx, clusto.FreedMatch{Manager: a, Before: noon.Add(time.Second)}, note(a, "2001:db8::1", -time.Hour), note(a, "10.0.0.9", 0))
		check(tx, clusto.FreedMatch{Manager: a, First: netip.MustParseAddr("10.0.0.2"), Last: netip.MustParseAddr("10.0.0.9"), Limit: 9},
			note(a, "10.0.0.9", 0), note(a, "10.0.0.3", time.Second))
		if err := tx.KeepFreed(ctx, note(a, "10.0.0.1", time.Hour)); err != nil {
			return err
		}
		if err := tx.ForgetFreed(ctx, a, netip.MustParseAddr("10.0.0.9"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("10.0.0.5")); err != nil {
			return err
		}
		if _, known, err := tx.FreedUpTo(ctx, a); err != nil || known {
			t.Errorf("FreedUpTo of a new manager: %v, %v", known, err)
		}
		if err := tx.SetFreedUpTo(ctx, a, 1); err != nil {
			return err
		}
		return tx.SetFreedUpTo(ctx, a, 2)
	})
	if version != 0 || err != nil {
		t.Errorf("notes alone made version %d, %v, want none", version, err)
	}
	update(t, s, func(tx clusto.Tx) error {
		check(tx, clusto.FreedMatch{Manager: a}, note(a, "10.0.0.3", time.Second), note(a, "10.0.0.1", time.Hour))
		check(tx, clusto.FreedMatch{Manager: b}, note(b, "10.0.0.5", 0))
		if upTo, known, err := tx.FreedUpTo(ctx, a); err != nil || !known || upTo != 2 {
			t.Errorf("FreedUpTo: %d, %v, %v; want 2", upTo, known, err)
		}
		return tx.Delete(ctx, a)
	})
	update(t, s, func(tx clusto.Tx) error {
		check(tx, clusto.FreedMatch{Manager: a})
		check(tx, clusto.FreedMatch{Manager: b}, note(b, "10.0.0.5", 0))
		if _, known, err := tx.FreedUpTo(ctx, a); err != nil || known {
			t.Errorf("FreedUpTo of a deleted manager: %v, %v", known, err)
		}
		return nil
	})
}

// testLowestFreeRanges has hints in another order than they were made in.
func testLowestFreeRanges(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	update(t, s, func(tx clusto.Tx) error {
		m := create(t, tx, "a", "resourcemanager", "ipmanager")
		for _, first := range []string{"10.0.0.9", "10.0.0.1", "10.0.0.5"} {
			addr := netip.MustParseAddr(first)
			if err := tx.AddFreeRanges(ctx, clusto.FreeRange{Manager: m, First: addr, Last: addr.Next()}); err != nil {
				return err
			}
		}
		hints, err := tx.LowestFreeRanges(ctx, m, 2)
		if err != nil || len(hints) != 2 || hints[0].First.String() != "10.0.0.1" || hints[1].First.String() != "10.0.0.5" {
			t.Errorf("LowestFreeRanges: %+v, %v", hints, err)
		}
		return nil
	})
}

// testNow asks for the time of a version before it is made.
func testNow(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	var now time.Time
	version := update(t, s, func(tx clusto.Tx) (err error) {
		if now, err = tx.Now(ctx); err != nil {
			return err
		}
		create(t, tx, "a", "server", "basicserver")
		again, err := tx.Now(ctx)
		if !again.Equal(now) {
			t.Errorf("Now: %s, then %s", now, again)
		}
		return err
	})
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		info, ok, err := clusto.First(r.Versions(ctx, version-1))
		if !ok || !info.Time.Equal(now) {
			t.Errorf("version %d was made at %s, Now was %s", version, info.Time, now)
		}
		return err
	})
	if v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error { _, err := tx.Now(ctx); return err }); v != 0 || err != nil {
		t.Errorf("asking the time made version %d, %v", v, err)
	}
}
