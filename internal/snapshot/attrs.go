package snapshot

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/clusto/clusto"
)

// Attrs implements clusto.Reader.
func (s *Snapshot) Attrs(ctx context.Context, m clusto.AttrMatch) iter.Seq2[clusto.Attr, error] {
	return func(yield func(clusto.Attr, error) bool) {
		if err := ended(ctx); err != nil {
			yield(clusto.Attr{}, err)
			return
		}
		f := s.filter(&m)
		if f.none() {
			return
		}
		c := f.candidates()
		var err error
		if m.ByEntity || !c.all && len(c.list) == 1 {
			err = s.attrsByEntity(ctx, f, &c, yield)
		} else {
			err = s.attrsByRow(ctx, f, &c, yield)
		}
		if err != nil {
			yield(clusto.Attr{}, err)
		}
	}
}

// patience is after how many entities it is asked whether ctx is over.
const patience = 1024

// attrsByEntity yields what f selects, entity by entity. It returns why ctx is
// over if it is.
func (s *Snapshot) attrsByEntity(ctx context.Context, f *filter, c *candidates, yield func(clusto.Attr, error) bool) (err error) {
	var rows []found
	seen := 0
	var of clusto.EntityID
	give := func(_ string, at *row, _ int) bool { return yield(at.attr(of, s.names), nil) }
	c.each(s, 0, func(r *record) bool {
		of = r.entity
		if seen++; seen%patience == 0 {
			if err = ended(ctx); err != nil {
				return false
			}
		}
		if r.large == nil {
			return f.scan(r.owner, r.rows, give)
		}
		rows = f.find(r, rows[:0])
		sortFound(rows)
		for i := range rows {
			if !yield(rows[i].attr(s), nil) {
				return false
			}
		}
		return true
	})
	return err
}

// attrsByRow yields what f selects in the order of the rows. It returns why ctx
// is over if it is.
func (s *Snapshot) attrsByRow(ctx context.Context, f *filter, c *candidates, yield func(clusto.Attr, error) bool) (err error) {
	var rows []found
	seen := 0
	var of owner
	note := func(in string, at *row, body int) bool {
		rows = append(rows, found{of, at.id, in, body})
		return true
	}
	c.each(s, 0, func(r *record) bool {
		if seen++; seen%patience == 0 {
			err = ended(ctx)
		}
		of = r.owner
		f.each(r, note)
		return err == nil
	})
	if err != nil {
		return err
	}
	sortFound(rows)
	for i := range rows {
		if !yield(rows[i].attr(s), nil) {
			return nil
		}
	}
	return nil
}

// found is where a row was found.
type found struct {
	owner
	id   uint64
	rows string // what it is in
	body int    // where its body begins
}

// attr returns the attribute that was found.
func (f *found) attr(s *Snapshot) clusto.Attr {
	r := row{id: f.id}
	r.read(f.rows, f.body, f.owner)
	return r.attr(f.entity, s.names)
}

func sortFound(rows []found) {
	byID := func(a, b found) int { return cmp.Compare(a.id, b.id) }
	if !slices.IsSortedFunc(rows, byID) {
		slices.SortFunc(rows, byID)
	}
}

// find appends the rows of r that f selects; those of a large record come in no
// order.
func (f *filter) find(r *record, into []found) []found {
	f.each(r, func(rows string, at *row, body int) bool {
		into = append(into, found{r.owner, at.id, rows, body})
		return true
	})
	return into
}

// each calls fn with the rows of r that f selects, until it returns false.
// It tells what each is in, and where its body begins.
func (f *filter) each(r *record, fn func(rows string, at *row, body int) bool) {
	switch {
	case r.large == nil:
		f.scan(r.owner, r.rows, fn)
	case f.m.RelatedTo != nil && len(f.related) < r.large.rows:
		f.eachRelated(r, fn)
	default:
		for i := range r.large.groups {
			if g := &r.large.groups[i]; f.admitsName(g.name) && !f.scanGroup(r.owner, g, fn) {
				return
			}
		}
	}
}

// scan looks at each of rows. It returns false if fn did.
func (f *filter) scan(of owner, rows string, fn func(rows string, at *row, body int) bool) bool {
	at := &f.at
	at.id = 0
	for next := 0; next < len(rows); {
		next = at.next(rows, next, of)
		if f.admits(at) && !fn(rows, at, next-len(at.body)) {
			return false
		}
	}
	return true
}

// scanGroup looks at each row of g, or at the few that f names.
func (f *filter) scanGroup(of owner, g *group, fn func(rows string, at *row, body int) bool) bool {
	if f.m.IDs == nil || len(f.ids) >= len(g.chunks) {
		for _, chunk := range g.chunks {
			if !f.scan(of, chunk, fn) {
				return false
			}
		}
		return true
	}
	more := true
	for _, id := range f.ids {
		g.within(of, uint64(id), uint64(id), func(chunk string, r *row, body int) bool {
			more = !f.admits(r) || fn(chunk, r, body)
			return more
		})
		if !more {
			break
		}
	}
	return more
}

// eachRelated calls fn with what each would find, by the index of relations.
func (f *filter) eachRelated(r *record, fn func(rows string, at *row, body int) bool) {
	for _, to := range f.related {
		if !f.eachTo(r, to, fn) {
			return
		}
	}
}

// eachTo calls fn with the rows of r that f selects and that refer to an entity,
// until it returns false, and then returns false.
func (f *filter) eachTo(r *record, to clusto.EntityID, fn func(rows string, at *row, body int) bool) bool {
	more := true
	look := func(rows string, at *row, body int) bool {
		more = at.form() != formRelation || at.value != int64(to) || !f.admits(at) || fn(rows, at, body)
		return more
	}
	if r.large == nil {
		at := &f.at
		at.id = 0
		for next := 0; next < len(r.rows) && more; {
			next = at.next(r.rows, next, r.owner)
			look(r.rows, at, next-len(at.body))
		}
		return more
	}
	blocks := r.large.related.lows(nil, uint32(to), 0, r.large.rows)
	for i := range r.large.groups {
		if g := &r.large.groups[i]; f.admitsName(g.name) {
			for _, block := range blocks {
				if g.inBlock(r.owner, block, look); !more {
					return false
				}
			}
		}
	}
	return more
}
