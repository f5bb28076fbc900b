package query

import (
	"cmp"
	"context"
	"slices"
)

// step is a part of how a query is answered.
type step interface {
	// find returns the entities that the part selects. If within is not nil,
	// what is outside of it does not matter.
	find(ctx context.Context, r *runner, within *set) (set, error)
	plan() *Plan
	// cost says how much the step may have to look at; see the constants.
	cost() int
}

// The costs of steps. Those of a conjunction go in this order, so that what
// comes later may have less to look at.
const (
	costName     = iota // a few names
	costValue           // attributes with a value, by an index
	costContents        // what is in some containers
	costEntities        // all entities of a type
	costKey             // all attributes with a key
	costAll             // all entities
)

// planner makes steps of the parts of a query.
type planner struct {
	options Options
}

func (p *planner) step(n node) step {
	switch n := n.(type) {
	case *anyOf:
		return p.either(n)
	case *allOf:
		return p.conjunction(n)
	case *negation:
		return without(p.step(n.of))
	}
	c := n.(*condition)
	if !c.negated {
		return p.conditionStep(c)
	}
	positive := *c
	positive.negated = false
	return without(p.conditionStep(&positive))
}

func (p *planner) conditionStep(c *condition) step {
	t := newTest(c, p.options.Now)
	switch {
	case c.field.isAttr():
		return p.attrStep(c, t)
	case c.field.name == fieldIP:
		return newAddrStep(c, t)
	case c.field.name == fieldMAC:
		return newMACStep(c, t)
	case c.field.name == fieldHostname:
		return newHostnameStep(c, t)
	case c.field.name == fieldName, c.field.name == fieldType, c.field.name == fieldDriver:
		return newEntityStep(c, t)
	}
	return newMemberStep(c, t)
}

// eitherStep is what any of its parts finds.
type eitherStep struct {
	described *Plan
	parts     []step
}

func (p *planner) either(n *anyOf) step {
	parts := gathered(n.of)
	if len(parts) == 1 {
		return p.step(parts[0])
	}
	s := &eitherStep{described: &Plan{Method: MethodAny, How: "what one of these finds"}}
	for _, part := range parts {
		child := p.step(part)
		s.parts = append(s.parts, child)
		s.described.Steps = append(s.described.Steps, child.plan())
	}
	return s
}

// gathered returns the parts with those that compare the same field for equality
// made one: "name = a or name = b" is asked as "name in (a, b)".
func gathered(parts []node) []node {
	var out []node
	where := map[field]*condition{}
	for _, part := range parts {
		c, ok := part.(*condition)
		if !ok || c.negated || c.op != opEqual && c.op != opIn {
			out = append(out, part)
			continue
		}
		if first := where[c.field]; first != nil {
			first.op = opIn
			first.values = append(first.values, c.values...)
			continue
		}
		first := *c
		first.values = slices.Clone(c.values)
		where[c.field] = &first
		out = append(out, &first)
	}
	return out
}

func (s *eitherStep) plan() *Plan { return s.described }

func (s *eitherStep) cost() int {
	most := 0
	for _, part := range s.parts {
		most = max(most, part.cost())
	}
	return most
}

func (s *eitherStep) find(ctx context.Context, r *runner, within *set) (set, error) {
	out := set{known: true}
	for _, part := range s.parts {
		found, err := r.run(ctx, part, within)
		if err != nil {
			return out, err
		}
		out = out.or(found)
	}
	return out, nil
}

// withoutStep is everything but what its part finds.
type withoutStep struct {
	described *Plan
	part      step
}

func without(part step) step {
	return &withoutStep{&Plan{Method: MethodNot, How: "all but what this finds", Steps: []*Plan{part.plan()}}, part}
}

func (s *withoutStep) plan() *Plan { return s.described }
func (s *withoutStep) cost() int   { return costAll }

func (s *withoutStep) find(ctx context.Context, r *runner, within *set) (set, error) {
	if within == nil {
		all, err := r.all(ctx)
		if err != nil {
			return all, err
		}
		within = &all
	}
	found, err := r.run(ctx, s.part, within)
	return within.minus(found), err
}

// conjunctionStep is what all of its parts find, but for what is taken away.
type conjunctionStep struct {
	described *Plan
	parts     []step // the cheapest first
	away      []step
}

func (p *planner) conjunction(n *allOf) step {
	s := &conjunctionStep{described: &Plan{Method: MethodAll, How: "what each of these finds, one after the other"}}
	for _, t := range n.of {
		part := p.step(t.node)
		negated, isNegated := part.(*withoutStep)
		switch {
		case isNegated && !t.minus:
			s.away = append(s.away, negated.part)
		case t.minus:
			s.away = append(s.away, part)
		default:
			s.parts = append(s.parts, part)
		}
	}
	byCost := func(a, b step) int { return cmp.Compare(a.cost(), b.cost()) }
	slices.SortStableFunc(s.parts, byCost)
	slices.SortStableFunc(s.away, byCost)
	for _, part := range s.parts {
		s.described.Steps = append(s.described.Steps, part.plan())
	}
	for _, part := range s.away {
		part.plan().Without = true
		s.described.Steps = append(s.described.Steps, part.plan())
	}
	return s
}

func (s *conjunctionStep) plan() *Plan { return s.described }

func (s *conjunctionStep) cost() int {
	if len(s.parts) == 0 {
		return costAll
	}
	return s.parts[0].cost()
}

func (s *conjunctionStep) find(ctx context.Context, r *runner, within *set) (set, error) {
	for _, part := range s.parts {
		found, err := r.run(ctx, part, within)
		if err != nil {
			return found, err
		}
		within = &found
	}
	if within == nil {
		all, err := r.all(ctx)
		if err != nil {
			return all, err
		}
		within = &all
	}
	left := *within
	for _, part := range s.away {
		found, err := r.run(ctx, part, &left)
		if err != nil {
			return left, err
		}
		left = left.minus(found)
	}
	return left, nil
}
