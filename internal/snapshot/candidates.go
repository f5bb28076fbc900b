package snapshot

import (
	"math"
	"slices"

	"github.com/clusto/clusto"
)

// candidates are the entities that may have attributes that a filter selects,
// in ascending order.
type candidates struct {
	all  bool // every entity may
	list []uint32
}

// fewEntities is how many records are better read than chosen from.
const fewEntities = 8

// candidates returns those of f, by the index that leaves the fewest.
func (f *filter) candidates() candidates {
	best := candidates{all: true}
	if f.m.Entities != nil {
		best = candidates{list: owners(f.m.Entities)}
		if len(best.list) <= fewEntities {
			return best
		}
	}
	var room [5]lookup
	for _, index := range f.indexes(room[:0]) {
		most := max(fewEntities, f.s.entities)
		if !best.all {
			most = len(best.list)
		}
		if len(index.uppers) > most { // as many look-ups as there are entities to look at
			continue
		}
		found := index.lows(most)
		if len(found) >= most {
			continue
		}
		if len(index.uppers)*len(index.in) > 1 {
			slices.Sort(found)
			found = slices.Compact(found)
		}
		if f.m.Entities != nil {
			found = both(found, owners(f.m.Entities))
		}
		best = candidates{list: found}
	}
	return best
}

// owners returns the entities that a snapshot can hold in their order, each once.
func owners(ids []clusto.EntityID) []uint32 {
	list := make([]uint32, 0, len(ids))
	for _, id := range ids {
		if checkEntity(id) == nil {
			list = append(list, uint32(id))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// both returns what is in both of two sorted lists; it overwrites a.
func both(a, b []uint32) []uint32 {
	out := a[:0]
	for _, id := range a {
		for len(b) > 0 && b[0] < id {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == id {
			out = append(out, id)
		}
	}
	return out
}

// lookup is what to look up in an index.
type lookup struct {
	in     []set
	uppers []uint32
}

// lows returns all entities that are found, or so many as most.
func (l *lookup) lows(most int) []uint32 {
	var found []uint32
	for _, upper := range l.uppers {
		for _, in := range l.in {
			if len(found) < most {
				found = in.lows(found, upper, 0, most-len(found))
			}
		}
	}
	return found
}

// indexes appends the look-ups that f allows, those first that leave few.
func (f *filter) indexes(all []lookup) []lookup {
	m, s := f.m, f.s
	if m.IDs != nil {
		var blocks []uint32
		for _, id := range f.ids {
			if id > 0 && id <= maxRow {
				blocks = append(blocks, blockOf(uint64(id)))
			}
		}
		all = append(all, lookup{s.indexes[byRow : byRow+1], slices.Compact(blocks)})
	}
	if m.MAC != nil {
		f.one[0] = macHash(f.mac)
		all = append(all, lookup{s.indexes[byValue : byValue+1], f.one[:]})
	}
	if m.RelatedTo != nil {
		all = append(all, f.relations(f.related))
	}
	switch {
	case m.Value.Op == clusto.Equal:
		all = append(all, f.values([]clusto.Value{m.Value.Arg})...)
	case m.Values != nil:
		all = append(all, f.values(m.Values)...)
	}
	if f.only != nil {
		all = append(all, lookup{s.indexes[byKey : byKey+1], f.only})
	}
	return all
}

// relations returns the look-up of what has relations to entities.
func (f *filter) relations(to []clusto.EntityID) lookup {
	contains, others := f.only == nil, f.only == nil
	for _, no := range f.only {
		contains = contains || f.names.all[no].contains
		others = others || !f.names.all[no].contains
	}
	l := lookup{uppers: make([]uint32, len(to))}
	if contains {
		l.in = append(l.in, f.s.indexes[byContent])
	}
	if others {
		l.in = append(l.in, f.s.indexes[byRelated])
	}
	for i, id := range to {
		l.uppers[i] = uint32(id)
	}
	return l
}

// values returns the look-up of attributes with one of these values, if there is one.
func (f *filter) values(values []clusto.Value) []lookup {
	var related []clusto.EntityID
	var hashed []clusto.Value
	for _, v := range values {
		if v.Kind() == clusto.KindRelation {
			related = append(related, v.Relation())
			continue
		}
		hashed = append(hashed, v)
	}
	switch {
	case hashed == nil:
		return []lookup{f.relations(ascending(related))}
	case related != nil:
		return nil
	}
	l := lookup{in: f.s.indexes[byValue : byValue+1]}
	look := func(no number) {
		for _, v := range hashed {
			l.uppers = append(l.uppers, f.s.hashOf(no, v))
		}
	}
	if f.only == nil {
		for no := range number(len(f.names.all)) {
			look(no)
		}
		return []lookup{l}
	}
	for _, no := range f.only {
		look(no)
	}
	return []lookup{l}
}

// each calls fn with the records of the candidates in their order, from the one
// after after on, until it returns false. A record is valid until fn returns.
func (c *candidates) each(s *Snapshot, after uint32, fn func(*record) bool) {
	if c.all {
		s.eachRecord(after, fn)
		return
	}
	at, found := slices.BinarySearch(c.list, after)
	if found {
		at++
	}
	var r record
	for _, id := range c.list[at:] {
		if p := s.pages.get(id / pageSize); p != nil && r.read(p, id) && !fn(&r) {
			return
		}
	}
}

// eachRecord calls fn with all records from the one after after on, until it
// returns false. A record is valid until fn returns.
func (s *Snapshot) eachRecord(after uint32, fn func(*record) bool) {
	if after == math.MaxUint32 {
		return
	}
	first := after + 1
	var r record
	for no, p := s.pages.from(first / pageSize); p != nil; no, p = s.pages.from(no + 1) {
		for id := max(first, no*pageSize); id <= no*pageSize+pageSize-1; id++ {
			if r.read(p, id) && !fn(&r) {
				return
			}
			if id == math.MaxUint32 {
				return
			}
		}
	}
}
