package sighting_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/sighting"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// store keeps sightings in memory, unless it is down.
type store struct {
	mu     sync.Mutex
	down   error
	kept   map[string]clusto.Sighting
	writes int
}

func (s *store) KeepSightings(_ context.Context, seen ...clusto.Sighting) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return s.down
	}
	for _, one := range seen {
		s.kept[fmt.Sprint(one.Family, one.Client)] = one
		s.writes++
	}
	return nil
}

func (s *store) Sightings(context.Context, clusto.SightingMatch) ([]clusto.Sighting, error) {
	return nil, errors.New("not asked")
}

func (s *store) set(down error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *store) count() (kept, writes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.kept), s.writes
}

// start runs a keeper until the test calls stop.
func start(t *testing.T, o sighting.Options) (k *sighting.Keeper, s *store, stop func()) {
	s = &store{kept: map[string]clusto.Sighting{}}
	o.Store = s
	k = sighting.New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- k.Run(ctx) }()
	return k, s, func() {
		cancel()
		if err := <-done; err != nil && s.down == nil {
			t.Errorf("Run: %v", err)
		}
	}
}

// request is a packet of the n-th client, which is known if it is even.
func request(n int, message string) *dhcp.Event {
	c := &dhcp.Client{Family: dhcp.V4, MAC: clusto.MAC{2, 0, 0, byte(n >> 16), byte(n >> 8), byte(n)}, ID: []byte{1, 0xaa}, Vendor: []byte("PXEClient\x00"), Via: "eth0"}
	e := &dhcp.Event{At: time.Now(), Family: dhcp.V4, Message: message, Reason: dhcp.UnknownClient, Client: c, Answer: &dhcp.Answer{Reason: dhcp.UnknownClient}}
	if n%2 == 0 {
		e.Reply, e.Reason = "ACK", dhcp.Answered
		*e.Answer = dhcp.Answer{Host: clusto.Entity{ID: clusto.EntityID(n + 1)}, Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.1")}, Lease: time.Hour}
	}
	return e
}

func TestKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s, stop := start(t, sighting.Options{})
		at := time.Now().UTC().Truncate(time.Second)
		k.Observe(request(0, "DISCOVER"))
		k.Observe(request(0, "REQUEST"))
		k.Observe(request(1, "DISCOVER"))
		k.Observe(&dhcp.Event{At: at, Family: dhcp.V6, Message: "SOLICIT", Client: &dhcp.Client{Family: dhcp.V6, ID: []byte{0, 3}, CircuitID: []byte{0, 1}}})
		k.Observe(&dhcp.Event{At: at, Family: dhcp.V6, Reason: "malformed"})
		k.Observe(&dhcp.Event{At: at, Family: dhcp.V6, Client: &dhcp.Client{}})
		stop()
		want := map[string]clusto.Sighting{
			"4 02:00:00:00:00:00": {Family: 4, Client: "02:00:00:00:00:00", Entity: 1, At: at, Message: "REQUEST", Addr: netip.MustParseAddr("10.0.0.1"), Until: at.Add(time.Hour), ID: "01aa", Vendor: "PXEClient", Via: "eth0"},
			"4 02:00:00:00:00:01": {Family: 4, Client: "02:00:00:00:00:01", At: at, Message: "DISCOVER", Outcome: "unknown client", ID: "01aa", Vendor: "PXEClient", Via: "eth0"},
			"6 duid:0003":         {Family: 6, Client: "duid:0003", At: at, Message: "SOLICIT", ID: "0003", Circuit: "0001"},
		}
		got := map[string]clusto.Sighting{}
		for key, one := range s.kept {
			got[key[:1]+" "+key[1:]] = one
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// TestRefresh lets a client ask every second: it is written once, and again every
// minute; a change is written at once.
func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s, stop := start(t, sighting.Options{})
		defer stop()
		for range 121 {
			k.Observe(request(0, "REQUEST"))
			time.Sleep(time.Second)
		}
		if _, writes := s.count(); writes < 2 || writes > 3 {
			t.Errorf("%d writes in two minutes, want 2 or 3", writes)
		}
		_, before := s.count()
		changed := request(0, "REQUEST")
		changed.Client.Vendor = []byte("Linux")
		k.Observe(changed)
		time.Sleep(6 * time.Second)
		if _, writes := s.count(); writes != before+1 {
			t.Errorf("%d writes after a change, want %d", writes, before+1)
		}
	})
}

// TestForgotten checks that clients that ask no more take no memory, and that when
// they asked last is written.
func TestForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s, stop := start(t, sighting.Options{})
		defer stop()
		k.Observe(request(0, "REQUEST"))
		time.Sleep(30 * time.Second)
		last := request(0, "REQUEST")
		k.Observe(last)
		time.Sleep(30 * time.Minute)
		if st := k.Stats(); st.Held != 0 || st.Waiting != 0 {
			t.Errorf("after half an hour: %+v", st)
		}
		if got := s.kept["402:00:00:00:00:00"].At; got.Unix() != last.At.Unix() {
			t.Errorf("seen last at %v, want %v", got, last.At)
		}
	})
}

func TestDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s, stop := start(t, sighting.Options{MaxClients: 160})
		s.set(clusto.ErrUnavailable)
		for n := range 1000 {
			k.Observe(request(n, "REQUEST"))
		}
		time.Sleep(time.Hour)
		st := k.Stats()
		if st.Held > 160 || st.Dropped != 1000-uint64(st.Held) || st.Failed == 0 || st.Waiting != st.Held {
			t.Errorf("while the database is down: %+v", st)
		}
		s.set(nil)
		time.Sleep(time.Minute)
		kept, _ := s.count()
		if after := k.Stats(); kept != st.Held || after.Waiting != 0 {
			t.Errorf("%d are kept of %d: %+v", kept, st.Held, after)
		}
		stop()
	})
}

// TestStrangers checks that made-up clients push out nobody.
func TestStrangers(t *testing.T) {
	k := sighting.New(sighting.Options{Store: &store{}})
	for n := range 50_000 {
		k.Observe(request(2*n+1, "DISCOVER"))
	}
	if st := k.Stats(); st.Held > clusto.MaxStrangers || st.Held < clusto.MaxStrangers/2 {
		t.Errorf("%d strangers are held, want up to %d", st.Held, clusto.MaxStrangers)
	}
	before := k.Stats().Held
	for n := range 1000 {
		k.Observe(request(2*n, "DISCOVER"))
	}
	if st := k.Stats(); st.Held != before+1000 {
		t.Errorf("%d clients are held, want %d", st.Held, before+1000)
	}
}

// TestAllocations checks that a client that asks again takes no memory.
func TestAllocations(t *testing.T) {
	k := sighting.New(sighting.Options{Store: &store{}})
	e := request(0, "REQUEST")
	v6 := &dhcp.Event{At: time.Now(), Family: dhcp.V6, Client: &dhcp.Client{ID: []byte{0, 3, 4, 5}}}
	k.Observe(e)
	k.Observe(v6)
	if n := testing.AllocsPerRun(100, func() { k.Observe(e); k.Observe(v6) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkObserve(b *testing.B) {
	k := sighting.New(sighting.Options{Store: &store{}})
	var events []*dhcp.Event
	for n := range 10_000 {
		events = append(events, request(2*n, "REQUEST"))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k.Observe(events[i%len(events)])
	}
}

// TestMadeUp lets a host that is known by its place make up hardware addresses, and
// another that has none an identifier: others are kept nevertheless, and what is
// made up takes little room.
func TestMadeUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s, stop := start(t, sighting.Options{})
		for _, first := range []int{0, 1} { // as such, or after they were strangers
			for n := range 5000 {
				e := request(2*n+first, "DISCOVER")
				k.Observe(e)
				e.Answer.Host.ID = 7
				k.Observe(e)
			}
		}
		long := request(1, "DISCOVER")
		long.Client.MAC, long.Client.ID = clusto.MAC{}, make([]byte, 600)
		k.Observe(long)
		k.Observe(request(20_000, "DISCOVER"))
		stop()
		made := 0
		for _, one := range s.kept {
			if len(one.Client) > 520 {
				t.Errorf("kept a client whose name has %d bytes", len(one.Client))
			}
			if one.Entity == 7 {
				made++
			}
		}
		if made > 200 {
			t.Errorf("kept %d clients of one entity", made)
		}
		if _, is := s.kept["402:00:00:00:4e:20"]; !is {
			t.Errorf("another client is not kept")
		}
		if st := k.Stats(); st.Dropped == 0 {
			t.Errorf("nothing was counted: %+v", st)
		}
	})
}

// TestNotLookedFor hears of clients that could not be looked for: what was known of
// them stays.
func TestNotLookedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, s, stop := start(t, sighting.Options{})
		k.Observe(request(0, "REQUEST"))
		for _, reason := range []dhcp.Reason{dhcp.NotReady, dhcp.InventoryFailure} {
			e := request(0, "RENEW")
			e.Reason, *e.Answer = reason, dhcp.Answer{Reason: reason}
			k.Observe(e)
		}
		stop()
		if got := s.kept["402:00:00:00:00:00"]; got.Entity != 1 || got.Message != "REQUEST" {
			t.Errorf("kept %+v", got)
		}
	})
}
