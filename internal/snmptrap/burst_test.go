package snmptrap_test

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
	"github.com/clusto/clusto/resource"
)

var burstFlag = flag.Bool("burst", false, "TestBurst has 400 switches tell of 10,000 new servers in a minute")

// burst is a datacenter that powers up: each switch tells of a server a round, of
// some more than once.
type burst struct {
	switches, servers, rounds int
	within                    time.Duration
}

// TestBurst has a datacenter power up: 2,000 traps of 40 switches in a second,
// for 1,200 servers. The race detector slows the database down twenty times; with
// it, a quarter of the switches have to do.
func TestBurst(t *testing.T) {
	s := burst{switches: 40, servers: 30, rounds: 50, within: time.Second}
	switch {
	case *burstFlag:
		s = burst{switches: 400, servers: 25, rounds: 30, within: time.Minute}
	case racetest.On:
		s.switches = 10
	}
	w := newWorld(t)
	w.setUp(burstRacks(s.switches))
	memory, err := snapshot.New(context.Background(), w.store, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.store = memory
	defer memory.Close() // of the database too, which may be closed more than once
	r := w.run(snmptrap.Options{View: func() clusto.Reader {
		if s := memory.Fresh(); s != nil {
			return s
		}
		return nil
	}})
	began := time.Now()
	s.send(w, r)
	sent := time.Since(began)
	for range s.switches * s.rounds {
		r.next(t)
	}
	handled := time.Since(began)
	r.stop()
	got := r.Stats()
	t.Logf("%d traps sent in %s, handled in %s, %d of them in memory", s.switches*s.rounds, sent, handled, got.InMemory)
	want := snmptrap.Stats{
		Traps: uint64(s.switches * s.rounds), Changes: uint64(s.switches * s.rounds),
		Created: uint64(s.switches * s.servers), Unchanged: uint64(s.switches * (s.rounds - s.servers)),
	}
	if diff := cmp.Diff(got, want, cmpopts.IgnoreFields(snmptrap.Stats{}, "Listener", "InMemory"), cmpopts.EquateEmpty()); diff != "" || len(got.Listener.Dropped) != 0 {
		t.Errorf("stats (-got +want):\n%s\nlistener: %+v", diff, got.Listener)
	}
	s.check(w)
}

// send sends the traps.
func (s burst) send(w *world, r running) {
	w.Helper()
	tick := time.NewTicker(s.within / time.Duration(s.rounds))
	defer tick.Stop()
	for round := range s.rounds {
		<-tick.C
		for sw := range s.switches {
			number := round%s.servers + 1
			err := snmp.SendMACNotification(w.Context(), snmp.MACNotification{
				To: r.Addr(), From: burstSwitch(sw), Community: "public",
				Changes: []snmp.MACChange{learnt(number, 442, sw*s.servers+number)},
			})
			if err != nil {
				w.Fatal(err)
			}
		}
	}
}

// check checks that there is exactly one server for each port that was told of,
// with its address, and where the layout wants it.
func (s burst) check(w *world) {
	w.Helper()
	ctx := w.Context()
	err := w.store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, w.drivers)
		servers, err := inv.FindObjects(ctx, clusto.Match{Drivers: []string{"penguinserver"}})
		if err != nil {
			return err
		}
		if last := fmt.Sprintf("s%05d", len(servers)); len(servers) != s.switches*s.servers || servers[len(servers)-1].Name != last {
			w.Errorf("%d servers, the last of them %s; want %d", len(servers), servers[len(servers)-1], s.switches*s.servers)
		}
		where, addrs := map[string]bool{}, map[string]bool{}
		for sw := range s.switches {
			if err := s.checkRack(ctx, w, inv, sw, where, addrs); err != nil {
				return err
			}
		}
		if len(where) != len(servers) || len(addrs) != len(servers) {
			w.Errorf("%d servers are connected and %d addresses given, want %d", len(where), len(addrs), len(servers))
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

// checkRack notes the servers of a rack that are where the layout wants them, and
// their addresses.
func (s burst) checkRack(ctx context.Context, w *world, inv *clusto.Inventory, sw int, where, addrs map[string]bool) error {
	rack, err := inv.Object(ctx, fmt.Sprintf("r%d", sw+1))
	if err != nil {
		return err
	}
	device, err := inv.Object(ctx, rack.Name+"-sw1")
	if err != nil {
		return err
	}
	factory, err := rackfactory.Of(ctx, w.layouts, rack)
	if err != nil {
		return err
	}
	for number := 1; number <= s.servers; number++ {
		end, err := port.Of(device, port.Ethernet, number)
		if err != nil {
			return err
		}
		peer, connected, err := port.Peer(ctx, end)
		if err != nil || !connected {
			return fmt.Errorf("%s leads nowhere: %w", end, err)
		}
		mac, _, err := port.Attr(ctx, peer, "mac")
		if want := learnt(number, 442, sw*s.servers+number).MAC.String(); err != nil || mac.Str() != want {
			return fmt.Errorf("%s has the MAC %s, not %s: %w", peer, mac.Text(), want, err)
		}
		ips, err := peer.Device.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(resource.KeyIP), Subkey: clusto.IsAbsent[string]()})
		if err != nil || len(ips) != 1 {
			return fmt.Errorf("%s has %d addresses: %w", peer.Device, len(ips), err)
		}
		where[peer.Device.Name], addrs[ips[0].Value.Text()] = true, true
		if number != 1+sw%s.servers { // one in a rack is looked at closely
			continue
		}
		preview, err := factory.(rackfactory.Previewer).PreviewAddServer(ctx, peer.Device, number)
		if err != nil || len(preview.Steps) != 0 {
			return fmt.Errorf("%s is not as the layout wants it: %v: %w", peer.Device, preview.Steps, err)
		}
	}
	return nil
}

// burstSwitch returns the address of a switch of burstRacks.
func burstSwitch(sw int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 0, byte(1 + (sw+1)/256), byte((sw + 1) % 256)})
}

// burstRacks returns the commands for racks whose switches have the addresses
// from 127.0.1.1 on.
func burstRacks(n int) string {
	var b strings.Builder
	b.WriteString(`create basicdatacenter dc
set dc snmp.discovery 1
create ipmanager loopback baseip=127.0.0.0 netmask=255.255.0.0
create ipmanager net baseip=10.2.0.0 netmask=255.255.0.0
create simpleentitynamemanager servernames basename=s digits=5
set dc ipmanager @net
`)
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "create apcrack r%d\ninsert dc r%d\nset r%d racklayout 201001\nconnect_ports r%d\nip r%d-sw1 %s\n", i, i, i, i, i, burstSwitch(i-1))
	}
	return b.String()
}
