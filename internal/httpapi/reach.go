package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// How many examples an answer about reach has.
const (
	defaultExamples = 5
	maxExamples     = 1000
)

// GetReach answers getReach.
func (s *Server) GetReach(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetReachParams) {
	examples, err := examplesOf(r, params.Examples)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var answer api.Reach
	err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
		o, version, err := shownEntity(r.Context(), inv, name)
		if err != nil {
			return err
		}
		m := clusto.AttrMatch{Key: clusto.Is(params.Key), ByEntity: true}
		if params.Subkey != nil {
			m.Subkey = clusto.Is(*params.Subkey)
			if *params.Subkey == "" {
				m.Subkey = clusto.IsAbsent[string]()
			}
		}
		x := reach{of: o.Entity, examples: examples}
		if err := x.load(r.Context(), inv, m); err != nil {
			return err
		}
		answer, err = x.answer(r.Context(), inv)
		answer.Version = int64(version)
		return err
	})
	s.reply(w, r, answer, err)
}

// examplesOf returns how many examples a request asks for.
func examplesOf(r *http.Request, n int) (int, error) {
	switch {
	case !r.URL.Query().Has("examples"):
		return defaultExamples, nil
	case n < 0 || n > maxExamples:
		return 0, clusto.Errorf(clusto.ErrInvalid, "the parameter examples cannot be %d: it is from 0 to %d", n, maxExamples)
	}
	return n, nil
}

// reach is how far an attribute of an entity reaches into what is in it. It takes
// four questions, however much that is.
type reach struct {
	of       clusto.Entity
	examples int

	holders map[clusto.EntityID]bool          // who else has the attribute
	within  []clusto.Placed                   // what is in the entity
	far     map[clusto.EntityID]clusto.Placed // the same by ID
	near    map[clusto.EntityID]clusto.Placed // what is in the holders
	rows    map[place]clusto.AttrID           // the relations by which things are in the entity and in the holders
}

func (x *reach) load(ctx context.Context, inv *clusto.Inventory, m clusto.AttrMatch) (err error) {
	x.holders = map[clusto.EntityID]bool{}
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return err
		}
		if a.Entity != x.of.ID {
			x.holders[a.Entity] = true
		}
	}
	holders := make([]clusto.EntityID, 0, len(x.holders)+1)
	for id := range x.holders {
		holders = append(holders, id)
	}
	slices.Sort(holders)
	if x.within, err = inv.Contents(ctx, []clusto.EntityID{x.of.ID}, true); err != nil {
		return err
	}
	below, err := inv.Contents(ctx, holders, true)
	if err != nil {
		return err
	}
	x.far, x.near = placedByID(x.within), placedByID(below)
	x.rows = map[place]clusto.AttrID{}
	roots := append(holders, x.of.ID)
	for a, err := range inv.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), Entities: roots}) {
		if err != nil {
			return err
		}
		where := place{a.Entity, a.Value.Relation()}
		if _, known := x.rows[where]; !known {
			x.rows[where] = a.ID
		}
	}
	return nil
}

func placedByID(placed []clusto.Placed) map[clusto.EntityID]clusto.Placed {
	byID := make(map[clusto.EntityID]clusto.Placed, len(placed))
	for _, p := range placed {
		byID[p.ID] = p
	}
	return byID
}

// overriding returns the entity whose value p has instead of the one that x is
// about, and whether there is one: p itself, or a container that is nearer. Of two
// that are equally near the one counts that the older relation leads into, as in
// [clusto.Object.MergedAttrs].
func (x *reach) overriding(p clusto.Placed) (clusto.EntityID, bool) {
	if x.holders[p.ID] {
		return p.ID, true
	}
	other, inherits := x.near[p.ID]
	if !inherits || other.Depth > p.Depth {
		return 0, false
	}
	holder, entry := x.entry(other, x.near)
	if other.Depth == p.Depth {
		if _, ours := x.entry(p, x.far); ours < entry {
			return 0, false
		}
	}
	return holder, true
}

// entry follows the way by which p was found up to the container that it began
// with, and returns that and the relation that leads into it.
func (x *reach) entry(p clusto.Placed, placed map[clusto.EntityID]clusto.Placed) (clusto.EntityID, clusto.AttrID) {
	for {
		above, more := placed[p.Via]
		if !more {
			return p.Via, x.rows[place{p.Via, p.ID}]
		}
		p = above
	}
}

func (x *reach) answer(ctx context.Context, inv *clusto.Inventory) (api.Reach, error) {
	answer := api.Reach{
		Total: len(x.within), Types: []api.ReachOfType{},
		Inheriting: []api.EntityRef{}, Overriding: []api.Overriding{},
	}
	types := map[string]*api.ReachOfType{}
	var from []clusto.EntityID
	for _, p := range x.within {
		of := types[p.Type]
		if of == nil {
			of = &api.ReachOfType{Type: p.Type}
			types[p.Type] = of
		}
		holder, overridden := x.overriding(p)
		if !overridden {
			of.Inherit++
			if answer.Inherit++; len(answer.Inheriting) < x.examples {
				answer.Inheriting = append(answer.Inheriting, api.EntityRef{Name: p.Name, Type: p.Type, Driver: p.Driver})
			}
			continue
		}
		of.Override++
		if answer.Override++; len(answer.Overriding) < x.examples {
			answer.Overriding = append(answer.Overriding, api.Overriding{Name: p.Name, Type: p.Type, Driver: p.Driver})
			from = append(from, holder)
		}
	}
	for _, of := range types {
		answer.Types = append(answer.Types, *of)
	}
	slices.SortFunc(answer.Types, func(a, b api.ReachOfType) int { return cmp.Compare(a.Type, b.Type) })
	known, err := inv.Known(ctx, from)
	for i, id := range from {
		answer.Overriding[i].From = names(known).of(id)
	}
	return answer, err
}
