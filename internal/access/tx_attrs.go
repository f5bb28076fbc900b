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
	managers, err := t.managers(ctx, attrs)
	if err != nil {
		return err
	}
	if err := t.knowChanged(ctx, attrs, managers); err != nil {
		return err
	}
	for _, a := range attrs {
		if err := t.mayChangeOne(ctx, a, managers[groupOf(a)]); err != nil {
			return err
		}
	}
	return nil
}

// knowChanged looks up at once what mayChangeOne will ask about.
func (t *tx) knowChanged(ctx context.Context, attrs []clusto.Attr, managers map[group][]clusto.EntityID) error {
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
		for _, m := range managers[groupOf(a)] {
			ask(m)
		}
	}
	return t.judge.know(ctx, ids)
}

// mayChangeOne returns ErrDenied if an attribute, which belongs to what some
// resource managers have handed out, may not be added or removed. What is put
// into something, and a port that another is connected to, are changed with it.
func (t *tx) mayChangeOne(ctx context.Context, a clusto.Attr, managers []clusto.EntityID) error {
	q := asking(Write, a.Key, a.Subkey)
	if t.made(a) {
		q = changing
	}
	if len(managers) > 0 {
		return t.mayAllocate(ctx, a, q, managers)
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

// group is what a resource manager has handed out to an entity: the attributes
// with a key and a number.
type group struct {
	entity clusto.EntityID
	key    string
	number clusto.Number
}

func groupOf(a clusto.Attr) group { return group{a.Entity, a.Key, a.Number} }

// The subkeys of attributes that make up what was handed out. Others of a group
// tell more about it.
const (
	subkeyManager  = "manager"
	subkeyIPString = "ipstring"
)

// mayAllocate returns ErrDenied if an attribute of what was handed out may not
// be changed: by who may allocate from the managers and, unless it is a part of
// the resource itself, by who may write it.
func (t *tx) mayAllocate(ctx context.Context, a clusto.Attr, writing question, managers []clusto.EntityID) error {
	subkey, has := a.Subkey.Get()
	resource := !has || subkey == subkeyManager || subkey == subkeyIPString
	for _, m := range managers {
		err := t.must(ctx, question{verb: Allocate}, m)
		if clusto.KindOf(err) == clusto.ErrDenied && !resource {
			err = t.must(ctx, writing, a.Entity)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// managers returns which resource managers have handed out what attributes belong
// to, according to the attributes themselves and to what is there.
func (t *tx) managers(ctx context.Context, attrs []clusto.Attr) (map[group][]clusto.EntityID, error) {
	managers := map[group][]clusto.EntityID{}
	owners := map[string][]clusto.EntityID{} // by key
	for _, a := range attrs {
		if _, numbered := a.Number.Get(); !numbered || !t.judge.policy.allocated[a.Key] {
			continue
		}
		if m := a.Value.Relation(); m != 0 && a.Subkey == clusto.Sub(subkeyManager) {
			managers[groupOf(a)] = append(managers[groupOf(a)], m)
		}
		owners[a.Key] = append(owners[a.Key], a.Entity)
	}
	changed := map[group]bool{}
	for _, a := range attrs {
		changed[groupOf(a)] = true
	}
	for key, entities := range owners {
		m := clusto.AttrMatch{Entities: entities, Key: clusto.Is(key), Subkey: clusto.Is(subkeyManager)}
		for a, err := range t.inner.Attrs(ctx, m) {
			if err != nil {
				return nil, err
			}
			if id := a.Value.Relation(); id != 0 && changed[groupOf(a)] {
				managers[groupOf(a)] = append(managers[groupOf(a)], id)
			}
		}
	}
	return managers, nil
}
