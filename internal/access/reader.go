package access

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/clusto/clusto"
)

// reader shows of one state of the inventory what a subject may see.
type reader struct {
	inner clusto.Reader
	judge *judge
	same  bool // the judge looks at the same state
	// reveal has secrets shown, for what is done on the subject's behalf.
	reveal bool
	// checks says that what is read decides what is written: a relation to what
	// may not be seen then keeps its number, so that a port does not look free.
	checks bool
	// own are the entities that the transaction made, which it sees wherever
	// they are; nil outside of one.
	own map[clusto.EntityID]map[question]bool
}

var _ clusto.Intersecter = (*reader)(nil)

// seesAll reports whether every entity may be seen.
func (r *reader) seesAll() bool { return r.judge.rule(seeing).verdict == whatever }

// readsAll reports whether every attribute may be read that is not secret.
func (r *reader) readsAll() bool {
	return r.seesAll() && r.judge.rule(question{verb: Read, kind: All}).verdict == whatever
}

// anySecret asks whether every secret attribute may be read.
var anySecret = question{verb: Secret, kind: Attr, name: "*"}

// revealsAll reports whether every secret attribute may be read.
func (r *reader) revealsAll() bool {
	return r.reveal || len(r.judge.policy.secrets) == 0 || r.judge.rule(anySecret).verdict == whatever
}

// visible returns those of the entities that may be seen.
func (r *reader) visible(ctx context.Context, ids []clusto.EntityID) (func(clusto.EntityID) bool, error) {
	rule := r.judge.rule(seeing)
	if rule.verdict == depends {
		if err := r.judge.know(ctx, ids); err != nil {
			return nil, err
		}
	}
	return func(id clusto.EntityID) bool { return r.own[id] != nil || r.judge.permits(rule, id) }, nil
}

// permits reports whether q is permitted about an entity, which is known, or is
// the transaction's own.
func (r *reader) permits(q question, id clusto.EntityID) bool {
	return r.own[id] != nil && q.verb == Read || r.judge.permits(r.judge.rule(q), id)
}

// onlyVisible returns those of ids that may be seen; nil stays nil, and something
// does not become nil.
func (r *reader) onlyVisible(ctx context.Context, ids []clusto.EntityID) ([]clusto.EntityID, error) {
	if ids == nil || r.seesAll() {
		return ids, nil
	}
	visible, err := r.visible(ctx, ids)
	if err != nil {
		return nil, err
	}
	only := []clusto.EntityID{}
	for _, id := range ids {
		if visible(id) {
			only = append(only, id)
		}
	}
	return only, nil
}

// Version implements clusto.Reader.
func (r *reader) Version(ctx context.Context) (clusto.Version, error) { return r.inner.Version(ctx) }

// Entity implements clusto.Reader.
func (r *reader) Entity(ctx context.Context, name string) (clusto.Entity, error) {
	e, err := r.inner.Entity(ctx, name)
	if err != nil || r.seesAll() {
		return e, err
	}
	visible, err := r.visible(ctx, []clusto.EntityID{e.ID})
	if err != nil {
		return clusto.Entity{}, err
	}
	if !visible(e.ID) {
		return clusto.Entity{}, clusto.Errorf(clusto.ErrNotFound, "%q does not exist", name)
	}
	return e, nil
}

// Entities implements clusto.Reader.
func (r *reader) Entities(ctx context.Context, ids ...clusto.EntityID) ([]clusto.Entity, error) {
	if !r.seesAll() {
		visible, err := r.visible(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if !visible(id) {
				return nil, missing(id)
			}
		}
	}
	return r.inner.Entities(ctx, ids...)
}

// missing is the error about an entity that does not exist, or may not be seen.
func missing(id clusto.EntityID) error {
	return clusto.Errorf(clusto.ErrNotFound, "entity number %d does not exist", id)
}

// Find implements clusto.Reader.
func (r *reader) Find(ctx context.Context, m clusto.Match) iter.Seq2[clusto.Entity, error] {
	return func(yield func(clusto.Entity, error) bool) {
		m, err := r.permitted(ctx, m)
		if err != nil {
			yield(clusto.Entity{}, err)
			return
		}
		if r.seesAll() {
			r.inner.Find(ctx, m)(yield)
			return
		}
		found, err := r.findVisible(ctx, m)
		if err != nil {
			yield(clusto.Entity{}, err)
			return
		}
		for _, e := range found {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// findVisible finds entities that may be seen. With a limit, where none of the
// first may be, it looks at twice as many of those that follow, and so on.
func (r *reader) findVisible(ctx context.Context, m clusto.Match) ([]clusto.Entity, error) {
	for most := m.Limit; ; m.Limit *= 2 {
		found, err := clusto.Collect(r.inner.Find(ctx, m))
		if err != nil || len(found) == 0 {
			return nil, err
		}
		visible, err := r.visible(ctx, idsOf(found))
		if err != nil {
			return nil, err
		}
		m.After = found[len(found)-1].ID
		found = slices.DeleteFunc(found, func(e clusto.Entity) bool { return !visible(e.ID) })
		if most == 0 {
			return found, nil
		}
		if len(found) > 0 {
			return found[:min(most, len(found))], nil
		}
	}
}

func idsOf(entities []clusto.Entity) []clusto.EntityID {
	ids := make([]clusto.EntityID, len(entities))
	for i, e := range entities {
		ids[i] = e.ID
	}
	return ids
}

// Contents implements clusto.Reader.
func (r *reader) Contents(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	return r.placed(ctx, of, deep, r.inner.Contents)
}

// Parents implements clusto.Reader.
func (r *reader) Parents(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	return r.placed(ctx, of, deep, r.inner.Parents)
}

// placed leaves out of the answer about containers what may not be seen. What was
// reached through that seems to be reached through the nearest before it.
func (r *reader) placed(
	ctx context.Context, of []clusto.EntityID, deep bool,
	ask func(context.Context, []clusto.EntityID, bool) ([]clusto.Placed, error),
) ([]clusto.Placed, error) {
	if r.seesAll() {
		return ask(ctx, of, deep)
	}
	of, err := r.onlyVisible(ctx, of)
	if err != nil {
		return nil, err
	}
	all, err := ask(ctx, of, deep)
	if err != nil {
		return nil, err
	}
	ids := make([]clusto.EntityID, len(all))
	via := make(map[clusto.EntityID]clusto.EntityID, len(all))
	for i, p := range all {
		ids[i], via[p.ID] = p.ID, p.Via
	}
	visible, err := r.visible(ctx, ids)
	if err != nil {
		return nil, err
	}
	var shown []clusto.Placed
	for _, p := range all {
		if !visible(p.ID) {
			continue
		}
		for p.Via != 0 && !visible(p.Via) && !slices.Contains(of, p.Via) {
			p.Via = via[p.Via]
		}
		shown = append(shown, p)
	}
	return shown, nil
}

// InEach implements clusto.Intersecter, also where the inner reader does not.
func (r *reader) InEach(ctx context.Context, containers []clusto.EntityID, deep bool) ([]clusto.Entity, error) {
	seen, err := r.onlyVisible(ctx, containers)
	if err != nil || len(seen) < len(containers) || len(containers) == 0 {
		return nil, err // nothing is in what does not exist
	}
	var common []clusto.Entity
	if in, ok := r.inner.(clusto.Intersecter); ok {
		common, err = in.InEach(ctx, containers, deep)
	} else {
		common, err = r.intersect(ctx, containers, deep)
	}
	if err != nil || r.seesAll() {
		return common, err
	}
	visible, err := r.visible(ctx, idsOf(common))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(common, func(e clusto.Entity) bool { return !visible(e.ID) }), nil
}

// intersect is InEach of a reader that cannot do that.
func (r *reader) intersect(ctx context.Context, containers []clusto.EntityID, deep bool) ([]clusto.Entity, error) {
	var common map[clusto.EntityID]clusto.Entity
	for _, id := range containers {
		contents, err := r.inner.Contents(ctx, []clusto.EntityID{id}, deep)
		if err != nil {
			return nil, err
		}
		here := map[clusto.EntityID]clusto.Entity{}
		for _, p := range contents {
			if _, everywhere := common[p.ID]; everywhere || common == nil {
				here[p.ID] = p.Entity
			}
		}
		common = here
	}
	var found []clusto.Entity
	for _, id := range slices.Sorted(maps.Keys(common)) {
		found = append(found, common[id])
	}
	return found, nil
}

// Counter implements clusto.Reader: a counter is read like an attribute with its key.
func (r *reader) Counter(ctx context.Context, id clusto.EntityID, key string) (int64, bool, error) {
	may, err := r.judge.may(ctx, asking(Read, key, clusto.Subkey{}), id)
	if err != nil || !may {
		return 0, false, err
	}
	return r.inner.Counter(ctx, id, key)
}
