package snapshot_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snapshot"
)

var long = flag.Int("long", 1, "how many times as long the random comparison is")

// writer changes a store at random.
type writer struct {
	t     *testing.T
	rnd   *rand.Rand
	store clusto.Store
	ids   []clusto.EntityID
}

// TestRandom changes a database at random, brings a snapshot up to date by what
// the history tells, and asks both.
func TestRandom(t *testing.T) {
	for seed := range uint64(2 * *long) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 2))
			w := &writer{t: t, rnd: rnd, store: newStore(t), ids: []clusto.EntityID{1}}
			s := load(t, w.store)
			kept := map[*snapshot.Snapshot]string{}
			for range 30 {
				w.change()
				if rnd.IntN(3) == 0 {
					w.change()
				}
				kept[s] = dump(t, s)
				s = w.follow(s)
				w.check(s)
				if t.Failed() {
					return
				}
			}
			for old, was := range kept {
				if dump(t, old) != was {
					v, _ := old.Version(t.Context())
					t.Errorf("the snapshot of version %d has changed", v)
				}
			}
		})
	}
}

// follow returns the snapshot that follows s, sometimes after it was told again
// what it knows.
func (w *writer) follow(s *snapshot.Snapshot) *snapshot.Snapshot {
	w.t.Helper()
	after, err := s.Version(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if w.rnd.IntN(4) == 0 {
		after = max(0, after-clusto.Version(w.rnd.IntN(5)))
	}
	return w.apply(s, after)
}

// apply tells s what came after a version.
func (w *writer) apply(s *snapshot.Snapshot, after clusto.Version) (next *snapshot.Snapshot) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), clusto.Live, func(r clusto.Reader) error {
		edits, err := clusto.Collect(r.(clusto.History).Edits(w.t.Context(), clusto.EditMatch{After: after}))
		if err != nil {
			return err
		}
		version, err := r.Version(w.t.Context())
		if err != nil {
			return err
		}
		next, err = s.Apply(version, edits)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

// check compares s with the store, and with a snapshot that is loaded anew.
func (w *writer) check(s *snapshot.Snapshot) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), clusto.Live, func(r clusto.Reader) error {
		compare(w.t, w.rnd, r, s, 12)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	fresh := load(w.t, w.store)
	if got, want := s.Keys(), fresh.Keys(); got != want {
		w.t.Errorf("the indexes have %d keys, want %d", got, want)
	}
	got, want := s.Stats(), fresh.Stats()
	if got.Entities != want.Entities || got.Attributes != want.Attributes {
		w.t.Errorf("stats are %+v, want %+v", got, want)
	}
}

// dump returns all that s holds.
func dump(t *testing.T, s *snapshot.Snapshot) string {
	t.Helper()
	entities, err := clusto.Collect(s.Find(t.Context(), clusto.Match{}))
	attrs, err2 := clusto.Collect(s.Attrs(t.Context(), clusto.AttrMatch{}))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(entities, attrs)
}

// change makes one version.
func (w *writer) change() {
	w.t.Helper()
	_, err := w.store.Update(w.t.Context(), clusto.Change{User: "tester"}, func(tx clusto.Tx) error {
		for range 1 + w.rnd.IntN(8) {
			if err := w.step(tx); err != nil && !errors.Is(err, clusto.ErrNotFound) && !errors.Is(err, clusto.ErrExists) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// step changes something.
func (w *writer) step(tx clusto.Tx) error {
	ctx, id := w.t.Context(), w.ids[w.rnd.IntN(len(w.ids))]
	name := fmt.Sprint("n", w.rnd.IntN(40))
	typ := []string{"server", "pool"}[w.rnd.IntN(2)]
	switch w.rnd.IntN(14) {
	case 0, 1, 2:
		e, err := tx.Create(ctx, name, typ, "basicserver")
		if err == nil {
			w.ids = append(w.ids, e.ID)
		}
		return err
	case 3:
		return tx.Rename(ctx, id, name)
	case 4:
		return tx.ChangeDriver(ctx, id, typ, "pool")
	case 5:
		if id == 1 || w.rnd.IntN(2) == 0 {
			return nil
		}
		return tx.Delete(ctx, id)
	case 6:
		_, err := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{id}, Key: clusto.Is(keys[w.rnd.IntN(len(keys))])})
		return err
	case 7:
		return w.burst(tx, id)
	case 8:
		return w.thin(tx)
	}
	return tx.AddAttrs(ctx, w.attr(id))
}

// burst gives an entity very many attributes.
func (w *writer) burst(tx clusto.Tx, id clusto.EntityID) error {
	if w.rnd.IntN(4) > 0 {
		return nil
	}
	var all []clusto.Attr
	for range w.rnd.IntN(900) {
		all = append(all, w.attr(id))
	}
	return tx.AddAttrs(w.t.Context(), all...)
}

// thin removes attributes of the entity that has the most, some or most of them.
func (w *writer) thin(tx clusto.Tx) error {
	ctx := w.t.Context()
	rows := map[clusto.EntityID][]clusto.AttrID{}
	most := clusto.EntityID(0)
	for a, err := range tx.Attrs(ctx, clusto.AttrMatch{}) {
		if err != nil {
			return err
		}
		rows[a.Entity] = append(rows[a.Entity], a.ID)
		if len(rows[a.Entity]) > len(rows[most]) {
			most = a.Entity
		}
	}
	all := rows[most]
	if w.rnd.IntN(3) == 0 {
		w.rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	if n := w.rnd.IntN(1 + len(all)); w.rnd.IntN(2) == 0 {
		all = all[:n]
	} else {
		all = all[:min(3, n)]
	}
	_, err := tx.DelAttrs(ctx, clusto.AttrMatch{IDs: slices.Clone(all)})
	return err
}

func (w *writer) attr(of clusto.EntityID) clusto.Attr {
	a := clusto.Attr{Entity: of, Key: keys[w.rnd.IntN(len(keys))], Value: value(w.rnd, w.ids)}
	if a.Key == clusto.KeyContains {
		a.Value = clusto.RelationTo(w.ids[w.rnd.IntN(len(w.ids))])
	}
	if w.rnd.IntN(2) == 0 {
		a.Number = clusto.Num(w.rnd.IntN(3))
	}
	if w.rnd.IntN(2) == 0 {
		a.Subkey = clusto.Sub(subkeys[w.rnd.IntN(len(subkeys))])
	}
	return a
}
