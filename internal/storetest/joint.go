package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/clusto/clusto"
)

// testJoint has many make small changes at once that may be committed together.
// Each takes a number from a counter, so that one which is lost or counted
// twice shows.
func testJoint(t *testing.T, s clusto.Store) {
	const callers, each = 16, 12
	ctx := t.Context()
	var mu sync.Mutex
	made := map[string]clusto.Version{}
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for i := range each {
				name, v, err := jointStep(ctx, s, caller, i)
				switch {
				case i%4 == 1: // gives up after having written
					if !errors.Is(err, errWanted) || v != 0 {
						t.Errorf("a change that fails: version %d, %v", v, err)
					}
				case err != nil || v == 0:
					t.Errorf("caller %d: version %d, %v", caller, v, err)
				default:
					mu.Lock()
					made[name] = v
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	const good = callers * each * 3 / 4
	wantSame(t, "names made", len(made), good)
	seen := map[clusto.Version]bool{}
	for name, v := range made {
		if seen[v] {
			t.Errorf("version %d was given to two changes", v)
		}
		seen[v] = true
		view(t, s, v, func(r clusto.Reader) error {
			e, err := r.Entity(ctx, name)
			if err != nil || e.Version != v {
				t.Errorf("%s at its version %d: %+v, %v", name, v, e, err)
			}
			attrs := attrsOf(t, r, clusto.AttrMatch{Entities: []clusto.EntityID{e.ID}})
			wantSame(t, "attributes of "+name, len(attrs), 2)
			return nil
		})
		view(t, s, v-1, func(r clusto.Reader) error {
			if _, err := r.Entity(ctx, name); !errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("%s before its version %d: %v, want ErrNotFound", name, v, err)
			}
			return nil
		})
	}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		n, _, err := r.Counter(ctx, 1, "joint")
		if n != good || err != nil {
			t.Errorf("counter: %d, %v, want %d", n, err, good)
		}
		wantSame(t, "left by changes that failed", find(t, r, clusto.Match{Types: []string{"failed"}}), []string{})
		return nil
	})
}

// jointStep makes one small change, or fails one.
func jointStep(ctx context.Context, s clusto.Store, caller, i int) (name string, v clusto.Version, err error) {
	change := clusto.Change{User: fmt.Sprint("caller", caller), Joint: i%3 != 0}
	v, err = s.Update(ctx, change, func(tx clusto.Tx) error {
		n, _, err := tx.Counter(ctx, 1, "joint")
		if err != nil {
			return err
		}
		if i%4 == 1 {
			_, err := tx.Create(ctx, fmt.Sprint("failed", n), "failed", "basicserver")
			return errors.Join(err, tx.SetCounter(ctx, 1, "joint", n+100), errWanted)
		}
		name = fmt.Sprint("joint", n)
		e, err := tx.Create(ctx, name, "server", "basicserver")
		if err != nil {
			return err
		}
		attr := clusto.Attr{Entity: e.ID, Key: "a", Value: clusto.Int(n)}
		_ = tx.Nest(ctx, func(tx clusto.Tx) error { return errors.Join(tx.AddAttrs(ctx, attr), errWanted) })
		if err := tx.Nest(ctx, func(tx clusto.Tx) error { return tx.AddAttrs(ctx, attr, attr) }); err != nil {
			return err
		}
		return tx.SetCounter(ctx, 1, "joint", n+1)
	})
	return name, v, err
}

// testJointPanic has one of those that are committed together panic.
func testJointPanic(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	change := clusto.Change{Joint: true}
	entered, others := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() { // it leads, and waits until the others are there
		_, err := s.Update(ctx, change, func(tx clusto.Tx) error {
			close(entered)
			<-others
			_, err := tx.Create(ctx, "leader", "server", "basicserver")
			return err
		})
		if err != nil {
			t.Errorf("leader: %v", err)
		}
	})
	<-entered
	for i := range 4 {
		wg.Go(func() {
			defer func() {
				if p := recover(); (p != nil) != (i%2 == 0) {
					t.Errorf("member %d: recovered %v", i, p)
				}
			}()
			_, err := s.Update(ctx, change, func(tx clusto.Tx) error {
				_, err := tx.Create(ctx, fmt.Sprint("member", i), "server", "basicserver")
				if i%2 == 0 {
					panic("wanted")
				}
				return err
			})
			if err != nil {
				t.Errorf("member %d: %v", i, err)
			}
		})
	}
	// One that goes away while it waits changes nothing.
	gone, cancel := context.WithCancelCause(ctx)
	cancel(errWanted)
	if _, err := s.Update(gone, change, func(tx clusto.Tx) error { t.Error("ran"); return nil }); !errors.Is(err, errWanted) {
		t.Errorf("a change whose caller has gone: %v", err)
	}
	close(others)
	wg.Wait()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		got := find(t, r, clusto.Match{Types: []string{"server"}})
		wantSame(t, "made", len(got), 3)
		for _, name := range []string{"leader", "member1", "member3"} {
			id(t, r, name)
		}
		return nil
	})
}
