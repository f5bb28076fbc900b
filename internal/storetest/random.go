package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clusto/clusto"
)

// model is what the store should hold, in plain lists.
type model struct {
	entities map[clusto.EntityID]clusto.Entity
	attrs    []clusto.Attr // in the order of their rows
	counters map[string]int64
}

func (m *model) clone() *model {
	return &model{maps.Clone(m.entities), slices.Clone(m.attrs), maps.Clone(m.counters)}
}

// player uses a store at random and the model alike.
type player struct {
	t   *testing.T
	rnd *rand.Rand
	now *model
	ids []clusto.EntityID // ever seen
}

// testRandom changes the inventory at random, in transactions that nest and
// fail, asks after each step, and compares each answer with a model's.
func testRandom(t *testing.T, s clusto.Store) {
	const transactions, steps = 80, 30
	p := &player{t: t, rnd: rand.New(rand.NewPCG(1, 2)), now: &model{
		entities: map[clusto.EntityID]clusto.Entity{}, counters: map[string]int64{},
	}}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		for e, err := range r.Find(t.Context(), clusto.Match{}) {
			if err != nil {
				return err
			}
			p.now.entities[e.ID] = e
			p.ids = append(p.ids, e.ID)
		}
		p.now.attrs = attrsOf(t, r, clusto.AttrMatch{})
		return nil
	})
	history := map[clusto.Version]*model{2: p.now.clone()}
	for range transactions {
		before := p.now.clone()
		v, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			return p.play(tx, steps, 0)
		})
		if err != nil && !errors.Is(err, errWanted) {
			t.Fatalf("Update: %v", err)
		}
		if err != nil {
			p.now = before
		}
		if v != 0 {
			history[v] = p.now.clone()
		}
		if t.Failed() {
			return
		}
	}
	for v, then := range history {
		p.now = then
		view(t, s, v, func(r clusto.Reader) error {
			wantSame(t, fmt.Sprintf("all attributes of version %d", v), attrsOf(t, r, clusto.AttrMatch{}), then.attrs)
			for range 20 {
				p.ask(r)
			}
			return nil
		})
	}
}

// play makes steps in a transaction and sometimes fails at the end.
func (p *player) play(tx clusto.Tx, steps, depth int) error {
	for range steps {
		if p.t.Failed() {
			return nil
		}
		if depth < 3 && p.rnd.IntN(12) == 0 {
			before := p.now.clone()
			err := tx.Nest(p.t.Context(), func(tx clusto.Tx) error { return p.play(tx, 6, depth+1) })
			if err != nil && !errors.Is(err, errWanted) {
				return err
			}
			if err != nil {
				p.now = before
			}
		} else if err := p.step(p.t.Context(), tx); err != nil {
			return err
		}
		p.ask(tx)
	}
	if p.rnd.IntN(3) == 0 {
		return errWanted
	}
	return nil
}

// step makes one change.
func (p *player) step(ctx context.Context, tx clusto.Tx) error {
	id := p.any()
	_, exists := p.now.entities[id]
	name := fmt.Sprint("n", p.rnd.IntN(30))
	switch p.rnd.IntN(10) {
	case 0, 1:
		e, err := tx.Create(ctx, name, "thing", "generic")
		return p.outcome("Create", err, p.named(name), clusto.ErrExists, func() {
			p.now.entities[e.ID] = e
			p.ids = append(p.ids, e.ID)
		})
	case 2:
		if !exists || p.now.entities[id].Name == name {
			return nil
		}
		return p.outcome("Rename", tx.Rename(ctx, id, name), p.named(name), clusto.ErrExists, func() {
			e := p.now.entities[id]
			e.Name = name
			p.now.entities[id] = e
		})
	case 3:
		if p.rnd.IntN(3) > 0 {
			return nil
		}
		return p.outcome("Delete", tx.Delete(ctx, id), !exists, clusto.ErrNotFound, func() { p.delete(id) })
	case 4:
		m := p.match()
		if p.rnd.IntN(2) == 0 {
			m = clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: []clusto.EntityID{id}}
		} else if m.Entities == nil {
			return nil
		}
		n, err := tx.DelAttrs(ctx, m)
		gone := p.selected(m)
		p.now.attrs = slices.DeleteFunc(p.now.attrs, func(a clusto.Attr) bool { return m.Matches(a) })
		wantSame(p.t, "attributes removed", n, len(gone))
		return err
	case 5:
		value := p.rnd.Int64N(5)
		return p.outcome("SetCounter", tx.SetCounter(ctx, id, "n", value), !exists, clusto.ErrNotFound, func() {
			p.now.counters[fmt.Sprint(id)] = value
		})
	default:
		a := p.attr(id)
		to := a.Value.Relation()
		_, toExists := p.now.entities[to]
		return p.outcome("AddAttrs", tx.AddAttrs(ctx, a), !exists || to != 0 && !toExists, clusto.ErrNotFound, func() {
			p.add(ctx, tx, a)
		})
	}
}

// outcome checks that a change failed with kind or else not, and applies it to
// the model.
func (p *player) outcome(what string, err error, fails bool, kind error, apply func()) error {
	switch {
	case fails && !errors.Is(err, kind):
		p.t.Errorf("%s: %v, want %v", what, err, kind)
	case !fails && err != nil:
		return fmt.Errorf("%s: %w", what, err)
	case !fails:
		apply()
	}
	return nil
}

// add adds a, which was added to the store, with the number that it got there.
func (p *player) add(ctx context.Context, tx clusto.Tx, a clusto.Attr) {
	stored, err := clusto.Collect(tx.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{a.Entity}}))
	if err != nil || len(stored) == 0 {
		p.t.Errorf("attributes after adding one: %v, %v", stored, err)
		return
	}
	last := stored[len(stored)-1]
	a.ID, a.Version = last.ID, last.Version
	if n := len(p.now.attrs); n > 0 && a.ID <= p.now.attrs[n-1].ID {
		p.t.Errorf("attribute number %d comes after %d", a.ID, p.now.attrs[n-1].ID)
	}
	p.now.attrs = append(p.now.attrs, a)
}

func (p *player) delete(id clusto.EntityID) {
	delete(p.now.entities, id)
	delete(p.now.counters, fmt.Sprint(id))
	p.now.attrs = slices.DeleteFunc(p.now.attrs, func(a clusto.Attr) bool { return a.Entity == id || a.Value.Relation() == id })
}

func (p *player) named(name string) bool {
	for _, e := range p.now.entities {
		if e.Name == name {
			return true
		}
	}
	return false
}

// any returns an entity, mostly one that exists, often a recent one.
func (p *player) any() clusto.EntityID {
	if p.rnd.IntN(2) == 0 {
		return p.ids[len(p.ids)-1-p.rnd.IntN(min(4, len(p.ids)))]
	}
	return p.ids[p.rnd.IntN(len(p.ids))]
}

func (p *player) attr(of clusto.EntityID) clusto.Attr {
	a := clusto.Attr{Entity: of, Key: p.pick("k", "l", "_h", "_", "K", clusto.KeyContains), Value: p.value()}
	if a.Key == clusto.KeyContains {
		a.Value = clusto.RelationTo(p.any())
	}
	if p.rnd.IntN(2) == 0 {
		a.Number = clusto.Num(p.rnd.IntN(3))
	}
	if p.rnd.IntN(2) == 0 {
		a.Subkey = clusto.Sub(p.pick("s", "mac", "", clusto.SubkeyProperty))
	}
	return a
}

func (p *player) pick(from ...string) string { return from[p.rnd.IntN(len(from))] }

func (p *player) value() clusto.Value {
	switch p.rnd.IntN(6) {
	case 0:
		return clusto.Value{}
	case 1:
		return clusto.Int(p.rnd.Int64N(3))
	case 2:
		return clusto.RelationTo(p.any())
	case 3:
		return clusto.StoredJSON(p.pick(`{"a":1,"b":2}`, `{"b": 2, "a": 1}`, `[]`))
	case 4:
		return clusto.Time(moment)
	}
	return clusto.String(p.pick("", "x", "00:16:3e:00:00:01", "0016.3e00.0001"))
}

// match returns a question.
func (p *player) match() clusto.AttrMatch {
	if p.rnd.IntN(2) == 0 {
		return p.plainMatch()
	}
	var m clusto.AttrMatch
	one := func(n int) bool { return p.rnd.IntN(n) == 0 }
	if !one(4) {
		for range 1 + p.rnd.IntN(3) {
			m.Entities = append(m.Entities, p.any())
		}
	}
	if one(2) {
		m.Key = clusto.Is(p.pick("k", "l", clusto.KeyContains))
	} else if one(4) {
		m.Key = clusto.Like(p.pick("*", "_*", "k*"))
	}
	if one(4) {
		m.Number = clusto.Cond[int64]{Op: clusto.CondOp(p.rnd.IntN(4)), Arg: 1}
	}
	if one(4) {
		m.Subkey = clusto.Cond[string]{Op: clusto.CondOp(p.rnd.IntN(5)), Arg: p.pick("s", "mac", "*")}
	}
	if one(4) {
		m.Value = clusto.Cond[clusto.Value]{Op: clusto.CondOp(p.rnd.IntN(4)), Arg: p.value()}
	}
	if one(8) {
		m.Values = []clusto.Value{p.value(), p.value()}
	}
	if one(4) {
		m.RelatedTo = []clusto.EntityID{p.any(), p.any()}
	}
	if one(8) {
		m.MAC = &clusto.MAC{0, 0x16, 0x3e, 0, 0, 1}
	}
	if one(8) && len(p.now.attrs) > 0 {
		m.IDs = []clusto.AttrID{p.now.attrs[p.rnd.IntN(len(p.now.attrs))].ID, p.now.attrs[p.rnd.IntN(len(p.now.attrs))].ID}
	}
	m.Visible, m.ByEntity = one(5), one(5)
	return m
}

// plainMatch returns a question of the kind that transactions may answer from
// what they know already; there are few, so that each is asked again and again.
func (p *player) plainMatch() clusto.AttrMatch {
	m := clusto.AttrMatch{Key: clusto.Is(p.pick("k", "l", clusto.KeyContains))}
	kind := p.rnd.IntN(7)
	if kind > 1 {
		m.Entities = []clusto.EntityID{p.any()}
	}
	switch kind {
	case 0:
		m.Values = []clusto.Value{p.value()}
		if p.rnd.IntN(2) == 0 {
			m.Values = append(m.Values, p.value())
		}
	case 2:
		m.Key, m.Visible = clusto.Cond[string]{}, p.rnd.IntN(2) == 0
	case 3:
		m.Entities = append(m.Entities, p.any())
	case 4:
		m.Subkey = clusto.Is(clusto.SubkeyProperty)
	case 5:
		m.Number = clusto.Is(p.rnd.Int64N(3))
		if p.rnd.IntN(2) == 0 {
			m.Subkey = clusto.Is("s")
		}
	}
	return m
}

// selected returns what the model has for m.
func (p *player) selected(m clusto.AttrMatch) []clusto.Attr {
	var want []clusto.Attr
	for _, a := range p.now.attrs {
		if m.Matches(a) {
			want = append(want, a)
		}
	}
	if m.ByEntity {
		slices.SortStableFunc(want, func(a, b clusto.Attr) int { return cmp.Compare(a.Entity, b.Entity) })
	}
	return want
}

// ask asks r some questions.
func (p *player) ask(r clusto.Reader) {
	for range 3 {
		m := p.match()
		wantSame(p.t, fmt.Sprintf("Attrs %+v", m), attrsOf(p.t, r, m), p.selected(m))
		p.askPlaces(r, p.any(), p.rnd.IntN(2) == 0)
		p.askBoth(r, p.any(), p.any(), p.rnd.IntN(2) == 0)
	}
	p.askEntities(r, p.any())
}

// askPlaces asks what is in an entity, and what that is in.
func (p *player) askPlaces(r clusto.Reader, id clusto.EntityID, deep bool) {
	ctx, t := p.t.Context(), p.t
	contents, err := r.Contents(ctx, []clusto.EntityID{id}, deep)
	if err != nil {
		t.Errorf("Contents: %v", err)
	}
	wantSame(t, fmt.Sprintf("Contents of %d, deep %v", id, deep), contents, p.placed(id, deep, func(a clusto.Attr) (near, far clusto.EntityID) {
		return a.Entity, a.Value.Relation()
	}))
	parents, err := r.Parents(ctx, []clusto.EntityID{id}, deep)
	if err != nil {
		t.Errorf("Parents: %v", err)
	}
	wantSame(t, fmt.Sprintf("Parents of %d, deep %v", id, deep), parents, p.placed(id, deep, func(a clusto.Attr) (near, far clusto.EntityID) {
		return a.Value.Relation(), a.Entity
	}))
}

// askBoth asks what is in both of two entities, if r can answer that at once.
func (p *player) askBoth(r clusto.Reader, a, b clusto.EntityID, deep bool) {
	t, both := p.t, []clusto.EntityID{a, b}
	reader, ok := r.(clusto.Intersecter)
	if !ok {
		return
	}
	got, err := reader.InEach(t.Context(), both, deep)
	if err != nil {
		t.Errorf("InEach: %v", err)
	}
	times := map[clusto.EntityID]int{}
	for _, id := range both {
		contents, err := r.Contents(t.Context(), []clusto.EntityID{id}, deep)
		if err != nil {
			t.Errorf("Contents: %v", err)
		}
		for _, c := range contents {
			times[c.ID]++
		}
	}
	var want []clusto.Entity
	for id, e := range p.now.entities {
		if times[id] == len(both) {
			want = append(want, e)
		}
	}
	slices.SortFunc(want, func(a, b clusto.Entity) int { return cmp.Compare(a.ID, b.ID) })
	wantSame(t, fmt.Sprintf("InEach of %v, deep %v", both, deep), got, want)
}

func (p *player) askEntities(r clusto.Reader, id clusto.EntityID) {
	ctx, t := p.t.Context(), p.t
	want, exists := p.now.entities[id]
	got, err := r.Entities(ctx, id)
	if exists && (err != nil || got[0] != want) || !exists && !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("Entities(%d): %v, %v, want %v", id, got, err, want)
	}
	name := fmt.Sprint("n", p.rnd.IntN(30))
	e, err := r.Entity(ctx, name)
	if p.named(name) != (err == nil) || err == nil && p.now.entities[e.ID] != e {
		t.Errorf("Entity(%q): %v, %v, want %v", name, e, err, p.now.entities[e.ID])
	}
	if tx, live := r.(clusto.Tx); live {
		want, there := p.now.counters[fmt.Sprint(id)]
		if n, ok, err := tx.Counter(ctx, id, "n"); n != want || ok != there || err != nil {
			t.Errorf("Counter of %d: %d, %v, %v, want %d, %v", id, n, ok, err, want, there)
		}
	}
	if p.rnd.IntN(4) == 0 {
		p.find(r)
	}
}

// find asks for entities: all, those with some names, those with an attribute.
func (p *player) find(r clusto.Reader) {
	var m clusto.Match
	switch p.rnd.IntN(3) {
	case 0:
		m.Names = []string{fmt.Sprint("n", p.rnd.IntN(30)), fmt.Sprint("n", p.rnd.IntN(30)), "nobody"}
	case 1:
		m.Attrs = []clusto.AttrMatch{p.match(), p.match()}
	}
	var want []clusto.Entity
	for _, e := range p.now.entities {
		has := slices.ContainsFunc(p.now.attrs, func(a clusto.Attr) bool {
			return a.Entity == e.ID && slices.ContainsFunc(m.Attrs, func(m clusto.AttrMatch) bool { return m.Matches(a) })
		})
		if (m.Names == nil || slices.Contains(m.Names, e.Name)) && (m.Attrs == nil || has) {
			want = append(want, e)
		}
	}
	slices.SortFunc(want, func(a, b clusto.Entity) int { return cmp.Compare(a.ID, b.ID) })
	found, err := clusto.Collect(r.Find(p.t.Context(), m))
	if err != nil {
		p.t.Errorf("Find: %v", err)
	}
	wantSame(p.t, fmt.Sprintf("Find %+v", m), found, want)
}

// placed walks the model's containers, one level after the other.
func (p *player) placed(from clusto.EntityID, deep bool, ends func(clusto.Attr) (near, far clusto.EntityID)) []clusto.Placed {
	var placed []clusto.Placed
	seen, level := map[clusto.EntityID]bool{from: true}, []clusto.EntityID{from}
	for depth := 1; len(level) > 0 && (deep || depth == 1); depth++ {
		var next []clusto.EntityID
		for _, a := range p.now.attrs {
			near, far := ends(a)
			if a.Key != clusto.KeyContains || a.Value.Relation() == 0 || !slices.Contains(level, near) || seen[far] {
				continue
			}
			seen[far] = true
			next = append(next, far)
			placed = append(placed, clusto.Placed{Entity: p.now.entities[far], Via: near, Depth: depth})
		}
		level = next
	}
	return placed
}
