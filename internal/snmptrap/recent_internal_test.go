package snmptrap

import (
	"net/netip"
	"testing"

	"github.com/clusto/clusto"
)

// TestRecent: what is remembered is bounded, floods of drops are one entry, and what
// changes nothing costs nothing.
func TestRecent(t *testing.T) {
	var r recent
	source := netip.MustParseAddr("10.0.0.1")
	unchanged := []Event{{Outcome: Unchanged, Source: source, Server: "s1"}}
	if n := testing.AllocsPerRun(10, func() { r.tell(unchanged) }); n != 0 {
		t.Errorf("%v allocations for what changes nothing", n)
	}
	if got := r.latest(10); len(got) != 0 {
		t.Errorf("remembered %+v", got)
	}
	r.tell([]Event{{Outcome: Created, Source: source, Server: "s1"}})
	for i := range 2000 {
		r.tell([]Event{{Outcome: Dropped, Reason: NotInLayout, Source: source, Port: 48, MAC: clusto.MAC{2, byte(i >> 8), byte(i)}}})
	}
	got := r.latest(10)
	if len(got) != 2 || got[0].Count != 2000 || got[0].MAC != (clusto.MAC{2, 1999 >> 8, 1999 & 255}) || got[1].Server != "s1" {
		t.Fatalf("got %+v", got)
	}
	for i := range 3 * keptDropped {
		r.tell([]Event{{Outcome: Dropped, Reason: NotInLayout, Source: source, Port: i + 100}})
	}
	for range 3 * keptDone {
		r.tell([]Event{{Outcome: Recorded, Source: source}})
	}
	if got := r.latest(10_000); len(got) != keptDone+keptDropped || len(r.drops) != keptDropped {
		t.Errorf("remembered %d, of these %d drops by their places", len(got), len(r.drops))
	}
}

// TestWatched: who watches is told of everything new at once, and of the rest a
// sample.
func TestWatched(t *testing.T) {
	t.Parallel()
	var r recent
	w := r.hub.Watch()
	defer w.Close()
	drop := []Event{{Outcome: Dropped, Reason: UnknownSwitch, Source: netip.MustParseAddr("10.0.0.1")}}
	created := []Event{{Outcome: Created, Server: "s1"}}
	r.tell(drop)
	r.tell(created)
	for range 500 {
		r.tell(drop)
	}
	r.tell(created)
	var outcomes []Outcome
	for len(w.Events) > 0 {
		outcomes = append(outcomes, (<-w.Events).Outcome)
	}
	if n := len(outcomes); n < 4 || n > 100 || outcomes[0] != Dropped || outcomes[1] != Created || outcomes[2] != Dropped || outcomes[n-1] != Created {
		t.Errorf("told %v", outcomes)
	}
}
