package v6_test

import (
	"net/netip"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// TestEngine answers by a real inventory: a host gets the address that is bound to
// its port, by the hardware address of that.
func TestEngine(t *testing.T) {
	t.Parallel()
	store := dbtest.New(t, sqlstore.Options{})
	_, err := store.Update(t.Context(), clusto.Change{User: "test"}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, all.Drivers())
		made := map[string]*clusto.Object{}
		for name, driver := range map[string]string{"web1": "basicserver", "six": "ipmanager", "booting": "pool"} {
			d, _ := inv.Drivers().Driver(driver)
			props := map[string]clusto.Value{}
			if driver == "ipmanager" {
				props = map[string]clusto.Value{"baseip": clusto.String(network.Addr().String()), "netmask": clusto.String("64")}
			}
			o, err := inv.Create(t.Context(), d, name, props)
			if err != nil {
				return err
			}
			made[name] = o
		}
		web := made["web1"]
		if _, err := web.Call(t.Context(), "bind_ip_to_osport", hostAddr.String(), "eth0", nil, "nic-eth", int64(1)); err != nil {
			return err
		}
		if _, err := web.Call(t.Context(), "set_port_attr", "nic-eth", int64(1), "mac", hostMAC.String()); err != nil {
			return err
		}
		for _, a := range []clusto.Attr{
			{Key: "dhcp", Subkey: clusto.Sub("enabled"), Value: clusto.Int(1)},
			{Key: "dhcp6", Subkey: clusto.Sub("name-servers"), Value: clusto.String("2001:db8::53")},
		} {
			if err := made["booting"].SetAttr(t.Context(), a); err != nil {
				return err
			}
		}
		return made["booting"].Insert(t.Context(), web)
	})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := dhcp.New(dhcp.Options{Drivers: all.Drivers()})
	if err != nil {
		t.Fatal(err)
	}
	h := v6.Handler{Decider: engine, DUID: serverID}
	err = store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		for _, link := range []netip.Addr{gateway, netip.MustParseAddr("2001:db8:2::1")} {
			var out v6.Outcome
			var story dhcp.Story
			m := direct()
			m.Links = []netip.Addr{netip.MustParseAddr("2001:db8:9::1"), link}
			h.Handle(t.Context(), r, message(solicit, iaNA(1)).ToBytes(), &m, &out, &story)
			if link != gateway {
				if len(out.Reply) > 0 || out.Reason != dhcp.NoNetwork {
					t.Errorf("elsewhere: %q\n%+v", out.Reason, story)
				}
				continue
			}
			if len(out.Reply) == 0 {
				t.Errorf("%q\n%+v", out.Reason, story)
				continue
			}
			reply := parse(t, out.Reply)
			addrs := reply.Options.OneIANA().Options.Addresses()
			if len(addrs) != 1 || addrs[0].IPv6Addr.String() != hostAddr.String() || reply.GetOneOption(dhcpv6.OptionDNSRecursiveNameServer) == nil {
				t.Errorf("told\n%s", describe(reply))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
