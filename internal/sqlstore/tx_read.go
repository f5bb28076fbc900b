package sqlstore

import (
	"context"
	"iter"

	"github.com/clusto/clusto"
)

// These are the questions that a transaction answers from its memory as far as
// it can. What it asks the database instead, it remembers.

func (t *tx) Entity(ctx context.Context, name string) (clusto.Entity, error) {
	if err := t.enter(ctx); err != nil {
		return clusto.Entity{}, err
	}
	e, err := t.named(name)
	if err == nil && e.ID == 0 {
		err = clusto.Errorf(clusto.ErrNotFound, "%q does not exist", name)
	}
	return e, err
}

// named returns the entity called name, or the zero Entity. Entities that are
// pending are in memory, so nothing needs to be written first.
func (t *tx) named(name string) (clusto.Entity, error) {
	if id, ok := t.memory.names[name]; ok {
		return t.memory.entities[id], nil
	}
	var found clusto.Entity
	m := clusto.Match{Names: []string{name}}
	err := t.find(context.Background(), &m, func(e clusto.Entity) bool {
		found = e
		return false
	})
	if err != nil {
		return clusto.Entity{}, err
	}
	t.memory.names[name] = found.ID
	if found.ID != 0 {
		t.memory.saw(found)
	}
	return found, nil
}

func (t *tx) Entities(ctx context.Context, ids ...clusto.EntityID) ([]clusto.Entity, error) {
	if err := t.enter(ctx); err != nil {
		return nil, err
	}
	if err := t.see(ctx, ids); err != nil {
		return nil, err
	}
	return inOrder(ids, func(id clusto.EntityID) clusto.Entity { return t.memory.entities[id] })
}

// see brings the given entities into memory, those too that do not exist.
func (t *tx) see(ctx context.Context, ids []clusto.EntityID) error {
	var unknown []clusto.EntityID
	for _, id := range ids {
		if _, ok := t.memory.entities[id]; !ok {
			unknown = append(unknown, id)
		}
	}
	if unknown == nil {
		return nil
	}
	found, err := t.entities(ctx, unknown)
	if err != nil {
		return err
	}
	for _, id := range unknown {
		t.memory.entities[id] = found[id]
	}
	return nil
}

func (t *tx) Find(ctx context.Context, m clusto.Match) iter.Seq2[clusto.Entity, error] {
	return ranged(ctx, &t.reader, func(give func(clusto.Entity) bool) error {
		if err := t.flushForFind(&m); err != nil {
			return err
		}
		var found []clusto.Entity
		most := maxList
		if onlyNames(&m) {
			most = maxKept
		}
		whole := true
		err := t.find(ctx, &m, func(e clusto.Entity) bool {
			if len(found) < most {
				found = append(found, e)
			}
			whole = give(e)
			return whole
		})
		if err == nil && whole {
			t.memory.learnEntities(&m, found)
		}
		return err
	})
}

func (t *tx) Attrs(ctx context.Context, m clusto.AttrMatch) iter.Seq2[clusto.Attr, error] {
	return ranged(ctx, &t.reader, func(give func(clusto.Attr) bool) error {
		found, ask := t.memory.recall(&m)
		if ask != nil && found == nil && m.Entities == nil {
			return t.passOn(ctx, ask, give)
		}
		found, err := t.recollect(ctx, &m, found, ask)
		if err != nil {
			return err
		}
		for _, a := range found {
			if !give(a) {
				return nil
			}
		}
		return nil
	})
}

// passOn gives what the database answers row by row, and remembers it if it was
// short and taken whole.
func (t *tx) passOn(ctx context.Context, m *clusto.AttrMatch, give func(clusto.Attr) bool) error {
	if err := t.flushFor(m); err != nil {
		return err
	}
	var answer []clusto.Attr
	whole := true
	err := t.attrs(ctx, m, func(a clusto.Attr) bool {
		if len(answer) <= maxList {
			answer = append(answer, a)
		}
		whole = give(a)
		return whole
	})
	if err == nil && whole {
		t.memory.learn(m, answer)
	}
	return err
}

// recollect asks the database what memory left to ask, and joins the two.
func (t *tx) recollect(ctx context.Context, m *clusto.AttrMatch, found []clusto.Attr, ask *clusto.AttrMatch) ([]clusto.Attr, error) {
	if ask == nil {
		return found, nil
	}
	wide := widened(ask)
	if err := t.flushFor(wide); err != nil {
		return nil, err
	}
	answer, err := t.collectAttrs(ctx, wide)
	if err != nil {
		return nil, err
	}
	t.memory.learn(wide, answer)
	if wide != ask {
		answer = keep(nil, answer, ask)
	}
	if found == nil {
		return answer, nil
	}
	return sorted(append(found, answer...), m.ByEntity), nil
}

// selected returns all attributes that m selects.
func (t *tx) selected(ctx context.Context, m *clusto.AttrMatch) ([]clusto.Attr, error) {
	found, ask := t.memory.recall(m)
	return t.recollect(ctx, m, found, ask)
}

func (t *tx) Contents(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	return t.walk(ctx, &downwards, of, deep)
}

func (t *tx) Parents(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	return t.walk(ctx, &upwards, of, deep)
}

func (t *tx) walk(ctx context.Context, d *direction, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	if err := t.enter(ctx); err != nil {
		return nil, err
	}
	if len(of) == 0 {
		return nil, nil
	}
	if edges, ok := t.memory.edges(d, of, deep); ok {
		return nearestFirst(of, edges), nil
	}
	if err := t.flush(); err != nil {
		return nil, err
	}
	edges, err := t.reader.edges(ctx, d, of, deep)
	if err != nil {
		return nil, err
	}
	placed := nearestFirst(of, edges)
	if d == &upwards && len(edges) <= maxList {
		t.memory.learnAbove(of, edges, deep)
	}
	return placed, nil
}

// edges returns what reader.edges returns, if all of it is in memory: because
// the transaction has made the entities that one comes by, or has asked what
// they are in, and knows those at the ends.
func (m *memory) edges(d *direction, of []clusto.EntityID, deep bool) ([]edge, bool) {
	var edges []edge
	seen := map[clusto.EntityID]bool{}
	for next := of; len(next) > 0; {
		id := next[len(next)-1]
		next = next[: len(next)-1 : len(next)-1] // never write into of
		if seen[id] {
			continue
		}
		seen[id] = true
		attrs, known := m.steps(d, id)
		if !known {
			return nil, false
		}
		for _, a := range attrs {
			if a.Key != clusto.KeyContains || a.Value.Relation() == 0 {
				continue
			}
			far := a.Value.Relation()
			if d == &upwards {
				far = a.Entity
			}
			e := m.entities[far]
			if e.ID == 0 {
				return nil, false
			}
			edges = append(edges, edge{attr: a.ID, near: id, far: e})
			if deep {
				next = append(next, far)
			}
		}
	}
	return edges, true
}

// steps returns the attributes of which some are edges that lead away from an
// entity, if they are known.
func (m *memory) steps(d *direction, id clusto.EntityID) ([]clusto.Attr, bool) {
	if d == &upwards {
		if f := m.fresh[id]; f != nil {
			return f.about, true
		}
		attrs, known := m.above[id]
		return attrs, known
	}
	return m.list(id, &clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)})
}

func (t *tx) Counter(ctx context.Context, id clusto.EntityID, key string) (int64, bool, error) {
	if err := t.enter(ctx); err != nil {
		return 0, false, err
	}
	c, err := t.counter(ctx, counterKey{id, key})
	if err != nil {
		return 0, false, err
	}
	return c.value, c.found, nil
}

// counter returns what is known of a counter.
func (t *tx) counter(ctx context.Context, k counterKey) (*counter, error) {
	if c, ok := t.memory.counters[k]; ok {
		return c, nil
	}
	c := &counter{}
	if t.memory.fresh[k.entity] == nil && !t.memory.counted[k.entity] {
		var err error
		c.value, c.found, err = t.reader.Counter(ctx, k.entity, k.key)
		if err != nil {
			return nil, err
		}
		c.stored = c.found
	}
	t.memory.counters[k] = c
	return c, nil
}
