package snapshot

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"
)

// leaf holds some keys of a set, sorted and packed: of the upper half of each
// what it is above the smallest one, and the lower half as it is, each in as
// many bytes as the largest takes.
type leaf struct {
	data         []byte // the entries, then padding so that eight bytes can be read anywhere
	base         uint32 // the smallest upper half
	n            uint16 // how many keys
	upper, lower uint8  // how many bytes of each half
}

// padding lets the last entry, which has at least one byte, be read as eight.
const padding = 7

// pack returns the leaf of sorted keys, of which there is at least one.
func pack(keys []uint64) leaf {
	base := uint32(keys[0] >> 32)
	var lows uint32
	for _, k := range keys {
		lows |= uint32(k)
	}
	l := leaf{
		base:  base,
		n:     uint16(len(keys)),
		upper: uint8(bits.Len32(uint32(keys[len(keys)-1]>>32)-base)+7) / 8,
		lower: max(1, uint8(bits.Len32(lows)+7)/8),
	}
	width := l.width()
	l.data = make([]byte, len(keys)*width+padding)
	var entry [8]byte
	for i, k := range keys {
		binary.LittleEndian.PutUint64(entry[:], uint64(uint32(k>>32)-base)<<(8*l.lower)|k&0xffffffff)
		copy(l.data[i*width:], entry[:width])
	}
	return l
}

// width is how many bytes an entry has.
func (l *leaf) width() int { return int(l.upper + l.lower) }

// key returns key number i.
func (l *leaf) key(i int) uint64 {
	width := l.width()
	entry := binary.LittleEndian.Uint64(l.data[i*width:]) & (1<<(8*width) - 1)
	low := entry & (1<<(8*l.lower) - 1)
	return (uint64(l.base)+entry>>(8*l.lower))<<32 | low
}

// search returns the place of the first key that is not below k.
func (l *leaf) search(k uint64) int {
	return sort.Search(int(l.n), func(i int) bool { return l.key(i) >= k })
}

// unpack appends the keys to keys.
func (l *leaf) unpack(keys []uint64) []uint64 {
	for i := range int(l.n) {
		keys = append(keys, l.key(i))
	}
	return keys
}

// edited returns the sorted keys of l with those of add, without those of del.
func (l *leaf) edited(add, del []uint64) []uint64 {
	keys := make([]uint64, 0, int(l.n)+len(add))
	for i := range int(l.n) {
		k := l.key(i)
		for len(add) > 0 && add[0] < k {
			keys, add = append(keys, add[0]), add[1:]
		}
		if len(add) > 0 && add[0] == k {
			add = add[1:]
		}
		for len(del) > 0 && del[0] < k {
			del = del[1:]
		}
		if len(del) == 0 || del[0] != k {
			keys = append(keys, k)
		}
	}
	return append(keys, add...)
}

// packAll returns leaves of the sorted keys, all about as full.
func packAll(keys []uint64) []leaf {
	leaves := make([]leaf, 0, pieces(len(keys), leafKeys))
	for part := range evenly(keys, leafKeys) {
		leaves = append(leaves, pack(part))
	}
	return leaves
}

// pieces is how many pieces of at most most things n things make.
func pieces(n, most int) int { return (n + most - 1) / most }

// evenly yields all in as few pieces of at most most as there can be, whose
// sizes differ by one at most.
func evenly[T any](all []T, most int) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for left := pieces(len(all), most); left > 0; left-- {
			n := pieces(len(all), left)
			if !yield(all[:n:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// unite returns a leaf with the keys of both.
func unite(a, b *leaf) leaf {
	keys := make([]uint64, 0, int(a.n+b.n))
	return pack(b.unpack(a.unpack(keys)))
}

// uniteSmall joins leaves that many deletions have left small with their neighbours.
func uniteSmall(leaves []leaf) []leaf {
	out := leaves[:0]
	for i := range leaves {
		if last := len(out) - 1; last >= 0 && out[last].n+leaves[i].n <= leafKeys/2 {
			out[last] = unite(&out[last], &leaves[i])
			continue
		}
		out = append(out, leaves[i])
	}
	return slices.Clip(out)
}
