package resource

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// A place is where a resource stands among all that its manager could hand out.
// Addresses are their own places. Numbers have places in a range of IPv6 that
// routers discard (RFC 6666), so that hints and notes about either are kept
// alike.
const numberPlaces = 0x01 // the first byte of 100::/64

// numberPlace returns the place of n. Places are in the order of the numbers.
func numberPlace(n int64) netip.Addr {
	raw := [16]byte{numberPlaces}
	binary.BigEndian.PutUint64(raw[8:], uint64(n)^1<<63)
	return netip.AddrFrom16(raw)
}

// placeNumber returns the number whose place is p.
func placeNumber(p netip.Addr) int64 {
	raw := p.As16()
	return int64(binary.BigEndian.Uint64(raw[8:]) ^ 1<<63)
}

// span is the places first to last, both included.
type span struct{ first, last netip.Addr }

func (s span) contains(p netip.Addr) bool { return !p.Less(s.first) && !s.last.Less(p) }

func (s span) overlaps(o span) bool { return !s.last.Less(o.first) && !o.last.Less(s.first) }

// without returns what is left of s without the given spans, in ascending order.
func (s span) without(blocked spans) spans {
	blocked = slices.Clone(blocked)
	slices.SortFunc(blocked, func(a, b span) int { return a.first.Compare(b.first) })
	var free spans
	for _, b := range blocked {
		if b.last.Less(s.first) {
			continue
		}
		if s.last.Less(b.first) {
			break
		}
		if s.first.Less(b.first) {
			free = append(free, span{s.first, b.first.Prev()})
		}
		if s.first = b.last.Next(); !s.first.IsValid() {
			return free
		}
	}
	if !s.last.Less(s.first) {
		free = append(free, s)
	}
	return free
}

// spans are ranges of places, none of them empty.
type spans []span

func (s spans) contain(p netip.Addr) bool {
	return slices.ContainsFunc(s, func(x span) bool { return x.contains(p) })
}

// take removes the first n places from s and returns them.
func (s *spans) take(n int) []netip.Addr {
	var places []netip.Addr
	for len(*s) > 0 && len(places) < n {
		head := &(*s)[0]
		places = append(places, head.first)
		if head.first == head.last {
			*s = (*s)[1:]
		} else {
			head.first = head.first.Next()
		}
	}
	return places
}
