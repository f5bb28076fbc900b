package clienttest

import (
	"context"
	"fmt"
	"net/netip"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// network is a network of the inventory. Its gateway is its first address.
type network struct {
	name   string
	prefix netip.Prefix
}

// The networks: that of the server, and those behind the two relays.
var (
	lan    = network{"net-lan", netip.MustParsePrefix("10.77.0.0/16")}
	plain  = network{"net-plain", netip.MustParsePrefix("10.78.0.0/24")}
	marked = network{"net-marked", netip.MustParsePrefix("10.79.0.0/24")}
)

func (n network) gateway() netip.Addr { return n.prefix.Masked().Addr().Next() }

func (n network) mask() string {
	return map[int]string{16: "255.255.0.0", 24: "255.255.255.0"}[n.prefix.Bits()]
}

// host is a server of the inventory.
type host struct {
	network network
	number  byte
}

func (h host) name() string { return fmt.Sprintf("%s-%d", h.network.name, h.number) }

func (h host) mac() string {
	return fmt.Sprintf("02:10:00:00:%02x:%02x", h.network.prefix.Addr().As4()[1], h.number)
}

func (h host) addr() string {
	a := h.network.prefix.Addr().As4()
	a[3] = h.number
	return netip.AddrFrom4(a).String()
}

// hostsPerNetwork are in each network, from firstHost on.
const (
	firstHost       = 10
	hostsPerNetwork = 10
)

// What the pool of the hosts says about booting.
const (
	bootFile = "pxelinux.0"
	domain   = "example.com"
)

// fill makes a database with all hosts, in the way that classic's documents
// describe: a pool with what they have in common, an address that is bound to a
// port, and the hardware address of that. It returns its DSN.
func fill(t *testing.T) string {
	t.Helper()
	dbtest.SQLiteOnly(t, "what clients are told comes from memory")
	dsn := dbtest.NewDSN(t)
	store := dbtest.Create(t, dsn, sqlstore.Options{})
	_, err := store.Update(t.Context(), clusto.Change{User: "test"}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, all.Drivers())
		pool, err := create(t.Context(), inv, "pool", "pxeboot-servers", nil)
		if err != nil {
			return err
		}
		for key, value := range map[string]clusto.Value{
			"enabled": clusto.Int(1), "tftp_server": clusto.String(serverAddr), "tftp_filename": clusto.String(bootFile), "domain": clusto.String(domain),
		} {
			if _, err := pool.Call(t.Context(), "set_attr", "dhcp", value, nil, key); err != nil {
				return err
			}
		}
		for _, n := range []network{lan, plain, marked} {
			if err := n.fill(t.Context(), inv, pool); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

func create(ctx context.Context, inv *clusto.Inventory, driver, name string, properties map[string]clusto.Value) (*clusto.Object, error) {
	d, ok := inv.Drivers().Driver(driver)
	if !ok {
		return nil, fmt.Errorf("no driver %s", driver)
	}
	return inv.Create(ctx, d, name, properties)
}

func (n network) fill(ctx context.Context, inv *clusto.Inventory, pool *clusto.Object) error {
	_, err := create(ctx, inv, "ipmanager", n.name, map[string]clusto.Value{
		"baseip": clusto.String(n.prefix.Addr().String()), "netmask": clusto.String(n.mask()), "gateway": clusto.String(n.gateway().String()),
	})
	if err != nil {
		return err
	}
	for i := range hostsPerNetwork {
		h := host{n, byte(firstHost + i)}
		server, err := create(ctx, inv, "basicserver", h.name(), nil)
		if err != nil {
			return err
		}
		if _, err := server.Call(ctx, "bind_ip_to_osport", h.addr(), "eth0", nil, "nic-eth", int64(1)); err != nil {
			return err
		}
		if _, err := server.Call(ctx, "set_port_attr", "nic-eth", int64(1), "mac", h.mac()); err != nil {
			return err
		}
		if err := pool.Insert(ctx, server); err != nil {
			return err
		}
	}
	return nil
}
