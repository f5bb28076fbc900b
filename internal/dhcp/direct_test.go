package dhcp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/racetest"
)

// plainReader hides what a Reader can do besides.
type plainReader struct{ clusto.Reader }

// TestDirect: what the snapshot answers directly, and what is remembered of it,
// makes the same answers as plain questions.
func TestDirect(t *testing.T) {
	w := newWorld(t)
	w.setUp(office + `
set web dhcp.domain=pool.example.com
create pool later
insert later web1
create pool first
insert first web2
insert web web2
set first dhcp.domain=first.example.com
set later dhcp.domain=later.example.com
port sw1 nic-eth/7 mac=` + web1)
	s := w.snapshot()
	quick, slow := w.engine, w.newEngine(dhcp.Options{})
	var reused dhcp.Answer
	for range 3 {
		for _, client := range []dhcp.Client{from(web1, "192.0.2.1"), from("02:00:00:00:00:02", "192.0.2.1"), from("02:00:00:00:00:99", "192.0.2.1"), from(web1, "198.51.100.1")} {
			var plain dhcp.Answer
			if err := quick.Decide(t.Context(), s, &client, &reused, nil); err != nil {
				t.Fatal(err)
			}
			if err := slow.Decide(t.Context(), plainReader{s}, &client, &plain, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(show(&plain), show(&reused)); diff != "" {
				t.Errorf("-plain +direct\n%s", diff)
			}
		}
	}
}

// TestChanged: after a change another snapshot gives another answer, whatever
// was remembered, and the first one its own.
func TestChanged(t *testing.T) {
	w := newWorld(t)
	w.setUp(office)
	before := w.snapshot()
	client := from(web1, "192.0.2.1")
	ask := func(r clusto.Reader) string {
		var a dhcp.Answer
		if err := w.engine.Decide(t.Context(), r, &client, &a, nil); err != nil {
			t.Fatal(err)
		}
		return show(&a)
	}
	old := ask(before)
	w.setUp("set rack1 dhcp.domain=example.com\nset office gateway.property=192.0.2.254")
	after := w.snapshot()
	changed := ask(after)
	if changed == old {
		t.Errorf("the change is not seen:\n%s", changed)
	}
	for range 2 {
		if got := ask(before); got != old {
			t.Errorf("the first snapshot now answers\n%s", got)
		}
		if got := ask(after); got != changed {
			t.Errorf("the second snapshot now answers\n%s", got)
		}
	}
}

// TestFollowed: states that follow each other, of which most of what is
// remembered stays good, are answered as if nothing were.
func TestFollowed(t *testing.T) {
	w := newWorld(t)
	w.setUp(office + "create ipmanager broken baseip=198.51.100.0 netmask=24\nip web1 198.51.100.9")
	s := w.snapshot()
	version := w.version()
	for _, step := range []string{
		"set web1 system.owner=ann",
		"set web dhcp.domain=example.com",
		"set dc1 dhcp.ntp=192.0.2.123",
		"create pool all\ninsert all web",
		"set all dhcp.root_path=/srv",
		"insert web web2",
		"create pool near\nset near dhcp.domain=near.example.com\ninsert near web2\ninsert near web1",
		"set office gateway.property=192.0.2.254",
		"set broken netmask.property=25",
		"create ipmanager part baseip=192.0.2.0 netmask=28\nset part gateway.property=192.0.2.2",
		"set part dhcp.dns=192.0.2.53",
		"create basicserver web3\nset web3 dhcp.enabled=1\nip web3 192.0.2.13\nport web3 nic-eth/1 mac=02:00:00:00:00:03",
		"insert web web3",
	} {
		w.setUp(step)
		s, version = w.follow(s, version)
		for _, client := range []dhcp.Client{from(web1, "192.0.2.1"), from("02:00:00:00:00:02", "192.0.2.20"), from("02:00:00:00:00:03", "192.0.2.1"), from(web1, "198.51.100.1")} {
			var got, want dhcp.Answer
			if err := w.engine.Decide(t.Context(), s, &client, &got, nil); err != nil {
				t.Fatal(err)
			}
			if err := w.newEngine(dhcp.Options{}).Decide(t.Context(), plainReader{s}, &client, &want, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(show(&want), show(&got)); diff != "" {
				t.Errorf("after %s: -plain +remembered\n%s", step, diff)
			}
		}
	}
}

// TestManyAtOnce decides by many goroutines, for the race detector.
func TestManyAtOnce(t *testing.T) {
	s, clients := fleet(t, 200)
	e, err := dhcp.New(dhcp.Options{Drivers: all.Drivers()})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	for range 4 {
		go func() {
			var a dhcp.Answer
			bad := ""
			for i := range clients {
				if err := e.Decide(t.Context(), s, &clients[i], &a, nil); err != nil || a.Reason != dhcp.Answered || a.MAC != clients[i].MAC {
					bad = show(&a)
				}
			}
			done <- bad
		}()
	}
	for range 4 {
		if bad := <-done; bad != "" {
			t.Error(bad)
		}
	}
}

// TestAllocations: a decision on a snapshot allocates nothing once containers and
// managers are known.
func TestAllocations(t *testing.T) {
	s, clients := fleet(t, 40)
	e, err := dhcp.New(dhcp.Options{Drivers: all.Drivers()})
	if err != nil {
		t.Fatal(err)
	}
	var a dhcp.Answer
	i := 0
	allocs := testing.AllocsPerRun(400, func() {
		if err := e.Decide(t.Context(), s, &clients[i%len(clients)], &a, nil); err != nil {
			t.Fatal(err)
		}
		i++
	})
	most := 0.0
	if racetest.On {
		most = 20 // pools forget at random what they hold
	}
	if allocs > most {
		t.Errorf("%v allocations a decision, want at most %v", allocs, most)
	}
}
