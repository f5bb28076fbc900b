package storetest

import (
	"errors"
	"fmt"
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
		checkPages(t, r)
		return nil
	})
}

// checkPages reads what each question finds in pages of every size.
func checkPages(t *testing.T, r clusto.Reader) {
	t.Helper()
	role := clusto.AttrMatch{Key: clusto.Is("role")}
	for _, m := range []clusto.Match{
		{},
		{Names: []string{"web", "rack", "nobody", "db"}},
		{Types: []string{"server", "pool"}},
		{Drivers: []string{"basicserver"}},
		{Attrs: []clusto.AttrMatch{role}},
		{Types: []string{"server"}, Attrs: []clusto.AttrMatch{role, {Value: clusto.Is(clusto.StoredJSON(`["x"]`))}}},
	} {
		all := find(t, r, m)
		for size := 1; size <= len(all)+1; size++ {
			var paged []string
			page := m
			page.Limit = size
			for {
				got, err := clusto.Collect(r.Find(t.Context(), page))
				if err != nil {
					t.Fatal(err)
				}
				if len(got) > size {
					t.Errorf("%+v: a page of %d has %d entities", m, size, len(got))
				}
				if len(got) == 0 {
					break
				}
				paged = append(paged, names(got)...)
				page.After = got[len(got)-1].ID
			}
			wantSame(t, fmt.Sprintf("%+v in pages of %d", m, size), paged, all)
		}
	}
}

// testPages reads in pages what a transaction has made and not written, and
// what was there before some were renamed.
func testPages(t *testing.T, s clusto.Store) {
	then := update(t, s, func(tx clusto.Tx) error {
		for i := range 7 {
			create(t, tx, fmt.Sprint("web", i), "server", "basicserver")
		}
		checkPages(t, tx)
		return nil
	})
	update(t, s, func(tx clusto.Tx) error {
		first, err := tx.Entity(t.Context(), "web0")
		if err != nil {
			return err
		}
		for i := range 3 {
			if err := tx.ChangeDriver(t.Context(), first.ID+clusto.EntityID(i), "pool", "pool"); err != nil {
				return err
			}
		}
		if err := tx.Rename(t.Context(), first.ID+4, "db"); err != nil {
			return err
		}
		checkPages(t, tx)
		create(t, tx, "web", "pool", "pool")
		checkPages(t, tx)
		wantSame(t, "the first two", find(t, tx, clusto.Match{Types: []string{"pool"}, Limit: 2}), []string{"web0", "web1"})
		wantSame(t, "the rest", find(t, tx, clusto.Match{Types: []string{"pool"}, After: first.ID + 1}), []string{"web2", "web"})
		wantSame(t, "a name after it", find(t, tx, clusto.Match{Names: []string{"web0"}, After: first.ID}), []string{})
		wantSame(t, "the name again", find(t, tx, clusto.Match{Names: []string{"web0"}}), []string{"web0"})
		return nil
	})
	for _, at := range []clusto.Version{clusto.Live, then} {
		view(t, s, at, func(r clusto.Reader) error { checkPages(t, r); return nil })
	}
	view(t, s, then, func(r clusto.Reader) error {
		wantSame(t, "two servers as they were", find(t, r, clusto.Match{Types: []string{"server"}, Limit: 2}), []string{"web0", "web1"})
		wantSame(t, "no pool was there", find(t, r, clusto.Match{Types: []string{"pool"}, Limit: 1}), []string{})
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
