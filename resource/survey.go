package resource

import (
	"context"
	"iter"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
)

// survey looks at every place in use, and writes and returns what is free in the
// order in which it is used, without what is noted to have been given back: in the
// database, or in notes.
func (p *pool) survey(ctx context.Context, notes []clusto.Freed) (spans, error) {
	if err := p.tx.ClearFreeRanges(ctx, p.m.ID); err != nil {
		return nil, err
	}
	kept, err := p.tx.Freed(ctx, clusto.FreedMatch{Manager: p.m.ID})
	if err != nil {
		return nil, err
	}
	taken := slices.Clone(p.closed)
	for _, n := range slices.Concat(kept, notes) {
		taken = append(taken, span{n.Addr, n.Addr})
	}
	for place, err := range p.allTaken(ctx) {
		if err != nil {
			return nil, err
		}
		taken = append(taken, span{place, place})
	}
	parts, err := p.parts(ctx)
	if err != nil {
		return nil, err
	}
	var free spans
	var hints []clusto.FreeRange
	for _, part := range parts {
		gaps := part.without(taken)
		free = append(free, gaps...)
		for i, s := range gaps[:min(len(gaps), hintsKept)] {
			if i == hintsKept-1 {
				s.last = part.last
			}
			hints = append(hints, clusto.FreeRange{Manager: p.m.ID, First: s.first, Last: s.last})
		}
	}
	return free, p.tx.AddFreeRanges(ctx, hints...)
}

// askedFor is how large a row is at most whose places are asked for one by one,
// in batches; of a larger one everything in use is read, whatever row it belongs to.
const askedFor = 16 * lastBatch

// allTaken yields the places of the row that somebody has.
func (p *pool) allTaken(ctx context.Context) iter.Seq2[netip.Addr, error] {
	return func(yield func(netip.Addr, error) bool) {
		whole := spans{p.whole}
		places := whole.take(askedFor)
		if len(whole) > 0 {
			for place, err := range p.inUse(ctx) {
				if (err != nil || p.whole.contains(place)) && !yield(place, err) {
					return
				}
			}
			return
		}
		for batch := range slices.Chunk(places, lastBatch) {
			taken, err := p.taken(ctx, batch)
			if err != nil {
				yield(netip.Addr{}, err)
				return
			}
			for place := range taken {
				if !yield(place, nil) {
					return
				}
			}
		}
	}
}

// parts returns the row in the order in which it is used: from behind the pivot
// to the end, then what lies before. Lowest knows no pivot.
func (p *pool) parts(ctx context.Context) (spans, error) {
	if p.policy == Lowest {
		return spans{p.whole}, nil
	}
	pivot, ok, err := p.pivot(ctx)
	if err != nil || !ok || !p.whole.contains(pivot) || pivot == p.whole.last {
		return spans{p.whole}, err
	}
	return spans{{pivot.Next(), p.whole.last}, {p.whole.first, pivot}}, nil
}

// catchUp brings the notes of the pool up to what was committed, and returns
// those that are new and whether there was a survey before. Resources become free in
// other ways than by Deallocate: their entity is deleted, a change is reverted,
// classic clusto takes them back. Policies that ask what was given back, and when,
// read it from the history: what ended since they last looked.
func (p *pool) catchUp(ctx context.Context) (surveyed bool, notes []clusto.Freed, err error) {
	upTo, surveyed, err := p.tx.FreedUpTo(ctx, p.m.ID)
	if err != nil || surveyed && p.policy == Next {
		return surveyed, nil, err
	}
	now, err := p.tx.Now(ctx)
	if err != nil {
		return surveyed, nil, err
	}
	working, err := p.tx.Version(ctx)
	if err != nil {
		return surveyed, nil, err
	}
	newest := working - 1 // what this transaction does is looked at again
	switch {
	case surveyed:
	case p.rest > 0:
		upTo, err = lastBefore(ctx, p.tx, now.Add(-p.rest))
	default:
		upTo = newest
	}
	if err == nil && p.policy != Next {
		notes, err = p.ended(ctx, upTo, now)
	}
	if err != nil || surveyed && len(notes) == 0 && newest-upTo < versionsBehind {
		return surveyed, notes, err
	}
	if err := p.tx.KeepFreed(ctx, notes...); err != nil {
		return surveyed, nil, err
	}
	return surveyed, notes, p.tx.SetFreedUpTo(ctx, p.m.ID, newest)
}

// versionsBehind is how many versions are read again rather than write with
// each allocation that they were read.
const versionsBehind = 32
