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
	lists    map[listKey][]clusto.Attr         // every live attribute that the key stands for
	above    map[clusto.EntityID][]clusto.Attr // every live containment of an entity
	values   map[valueKey][]clusto.Attr        // every live attribute with a key and a value
	counters map[counterKey]*counter
	counted  map[clusto.EntityID]bool // entities of which all counters are in counters
	fresh    map[clusto.EntityID]*fresh
	kept     int // rows made and answers, see maxKept
}

// listKey names a list of attributes: all of an entity, or of it and a key, or
// of it and a key and a number; or all with a key, of whatever entity.
type listKey struct {
	entity clusto.EntityID // 0: any
	key    string          // "": any
	number clusto.Number   // absent: any, and none
}

// listsWith returns the keys of the lists that a belongs to, of which the first
// n are in use.
func listsWith(a clusto.Attr) (keys [4]listKey, n int) {
	keys = [...]listKey{{key: a.Key}, {entity: a.Entity}, {entity: a.Entity, key: a.Key}, {a.Entity, a.Key, a.Number}}
	if _, numbered := a.Number.Get(); !numbered {
		return keys, len(keys) - 1
	}
	return keys, len(keys)
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

type counterKey struct {
	entity clusto.EntityID
	key    string
}

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
		above:    map[clusto.EntityID][]clusto.Attr{},
		values:   map[valueKey][]clusto.Attr{},
		counters: map[counterKey]*counter{},
		counted:  map[clusto.EntityID]bool{},
		fresh:    map[clusto.EntityID]*fresh{},
	}
}

// maxList is the longest list of attributes that is kept: in a longer one the
// database, which has indexes, finds things faster.
const maxList = 1024

// maxKept is after how many rows that it has made, or asked for, a transaction
// that makes more begins to remember anew: an import of a whole inventory need not
// be held in memory.
const maxKept = 200_000

// saw notes a live entity.
func (m *memory) saw(e clusto.Entity) { m.entities[e.ID] = e }

// add notes an attribute that the transaction adds.
func (m *memory) add(a clusto.Attr) {
	m.kept++
	if f := m.fresh[a.Entity]; f != nil {
		f.attrs = append(f.attrs, a)
	}
	if f := m.fresh[a.Value.Relation()]; f != nil {
		f.about = append(f.about, a)
	}
	keys, n := listsWith(a)
	for _, k := range keys[:n] {
		lengthen(m.lists, k, a)
	}
	if a.Key == clusto.KeyContains {
		lengthen(m.above, a.Value.Relation(), a)
	}
	if k, ok := valueKeyOf(a.Key, a.Value); ok {
		lengthen(m.values, k, a)
	}
}

// lengthen adds a to the list under k if there is one. One that becomes too
// long is forgotten.
func lengthen[K comparable](lists map[K][]clusto.Attr, k K, a clusto.Attr) {
	list, known := lists[k]
	switch {
	case !known:
	case len(list) < maxList:
		lists[k] = append(list, a)
	default:
		delete(lists, k)
	}
}

// shorten takes a out of the list under k if there is one.
func shorten[K comparable](lists map[K][]clusto.Attr, k K, a clusto.Attr) {
	if list, known := lists[k]; known {
		lists[k] = without(list, a.ID)
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
	keys, n := listsWith(a)
	for _, k := range keys[:n] {
		shorten(m.lists, k, a)
	}
	shorten(m.above, a.Value.Relation(), a)
	if k, ok := valueKeyOf(a.Key, a.Value); ok {
		shorten(m.values, k, a)
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
