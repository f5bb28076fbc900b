package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// Limits of lists.
const (
	defaultLimit = 1000
	maxLimit     = 10000
	maxNames     = 10000
)

// limitOf returns the parameter limit, what, if it was given, must be from 1 to
// most.
func limitOf(r *http.Request, limit, otherwise, most int) (int, error) {
	if !r.URL.Query().Has("limit") {
		return otherwise, nil
	}
	if limit < 1 || limit > most {
		return 0, clusto.Errorf(clusto.ErrInvalid, "the parameter limit cannot be %d: it is from 1 to %d", limit, most)
	}
	return limit, nil
}

// admission says which entities an answer may have: those of some types, drivers
// and names. A nil set admits all.
type admission struct {
	types, drivers, names map[string]bool
	prefix                string // of the name
}

// newAdmission returns what the parameters type, driver and name ask for.
func newAdmission(types, drivers, called []string) (admission, error) {
	a := admission{types: setOf(types), drivers: setOf(drivers), names: setOf(called)}
	return a, cmp.Or(atMost("type", types, maxFilters), atMost("driver", drivers, maxFilters), atMost("name", called, maxNames))
}

func setOf(all []string) map[string]bool {
	if all == nil {
		return nil
	}
	set := make(map[string]bool, len(all))
	for _, one := range all {
		set[one] = true
	}
	return set
}

func (a admission) admits(e clusto.Entity) bool {
	return (a.types == nil || a.types[e.Type]) && (a.drivers == nil || a.drivers[e.Driver]) && (a.names == nil || a.names[e.Name]) &&
		strings.HasPrefix(e.Name, a.prefix)
}

// The orders of a listing of entities, as cursors have them.
const (
	orderMade = 'm'
	orderName = 'n'
)

// listing is a request for a page of entities.
type listing struct {
	params  api.ListEntitiesParams
	show    selection
	admits  admission
	limit   int
	order   byte
	from    *cursor // nil: from the beginning
	compare func(a, b clusto.Entity) int
}

// newListing reads the parameters of a listing, or returns ErrInvalid.
func newListing(r *http.Request, params api.ListEntitiesParams) (*listing, error) {
	l := &listing{params: params, order: orderMade, compare: compareMade}
	sort := cmp.Or(string(params.Sort), "made")
	if err := oneOf("sort", sort, "made", "name"); err != nil {
		return nil, err
	}
	if sort == "name" {
		l.order, l.compare = orderName, compareNames
	}
	var err error
	if l.show, err = newSelection(params.Fields, params.Expand, params.Attr, params.Hidden); err != nil {
		return nil, err
	}
	attrSort := cmp.Or(string(params.AttrSort), "number")
	if err := oneOf("attr_sort", attrSort, "number", "made"); err != nil {
		return nil, err
	}
	l.show.attrs.asMade = attrSort == "made"
	if l.admits, err = newAdmission(params.Type, params.Driver, params.Name); err != nil {
		return nil, err
	}
	l.admits.prefix = params.Prefix
	if l.limit, err = limitOf(r, params.Limit, defaultLimit, maxLimit); err != nil {
		return nil, err
	}
	l.from, err = decodeCursor(params.Cursor, l.order)
	return l, err
}

func compareMade(a, b clusto.Entity) int { return cmp.Compare(a.ID, b.ID) }

// compareNames orders by name; databases that classic clusto wrote may have two
// entities of one name.
func compareNames(a, b clusto.Entity) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// after reports whether an entity belongs behind the pages that were shown.
func (l *listing) after(e clusto.Entity) bool {
	return l.from == nil || l.compare(e, clusto.Entity{ID: clusto.EntityID(l.from.number), Name: l.from.text}) > 0
}

// next returns the cursor of the page behind one that ends with last.
func (l *listing) next(last clusto.Entity, version clusto.Version) string {
	c := cursor{order: l.order, version: version, number: int64(last.ID)}
	if l.order == orderName {
		c.text = last.Name
	}
	return c.encode()
}

// page returns the entities of the page, and one more if there is one. In the
// order in which they were made, without a container or a query, it costs what
// the page is; else every entity that is asked for is looked at, in one question.
func (l *listing) page(ctx context.Context, inv *clusto.Inventory, query func() ([]clusto.Entity, error)) ([]clusto.Entity, error) {
	m := clusto.Match{Names: l.params.Name, Types: l.params.Type, Drivers: l.params.Driver}
	if l.params.Query == "" && l.params.In == "" && l.params.Prefix == "" && l.order == orderMade {
		if l.from != nil {
			m.After = clusto.EntityID(l.from.number)
		}
		return fill(ctx, inv, m, l.limit+1)
	}
	first := &smallest[clusto.Entity]{most: l.limit + 1, compare: l.compare}
	if l.params.Query == "" && l.params.In == "" {
		for e, err := range inv.Find(ctx, m) {
			if err != nil {
				return nil, err
			}
			if l.admits.admits(e) && l.after(e) {
				first.add(e)
			}
		}
		return first.sorted(), nil
	}
	candidates, err := l.candidates(ctx, inv, query)
	for _, e := range candidates {
		if l.admits.admits(e) && l.after(e) {
			first.add(e)
		}
	}
	return first.sorted(), err
}

// candidates returns what is in the container and what the query selects, or both.
func (l *listing) candidates(ctx context.Context, inv *clusto.Inventory, query func() ([]clusto.Entity, error)) ([]clusto.Entity, error) {
	var inside, selected []clusto.Entity
	var err error
	if l.params.In != "" {
		if inside, err = deepContents(ctx, inv, l.params.In); err != nil {
			return nil, err
		}
	}
	if l.params.Query == "" {
		return inside, nil
	}
	if selected, err = query(); err != nil || l.params.In == "" {
		return selected, err
	}
	in := make(map[clusto.EntityID]bool, len(inside))
	for _, e := range inside {
		in[e.ID] = true
	}
	return slices.DeleteFunc(selected, func(e clusto.Entity) bool { return !in[e.ID] }), nil
}

// deepContents returns what is in the entity called name, at any depth.
func deepContents(ctx context.Context, inv *clusto.Inventory, name string) ([]clusto.Entity, error) {
	container, err := inv.Entity(ctx, name)
	if err != nil {
		return nil, err
	}
	placed, err := inv.Contents(ctx, []clusto.EntityID{container.ID}, true)
	if err != nil {
		return nil, err
	}
	inside := make([]clusto.Entity, len(placed))
	for i, p := range placed {
		inside[i] = p.Entity
	}
	return inside, nil
}

// fill returns the first entities that m selects, as many as most. A reader may
// give fewer than it is asked for though there are more.
func fill(ctx context.Context, inv *clusto.Inventory, m clusto.Match, most int) ([]clusto.Entity, error) {
	var all []clusto.Entity
	for len(all) < most {
		m.Limit = most - len(all)
		some, err := clusto.Collect(inv.Find(ctx, m))
		if err != nil {
			return nil, err
		}
		if len(some) == 0 {
			break
		}
		all = append(all, some...)
		m.After = some[len(some)-1].ID
	}
	return all, nil
}

// smallest keeps the first of many things in an order, and little more.
type smallest[T any] struct {
	most    int
	compare func(a, b T) int
	kept    []T
}

func (s *smallest[T]) add(v T) {
	if s.kept = append(s.kept, v); len(s.kept) >= 2*s.most+64 {
		s.cut()
	}
}

// cut forgets what is not among the first.
func (s *smallest[T]) cut() {
	slices.SortFunc(s.kept, s.compare)
	s.kept = s.kept[:min(len(s.kept), s.most)]
}

// sorted returns the first things in their order.
func (s *smallest[T]) sorted() []T {
	s.cut()
	return s.kept
}
