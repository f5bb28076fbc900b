package query

import (
	"context"
	"strings"

	"github.com/clusto/clusto"
)

// subkeyMAC is the subkey of hardware addresses, whatever their key.
const subkeyMAC = "mac"

// macStep answers a condition on hardware addresses.
type macStep struct {
	described *Plan
	test      *test
	exact     map[clusto.MAC]bool // what an exact condition asks for
	indexed   bool                // whether they are looked up one by one
}

// maxMACs is how many hardware addresses are looked up one by one; of more, all
// that there are are looked through.
const maxMACs = 100

func newMACStep(c *condition, t *test) step {
	s := &macStep{described: &Plan{Query: textOf(c), Method: MethodKey, How: "all hardware addresses, compared one by one"}, test: t}
	switch {
	case t.op == opExists:
		s.described.How = "entities with a hardware address"
	case t.exact():
		s.exact = map[clusto.MAC]bool{}
		for i := range t.literals {
			mac, _ := clusto.ParseMAC(t.literals[i].text) // it was checked
			s.exact[mac] = true
		}
		if s.indexed = len(s.exact) <= maxMACs; s.indexed {
			s.described.Method, s.described.How = MethodValue, "hardware addresses by value, in any spelling"
		}
	case t.op != opMatches:
		for i := range t.literals {
			t.literals[i].text = bareDigits(t.literals[i].text)
		}
	}
	return s
}

// bareDigits returns part of a hardware address without what separates its digits.
func bareDigits(s string) string {
	return strings.NewReplacer(":", "", "-", "", ".", "").Replace(strings.ToLower(s))
}

func (s *macStep) plan() *Plan { return s.described }

func (s *macStep) cost() int {
	if s.indexed {
		return costValue
	}
	return costKey
}

func (s *macStep) find(ctx context.Context, r *runner, within *set) (set, error) {
	m := clusto.AttrMatch{Subkey: clusto.Is(subkeyMAC)}
	if s.indexed {
		var matches []clusto.AttrMatch
		for mac := range s.exact {
			matches = append(matches, clusto.AttrMatch{Subkey: m.Subkey, MAC: &mac})
		}
		return r.find(ctx, clusto.Match{Attrs: matches})
	}
	if within != nil && len(within.ids) <= fewEntities {
		m.Entities = within.ids
	}
	var ids []clusto.EntityID
	err := r.attrs(ctx, m, func(a *clusto.Attr) {
		if s.passes(a.Value) {
			ids = append(ids, a.Entity)
		}
	})
	return setOf(ids, false), err
}

// passes reports whether a value is a hardware address that the condition asks for.
func (s *macStep) passes(v clusto.Value) bool {
	mac, err := clusto.ParseMAC(v.Str())
	switch {
	case err != nil || v.Kind() != clusto.KindString:
		return false
	case s.exact != nil:
		return s.exact[mac]
	case s.test.op == opMatches:
		return s.test.text(mac.String())
	}
	return s.test.text(mac.Bare())
}
