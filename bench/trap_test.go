package bench_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
	"github.com/clusto/clusto/rackfactory"
)

// A switch of the layout 201001 leads to as many servers. As many racks are
// filled, beside those that the fleet has.
const (
	portsPerSwitch = 30
	trapRacks      = 20
)

// BenchmarkTrap measures a trap of a switch from its octets to the committed
// server: named, racked, cabled, with its hardware address on both ends of the
// cable, and addressed. It comes into an inventory of 1,000 servers. ms is
// ours, plain-ms that of plain SQL statements which write the same rows, x-plain
// their ratio (lower is better); repeated-ms is the same trap once more, which
// finds everything as it should be.
func BenchmarkTrap(b *testing.B) {
	f := newInventory(b, 1000)
	layouts, err := rackfactory.New(rackfactory.Options{})
	if err != nil {
		b.Fatal(err)
	}
	d, err := snmptrap.New(snmptrap.Options{
		Store: f.store, Drivers: f.drivers, Factories: layouts, Listen: snmp.Options{Addr: "127.0.0.1:0"},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	racks := 0
	var ours, theirs, repeated time.Duration
	for b.Loop() {
		f.update(b, func(ctx context.Context, inv *clusto.Inventory) error {
			return f.makeTrapRacks(ctx, inv, layouts, racks, trapRacks)
		})
		p := newPlain(b, f)
		for rack := racks; rack < racks+trapRacks; rack++ { // in turns with the peer
			since := f.version(b)
			ours += handleAll(b, d, rack)
			changes := p.changesAfter(b, f.plain(b), since)
			if len(changes) != portsPerSwitch {
				b.Fatalf("%d traps left %d versions: %+v", portsPerSwitch, len(changes), d.Stats())
			}
			start := time.Now()
			for _, c := range changes {
				if err := p.write(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			theirs += time.Since(start)
			repeated += handleAll(b, d, rack)
		}
		racks += trapRacks
	}
	traps := racks * portsPerSwitch
	if s := d.Stats(); s.Created != uint64(traps) || s.Unchanged != uint64(traps) {
		b.Fatalf("%d traps, each twice: %+v", traps, s)
	}
	b.ReportMetric(ours.Seconds()*1000/float64(traps), "ms/trap")
	b.ReportMetric(theirs.Seconds()*1000/float64(traps), "plain-ms/trap")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-plain")
	b.ReportMetric(repeated.Seconds()*1000/float64(traps), "repeated-ms/trap")
	b.ReportMetric(0, "ns/op")
}

// handleAll has d handle a trap for each port of the switch in a rack, and
// returns how long that took.
func handleAll(b *testing.B, d *snmptrap.Daemon, rack int) time.Duration {
	b.Helper()
	traps := make([]snmp.Trap, portsPerSwitch)
	for i := range traps {
		mac := macOf(1<<23 + rack*portsPerSwitch + i)
		octets, err := snmp.EncodeMACChanges([]snmp.MACChange{{Op: snmp.MACLearnt, VLAN: 442, MAC: snmp.MAC(mac), Port: i + 1}})
		if err != nil {
			b.Fatal(err)
		}
		traps[i] = snmp.Trap{
			Source:   netip.AddrPortFrom(switchAddr(rack), 51234),
			OID:      snmp.OIDMACChanged,
			VarBinds: []snmp.VarBind{{OID: "1.3.6.1.4.1.9.9.215.1.1.8.1.2.1", Value: octets}},
		}
	}
	start := time.Now()
	for _, trap := range traps {
		d.Handle(b.Context(), trap)
	}
	return time.Since(start)
}

// switchAddr returns the address of the switch in a rack.
func switchAddr(rack int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 2, byte((rack + 1) >> 8), byte(rack + 1)})
}

// makeTrapRacks makes racks of the layout 201001, whose switches may discover
// servers.
func (f *inventory) makeTrapRacks(ctx context.Context, inv *clusto.Inventory, layouts *rackfactory.Layouts, from, n int) error {
	dc, err := inv.Object(ctx, "dc")
	if err != nil {
		return err
	}
	if from == 0 {
		if err := f.allowDiscovery(ctx, inv, dc); err != nil {
			return err
		}
	}
	for i := from; i < from+n; i++ {
		rack, err := f.create(ctx, inv, "APCRack", fmt.Sprintf("trap-rack-%04d", i), nil)
		if err != nil {
			return err
		}
		if err := dc.Insert(ctx, rack); err != nil {
			return err
		}
		if err := rack.AddAttr(ctx, clusto.Attr{Key: rackfactory.KeyLayout, Value: clusto.String("201001")}); err != nil {
			return err
		}
		factory, err := rackfactory.Of(ctx, layouts, rack)
		if err != nil {
			return err
		}
		if err := factory.ConnectPorts(ctx); err != nil {
			return err
		}
		sw, err := inv.Object(ctx, rack.Name+"-sw1")
		if err != nil {
			return err
		}
		if _, err := sw.Call(ctx, "add_ip", switchAddr(i).String()); err != nil {
			return err
		}
	}
	return nil
}

// allowDiscovery makes a network for switches and names the one for servers.
func (f *inventory) allowDiscovery(ctx context.Context, inv *clusto.Inventory, dc *clusto.Object) error {
	_, err := f.create(ctx, inv, "IPManager", "switches", map[string]clusto.Value{
		"baseip": clusto.String("10.2.0.0"), "netmask": clusto.String("255.255.0.0"),
	})
	if err != nil {
		return err
	}
	net, err := inv.Object(ctx, "net")
	if err != nil {
		return err
	}
	return dc.AddAttrs(ctx,
		clusto.Attr{Key: "snmp", Subkey: clusto.Sub("discovery"), Value: clusto.Int(1)},
		clusto.Attr{Key: rackfactory.KeyManager, Value: clusto.RelationTo(net.ID)})
}
