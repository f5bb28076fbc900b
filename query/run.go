package query

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clusto/clusto"
)

// Options say how a query is run. The zero Options will do.
type Options struct {
	// Now is the time that "2 days ago" counts from; zero means the present.
	Now time.Time
	// MergeAttrs makes "attr" look at the attributes of the containers too, as
	// clusto-query does with --merge-container-attrs. "own" and "merged" say it
	// for one condition.
	MergeAttrs bool
	// Warn, if not nil, is told what may not be meant, such as a pool that does
	// not exist. To tell it well, a few more questions are asked.
	Warn func(Warning)
}

// Run returns the entities that the query selects, sorted by name. How many
// questions it asks of r depends on the query, not on how many entities there
// are. An error of r, such as clusto.ErrDenied, is returned as it is.
func (q *Query) Run(ctx context.Context, r clusto.Reader, o Options) ([]clusto.Entity, error) {
	found, _, err := q.Analyze(ctx, r, o)
	return found, err
}

// runner is one run of a query.
type runner struct {
	reader   clusto.Reader
	query    *Query
	options  Options
	seen     map[clusto.EntityID]clusto.Entity
	everyone *set // once it was asked for
	asked    int  // questions to the reader
}

// run returns what a step finds, within the given set if that is not nil. What
// it returns may hold more, which the caller takes away.
func (r *runner) run(ctx context.Context, s step, within *set) (set, error) {
	p := s.plan()
	if within != nil && len(within.ids) == 0 {
		p.Ran = &Ran{Skipped: true}
		return set{known: true}, nil
	}
	start, asked := time.Now(), r.asked
	found, err := s.find(ctx, r, within)
	if err != nil {
		return set{}, err
	}
	if within != nil {
		found = found.and(*within)
	}
	p.Ran = &Ran{Entities: len(found.ids), Questions: r.asked - asked, Seconds: time.Since(start).Seconds()}
	return found, nil
}

// find asks for the entities that m selects.
func (r *runner) find(ctx context.Context, m clusto.Match) (set, error) {
	r.asked++
	var ids []clusto.EntityID
	for e, err := range r.reader.Find(ctx, m) {
		if err != nil {
			return set{}, err
		}
		r.seen[e.ID] = e
		ids = append(ids, e.ID)
	}
	return setOf(ids, true), nil
}

// all returns all entities.
func (r *runner) all(ctx context.Context) (set, error) {
	if r.everyone == nil {
		found, err := r.find(ctx, clusto.Match{})
		if err != nil {
			return found, err
		}
		r.everyone = &found
	}
	return *r.everyone, nil
}

// attrs asks for the attributes that m selects and calls fn with each.
func (r *runner) attrs(ctx context.Context, m clusto.AttrMatch, fn func(*clusto.Attr)) error {
	r.asked++
	for a, err := range r.reader.Attrs(ctx, m) {
		if err != nil {
			return err
		}
		fn(&a)
	}
	return nil
}

// load sees to it that the entities of s are known, and returns those of s that
// exist. In a damaged database attributes may belong to nobody.
func (r *runner) load(ctx context.Context, s set) (set, error) {
	if s.known {
		return s, nil
	}
	unknown := make([]clusto.EntityID, 0, len(s.ids))
	for _, id := range s.ids {
		if _, seen := r.seen[id]; !seen {
			unknown = append(unknown, id)
		}
	}
	r.asked++
	entities, err := r.reader.Entities(ctx, unknown...)
	if errors.Is(err, clusto.ErrNotFound) {
		everyone, err := r.all(ctx)
		return s.and(everyone), err
	}
	for _, e := range entities {
		r.seen[e.ID] = e
	}
	return set{s.ids, true}, err
}

// sorted returns the entities of a set, sorted by name.
func (r *runner) sorted(ctx context.Context, s set) ([]clusto.Entity, error) {
	s, err := r.load(ctx, s)
	if err != nil {
		return nil, err
	}
	found := make([]clusto.Entity, len(s.ids))
	for i, id := range s.ids {
		found[i] = r.seen[id]
	}
	slices.SortFunc(found, func(a, b clusto.Entity) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// filter returns the entities of s that pass.
func (r *runner) filter(ctx context.Context, s set, pass func(clusto.Entity) bool) (set, error) {
	s, err := r.load(ctx, s)
	if err != nil {
		return s, err
	}
	out := set{known: true}
	for _, id := range s.ids {
		if pass(r.seen[id]) {
			out.ids = append(out.ids, id)
		}
	}
	return out, nil
}

// warn tells about a part of the query.
func (r *runner) warn(offset int, message string) {
	if r.options.Warn != nil {
		r.options.Warn(Warning{columnOf(r.query.text, offset), message})
	}
}
