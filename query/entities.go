package query

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// entityStep answers a condition on name, type or driver.
type entityStep struct {
	described *Plan
	condition *condition
	test      *test
}

func newEntityStep(c *condition, t *test) step {
	s := &entityStep{&Plan{Query: textOf(c), Method: MethodScan, How: "all entities, compared one by one"}, c, t}
	if t.exact() {
		s.described.Method = MethodName
		s.described.How = "entities by " + c.field.name
	}
	return s
}

func (s *entityStep) plan() *Plan { return s.described }

func (s *entityStep) cost() int {
	switch {
	case !s.test.exact():
		return costAll
	case s.condition.field.name == fieldName:
		return costName
	}
	return costEntities
}

func (s *entityStep) find(ctx context.Context, r *runner, within *set) (set, error) {
	pass := func(e clusto.Entity) bool { return s.test.text(s.of(e)) }
	switch {
	case within != nil && (within.known || !s.test.exact()):
		return r.filter(ctx, *within, pass)
	case s.test.exact():
		found, err := r.find(ctx, s.match())
		if err == nil && len(found.ids) == 0 {
			err = s.suggest(ctx, r)
		}
		return found, err
	}
	all, err := r.all(ctx)
	if err != nil {
		return all, err
	}
	return r.filter(ctx, all, pass)
}

// of returns what the condition is about.
func (s *entityStep) of(e clusto.Entity) string {
	switch s.condition.field.name {
	case fieldType:
		return e.Type
	case fieldDriver:
		return e.Driver
	}
	return e.Name
}

func (s *entityStep) match() clusto.Match {
	switch s.condition.field.name {
	case fieldType:
		return clusto.Match{Types: s.test.texts()}
	case fieldDriver:
		return clusto.Match{Drivers: s.test.texts()}
	}
	return clusto.Match{Names: s.test.texts()}
}

// suggest warns that nothing has the name, type or driver.
func (s *entityStep) suggest(ctx context.Context, r *runner) error {
	if r.options.Warn == nil {
		return nil
	}
	all, err := r.all(ctx)
	if err != nil {
		return err
	}
	known := make([]string, len(all.ids))
	for i, id := range all.ids {
		known[i] = s.of(r.seen[id])
	}
	for _, l := range s.test.literals {
		r.warn(l.start, orMeant(fmt.Sprintf("no entity has the %s %s", s.condition.field.name, l.text), l.text, known))
	}
	return nil
}

// orMeant returns a message, with the question whether one of the known names was meant.
func orMeant(message, name string, known []string) string {
	if near := nearest.Names(name, known); near != nil {
		return message + "; " + nearest.Question(near...)
	}
	return message
}

const keyHostname = "hostname"

// hostnameStep answers a condition on the name on the network: the attribute
// hostname, the first if there are several, else the entity's name.
type hostnameStep struct {
	described *Plan
	test      *test
}

func newHostnameStep(c *condition, t *test) step {
	s := &hostnameStep{&Plan{Query: textOf(c), Method: MethodScan, How: "all entities and all attributes hostname, compared one by one"}, t}
	if t.exact() {
		s.described.Method = MethodValue
		s.described.How = "entities by name, and by the value of the attribute hostname"
	}
	return s
}

func (s *hostnameStep) plan() *Plan { return s.described }

func (s *hostnameStep) cost() int {
	if s.test.exact() {
		return costValue
	}
	return costAll
}

func (s *hostnameStep) find(ctx context.Context, r *runner, within *set) (set, error) {
	candidates, err := s.candidates(ctx, r, within)
	if err != nil || len(candidates.ids) == 0 {
		return candidates, err
	}
	first, err := r.hostnames(ctx, candidates)
	if err != nil {
		return candidates, err
	}
	return r.filter(ctx, candidates, func(e clusto.Entity) bool {
		if name, ok := first[e.ID]; ok {
			return s.test.text(name)
		}
		return s.test.text(e.Name)
	})
}

// candidates returns the entities that have to be looked at.
func (s *hostnameStep) candidates(ctx context.Context, r *runner, within *set) (set, error) {
	if !s.test.exact() {
		if within != nil {
			return *within, nil
		}
		return r.all(ctx)
	}
	named, err := r.find(ctx, clusto.Match{Names: s.test.texts()})
	if err != nil {
		return named, err
	}
	m := clusto.AttrMatch{Key: clusto.Is(keyHostname)}
	for i := range s.test.literals {
		m.Values = append(m.Values, s.test.literals[i].equalTo()...)
	}
	said, err := r.find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{m}})
	return named.or(said), err
}

// hostnames returns the attribute hostname, the first one if there are several, of those of
// the entities that have it.
func (r *runner) hostnames(ctx context.Context, of set) (map[clusto.EntityID]string, error) {
	m := clusto.AttrMatch{Key: clusto.Is(keyHostname)}
	if len(of.ids) <= fewEntities {
		m.Entities = of.ids
	}
	first := map[clusto.EntityID]string{}
	err := r.attrs(ctx, m, func(a *clusto.Attr) {
		if _, ok := first[a.Entity]; !ok {
			first[a.Entity] = a.Value.Text()
		}
	})
	return first, err
}
