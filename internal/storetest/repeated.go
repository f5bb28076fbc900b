package storetest

import (
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

// testRepeated asks one question again and again in a transaction, after each
// change that could make its answer another. A transaction may answer from what
// it knows, which must be what the rows say: all attributes, which no
// transaction knows by heart, tell that.
func testRepeated(t *testing.T, s clusto.Store) {
	a, b := clusto.EntityID(0), clusto.EntityID(0)
	update(t, s, func(tx clusto.Tx) error {
		a, b = create(t, tx, "a", "thing", "generic"), create(t, tx, "b", "thing", "generic")
		for _, of := range []clusto.EntityID{a, b} {
			add(t, tx, repeatedAttrs(of, a)...)
		}
		return nil
	})
	of := []clusto.EntityID{a}
	one, x := clusto.Is[int64](1), clusto.String("x")
	for name, m := range map[string]clusto.AttrMatch{
		"entity":              {Entities: of},
		"key":                 {Key: clusto.Is("k")},
		"entity, key":         {Entities: of, Key: clusto.Is("k")},
		"entities, key":       {Entities: []clusto.EntityID{b, a}, Key: clusto.Is("k"), ByEntity: true},
		"number":              {Entities: of, Key: clusto.Is("k"), Number: one},
		"number, subkey":      {Entities: of, Key: clusto.Is("k"), Number: one, Subkey: clusto.Is("s")},
		"number, value":       {Entities: of, Key: clusto.Is("k"), Number: one, Value: clusto.Is(x)},
		"property":            {Entities: of, Key: clusto.Is("k"), Subkey: clusto.Is(clusto.SubkeyProperty)},
		"key, text":           {Key: clusto.Is("k"), Values: []clusto.Value{x}},
		"key, number":         {Key: clusto.Is("k"), Values: []clusto.Value{clusto.Int(1), clusto.Int(2)}},
		"key, value, number":  {Key: clusto.Is("k"), Values: []clusto.Value{x}, Number: one},
		"no number":           {Entities: of, Key: clusto.Is("k"), Number: clusto.IsAbsent[int64]()},
		"entity, number only": {Entities: of, Number: one},
		"relation":            {RelatedTo: of},
	} {
		t.Run(name, func(t *testing.T) {
			v := update(t, s, func(tx clusto.Tx) error {
				repeat(t, tx, a, b, func(what string) {
					t.Helper()
					wantSame(t, what, attrsOf(t, tx, m), matching(attrsOf(t, tx, clusto.AttrMatch{}), m))
				})
				return nil
			})
			view(t, s, v, func(r clusto.Reader) error {
				wantSame(t, "afterwards", attrsOf(t, r, m), matching(attrsOf(t, r, clusto.AttrMatch{}), m))
				return nil
			})
		})
	}
}

// matching returns those of all that m selects, in the order that it asks for.
func matching(all []clusto.Attr, m clusto.AttrMatch) []clusto.Attr {
	p := player{now: &model{attrs: all}}
	return p.selected(m)
}

// repeatedAttrs returns attributes that the questions of testRepeated are about.
func repeatedAttrs(of, to clusto.EntityID) []clusto.Attr {
	return []clusto.Attr{
		{Entity: of, Key: "k", Number: clusto.Num(1), Value: clusto.String("x")},
		{Entity: of, Key: "k", Number: clusto.Num(1), Subkey: clusto.Sub("s"), Value: clusto.Int(1)},
		{Entity: of, Key: "k", Number: clusto.Num(2), Subkey: clusto.Sub("s"), Value: clusto.Int(2)},
		{Entity: of, Key: "k", Subkey: clusto.Sub(clusto.SubkeyProperty), Value: clusto.String("x")},
		{Entity: of, Key: "l", Number: clusto.Num(1), Subkey: clusto.Sub(clusto.SubkeyProperty), Value: clusto.String("x")},
		{Entity: of, Key: "l", Value: clusto.RelationTo(to)},
	}
}

// repeat changes what a and b have and calls ask after each change.
func repeat(t *testing.T, tx clusto.Tx, a, b clusto.EntityID, ask func(what string)) {
	t.Helper()
	ctx := t.Context()
	del := func(m clusto.AttrMatch) {
		t.Helper()
		if _, err := tx.DelAttrs(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	nest := func(fails error, change func()) {
		t.Helper()
		err := tx.Nest(ctx, func(clusto.Tx) error {
			change()
			ask("inside")
			return fails
		})
		if !errors.Is(err, fails) {
			t.Fatal(err)
		}
	}
	more := func() { t.Helper(); add(t, tx, append(repeatedAttrs(a, b), repeatedAttrs(b, a)...)...) }
	second := clusto.AttrMatch{Entities: []clusto.EntityID{a, b}, Key: clusto.Is("k"), Number: clusto.Is[int64](1), Subkey: clusto.Is("s")}
	ask("at first")
	more()
	ask("after more was added")
	del(second)
	ask("after some was removed")
	nest(errWanted, more)
	ask("after more was added in vain")
	nest(errWanted, func() { del(clusto.AttrMatch{Key: clusto.Is("k")}) })
	ask("after all was removed in vain")
	nest(nil, more)
	ask("after still more was added")
	third := create(t, tx, "third", "thing", "generic")
	add(t, tx, append(repeatedAttrs(third, a), repeatedAttrs(a, third)...)...)
	ask("after a third came")
	if err := tx.Delete(ctx, third); err != nil {
		t.Fatal(err)
	}
	ask("after it went")
	del(clusto.AttrMatch{Entities: []clusto.EntityID{a}, Key: clusto.Is("k"), Value: clusto.Is(clusto.String("x"))})
	ask("after a value was removed")
}
