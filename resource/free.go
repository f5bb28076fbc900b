package resource

import "context"

// FreeRange is a range of resources, each of which a manager would hand out unasked.
type FreeRange struct {
	First, Last string // as people write them
	Size        int64  // how many; the largest int64 if they are more
}

// FreeRanges returns the free ranges of m in ascending order, at most limit of
// them, and whether there are more. They begin at the resource from, or with
// nil at the first. What is in quarantine counts as free. It looks at everything
// in use, and returns ErrUnsupported if what m has does not stand in a row.
func (m *Manager) FreeRanges(ctx context.Context, from any, limit int) (ranges []FreeRange, more bool, err error) {
	r, err := m.rowRules(ctx)
	if err != nil {
		return nil, false, err
	}
	p, err := m.poolOf(ctx, r)
	if err != nil {
		return nil, false, err
	}
	whole := p.whole
	if from != nil {
		first, err := placeOf(r, from)
		if err != nil {
			return nil, false, err
		}
		whole = p.open(span{first, whole.last})
	}
	taken := p.closed
	for place, err := range p.allTaken(ctx) {
		if err != nil {
			return nil, false, err
		}
		taken = append(taken, span{place, place})
	}
	for _, s := range whole.without(taken) {
		if len(ranges) == limit {
			return ranges, true, nil
		}
		free, err := p.freeRange(s)
		if err != nil {
			return nil, false, err
		}
		ranges = append(ranges, free)
	}
	return ranges, false, nil
}

// freeRange returns a span of free places for people.
func (p *pool) freeRange(s span) (FreeRange, error) {
	first, err := p.value(s.first)
	if err != nil {
		return FreeRange{}, err
	}
	last, err := p.value(s.last)
	if err != nil {
		return FreeRange{}, err
	}
	return FreeRange{First: p.text(first), Last: p.text(last), Size: counts(s.size())}, nil
}
