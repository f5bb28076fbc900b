package snapshot

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSet changes sets at random and compares each with a map, also after others
// were made of it.
func TestSet(t *testing.T) {
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		uppers, lowers := 1+rnd.Uint64N(1<<rnd.IntN(32)), 1+rnd.Uint64N(1<<rnd.IntN(32))
		key := func() uint64 { return rnd.Uint64N(uppers)<<32 | rnd.Uint64N(lowers) }
		model := map[uint64]bool{}
		for range rnd.IntN(30_000) {
			model[key()] = true
		}
		s := newSet(slices.Sorted(maps.Keys(model)))
		for range 20 {
			before, was := s, slices.Sorted(maps.Keys(model))
			add, del := map[uint64]bool{}, map[uint64]bool{}
			for range rnd.IntN(1 << rnd.IntN(13)) {
				add[key()] = true
			}
			for _, k := range was {
				if rnd.IntN(20) == 0 && !add[k] {
					del[k] = true
				}
			}
			for range 3 { // that are not there
				if k := key(); !add[k] {
					del[k] = true
				}
			}
			s = s.with(slices.Sorted(maps.Keys(add)), slices.Sorted(maps.Keys(del)))
			maps.Copy(model, add)
			maps.DeleteFunc(model, func(k uint64, _ bool) bool { return del[k] })
			now := slices.Sorted(maps.Keys(model))
			if !slices.Equal(s.keys(nil), now) {
				t.Fatalf("seed %d: a set of %d keys, want %d others", seed, len(s.keys(nil)), len(now))
			}
			if !slices.Equal(before.keys(nil), was) {
				t.Fatalf("seed %d: the set before has changed", seed)
			}
			checkLows(t, rnd, s, now)
		}
	}
}

// checkLows asks for lower halves.
func checkLows(t *testing.T, rnd *rand.Rand, s set, keys []uint64) {
	t.Helper()
	for range 20 {
		upper, from, most := rnd.Uint32(), uint32(0), 1+rnd.IntN(500)
		if len(keys) > 0 && rnd.IntN(8) > 0 {
			k := keys[rnd.IntN(len(keys))]
			upper = uint32(k >> 32)
			if rnd.IntN(2) == 0 {
				from = uint32(k) + uint32(rnd.IntN(2))
			}
		}
		var want []uint32
		i, _ := slices.BinarySearch(keys, uint64(upper)<<32|uint64(from))
		for ; i < len(keys) && uint32(keys[i]>>32) == upper && len(want) < most; i++ {
			want = append(want, uint32(keys[i]))
		}
		if got := s.lows(nil, upper, from, most); !slices.Equal(got, want) {
			t.Fatalf("lows of %d from %d: %d, want %d", upper, from, len(got), len(want))
		}
	}
}

func TestSortKeys(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 100, 2047, 2048, 50_000} {
		for _, mask := range []uint64{0, 0xff, 0xffffffff, 0xffffffff00000000, 1<<63 | 1, ^uint64(0)} {
			keys := make([]uint64, n)
			for i := range keys {
				keys[i] = rnd.Uint64() & mask
			}
			want := slices.Compact(slices.Sorted(slices.Values(keys)))
			if got := sortKeys(keys); !slices.Equal(got, want) {
				t.Errorf("%d keys of %x are not sorted", n, mask)
			}
		}
	}
}
