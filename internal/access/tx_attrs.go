package access

import (
	"context"

	"github.com/clusto/clusto"
)

// AddAttrs implements clusto.Tx.
func (t *tx) AddAttrs(ctx context.Context, attrs ...clusto.Attr) error {
	for _, a := range attrs {
		if a.Value.Equal(clusto.String(SecretMark)) && t.judge.policy.Secret(a.Key, a.Subkey) {
			return clusto.WithHint(
				clusto.Errorf(clusto.ErrInvalid, "attribute %s: %s only stands for a secret that you may not read, and is not its value", a.Name(), SecretMark),
				"leave the attribute out, or give its real value")
		}
	}
	if !t.seesAll() {
		if err := t.refer(ctx, attrs); err != nil {
			return err
		}
	}
	if err := t.mayChange(ctx, attrs); err != nil {
		return err
	}
	err := t.inner.AddAttrs(ctx, attrs...)
	t.moved(attrs)
	return err
}

// DelAttrs implements clusto.Tx. What may not be seen is not selected.
func (t *tx) DelAttrs(ctx context.Context, m clusto.AttrMatch) (int, error) {
	if t.readsAll() && t.revealsAll() && t.changesAll() {
		t.judge.forget()
		return t.inner.DelAttrs(ctx, m)
	}
	rows, err := clusto.Collect(t.Attrs(ctx, m))
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	if err := t.mayChange(ctx, rows); err != nil {
		return 0, err
	}
	if !t.harmless(&m) {
		m = clusto.AttrMatch{IDs: rowsOf(rows)}
	}
	n, err := t.inner.DelAttrs(ctx, m)
	t.moved(rows)
	return n, err
}

// changesAll reports whether every attribute may be changed.
func (t *tx) changesAll() bool {
	return t.judge.rule(question{verb: Write, kind: All}).verdict == whatever && t.judge.rule(question{verb: Allocate}).verdict == whatever
}

// moved forgets where things are if attrs say where. Where the transaction's own
// things are is looked at in the end.
func (t *tx) moved(attrs []clusto.Attr) {
	for _, a := range attrs {
		if to := a.Value.Relation(); a.Key == clusto.KeyContains && to != 0 && t.state.made[to] == nil {
			t.judge.forget()
			return
		}
	}
}

// refer returns ErrNotFound if one of the attributes belongs or refers to what
// may not be seen.
func (t *tx) refer(ctx context.Context, attrs []clusto.Attr) error {
	var ids []clusto.EntityID
	for _, a := range attrs {
		ids = append(ids, a.Entity)
		if to := a.Value.Relation(); to != 0 {
			ids = append(ids, to)
		}
	}
	visible, err := t.visible(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if t.state.made[id] == nil && !visible(id) {
			return missing(id)
		}
	}
	return nil
}

// mayChange returns ErrDenied if one of the attributes may not be added or
// removed.
func (t *tx) mayChange(ctx context.Context, attrs []clusto.Attr) error {
	if t.changesAll() {
		return nil
	}
	groups, err := t.groups(ctx, attrs)
	if err != nil {
		return err
	}
	if err := t.knowChanged(ctx, attrs, groups); err != nil {
		return err
	}
	for _, a := range attrs {
		if err := t.mayChangeOne(ctx, a, groups[slotOf(a)]); err != nil {
			return err
		}
	}
	return nil
}

// knowChanged looks up at once what mayChangeOne will ask about.
func (t *tx) knowChanged(ctx context.Context, attrs []clusto.Attr, groups map[slot]*group) error {
	var ids []clusto.EntityID
	ask := func(id clusto.EntityID) {
		if id != 0 && t.state.made[id] == nil {
			ids = append(ids, id)
		}
	}
	for _, a := range attrs {
		ask(a.Entity)
		if kindOf(a.Key) != Attr {
			ask(a.Value.Relation())
		}
		if g := groups[slotOf(a)]; g != nil {
			for _, m := range g.managers {
				ask(m)
			}
		}
	}
	return t.judge.know(ctx, ids)
}

// mayChangeOne returns ErrDenied if an attribute, which may be part of a group,
// may not be added or removed. What is put into something, and a port that
// another is connected to, are changed with it.
func (t *tx) mayChangeOne(ctx context.Context, a clusto.Attr, g *group) error {
	q := asking(Write, a.Key, a.Subkey)
	if t.made(a) {
		q = changing
	}
	if g != nil && len(g.managers) > 0 {
		return t.mayAllocate(ctx, a, q, g)
	}
	if err := t.must(ctx, q, a.Entity); err != nil {
		return err
	}
	to := a.Value.Relation()
	if kindOf(a.Key) == Attr || to == 0 {
		return nil
	}
	if _, exists := t.judge.known[to]; !exists && t.state.made[to] == nil {
		return nil // classic clusto has left it there
	}
	return t.must(ctx, q, to)
}

// made reports whether a is a property that an entity gets as it is made: who may
// make the one may set the other.
func (t *tx) made(a clusto.Attr) bool {
	return t.state.made[a.Entity] != nil && a.Subkey == clusto.Sub(clusto.SubkeyProperty) && kindOf(a.Key) == Attr
}

// slot is where a resource manager puts what it hands out to an entity.
type slot struct {
	entity clusto.EntityID
	key    string
	number clusto.Number
}

func slotOf(a clusto.Attr) slot { return slot{a.Entity, a.Key, a.Number} }

// group are the attributes in a slot.
type group struct {
	managers []clusto.EntityID // who have handed it out, or do so now
	// somebodys says that it was written by hand: what is there has no manager.
	somebodys bool
}

// The subkeys of attributes that make up what was handed out. Others of a group
// tell more about it.
const (
	subkeyManager  = "manager"
	subkeyIPString = "ipstring"
)

// mayAllocate returns ErrDenied if an attribute of what was handed out may not
// be changed: by who may allocate from the managers and, unless it is a part of
// the resource itself, by who may write it. What was written by hand does not
// become a manager's without a grant to write it.
func (t *tx) mayAllocate(ctx context.Context, a clusto.Attr, writing question, g *group) error {
	subkey, has := a.Subkey.Get()
	resource := !has || subkey == subkeyManager || subkey == subkeyIPString
	for _, m := range g.managers {
		err := t.must(ctx, question{verb: Allocate}, m)
		if clusto.KindOf(err) == clusto.ErrDenied && !resource {
			err = t.must(ctx, writing, a.Entity)
		}
		if err != nil {
			return err
		}
	}
	if g.somebodys {
		return t.must(ctx, writing, a.Entity)
	}
	return nil
}

// groups returns the groups that attributes belong to, according to the
// attributes themselves and to what is there.
func (t *tx) groups(ctx context.Context, attrs []clusto.Attr) (map[slot]*group, error) {
	groups := map[slot]*group{}
	owners := map[string][]clusto.EntityID{} // by key
	for _, a := range attrs {
		if _, numbered := a.Number.Get(); !numbered || !t.judge.policy.allocated[a.Key] {
			continue
		}
		g := groups[slotOf(a)]
		if g == nil {
			g = &group{}
			groups[slotOf(a)] = g
		}
		g.add(a)
		owners[a.Key] = append(owners[a.Key], a.Entity)
	}
	for key, entities := range owners {
		stored := map[slot]*group{}
		for a, err := range t.inner.Attrs(ctx, clusto.AttrMatch{Entities: entities, Key: clusto.Is(key)}) {
			if err != nil {
				return nil, err
			}
			if groups[slotOf(a)] == nil {
				continue
			}
			if stored[slotOf(a)] == nil {
				stored[slotOf(a)] = &group{}
			}
			stored[slotOf(a)].add(a)
		}
		for at, there := range stored {
			groups[at].managers = append(groups[at].managers, there.managers...)
			groups[at].somebodys = len(there.managers) == 0
		}
	}
	return groups, nil
}

// add takes note of the manager that a names.
func (g *group) add(a clusto.Attr) {
	if m := a.Value.Relation(); m != 0 && a.Subkey == clusto.Sub(subkeyManager) {
		g.managers = append(g.managers, m)
	}
}
