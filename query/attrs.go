package query

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// fewEntities is how many entities may be named to the database to be looked
// at; of more, everything with the key is asked for and looked through.
const fewEntities = 2000

// attrStep answers a condition on attributes.
type attrStep struct {
	described *Plan
	condition *condition
	test      *test
	match     clusto.AttrMatch
	merged    bool
	indexed   bool // whether the database can decide by itself
}

func (p *planner) attrStep(c *condition, t *test) step {
	s := &attrStep{condition: c, test: t, match: c.field.attr.match()}
	s.merged = c.field.name == fieldMerged || c.field.name == fieldAttr && p.options.MergeAttrs
	s.described = &Plan{Query: textOf(c), Method: MethodKey, How: "attributes " + c.field.attr.String() + ", compared one by one"}
	switch {
	case t.op == opExists:
		s.indexed = true
		s.described.How = "entities with an attribute " + c.field.attr.String()
	case t.exact() && !slices.ContainsFunc(t.literals, func(l literal) bool { return l.when.ok }):
		s.indexed = true
		s.described.Method = MethodValue
		s.described.How = "attributes by value, and relations by name"
		s.match.Values = []clusto.Value{}
		for i := range t.literals {
			s.match.Values = append(s.match.Values, t.literals[i].equalTo()...)
		}
	}
	if s.merged {
		s.described.How += ", and what is in their entities at any depth"
	}
	return s
}

func (s *attrStep) plan() *Plan { return s.described }

func (s *attrStep) cost() int {
	if s.indexed && s.test.op != opExists {
		return costValue
	}
	return costKey
}

func (s *attrStep) find(ctx context.Context, r *runner, within *set) (set, error) {
	m := s.match
	if within != nil && len(within.ids) <= fewEntities && !s.merged {
		m.Entities = within.ids
	}
	var owners set
	var err error
	if s.indexed {
		owners, err = s.lookUp(ctx, r, m)
	} else {
		owners, err = r.owners(ctx, m, s.test)
	}
	if err != nil || !s.merged {
		return owners, err
	}
	heirs, err := r.inside(ctx, owners, true)
	return owners.or(heirs), err
}

// lookUp has the database find the entities.
func (s *attrStep) lookUp(ctx context.Context, r *runner, m clusto.AttrMatch) (set, error) {
	if s.test.exact() {
		named, err := r.find(ctx, clusto.Match{Names: s.test.texts()})
		if err != nil {
			return named, err
		}
		m.Values = slices.Clone(m.Values)
		for _, id := range named.ids {
			m.Values = append(m.Values, clusto.RelationTo(id))
		}
	}
	return r.find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{m}})
}

// owners returns the entities with an attribute that m selects and that passes.
func (r *runner) owners(ctx context.Context, m clusto.AttrMatch, t *test) (set, error) {
	var ids []clusto.EntityID
	var relations []clusto.Attr
	err := r.attrs(ctx, m, func(a *clusto.Attr) {
		if a.Value.Relation() != 0 {
			relations = append(relations, *a)
		} else if t.attr(a, "") {
			ids = append(ids, a.Entity)
		}
	})
	if err != nil || relations == nil {
		return setOf(ids, false), err
	}
	to := make([]clusto.EntityID, len(relations))
	for i := range relations {
		to[i] = relations[i].Value.Relation()
	}
	if _, err := r.load(ctx, setOf(to, false)); err != nil {
		return set{}, err
	}
	for i := range relations {
		if name := r.seen[relations[i].Value.Relation()].Name; t.attr(&relations[i], name) {
			ids = append(ids, relations[i].Entity)
		}
	}
	return setOf(ids, false), nil
}

// addrStep answers a condition on the addresses that resource managers gave to an entity.
type addrStep struct {
	described *Plan
	test      *test
	spans     []span // of "in"
	values    []clusto.Value
}

// addressRows are the attributes that hold addresses, as package resource has them.
var addressRows = clusto.AttrMatch{
	Key: clusto.Is(resource.KeyIP), Subkey: clusto.IsAbsent[string](), Number: clusto.IsPresent[int64](),
}

func newAddrStep(c *condition, t *test) step {
	s := &addrStep{described: &Plan{Query: textOf(c), Method: MethodKey, How: "all addresses, compared one by one"}, test: t}
	single := t.exact()
	for i := range t.literals {
		if !t.exact() && !t.op.orders() {
			break
		}
		span, _ := parseSpan(t.literals[i].text) // it was checked
		s.spans = append(s.spans, span)
		s.values = append(s.values, resource.IPValue(span.first))
		single = single && span.first == span.last
	}
	switch {
	case t.op == opExists:
		s.described.How = "entities with an address"
	case single:
		s.described.Method, s.described.How = MethodValue, "addresses by value"
	default:
		s.values = nil
	}
	return s
}

func (s *addrStep) plan() *Plan { return s.described }

func (s *addrStep) cost() int {
	if s.values != nil {
		return costValue
	}
	return costKey
}

func (s *addrStep) find(ctx context.Context, r *runner, within *set) (set, error) {
	m := addressRows
	m.Values = s.values
	if within != nil && len(within.ids) <= fewEntities {
		m.Entities = within.ids
	}
	if s.values != nil || s.test.op == opExists {
		return r.find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{m}})
	}
	var ids []clusto.EntityID
	err := r.attrs(ctx, m, func(a *clusto.Attr) {
		if s.passes(a.Value) {
			ids = append(ids, a.Entity)
		}
	})
	return setOf(ids, false), err
}

// passes reports whether a value is an address that the condition asks for.
func (s *addrStep) passes(v clusto.Value) bool {
	addr, err := resource.ValueAddr(v)
	switch {
	case err != nil:
		return false
	case s.test.op == opInCIDR:
		return s.test.inNetworks(addr)
	case s.test.op.orders():
		bound := s.spans[0].first
		return bound.BitLen() == addr.BitLen() && s.test.ordered(addr.Compare(bound))
	case s.test.exact():
		return slices.ContainsFunc(s.spans, func(span span) bool { return span.contains(addr) })
	}
	return s.test.text(addr.String())
}
