package past_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/demo/past"
	"github.com/clusto/clusto/internal/fsck"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/testenv"
	"github.com/clusto/clusto/rackfactory"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// now is when the past ends: at night, and on a day that is not today.
var now = time.Date(2026, 3, 2, 0, 30, 0, 0, time.UTC)

// written writes a past into a new database.
func written(t *testing.T) clusto.Store {
	t.Helper()
	var clock past.Clock
	clock.Set(past.Begin(now))
	store := dbtest.New(t, sqlstore.Options{Now: clock.Now})
	layouts, err := rackfactory.New(rackfactory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := past.Options{Store: store, Clock: &clock, Drivers: all.Drivers(), Factories: layouts, Now: now}
	if _, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error { return describe(t.Context(), clusto.NewInventory(tx, o.Drivers)) }); err != nil {
		t.Fatal(err)
	}
	if err := past.Write(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := clock.Now(); got.Before(now) || time.Since(got) > time.Minute {
		t.Errorf("afterwards the clock shows %s", got)
	}
	return store
}

// describe makes what the demonstration describes before.
func describe(ctx context.Context, inv *clusto.Inventory) error {
	var datacenter *clusto.Object
	for _, thing := range []struct{ class, name string }{{"BasicDatacenter", "eqix-sv3"}, {"APCRack", "sv3-001"}, {"APCRack", "sv3-002"}} {
		d, _ := inv.Drivers().Class(thing.class)
		o, err := inv.Create(ctx, d, thing.name, nil)
		switch {
		case err != nil:
			return err
		case datacenter == nil:
			datacenter = o
		default:
			if err := datacenter.Insert(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestWrite(t *testing.T) {
	t.Parallel()
	store := written(t)
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		report, err := fsck.Check(t.Context(), r, fsck.Options{Drivers: all.Drivers()})
		if err != nil {
			return err
		}
		for _, p := range report.Findings {
			t.Errorf("fsck: %v", p)
		}
		versions, err := clusto.Collect(r.Versions(t.Context(), 0))
		if err != nil {
			return err
		}
		last, people := past.Begin(now), map[string]int{}
		for _, v := range versions {
			if v.Time.Before(last) || v.Time.After(now) {
				t.Errorf("version %d is of %s, after %s", v.Version, v.Time, last)
			}
			last = v.Time
			people[v.User]++
		}
		if len(versions) < 150 || len(people) < 6 || now.Sub(last) > 24*time.Hour {
			t.Errorf("%d versions of %d people, the last of %s", len(versions), len(people), last)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	told, err := past.Told(t.Context(), store)
	if want := "Its company grows for three weeks: 585 servers in 28 racks, 11 pools and 23 networks and name managers, in 178 versions."; err != nil || told != want {
		t.Errorf("got %q (%v), want %q", told, err, want)
	}
}

// TestWriteAgain wants the same names in the same order every time.
func TestWriteAgain(t *testing.T) {
	t.Parallel()
	var names [2][]clusto.Entity
	for i := range names {
		err := written(t).View(t.Context(), clusto.Live, func(r clusto.Reader) (err error) {
			names[i], err = clusto.Collect(r.Find(t.Context(), clusto.Match{}))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, e := range names[0] {
		if i >= len(names[1]) || e.Name != names[1][i].Name || e.Driver != names[1][i].Driver {
			t.Fatalf("thing %d is %s at first, and another thing then", i, e.Name)
		}
	}
}
