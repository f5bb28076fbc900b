package history

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// group is the slots that are undone together or not at all: both ends of a
// cable, a resource with what stands beside it, the units of a device.
type group []slot

// label is what slots of a group have in common.
type label struct {
	entity clusto.EntityID
	kind   string
	number int64
	about  slot // of a slot that has nothing in common with others
}

// groups returns the slots in groups, in the order of their first slots.
func (p *past) groups() []group {
	var all []*group
	of := map[label]*group{}
	for _, s := range p.ordered() {
		var mine *group
		for _, l := range p.labels(s) {
			switch other := of[l]; {
			case other == nil || other == mine:
			case mine == nil:
				mine = other
			default: // two that turn out to be one
				*other = append(*other, *mine...)
				for l, g := range of {
					if g == mine {
						of[l] = other
					}
				}
				*mine, mine = nil, other
			}
		}
		if mine == nil {
			mine = &group{}
			all = append(all, mine)
		}
		*mine = append(*mine, s)
		for _, l := range p.labels(s) {
			of[l] = mine
		}
	}
	var groups []group
	for _, g := range all {
		if len(*g) > 0 {
			groups = append(groups, *g)
		}
	}
	return groups
}

// labels returns what s has in common with the other slots of its group.
func (p *past) labels(s slot) []label {
	number, _ := s.number.Get()
	switch c := p.slots[s]; {
	case isCable(s):
		labels := []label{{entity: s.entity, kind: s.key, number: number}}
		return append(labels, p.farEnds(s)...)
	case p.isResource(s):
		return []label{{entity: s.entity, kind: "resource " + s.key, number: number}}
	case isUnit(s):
		var labels []label
		for _, a := range slices.Concat(c.removed, c.added) {
			labels = append(labels, label{entity: s.entity, kind: "unit", number: int64(a.Value.Relation())})
		}
		return labels
	}
	return []label{{about: s}}
}

// farEnds returns the labels of the other ends of the cables that were at s.
func (p *past) farEnds(s slot) []label {
	connection, number := s, s
	connection.subkey, number.subkey = clusto.Sub(port.SubkeyConnection), clusto.Sub(clusto.SubkeyOtherPort)
	to, at := p.slots[connection], p.slots[number]
	if to == nil || at == nil {
		return nil
	}
	var labels []label
	for _, pair := range []struct{ to, at []clusto.Attr }{{to.removed, at.removed}, {to.added, at.added}} {
		for i := range min(len(pair.to), len(pair.at)) {
			if pair.at[i].Value.Kind() != clusto.KindInt {
				continue // the name of an outlet; the other end leads here
			}
			labels = append(labels, label{entity: pair.to[i].Value.Relation(), kind: s.key, number: pair.at[i].Value.Int64()})
		}
	}
	return labels
}

// title returns whose g is and what it is, for people.
func (p *past) title(g group) (entity, what string) {
	s := g[0]
	for _, t := range g { // who comes back is named rather than what stays
		if _, revived := p.reviving[t.entity]; revived {
			s = t
			break
		}
	}
	switch entity = p.name(s.entity); {
	case isCable(s):
		return entity, fmt.Sprintf("cable at %s/%d", strings.TrimPrefix(s.key, port.KeyPrefix), s.number.Or(0))
	case p.isResource(s):
		value := s
		value.subkey = clusto.Subkey{}
		if c := p.slots[value]; c != nil && len(c.removed) > 0 {
			return entity, fmt.Sprintf("%s %s", s.key, shown(value.attr(), Value{Value: c.removed[0].Value}))
		}
	case isUnit(s):
		var units []string
		for _, t := range g {
			units = append(units, fmt.Sprint(t.number.Or(0)))
		}
		return p.thing(s, entity), fmt.Sprintf("place in %s, unit %s", entity, strings.Join(units, ", "))
	case isPlace(s):
		return p.thing(s, entity), "place in " + entity
	}
	return entity, s.attr().Name()
}

// thing returns the name of what was in the container at s.
func (p *past) thing(s slot, otherwise string) string {
	for _, a := range slices.Concat(p.slots[s].removed, p.slots[s].added) {
		return p.name(a.Value.Relation())
	}
	return otherwise
}

// fate is what is to be done to undo a group, or why it cannot be.
type fate struct {
	drop []clusto.Attr
	add  []clusto.Attr
	why  []string
}

func (f *fate) refuse(format string, args ...any) {
	if why := fmt.Sprintf(format, args...); !slices.Contains(f.why, why) {
		f.why = append(f.why, why)
	}
}

// fate returns what is to be done to undo g.
func (p *past) fate(g group) *fate {
	f := &fate{}
	for _, s := range g {
		if !p.ignored[s.entity] {
			p.undo(s, f)
		}
	}
	for _, a := range f.add {
		p.checkHolders(a, f)
		p.checkResource(a, f)
		p.checkPlaces(a, f)
		p.checkHalves(a, f)
	}
	return f
}

// settleGroup adds what undoes g to s, or returns what stands in the way.
func (p *past) settleGroup(g group, s *steps) []Obstacle {
	f := p.fate(g)
	if len(f.why) > 0 {
		entity, what := p.title(g)
		return []Obstacle{{entity, what, strings.Join(f.why, "; ")}}
	}
	for _, a := range f.drop {
		s.drop = append(s.drop, a.ID)
	}
	s.add = append(s.add, f.add...)
	return nil
}

// undo adds to f what is to be done in one slot.
func (p *past) undo(s slot, f *fate) {
	c := p.slots[s]
	if _, lives := p.living(s.entity); !lives {
		f.refuse("%s", p.gone(s.entity))
		return
	}
	back := make([]clusto.Attr, 0, len(c.removed))
	for _, a := range c.removed {
		now, why := p.today(a)
		if why != "" {
			f.refuse("%s", why)
			return
		}
		back = append(back, now)
	}
	now := s
	now.entity, _ = p.living(s.entity)
	mine, others := p.inSlot(now, c)
	switch {
	case len(mine) == 0 && sameValues(back, others) && p.samePort(s, now) || p.alreadyPlaced(s, back):
	case isStalePort(now) && len(others) > 0: // what is connected decides, not this
		f.drop = append(f.drop, slices.Concat(mine, others)...)
		f.add = append(f.add, back...)
	case len(back) == 0 && (len(others) == 0 || len(mine) == len(c.added)):
		f.drop = append(f.drop, mine...)
	case len(others) > 0:
		f.refuse("%s", p.taken(now, others[0]))
	case len(mine) < len(c.added):
		f.refuse("%s was removed since", now.attr().Name())
	default:
		f.drop = append(f.drop, mine...)
		f.add = append(f.add, back...)
	}
}

// inSlot returns the live attributes in s: those that the undone versions
// added, and others that came since or leave no place for one more.
func (p *past) inSlot(s slot, c *slotChange) (mine, others []clusto.Attr) {
	only := isUnit(s) || isCable(s)
	for _, a := range p.present[s] {
		switch {
		case slices.ContainsFunc(c.added, func(b clusto.Attr) bool { return a.ID == b.ID }):
			mine = append(mine, a)
		case p.made[a.ID], p.deleting[a.Value.Relation()]:
		case only || a.Version >= c.since && !p.undone[a.Version]:
			others = append(others, a)
		}
	}
	return mine, others
}

// isStalePort reports whether s is the number of the port at the other end of
// a cable, which means nothing without the cable (classic left it behind).
func isStalePort(s slot) bool { return isCable(s) && s.subkey == clusto.Sub(clusto.SubkeyOtherPort) }

// samePort reports whether the connection that was at s leads to the same port
// as the one that is at now; other slots lead nowhere.
func (p *past) samePort(s, now slot) bool {
	if !isCable(s) || isStalePort(s) {
		return true
	}
	s.subkey, now.subkey = clusto.Sub(clusto.SubkeyOtherPort), clusto.Sub(clusto.SubkeyOtherPort)
	c := p.slots[s]
	return c == nil || sameValues(c.removed, p.present[now])
}

// alreadyPlaced reports whether what was in a container is in it again.
func (p *past) alreadyPlaced(s slot, back []clusto.Attr) bool {
	if !isPlace(s) || len(back) == 0 {
		return false
	}
	for _, a := range back {
		if !slices.ContainsFunc(p.places[a.Value.Relation()], func(b clusto.Attr) bool { return a.Entity == b.Entity && !p.made[b.ID] }) {
			return false
		}
	}
	return true
}

// sameValues reports whether two lists have the same values.
func sameValues(a, b []clusto.Attr) bool {
	byValue := func(a, b clusto.Attr) int { return a.Value.Compare(b.Value) }
	a, b = slices.SortedFunc(slices.Values(a), byValue), slices.SortedFunc(slices.Values(b), byValue)
	return slices.EqualFunc(a, b, func(a, b clusto.Attr) bool { return a.Value.Equal(b.Value) })
}

// taken says what has the place of an attribute.
func (p *past) taken(s slot, by clusto.Attr) string {
	owner, now := p.name(s.entity), Value{by.Value, p.name(by.Value.Relation())}
	switch {
	case isCable(s):
		return fmt.Sprintf("%s %s/%d is connected to %s since version %d",
			owner, strings.TrimPrefix(s.key, port.KeyPrefix), s.number.Or(0), now.Text(), by.Version)
	case isUnit(s):
		return fmt.Sprintf("unit %d of %s holds %s since version %d", s.number.Or(0), owner, now.Text(), by.Version)
	}
	return fmt.Sprintf("%s %s is %s since version %d", owner, s.attr().Name(), shown(s.attr(), now), by.Version)
}

// checkHolders refuses a resource that somebody else has.
func (p *past) checkHolders(a clusto.Attr, f *fate) {
	if a.Subkey != (clusto.Subkey{}) {
		return
	}
	manager := clusto.EntityID(0)
	for _, b := range f.add {
		if b.Entity == a.Entity && b.Key == a.Key && b.Number == a.Number && b.Subkey == clusto.Sub(resource.SubkeyManager) {
			manager = b.Value.Relation()
		}
	}
	if manager == 0 {
		return
	}
	for _, h := range p.holders[a.Key] {
		free := p.deleting[h.Entity] || p.made[h.ID]
		if !free && h.Value.Equal(a.Value) && (a.Key == resource.KeyIP || h.manager == manager) {
			f.refuse("%s belongs to %s since version %d", shown(a, Value{Value: a.Value}), p.name(h.Entity), h.Version)
		}
	}
}

// checkResource refuses to say who manages a resource that its owner has no
// longer.
func (p *past) checkResource(a clusto.Attr, f *fate) {
	to := a.Value.Relation()
	if a.Subkey != clusto.Sub(resource.SubkeyManager) || p.lives[to].Type != typeManager {
		return
	}
	value := slotOf(a)
	value.subkey = clusto.Subkey{}
	returns := slices.ContainsFunc(f.add, func(b clusto.Attr) bool { return slotOf(b) == value })
	if !returns && len(p.present[value]) == 0 {
		f.refuse("%s was removed since", value.attr().Name())
	}
}

// checkPlaces refuses to put a thing into a container if it is elsewhere: only
// pools share what is in them.
func (p *past) checkPlaces(a clusto.Attr, f *fate) {
	if a.Key != clusto.KeyContains || p.lives[a.Entity].Type == typePool {
		return
	}
	thing := a.Value.Relation()
	since := cmp.Or(p.slots[slotOf(a)], &slotChange{}).since
	for _, other := range p.places[thing] {
		switch {
		case p.deleting[other.Entity], p.made[other.ID], p.lives[other.Entity].Type == typePool, other.Version < since,
			other.Entity == a.Entity && !isUnit(slotOf(a)):
		default:
			f.refuse("%s is in %s since version %d", p.name(thing), p.name(other.Entity), other.Version)
		}
	}
}

// checkHalves refuses to put a thing into units that something has come into since
// which may not leave half their width to it. What is in the right half takes half the
// width, and so do others of its driver; of all else only the drivers know.
func (p *past) checkHalves(a clusto.Attr, f *fate) {
	half := slotOf(a)
	if !isUnit(half) {
		return
	}
	since := cmp.Or(p.slots[half], &slotChange{}).since
	if half.subkey == clusto.Sub(clusto.SubkeyUnit) {
		half.subkey = clusto.Sub(clusto.SubkeyUnitRight)
	} else {
		half.subkey = clusto.Sub(clusto.SubkeyUnit)
	}
	thing := a.Value.Relation()
	for _, other := range p.present[half] {
		by := other.Value.Relation()
		switch {
		case p.made[other.ID], p.deleting[by], p.undone[other.Version], other.Version < since, by == thing,
			p.lives[by].Driver == p.lives[thing].Driver:
		default:
			f.refuse("%s", p.taken(half, other))
		}
	}
}
