package dhcp_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/resource"
)

// fleet returns a snapshot with so many servers of 18 attributes each, 40 to a
// rack and a network, all in a pool and a datacenter, and their clients.
func fleet(tb testing.TB, servers int) (*snapshot.Snapshot, []dhcp.Client) {
	tb.Helper()
	b := snapshot.NewBuilder()
	f := &fleetBuilder{b: b}
	dc := f.entity("dc", "datacenter", "basicdatacenter")
	pool := f.entity("pool", "pool", "pool")
	for subkey, text := range map[string]string{"enabled": "1", "tftp_server": "10.255.0.5", "tftp_filename": "pxelinux.0", "domain": "example.com", "domain_name_servers": "10.255.0.53,10.255.1.53"} {
		f.attr(pool, "dhcp", -1, subkey, clusto.String(text))
	}
	f.attr(dc, "dhcp", -1, "ntp_servers", clusto.String("10.255.0.123"))
	clients := make([]dhcp.Client, servers)
	var rack, manager clusto.EntityID
	for i := range servers {
		place := i % 40
		network := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, 10<<24+uint32(i/40)<<8)))
		if place == 0 {
			rack = f.entity(fmt.Sprint("rack", i/40), "rack", "basicrack")
			f.attr(dc, "_contains", i/40, "", clusto.RelationTo(rack))
			manager = f.entity(fmt.Sprint("net", i/40), "resource", "ipmanager")
			f.attr(manager, "baseip", -1, "property", clusto.String(network.String()))
			f.attr(manager, "netmask", -1, "property", clusto.String("255.255.255.0"))
			f.attr(manager, "gateway", -1, "property", clusto.String(network.Next().String()))
		}
		addr := network.As4()
		addr[3] = byte(place + 10)
		mac := clusto.MAC{2, 0, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}
		f.server(i, place, mac, netip.AddrFrom4(addr), rack, pool, manager)
		clients[i] = dhcp.Client{Family: dhcp.V4, MAC: mac, Link: network.Next(), Vendor: []byte("PXEClient:Arch:00000:UNDI:002001"), Arch: []uint16{0}}
	}
	s, err := b.Build(1)
	if err != nil {
		tb.Fatal(err)
	}
	return s, clients
}

type fleetBuilder struct {
	b        *snapshot.Builder
	entities clusto.EntityID
	attrs    clusto.AttrID
}

func (f *fleetBuilder) entity(name, typ, driver string) clusto.EntityID {
	f.entities++
	f.b.Entity(clusto.Entity{ID: f.entities, Name: name, Type: typ, Driver: driver, Version: 1})
	return f.entities
}

func (f *fleetBuilder) attr(of clusto.EntityID, key string, number int, subkey string, v clusto.Value) {
	f.attrs++
	a := clusto.Attr{ID: f.attrs, Entity: of, Key: key, Value: v, Version: 1}
	if number >= 0 {
		a.Number = clusto.Num(number)
	}
	if subkey != "" {
		a.Subkey = clusto.Sub(subkey)
	}
	f.b.Attr(a)
}

func (f *fleetBuilder) server(i, place int, mac clusto.MAC, addr netip.Addr, rack, pool, manager clusto.EntityID) {
	s := f.entity(fmt.Sprintf("s%06d", i), "server", "basicserver")
	f.attr(rack, "_contains", place+1, "ru", clusto.RelationTo(s))
	f.attr(pool, "_contains", i, "", clusto.RelationTo(s))
	for key, text := range map[string]string{"cpucount": "32", "memory": "262144", "serial": fmt.Sprint("P", i), "disk": "960", "model": "R640", "vendor": "Dell"} {
		f.attr(s, "system", -1, key, clusto.String(text))
	}
	f.attr(s, "port-nic-eth", 1, "mac", clusto.String(mac.String()))
	f.attr(s, "port-nic-eth", 1, "connection", clusto.RelationTo(rack))
	f.attr(s, "port-nic-eth", 1, "otherportnum", clusto.Int(int64(place)))
	f.attr(s, "port-nic-eth", 1, "osportname", clusto.String("eth0"))
	f.attr(s, "port-pwr-nema-5", 1, "connection", clusto.RelationTo(rack))
	f.attr(s, "port-pwr-nema-5", 1, "otherportnum", clusto.Int(int64(place)))
	f.attr(s, "bootstrap", -1, "mac", clusto.String(mac.String()))
	f.attr(s, "ip", 0, "", resource.IPValue(addr))
	f.attr(s, "ip", 0, "manager", clusto.RelationTo(manager))
	f.attr(s, "ip", 0, "ipstring", clusto.String(addr.String()))
	f.attr(s, "ip", 0, "cidr", clusto.String(addr.String()+"/24"))
	f.attr(s, "ip", 0, "osportname", clusto.String("eth0"))
}

func BenchmarkDecide(b *testing.B) {
	for _, servers := range []int{1000, 50_000} {
		b.Run(fmt.Sprint("entities=", servers), func(b *testing.B) {
			r, clients := fleet(b, servers)
			e, err := dhcp.New(dhcp.Options{Drivers: all.Drivers()})
			if err != nil {
				b.Fatal(err)
			}
			var a dhcp.Answer
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Decide(b.Context(), r, &clients[i], &a, nil); err != nil || a.Reason != dhcp.Answered {
					b.Fatal(a.Reason, err)
				}
				i = (i + 7919) % servers // a prime: all of them, in no order
			}
		})
	}
}
