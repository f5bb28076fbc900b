package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/clusto/clusto"
)

var errWanted = errors.New("wanted")

// wantNames checks which entities there are besides clustometa.
func wantNames(t *testing.T, r clusto.Reader, want ...string) {
	t.Helper()
	wantSame(t, "entities", find(t, r, clusto.Match{}), append([]string{"clustometa"}, want...))
}

func testTransactions(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	nothing := map[string]func(tx clusto.Tx) error{
		"reads": func(tx clusto.Tx) error { wantNames(t, tx); return nil },
		"makes and deletes": func(tx clusto.Tx) error {
			a := create(t, tx, "a", "server", "basicserver")
			add(t, tx, clusto.Attr{Entity: a, Key: "x"})
			wantNames(t, tx, "a")
			return tx.Delete(ctx, a)
		},
		"adds and removes": func(tx clusto.Tx) error {
			add(t, tx, clusto.Attr{Entity: 1, Key: "x"}, clusto.Attr{Entity: 1, Key: "y"})
			n, err := tx.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("x")})
			wantSame(t, "attributes", len(attrsOf(t, tx, clusto.AttrMatch{})), 2)
			m, err2 := tx.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("y")})
			wantSame(t, "removed", n+m, 2)
			return errors.Join(err, err2)
		},
		"renames there and back": func(tx clusto.Tx) error {
			return errors.Join(tx.Rename(ctx, 1, "x"), tx.Rename(ctx, 1, "clustometa"), tx.Rename(ctx, 1, "clustometa"))
		},
		"the same driver": func(tx clusto.Tx) error { return tx.ChangeDriver(ctx, 1, "clustometa", "clustometa") },
		"removes nothing": func(tx clusto.Tx) error {
			_, err := tx.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("x")})
			return err
		},
		"only describes": func(tx clusto.Tx) error { tx.Describe("x"); return nil },
	}
	for name, fn := range nothing {
		if v, err := s.Update(ctx, clusto.Change{}, fn); v != 0 || err != nil {
			t.Errorf("a change that %s: version %d, %v, want none", name, v, err)
		}
	}
	fail := func(tx clusto.Tx) error {
		a := create(t, tx, "a", "server", "basicserver")
		add(t, tx, clusto.Attr{Entity: a, Key: "x"}, clusto.Attr{Entity: 1, Key: "x"})
		return errors.Join(tx.SetCounter(ctx, 1, "x", 1), tx.Rename(ctx, 1, "b"), errWanted)
	}
	if v, err := s.Update(ctx, clusto.Change{}, fail); v != 0 || !errors.Is(err, errWanted) {
		t.Errorf("failed change: %d, %v", v, err)
	}
	func() {
		defer func() {
			if p := recover(); p != "wanted" {
				t.Errorf("recovered %v, want the panic of the function", p)
			}
		}()
		_, _ = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
			create(t, tx, "a", "server", "basicserver")
			panic("wanted")
		})
	}()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		wantNames(t, r)
		wantSame(t, "attributes", len(attrsOf(t, r, clusto.AttrMatch{})), 1)
		_, there, err := r.Counter(ctx, 1, "x")
		if v, err2 := r.Version(ctx); v != 2 || there || err != nil || err2 != nil {
			t.Errorf("version %d, counter %v, %v, %v", v, there, err, err2)
		}
		return nil
	})
	if v := update(t, s, func(tx clusto.Tx) error { create(t, tx, "a", "server", "basicserver"); return nil }); v != 3 {
		t.Errorf("version %d after changes that left none, want 3", v)
	}
}

func testNesting(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	update(t, s, func(tx clusto.Tx) error {
		a := create(t, tx, "a", "server", "basicserver")
		add(t, tx, clusto.Attr{Entity: a, Key: "x", Value: clusto.Int(1)})
		return tx.SetCounter(ctx, a, "n", 1)
	})
	before := func(tx clusto.Tx) {
		t.Helper()
		wantNames(t, tx, "a", "b")
		a, b := id(t, tx, "a"), id(t, tx, "b")
		wantSame(t, "attributes", len(attrsOf(t, tx, clusto.AttrMatch{Entities: []clusto.EntityID{a, b}})), 2)
		if n, _, err := tx.Counter(ctx, a, "n"); n != 2 || err != nil {
			t.Errorf("counter: %d, %v, want 2", n, err)
		}
		if _, ok, err := tx.Counter(ctx, b, "n"); ok || err != nil {
			t.Errorf("counter of b: %v, %v, want none", ok, err)
		}
	}
	change := func(tx clusto.Tx) error {
		a, b := id(t, tx, "a"), id(t, tx, "b")
		c := create(t, tx, "c", "server", "basicserver")
		add(t, tx, contains(b, c), contains(a, c))
		_, err := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{a}, Key: clusto.Is("x")})
		tx.Describe("undone")
		return errors.Join(err, tx.SetCounter(ctx, a, "n", 9), tx.SetCounter(ctx, b, "n", 9), tx.Rename(ctx, a, "A"), tx.Delete(ctx, b))
	}
	v := update(t, s, func(tx clusto.Tx) error {
		b := create(t, tx, "b", "server", "basicserver")
		add(t, tx, clusto.Attr{Entity: b, Key: "x", Value: clusto.Int(2)})
		if err := tx.SetCounter(ctx, id(t, tx, "a"), "n", 2); err != nil {
			return err
		}
		before(tx)
		for range 2 {
			err := tx.Nest(ctx, func(tx clusto.Tx) error { return errors.Join(change(tx), errWanted) })
			if !errors.Is(err, errWanted) {
				t.Errorf("Nest: %v", err)
			}
			before(tx)
		}
		// A failure inside one that succeeds, and a success inside one that fails.
		err := tx.Nest(ctx, func(tx clusto.Tx) error {
			add(t, tx, clusto.Attr{Entity: b, Key: "kept"})
			err := tx.Nest(ctx, func(tx clusto.Tx) error { return errors.Join(change(tx), errWanted) })
			if !errors.Is(err, errWanted) {
				t.Errorf("inner Nest: %v", err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = tx.Nest(ctx, func(tx clusto.Tx) error { return errors.Join(tx.Nest(ctx, change), errWanted) })
		if !errors.Is(err, errWanted) {
			t.Errorf("outer Nest: %v", err)
		}
		if n, err := tx.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("kept")}); n != 1 || err != nil {
			t.Errorf("what the outer Nest kept: %d, %v", n, err)
		}
		before(tx)
		return tx.Nest(ctx, func(tx clusto.Tx) error { before(tx); return nil })
	})
	view(t, s, v, func(r clusto.Reader) error {
		infos, err := clusto.Collect(r.Versions(ctx, v-1))
		if err != nil || len(infos) != 1 || infos[0].Description != t.Name() {
			t.Errorf("description: %+v, %v", infos, err)
		}
		wantNames(t, r, "a", "b")
		return nil
	})
	if v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		_ = tx.Nest(ctx, func(tx clusto.Tx) error { return errors.Join(change(tx), errWanted) })
		return nil
	}); v != 0 || err != nil {
		t.Errorf("a change whose nested one failed: version %d, %v, want none", v, err)
	}
}

func testOnCommit(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	var calls []string
	note := func(name string, err error) func(context.Context) error {
		return func(context.Context) error { calls = append(calls, name); return err }
	}
	v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		tx.OnCommit(note("one", errWanted))
		_ = tx.Nest(ctx, func(tx clusto.Tx) error { tx.OnCommit(note("forgotten", nil)); return errWanted })
		create(t, tx, "a", "server", "basicserver")
		tx.OnCommit(func(ctx context.Context) error { // the change can be seen, and others made
			return s.View(ctx, clusto.Live, func(r clusto.Reader) error { wantNames(t, r, "a"); return nil })
		})
		err := tx.Nest(ctx, func(tx clusto.Tx) error { tx.OnCommit(note("two", nil)); return nil })
		wantSame(t, "calls before the commit", len(calls), 0)
		return err
	})
	if v != 3 || !errors.Is(err, errWanted) {
		t.Errorf("Update: %d, %v, want 3 and the error of a function", v, err)
	}
	_, _ = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error { tx.OnCommit(note("never", nil)); return errWanted })
	wantSame(t, "calls", calls, []string{"one", "two"})
}

// testRestart has somebody else commit between a transaction's first read and
// its first write.
func testRestart(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	other := func() {
		if _, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
			n, _, err := tx.Counter(ctx, 1, "n")
			return errors.Join(err, tx.SetCounter(ctx, 1, "n", n+1))
		}); err != nil {
			t.Errorf("other: %v", err)
		}
	}
	runs := 0
	v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		runs++
		n, _, err := tx.Counter(ctx, 1, "n")
		if err != nil {
			return err
		}
		if runs == 1 {
			other()
		}
		// An error of the transaction that is not handed on changes nothing.
		if _, err := tx.Create(ctx, fmt.Sprint("n", n), "server", "basicserver"); err != nil {
			if _, err := tx.Entity(ctx, "x"); err == nil || errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("an overtaken transaction still answers: %v", err)
			}
			return nil
		}
		return tx.SetCounter(ctx, 1, "n", n+1)
	})
	if runs != 2 || err != nil || v == 0 {
		t.Errorf("%d runs, version %d, %v; want 2 runs", runs, v, err)
	}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		wantNames(t, r, "n1")
		if n, _, err := r.Counter(ctx, 1, "n"); n != 2 || err != nil {
			t.Errorf("counter: %d, %v, want 2", n, err)
		}
		return nil
	})
}

func testActOutside(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		if err := tx.ActOutside("send mail"); err != nil {
			t.Errorf("ActOutside before the first write: %v", err)
		}
		create(t, tx, "a", "server", "basicserver")
		if err := tx.ActOutside("send mail"); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("ActOutside after the first write: %v, want ErrInvalid", err)
		}
		return nil
	})
	if err != nil {
		t.Errorf("Update: %v", err)
	}
	runs := 0
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		runs++
		_, err := tx.Entity(ctx, "a")
		err = errors.Join(err, tx.ActOutside("send mail"))
		update(t, s, func(tx clusto.Tx) error { return tx.SetCounter(ctx, 1, "m", 1) })
		_, err2 := tx.Create(ctx, "c", "server", "basicserver")
		return errors.Join(err, err2)
	})
	if runs != 1 || !errors.Is(err, clusto.ErrConflict) {
		t.Errorf("%d runs, %v; want 1 and ErrConflict", runs, err)
	}
}

// testWriters has many write at once.
func testWriters(t *testing.T, s clusto.Store) {
	const writers, each = 8, 20
	ctx := t.Context()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
					n, _, err := tx.Counter(ctx, 1, "n")
					if err != nil {
						return err
					}
					e, err := tx.Create(ctx, fmt.Sprint("s", n), "server", "basicserver")
					if err != nil {
						return err
					}
					return errors.Join(
						tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: "writer", Number: clusto.Num(i), Value: clusto.Int(int64(w))}),
						tx.SetCounter(ctx, 1, "n", n+1))
				})
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
				}
				// All want the same name: one gets it.
				_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
					_, err := tx.Create(ctx, fmt.Sprint("same", i), "server", "basicserver")
					return err
				})
				if err != nil && !errors.Is(err, clusto.ErrExists) {
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	wg.Wait()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		n, _, err := r.Counter(ctx, 1, "n")
		if n != writers*each || err != nil {
			t.Errorf("counter: %d, %v, want %d", n, err, writers*each)
		}
		wantSame(t, "entities", len(find(t, r, clusto.Match{Types: []string{"server"}})), writers*each+each)
		wantSame(t, "attributes", len(attrsOf(t, r, clusto.AttrMatch{Key: clusto.Is("writer")})), writers*each)
		if v, err := r.Version(ctx); v != 2+writers*each+each || err != nil {
			t.Errorf("version: %d, %v, want %d", v, err, 2+writers*each+each)
		}
		return nil
	})
}
