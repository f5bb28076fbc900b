package access

import (
	"context"
	"errors"
	"slices"

	"github.com/clusto/clusto"
)

// judge decides what a subject may do, by one state of the inventory. It
// remembers what it has looked up.
type judge struct {
	policy *Policy
	rights *rights
	who    string
	reader clusto.Reader // of the live rows, or a transaction
	rules  map[question]rule

	// The rest is nil until it is needed.
	named  map[string][]clusto.EntityID // containers that grants name
	known  map[clusto.EntityID]clusto.Entity
	up     map[clusto.EntityID][]clusto.EntityID // what an entity is directly in
	inside map[clusto.EntityID]map[clusto.EntityID]bool
}

func newJudge(p *Policy, r *rights, who string, reader clusto.Reader) *judge {
	return &judge{policy: p, rights: r, who: who, reader: reader, rules: map[question]rule{}}
}

// forget is called when entities or what they are in have changed.
func (j *judge) forget() { j.named, j.known, j.up, j.inside = nil, nil, nil, nil }

// rule returns what the rights say about q.
func (j *judge) rule(q question) rule {
	known, ok := j.rules[q]
	if !ok {
		known = j.rights.rule(q, !j.policy.readByGrant)
		j.rules[q] = known
	}
	return known
}

// may reports whether q is permitted about the entity id.
func (j *judge) may(ctx context.Context, q question, id clusto.EntityID) (bool, error) {
	r := j.rule(q)
	if r.verdict != depends {
		return r.verdict == whatever, nil
	}
	if err := j.know(ctx, []clusto.EntityID{id}); err != nil {
		return false, err
	}
	return j.permits(r, id), nil
}

// must returns ErrDenied unless q is permitted about the entity id.
func (j *judge) must(ctx context.Context, q question, id clusto.EntityID) error {
	ok, err := j.may(ctx, q, id)
	if err != nil || ok {
		return err
	}
	if err := j.know(ctx, []clusto.EntityID{id}); err != nil {
		return err
	}
	e, exists := j.known[id]
	if !exists || !j.permits(j.rule(seeing), id) {
		return missing(id)
	}
	return j.denied(q, e.Name)
}

// denied is the error of who may not do what q asks to the entity called name.
func (j *judge) denied(q question, name string) error {
	g := Grant{Verb: q.verb, What: q.what()}
	if name != "" {
		g.Where = []Place{{Relation: On, Name: name}}
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrDenied, "%s", j.rights.refusal(j.who, q, name)), "that needs a grant such as %q", g)
}

// permits reports whether r holds for an entity that is known.
func (j *judge) permits(r rule, id clusto.EntityID) bool {
	if r.verdict != depends {
		return r.verdict == whatever
	}
	for _, set := range r.sets {
		if !slices.ContainsFunc(set, func(h held) bool { return j.holds(h, id) }) {
			return false
		}
	}
	return true
}

// holds reports whether a grant holds for an entity that is known.
func (j *judge) holds(h held, id clusto.EntityID) bool {
	e, exists := j.known[id]
	return exists && !slices.ContainsFunc(h.Where, func(p Place) bool { return !j.at(p, e) })
}

// at reports whether an entity that is known is at a place.
func (j *judge) at(p Place, e clusto.Entity) bool {
	switch p.Relation {
	case OfType:
		return e.Type == p.Name
	case OfDriver:
		return e.Driver == p.Name
	case On:
		return e.Name == p.Name
	}
	_, in := j.container(p, e.ID)
	return in
}

// container returns the container of a place that an entity is, or is in.
func (j *judge) container(p Place, id clusto.EntityID) (clusto.EntityID, bool) {
	for _, c := range j.named[p.Name] {
		if (p.Type == "" || j.known[c].Type == p.Type) && (c == id || j.inside[id][c]) {
			return c, true
		}
	}
	return 0, false
}

// know looks up what the rights want to know about entities, in a number of
// statements that depends on how deep containers are nested, and not on how
// many entities there are.
func (j *judge) know(ctx context.Context, ids []clusto.EntityID) error {
	if err := j.findContainers(ctx); err != nil {
		return err
	}
	var unknown []clusto.EntityID
	for _, id := range ids {
		if _, ok := j.inside[id]; !ok && id != 0 {
			unknown = append(unknown, id)
			j.inside[id] = nil
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	if err := j.lookUp(ctx, unknown); err != nil {
		j.forget()
		return err
	}
	return nil
}

func (j *judge) lookUp(ctx context.Context, ids []clusto.EntityID) error {
	if err := j.entities(ctx, ids); err != nil || len(j.named) == 0 {
		return err
	}
	if len(ids) == 1 {
		above, err := j.reader.Parents(ctx, ids, true)
		for _, p := range above {
			j.note(ids[0], p.ID)
		}
		return err
	}
	if err := j.climb(ctx, ids); err != nil {
		return err
	}
	for _, id := range ids {
		j.walk(id, id, map[clusto.EntityID]bool{})
	}
	return nil
}

// note remembers that an entity is in a container, if a grant names it.
func (j *judge) note(id, container clusto.EntityID) {
	e, ok := j.known[container]
	if !ok || !slices.Contains(j.named[e.Name], container) {
		return
	}
	if j.inside[id] == nil {
		j.inside[id] = map[clusto.EntityID]bool{}
	}
	j.inside[id][container] = true
}

// walk notes all that from, and so the entity id, is in.
func (j *judge) walk(id, from clusto.EntityID, seen map[clusto.EntityID]bool) {
	for _, above := range j.up[from] {
		if !seen[above] {
			seen[above] = true
			j.note(id, above)
			j.walk(id, above, seen)
		}
	}
}

// climb reads what entities are in, level by level.
func (j *judge) climb(ctx context.Context, ids []clusto.EntityID) error {
	for level := j.unclimbed(ids); len(level) > 0; {
		var above []clusto.EntityID
		m := clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: level}
		for a, err := range j.reader.Attrs(ctx, m) {
			if err != nil {
				return err
			}
			of := a.Value.Relation()
			j.up[of] = append(j.up[of], a.Entity)
			above = append(above, a.Entity)
		}
		level = j.unclimbed(above)
	}
	return nil
}

// unclimbed returns those of ids, each once, whose containers are not known, and
// takes note that they will be.
func (j *judge) unclimbed(ids []clusto.EntityID) []clusto.EntityID {
	var rest []clusto.EntityID
	for _, id := range ids {
		if _, ok := j.up[id]; !ok {
			j.up[id] = nil
			rest = append(rest, id)
		}
	}
	return rest
}

// findContainers looks up the containers that grants name.
func (j *judge) findContainers(ctx context.Context) error {
	if j.named != nil {
		return nil
	}
	j.named = map[string][]clusto.EntityID{}
	j.known = map[clusto.EntityID]clusto.Entity{}
	j.up = map[clusto.EntityID][]clusto.EntityID{}
	j.inside = map[clusto.EntityID]map[clusto.EntityID]bool{}
	names := j.rights.containers()
	if len(names) == 0 {
		return nil
	}
	for e, err := range j.reader.Find(ctx, clusto.Match{Names: names}) {
		if err != nil {
			j.forget()
			return err
		}
		j.known[e.ID] = e
		j.named[e.Name] = append(j.named[e.Name], e.ID)
	}
	return nil
}

// containers returns the names of the containers that grants of r name.
func (r *rights) containers() []string {
	var names []string
	for _, set := range r.sets() {
		for _, h := range set {
			for _, p := range h.Where {
				if p.Relation == In {
					names = append(names, p.Name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// entities looks up what entities are, or were last.
func (j *judge) entities(ctx context.Context, ids []clusto.EntityID) error {
	found, err := j.reader.Entities(ctx, ids...)
	for _, e := range found {
		j.known[e.ID] = e
	}
	if !errors.Is(err, clusto.ErrNotFound) {
		return err
	}
	past, ok := j.reader.(clusto.History)
	if !ok {
		return j.oneByOne(ctx, ids)
	}
	for l, err := range past.Lives(ctx, clusto.LifeMatch{IDs: ids}) {
		if err != nil {
			return err
		}
		j.known[l.ID] = l.Entity
	}
	return nil
}

// oneByOne is entities where one of them is not there, and nobody remembers it.
func (j *judge) oneByOne(ctx context.Context, ids []clusto.EntityID) error {
	if len(ids) == 1 {
		return nil
	}
	for _, id := range ids {
		if err := j.entities(ctx, []clusto.EntityID{id}); err != nil {
			return err
		}
	}
	return nil
}
