package access_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// same lets cmp compare the fields of attributes.
var same = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b clusto.Number) bool { return a == b }),
	cmp.Comparer(func(a, b clusto.Subkey) bool { return a == b }),
}

// naive answers as a wrapped store should, by looking at everything.
type naive struct {
	grants   []access.Grant
	byGrant  bool
	entities map[clusto.EntityID]clusto.Entity // as they are now, or were last
	above    map[clusto.EntityID][]clusto.EntityID
	dead     map[clusto.EntityID]bool
}

// in reports whether an entity is, or is in, what is called name, now.
func (n *naive) in(id clusto.EntityID, p access.Place, seen map[clusto.EntityID]bool) bool {
	if seen[id] || n.dead[id] { // what is dead is nowhere, and nothing is in it
		return false
	}
	seen[id] = true
	if e := n.entities[id]; e.Name == p.Name && (p.Type == "" || e.Type == p.Type) {
		return true
	}
	return slices.ContainsFunc(n.above[id], func(c clusto.EntityID) bool { return n.in(c, p, seen) })
}

func (n *naive) holds(g access.Grant, id clusto.EntityID) bool {
	e := n.entities[id]
	for _, p := range g.Where {
		ok := false
		switch p.Relation {
		case access.OfType:
			ok = e.Type == p.Name
		case access.OfDriver:
			ok = e.Driver == p.Name
		case access.On:
			ok = e.Name == p.Name
		case access.In:
			ok = n.in(id, p, map[clusto.EntityID]bool{})
		}
		if !ok {
			return false
		}
	}
	return true
}

func (n *naive) sees(id clusto.EntityID) bool {
	return !n.byGrant || slices.ContainsFunc(n.grants, func(g access.Grant) bool { return g.Verb != access.Script && n.holds(g, id) })
}

// attr returns what is shown of an attribute, and whether it is.
func (n *naive) attr(a clusto.Attr) (clusto.Attr, bool) {
	if !n.sees(a.Entity) {
		return a, false
	}
	subkey := a.Subkey.Or("")
	secret := strings.Contains(a.Key, "password") || strings.Contains(subkey, "password")
	readable, revealed := !n.byGrant || a.Key == clusto.KeyContains, false
	for _, g := range n.grants {
		if !n.holds(g, a.Entity) {
			continue
		}
		named := g.What.Kind == access.Attr && clusto.MatchGlob(g.What.Name, a.Key) &&
			(g.What.Subkey == "" || a.Subkey != clusto.Subkey{} && clusto.MatchGlob(g.What.Subkey, subkey))
		if strings.HasPrefix(a.Key, "port-") && g.Verb != access.Secret {
			named = g.What.Kind == access.Port
		}
		switch g.Verb {
		case access.Admin:
			readable, revealed = true, true
		case access.Read, access.Write:
			readable = readable || g.What.Kind == access.All || named
		case access.Secret:
			revealed = revealed || named
		}
	}
	to := a.Value.Relation()
	switch {
	case secret && !revealed:
		a.Value = clusto.String(access.SecretMark)
	case to != 0 && !n.sees(to):
		a.Value = clusto.String(access.HiddenMark)
	}
	return a, readable || secret && revealed
}

// asker compares a wrapped store with the naive answers.
type asker struct {
	*testing.T
	rnd *rand.Rand
	n   *naive
	raw clusto.Reader
	r   clusto.Reader
}

func pick[T any](rnd *rand.Rand, from ...T) T { return from[rnd.IntN(len(from))] }

func (a *asker) match() clusto.AttrMatch {
	var m clusto.AttrMatch
	one := func(n int) bool { return a.rnd.IntN(n) == 0 }
	if one(2) {
		m.Key = clusto.Is(pick(a.rnd, "dhcp", "ipmi", "password", "port-nic-eth", clusto.KeyContains, "owner"))
	} else if one(3) {
		m.Key = clusto.Like(pick(a.rnd, "*", "p*", "_*"))
	}
	if one(3) {
		m.Subkey = pick(a.rnd, clusto.Is("password"), clusto.Is("enabled"), clusto.IsAbsent[string](), clusto.Like("*a*"))
	}
	switch a.rnd.IntN(7) {
	case 4:
		m.Contains = []string{"unter", "Y"}
	case 0:
		m.Value = clusto.Is(a.value())
	case 1:
		m.Values = []clusto.Value{a.value(), a.value()}
	case 2:
		m.RelatedTo = []clusto.EntityID{a.id(), a.id()}
	case 3:
		m.Value = clusto.IsPresent[clusto.Value]()
	}
	if one(3) {
		m.Entities = []clusto.EntityID{a.id(), a.id(), a.id()}
	}
	m.ByEntity = one(4)
	return m
}

func (a *asker) value() clusto.Value {
	return pick(a.rnd, clusto.String("hunter2"), clusto.Int(1), clusto.RelationTo(a.id()), clusto.String("x"))
}

func (a *asker) id() clusto.EntityID { return clusto.EntityID(1 + a.rnd.IntN(len(a.n.entities)+1)) }

func comparing(m clusto.AttrMatch) bool {
	return m.Value.Op != clusto.Any || m.Values != nil || m.RelatedTo != nil || m.Contains != nil
}

// want returns what is to be shown of the attributes that m selects.
func (a *asker) want(m clusto.AttrMatch) []clusto.Attr {
	var want []clusto.Attr
	for row, err := range a.raw.Attrs(a.Context(), m) {
		if err != nil {
			a.Fatal(err)
		}
		shown, ok := a.n.attr(row)
		if ok && (!comparing(m) || shown.Value.Equal(row.Value)) {
			want = append(want, shown)
		}
	}
	return want
}

// ask asks one question of each kind.
func (a *asker) ask(at clusto.Version) {
	ctx := a.Context()
	m := a.match()
	got, err := clusto.Collect(a.r.Attrs(ctx, m))
	want := a.want(m)
	switch {
	case errors.Is(err, clusto.ErrDenied):
		if len(want) > 0 {
			a.Errorf("Attrs %+v: %v, but %d of them may be seen", m, err, len(want))
		}
	case err != nil:
		a.Fatal(err)
	default:
		a.same(fmt.Sprintf("Attrs %+v at %d", m, at), got, want)
	}
	a.askFind()
	a.askPlaces(a.id(), a.rnd.IntN(2) == 0)
	a.askEntity(a.id())
}

func (a *asker) same(what string, got, want any) {
	a.Helper()
	if diff := cmp.Diff(want, got, same); diff != "" {
		a.Errorf("%s with %v, by grant %t (-want +got)\n%s", what, a.n.grants, a.n.byGrant, diff)
	}
}

func (a *asker) askFind() {
	m := clusto.Match{Attrs: []clusto.AttrMatch{a.match(), a.match()}}
	if a.rnd.IntN(2) == 0 {
		m = clusto.Match{Types: []string{"server", "pool"}}
	}
	all, err := clusto.Collect(a.raw.Find(a.Context(), clusto.Match{Types: m.Types}))
	if err != nil {
		a.Fatal(err)
	}
	with := map[clusto.EntityID]bool{}
	for _, m := range m.Attrs {
		for _, row := range a.want(m) {
			with[row.Entity] = true
		}
	}
	var want []clusto.Entity
	for _, e := range all {
		if a.n.sees(e.ID) && (m.Attrs == nil || with[e.ID]) {
			want = append(want, e)
		}
	}
	got, err := clusto.Collect(a.r.Find(a.Context(), m))
	if errors.Is(err, clusto.ErrDenied) && m.Attrs != nil {
		return // one of the two conditions asks for what is nowhere to be read
	}
	if err != nil {
		a.Fatal(err)
	}
	a.same(fmt.Sprintf("Find %+v", m), got, want)
	m.Limit = 1 + a.rnd.IntN(4)
	got = nil
	for {
		page, err := clusto.Collect(a.r.Find(a.Context(), m))
		if err != nil {
			a.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		if len(page) > m.Limit {
			a.Errorf("Find %+v gives %d", m, len(page))
		}
		got, m.After = append(got, page...), page[len(page)-1].ID
	}
	a.same(fmt.Sprintf("Find by pages %+v", m), got, want)
}

func (a *asker) askPlaces(id clusto.EntityID, deep bool) {
	for name, ask := range map[string][2]func(context.Context, []clusto.EntityID, bool) ([]clusto.Placed, error){
		"Contents": {a.raw.Contents, a.r.Contents}, "Parents": {a.raw.Parents, a.r.Parents},
	} {
		all, err := ask[0](a.Context(), []clusto.EntityID{id}, deep)
		if err != nil {
			a.Fatal(err)
		}
		var want []string
		for _, p := range all {
			if a.n.sees(id) && a.n.sees(p.ID) {
				want = append(want, fmt.Sprint(p.Name, p.Depth))
			}
		}
		shown, err := ask[1](a.Context(), []clusto.EntityID{id}, deep)
		if err != nil {
			a.Fatal(err)
		}
		var got []string
		for _, p := range shown {
			got = append(got, fmt.Sprint(p.Name, p.Depth))
			if !a.n.sees(p.Via) {
				a.Errorf("%s: %s is shown to be in entity %d, which may not be seen", name, p.Name, p.Via)
			}
		}
		a.same(fmt.Sprintf("%s of %d", name, id), got, want)
	}
}

func (a *asker) askEntity(id clusto.EntityID) {
	want, err := a.raw.Entities(a.Context(), id)
	exists := err == nil && a.n.sees(id)
	got, errGot := a.r.Entities(a.Context(), id)
	if exists != (errGot == nil) || exists && got[0] != want[0] || !exists && !errors.Is(errGot, clusto.ErrNotFound) {
		a.Errorf("Entities %d: %v, %v; want %t, %v", id, got, errGot, exists, want)
	}
	if err != nil {
		return
	}
	one, errOne := a.r.Entity(a.Context(), want[0].Name)
	if exists != (errOne == nil) || exists && one != want[0] || !exists && errOne.Error() != fmt.Sprintf("%q does not exist", want[0].Name) {
		a.Errorf("Entity %s: %v, %v; want %t", want[0].Name, one, errOne, exists)
	}
}

// askHistory compares what is told about the past.
func (a *asker) askHistory() {
	raw, r := a.raw.(clusto.History), a.r.(clusto.History)
	hidden := map[clusto.Version]bool{}
	var want []clusto.Edit
	for e, err := range raw.Edits(a.Context(), clusto.EditMatch{}) {
		if err != nil {
			a.Fatal(err)
		}
		shown, whole := a.n.sees(e.Entity), a.n.sees(e.Entity)
		if e.Kind == clusto.AttrMade || e.Kind == clusto.AttrEnded {
			before := e.Attr.Value
			e.Attr, shown = a.n.attr(e.Attr)
			whole = shown && before.Equal(e.Attr.Value)
		}
		if shown {
			want = append(want, e)
		}
		hidden[e.Version] = hidden[e.Version] || !whole
	}
	got, err := clusto.Collect(r.Edits(a.Context(), clusto.EditMatch{}))
	if err != nil {
		a.Fatal(err)
	}
	a.same("Edits", got, want)
	versions, err := clusto.Collect(raw.FindVersions(a.Context(), clusto.VersionMatch{}))
	if err != nil {
		a.Fatal(err)
	}
	for i, v := range versions {
		if hidden[v.Version] && v.Description != "" {
			versions[i].Description = access.HiddenMark
		}
	}
	told, err := clusto.Collect(r.FindVersions(a.Context(), clusto.VersionMatch{}))
	if err != nil {
		a.Fatal(err)
	}
	a.same("FindVersions", told, versions)
	told, err = clusto.Collect(r.FindVersions(a.Context(), clusto.VersionMatch{Grep: "HUNTER", NewestFirst: true, Limit: 3}))
	if err != nil {
		a.Fatal(err)
	}
	slices.Reverse(versions)
	versions = slices.DeleteFunc(versions, func(v clusto.VersionInfo) bool { return !strings.Contains(v.Description, "hunter") })
	a.same("FindVersions with Grep", told, versions[:min(3, len(versions))])
}

// TestNaive asks random questions for subjects with random grants, and compares
// the answers with those of a filter that looks at everything.
func TestNaive(t *testing.T) {
	t.Parallel()
	dbtest.SQLiteOnly(t, "what a filter leaves out does not depend on the database")
	racetest.OneAtATime(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	store := dbtest.New(t, sqlstore.Options{})
	versions := fillAtRandom(t, store, rnd)
	for range 150 {
		n := &naive{
			byGrant: rnd.IntN(3) > 0, entities: map[clusto.EntityID]clusto.Entity{},
			above: map[clusto.EntityID][]clusto.EntityID{}, dead: map[clusto.EntityID]bool{},
		}
		n.learn(t, store)
		var lines []string
		for range rnd.IntN(5) {
			lines = append(lines, randomLine(rnd))
		}
		for _, line := range lines {
			g, err := access.Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			n.grants = append(n.grants, g)
		}
		subject, err := access.NewSubject("ann", "", lines...)
		if err != nil {
			t.Fatal(err)
		}
		policy, err := access.NewPolicy(access.Options{ReadByGrant: n.byGrant, Secrets: []string{"*password*"}})
		if err != nil {
			t.Fatal(err)
		}
		at := clusto.Live
		if rnd.IntN(3) == 0 {
			at = versions[rnd.IntN(len(versions))]
		}
		compare(t, &asker{T: t, rnd: rnd, n: n}, store, access.Wrap(store, subject, policy), at)
		if t.Failed() {
			return
		}
	}
}

func compare(t *testing.T, a *asker, store, wrapped clusto.Store, at clusto.Version) {
	t.Helper()
	err := store.View(t.Context(), at, func(raw clusto.Reader) error {
		return wrapped.View(t.Context(), at, func(r clusto.Reader) error {
			a.raw, a.r = raw, r
			for range 12 {
				a.ask(at)
			}
			a.askHistory()
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// learn looks at everything there is.
func (n *naive) learn(t *testing.T, store clusto.Store) {
	t.Helper()
	ctx := t.Context()
	err := store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		for l, err := range r.(clusto.History).Lives(ctx, clusto.LifeMatch{}) {
			if err != nil {
				return err
			}
			n.entities[l.ID] = l.Entity
			n.dead[l.ID] = l.Ended != 0
		}
		for a, err := range r.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)}) {
			if err != nil {
				return err
			}
			n.above[a.Value.Relation()] = append(n.above[a.Value.Relation()], a.Entity)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// randomLine returns a grant.
func randomLine(rnd *rand.Rand) string {
	line := pick(rnd, "read", "read", "read attr/dhcp.*", "read attr/*", "read entity", "read port", "write attr/dhcp", "write *",
		"secret", "secret attr/ipmi.password", "secret attr/*.pass*", "allocate", "act power", "script", "admin")
	if line == "script" || line == "admin" && rnd.IntN(4) > 0 {
		return "read"
	}
	if line == "admin" || rnd.IntN(6) == 0 {
		return line
	}
	for range 1 + rnd.IntN(2) {
		place := pick(rnd, "in", "in", "in pool", "in rack", "on")
		line += " " + place + " " + fmt.Sprint(pick(rnd, "e", "e", "f"), rnd.IntN(14))
		if place == "on" {
			break
		}
	}
	if rnd.IntN(4) == 0 {
		line += " of type " + pick(rnd, "server", "pool", "rack")
	}
	return line
}

// fillAtRandom makes a history of things in things, and returns its versions.
func fillAtRandom(t *testing.T, store clusto.Store, rnd *rand.Rand) (versions []clusto.Version) {
	t.Helper()
	ctx := t.Context()
	var ids []clusto.EntityID
	for i := range 40 {
		v, err := store.Update(ctx, clusto.Change{Description: pick(rnd, "", "hunter2", "more of it")}, func(tx clusto.Tx) error {
			if i < 22 {
				name := fmt.Sprint("e", i)
				e, err := tx.Create(ctx, name, pick(rnd, "server", "pool", "rack"), "generic")
				if err != nil {
					return err
				}
				ids = append(ids, e.ID)
			} else if i%6 == 0 {
				k := rnd.IntN(len(ids))
				if err := tx.Delete(ctx, ids[k]); err != nil {
					return err
				}
				ids = slices.Delete(ids, k, k+1)
			} else if i%6 == 1 {
				if err := tx.Rename(ctx, ids[rnd.IntN(len(ids))], fmt.Sprint("f", i-22)); err != nil {
					return err
				}
			}
			return addAtRandom(ctx, tx, rnd, ids)
		})
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, v)
	}
	return versions
}

func addAtRandom(ctx context.Context, tx clusto.Tx, rnd *rand.Rand, ids []clusto.EntityID) error {
	for range 6 {
		a := clusto.Attr{
			Entity: pick(rnd, ids...), Key: pick(rnd, "dhcp", "ipmi", "password", "port-nic-eth", "owner"),
			Subkey: pick(rnd, clusto.Sub("password"), clusto.Sub("enabled"), clusto.Subkey{}),
			Value:  pick(rnd, clusto.String("hunter2"), clusto.Int(1), clusto.RelationTo(pick(rnd, ids...)), clusto.Value{}),
		}
		if rnd.IntN(3) == 0 {
			a = clusto.Attr{Entity: pick(rnd, ids...), Key: clusto.KeyContains, Value: clusto.RelationTo(pick(rnd, ids...))}
		}
		if err := tx.AddAttrs(ctx, a); err != nil {
			return err
		}
	}
	_, err := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{pick(rnd, ids...)}, Key: clusto.Is(clusto.KeyContains)})
	return err
}
