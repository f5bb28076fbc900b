package snapshot

import (
	"slices"
	"sort"
)

// set is an ordered set of numbers that never changes: with returns another
// one, which shares with it what is the same in both. It is a B+tree. The zero
// set is empty.
//
// The indexes are such sets. The upper half of a key is what is looked for and
// the lower half the entity where it may be found.
type set struct {
	root *branch // nil if the set is empty
}

// branch is an inner node: it has either branches or leaves below it.
type branch struct {
	first  []uint64 // no key of child i is below first[i], all of those before it are
	below  []*branch
	leaves []leaf
}

// How many keys a leaf and how many children a branch has at most. Larger ones
// take less memory, smaller ones are faster to copy.
const (
	leafKeys = 128
	fanOut   = 64
)

// newSet returns the set of sorted keys, each of which comes once.
func newSet(keys []uint64) set {
	return grow(bottom(packAll(keys)))
}

// bottom returns branches with leaves.
func bottom(leaves []leaf) []*branch {
	var all []*branch
	for part := range evenly(leaves, fanOut) {
		b := &branch{leaves: part, first: make([]uint64, len(part))}
		for i := range part {
			b.first[i] = part[i].key(0)
		}
		all = append(all, b)
	}
	return all
}

// over returns branches with the given ones below them.
func over(below []*branch) []*branch {
	var all []*branch
	for part := range evenly(below, fanOut) {
		b := &branch{below: part, first: make([]uint64, len(part))}
		for i, kid := range part {
			b.first[i] = kid.first[0]
		}
		all = append(all, b)
	}
	return all
}

// grow returns the set that consists of the branches of one level.
func grow(level []*branch) set {
	for len(level) > 1 {
		level = over(level)
	}
	if len(level) == 0 {
		return set{}
	}
	root := level[0]
	for len(root.below) == 1 {
		root = root.below[0]
	}
	return set{root}
}

// with returns the set with the keys of add and without those of del, both
// sorted. It costs what they are, not what the set is.
func (s set) with(add, del []uint64) set {
	switch {
	case len(add) == 0 && len(del) == 0:
		return s
	case s.root == nil:
		return newSet(add)
	}
	return grow(s.root.with(add, del))
}

// with returns the branches that take the place of b.
func (b *branch) with(add, del []uint64) []*branch {
	var below []*branch
	var leaves []leaf
	if b.below != nil {
		below = make([]*branch, 0, len(b.below)+2)
	} else {
		leaves = make([]leaf, 0, len(b.leaves)+2)
	}
	for i := range b.first {
		var a, d []uint64
		if i+1 < len(b.first) {
			a, add = cutBelow(add, b.first[i+1])
			d, del = cutBelow(del, b.first[i+1])
		} else {
			a, d = add, del
		}
		untouched := len(a) == 0 && len(d) == 0
		switch {
		case b.below == nil && untouched:
			leaves = append(leaves, b.leaves[i])
		case b.below == nil:
			leaves = append(leaves, packAll(b.leaves[i].edited(a, d))...)
		case untouched:
			below = append(below, b.below[i])
		default:
			below = append(below, b.below[i].with(a, d)...)
		}
	}
	if b.below == nil {
		return bottom(uniteSmall(leaves))
	}
	return over(below)
}

// cutBelow cuts sorted keys into those below limit and the others.
func cutBelow(keys []uint64, limit uint64) (below, rest []uint64) {
	if len(keys) == 0 || keys[0] >= limit {
		return nil, keys
	}
	n, _ := slices.BinarySearch(keys, limit)
	return keys[:n], keys[n:]
}

// lows appends the lower halves, from the given one on, of the keys with this
// upper half, in their order, but no more than most.
func (s set) lows(into []uint32, upper, from uint32, most int) []uint32 {
	if s.root == nil {
		return into
	}
	return s.root.lows(into, uint64(upper)<<32|uint64(from), len(into)+most)
}

func (b *branch) lows(into []uint32, from uint64, full int) []uint32 {
	to := from | 0xffffffff
	i := max(0, sort.Search(len(b.first), func(i int) bool { return b.first[i] > from })-1)
	for ; i < len(b.first) && b.first[i] <= to && len(into) < full; i++ {
		if b.below != nil {
			into = b.below[i].lows(into, from, full)
			continue
		}
		l := &b.leaves[i]
		for j := l.search(from); j < int(l.n) && len(into) < full; j++ {
			k := l.key(j)
			if k > to {
				return into
			}
			into = append(into, uint32(k))
		}
	}
	return into
}

// keys appends all keys.
func (s set) keys(into []uint64) []uint64 {
	if s.root == nil {
		return into
	}
	return s.root.keys(into)
}

func (b *branch) keys(into []uint64) []uint64 {
	for _, kid := range b.below {
		into = kid.keys(into)
	}
	for i := range b.leaves {
		into = b.leaves[i].unpack(into)
	}
	return into
}

// bytes returns about how much memory the set takes.
func (s set) bytes() int64 {
	if s.root == nil {
		return 0
	}
	return s.root.bytes()
}

func (b *branch) bytes() int64 {
	const node, header, pointer = 72, 32, 8
	n := int64(node + 8*len(b.first) + header*len(b.leaves) + pointer*len(b.below))
	for i := range b.leaves {
		n += int64(cap(b.leaves[i].data))
	}
	for _, kid := range b.below {
		n += kid.bytes()
	}
	return n
}
