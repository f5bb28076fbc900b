package main

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/snmp"
)

// TestSend has a listener take in what is sent: each MAC address of each switch
// twice, and no faster than was asked for.
func TestSend(t *testing.T) {
	l, err := snmp.Listen(snmp.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	seen := map[netip.Addr]map[snmp.MAC]int{}
	macs := 0
	const switches, ports = 3, 5
	all := make(chan struct{})
	go func() {
		done <- l.Run(ctx, func(_ context.Context, trap snmp.Trap) {
			changes, err := snmp.MACChanges(trap)
			if err != nil {
				t.Error(err)
			}
			from := trap.Source.Addr()
			if seen[from] == nil {
				seen[from] = map[snmp.MAC]int{}
			}
			for _, c := range changes {
				seen[from][c.MAC]++
				if macs++; macs == 2*switches*ports {
					close(all)
				}
			}
		})
	}()
	send := load{To: l.Addr(), From: netip.MustParseAddr("127.0.1.1"), Switches: switches, Ports: ports, MACs: 2, VLAN: 1,
		Community: "public", Rate: 1000, Count: 2 * 3 * switches}
	r, err := send.send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-all:
	case <-time.After(10 * time.Second):
		t.Error("not all came")
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if r.sent != send.Count || r.refused != 0 || r.took < 16*time.Millisecond {
		t.Errorf("%+v", r)
	}
	if len(seen) != switches || macs != 2*switches*ports {
		t.Errorf("%d MAC addresses of %d switches, want %d of %d: %v", macs, len(seen), 2*switches*ports, switches, seen)
	}
	for from, list := range seen {
		for mac, n := range list {
			if n != 2 {
				t.Errorf("%s of %s came %d times, want 2", mac, from, n)
			}
		}
	}
}

func TestSendErrors(t *testing.T) {
	for _, l := range []load{{}, {Switches: 1, Ports: 1}, {Switches: 1, Ports: 30, MACs: 24}, {Switches: 1, Ports: 1, MACs: 2}} {
		if r, err := l.send(t.Context()); err == nil {
			t.Errorf("%+v was sent: %+v", l, r)
		}
	}
}
