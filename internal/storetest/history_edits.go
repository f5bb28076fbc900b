package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clusto/clusto"
)

// past returns r as a History, or ends the test.
func past(t *testing.T, r clusto.Reader) clusto.History {
	t.Helper()
	h, err := clusto.Past(r)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// editsOf returns what r says about edits, or ends the test.
func editsOf(t *testing.T, r clusto.Reader, m clusto.EditMatch) []clusto.Edit {
	t.Helper()
	edits, err := clusto.Collect(past(t, r).Edits(t.Context(), m))
	if err != nil {
		t.Fatalf("Edits(%+v): %v", m, err)
	}
	return edits
}

// state is everything that is valid at a version.
type state struct {
	Entities map[clusto.EntityID]clusto.Entity
	Attrs    map[clusto.AttrID]clusto.Attr
}

// stateOf returns all that r shows, or ends the test.
func stateOf(t *testing.T, r clusto.Reader) state {
	t.Helper()
	s := state{map[clusto.EntityID]clusto.Entity{}, map[clusto.AttrID]clusto.Attr{}}
	for e, err := range r.Find(t.Context(), clusto.Match{}) {
		if err != nil {
			t.Fatal(err)
		}
		s.Entities[e.ID] = e
	}
	for _, a := range attrsOf(t, r, clusto.AttrMatch{}) {
		s.Attrs[a.ID] = a
	}
	return s
}

// apply makes s what e made of it, and reports an error if that is impossible.
func (s state) apply(t *testing.T, e clusto.Edit) {
	t.Helper()
	was, there := s.Entities[e.Entity]
	attr, has := s.Attrs[e.Attr.ID]
	ok := true
	switch e.Kind {
	case clusto.EntityMade:
		ok = !there && e.Is.Version == e.Version
		s.Entities[e.Entity] = e.Is
	case clusto.EntityEnded:
		ok = there && was == e.Was
		delete(s.Entities, e.Entity)
	case clusto.EntityChanged:
		ok = there && was == e.Was && e.Was != e.Is
		s.Entities[e.Entity] = e.Is
	case clusto.AttrMade:
		ok = !has && there && e.Attr.Version == e.Version && e.Attr.Entity == e.Entity
		s.Attrs[e.Attr.ID] = e.Attr
	case clusto.AttrEnded:
		ok = has && attr.Value.Equal(e.Attr.Value) && e.Attr.Entity == e.Entity
		delete(s.Attrs, e.Attr.ID)
	}
	if !ok {
		t.Errorf("%+v does not fit what there was: entity %+v, attribute %+v", e, was, attr)
	}
}

// CheckEdits replays all edits up to the newest version of s and compares what
// comes of it with s at each version.
func CheckEdits(t *testing.T, s Viewer) {
	t.Helper()
	var edits []clusto.Edit
	var newest, oldest clusto.Version
	view(t, s, clusto.Live, func(r clusto.Reader) (err error) {
		edits = editsOf(t, r, clusto.EditMatch{})
		newest, err = r.Version(t.Context())
		oldest = edits[0].Version
		return err
	})
	if !slices.IsSortedFunc(edits, compareEdits) {
		t.Error("the edits are not in their order")
	}
	now := state{map[clusto.EntityID]clusto.Entity{}, map[clusto.AttrID]clusto.Attr{}}
	done := 0
	for v := oldest; v <= newest; v++ {
		for ; done < len(edits) && edits[done].Version == v; done++ {
			now.apply(t, edits[done])
		}
		view(t, s, v, func(r clusto.Reader) error {
			wantSame(t, fmt.Sprintf("the state of version %d by edits", v), now, stateOf(t, r))
			if v%32 == 0 { // all at each would take long
				wantSame(t, fmt.Sprintf("the edits at version %d", v), editsOf(t, r, clusto.EditMatch{}), edits[:done])
			}
			return nil
		})
		if t.Failed() {
			return
		}
	}
	if done != len(edits) {
		t.Errorf("%d edits are of no version", len(edits)-done)
	}
}

// compareEdits orders edits as History.Edits does.
func compareEdits(a, b clusto.Edit) int {
	place := func(e clusto.Edit) int {
		return slices.Index([]clusto.EditKind{
			clusto.AttrEnded, clusto.EntityEnded, clusto.EntityChanged, clusto.AttrsRedacted, clusto.EntityMade, clusto.AttrMade,
		}, e.Kind)
	}
	row := func(e clusto.Edit) int64 {
		switch e.Kind {
		case clusto.AttrEnded, clusto.AttrMade:
			return int64(e.Attr.ID)
		case clusto.AttrsRedacted:
			return 0 // as they were recorded
		}
		return int64(e.Entity)
	}
	return cmp.Or(cmp.Compare(a.Version, b.Version), cmp.Compare(place(a), place(b)), cmp.Compare(row(a), row(b)))
}

// changeAtRandom makes versions of a store in which all kinds of things happen.
func changeAtRandom(t *testing.T, s clusto.Store, seed uint64, versions int) {
	t.Helper()
	p := &player{t: t, rnd: rand.New(rand.NewPCG(seed, 2)), now: &model{
		entities: map[clusto.EntityID]clusto.Entity{}, counters: map[string]int64{},
	}}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		for e := range r.Find(t.Context(), clusto.Match{}) {
			p.now.entities[e.ID] = e
			p.ids = append(p.ids, e.ID)
		}
		p.now.attrs = attrsOf(t, r, clusto.AttrMatch{})
		return nil
	})
	for range versions {
		before := p.now.clone()
		_, err := s.Update(t.Context(), clusto.Change{User: p.pick("ann", "bob"), Description: p.pick("One", "two", "")}, func(tx clusto.Tx) error {
			for range 1 + p.rnd.IntN(8) {
				if err := p.step(t.Context(), tx); err != nil {
					return err
				}
			}
			if id := p.any(); p.rnd.IntN(3) == 0 && p.now.entities[id].ID != 0 {
				e := p.now.entities[id]
				e.Driver = p.pick("generic", "special")
				p.now.entities[id] = e
				return tx.ChangeDriver(t.Context(), id, e.Type, e.Driver)
			}
			if p.rnd.IntN(10) == 0 {
				return errWanted
			}
			return nil
		})
		if err != nil && !errors.Is(err, errWanted) {
			t.Fatal(err)
		}
		if err != nil {
			p.now = before
		}
	}
}

// testEdits replays the edits of random changes.
func testEdits(t *testing.T, s clusto.Store) {
	changeAtRandom(t, s, 7, 60)
	CheckEdits(t, s)
}
