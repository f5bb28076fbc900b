package basic

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

var containerMethods = []*clusto.Method{
	clusto.M("insert", "thing", "Put a thing that is nowhere yet into this one.", insert),
	clusto.M("remove", "thing", "Take a thing out of this one.", func(ctx context.Context, o, thing *clusto.Object) error {
		return o.Remove(ctx, thing)
	}),
	clusto.M("contents", "search_children=False, clusto_types=None, clusto_drivers=None, number=?, subkey=?",
		"What is in this one; with search_children what is in that too, and so on.", contents),
	queryMethod("content_attrs", "The attributes that make things contents of this one.", contentAttrs),
	clusto.M("parents", "search_parents=False, clusto_types=None, clusto_drivers=None",
		"What this is in; with search_parents what that is in too, and so on.", parents),
	clusto.M("siblings", "additional_pools=None, clusto_types=None, clusto_drivers=None",
		"What is in all the pools that this is in.", siblings),
}

// insert is the rule of things without one of their own: a thing is in one
// place only.
func insert(ctx context.Context, o, thing *clusto.Object) error {
	places, err := thing.Parents(ctx, false, clusto.Match{})
	if err != nil {
		return err
	}
	if len(places) > 0 {
		return alreadyIn(o, thing, places[0])
	}
	return o.Place(ctx, thing, clusto.Subkey{})
}

// alreadyIn is the error that thing cannot go into o because it is in place.
func alreadyIn(o, thing, place *clusto.Object) error {
	if o.ID == place.ID {
		return clusto.Errorf(clusto.ErrExists, "%s is in %s already", thing.Name, o.Name)
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrInUse, "%s cannot be inserted into %s: it is in %s", thing.Name, o.Name, place.Name),
		"remove it from %s first", place.Name)
}

func contents(ctx context.Context, o *clusto.Object, deep bool, types, drivers []any, number, subkey any) ([]*clusto.Object, error) {
	m, err := matchOf(o.Inventory().Drivers(), types, drivers)
	if err != nil {
		return nil, err
	}
	if !given(number) && !given(subkey) {
		return o.Contents(ctx, deep, m)
	}
	rows, err := attrMatch(clusto.KeyContains, clusto.NotGiven, number, subkey, false)
	if err != nil {
		return nil, err
	}
	all, err := o.Contents(ctx, deep, clusto.Match{})
	if err != nil {
		return nil, err
	}
	rows.Entities = []clusto.EntityID{o.ID}
	if deep {
		for _, x := range all {
			rows.Entities = append(rows.Entities, x.ID)
		}
	}
	chosen := map[clusto.EntityID]bool{}
	for a, err := range o.Inventory().Attrs(ctx, rows) {
		if err != nil {
			return nil, err
		}
		chosen[a.Value.Relation()] = true
	}
	all = slices.DeleteFunc(all, func(x *clusto.Object) bool { return !chosen[x.ID] })
	return limit(all, m), nil
}

// limit returns those of the objects that have one of the types and drivers
// that m names.
func limit(objects []*clusto.Object, m clusto.Match) []*clusto.Object {
	return slices.DeleteFunc(objects, func(o *clusto.Object) bool { return !m.Admits(o.Entity) })
}

func contentAttrs(ctx context.Context, o *clusto.Object, q query) ([]clusto.Attr, error) {
	q.match.Key, q.key, q.match.Visible = clusto.Is(clusto.KeyContains), nil, false
	return q.run(ctx, o)
}

func parents(ctx context.Context, o *clusto.Object, deep bool, types, drivers []any) ([]*clusto.Object, error) {
	m, err := matchOf(o.Inventory().Drivers(), types, drivers)
	if err != nil {
		return nil, err
	}
	return o.Parents(ctx, deep, m)
}

// siblings looks at the pools that o is in directly, and at what is in them
// directly.
func siblings(ctx context.Context, o *clusto.Object, more []*clusto.Object, types, drivers []any) ([]*clusto.Object, error) {
	m, err := matchOf(o.Inventory().Drivers(), types, drivers)
	if err != nil {
		return nil, err
	}
	pools, err := o.Parents(ctx, false, clusto.Match{Types: []string{typePool}})
	if err != nil {
		return nil, err
	}
	common, err := o.Inventory().InAll(ctx, append(pools, more...), false, m)
	return slices.DeleteFunc(common, func(x *clusto.Object) bool { return x.ID == o.ID }), err
}
