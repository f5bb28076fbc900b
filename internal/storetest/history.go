package storetest

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/clusto/clusto"
)

func testVersions(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	long := strings.Repeat("ü", clusto.MaxUserLen+10)
	first, err := s.Update(ctx, clusto.Change{User: long, Description: "one"}, func(tx clusto.Tx) error {
		if v, err := tx.Version(ctx); v != 2 || err != nil {
			t.Errorf("Version before the first write: %d, %v, want 2", v, err)
		}
		create(t, tx, "a", "server", "basicserver")
		if v, err := tx.Version(ctx); v != 3 || err != nil {
			t.Errorf("Version after the first write: %d, %v, want 3", v, err)
		}
		infos, err := clusto.Collect(tx.Versions(ctx, 1))
		if err != nil || len(infos) != 2 || infos[1].Version != 3 || infos[1].Description != "one" {
			t.Errorf("Versions in the transaction: %+v, %v", infos, err)
		}
		return nil
	})
	if first != 3 || err != nil {
		t.Fatalf("first version: %d, %v, want 3", first, err)
	}
	second, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		create(t, tx, "b", "server", "basicserver")
		tx.Describe("said later")
		return nil
	})
	if second != 4 || err != nil {
		t.Fatalf("second version: %d, %v, want 4", second, err)
	}
	for _, at := range []clusto.Version{clusto.Live, 3} {
		view(t, s, at, func(r clusto.Reader) error {
			infos, err := clusto.Collect(r.Versions(ctx, 2))
			if err != nil {
				return err
			}
			for i := range infos {
				if infos[i].Time.IsZero() {
					t.Errorf("version %d has no time", infos[i].Version)
				}
				infos[i].Time = infos[0].Time
			}
			want := []clusto.VersionInfo{
				{Version: 3, User: strings.Repeat("ü", clusto.MaxUserLen), Description: "one", Time: infos[0].Time},
				{Version: 4, Description: "said later", Time: infos[0].Time},
			}
			if at == 3 {
				want = want[:1]
			}
			wantSame(t, "versions", infos, want)
			return nil
		})
	}
}

func testHistory(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	set := func(tx clusto.Tx, v int) {
		if _, err := tx.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("n")}); err != nil {
			t.Fatal(err)
		}
		add(t, tx, clusto.Attr{Entity: 2, Key: "n", Value: clusto.Int(int64(v))})
	}
	steps := []func(tx clusto.Tx) error{
		func(tx clusto.Tx) error { // 3
			a, b := create(t, tx, "a", "server", "basicserver"), create(t, tx, "b", "rack", "basicrack")
			add(t, tx, contains(b, a), clusto.Attr{Entity: a, Key: "m", Subkey: clusto.Sub("mac"), Value: clusto.String("00:16:3e:00:00:01")})
			set(tx, 1)
			return nil
		},
		func(tx clusto.Tx) error { set(tx, 2); return tx.Rename(ctx, 2, "renamed") },         // 4
		func(tx clusto.Tx) error { return tx.ChangeDriver(ctx, 2, "router", "basicrouter") }, // 5
		func(tx clusto.Tx) error { create(t, tx, "a", "pool", "pool"); return nil },          // 6: another a
		func(tx clusto.Tx) error { return tx.Delete(ctx, 2) },                                // 7
		func(tx clusto.Tx) error { return tx.Delete(ctx, 3) },                                // 8
		func(tx clusto.Tx) error {
			return errors.Join(tx.Rename(ctx, 4, "x"), tx.Rename(ctx, 4, "y"), tx.Rename(ctx, 4, "z"))
		}, // 9
		func(tx clusto.Tx) error { return errors.Join(tx.Rename(ctx, 4, "last"), tx.Delete(ctx, 4)) }, // 10
	}
	for i, step := range steps {
		if v := update(t, s, step); v != clusto.Version(i+3) {
			t.Fatalf("step %d is version %d", i, v)
		}
	}
	mac, _ := clusto.ParseMAC("00163e000001")
	for _, c := range []struct {
		at       clusto.Version
		entities []string // name/type/driver
		n        int64
	}{
		{1, nil, 0}, {2, nil, 0},
		{3, []string{"a/server/basicserver", "b/rack/basicrack"}, 1},
		{4, []string{"renamed/server/basicserver", "b/rack/basicrack"}, 2},
		{5, []string{"renamed/router/basicrouter", "b/rack/basicrack"}, 2},
		{6, []string{"renamed/router/basicrouter", "b/rack/basicrack", "a/pool/pool"}, 2},
		{7, []string{"b/rack/basicrack", "a/pool/pool"}, 0},
		{8, []string{"a/pool/pool"}, 0},
		{9, []string{"z/pool/pool"}, 0},
		{10, nil, 0}, {clusto.Live, nil, 0},
	} {
		view(t, s, c.at, func(r clusto.Reader) error {
			checkThen(t, r, c.at, c.entities)
			var n int64
			for _, a := range attrsOf(t, r, clusto.AttrMatch{Entities: []clusto.EntityID{2}, Key: clusto.Is("n")}) {
				n += a.Value.Int64()
			}
			contents, err := r.Contents(ctx, []clusto.EntityID{3}, true)
			if n != c.n || err != nil || len(contents) == 1 != (n != 0) {
				t.Errorf("at %d: n is %d, contents %v, %v; want n %d", c.at, n, contents, err, c.n)
			}
			if n != 0 && contents[0].Name+"/"+contents[0].Type+"/"+contents[0].Driver != c.entities[0] {
				t.Errorf("at %d: contents %v, want %s", c.at, contents, c.entities[0])
			}
			macs := attrsOf(t, r, clusto.AttrMatch{Subkey: clusto.Is("mac"), MAC: &mac})
			ints := attrsOf(t, r, clusto.AttrMatch{Value: clusto.Is(clusto.Int(c.n)), Key: clusto.Is("n")})
			if len(macs) == 1 != (n != 0) || len(ints) == 1 != (n != 0) {
				t.Errorf("at %d: found %v by MAC, %v by value", c.at, macs, ints)
			}
			return nil
		})
	}
}

// checkThen checks which entities there were at a version, by every look-up.
func checkThen(t *testing.T, r clusto.Reader, at clusto.Version, want []string) {
	t.Helper()
	found, err := clusto.Collect(r.Find(t.Context(), clusto.Match{}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range found {
		if e.Name == "clustometa" {
			continue
		}
		got = append(got, e.Name+"/"+e.Type+"/"+e.Driver)
		byName, err := r.Entity(t.Context(), e.Name)
		if byName != e || err != nil {
			t.Errorf("at %d: %q is %v, %v, want %v", at, e.Name, byName, err, e)
		}
		byID, err := r.Entities(t.Context(), e.ID)
		if err != nil || byID[0] != e {
			t.Errorf("at %d: number %d is %v, %v, want %v", at, e.ID, byID, err, e)
		}
		m := clusto.Match{Names: []string{e.Name, "other"}, Types: []string{e.Type}, Drivers: []string{e.Driver}}
		if names := find(t, r, m); len(names) != 1 || names[0] != e.Name {
			t.Errorf("at %d: Find %+v: %v", at, m, names)
		}
	}
	wantSame(t, "entities", got, want)
	all := strings.Join(got, " ")
	for _, name := range []string{"a", "renamed", "x", "z", "last"} {
		_, err := r.Entity(t.Context(), name)
		if there := strings.Contains(" "+all, " "+name+"/"); there != (err == nil) {
			t.Errorf("at %d: Entity(%q): %v, but there are %q", at, name, err, all)
		}
	}
}

func testCounters(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	var a clusto.EntityID
	want := func(r clusto.Reader, key string, value int64, there bool) {
		t.Helper()
		if n, ok, err := r.Counter(ctx, a, key); n != value || ok != there || err != nil {
			t.Errorf("counter %s: %d, %v, %v, want %d, %v", key, n, ok, err, value, there)
		}
	}
	update(t, s, func(tx clusto.Tx) error {
		a = create(t, tx, "a", "server", "basicserver")
		want(tx, "n", 0, false)
		err := errors.Join(tx.SetCounter(ctx, a, "n", 0), tx.SetCounter(ctx, a, "m", 1), tx.SetCounter(ctx, a, "m", -2))
		want(tx, "n", 0, true)
		want(tx, "m", -2, true)
		return err
	})
	v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		want(tx, "m", -2, true)
		return errors.Join(tx.SetCounter(ctx, a, "m", 1<<40), tx.SetCounter(ctx, a, "N", 5))
	})
	if v != 0 || err != nil {
		t.Errorf("counters alone made version %d, %v, want none", v, err)
	}
	for _, at := range []clusto.Version{clusto.Live, 3} { // counters are always the live ones
		view(t, s, at, func(r clusto.Reader) error {
			want(r, "m", 1<<40, true)
			want(r, "n", 0, true)
			want(r, "N", 5, true)
			want(r, "x", 0, false)
			return nil
		})
	}
}

func testFreeRanges(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	var a, b clusto.EntityID
	six := clusto.FreeRange{First: netip.MustParseAddr("2001:db8::1"), Last: netip.MustParseAddr("2001:db8::ffff:ffff:ffff:ffff")}
	four := clusto.FreeRange{First: netip.MustParseAddr("10.0.0.1"), Last: netip.MustParseAddr("10.0.0.9")}
	ranges := func(r clusto.Reader, manager clusto.EntityID, limit int) []clusto.FreeRange {
		t.Helper()
		got, err := r.(clusto.Tx).FreeRanges(ctx, manager, limit)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	v := update(t, s, func(tx clusto.Tx) error {
		a, b = create(t, tx, "a", "resourcemanager", "ipmanager"), create(t, tx, "b", "resourcemanager", "ipmanager")
		six.Manager, four.Manager = a, a
		other := clusto.FreeRange{Manager: b, First: four.First, Last: four.Last}
		return tx.AddFreeRanges(ctx, six, other, four)
	})
	changed, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		got := ranges(tx, a, 10)
		if len(got) != 2 || got[0].ID >= got[1].ID {
			t.Fatalf("ranges: %+v", got)
		}
		six.ID, four.ID = got[0].ID, got[1].ID
		if got[0] != six || got[1] != four {
			t.Errorf("ranges: %+v", got)
		}
		if one := ranges(tx, a, 1); len(one) != 1 || one[0] != six {
			t.Errorf("one range: %+v", one)
		}
		four.First = netip.MustParseAddr("10.0.0.5")
		six.Last, six.First = six.First, six.Last
		return errors.Join(tx.SetFreeRange(ctx, four), tx.SetFreeRange(ctx, six))
	})
	if changed != 0 || err != nil {
		t.Errorf("hints alone made version %d after %d, %v, want none", changed, v, err)
	}
	update(t, s, func(tx clusto.Tx) error {
		if got := ranges(tx, a, 10); len(got) != 1 || got[0] != four {
			t.Errorf("ranges: %+v", got)
		}
		if err := tx.ClearFreeRanges(ctx, a); err != nil {
			return err
		}
		if got := ranges(tx, a, 10); len(got) != 0 {
			t.Errorf("ranges after clearing: %+v", got)
		}
		return tx.Delete(ctx, b)
	})
	update(t, s, func(tx clusto.Tx) error {
		if got := ranges(tx, b, 10); len(got) != 0 {
			t.Errorf("ranges of a deleted manager: %+v", got)
		}
		return nil
	})
}
