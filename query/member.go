package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// memberStep answers a condition on what an entity is in, at any depth: pool,
// datacenter, rack, parent and the like, and role.
type memberStep struct {
	described *Plan
	condition *condition
	test      *test
	limit     clusto.Match // on the containers
}

func newMemberStep(c *condition, t *test) step {
	s := &memberStep{&Plan{Query: textOf(c), Method: MethodContents}, c, t, containersFor(c.field.name)}
	which := "all containers whose name matches"
	switch {
	case t.op == opExists:
		which = "all containers"
	case t.exact():
		which = strings.Join(t.texts(), ", ")
	}
	s.described.How = "the contents, at any depth, of " + which
	if s.limit.Types != nil {
		s.described.How += " of type " + strings.Join(s.limit.Types, ", ")
	}
	return s
}

// attrPoolType, set to "role", makes a pool one that tells what its servers are for, as
// clusto-query has it.
const attrPoolType = "pooltype"

// containersFor returns the condition on containers that a field is about.
func containersFor(field string) clusto.Match {
	switch field {
	case fieldParent:
		return clusto.Match{}
	case fieldRole:
		return clusto.Match{Types: []string{"pool"}, Attrs: []clusto.AttrMatch{{
			Key: clusto.Is(attrPoolType), Value: clusto.Is(clusto.String(fieldRole)),
		}}}
	}
	return clusto.Match{Types: []string{field}}
}

func (s *memberStep) plan() *Plan { return s.described }
func (s *memberStep) cost() int   { return costContents }

func (s *memberStep) find(ctx context.Context, r *runner, _ *set) (set, error) {
	containers, err := s.containers(ctx, r)
	if err != nil {
		return containers, err
	}
	return r.inside(ctx, containers, !s.test.exact() || len(s.test.literals) > 1)
}

// containers returns the containers whose contents are asked for.
func (s *memberStep) containers(ctx context.Context, r *runner) (set, error) {
	m := s.limit
	switch {
	case s.test.exact():
		m.Names = s.test.texts()
		found, err := r.find(ctx, m)
		if err == nil && len(found.ids) < len(m.Names) {
			err = s.suggest(ctx, r, found)
		}
		return found, err
	case s.condition.field.name == fieldParent:
		m.Attrs = []clusto.AttrMatch{{Key: clusto.Is(clusto.KeyContains)}}
	}
	found, err := r.find(ctx, m)
	if err != nil {
		return found, err
	}
	return r.filter(ctx, found, func(e clusto.Entity) bool { return s.test.text(e.Name) })
}

// suggest warns about containers that are not there.
func (s *memberStep) suggest(ctx context.Context, r *runner, found set) error {
	if r.options.Warn == nil {
		return nil
	}
	named, err := r.find(ctx, clusto.Match{Names: s.test.texts()})
	if err != nil {
		return err
	}
	all, err := r.find(ctx, s.limit)
	if err != nil {
		return err
	}
	var known []string
	for _, id := range all.ids {
		known = append(known, r.seen[id].Name)
	}
	called := func(in set, name string) int {
		return slices.IndexFunc(in.ids, func(id clusto.EntityID) bool { return r.seen[id].Name == name })
	}
	for _, l := range s.test.literals {
		if called(found, l.text) >= 0 {
			continue
		}
		message := orMeant(fmt.Sprintf("there is no %s %s", s.condition.field.name, l.text), l.text, known)
		if i := called(named, l.text); i >= 0 {
			message = fmt.Sprintf("%s is no %s but a %s", l.text, s.condition.field.name, r.seen[named.ids[i]].Type)
		}
		r.warn(l.start, message)
	}
	return nil
}
