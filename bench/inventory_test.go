package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/resource"
)

// perRack is how many servers stand in each rack of a fleet.
const perRack = 40

// inventory is one on disk: one datacenter, racks of servers, two pools
// that every server is in, one network, one name manager.
type inventory struct {
	path    string
	store   clusto.Store
	drivers *clusto.Registry
	servers int     // that are in it
	db      *sql.DB // see plain
}

// newInventory makes one of that many servers, in transactions of a thousand.
func newInventory(tb testing.TB, servers int) *inventory {
	tb.Helper()
	f := &inventory{path: filepath.Join(tb.TempDir(), "fleet.db"), drivers: all.Drivers()}
	store, _, err := sqlite.Create(tb.Context(), f.path, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	f.store = store
	f.update(tb, f.makePlaces)
	for f.servers < servers {
		f.add(tb, min(1000, servers-f.servers))
	}
	return f
}

// update runs fn in one transaction.
func (f *inventory) update(tb testing.TB, fn func(context.Context, *clusto.Inventory) error) {
	tb.Helper()
	ctx := tb.Context()
	_, err := f.store.Update(ctx, clusto.Change{User: "bench", Description: "bench"}, func(tx clusto.Tx) error {
		return fn(ctx, clusto.NewInventory(tx, f.drivers))
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// add puts n more servers into the fleet in one transaction.
func (f *inventory) add(tb testing.TB, n int) {
	tb.Helper()
	f.update(tb, func(ctx context.Context, inv *clusto.Inventory) error {
		for i := range n {
			if err := f.makeServer(ctx, inv, f.servers+i); err != nil {
				return err
			}
		}
		return nil
	})
	f.servers += n
}

// create makes an entity of the driver with a class name.
func (f *inventory) create(ctx context.Context, inv *clusto.Inventory, class, name string, props map[string]clusto.Value) (*clusto.Object, error) {
	d, ok := f.drivers.Class(class)
	if !ok {
		return nil, fmt.Errorf("no class %s", class)
	}
	return inv.Create(ctx, d, name, props)
}

func (f *inventory) makePlaces(ctx context.Context, inv *clusto.Inventory) error {
	dc, err := f.create(ctx, inv, "BasicDatacenter", "dc", nil)
	if err != nil {
		return err
	}
	err = dc.AddAttrs(ctx,
		clusto.Attr{Key: "dhcp", Subkey: clusto.Sub("enabled"), Value: clusto.Int(1)},
		clusto.Attr{Key: "owner", Value: clusto.String("ops")})
	if err != nil {
		return err
	}
	for _, name := range []string{"production", "web"} {
		pool, err := f.create(ctx, inv, "Pool", name, nil)
		if err != nil {
			return err
		}
		if err := pool.AddAttr(ctx, clusto.Attr{Key: "role", Value: clusto.String(name)}); err != nil {
			return err
		}
	}
	_, err = f.create(ctx, inv, "IPManager", "net", map[string]clusto.Value{
		"baseip": clusto.String("10.1.0.0"), "netmask": clusto.String("255.255.0.0"), "gateway": clusto.String("10.1.0.1"),
	})
	if err != nil {
		return err
	}
	_, err = f.create(ctx, inv, "SimpleEntityNameManager", "servernames", map[string]clusto.Value{
		"basename": clusto.String("s"), "digits": clusto.Int(6),
	})
	return err
}

// macOf returns the hardware address of the server number i.
func macOf(i int) clusto.MAC {
	return clusto.MAC{0x02, 0x16, 0x3e, byte(i >> 16), byte(i >> 8), byte(i)}
}

// makeServer makes the server number i: named, racked, in two pools, addressed,
// with a hardware address and ten attributes.
func (f *inventory) makeServer(ctx context.Context, inv *clusto.Inventory, i int) error {
	rack, err := f.rackOf(ctx, inv, i)
	if err != nil {
		return err
	}
	names, err := manager(ctx, inv, "servernames")
	if err != nil {
		return err
	}
	driver, _ := f.drivers.Class("PenguinServer")
	server, err := names.NewEntity(ctx, driver, "")
	if err != nil {
		return err
	}
	if err := rack.Insert(ctx, server, 1+i%perRack); err != nil {
		return err
	}
	for _, name := range []string{"production", "web"} {
		pool, err := inv.Object(ctx, name)
		if err != nil {
			return err
		}
		if err := pool.Insert(ctx, server); err != nil {
			return err
		}
	}
	net, err := manager(ctx, inv, "net")
	if err != nil {
		return err
	}
	given, err := net.Allocate(ctx, server, resource.Request{})
	if err != nil {
		return err
	}
	addr, err := resource.ValueAddr(given.Value)
	if err != nil {
		return err
	}
	if _, err := resource.Bind(ctx, server, addr, "eth0", net); err != nil {
		return err
	}
	return server.AddAttrs(ctx, attributes(i)...)
}

// attributes returns a hardware address on the first port, and ten attributes.
func attributes(i int) []clusto.Attr {
	return []clusto.Attr{
		{Key: "port-nic-eth", Number: clusto.Num(1), Subkey: clusto.Sub("mac"), Value: clusto.String(macOf(i).String())},
		{Key: "system", Subkey: clusto.Sub("serial"), Value: clusto.String(fmt.Sprintf("P%010d", i))},
		{Key: "system", Subkey: clusto.Sub("memory"), Value: clusto.Int(32768)},
		{Key: "system", Subkey: clusto.Sub("cpucount"), Value: clusto.Int(16)},
		{Key: "system", Subkey: clusto.Sub("disk"), Value: clusto.Int(2000)},
		{Key: "disk", Number: clusto.Num(0), Subkey: clusto.Sub("size"), Value: clusto.String("1T")},
		{Key: "disk", Number: clusto.Num(1), Subkey: clusto.Sub("size"), Value: clusto.String("1T")},
		{Key: "purchase", Subkey: clusto.Sub("order"), Value: clusto.String(fmt.Sprintf("PO-%d", i/perRack))},
		{Key: "owner", Value: clusto.String("web")},
		{Key: "description", Value: clusto.String("one of many")},
		{Key: "kernel", Value: clusto.String("6.12.48")},
	}
}

// rackOf returns the rack of the server number i, which its first server makes.
func (f *inventory) rackOf(ctx context.Context, inv *clusto.Inventory, i int) (*clusto.Object, error) {
	name := fmt.Sprintf("rack-%05d", i/perRack)
	if i%perRack != 0 {
		return inv.Object(ctx, name)
	}
	rack, err := f.create(ctx, inv, "APCRack", name, nil)
	if err != nil {
		return nil, err
	}
	dc, err := inv.Object(ctx, "dc")
	if err != nil {
		return nil, err
	}
	return rack, dc.Insert(ctx, rack)
}

// manager returns the resource manager called name.
func manager(ctx context.Context, inv *clusto.Inventory, name string) (*resource.Manager, error) {
	o, err := inv.Object(ctx, name)
	if err != nil {
		return nil, err
	}
	return resource.Of(o)
}

// plain returns the inventory's database for plain SQL.
func (f *inventory) plain(tb testing.TB) *sql.DB {
	tb.Helper()
	if f.db == nil {
		f.db = engines[0].open(tb, f.path)
	}
	return f.db
}

func serverName(i int) string { return fmt.Sprintf("s%06d", i+1) }

// addrOf returns the address of the server number i: the first one goes to
// 10.1.0.2, behind the gateway.
func addrOf(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 1, byte((i + 2) >> 8), byte(i + 2)})
}
