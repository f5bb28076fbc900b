package history

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Change says what happened to an entity or an attribute.
type Change string

// The changes. An attribute is added or removed, an entity made or deleted.
const (
	Made    Change = "made"
	Deleted Change = "deleted"
	Changed Change = "changed"
	Added   Change = "added"
	Removed Change = "removed"
)

// Diff is what is different between two states of the inventory. An attribute
// that was changed and changed back is no difference.
type Diff struct {
	Entities []EntityDiff // by name
	Redacted []Redaction
}

// Empty reports whether there is no difference.
func (d *Diff) Empty() bool { return len(d.Entities) == 0 && len(d.Redacted) == 0 }

// EntityDiff is what is different about one entity.
type EntityDiff struct {
	Change Change // Made, Deleted or Changed
	// Was and Is are the entity before and after: Was is empty if it was made,
	// Is if it was deleted.
	Was, Is clusto.Entity
	Attrs   []AttrDiff // by key, number and subkey
}

// Name returns what the entity is called, or was called if it is gone.
func (d *EntityDiff) Name() string { return cmp.Or(d.Is.Name, d.Was.Name) }

// AttrDiff is what is different about one attribute.
type AttrDiff struct {
	Change Change // Added, Removed or Changed
	Key    string
	Number clusto.Number
	Subkey clusto.Subkey
	Was    Value // of an attribute that was removed or changed
	Is     Value // of one that was added or changed
}

// Redaction says that old values were taken out of the history.
type Redaction struct {
	Name   string `json:"name"` // of the entity
	Key    string `json:"key"`
	Values int    `json:"values"` // how many
}

// Between returns what is different at version to from what was at version
// from, which may be the later one. What was deleted and brought back in between
// is one and the same. [clusto.Live] stands for the newest version.
// about, if not nil, limits the answer to these entities: what they are, their
// attributes, and attributes of others that refer to them.
func Between(ctx context.Context, h clusto.History, from, to clusto.Version, about []clusto.EntityID) (*Diff, error) {
	newest, err := h.Version(ctx)
	if err != nil {
		return nil, err
	}
	from, to = cmp.Or(from, newest), cmp.Or(to, newest)
	first, last := min(from, to), max(from, to)
	if first == last {
		return &Diff{}, nil
	}
	n, err := netOf(ctx, h, clusto.EditMatch{After: first, To: last, About: about})
	if err != nil {
		return nil, err
	}
	d, err := n.diff(ctx, h, first, last)
	if err == nil && from > to {
		d.turnRound()
	}
	return d, err
}

// diff returns n, which is what the versions after first up to last did, with names.
func (n *net) diff(ctx context.Context, h clusto.History, first, last clusto.Version) (*Diff, error) {
	names, err := namesOf(ctx, h, n.ids(), first)
	if err != nil {
		return nil, err
	}
	if err := n.identify(ctx, h, names, first, last); err != nil {
		return nil, err
	}
	return n.named(names, first, last), nil
}

// named returns n with the names that entities had at first and last.
func (n *net) named(names *names, first, last clusto.Version) *Diff {
	was := func(v clusto.Value) Value {
		if c := n.entities[v.Relation()]; c.was.Name != "" {
			return Value{v, c.was.Name}
		}
		return names.value(v, first)
	}
	is := func(v clusto.Value) Value {
		if c := n.entities[v.Relation()]; c.is.Name != "" {
			return Value{v, c.is.Name}
		}
		return names.value(v, last)
	}
	byID := map[clusto.EntityID]*EntityDiff{}
	entity := func(id clusto.EntityID) *EntityDiff {
		d := byID[id]
		if d == nil {
			d = &EntityDiff{Change: Changed, Was: names.entity(id, first), Is: names.entity(id, last)}
			byID[id] = d
		}
		return d
	}
	for id, c := range n.entities {
		d := entity(id)
		d.Was, d.Is = c.was, c.is
		switch {
		case c.was == clusto.Entity{}:
			d.Change = Made
		case c.is == clusto.Entity{}:
			d.Change = Deleted
		}
	}
	for _, s := range n.ordered() {
		d := entity(s.entity)
		d.Attrs = append(d.Attrs, n.slots[s].diffs(s, was, is)...)
	}
	diff := &Diff{}
	for _, d := range byID {
		diff.Entities = append(diff.Entities, *d)
	}
	diff.sort()
	for _, e := range n.redacted {
		diff.Redacted = append(diff.Redacted, Redaction{names.entity(e.Entity, last).Name, e.Attr.Key, e.Redacted})
	}
	return diff
}

func (d *Diff) sort() {
	slices.SortFunc(d.Entities, func(a, b EntityDiff) int {
		return cmp.Or(strings.Compare(a.Name(), b.Name()), cmp.Compare(a.Change, b.Change), cmp.Compare(a.id(), b.id()))
	})
}

func (d *EntityDiff) id() clusto.EntityID { return cmp.Or(d.Is.ID, d.Was.ID) }

// diffs pairs what was removed from s with what was added to it. was and is name
// what values refer to, as it was called before and after.
func (c *slotChange) diffs(s slot, was, is func(clusto.Value) Value) []AttrDiff {
	var all []AttrDiff
	for i := range max(len(c.removed), len(c.added)) {
		d := AttrDiff{Change: Changed, Key: s.key, Number: s.number, Subkey: s.subkey}
		if i < len(c.removed) {
			d.Was = was(c.removed[i].Value)
		} else {
			d.Change = Added
		}
		if i < len(c.added) {
			d.Is = is(c.added[i].Value)
		} else {
			d.Change = Removed
		}
		all = append(all, d)
	}
	return all
}

// opposite is what a change is, seen from behind.
var opposite = map[Change]Change{Made: Deleted, Deleted: Made, Added: Removed, Removed: Added, Changed: Changed}

// turnRound makes d the difference in the other direction.
func (d *Diff) turnRound() {
	for i := range d.Entities {
		e := &d.Entities[i]
		e.Change, e.Was, e.Is = opposite[e.Change], e.Is, e.Was
		for j := range e.Attrs {
			a := &e.Attrs[j]
			a.Change, a.Was, a.Is = opposite[a.Change], a.Is, a.Was
		}
	}
	d.sort()
}
