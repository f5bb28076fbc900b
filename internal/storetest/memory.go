package storetest

import (
	"testing"

	"github.com/clusto/clusto"
)

// testMemory asks in a transaction for what an answer before might have taught
// it wrong.
func testMemory(t *testing.T, s clusto.Store) {
	var web, db clusto.EntityID
	update(t, s, func(tx clusto.Tx) error {
		web, db = create(t, tx, "web", "server", "basicserver"), create(t, tx, "db", "server", "basicserver")
		add(t, tx,
			clusto.Attr{Entity: db, Key: "role", Value: clusto.String("a")},
			clusto.Attr{Entity: web, Key: "role", Value: clusto.String("a")},
			clusto.Attr{Entity: web, Key: "role", Value: clusto.String("b")},
			clusto.Attr{Entity: db, Key: "role", Value: clusto.String("b")},
		)
		return nil
	})
	for _, c := range []struct {
		name         string
		asked, after clusto.AttrMatch
		want         int // how many of the four are left for after, when those of db with the value a are gone
	}{
		{"of one key, by entity", clusto.AttrMatch{Key: clusto.Is("role"), ByEntity: true}, clusto.AttrMatch{Key: clusto.Is("role")}, 3},
		{"of a value, by entity",
			clusto.AttrMatch{Key: clusto.Is("role"), Values: []clusto.Value{clusto.String("a")}, ByEntity: true},
			clusto.AttrMatch{Key: clusto.Is("role"), Values: []clusto.Value{clusto.String("a")}}, 1},
		{"of the empty key", clusto.AttrMatch{Entities: []clusto.EntityID{web}, Key: clusto.Is("")}, clusto.AttrMatch{Entities: []clusto.EntityID{web}}, 2},
	} {
		_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			attrsOf(t, tx, c.asked)
			n, err := tx.DelAttrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("role"), Entities: []clusto.EntityID{db}, Value: clusto.Is(clusto.String("a"))})
			if n != 1 || err != nil {
				t.Errorf("%s: DelAttrs: %d, %v", c.name, n, err)
			}
			if got := attrsOf(t, tx, c.after); len(got) != c.want {
				t.Errorf("%s: then %d attributes, want %d: %v", c.name, len(got), c.want, got)
			}
			return errWanted
		})
		if err != errWanted {
			t.Errorf("%s: Update: %v", c.name, err)
		}
	}
	_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		m := clusto.AttrMatch{Key: clusto.Is("role"), Values: []clusto.Value{clusto.String("a")}}
		attrsOf(t, tx, m)
		if err := tx.Delete(t.Context(), db); err != nil {
			t.Errorf("Delete: %v", err)
		}
		if got := attrsOf(t, tx, m); len(got) != 1 {
			t.Errorf("of a value, one entity deleted: %v, want one attribute", got)
		}
		return errWanted
	})
	if err != errWanted {
		t.Errorf("Update: %v", err)
	}
}
