package v4_test

import (
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v4"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
)

// booted makes a server that boots by the settings of its pool, as users do.
func booted(t *testing.T, inv *clusto.Inventory) {
	t.Helper()
	create := func(driver, name string, properties map[string]clusto.Value) *clusto.Object {
		d, ok := inv.Drivers().Driver(driver)
		if !ok {
			t.Fatalf("no driver %s", driver)
		}
		o, err := inv.Create(t.Context(), d, name, properties)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	create("ipmanager", "servers", map[string]clusto.Value{
		"baseip": clusto.String("10.0.0.0"), "netmask": clusto.String("255.255.255.0"), "gateway": clusto.String("10.0.0.254"),
	})
	pool, server := create("pool", "pxeboot-servers", nil), create("basicserver", "web1", nil)
	for subkey, text := range map[string]string{"enabled": "1", "tftp_server": "10.0.0.5", "tftp_filename": "pxelinux.0", "domain": "example.com"} {
		must(pool.SetAttr(t.Context(), clusto.Attr{Key: "dhcp", Subkey: clusto.Sub(subkey), Value: clusto.String(text)}))
	}
	must(pool.Insert(t.Context(), server))
	nic, err := port.Of(server, "nic-eth", "1")
	must(err)
	must(port.SetAttr(t.Context(), nic, "mac", clusto.String("0200.0000.00AA")))
	_, err = server.Call(t.Context(), "bind_ip_to_osport", "10.0.0.11", "eth0")
	must(err)
}

// TestPool boots a server from what a database says.
func TestPool(t *testing.T) {
	store, drivers := dbtest.New(t, sqlstore.Options{}), all.Drivers()
	if _, err := store.Update(t.Context(), clusto.Change{User: "test"}, func(tx clusto.Tx) error {
		booted(t, clusto.NewInventory(tx, drivers))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	engine, err := dhcp.New(dhcp.Options{Drivers: drivers})
	if err != nil {
		t.Fatal(err)
	}
	const mac = "02:00:00:00:00:aa"
	if err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		out := v4.Answer(t.Context(), engine, r, packet(t, mac, dhcpv4.MessageTypeDiscover,
			wants(1, 3, 15, 66, 67), class("PXEClient:Arch:00000:UNDI:002001"), opt(93, "0000")), on(), nil)
		if got := answer(out); got != "DISCOVER OFFER 10.0.0.11 to 10.0.0.11:68 frame" {
			t.Fatalf("%s: %v", got, out.Err)
		}
		p := parsed(t, out.Reply)
		for _, row := range []struct{ name, got, want string }{
			{"file", p.BootFileName, "pxelinux.0"}, {"siaddr", p.ServerIPAddr.String(), "10.0.0.5"},
			{"66", p.TFTPServerName(), "10.0.0.5"}, {"67", p.BootFileNameOption(), "pxelinux.0"},
			{"domain", p.DomainName(), "example.com"}, {"mask", p.SubnetMask().String(), "ffffff00"},
			{"router", p.Router()[0].String(), "10.0.0.254"}, {"class", p.ClassIdentifier(), "PXEClient"},
		} {
			if row.got != row.want {
				t.Errorf("%s is %q, want %q", row.name, row.got, row.want)
			}
		}
		out = v4.Answer(t.Context(), engine, r, packet(t, mac, dhcpv4.MessageTypeRequest, addrOpt(50, "10.0.0.12")), on(), nil)
		if got := answer(out); got != "REBOOT NAK to 255.255.255.255:68: asked for another address" {
			t.Error(got)
		}
		out = v4.Answer(t.Context(), engine, r, packet(t, mac, dhcpv4.MessageTypeRequest, giaddr, addrOpt(50, "10.0.0.11")), on(), nil)
		if got := answer(out); got != "REBOOT silent no network" {
			t.Error(got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
