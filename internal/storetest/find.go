package storetest

import (
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

func testFind(t *testing.T, s Viewer) {
	role := func(v string) clusto.AttrMatch {
		return clusto.AttrMatch{Key: clusto.Is("role"), Value: clusto.Is(clusto.String(v))}
	}
	json := clusto.AttrMatch{Value: clusto.Is(clusto.StoredJSON(`["x"]`))}
	tests := []struct {
		name string
		m    clusto.Match
		want []string
	}{
		{"all", clusto.Match{}, []string{"clustometa", "rack", "pool", "web", "db"}},
		{"names", clusto.Match{Names: []string{"web", "rack", "nobody", "web"}}, []string{"rack", "web"}},
		{"no names", clusto.Match{Names: []string{}}, []string{}},
		{"name case", clusto.Match{Names: []string{"Web"}}, []string{}},
		{"removed", clusto.Match{Names: []string{"removed"}}, []string{}},
		{"types", clusto.Match{Types: []string{"server", "pool"}}, []string{"pool", "web", "db"}},
		{"drivers", clusto.Match{Drivers: []string{"basicserver"}}, []string{"web"}},
		{"type and driver", clusto.Match{Types: []string{"server"}, Drivers: []string{"pool"}}, []string{}},
		{"attribute", clusto.Match{Attrs: []clusto.AttrMatch{role("database")}}, []string{"db"}},
		{"either attribute", clusto.Match{Attrs: []clusto.AttrMatch{role("database"), role("frontend")}}, []string{"web", "db"}},
		{"either, one by meaning", clusto.Match{Attrs: []clusto.AttrMatch{role("database"), json}}, []string{"web", "db"}},
		{"no attributes", clusto.Match{Attrs: []clusto.AttrMatch{}}, []string{}},
		{"impossible attribute", clusto.Match{Attrs: []clusto.AttrMatch{{Values: []clusto.Value{}}}}, []string{}},
		{"attribute and driver", clusto.Match{Drivers: []string{"basicserver"}, Attrs: []clusto.AttrMatch{{Value: clusto.Is(clusto.Int(7))}}}, []string{"web"}},
		{"attribute is gone", clusto.Match{Attrs: []clusto.AttrMatch{{Key: clusto.Is("gone")}}}, []string{}},
	}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		for _, test := range tests {
			wantSame(t, test.name, find(t, r, test.m), test.want)
		}
		return nil
	})
}

func testLookup(t *testing.T, s Viewer) {
	ctx := t.Context()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		web, err := r.Entity(ctx, "web")
		wantSame(t, "web", web, clusto.Entity{ID: web.ID, Name: "web", Type: "server", Driver: "basicserver", Version: 3})
		if err != nil || web.ID == 0 {
			t.Errorf("Entity: %v, %v", web, err)
		}
		for _, name := range []string{"", "Web", "web ", "removed", "w%", "w*"} {
			if _, err := r.Entity(ctx, name); !errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("Entity(%q): %v, want ErrNotFound", name, err)
			}
		}
		db := id(t, r, "db")
		got, err := r.Entities(ctx, db, web.ID, db)
		if err != nil {
			t.Errorf("Entities: %v", err)
		}
		wantSame(t, "Entities", names(got), []string{"db", "web", "db"})
		if _, err := r.Entities(ctx, db, 999_999); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("Entities of a missing one: %v, want ErrNotFound", err)
		}
		if none, err := r.Entities(ctx); len(none) != 0 || err != nil {
			t.Errorf("Entities of none: %v, %v", none, err)
		}
		if v, err := r.Version(ctx); v != 5 || err != nil {
			t.Errorf("Version: %d, %v, want 5", v, err)
		}
		return nil
	})
	for _, at := range []clusto.Version{6, -1} {
		err := s.View(ctx, at, func(clusto.Reader) error { return nil })
		if !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("View at %d: %v, want ErrNotFound", at, err)
		}
	}
	wanted := errors.New("wanted")
	if err := s.View(ctx, clusto.Live, func(clusto.Reader) error { return wanted }); !errors.Is(err, wanted) {
		t.Errorf("View returned %v, want what its function returned", err)
	}
}

// testFindByManyConditions asks for more conditions at once than databases like to join.
func testFindByManyConditions(t *testing.T, s clusto.Store) {
	update(t, s, func(tx clusto.Tx) error {
		web := create(t, tx, "web", "server", "basicserver")
		create(t, tx, "db", "server", "basicserver")
		add(t, tx, clusto.Attr{Entity: web, Key: "role", Value: clusto.Int(1500)})
		return nil
	})
	var any []clusto.AttrMatch
	for n := range int64(2000) {
		any = append(any, clusto.AttrMatch{Key: clusto.Is("role"), Value: clusto.Is(clusto.Int(n))})
	}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		wantSame(t, "entities with any of 2000 attributes", find(t, r, clusto.Match{Attrs: any}), []string{"web"})
		return nil
	})
}
