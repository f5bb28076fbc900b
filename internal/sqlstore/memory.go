package sqlstore

import (
	"cmp"
	"slices"

	"github.com/clusto/clusto"
)

// memory is what a transaction knows for certain without asking the database.
// It is exact: what it answers is what the database would.
type memory struct {
	entities map[clusto.EntityID]clusto.Entity // those seen; the zero Entity for one that does not exist
	names    map[string]clusto.EntityID        // names seen; 0 for one that no entity has
	lists    map[listKey][]clusto.Attr         // every live attribute of an entity, or of it and a key, or of a key
	values   map[valueKey][]clusto.Attr        // every live attribute with a key and a value
	counters map[counterKey]*counter
	fresh    map[clusto.EntityID]*fresh
	added    int // attributes, see maxAdded
}

// listKey names a list of attributes; an empty key stands for all keys, and
// entity 0 for all entities.
type listKey struct {
	entity clusto.EntityID
	key    string
}

// lists returns the keys of the lists that a belongs to.
func lists(a clusto.Attr) [3]listKey {
	return [...]listKey{{a.Entity, ""}, {a.Entity, a.Key}, {0, a.Key}}
}

// valueKey names the attributes with a key and a value, in the form in which
// values can be compared: one that is no JSON.
type valueKey struct {
	key    string
	kind   clusto.Kind
	number int64
	text   string
}

// valueKeyOf returns the name of the attributes with key and value, and whether
// values of this kind are remembered.
func valueKeyOf(key string, v clusto.Value) (valueKey, bool) {
	switch {
	case v.IsNone():
	case v.Kind() == clusto.KindInt:
		return valueKey{key, clusto.KindInt, v.Int64(), ""}, true
	case v.Kind() == clusto.KindString:
		return valueKey{key, clusto.KindString, 0, v.Str()}, true
	}
	return valueKey{}, false
}

type counterKey listKey

// counter is the value of a counter. One that is dirty is yet to be written.
type counter struct {
	value         int64
	found, stored bool // there is one; the database has its row
	dirty         bool
}

// fresh is what there is about an entity that the transaction has made itself:
// nothing but what it added. Attributes are in the order of their rows.
type fresh struct {
	attrs []clusto.Attr // its own
	about []clusto.Attr // anybody's that refer to it
}

func newMemory() memory {
	return memory{
		entities: map[clusto.EntityID]clusto.Entity{},
		names:    map[string]clusto.EntityID{},
		lists:    map[listKey][]clusto.Attr{},
		values:   map[valueKey][]clusto.Attr{},
		counters: map[counterKey]*counter{},
		fresh:    map[clusto.EntityID]*fresh{},
	}
}

// maxList is the longest list of attributes that is kept: in a longer one the
// database, which has indexes, finds things faster.
const maxList = 1024

// maxAdded is after how many added attributes a transaction begins to remember
// anew: an import of a whole inventory need not be held in memory.
const maxAdded = 200_000

// saw notes a live entity. Of several with one name, which databases of classic
// clusto may hold, the oldest has it.
func (m *memory) saw(e clusto.Entity) { m.entities[e.ID] = e }

// add notes an attribute that the transaction adds.
func (m *memory) add(a clusto.Attr) {
	m.added++
	if f := m.fresh[a.Entity]; f != nil {
		f.attrs = append(f.attrs, a)
	}
	if f := m.fresh[a.Value.Relation()]; f != nil {
		f.about = append(f.about, a)
	}
	for _, k := range lists(a) {
		if list, ok := m.lists[k]; ok && len(list) < maxList {
			m.lists[k] = append(list, a)
		} else {
			delete(m.lists, k)
		}
	}
	if k, ok := valueKeyOf(a.Key, a.Value); ok {
		if list, ok := m.values[k]; ok {
			m.values[k] = append(list, a)
		}
	}
}

// remove notes that the transaction removes an attribute.
func (m *memory) remove(a clusto.Attr) {
	if f := m.fresh[a.Entity]; f != nil {
		f.attrs = without(f.attrs, a.ID)
	}
	if f := m.fresh[a.Value.Relation()]; f != nil {
		f.about = without(f.about, a.ID)
	}
	for _, k := range lists(a) {
		if list, ok := m.lists[k]; ok {
			m.lists[k] = without(list, a.ID)
		}
	}
	if k, ok := valueKeyOf(a.Key, a.Value); ok {
		if list, ok := m.values[k]; ok {
			m.values[k] = without(list, a.ID)
		}
	}
}

// without returns attrs, which are in the order of their IDs, without one.
func without(attrs []clusto.Attr, id clusto.AttrID) []clusto.Attr {
	i, ok := slices.BinarySearchFunc(attrs, id, func(a clusto.Attr, id clusto.AttrID) int { return cmp.Compare(a.ID, id) })
	if !ok {
		return attrs
	}
	return slices.Delete(attrs, i, i+1)
}

// recall returns the attributes that match selects among those in memory, and
// what is left to ask the database: nil if that is nothing.
func (m *memory) recall(match *clusto.AttrMatch) (found []clusto.Attr, ask *clusto.AttrMatch) {
	if none(match) {
		return nil, nil
	}
	rest := *match
	if match.RelatedTo != nil && m.allFresh(match.RelatedTo) {
		rest.RelatedTo = nil
		for _, id := range match.RelatedTo {
			found = keep(found, m.fresh[id].about, &rest)
		}
		return sorted(found, match.ByEntity), nil
	}
	if match.Entities == nil {
		return m.recallKey(match)
	}
	rest.Entities = nil
	var unknown []clusto.EntityID
	for _, id := range match.Entities {
		if list, ok := m.list(id, match.Key); !ok {
			unknown = append(unknown, id)
		} else {
			found = keep(found, list, &rest)
		}
	}
	if unknown == nil {
		return sorted(found, match.ByEntity), nil
	}
	rest.Entities = unknown
	return found, &rest
}

// recallKey is recall for a question about all entities.
func (m *memory) recallKey(match *clusto.AttrMatch) (found []clusto.Attr, ask *clusto.AttrMatch) {
	if match.Key.Op != clusto.Equal {
		return nil, match
	}
	if list, ok := m.lists[listKey{0, match.Key.Arg}]; ok {
		return sorted(keep(nil, list, match), match.ByEntity), nil
	}
	rest := *match
	rest.Values = nil
	var unknown []clusto.Value
	for _, v := range match.Values {
		k, comparable := valueKeyOf(match.Key.Arg, v)
		if list, ok := m.values[k]; ok && comparable {
			found = keep(found, list, &rest)
		} else {
			unknown = append(unknown, v)
		}
	}
	if unknown == nil && match.Values != nil {
		return sorted(found, match.ByEntity), nil
	}
	return nil, match
}

// list returns the attributes of an entity, at least those with key, if they
// are known.
func (m *memory) list(id clusto.EntityID, key clusto.Cond[string]) ([]clusto.Attr, bool) {
	if f := m.fresh[id]; f != nil {
		return f.attrs, true
	}
	if list, ok := m.lists[listKey{id, ""}]; ok {
		return list, true
	}
	if key.Op != clusto.Equal {
		return nil, false
	}
	list, ok := m.lists[listKey{id, key.Arg}]
	return list, ok
}

// learn keeps what the database answered to match, if that is all that there
// is about its entities, or about them and a key.
func (m *memory) learn(match *clusto.AttrMatch, answer []clusto.Attr) {
	if len(answer) > maxList || match.RelatedTo != nil || match.MAC != nil || match.Visible ||
		match.Number.Op != clusto.Any || match.Subkey.Op != clusto.Any || match.Value.Op != clusto.Any {
		return
	}
	if match.Entities == nil && match.ByEntity {
		answer = sorted(slices.Clone(answer), false)
	}
	if match.Values != nil {
		m.learnValues(match, answer)
		return
	}
	key := ""
	switch match.Key.Op {
	case clusto.Equal:
		if key = match.Key.Arg; key == "" {
			return // it stands for all keys here
		}
	case clusto.Any:
	default:
		return
	}
	if match.Entities == nil {
		if key != "" {
			m.lists[listKey{0, key}] = slices.Clone(answer)
		}
		return
	}
	for _, id := range match.Entities {
		m.lists[listKey{id, key}] = nil
	}
	for _, a := range answer {
		k := listKey{a.Entity, key}
		m.lists[k] = append(m.lists[k], a)
	}
}

// learnValues keeps what the database answered to a question for values of a key.
func (m *memory) learnValues(match *clusto.AttrMatch, answer []clusto.Attr) {
	if match.Entities != nil || match.Key.Op != clusto.Equal {
		return
	}
	for _, v := range match.Values {
		if k, ok := valueKeyOf(match.Key.Arg, v); ok {
			m.values[k] = nil
		}
	}
	for _, a := range answer {
		if k, ok := valueKeyOf(a.Key, a.Value); ok {
			m.values[k] = append(m.values[k], a)
		}
	}
}

func (m *memory) allFresh(ids []clusto.EntityID) bool {
	for _, id := range ids {
		if m.fresh[id] == nil {
			return false
		}
	}
	return true
}

// keep appends to found the attributes of list that match selects.
func keep(found, list []clusto.Attr, match *clusto.AttrMatch) []clusto.Attr {
	for _, a := range list {
		if match.Matches(a) {
			found = append(found, a)
		}
	}
	return found
}

// sorted orders attributes as their rows were made, by owner first if asked to,
// and drops those that came twice.
func sorted(attrs []clusto.Attr, byEntity bool) []clusto.Attr {
	compare := func(a, b clusto.Attr) int { return cmp.Compare(a.ID, b.ID) }
	if byEntity {
		compare = func(a, b clusto.Attr) int {
			return cmp.Or(cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.ID, b.ID))
		}
	}
	if !slices.IsSortedFunc(attrs, compare) {
		slices.SortFunc(attrs, compare)
	}
	return slices.CompactFunc(attrs, func(a, b clusto.Attr) bool { return a.ID == b.ID })
}
