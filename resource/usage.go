package resource

import (
	"context"
	"math"
	"math/big"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
)

// Usage says how much of what a manager has is in use. Numbers too large for an
// int64, as those of most IPv6 networks are, are the largest one.
type Usage struct {
	Size     int64 // all that the manager counts
	Used     int64 // of that
	Reserved int64 // of that, in use or not
	Free     int64 // what it would hand out unasked, at once or when a quarantine is over
}

// Usage returns how much of m is in use, or ErrUnsupported if what m has cannot be
// counted. It looks at everything in use.
func (m *Manager) Usage(ctx context.Context) (Usage, error) {
	r, err := m.rowRules(ctx)
	if err != nil {
		return Usage{}, err
	}
	p, err := m.poolOf(ctx, r)
	if err != nil {
		return Usage{}, err
	}
	reserved, err := m.reservations(ctx, r)
	if err != nil {
		return Usage{}, err
	}
	taken, err := clusto.Collect(p.allTaken(ctx))
	if err != nil {
		return Usage{}, err
	}
	return p.usage(reserved, inOrder(taken)), nil
}

// usage counts what there is, with these reservations and places in use.
func (p *pool) usage(reserved []Reservation, taken places) Usage {
	var free, kept big.Int
	for _, x := range reserved {
		kept.Add(&kept, p.open(x.places).size())
	}
	for _, s := range p.whole.without(p.closed) {
		free.Add(&free, s.size())
		free.Sub(&free, big.NewInt(int64(len(taken.in(s)))))
	}
	return Usage{Size: counts(p.whole.size()), Used: int64(len(taken.in(p.whole))), Reserved: counts(&kept), Free: counts(&free)}
}

// places are places in ascending order, each once.
type places []netip.Addr

// inOrder returns the places of a list, which it changes.
func inOrder(list []netip.Addr) places {
	slices.SortFunc(list, netip.Addr.Compare)
	return slices.Compact(list)
}

// in returns those in s.
func (p places) in(s span) places {
	first, _ := slices.BinarySearchFunc(p, s.first, netip.Addr.Compare)
	last, found := slices.BinarySearchFunc(p, s.last, netip.Addr.Compare)
	if found {
		last++
	}
	return p[first:max(first, last)]
}

// size returns how many places s has.
func (s span) size() *big.Int {
	if s.last.Less(s.first) {
		return new(big.Int)
	}
	n := new(big.Int).Sub(placeInt(s.last), placeInt(s.first))
	return n.Add(n, big.NewInt(1))
}

func placeInt(p netip.Addr) *big.Int { return new(big.Int).SetBytes(p.AsSlice()) }

// counts returns n, or the largest int64 if it is larger.
func counts(n *big.Int) int64 {
	if !n.IsInt64() {
		return math.MaxInt64
	}
	return n.Int64()
}
