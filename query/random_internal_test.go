package query

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/resource"
)

// TestRandom runs random queries in a random world, whose containers go in
// circles too, and compares with an evaluator that looks at every entity on its own.
func TestRandom(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			store := dbtest.New(t, sqlstore.Options{})
			if _, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error { return randomWorld(t.Context(), tx, random) }); err != nil {
				t.Fatal(err)
			}
			err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
				world, err := newNaive(t.Context(), r)
				if err != nil {
					return err
				}
				for range 300 {
					compare(t, r, world, randomQuery(random, 3), random.IntN(4) == 0)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func compare(t *testing.T, r clusto.Reader, world *naive, text string, merge bool) {
	t.Helper()
	q, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if again, err := Parse(q.String()); err != nil || again.String() != q.String() {
		t.Fatalf("%s: reads as %s, and that as %s (%v)", text, q, again, err)
	}
	o := Options{Now: time.Date(2024, 5, 3, 12, 0, 0, 0, time.UTC), MergeAttrs: merge}
	found, err := q.Run(t.Context(), r, o)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var got []string
	for _, e := range found {
		got = append(got, e.Name)
	}
	if diff := cmp.Diff(world.names(q.root, o), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", text, diff)
	}
}

var (
	randomNames  = []string{"a", "b", "web1", "web2", "db1", "r1", "r2", "p1", "p2", "p3", "dc", "16", "z"}
	randomTypes  = []string{"server", "pool", "rack", "datacenter", "pool", "server"}
	randomKeys   = []string{"k", "system", "hostname", "ip", "pooltype"}
	randomSubs   = []string{"", "s", "mac", "memory"}
	randomTexts  = []string{"16", "2", "web1", "a", "10.0.0.1", "2001:db8::1", "00:16:3e:00:00:01", "32G", "2012-02-29", "role", "x y", ""}
	randomValues = []string{"16", "2", "web1", "p1", "a", "1.5", "32G", "2012-02-29", "'16'", "'x y'", "yesterday", "''", "role", "'[1,\"a\"]'"}
)

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

func randomWorld(ctx context.Context, tx clusto.Tx, random *rand.Rand) error {
	var ids []clusto.EntityID
	for _, name := range randomNames {
		e, err := tx.Create(ctx, name, pick(random, randomTypes), pick(random, []string{"d1", "d2"}))
		if err != nil {
			return err
		}
		ids = append(ids, e.ID)
	}
	var attrs []clusto.Attr
	for range 14 {
		attrs = append(attrs, clusto.Attr{Entity: pick(random, ids), Key: clusto.KeyContains, Value: clusto.RelationTo(pick(random, ids))})
	}
	for range 60 {
		a := clusto.Attr{Entity: pick(random, ids), Key: pick(random, randomKeys), Value: randomValue(random, ids)}
		if sub := pick(random, randomSubs); sub != "" {
			a.Subkey = clusto.Sub(sub)
		}
		if random.IntN(2) == 0 {
			a.Number = clusto.Num(random.IntN(3))
		}
		attrs = append(attrs, a)
	}
	return tx.AddAttrs(ctx, attrs...)
}

func randomValue(random *rand.Rand, ids []clusto.EntityID) clusto.Value {
	switch random.IntN(8) {
	case 0:
		return clusto.Int(int64(random.IntN(3) * 8))
	case 1:
		return clusto.RelationTo(pick(random, ids))
	case 2:
		return clusto.Time(time.Date(2012, 2, 28+random.IntN(3), 12, 0, 0, 0, time.UTC))
	case 3:
		return clusto.StoredJSON(`[1, "a"]`)
	case 4:
		return clusto.Value{}
	}
	return clusto.String(pick(random, randomTexts))
}

func randomQuery(random *rand.Rand, depth int) string {
	if depth == 0 || random.IntN(4) == 0 {
		return randomCondition(random)
	}
	left, right := randomQuery(random, depth-1), randomQuery(random, depth-1)
	switch random.IntN(6) {
	case 0:
		return "not " + left
	case 1:
		return "(" + left + ") or " + right
	case 2:
		return left + " - (" + right + ")"
	case 3:
		return left + " - " + right
	case 4:
		return "(" + left + " or " + right + ") and " + randomCondition(random)
	}
	return left + " and " + right
}

func randomCondition(random *rand.Rand) string {
	not := pick(random, []string{"", "", "", "not "})
	textOp := pick(random, []string{"=", "!=", "<", ">=", "^", "endswith", "contains", "like", "matches", "in"})
	switch random.IntN(6) {
	case 0:
		op := pick(random, []string{"= 10.0.0.1", "exists", "in_cidr 10.0.0.0/8", "in (2001:db8::/32, 10.0.0.1)", "> 10.0.0.0", "^ 10", "in (10.0.0.1, 2001:db8::1)"})
		return "ip " + not + op
	case 1:
		return "mac " + not + pick(random, []string{"= 00163e000001", "exists", "^ 00:16", "like *1", "matches '^00:16'"})
	case 2, 3:
		name := pick(random, []string{"attr ", "own ", "merged "}) + pick(random, []string{"k", "k.s", "system.memory", "k#1", "k.s#0", "*.s", "ip", "_contains"})
		return name + " " + not + pick(random, []string{"exists", textOp + " " + pick(random, randomValues), textOp + " " + pick(random, randomValues), "in_cidr 10.0.0.0/8"})
	}
	field := pick(random, []string{"name", "type", "driver", "hostname", "pool", "rack", "datacenter", "parent", "role"})
	value := pick(random, append(slices.Clone(randomNames), randomTypes...))
	return field + " " + not + pick(random, []string{"exists", textOp + " " + value, textOp + " " + value, "in (" + value + ", p1)"})
}

// naive holds everything and answers one entity at a time.
type naive struct {
	entities []clusto.Entity
	byID     map[clusto.EntityID]clusto.Entity
	attrs    map[clusto.EntityID][]clusto.Attr
	above    map[clusto.EntityID][]clusto.EntityID
}

func newNaive(ctx context.Context, r clusto.Reader) (*naive, error) {
	w := &naive{byID: map[clusto.EntityID]clusto.Entity{}, attrs: map[clusto.EntityID][]clusto.Attr{}, above: map[clusto.EntityID][]clusto.EntityID{}}
	var err error
	if w.entities, err = clusto.Collect(r.Find(ctx, clusto.Match{})); err != nil {
		return nil, err
	}
	for _, e := range w.entities {
		w.byID[e.ID] = e
	}
	attrs, err := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{}))
	for _, a := range attrs {
		w.attrs[a.Entity] = append(w.attrs[a.Entity], a)
		if a.Key == clusto.KeyContains {
			w.above[a.Value.Relation()] = append(w.above[a.Value.Relation()], a.Entity)
		}
	}
	return w, err
}

func (w *naive) names(n node, o Options) []string {
	var names []string
	for _, e := range w.entities {
		if w.selects(n, e, o) {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	return names
}

func (w *naive) selects(n node, e clusto.Entity, o Options) bool {
	switch n := n.(type) {
	case *anyOf:
		return slices.ContainsFunc(n.of, func(part node) bool { return w.selects(part, e, o) })
	case *allOf:
		in := w.selects(n.of[0].node, e, o)
		for _, t := range n.of[1:] {
			in = in && w.selects(t.node, e, o) != t.minus
		}
		return in
	case *negation:
		return !w.selects(n.of, e, o)
	}
	c := n.(*condition)
	return w.meets(c, newTest(c, o.Now), e, o) != c.negated
}

func (w *naive) meets(c *condition, t *test, e clusto.Entity, o Options) bool {
	switch c.field.name {
	case fieldName:
		return t.text(e.Name)
	case fieldType:
		return t.text(e.Type)
	case fieldDriver:
		return t.text(e.Driver)
	case fieldHostname:
		for _, a := range w.attrs[e.ID] {
			if a.Key == "hostname" {
				return t.text(a.Value.Text())
			}
		}
		return t.text(e.Name)
	case fieldIP:
		return w.anyAttr(e.ID, func(a clusto.Attr) bool { return meetsAddr(c, a) })
	case fieldMAC:
		return w.anyAttr(e.ID, func(a clusto.Attr) bool { return meetsMAC(c, t, a) })
	case fieldAttr, fieldOwn, fieldMerged:
		owners := []clusto.EntityID{e.ID}
		if c.field.name == fieldMerged || c.field.name == fieldAttr && o.MergeAttrs {
			owners = append(owners, w.ancestors(e.ID)...)
		}
		m := c.field.attr.match()
		return slices.ContainsFunc(owners, func(id clusto.EntityID) bool {
			return w.anyAttr(id, func(a clusto.Attr) bool {
				return m.Matches(a) && t.attr(&a, w.byID[a.Value.Relation()].Name)
			})
		})
	}
	return slices.ContainsFunc(w.ancestors(e.ID), func(id clusto.EntityID) bool { return w.isContainer(id, c.field.name) && t.text(w.byID[id].Name) })
}

func (w *naive) isContainer(id clusto.EntityID, field string) bool {
	switch field {
	case fieldParent:
		return true
	case fieldRole:
		return w.byID[id].Type == "pool" && w.anyAttr(id, func(a clusto.Attr) bool { return a.Key == "pooltype" && a.Value.Equal(clusto.String("role")) })
	}
	return w.byID[id].Type == field
}

func (w *naive) anyAttr(id clusto.EntityID, fn func(clusto.Attr) bool) bool {
	return slices.ContainsFunc(w.attrs[id], fn)
}

// ancestors returns what an entity is in, at any depth, itself not included.
func (w *naive) ancestors(id clusto.EntityID) []clusto.EntityID {
	var all []clusto.EntityID
	for next := slices.Clone(w.above[id]); len(next) > 0; next = next[1:] {
		if next[0] != id && !slices.Contains(all, next[0]) {
			all = append(all, next[0])
			next = append(next, w.above[next[0]]...)
		}
	}
	return all
}

func meetsAddr(c *condition, a clusto.Attr) bool {
	if _, sub := a.Subkey.Get(); a.Key != "ip" || sub {
		return false
	}
	if _, numbered := a.Number.Get(); !numbered {
		return false
	}
	if c.op == opExists {
		return true
	}
	addr, err := resource.ValueAddr(a.Value)
	if err != nil {
		return false
	}
	for _, l := range c.values {
		switch c.op {
		case opStartsWith:
			if strings.HasPrefix(addr.String(), l.text) {
				return true
			}
			continue
		case opGreater:
			return addr.Is4() && netip.MustParseAddr(l.text).Less(addr)
		}
		if prefix, err := netip.ParsePrefix(l.text); err == nil && prefix.Contains(addr) {
			return true
		}
		if single, err := netip.ParseAddr(l.text); err == nil && single == addr {
			return true
		}
	}
	return false
}

func meetsMAC(c *condition, t *test, a clusto.Attr) bool {
	if a.Subkey != clusto.Sub("mac") {
		return false
	}
	mac, err := clusto.ParseMAC(a.Value.Text())
	switch {
	case err != nil:
		return false
	case c.op == opEqual:
		return mac.Bare() == c.values[0].text
	case c.op == opExists:
		return true
	}
	return t.text(mac.String())
}
