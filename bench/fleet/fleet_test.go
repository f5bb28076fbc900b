package fleet_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/fsck"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// servers do not fill the last rack.
const servers = 5*fleet.PerRack + 17

func newStore(t *testing.T) clusto.Store {
	t.Helper()
	return dbtest.New(t, sqlstore.Options{})
}

func load(t *testing.T) (clusto.Store, *fleet.Fleet) {
	t.Helper()
	store := newStore(t)
	progress := 0
	f, err := fleet.Load(t.Context(), store, fleet.Options{Servers: servers, Seed: 1, Progress: func(n int) { progress = n }})
	if err != nil {
		t.Fatal(err)
	}
	if progress != servers {
		t.Errorf("progress ends with %d servers, want %d", progress, servers)
	}
	return store, f
}

func view(t *testing.T, store clusto.Store, fn func(context.Context, *clusto.Inventory) error) {
	t.Helper()
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		return fn(t.Context(), clusto.NewInventory(r, all.Drivers()))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func update(t *testing.T, store clusto.Store, fn func(context.Context, *clusto.Inventory) error) {
	t.Helper()
	_, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return fn(t.Context(), clusto.NewInventory(tx, all.Drivers()))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCables wants every cable to lead back from its other end, and every server
// to have its three.
func TestCables(t *testing.T) {
	racetest.OneAtATime(t)
	store, _ := load(t)
	view(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		all, err := inv.FindObjects(ctx, clusto.Match{})
		if err != nil {
			return err
		}
		cables := 0
		for _, o := range all {
			there, err := port.Connected(ctx, o, "")
			if err != nil {
				return err
			}
			if o.Type == "server" && len(there) != 3 {
				t.Errorf("%s has %d cables, want 3", o, len(there))
			}
			for _, c := range there {
				cables++
				back, ok, err := port.Peer(ctx, c.Peer)
				if err != nil || !ok || back.Device.ID != o.ID || back.Port != c.Port {
					t.Errorf("%s leads to %s, which leads to %v (%v)", c.End, c.Peer, back, err)
				}
				if _, err := port.Of(o, c.Type, c.Port); err != nil {
					t.Error(err)
				}
			}
		}
		if want := 2 * (3*servers + 8*6); cables != want {
			t.Errorf("%d ends of cables, want %d", cables, want)
		}
		return nil
	})
}

// TestServer wants a server to be in its rack, in a pool of each group, and to
// be found by what it has.
func TestServer(t *testing.T) {
	racetest.OneAtATime(t)
	store, _ := load(t)
	view(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		for _, i := range []int{0, 1, fleet.PerRack, servers - 1} {
			server, err := inv.Object(ctx, fleet.Name(i))
			if err != nil {
				return err
			}
			for what, find := range map[string]func() ([]*clusto.Object, error){
				"address":          func() ([]*clusto.Object, error) { return resource.Devices(ctx, inv, fleet.Addr(i)) },
				"hardware address": func() ([]*clusto.Object, error) { return inv.ByMAC(ctx, fleet.MAC(i, 2)) },
				"serial number":    func() ([]*clusto.Object, error) { return inv.BySerial(ctx, fleet.Serial(i)) },
			} {
				found, err := find()
				if err != nil || len(found) != 1 || found[0].ID != server.ID {
					t.Errorf("%s has the %s of %s (%v)", found, what, server, err)
				}
			}
			parents, err := server.Parents(ctx, true, clusto.Match{})
			if err != nil {
				return err
			}
			types := map[string]int{}
			for _, p := range parents {
				types[p.Type]++
			}
			if diff := cmp.Diff(map[string]int{"rack": 1, "pool": 2, "datacenter": 1}, types); diff != "" {
				t.Errorf("what %s is in (-want +got):\n%s", server, diff)
			}
			manager, err := resource.ManagerFor(ctx, inv, fleet.Addr(i))
			if err != nil {
				return err
			}
			owners, err := manager.Owners(ctx, fleet.Addr(i))
			if err != nil || len(owners) != 1 || owners[0].ID != server.ID {
				t.Errorf("%s of %s belongs to %v (%v)", fleet.Addr(i), manager, owners, err)
			}
		}
		return nil
	})
}

// rows returns the attributes of entities as text, without what numbers them.
func rows(ctx context.Context, inv *clusto.Inventory, names ...string) ([]string, error) {
	var all []string
	for _, name := range names {
		o, err := inv.Object(ctx, name)
		if err != nil {
			return nil, err
		}
		attrs, err := o.Attrs(ctx, clusto.AttrMatch{})
		if err != nil {
			return nil, err
		}
		for _, a := range attrs {
			value, err := inv.ValueText(ctx, a.Value)
			if err != nil {
				return nil, err
			}
			all = append(all, name+" "+o.Entity.Driver+" "+o.Type+" "+a.Name()+" "+string(a.Value.Kind())+" "+value)
		}
	}
	slices.Sort(all)
	return all, nil
}

// TestLikeDrivers wants a server, its rack and what it is cabled to have the
// rows that the drivers leave when they are asked to do the same.
func TestLikeDrivers(t *testing.T) {
	racetest.OneAtATime(t)
	names := []string{
		fleet.Name(0), "rack-00001", "rack-00001-sw1", "rack-00001-pwr1", "rack-00001-pwr2", "rack-00001-ts1",
		"dc-01", "net-001", fleet.NameManager,
	}
	var want, got []string
	byHand := newStore(t)
	update(t, byHand, func(ctx context.Context, inv *clusto.Inventory) (err error) {
		if err := makeOne(ctx, inv); err != nil {
			return err
		}
		want, err = rows(ctx, inv, names...)
		return err
	})
	store := newStore(t)
	if _, err := fleet.Load(t.Context(), store, fleet.Options{Servers: 1, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	view(t, store, func(ctx context.Context, inv *clusto.Inventory) (err error) {
		got, err = rows(ctx, inv, names...)
		return err
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows of drivers and of the generator (-drivers +generator):\n%s", diff)
	}
	// What is handed out next must be the same too.
	var next [2]string
	for i, s := range []clusto.Store{byHand, store} {
		update(t, s, func(ctx context.Context, inv *clusto.Inventory) error {
			made, err := handOut(ctx, inv)
			next[i] = made
			return err
		})
	}
	if next[0] != next[1] {
		t.Errorf("after drivers comes %s, after the generator %s", next[0], next[1])
	}
}

// TestAge wants an aged fleet to have a past and fewer servers.
func TestAge(t *testing.T) {
	racetest.OneAtATime(t)
	store, f := load(t)
	if err := f.Age(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	live := 0
	view(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		for i := range servers {
			_, err := inv.Object(ctx, fleet.NewName(i))
			if fleet.Scrapped(i) != (err != nil) {
				t.Errorf("server %d: %v", i, err)
			}
			if err == nil {
				live++
			}
		}
		n, err := inv.Version(ctx)
		if err != nil {
			return err
		}
		if want := clusto.Version(2 + 1 + 3); n != want { // the meta entity, the fleet, 49 servers aged
			t.Errorf("newest version %d, want %d", n, want)
		}
		dc, err := inv.Object(ctx, fleet.DatacenterOf(0))
		if err != nil {
			return err
		}
		contents, err := dc.Contents(ctx, true, clusto.Match{Types: []string{"server"}})
		if len(contents) != live || live == servers {
			t.Errorf("%d of %d servers are in the datacenter, want %d", len(contents), servers, live)
		}
		return err
	})
}

// TestMerged wants the merged attributes of many servers to be those of each.
func TestMerged(t *testing.T) {
	racetest.OneAtATime(t)
	store, _ := load(t)
	view(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		all, err := inv.FindObjects(ctx, clusto.Match{Types: []string{"server", "rack", "pool"}})
		if err != nil {
			return err
		}
		m := clusto.AttrMatch{Visible: true}
		got, err := inv.MergedAttrs(ctx, all, m)
		if err != nil {
			return err
		}
		for i, o := range all {
			want, err := o.MergedAttrs(ctx, m)
			if err != nil {
				return err
			}
			if !slices.Equal(want, got[i]) {
				t.Errorf("merged attributes of %s:\n%v\nasked with others:\n%v", o, want, got[i])
			}
		}
		return nil
	})
}

// TestSound wants nothing to be wrong with a fleet that has a past.
func TestSound(t *testing.T) {
	racetest.OneAtATime(t)
	store, f := load(t)
	if err := f.Age(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		report, err := fsck.Check(t.Context(), r, fsck.Options{Drivers: all.Drivers()})
		for _, found := range report.Findings {
			t.Error(found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
