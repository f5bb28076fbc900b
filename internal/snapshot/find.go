package snapshot

import (
	"context"
	"iter"
	"math"
	"slices"

	"github.com/clusto/clusto"
)

// Find implements clusto.Reader.
func (s *Snapshot) Find(ctx context.Context, m clusto.Match) iter.Seq2[clusto.Entity, error] {
	return func(yield func(clusto.Entity, error) bool) {
		err := ended(ctx)
		if err == nil {
			err = s.find(ctx, &m, func(e clusto.Entity) bool { return yield(e, nil) })
		}
		if err != nil {
			yield(clusto.Entity{}, err)
		}
	}
}

// find gives the entities that m selects. It returns why ctx is over if it is.
func (s *Snapshot) find(ctx context.Context, m *clusto.Match, give func(clusto.Entity) bool) (err error) {
	if m.After >= math.MaxUint32 {
		return nil
	}
	q := s.search(m)
	seen, given := 0, 0
	q.from.each(s, uint32(max(0, m.After)), func(r *record) bool {
		if seen++; seen%patience == 0 {
			if err = ended(ctx); err != nil {
				return false
			}
		}
		if !r.live() || !q.admits(r) {
			return true
		}
		given++
		return give(s.entity(r)) && given != m.Limit
	})
	return err
}

// search is a Match as it is looked for.
type search struct {
	m     *clusto.Match
	kinds []number // nil for all
	named map[string]bool
	any   *anyOf // nil if m.Attrs is
	from  candidates
}

// search finds out where to look for what m selects: where its condition is
// that leaves the fewest entities.
func (s *Snapshot) search(m *clusto.Match) *search {
	q := &search{m: m, kinds: s.kindsOf(m), from: candidates{all: true}}
	if m.Names != nil {
		q.from = candidates{list: s.namedOneOf(m.Names)}
		if len(m.Names) > manyValues {
			q.named = make(map[string]bool, len(m.Names))
			for _, name := range m.Names {
				q.named[name] = true
			}
		}
	}
	if m.Attrs != nil {
		q.any = s.anyOf(m.Attrs, len(q.from.list) <= fewEntities && !q.from.all)
		q.narrow(q.any.candidates)
	}
	if q.kinds != nil && q.from.all {
		q.from = candidates{list: s.ofKinds(q.kinds, m)}
	}
	return q
}

// narrow looks at c only if they are fewer.
func (q *search) narrow(c candidates) {
	if !c.all && (q.from.all || len(c.list) < len(q.from.list)) {
		q.from = c
	}
}

// admits reports whether a live record is selected. It is asked about records
// in their order.
func (q *search) admits(r *record) bool {
	switch {
	case q.kinds != nil && !slices.Contains(q.kinds, r.kind),
		q.named != nil && !q.named[r.name],
		q.named == nil && q.m.Names != nil && !slices.Contains(q.m.Names, r.name):
		return false
	}
	return q.any == nil || q.any.admits(r)
}

// namedOneOf returns the entities that may have one of these names.
func (s *Snapshot) namedOneOf(all []string) []uint32 {
	var list []uint32
	for _, name := range all {
		list = s.indexes[byName].lows(list, nameHash(s.seed, name), 0, math.MaxInt32)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// kindsOf returns the kinds that m selects, or nil if it selects all.
func (s *Snapshot) kindsOf(m *clusto.Match) []number {
	if m.Types == nil && m.Drivers == nil {
		return nil
	}
	kinds := []number{}
	for no, k := range s.kinds.all {
		if (m.Types == nil || slices.Contains(m.Types, k.typ)) && (m.Drivers == nil || slices.Contains(m.Drivers, k.driver)) {
			kinds = append(kinds, number(no))
		}
	}
	return kinds
}

// ofKinds returns the entities of these kinds that m does not pass over, or as
// many as it wants at least.
func (s *Snapshot) ofKinds(kinds []number, m *clusto.Match) []uint32 {
	most := math.MaxInt32
	if m.Limit > 0 && m.Attrs == nil { // there is no other condition
		most = m.Limit
	}
	var list []uint32
	for _, no := range kinds {
		list = s.indexes[byKind].lows(list, no, uint32(max(0, m.After))+1, most)
	}
	slices.Sort(list)
	return list
}

// anyOf decides whether a record has an attribute that meets one of several
// matches.
type anyOf struct {
	candidates
	filters []*filter
	scan    []*filter // those for which every entity is a candidate
	nominal []uint64  // the other candidates, in their order: entity, and place of the filter
}

// anyOf returns what decides about matches. If direct, it will be asked about
// few records, which are worth no search.
func (s *Snapshot) anyOf(matches []clusto.AttrMatch, direct bool) *anyOf {
	a := &anyOf{}
	for i := range matches {
		f := s.filter(&matches[i])
		if f.none() {
			continue
		}
		c := candidates{all: true}
		if !direct {
			c = f.candidates()
		}
		if c.all {
			a.scan = append(a.scan, f)
			continue
		}
		for _, id := range c.list {
			a.nominal = append(a.nominal, uint64(id)<<32|uint64(len(a.filters)))
		}
		a.filters = append(a.filters, f)
	}
	a.all = a.scan != nil
	slices.Sort(a.nominal)
	if a.all {
		return a
	}
	for _, n := range a.nominal {
		if id := uint32(n >> 32); len(a.list) == 0 || a.list[len(a.list)-1] != id {
			a.list = append(a.list, id)
		}
	}
	return a
}

// admits reports whether r has such an attribute. It is asked about records in
// their order.
func (a *anyOf) admits(r *record) bool {
	id := uint64(r.entity)
	for len(a.nominal) > 0 && a.nominal[0]>>32 < id {
		a.nominal = a.nominal[1:]
	}
	for i := 0; i < len(a.nominal) && a.nominal[i]>>32 == id; i++ {
		if a.filters[uint32(a.nominal[i])].meetsAny(r) {
			return true
		}
	}
	for _, f := range a.scan {
		if (f.m.Entities == nil || slices.Contains(f.m.Entities, r.entity)) && f.meetsAny(r) {
			return true
		}
	}
	return false
}

// meetsAny reports whether f selects an attribute of r.
func (f *filter) meetsAny(r *record) bool {
	found := false
	f.each(r, func(string, *row, int) bool {
		found = true
		return false
	})
	return found
}
