package snapshot

import "slices"

// digit is how many bits a pass of sortKeys sorts by.
const digit = 11

// sortKeys sorts keys, which it overwrites, and leaves out what comes more than once.
func sortKeys(keys []uint64) []uint64 {
	if len(keys) < 1<<digit {
		slices.Sort(keys)
		return slices.Compact(keys)
	}
	var used uint64 // bits that are not the same in all
	lowsSorted := true
	for i, k := range keys {
		used |= k ^ keys[0]
		lowsSorted = lowsSorted && (i == 0 || uint32(k) >= uint32(keys[i-1]))
	}
	scratch := make([]uint64, len(keys))
	from := 0
	if lowsSorted {
		from = 32
	}
	for shift := from; shift < 64; shift += digit {
		if used>>shift&(1<<digit-1) != 0 {
			distribute(keys, scratch, shift)
			keys, scratch = scratch, keys
		}
	}
	return slices.Compact(keys)
}

// distribute writes keys to out, sorted by digit bits from shift on.
func distribute(keys, out []uint64, shift int) {
	var place [1 << digit]int
	for _, k := range keys {
		place[k>>shift&(1<<digit-1)]++
	}
	next := 0
	for i, n := range place {
		place[i] = next
		next += n
	}
	for _, k := range keys {
		at := &place[k>>shift&(1<<digit-1)]
		out[*at] = k
		*at++
	}
}
