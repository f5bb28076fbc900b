package resource

import (
	"context"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/clusto/clusto"
)

const (
	// hintsAtOnce is how many free ranges are read at a time. Most often the
	// first has a free place.
	hintsAtOnce = 16
	// hintsKept is how many free ranges a survey writes. The last of them takes
	// in all that is left, what is in use between too.
	hintsKept = 512
	// Places are checked in batches, each twice the size of the one before: the
	// first place of a hint is nearly always free.
	firstBatch = 1
	lastBatch  = 1024
)

// row is what the rules of resources that stand in a row say about it.
type row interface {
	rules
	// extent returns the first and the last place.
	extent() (span, error)
	// blocked returns places that are never handed out unasked, besides those
	// that somebody reserved.
	blocked() spans
	// onward returns the place at which the manager's own count stands, if it
	// keeps one; handed is told what was handed out unasked.
	onward(ctx context.Context) (at netip.Addr, counts bool, err error)
	handed(ctx context.Context, place netip.Addr) error
	// pivot returns the place after which a survey begins, if it is not the first.
	pivot(ctx context.Context) (netip.Addr, bool, error)
	// taken returns those of the places that somebody has.
	taken(ctx context.Context, places []netip.Addr) (map[netip.Addr]bool, error)
	// inUse yields all places that somebody has, in any order; others may come too.
	inUse(ctx context.Context) iter.Seq2[netip.Addr, error]
	// place returns the place of a resource, and false if it has none here;
	// value is its inverse.
	place(v clusto.Value) (netip.Addr, bool)
	value(place netip.Addr) (clusto.Value, error)
	// ended returns the places that stood free at some time after a version, with that time.
	ended(ctx context.Context, since clusto.Version, now time.Time) ([]clusto.Freed, error)
	// exhausted is the error of a row in which nothing is free.
	exhausted() error
}

// pool chooses among the free places of a manager.
type pool struct {
	row
	choice
	m      *Manager
	tx     clusto.Tx
	whole  span
	closed spans // never handed out unasked
}

// pool returns the pool of the places of m, to choose from it.
func (m *Manager) pool(ctx context.Context, r row) (*pool, error) {
	tx, err := m.Inventory().Tx()
	if err != nil {
		return nil, err
	}
	p, err := m.poolOf(ctx, r)
	if err != nil {
		return nil, err
	}
	p.tx = tx
	return p, nil
}

// poolOf returns the pool of the places of m, to look at it.
func (m *Manager) poolOf(ctx context.Context, r row) (*pool, error) {
	p := &pool{row: r, m: m}
	var err error
	if p.choice, err = m.choice(ctx); err != nil {
		return nil, err
	}
	if p.whole, err = r.extent(); err != nil {
		return nil, err
	}
	reserved, err := m.reservations(ctx, r)
	p.closed = r.blocked()
	for _, x := range reserved {
		p.closed = append(p.closed, x.places)
	}
	return p, err
}

// next returns a resource that is free, as the policy chooses it. Hints and notes
// come first; when they lead nowhere everything is looked at once, so that it
// fails only if nothing is free.
func (p *pool) next(ctx context.Context) (clusto.Value, error) {
	place, ok, err := p.choose(ctx)
	switch {
	case err != nil:
		return clusto.Value{}, err
	case !ok:
		return clusto.Value{}, p.nothing(ctx)
	}
	if err := p.handed(ctx, place); err != nil {
		return clusto.Value{}, err
	}
	return p.value(place)
}

func (p *pool) choose(ctx context.Context) (netip.Addr, bool, error) {
	if p.policy == Next {
		place, ok, err := p.count(ctx)
		if err == nil && !ok {
			place, ok, err = p.unused(ctx)
		}
		if err != nil || ok {
			return place, ok, err
		}
	}
	surveyed, notes, err := p.catchUp(ctx)
	if err != nil {
		return netip.Addr{}, false, err
	}
	if surveyed {
		if place, ok, err := p.known(ctx); err != nil || ok {
			return place, ok, err
		}
	}
	free, err := p.survey(ctx, notes)
	if err != nil {
		return netip.Addr{}, false, err
	}
	place, ok, err := p.known(ctx)
	if err == nil && !ok && len(free) > 0 { // a database that was not migrated keeps no hints
		place, ok = free[0].first, true
	}
	return place, ok, err
}

// count goes on from where the manager's own count stands.
func (p *pool) count(ctx context.Context) (netip.Addr, bool, error) {
	at, counts, err := p.onward(ctx)
	if err != nil || !counts || p.whole.last.Less(at) {
		return netip.Addr{}, false, err
	}
	place, ok, err := p.firstFree(ctx, span{at, p.whole.last}, false)
	if err == nil && !ok {
		err = p.handed(ctx, p.whole.last) // so that it is not looked at again
	}
	return place, ok, err
}

// known returns the place that the policy chooses from what is known to be free.
func (p *pool) known(ctx context.Context) (netip.Addr, bool, error) {
	if p.policy == Lowest {
		return p.lowest(ctx)
	}
	place, ok, err := p.unused(ctx)
	if err == nil && !ok {
		place, ok, err = p.rested(ctx)
	}
	return place, ok, err
}

// unused takes the first free place that a hint leads to, the oldest hint
// first, and uses up hints that lead to none.
func (p *pool) unused(ctx context.Context) (netip.Addr, bool, error) {
	for {
		hints, err := p.tx.FreeRanges(ctx, p.m.ID, hintsAtOnce)
		if err != nil || len(hints) == 0 {
			return netip.Addr{}, false, err
		}
		for _, hint := range hints {
			if place, ok, err := p.follow(ctx, hint, hint.Last); err != nil || ok {
				return place, ok, err
			}
		}
	}
}

// follow takes the first free place of a hint up to last, and shrinks the hint
// by what was looked at.
func (p *pool) follow(ctx context.Context, hint clusto.FreeRange, last netip.Addr) (netip.Addr, bool, error) {
	place, ok, err := p.firstFree(ctx, span{hint.First, last}, p.policy == LeastRecentlyUsed)
	if err != nil {
		return place, ok, err
	}
	seen := last
	if ok {
		seen = place
	}
	switch next := seen.Next(); {
	case next.IsValid():
		hint.First = next
	default: // the highest place there is has none after it
		hint.First, hint.Last = hint.Last, hint.Last.Prev()
	}
	return place, ok, p.tx.SetFreeRange(ctx, hint)
}

// rested takes the free place that was given back longest ago and whose quarantine
// is over, and forgets notes that are not true any more.
func (p *pool) rested(ctx context.Context) (netip.Addr, bool, error) {
	m := clusto.FreedMatch{Manager: p.m.ID}
	if p.rest > 0 {
		now, err := p.tx.Now(ctx)
		if err != nil {
			return netip.Addr{}, false, err
		}
		m.Before = now.Add(-p.rest) // "before" and not "at": times are cut to seconds
	}
	for m.Limit = firstBatch; ; m.Limit = min(2*m.Limit, lastBatch) {
		notes, err := p.tx.Freed(ctx, m)
		if err != nil || len(notes) == 0 {
			return netip.Addr{}, false, err
		}
		if place, ok, err := p.noted(ctx, notes); err != nil || ok {
			return place, ok, err
		}
	}
}

// noted takes the first place of notes that is free and forgets those up to it.
func (p *pool) noted(ctx context.Context, notes []clusto.Freed) (netip.Addr, bool, error) {
	var open, passed []netip.Addr
	for _, n := range notes {
		if p.whole.contains(n.Addr) && !p.closed.contain(n.Addr) {
			open = append(open, n.Addr)
		}
	}
	taken, err := p.taken(ctx, open)
	if err != nil {
		return netip.Addr{}, false, err
	}
	for _, n := range notes {
		passed = append(passed, n.Addr)
		if slices.Contains(open, n.Addr) && !taken[n.Addr] {
			return n.Addr, true, p.tx.ForgetFreed(ctx, p.m.ID, passed...)
		}
	}
	return netip.Addr{}, false, p.tx.ForgetFreed(ctx, p.m.ID, passed...)
}

// lowest takes the lowest free place that a hint or a note leads to.
func (p *pool) lowest(ctx context.Context) (netip.Addr, bool, error) {
	for {
		hints, err := p.tx.LowestFreeRanges(ctx, p.m.ID, 1)
		if err != nil {
			return netip.Addr{}, false, err
		}
		notes, err := p.tx.Freed(ctx, clusto.FreedMatch{Manager: p.m.ID, Lowest: true, Limit: 1})
		if err != nil || len(hints)+len(notes) == 0 {
			return netip.Addr{}, false, err
		}
		var place netip.Addr
		var ok bool
		switch {
		case len(hints) == 0, len(notes) > 0 && !hints[0].First.Less(notes[0].Addr):
			place, ok, err = p.noted(ctx, notes)
		case len(notes) > 0 && !hints[0].Last.Less(notes[0].Addr):
			place, ok, err = p.follow(ctx, hints[0], notes[0].Addr.Prev())
		default:
			place, ok, err = p.follow(ctx, hints[0], hints[0].Last)
		}
		if err != nil || ok {
			return place, ok, err
		}
	}
}

// firstFree returns the first free place of s. With unused it passes over those
// that were given back.
func (p *pool) firstFree(ctx context.Context, s span, unused bool) (netip.Addr, bool, error) {
	gaps := p.open(s).without(p.closed)
	for size := firstBatch; ; size = min(2*size, lastBatch) {
		batch := gaps.take(size)
		if len(batch) == 0 {
			return netip.Addr{}, false, nil
		}
		taken, err := p.taken(ctx, batch)
		if err != nil {
			return netip.Addr{}, false, err
		}
		if unused {
			m := clusto.FreedMatch{Manager: p.m.ID, First: batch[0], Last: batch[len(batch)-1]}
			notes, err := p.tx.Freed(ctx, m)
			if err != nil {
				return netip.Addr{}, false, err
			}
			for _, n := range notes {
				taken[n.Addr] = true
			}
		}
		for _, place := range batch {
			if !taken[place] {
				return place, true, nil
			}
		}
	}
}

// open returns s as far as it lies in the whole row.
func (p *pool) open(s span) span {
	if s.first.Less(p.whole.first) {
		s.first = p.whole.first
	}
	if p.whole.last.Less(s.last) {
		s.last = p.whole.last
	}
	return s
}

// freed notes resources that were given back.
func (p *pool) freed(ctx context.Context, resources []clusto.Value) error {
	now, err := p.tx.Now(ctx)
	if err != nil {
		return err
	}
	var notes []clusto.Freed
	for _, v := range resources {
		if place, ok := p.place(v); ok && p.whole.contains(place) {
			notes = append(notes, clusto.Freed{Manager: p.m.ID, Addr: place, At: now})
		}
	}
	return p.tx.KeepFreed(ctx, notes...)
}

// nothing returns the error of a pool in which nothing is free, or all of that rests.
func (p *pool) nothing(ctx context.Context) error {
	err := p.exhausted()
	if p.rest == 0 {
		return err
	}
	notes, errNotes := p.tx.Freed(ctx, clusto.FreedMatch{Manager: p.m.ID, Limit: 1})
	if errNotes != nil {
		return errNotes
	}
	if len(notes) == 0 {
		return err
	}
	v, errValue := p.value(notes[0].Addr)
	if errValue != nil {
		return errValue
	}
	// The second after the quarantine is the first that is after it for certain.
	until := notes[0].At.Add(p.rest + time.Second)
	return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "%w: what was given back is in quarantine; the first, %s, until %s",
		err, p.text(v), until.UTC().Format(time.DateTime)+" UTC"),
		"name the one you want, which takes it out of quarantine, or shorten the property %s", PropertyQuarantine)
}
