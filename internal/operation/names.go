package operation

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/nearest"
)

// mentioned returns what an operation mentions; of one that is none or several that
// is nothing.
func mentioned(op *api.Operation) mention {
	k, err := kindOf(op)
	if err != nil {
		return mention{}
	}
	return k.mentions(op)
}

// lookAhead looks up all names that the operations mention in one question: a
// transaction remembers the answer, also which names are free.
func (r *runner) lookAhead(ctx context.Context, ops []api.Operation) error {
	var names []string
	for i := range ops {
		m := mentioned(&ops[i])
		names = append(append(names, m.used...), m.changed...)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		return clusto.ValidateName(name) != nil // a database might not bear it
	})
	if len(names) < 2 { // which costs no more when it is needed
		return nil
	}
	there, err := clusto.Collect(r.inv.Find(ctx, clusto.Match{Names: names}))
	if err != nil {
		return err
	}
	return r.readAhead(ctx, ops, there)
}

// object returns the entity that an operation mentions by name.
func (r *runner) object(ctx context.Context, name string) (*clusto.Object, error) {
	given, isMade := strings.CutPrefix(name, "$")
	if id, ok := r.made[given]; isMade && ok {
		objects, err := r.inv.Objects(ctx, id)
		if err != nil {
			return nil, about(err, "%s", name)
		}
		return objects[0], nil
	}
	if name == "" {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the name of an entity is missing")
	}
	o, err := r.inv.Object(ctx, name)
	switch {
	case !errors.Is(err, clusto.ErrNotFound):
		return o, err
	case isMade:
		return nil, clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "%s is not known: no operation before this one made it", name),
			`an operation that allocates says "as": %q, and comes first`, given)
	}
	return nil, r.unknown(ctx, err, name)
}

// maxHints is for how many names of a request others that are like them are
// looked for, among all there are.
const maxHints = 3

// unknown returns err, which says that nothing is called name, with what may have
// been meant.
func (r *runner) unknown(ctx context.Context, err error, name string) error {
	if r.hints++; r.hints > maxHints {
		return err
	}
	if r.all == nil {
		for e, errFind := range r.inv.Find(ctx, clusto.Match{}) {
			if errFind != nil {
				return err
			}
			r.all = append(r.all, e.Name)
		}
	}
	return meant(err, name, r.all)
}

// meant returns err with a question for which of the known names was meant.
func meant(err error, name string, known []string) error {
	if question := nearest.Question(nearest.Names(name, known)...); question != "" {
		return clusto.WithHint(err, "%s", question)
	}
	return err
}

// optional returns the entity that an operation may mention, or nil.
func (r *runner) optional(ctx context.Context, name string) (*clusto.Object, error) {
	if name == "" {
		return nil, nil
	}
	return r.object(ctx, name)
}

// two returns two entities that an operation mentions.
func (r *runner) two(ctx context.Context, first, second string) (a, b *clusto.Object, err error) {
	if a, err = r.object(ctx, first); err != nil {
		return nil, nil, err
	}
	b, err = r.object(ctx, second)
	return a, b, err
}

// driver returns the driver called name.
func (r *runner) driver(name string) (*clusto.Driver, error) {
	drivers := r.inv.Drivers()
	if d, ok := drivers.Driver(name); ok {
		return d, nil
	}
	var known []string
	for _, d := range drivers.Drivers() {
		known = append(known, d.Name)
	}
	return nil, meant(clusto.Errorf(clusto.ErrInvalid, "there is no driver %q", name), name, known)
}
