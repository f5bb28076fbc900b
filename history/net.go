package history

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/clusto/clusto"
)

// slot is a place for an attribute: those of one key, number and subkey of an
// entity. Most hold one attribute, some several.
type slot struct {
	entity clusto.EntityID
	key    string
	number clusto.Number
	subkey clusto.Subkey
}

func slotOf(a clusto.Attr) slot { return slot{a.Entity, a.Key, a.Number, a.Subkey} }

// attr returns an attribute without value in s, for its name.
func (s slot) attr() clusto.Attr {
	return clusto.Attr{Entity: s.entity, Key: s.key, Number: s.number, Subkey: s.subkey}
}

// slotChange is what happened in a slot.
type slotChange struct {
	removed, added []clusto.Attr
	since          clusto.Version // the first version that did something here
}

// entityChange is what an entity was and is; an empty one says that it was not
// there.
type entityChange struct {
	was, is clusto.Entity
}

// net is what some versions did together: what one made and a later one undid
// again is not in it.
type net struct {
	entities map[clusto.EntityID]entityChange
	slots    map[slot]*slotChange
	redacted []clusto.Edit
	made     map[clusto.AttrID]bool // the attributes that they left, also those that are as before
}

func newNet() *net {
	return &net{entities: map[clusto.EntityID]entityChange{}, slots: map[slot]*slotChange{}, made: map[clusto.AttrID]bool{}}
}

// netOf reads what the versions that m selects did together.
func netOf(ctx context.Context, h clusto.History, m clusto.EditMatch) (*net, error) {
	n := newNet()
	for e, err := range h.Edits(ctx, m) {
		if err != nil {
			return nil, err
		}
		n.take(e)
	}
	n.settle()
	return n, nil
}

// take takes in an edit that is later than those before.
func (n *net) take(e clusto.Edit) {
	switch e.Kind {
	case clusto.AttrMade, clusto.AttrEnded:
		n.slot(slotOf(e.Attr), e.Version).take(e)
	case clusto.AttrsRedacted:
		n.redacted = append(n.redacted, e)
	case clusto.EntityMade:
		n.entities[e.Entity] = entityChange{is: e.Is}
	case clusto.EntityEnded:
		c, known := n.entities[e.Entity]
		if !known {
			c.was = e.Was
		}
		c.is = clusto.Entity{}
		n.entities[e.Entity] = c
	case clusto.EntityChanged:
		c, known := n.entities[e.Entity]
		if !known {
			c.was = e.Was
		}
		c.is = e.Is
		n.entities[e.Entity] = c
	}
}

func (n *net) slot(s slot, since clusto.Version) *slotChange {
	c := n.slots[s]
	if c == nil {
		c = &slotChange{since: since}
		n.slots[s] = c
	}
	return c
}

// take takes in the making or the end of an attribute. The end of one that was
// made before takes it out again.
func (c *slotChange) take(e clusto.Edit) {
	if e.Kind == clusto.AttrMade {
		c.added = append(c.added, e.Attr)
		return
	}
	if i := slices.IndexFunc(c.added, func(a clusto.Attr) bool { return a.ID == e.Attr.ID }); i >= 0 {
		c.added = slices.Delete(c.added, i, i+1)
		return
	}
	c.removed = append(c.removed, e.Attr)
}

// identify takes what was deleted and brought back between two versions for one
// and the same.
func (n *net) identify(ctx context.Context, h clusto.History, names *names, first, last clusto.Version) error {
	within := func(v clusto.Version) bool { return first < v && v <= last }
	var dead []clusto.EntityID
	for id, life := range names.lives {
		if life.Version <= first && within(life.Ended) {
			dead = append(dead, id)
		}
	}
	heirs, err := heirsOf(ctx, h, unique(dead))
	if err != nil {
		return err
	}
	one := map[clusto.EntityID]clusto.EntityID{} // from who was brought back to who was deleted
	for id, line := range heirs {
		for _, heir := range line {
			_, concerned := names.lives[heir.ID]
			if !concerned || !within(heir.Version) || within(heir.Ended) {
				continue
			}
			one[heir.ID] = id
			n.entities[id] = entityChange{was: names.entity(id, first), is: names.entity(heir.ID, last)}
			delete(n.entities, heir.ID)
		}
	}
	if len(one) > 0 {
		n.replace(one)
		n.settle()
	}
	return nil
}

// replace puts entities in the place of others, as owners of attributes and in
// their values.
func (n *net) replace(by map[clusto.EntityID]clusto.EntityID) {
	old := n.slots
	n.slots = map[slot]*slotChange{}
	for s, c := range old {
		if id, ok := by[s.entity]; ok {
			s.entity = id
		}
		for _, list := range [][]clusto.Attr{c.removed, c.added} {
			for i := range list {
				if id, ok := by[list[i].Value.Relation()]; ok {
					list[i].Value = clusto.RelationTo(id)
				}
				list[i].Entity = s.entity
			}
		}
		to := n.slot(s, c.since)
		to.removed, to.added = append(to.removed, c.removed...), append(to.added, c.added...)
		to.since = min(to.since, c.since)
	}
}

// settle takes out what is now as it was.
func (n *net) settle() {
	maps.DeleteFunc(n.entities, func(_ clusto.EntityID, c entityChange) bool { return same(c.was, c.is) })
	for s, c := range n.slots {
		for _, a := range c.added {
			n.made[a.ID] = true
		}
		c.removed = slices.DeleteFunc(c.removed, func(old clusto.Attr) bool {
			i := slices.IndexFunc(c.added, func(a clusto.Attr) bool { return a.Value.Equal(old.Value) })
			if i >= 0 {
				c.added = slices.Delete(c.added, i, i+1)
			}
			return i >= 0
		})
		if len(c.removed) == 0 && len(c.added) == 0 {
			delete(n.slots, s)
		}
	}
}

// same reports whether nothing about an entity that people see is different.
func same(a, b clusto.Entity) bool {
	return a.Name == b.Name && a.Type == b.Type && a.Driver == b.Driver
}

// ids returns the entities that n is about, also by reference.
func (n *net) ids() []clusto.EntityID {
	ids := slices.Collect(maps.Keys(n.entities))
	for s, c := range n.slots {
		ids = append(ids, s.entity)
		for _, a := range slices.Concat(c.removed, c.added) {
			ids = append(ids, a.Value.Relation())
		}
	}
	for _, e := range n.redacted {
		ids = append(ids, e.Entity)
	}
	return unique(ids)
}

// ordered returns the slots of n by entity, key, number and subkey.
func (n *net) ordered() []slot {
	return slices.SortedFunc(maps.Keys(n.slots), func(a, b slot) int {
		return cmp.Or(cmp.Compare(a.entity, b.entity), clusto.CompareAttrs(a.attr(), b.attr()))
	})
}
