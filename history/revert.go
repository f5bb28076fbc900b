package history

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Revert makes a change in tx that undoes versions together, and returns what it
// changed. It returns a *[ConflictError] if later changes stand in the way, and
// ErrNotFound if there is no such version.
func Revert(ctx context.Context, tx clusto.Tx, versions ...clusto.Version) (*Plan, error) {
	plan, err := PlanRevert(ctx, tx, versions...)
	if err != nil {
		return nil, err
	}
	return plan, plan.Apply(ctx, tx)
}

// PlanRevert returns the change that undoes versions together, for [Plan.Apply].
// What is as it was before them already is left alone. Errors are those of [Revert].
func PlanRevert(ctx context.Context, h clusto.History, versions ...clusto.Version) (*Plan, error) {
	doing, err := checkVersions(ctx, h, versions)
	if err != nil {
		return nil, err
	}
	n, err := netOf(ctx, h, clusto.EditMatch{Only: versions})
	if err != nil {
		return nil, err
	}
	if err := n.continued(ctx, h); err != nil {
		return nil, err
	}
	p, err := newPast(ctx, h, n)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		p.undone[v] = true
	}
	r := &reversal{past: p}
	for _, id := range slices.Sorted(maps.Keys(n.entities)) {
		r.entity(id, n.entities[id])
	}
	for _, e := range n.redacted {
		r.object(e.Entity, e.Attr.Key, "a redaction cannot be undone")
	}
	if err := r.checkNames(ctx); err != nil {
		return nil, err
	}
	if err := p.look(ctx); err != nil {
		return nil, err
	}
	if err := r.checkDeletions(ctx); err != nil {
		return nil, err
	}
	for _, g := range p.groups() {
		r.conflicts = append(r.conflicts, p.settleGroup(g, &r.steps)...)
	}
	if err := r.checkCycles(ctx); err != nil {
		return nil, err
	}
	if len(r.conflicts) > 0 {
		return nil, &ConflictError{doing, r.conflicts}
	}
	return p.plan(ctx, r.steps)
}

// continued takes what one version deleted and another brought back for one and
// the same: what it is now.
func (n *net) continued(ctx context.Context, h clusto.History) error {
	var dead []clusto.EntityID
	for id, c := range n.entities {
		if c.is == (clusto.Entity{}) {
			dead = append(dead, id)
		}
	}
	heirs, err := heirsOf(ctx, h, unique(dead))
	if err != nil {
		return err
	}
	now := map[clusto.EntityID]clusto.EntityID{}
	for id, line := range heirs {
		for _, heir := range line {
			back, made := n.entities[heir.ID]
			if !made || back.was != (clusto.Entity{}) {
				continue
			}
			now[id] = heir.ID
			back.was = n.entities[id].was
			back.was.ID = heir.ID
			n.entities[heir.ID] = back
			delete(n.entities, id)
		}
	}
	if len(now) > 0 {
		n.replace(now)
		n.settle()
	}
	return nil
}

// checkVersions returns what reverting versions is called, or ErrNotFound.
func checkVersions(ctx context.Context, h clusto.History, versions []clusto.Version) (string, error) {
	if len(versions) == 0 {
		return "", clusto.Errorf(clusto.ErrInvalid, "revert which version?")
	}
	known, err := versionsOf(ctx, h, versions...)
	if err != nil {
		return "", err
	}
	var numbers []string
	for _, v := range versions {
		if _, ok := known[v]; !ok {
			return "", noVersion(v)
		}
		numbers = append(numbers, fmt.Sprint(v))
	}
	return "revert " + strings.Join(numbers, ", "), nil
}

// reversal is a revert that is being worked out.
type reversal struct {
	*past
	steps     steps
	conflicts []Obstacle
}

// object notes what stands in the way.
func (r *reversal) object(id clusto.EntityID, what, format string, args ...any) {
	o := Obstacle{r.name(id), what, fmt.Sprintf(format, args...)}
	if !slices.Contains(r.conflicts, o) {
		r.conflicts = append(r.conflicts, o)
	}
}

// entity works out how the making, the end or the change of an entity is undone.
// What it is afterwards must be known before its attributes are looked at.
func (r *reversal) entity(id clusto.EntityID, c entityChange) {
	life := r.lives[id]
	made, ended := c.was == clusto.Entity{}, c.is == clusto.Entity{}
	switch {
	case made && life.Ended != 0:
		r.ignored[id] = true // somebody else deleted it since
	case made && life.Name == clusto.MetaEntity:
		r.object(id, "", "it belongs to the database itself and cannot be deleted")
	case made:
		r.deleting[id], r.ignored[id] = true, true
		r.steps.remove = append(r.steps.remove, id)
	case ended && r.succeeded(id):
		r.ignored[id] = true
	case ended:
		r.reviving[id] = c.was.Name
		r.steps.revive = append(r.steps.revive, c.was)
	case life.Ended != 0:
		r.ignored[id] = true
		r.object(id, "", "it was deleted in version %d", life.Ended)
	default:
		r.change(life.Entity, c)
	}
}

// succeeded reports, and objects, if a version that is not to be undone brought
// back the entity id.
func (r *reversal) succeeded(id clusto.EntityID) bool {
	for _, heir := range r.heirs[id] {
		if !r.undone[heir.Version] {
			r.object(id, "", "it was undeleted as %s in version %d", heir.Name, heir.Version)
			return true
		}
	}
	return false
}

// change works out how another name or driver of an entity is undone.
func (r *reversal) change(now clusto.Entity, c entityChange) {
	want := now
	if c.was.Name != c.is.Name && now.Name != c.was.Name {
		if now.Name != c.is.Name {
			r.object(now.ID, "", "it was renamed from %s since", c.is.Name)
		}
		want.Name = c.was.Name
	}
	if (c.was.Driver != c.is.Driver || c.was.Type != c.is.Type) && (now.Driver != c.was.Driver || now.Type != c.was.Type) {
		if now.Driver != c.is.Driver || now.Type != c.is.Type {
			r.object(now.ID, "", "its driver was changed from %s to %s since", c.is.Driver, now.Driver)
		}
		want.Type, want.Driver = c.was.Type, c.was.Driver
	}
	if want != now {
		r.steps.change = append(r.steps.change, want)
	}
}

// checkNames objects to names that others have now.
func (r *reversal) checkNames(ctx context.Context) error {
	wanted := map[string]clusto.EntityID{}
	giving := map[clusto.EntityID]bool{} // those that give up their name
	for _, e := range r.steps.revive {
		wanted[e.Name] = e.ID
	}
	for _, e := range r.steps.change {
		if e.Name != r.lives[e.ID].Name {
			wanted[e.Name], giving[e.ID] = e.ID, true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	there, err := clusto.Collect(r.h.Find(ctx, clusto.Match{Names: slices.Sorted(maps.Keys(wanted))}))
	for _, e := range there {
		if !r.deleting[e.ID] && !giving[e.ID] && wanted[e.Name] != e.ID {
			r.object(wanted[e.Name], "", "the name %s was taken in version %d", e.Name, max(e.Version, 1))
		}
	}
	return err
}

// checkDeletions objects to deleting what others refer to since, or what has
// got attributes since.
func (r *reversal) checkDeletions(ctx context.Context) error {
	if len(r.steps.remove) == 0 {
		return nil
	}
	own, err := clusto.Collect(r.h.Attrs(ctx, clusto.AttrMatch{Entities: r.steps.remove}))
	if err != nil {
		return err
	}
	about, err := clusto.Collect(r.h.Attrs(ctx, clusto.AttrMatch{RelatedTo: r.steps.remove}))
	if err != nil {
		return err
	}
	var ids []clusto.EntityID
	for _, a := range about {
		ids = append(ids, a.Entity)
	}
	if err := r.meet(ctx, ids); err != nil {
		return err
	}
	for _, a := range own {
		if !r.undone[a.Version] {
			r.object(a.Entity, a.Name(), "it was made in version %d", a.Version)
		}
	}
	for _, a := range about {
		if !r.undone[a.Version] && !r.deleting[a.Entity] {
			r.object(a.Value.Relation(), "", "%s %s refers to it since version %d", r.name(a.Entity), a.Name(), a.Version)
		}
	}
	return nil
}

// checkCycles objects to putting a thing into a container that is somewhere
// inside it by now.
func (r *reversal) checkCycles(ctx context.Context) error {
	var things []clusto.EntityID
	containers := map[clusto.EntityID]bool{}
	for _, a := range r.steps.add {
		if _, revived := r.reviving[a.Value.Relation()]; a.Key == clusto.KeyContains && !revived {
			things = append(things, a.Value.Relation())
			containers[a.Entity] = true
		}
	}
	if things = unique(things); len(things) == 0 {
		return nil
	}
	inside, err := r.h.Contents(ctx, things, true)
	if err != nil {
		return err
	}
	all := slices.Clone(things)
	for _, p := range inside {
		all = append(all, p.ID)
	}
	if !slices.ContainsFunc(all, func(id clusto.EntityID) bool { return containers[id] }) {
		return nil
	}
	rows, err := clusto.Collect(r.h.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), Entities: unique(all)}))
	if err != nil {
		return err
	}
	next := map[clusto.EntityID][]clusto.EntityID{}
	for _, a := range rows {
		if !slices.Contains(r.steps.drop, a.ID) {
			next[a.Entity] = append(next[a.Entity], a.Value.Relation())
		}
	}
	for _, a := range r.steps.add {
		if a.Key == clusto.KeyContains && leads(next, a.Value.Relation(), a.Entity) {
			r.object(a.Value.Relation(), "place in "+r.name(a.Entity), "%s is inside it by now", r.name(a.Entity))
		}
	}
	return nil
}

// leads reports whether one comes from an entity to another along next.
func leads(next map[clusto.EntityID][]clusto.EntityID, from, to clusto.EntityID) bool {
	seen := map[clusto.EntityID]bool{}
	for queue := []clusto.EntityID{from}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == to {
			return true
		}
		for _, id := range next[queue[0]] {
			if !seen[id] {
				seen[id] = true
				queue = append(queue, id)
			}
		}
	}
	return false
}

// plan returns the plan with these steps, and what it changes.
func (p *past) plan(ctx context.Context, s steps) (*Plan, error) {
	n := newNet()
	for _, id := range s.remove {
		n.entities[id] = entityChange{was: p.lives[id].Entity}
	}
	for _, e := range s.change {
		n.entities[e.ID] = entityChange{was: p.lives[e.ID].Entity, is: e}
	}
	for _, e := range s.revive {
		n.entities[e.ID] = entityChange{is: e}
	}
	dropped, err := p.dropped(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, a := range dropped {
		n.slot(slotOf(a), 0).removed = append(n.slot(slotOf(a), 0).removed, a)
	}
	for _, a := range s.add {
		n.slot(slotOf(a), 0).added = append(n.slot(slotOf(a), 0).added, a)
	}
	if err := p.meet(ctx, n.ids()); err != nil {
		return nil, err
	}
	lives := maps.Clone(p.lives)
	for id, name := range p.reviving {
		life := lives[id]
		life.Name = name
		lives[id] = life
	}
	return &Plan{Diff: n.named(&names{lives: lives}, 0, 0), steps: s}, nil
}

// dropped returns the attributes that s removes: by themselves, or with
// entities that it deletes.
func (p *past) dropped(ctx context.Context, s steps) ([]clusto.Attr, error) {
	var all []clusto.Attr
	seen := map[clusto.AttrID]bool{}
	for _, m := range []clusto.AttrMatch{
		{IDs: append([]clusto.AttrID{}, s.drop...)},
		{Entities: append([]clusto.EntityID{}, s.remove...)},
		{RelatedTo: append([]clusto.EntityID{}, s.remove...)},
	} {
		if len(m.IDs)+len(m.Entities)+len(m.RelatedTo) == 0 {
			continue
		}
		attrs, err := clusto.Collect(p.h.Attrs(ctx, m))
		if err != nil {
			return nil, err
		}
		for _, a := range attrs {
			if !seen[a.ID] {
				seen[a.ID] = true
				all = append(all, a)
			}
		}
	}
	return all, nil
}
