package storetest

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"github.com/clusto/clusto"
)

// matchCase is a question about attributes of the world.
type matchCase struct {
	name  string
	match func(id func(string) clusto.EntityID) clusto.AttrMatch
	want  int // how many attributes it selects
}

// fixed returns a question that needs no entity.
func fixed(name string, want int, m clusto.AttrMatch) matchCase {
	return matchCase{name, func(func(string) clusto.EntityID) clusto.AttrMatch { return m }, want}
}

// matchCases ask about attributes in every way.
func matchCases(t *testing.T) []matchCase {
	mac, err := clusto.ParseMAC("00:16:3E:00:00:01")
	if err != nil {
		t.Fatal(err)
	}
	json := clusto.StoredJSON(`{"a":"x","b":[1,2]}`)
	values := func(v ...clusto.Value) []clusto.Value { return v }
	cases := []matchCase{
		fixed("key", 3, clusto.AttrMatch{Key: clusto.Is("role")}),
		fixed("key case", 1, clusto.AttrMatch{Key: clusto.Is("Role")}),
		fixed("key unknown", 0, clusto.AttrMatch{Key: clusto.Is("none")}),
		fixed("key glob", 3, clusto.AttrMatch{Key: clusto.Like("ro*")}),
		fixed("key glob underscore", 1, clusto.AttrMatch{Key: clusto.Like("a_*")}),
		fixed("key glob question mark", 0, clusto.AttrMatch{Key: clusto.Like("a?*")}),
		fixed("key glob brackets", 0, clusto.AttrMatch{Key: clusto.Like("a[_]*")}),
		fixed("key glob percent", 0, clusto.AttrMatch{Key: clusto.Like("ro%*")}),
		fixed("key glob backslash", 0, clusto.AttrMatch{Key: clusto.Like(`a\_*`)}),
		fixed("key glob no star", 0, clusto.AttrMatch{Key: clusto.Like("rol")}),
		fixed("key glob exact", 3, clusto.AttrMatch{Key: clusto.Like("role")}),
		fixed("key glob middle", 3, clusto.AttrMatch{Key: clusto.Like("r*l*e")}),
		fixed("subkey", 1, clusto.AttrMatch{Subkey: clusto.Is("size")}),
		fixed("subkey empty", 1, clusto.AttrMatch{Subkey: clusto.Is("")}),
		fixed("subkey glob", 1, clusto.AttrMatch{Subkey: clusto.Like("con*"), Key: clusto.Like("*")}),
		fixed("subkey glob all", 11, clusto.AttrMatch{Subkey: clusto.Like("*")}),
		fixed("subkey absent", 3, clusto.AttrMatch{Key: clusto.Is("role"), Subkey: clusto.IsAbsent[string]()}),
		fixed("subkey present", 2, clusto.AttrMatch{Key: clusto.Is("disk"), Subkey: clusto.IsPresent[string]()}),
		fixed("number", 1, clusto.AttrMatch{Key: clusto.Is("disk"), Number: clusto.Is[int64](0)}),
		fixed("number absent", 2, clusto.AttrMatch{Key: clusto.Is("disk"), Number: clusto.IsAbsent[int64]()}),
		fixed("number present", 2, clusto.AttrMatch{Key: clusto.Is("disk"), Number: clusto.IsPresent[int64]()}),
		fixed("value string", 2, clusto.AttrMatch{Value: clusto.Is(clusto.String("frontend"))}),
		fixed("value digits", 1, clusto.AttrMatch{Value: clusto.Is(clusto.String("7"))}),
		fixed("value int", 2, clusto.AttrMatch{Value: clusto.Is(clusto.Int(7))}),
		fixed("value zero", 1, clusto.AttrMatch{Value: clusto.Is(clusto.Int(0))}),
		fixed("value time", 1, clusto.AttrMatch{Value: clusto.Is(clusto.Time(moment))}),
		fixed("value json", 1, clusto.AttrMatch{Value: clusto.Is(json)}),
		fixed("value none", 1, clusto.AttrMatch{Value: clusto.Is(clusto.Value{})}),
		fixed("value empty", 1, clusto.AttrMatch{Value: clusto.Is(clusto.String(""))}),
		fixed("value absent", 1, clusto.AttrMatch{Value: clusto.IsAbsent[clusto.Value]()}),
		fixed("value present", 5, clusto.AttrMatch{Key: clusto.Like("*o*e*"), Value: clusto.IsPresent[clusto.Value](), Number: clusto.IsAbsent[int64]()}),
		fixed("values empty", 0, clusto.AttrMatch{Values: []clusto.Value{}}),
		fixed("values ints", 3, clusto.AttrMatch{Values: values(clusto.Int(7), clusto.Int(0))}),
		fixed("values strings", 3, clusto.AttrMatch{Values: values(clusto.String("frontend"), clusto.String("database"))}),
		fixed("values mixed", 8, clusto.AttrMatch{Values: values(clusto.Int(7), clusto.String("frontend"), clusto.String(""), clusto.Time(moment), json, clusto.Value{})}),
		fixed("values and value", 2, clusto.AttrMatch{Value: clusto.Is(clusto.Int(7)), Values: values(clusto.Int(7), clusto.Int(8))}),
		fixed("related empty", 0, clusto.AttrMatch{RelatedTo: []clusto.EntityID{}}),
		fixed("entities empty", 0, clusto.AttrMatch{Entities: []clusto.EntityID{}}),
		fixed("contains", 3, clusto.AttrMatch{Contains: []string{"ront"}}),
		fixed("contains case", 3, clusto.AttrMatch{Contains: []string{"FRONT"}}),
		fixed("contains any", 4, clusto.AttrMatch{Contains: []string{"ront", "DataB"}}),
		fixed("contains no digits of ints", 1, clusto.AttrMatch{Contains: []string{"7"}, Visible: true, Key: clusto.Like("*o*")}),
		fixed("contains no pattern", 0, clusto.AttrMatch{Contains: []string{"fr%nd", "f_ontend", "f!ontend", "f*nd", `front\`}}),
		fixed("contains no text", 0, clusto.AttrMatch{Contains: []string{"\x00", "\xff"}}),
		fixed("contains none", 0, clusto.AttrMatch{Contains: []string{}}),
		fixed("contains and key", 1, clusto.AttrMatch{Contains: []string{"base"}, Key: clusto.Is("role")}),
		fixed("mac", 2, clusto.AttrMatch{Subkey: clusto.Is("mac"), MAC: &mac}),
		fixed("mac of a key", 1, clusto.AttrMatch{Key: clusto.Is("port-nic-eth"), Subkey: clusto.Is("mac"), MAC: &mac}),
		fixed("mac of any subkey", 3, clusto.AttrMatch{MAC: &mac}),
		fixed("hidden", 0, clusto.AttrMatch{Key: clusto.Is("_hidden"), Visible: true}),
		fixed("visible", 0, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), Visible: true}),
		fixed("by entity", 33, clusto.AttrMatch{ByEntity: true}),
		fixed("all", 33, clusto.AttrMatch{}),
	}
	return append(cases, entityCases()...)
}

// entityCases ask about given entities.
func entityCases() []matchCase {
	type ids = func(string) clusto.EntityID
	return []matchCase{
		{"one entity", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{Entities: []clusto.EntityID{id("db")}}
		}, 4},
		{"two entities and a key", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{Entities: []clusto.EntityID{id("web"), id("db"), id("web")}, Key: clusto.Is("role"), ByEntity: true}
		}, 3},
		{"entity, value", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{Entities: []clusto.EntityID{id("web")}, Value: clusto.Is(clusto.Int(7))}
		}, 1},
		{"value relation", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{Value: clusto.Is(clusto.RelationTo(id("db")))}
		}, 2},
		{"values relations", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{Values: []clusto.Value{clusto.RelationTo(id("db")), clusto.RelationTo(id("web"))}}
		}, 5},
		{"related", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{RelatedTo: []clusto.EntityID{id("web")}}
		}, 3},
		{"related, key", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{RelatedTo: []clusto.EntityID{id("web"), id("db")}, Key: clusto.Is(clusto.KeyContains)}
		}, 3},
		{"related, entity", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{RelatedTo: []clusto.EntityID{id("web")}, Entities: []clusto.EntityID{id("pool"), id("db")}}
		}, 2},
		{"related, entities", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{RelatedTo: []clusto.EntityID{id("web"), id("db"), id("rack")}, Entities: []clusto.EntityID{id("pool"), id("web")}}
		}, 3},
		{"visible of one", func(id ids) clusto.AttrMatch {
			return clusto.AttrMatch{Entities: []clusto.EntityID{id("web")}, Visible: true}
		}, 25},
	}
}

// testMatches asks a reader everything.
func testMatches(t *testing.T, s Viewer) {
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		checkMatches(t, r)
		return nil
	})
}

// testTxMatches asks a transaction everything: one that has made the world
// itself, one that has seen none of it before, and both a second time.
func testTxMatches(t *testing.T, s clusto.Store) {
	made := false
	update(t, s, func(tx clusto.Tx) error {
		fillWorld(t, inside{Store: s, tx: tx})
		for range 2 {
			checkMatches(t, tx)
		}
		made = true
		return nil
	})
	update(t, s, func(tx clusto.Tx) error {
		for range 2 {
			checkMatches(t, tx)
		}
		add(t, tx, clusto.Attr{Entity: id(t, tx, "db"), Key: "extra", Value: clusto.String("x")})
		if n, err := tx.DelAttrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("extra")}); n != 1 || err != nil {
			t.Errorf("DelAttrs: %d, %v", n, err)
		}
		checkMatches(t, tx)
		return nil
	})
	if !made {
		t.Error("the first transaction was not run to its end")
	}
}

// inside is a store whose every Update happens in one transaction.
type inside struct {
	clusto.Store
	tx clusto.Tx
}

func (s inside) Update(_ context.Context, _ clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	return 0, fn(s.tx)
}

func checkMatches(t *testing.T, r clusto.Reader) {
	t.Helper()
	meta := id(t, r, "clustometa")
	all := slices.DeleteFunc(attrsOf(t, r, clusto.AttrMatch{}), func(a clusto.Attr) bool { return a.Entity == meta })
	for _, c := range matchCases(t) {
		m := c.match(func(name string) clusto.EntityID { return id(t, r, name) })
		var want []clusto.Attr
		for _, a := range all {
			if m.Matches(a) {
				want = append(want, a)
			}
		}
		if m.ByEntity {
			slices.SortStableFunc(want, func(a, b clusto.Attr) int { return cmp.Compare(a.Entity, b.Entity) })
		}
		got := slices.DeleteFunc(attrsOf(t, r, m), func(a clusto.Attr) bool { return a.Entity == meta })
		wantSame(t, c.name, got, want)
		if len(want) != c.want {
			t.Errorf("%s: %d attributes, want %d", c.name, len(want), c.want)
		}
		checkFindByAttr(t, r, c.name, m, want)
	}
}

// checkFindByAttr looks for the entities that have the attributes.
func checkFindByAttr(t *testing.T, r clusto.Reader, name string, m clusto.AttrMatch, attrs []clusto.Attr) {
	t.Helper()
	want := []clusto.EntityID{}
	for _, a := range attrs {
		want = append(want, a.Entity)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	found, err := clusto.Collect(r.Find(t.Context(), clusto.Match{Attrs: []clusto.AttrMatch{m}}))
	if err != nil {
		t.Errorf("%s: Find: %v", name, err)
	}
	got := []clusto.EntityID{}
	for _, e := range found {
		if e.Name != "clustometa" {
			got = append(got, e.ID)
		}
	}
	wantSame(t, name+": Find", got, want)
}
