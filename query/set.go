package query

import (
	"slices"

	"github.com/clusto/clusto"
)

// set is a set of entities.
type set struct {
	ids []clusto.EntityID // sorted, each once
	// known says that the runner has seen the entities themselves, not only
	// their IDs. It follows from the query alone, not from what was found.
	known bool
}

// setOf returns the set of ids, which it takes over.
func setOf(ids []clusto.EntityID, known bool) set {
	slices.Sort(ids)
	return set{slices.Compact(ids), known}
}

func (s set) has(id clusto.EntityID) bool {
	_, found := slices.BinarySearch(s.ids, id)
	return found
}

// and returns what is in both sets.
func (s set) and(o set) set {
	both := set{known: s.known || o.known}
	both.ids = merge(s.ids, o.ids, false, true, false)
	return both
}

// or returns what is in one of the sets.
func (s set) or(o set) set {
	switch {
	case len(s.ids) == 0:
		return set{o.ids, s.known && o.known}
	case len(o.ids) == 0:
		return set{s.ids, s.known && o.known}
	}
	return set{merge(s.ids, o.ids, true, true, true), s.known && o.known}
}

// minus returns what is in s and not in o.
func (s set) minus(o set) set {
	if len(o.ids) == 0 {
		return s
	}
	return set{merge(s.ids, o.ids, true, false, false), s.known}
}

// merge goes through two sorted lists and returns, in order, what the flags
// ask for: what is in a alone, in both, and in b alone.
func merge(a, b []clusto.EntityID, left, both, right bool) []clusto.EntityID {
	var out []clusto.EntityID
	if left {
		out = make([]clusto.EntityID, 0, len(a))
	}
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			if left {
				out = append(out, a[0])
			}
			a = a[1:]
		case a[0] > b[0]:
			if right {
				out = append(out, b[0])
			}
			b = b[1:]
		default:
			if both {
				out = append(out, a[0])
			}
			a, b = a[1:], b[1:]
		}
	}
	if left {
		out = append(out, a...)
	}
	if right {
		out = append(out, b...)
	}
	return out
}
