package storetest

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

func testEntities(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	update(t, s, func(tx clusto.Tx) error {
		web, db := create(t, tx, "web", "server", "basicserver"), create(t, tx, "db", "server", "basicserver")
		add(t, tx, contains(web, db), contains(db, web), clusto.Attr{Entity: db, Key: "x", Value: clusto.String("stays")})
		return errors.Join(tx.SetCounter(ctx, web, "n", 3), tx.SetCounter(ctx, db, "n", 4))
	})
	for _, inOne := range []bool{false, true} { // as of the last version, and of this transaction
		update(t, s, func(tx clusto.Tx) error {
			if inOne {
				web := create(t, tx, "web", "server", "basicserver")
				add(t, tx, contains(web, id(t, tx, "db")), contains(id(t, tx, "db"), web))
			}
			if err := tx.Delete(ctx, id(t, tx, "web")); err != nil {
				return err
			}
			checkDeleted(t, tx)
			return nil
		})
		view(t, s, clusto.Live, func(r clusto.Reader) error {
			checkDeleted(t, r)
			return nil
		})
	}
	update(t, s, func(tx clusto.Tx) error {
		for what, err := range map[string]error{
			"Delete":       tx.Delete(ctx, 999),
			"Rename":       tx.Rename(ctx, 999, "x"),
			"ChangeDriver": tx.ChangeDriver(ctx, 999, "x", "y"),
			"SetCounter":   tx.SetCounter(ctx, 999, "x", 1),
			"AddAttrs":     tx.AddAttrs(ctx, clusto.Attr{Entity: 999, Key: "x"}),
			"AddAttrs to":  tx.AddAttrs(ctx, contains(id(t, tx, "db"), 999)),
		} {
			if !errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("%s of a missing entity: %v, want ErrNotFound", what, err)
			}
		}
		return nil
	})
}

// checkDeleted checks that web is gone with all that was about it.
func checkDeleted(t *testing.T, r clusto.Reader) {
	t.Helper()
	if _, err := r.Entity(t.Context(), "web"); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("deleted entity: %v, want ErrNotFound", err)
	}
	wantSame(t, "entities left", find(t, r, clusto.Match{}), []string{"clustometa", "db"})
	var keys []string
	for _, a := range attrsOf(t, r, clusto.AttrMatch{Entities: []clusto.EntityID{id(t, r, "db")}}) {
		keys = append(keys, a.Key)
	}
	wantSame(t, "attributes left", keys, []string{"x"})
	if n, ok, err := r.Counter(t.Context(), id(t, r, "db"), "n"); n != 4 || !ok || err != nil {
		t.Errorf("other's counter: %d, %v, %v", n, ok, err)
	}
}

func testNames(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	twins := []string{"web01", "Web01", "WEB01", "wéb01", "we\u0301b01", "web.01", "web-01"}
	update(t, s, func(tx clusto.Tx) error {
		for _, name := range twins {
			create(t, tx, name, "server", "basicserver")
		}
		return nil
	})
	refused := func(what string, err error, kind error) {
		t.Helper()
		if !errors.Is(err, kind) {
			t.Errorf("%s: %v, want %v", what, err, kind)
		}
	}
	update(t, s, func(tx clusto.Tx) error {
		for _, name := range twins {
			if got := find(t, tx, clusto.Match{Names: []string{name}}); len(got) != 1 || got[0] != name {
				t.Errorf("Find %q: %q", name, got)
			}
		}
		_, err := tx.Create(ctx, "web01", "rack", "basicrack")
		refused("taken", err, clusto.ErrExists)
		if err == nil || !strings.Contains(err.Error(), `"web01"`) || !strings.Contains(err.Error(), "basicserver") {
			t.Errorf("error %q does not tell the name and the driver", err)
		}
		create(t, tx, "new", "rack", "basicrack")
		_, err = tx.Create(ctx, "new", "rack", "basicrack")
		refused("taken just now", err, clusto.ErrExists)
		refused("rename to a taken name", tx.Rename(ctx, id(t, tx, "new"), "Web01"), clusto.ErrExists)
		for _, name := range []string{"", " x", "x ", "a/b", "a\nb", strings.Repeat("é", clusto.MaxNameLen+1), "\xff"} {
			_, err = tx.Create(ctx, name, "rack", "basicrack")
			refused("Create "+name, err, clusto.ErrInvalid)
			refused("Rename to "+name, tx.Rename(ctx, id(t, tx, "new"), name), clusto.ErrInvalid)
		}
		_, err = tx.Create(ctx, "x", "", "basicrack")
		refused("no type", err, clusto.ErrInvalid)
		_, err = tx.Create(ctx, "x", "rack", strings.Repeat("x", clusto.MaxDriverLen+1))
		refused("long driver", err, clusto.ErrInvalid)
		create(t, tx, strings.Repeat("é", clusto.MaxNameLen), "rack", "basicrack")
		return nil
	})
	update(t, s, func(tx clusto.Tx) error { // a name that is free again
		if err := errors.Join(tx.Rename(ctx, id(t, tx, "web01"), "other"), tx.Delete(ctx, id(t, tx, "Web01"))); err != nil {
			return err
		}
		create(t, tx, "web01", "server", "basicserver")
		create(t, tx, "Web01", "server", "basicserver")
		return nil
	})
}

func testValues(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	list, err := clusto.JSON([]byte(`["ü", {"n": 12345678901234567890}]`))
	if err != nil {
		t.Fatal(err)
	}
	values := []clusto.Value{
		{}, clusto.String(""), clusto.String("x"), clusto.String("grüß 世界 🖧"), clusto.String(" a\tb\n'\"\\%_ "),
		clusto.String(strings.Repeat("long ", 20_000)), clusto.String("()"), clusto.String("17"), clusto.String("NULL"),
		clusto.Int(0), clusto.Int(1), clusto.Int(-1), clusto.Int(math.MaxInt64), clusto.Int(math.MinInt64), clusto.Bool(true),
		clusto.Time(moment), clusto.Time(moment.Truncate(time.Second)), clusto.Time(time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)),
		clusto.Time(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), clusto.Time(time.Date(2020, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))),
		list, clusto.StoredJSON(`[ ]`), clusto.StoredJSON(`null`),
	}
	var owner clusto.EntityID
	update(t, s, func(tx clusto.Tx) error {
		owner = create(t, tx, "web", "server", "basicserver")
		for i, v := range append(values, clusto.RelationTo(owner)) {
			add(t, tx, clusto.Attr{Entity: owner, Key: "k", Number: clusto.Num(i), Value: v})
		}
		return nil
	})
	values = append(values, clusto.RelationTo(owner))
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		attrs := attrsOf(t, r, clusto.AttrMatch{Entities: []clusto.EntityID{owner}})
		if len(attrs) != len(values) {
			t.Fatalf("%d attributes, want %d", len(attrs), len(values))
		}
		for i, a := range attrs {
			want := values[i]
			if !a.Value.Equal(want) || a.Value.Kind() != want.Kind() || a.Value.IsNone() != want.IsNone() || a.Value.Text() != want.Text() {
				t.Errorf("value %d: %q (%s), want %q (%s)", i, a.Value.Text(), a.Value.Kind(), want.Text(), want.Kind())
			}
			found, err := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{owner}, Value: clusto.Is(want), Number: clusto.Is(int64(i))}))
			if len(found) != 1 || err != nil {
				t.Errorf("value %d is not found by its value: %v, %v", i, found, err)
			}
			found, err = clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{Values: []clusto.Value{want, clusto.String("no such")}, Number: clusto.Is(int64(i))}))
			if len(found) != 1 || err != nil {
				t.Errorf("value %d is not found in a list: %v, %v", i, found, err)
			}
		}
		return nil
	})
}

func testAttributes(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	update(t, s, func(tx clusto.Tx) error {
		web := create(t, tx, "web", "server", "basicserver")
		good := clusto.Attr{Entity: web, Key: "good"}
		for _, bad := range []clusto.Attr{
			{Entity: web, Key: ""}, {Entity: web, Key: "1x"}, {Entity: web, Key: "a b"}, {Entity: web, Key: "x\n"},
			{Entity: web, Key: strings.Repeat("x", clusto.MaxKeyLen+1)}, {Entity: web, Key: "x", Subkey: clusto.Sub("a.b")},
		} {
			if err := tx.AddAttrs(ctx, good, bad); !errors.Is(err, clusto.ErrInvalid) {
				t.Errorf("AddAttrs %+v: %v, want ErrInvalid", bad, err)
			}
		}
		wantSame(t, "attributes after refusals", len(attrsOf(t, tx, clusto.AttrMatch{Entities: []clusto.EntityID{web}})), 0)
		add(t, tx, good, good, clusto.Attr{Entity: web, Key: "k", Number: clusto.Num(0), Subkey: clusto.Sub("s"), Value: clusto.Int(1)})
		add(t, tx, clusto.Attr{Entity: web, Key: "k", Number: clusto.Num(-5), Subkey: clusto.Sub("")})
		return tx.AddAttrs(ctx)
	})
	for _, c := range []struct {
		name string
		m    clusto.AttrMatch
		want int
	}{
		{"nothing", clusto.AttrMatch{Key: clusto.Is("none")}, 0},
		{"twins", clusto.AttrMatch{Key: clusto.Is("good")}, 2},
		{"number and subkey", clusto.AttrMatch{Key: clusto.Is("k"), Number: clusto.Is[int64](0), Subkey: clusto.Is("s")}, 1},
		{"empty subkey", clusto.AttrMatch{Subkey: clusto.Is("")}, 1},
	} {
		update(t, s, func(tx clusto.Tx) error {
			n, err := tx.DelAttrs(ctx, c.m)
			if n != c.want || err != nil {
				t.Errorf("DelAttrs of %s: %d, %v, want %d", c.name, n, err, c.want)
			}
			return err
		})
	}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		wantSame(t, "attributes left", len(attrsOf(t, r, clusto.AttrMatch{Entities: []clusto.EntityID{id(t, r, "web")}})), 0)
		return nil
	})
}
