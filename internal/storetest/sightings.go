package storetest

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
)

// RunSightings tests a store that keeps sightings. Each call of open returns a new
// one, as for [Run].
func RunSightings(t *testing.T, open func(t *testing.T) clusto.Store) {
	for name, test := range map[string]func(*testing.T, clusto.Store, clusto.SightingKeeper){
		"Kept":      testSightingsKept,
		"Selected":  testSightingsSelected,
		"Invalid":   testSightingsInvalid,
		"Deleted":   testSightingsOfDeleted,
		"Strangers": testStrangers,
		"Many":      testSightingsOfOne,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			test(t, s, s.(clusto.SightingKeeper))
		})
	}
}

// keepSightings keeps sightings without making a version, or ends the test.
func keepSightings(t *testing.T, s clusto.Store, seen ...clusto.Sighting) {
	t.Helper()
	before := newestOf(t, s)
	if err := s.(clusto.SightingKeeper).KeepSightings(t.Context(), seen...); err != nil {
		t.Fatalf("KeepSightings: %v", err)
	}
	if after := newestOf(t, s); after != before {
		t.Errorf("sightings have made the versions after %d up to %d", before, after)
	}
}

// wantSightings reports an error unless the sightings that m selects are want.
func wantSightings(t *testing.T, s clusto.SightingKeeper, m clusto.SightingMatch, want ...clusto.Sighting) {
	t.Helper()
	got, err := s.Sightings(t.Context(), m)
	if err != nil {
		t.Fatalf("Sightings(%+v): %v", m, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("Sightings(%+v): -want +got\n%s", m, diff)
	}
}

// seenAt is a sighting with everything that one can have.
func seenAt(client string, family int, id clusto.EntityID, at time.Time) clusto.Sighting {
	return clusto.Sighting{
		Family: family, Client: client, Entity: id, At: at, Message: "REQUEST", Outcome: "Ünknown", Addr: netip.MustParseAddr("10.0.0.1"), Until: at.Add(time.Hour),
		ID: "01aa", Vendor: "PXEClient 漢", Hostname: "h", Relay: netip.MustParseAddr("2001:db8::1"), Circuit: "Eth1/1", Remote: "00ff", Via: "eth0",
	}
}

func testSightingsKept(t *testing.T, s clusto.Store, keeper clusto.SightingKeeper) {
	wantSightings(t, keeper, clusto.SightingMatch{})
	keepSightings(t, s)
	var host clusto.EntityID
	update(t, s, func(tx clusto.Tx) error { host = create(t, tx, "s1", "server", "basicserver"); return nil })
	four, six := seenAt("00:11:22:33:44:55", 4, host, then), seenAt("00:11:22:33:44:55", 6, 0, then.Add(time.Second))
	bare := clusto.Sighting{Family: 4, Client: "id:00", At: then.Add(2 * time.Second)}
	keepSightings(t, s, four, six, bare)
	wantSightings(t, keeper, clusto.SightingMatch{}, bare, six, four)

	later, earlier := four, four
	later.At, later.Outcome, later.Addr, later.Until = then.Add(time.Minute), "disabled", netip.Addr{}, time.Time{}
	earlier.At, earlier.Outcome = then.Add(-time.Minute), "earlier"
	between := later
	between.At, between.Outcome = then.Add(time.Second), "between"
	keepSightings(t, s, between, later, earlier)
	wantSightings(t, keeper, clusto.SightingMatch{}, later, bare, six)
	keepSightings(t, s, between, earlier)
	wantSightings(t, keeper, clusto.SightingMatch{}, later, bare, six)
}

func testSightingsSelected(t *testing.T, s clusto.Store, keeper clusto.SightingKeeper) {
	var a, b clusto.EntityID
	update(t, s, func(tx clusto.Tx) error {
		a, b = create(t, tx, "a", "server", "basicserver"), create(t, tx, "b", "server", "basicserver")
		return nil
	})
	one, two, three := seenAt("m1", 4, a, then), seenAt("m2", 4, b, then.Add(time.Second)), seenAt("m3", 6, 0, then.Add(2*time.Second))
	keepSightings(t, s, one, two, three)
	for name, c := range map[string]struct {
		m    clusto.SightingMatch
		want []clusto.Sighting
	}{
		"entities":    {clusto.SightingMatch{Entities: []clusto.EntityID{a, b}}, []clusto.Sighting{two, one}},
		"an entity":   {clusto.SightingMatch{Entities: []clusto.EntityID{a}}, []clusto.Sighting{one}},
		"no entities": {clusto.SightingMatch{Entities: []clusto.EntityID{}}, nil},
		"clients":     {clusto.SightingMatch{Clients: []string{"m3", "m1", "M2"}}, []clusto.Sighting{three, one}},
		"no clients":  {clusto.SightingMatch{Clients: []string{}}, nil},
		"family":      {clusto.SightingMatch{Family: 6}, []clusto.Sighting{three}},
		"known":       {clusto.SightingMatch{Known: true}, []clusto.Sighting{two, one}},
		"strangers":   {clusto.SightingMatch{Strangers: true}, []clusto.Sighting{three}},
		"since":       {clusto.SightingMatch{Since: then.Add(time.Second)}, []clusto.Sighting{three, two}},
		"limit":       {clusto.SightingMatch{Limit: 2}, []clusto.Sighting{three, two}},
		"all":         {clusto.SightingMatch{Entities: []clusto.EntityID{a, b}, Clients: []string{"m2", "m3"}, Family: 4, Since: then, Known: true, Limit: 9}, []clusto.Sighting{two}},
	} {
		t.Run(name, func(t *testing.T) { wantSightings(t, keeper, c.m, c.want...) })
	}
}

func testSightingsInvalid(t *testing.T, _ clusto.Store, keeper clusto.SightingKeeper) {
	for name, spoil := range map[string]func(*clusto.Sighting){
		"no client":     func(s *clusto.Sighting) { s.Client = "" },
		"a long client": func(s *clusto.Sighting) { s.Client = fmt.Sprintf("%0600d", 1) },
		"a family":      func(s *clusto.Sighting) { s.Family = 5 },
		"NUL":           func(s *clusto.Sighting) { s.Vendor = "a\x00b" },
		"no UTF-8":      func(s *clusto.Sighting) { s.Hostname = "a\xffb" },
	} {
		bad := seenAt("m", 4, 0, then)
		spoil(&bad)
		if err := keeper.KeepSightings(t.Context(), seenAt("good", 4, 0, then), bad); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	wantSightings(t, keeper, clusto.SightingMatch{})
}

func testSightingsOfDeleted(t *testing.T, s clusto.Store, keeper clusto.SightingKeeper) {
	var a, b clusto.EntityID
	update(t, s, func(tx clusto.Tx) error {
		a, b = create(t, tx, "a", "server", "basicserver"), create(t, tx, "b", "server", "basicserver")
		return nil
	})
	one, two := seenAt("m1", 4, a, then), seenAt("m2", 4, b, then)
	keepSightings(t, s, one, two)
	update(t, s, func(tx clusto.Tx) error { return tx.Delete(t.Context(), a) })
	one.Entity = 0
	wantSightings(t, keeper, clusto.SightingMatch{}, one, two)

	again := seenAt("m1", 4, a, then.Add(time.Second)) // by a server that has not heard of it yet
	keepSightings(t, s, again)
	again.Entity = 0
	wantSightings(t, keeper, clusto.SightingMatch{}, again, two)
}

func testStrangers(t *testing.T, s clusto.Store, keeper clusto.SightingKeeper) {
	var host clusto.EntityID
	update(t, s, func(tx clusto.Tx) error { host = create(t, tx, "s1", "server", "basicserver"); return nil })
	known := seenAt("known", 4, host, then.Add(-time.Hour))
	keepSightings(t, s, known)
	const more = 5
	seen := make([]clusto.Sighting, clusto.MaxStrangers+more)
	for i := range seen { // half of them at the same second
		seen[i] = clusto.Sighting{Family: 4, Client: fmt.Sprintf("m%06d", i), At: then.Add(time.Duration(max(0, i-len(seen)/2)) * time.Second)}
	}
	keepSightings(t, s, seen[:len(seen)-1]...)
	keepSightings(t, s, seen[len(seen)-1])
	strangers, err := keeper.Sightings(t.Context(), clusto.SightingMatch{Strangers: true})
	if err != nil || len(strangers) != clusto.MaxStrangers {
		t.Fatalf("%d strangers are kept, want %d: %v", len(strangers), clusto.MaxStrangers, err)
	}
	for _, s := range strangers {
		if s.Client < seen[more].Client {
			t.Errorf("%s is kept though %d others were seen later", s.Client, clusto.MaxStrangers)
		}
	}
	wantSightings(t, keeper, clusto.SightingMatch{Known: true}, known)
}

// testSightingsOfOne lets one entity come with more and more addresses.
func testSightingsOfOne(t *testing.T, s clusto.Store, keeper clusto.SightingKeeper) {
	var a, b clusto.EntityID
	update(t, s, func(tx clusto.Tx) error {
		a, b = create(t, tx, "a", "server", "basicserver"), create(t, tx, "b", "server", "basicserver")
		return nil
	})
	other := seenAt("other", 4, b, then.Add(-time.Hour))
	keepSightings(t, s, other)
	const more = 5
	seen := make([]clusto.Sighting, clusto.MaxOfEntity+more)
	for i := range seen {
		seen[i] = seenAt(fmt.Sprintf("m%03d", i), 4, a, then.Add(time.Duration(i/2)*time.Second))
	}
	keepSightings(t, s, seen[:len(seen)-1]...)
	keepSightings(t, s, seen[len(seen)-1], other)
	of, err := keeper.Sightings(t.Context(), clusto.SightingMatch{Entities: []clusto.EntityID{a}})
	if err != nil || len(of) != clusto.MaxOfEntity {
		t.Fatalf("%d clients of an entity are kept, want %d: %v", len(of), clusto.MaxOfEntity, err)
	}
	for _, one := range of {
		if one.Client < seen[more].Client {
			t.Errorf("%s is kept though %d others were seen later", one.Client, clusto.MaxOfEntity)
		}
	}
	wantSightings(t, keeper, clusto.SightingMatch{Entities: []clusto.EntityID{b}}, other)
}
