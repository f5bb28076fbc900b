package clusto

import (
	"context"
	"slices"
)

// Insert puts thing into o as o's driver has it: by its method insert, with
// what else that wants, such as the rack units.
func (o *Object) Insert(ctx context.Context, thing *Object, args ...any) error {
	_, err := o.Call(ctx, "insert", append([]any{thing}, args...)...)
	return err
}

// Place writes the relations that make thing a content of o: one, numbered by
// o's counter, or one for each of numbers with the given subkey. It is what
// every driver's insert ends in. It refuses a cycle with ErrInvalid; all other
// rules are the driver's.
func (o *Object) Place(ctx context.Context, thing *Object, subkey Subkey, numbers ...int64) error {
	if err := o.refuseCycle(ctx, thing); err != nil {
		return err
	}
	if len(numbers) == 0 {
		n, err := o.NextNumber(ctx, KeyContains)
		if err != nil {
			return err
		}
		numbers = []int64{n}
	}
	attrs := make([]Attr, len(numbers))
	for i, n := range numbers {
		attrs[i] = Attr{Key: KeyContains, Number: Num(n), Subkey: subkey, Value: RelationTo(thing.ID)}
	}
	return o.AddAttrs(ctx, attrs...)
}

// refuseCycle returns ErrInvalid if o is thing or somewhere inside it.
func (o *Object) refuseCycle(ctx context.Context, thing *Object) error {
	if o.ID == thing.ID {
		return Errorf(ErrInvalid, "%s cannot be inserted into itself", o.Name)
	}
	inside, err := o.inv.Contents(ctx, []EntityID{thing.ID}, false)
	if err != nil || len(inside) == 0 {
		return err
	}
	above, err := o.inv.Parents(ctx, []EntityID{o.ID}, true)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(above, func(p Placed) bool { return p.ID == thing.ID }) {
		return Errorf(ErrInvalid, "%s contains %s, so it cannot be inserted into it", thing.Name, o.Name)
	}
	return nil
}

// Remove takes thing out of o. It returns ErrNotFound if it is not in there.
func (o *Object) Remove(ctx context.Context, thing *Object) error {
	n, err := o.DelAttrs(ctx, AttrMatch{Key: Is(KeyContains), RelatedTo: []EntityID{thing.ID}})
	if err == nil && n == 0 {
		err = Errorf(ErrNotFound, "%s is not in %s", thing.Name, o.Name)
	}
	return err
}

// Contains reports whether thing is directly in o.
func (o *Object) Contains(ctx context.Context, thing *Object) (bool, error) {
	_, ok, err := First(o.inv.Attrs(ctx, AttrMatch{
		Entities: []EntityID{o.ID}, Key: Is(KeyContains), RelatedTo: []EntityID{thing.ID},
	}))
	return ok, err
}

// Contents returns what is in o, with deep at any depth, limited to the types
// and drivers that m names; the rest of m must not be set.
func (o *Object) Contents(ctx context.Context, deep bool, m Match) ([]*Object, error) {
	placed, err := o.inv.Contents(ctx, []EntityID{o.ID}, deep)
	if err != nil {
		return nil, err
	}
	return o.inv.admitted(placed, m), nil
}

// Parents returns what o is in, likewise.
func (o *Object) Parents(ctx context.Context, deep bool, m Match) ([]*Object, error) {
	placed, err := o.inv.Parents(ctx, []EntityID{o.ID}, deep)
	if err != nil {
		return nil, err
	}
	return o.inv.admitted(placed, m), nil
}

func (inv *Inventory) admitted(placed []Placed, m Match) []*Object {
	all := make([]Object, 0, len(placed)) // in one piece: there may be many
	for _, p := range placed {
		if m.Admits(p.Entity) {
			all = append(all, *inv.Wrap(p.Entity))
		}
	}
	var objects []*Object
	if len(all) > 0 {
		objects = make([]*Object, len(all))
	}
	for i := range all {
		objects[i] = &all[i]
	}
	return objects
}
