package history

import (
	"context"
	"fmt"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// Words of the drivers that this package must know: their rows follow rules that
// hold for the past too (classic: basicrack.py, pool.py).
const (
	typePool    = "pool"            // of containers that share what is in them
	typeManager = "resourcemanager" // of what hands out resources
)

// past is what is to be undone, seen from the present.
type past struct {
	*net
	h clusto.History

	lives    map[clusto.EntityID]clusto.Life   // of all that have a part in it, dead or alive
	heirs    map[clusto.EntityID][]clusto.Life // what was undeleted from the dead, and from that, and so on
	deleting map[clusto.EntityID]bool          // made then and to be deleted
	reviving map[clusto.EntityID]string        // deleted then and to come back under this name
	ignored  map[clusto.EntityID]bool          // whose attributes do not matter
	undone   map[clusto.Version]bool           // the versions to be undone

	present map[slot][]clusto.Attr            // the live attributes in the slots
	places  map[clusto.EntityID][]clusto.Attr // the live relations by which things are contained
	holders map[string][]held                 // who has resources of a key
}

// held is a resource that somebody has.
type held struct {
	clusto.Attr
	manager clusto.EntityID
}

// newPast reads who has a part in n and lives, and what became of the dead.
func newPast(ctx context.Context, h clusto.History, n *net) (*past, error) {
	p := &past{
		net: n, h: h, lives: map[clusto.EntityID]clusto.Life{},
		deleting: map[clusto.EntityID]bool{}, reviving: map[clusto.EntityID]string{}, ignored: map[clusto.EntityID]bool{},
		undone: map[clusto.Version]bool{}, present: map[slot][]clusto.Attr{},
		places: map[clusto.EntityID][]clusto.Attr{}, holders: map[string][]held{},
	}
	err := p.meet(ctx, n.ids())
	if err != nil {
		return nil, err
	}
	var dead []clusto.EntityID
	for id, life := range p.lives {
		if life.Ended != 0 {
			dead = append(dead, id)
		}
	}
	if p.heirs, err = heirsOf(ctx, h, dead); err != nil {
		return nil, err
	}
	for _, line := range p.heirs {
		for _, heir := range line {
			p.lives[heir.ID] = heir
		}
	}
	return p, nil
}

// meet reads the lives of those among ids that are not known yet.
func (p *past) meet(ctx context.Context, ids []clusto.EntityID) error {
	ids = slices.DeleteFunc(unique(ids), func(id clusto.EntityID) bool {
		_, known := p.lives[id]
		return known
	})
	if len(ids) == 0 {
		return nil
	}
	for life, err := range p.h.Lives(ctx, clusto.LifeMatch{IDs: ids}) {
		if err != nil {
			return err
		}
		p.lives[life.ID] = life
	}
	return nil
}

// name returns what the entity id is called, or was last.
func (p *past) name(id clusto.EntityID) string {
	if name, ok := p.reviving[id]; ok {
		return name
	}
	if life, ok := p.lives[id]; ok {
		return life.Name
	}
	return fmt.Sprintf("entity %d", id)
}

// living returns who stands for the entity id in the present: it itself if it
// lives or is to be revived, or who was undeleted from it.
func (p *past) living(id clusto.EntityID) (clusto.EntityID, bool) {
	if _, ok := p.reviving[id]; ok {
		return id, true
	}
	if life, ok := p.lives[id]; ok && life.Ended == 0 {
		return id, true
	}
	for _, heir := range p.heirs[id] {
		if heir.Ended == 0 {
			return heir.ID, true
		}
	}
	return id, false
}

// gone says that the entity id is dead.
func (p *past) gone(id clusto.EntityID) string {
	if life, ok := p.lives[id]; ok {
		return fmt.Sprintf("%s was deleted in version %d", life.Name, life.Ended)
	}
	return p.name(id) + " does not exist"
}

// today returns an attribute of the past for those who stand for its owner and
// for what it refers to, or why that cannot be.
func (p *past) today(a clusto.Attr) (clusto.Attr, string) {
	owner, ok := p.living(a.Entity)
	if !ok {
		return a, p.gone(a.Entity)
	}
	a.Entity = owner
	if to := a.Value.Relation(); to != 0 {
		now, ok := p.living(to)
		if !ok {
			return a, p.gone(to)
		}
		a.Value = clusto.RelationTo(now)
	}
	if a.Value.Equal(clusto.String(clusto.RedactedValue)) {
		return a, "its value was redacted"
	}
	return a, ""
}

// look reads what is in the slots now, where things are, and who has the
// resources. The number of questions depends on how many keys there are, not on how
// many attributes.
func (p *past) look(ctx context.Context) error {
	owners, things, resources := p.wanted()
	for key, ids := range owners {
		m := clusto.AttrMatch{Entities: unique(ids), Key: clusto.Is(key)}
		if key == clusto.KeyContains {
			m.Subkey = clusto.AnyUnit()
		}
		if err := p.see(ctx, m); err != nil {
			return err
		}
	}
	if things = unique(things); len(things) > 0 {
		if err := p.see(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: things}); err != nil {
			return err
		}
	}
	for key, values := range resources {
		if err := p.lookForHolders(ctx, key, values); err != nil {
			return err
		}
	}
	var ids []clusto.EntityID
	for _, attrs := range p.present {
		for _, a := range attrs {
			ids = append(ids, a.Entity, a.Value.Relation())
		}
	}
	for _, all := range p.holders {
		for _, h := range all {
			ids = append(ids, h.Entity)
		}
	}
	return p.meet(ctx, ids)
}

// wanted returns what look has to ask for: the owners of slots by key, the
// contents of containers, and resources by key.
func (p *past) wanted() (owners map[string][]clusto.EntityID, things []clusto.EntityID, resources map[string][]clusto.Value) {
	owners, resources = map[string][]clusto.EntityID{}, map[string][]clusto.Value{}
	for s, c := range p.slots {
		owner, lives := p.living(s.entity)
		if _, revived := p.reviving[s.entity]; lives && !revived && !isPlace(s) {
			owners[s.key] = append(owners[s.key], owner)
		}
		for _, a := range slices.Concat(c.removed, c.added) {
			if thing, lives := p.living(a.Value.Relation()); lives && s.key == clusto.KeyContains {
				things = append(things, thing)
			}
		}
		for _, a := range c.removed {
			if p.isResource(s) && s.subkey == (clusto.Subkey{}) {
				resources[s.key] = append(resources[s.key], a.Value)
			}
		}
	}
	return owners, things, resources
}

// see notes the attributes that m selects.
func (p *past) see(ctx context.Context, m clusto.AttrMatch) error {
	attrs, err := clusto.Collect(p.h.Attrs(ctx, m))
	if err != nil {
		return err
	}
	for _, a := range attrs {
		s := slotOf(a)
		if !slices.ContainsFunc(p.present[s], func(b clusto.Attr) bool { return a.ID == b.ID }) {
			p.present[s] = append(p.present[s], a)
		}
		if thing := a.Value.Relation(); a.Key == clusto.KeyContains && m.RelatedTo != nil {
			p.places[thing] = append(p.places[thing], a)
		}
	}
	return nil
}

// lookForHolders reads who has one of the resources under key.
func (p *past) lookForHolders(ctx context.Context, key string, values []clusto.Value) error {
	rows, err := clusto.Collect(p.h.Attrs(ctx, clusto.AttrMatch{
		Key: clusto.Is(key), Number: clusto.IsPresent[int64](), Subkey: clusto.IsAbsent[string](), Values: values,
	}))
	if err != nil || len(rows) == 0 {
		return err
	}
	origin := clusto.AttrMatch{Key: clusto.Is(key), Subkey: clusto.Is(resource.SubkeyManager)}
	for _, a := range rows {
		origin.Entities = append(origin.Entities, a.Entity)
	}
	origin.Entities = unique(origin.Entities)
	managers := map[slot]clusto.EntityID{}
	for a, err := range p.h.Attrs(ctx, origin) {
		if err != nil {
			return err
		}
		managers[slot{a.Entity, a.Key, a.Number, clusto.Subkey{}}] = a.Value.Relation()
	}
	for _, a := range rows {
		p.holders[key] = append(p.holders[key], held{a, managers[slotOf(a)]})
	}
	return nil
}

// isPlace reports whether s holds what is in a container without units.
func isPlace(s slot) bool {
	return s.key == clusto.KeyContains && !clusto.InUnit(s.subkey)
}

// isUnit reports whether s is a unit of a rack.
func isUnit(s slot) bool {
	return s.key == clusto.KeyContains && clusto.InUnit(s.subkey)
}

// isCable reports whether s belongs to the cable at a port.
func isCable(s slot) bool {
	return len(s.key) > len(port.KeyPrefix) && s.key[:len(port.KeyPrefix)] == port.KeyPrefix &&
		(s.subkey == clusto.Sub(port.SubkeyConnection) || s.subkey == clusto.Sub(clusto.SubkeyOtherPort))
}

// isResource reports whether s belongs to a resource that came, or was to come back
// to its owner, from a manager.
func (n *net) isResource(s slot) bool {
	if _, numbered := s.number.Get(); !numbered {
		return false
	}
	s.subkey = clusto.Sub(resource.SubkeyManager)
	_, ok := n.slots[s]
	return ok
}
