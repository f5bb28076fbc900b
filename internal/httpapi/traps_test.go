package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/feed"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
)

// traps is a trap daemon that has done what it is told.
type traps struct {
	hub  feed.Hub[snmptrap.Told]
	told []snmptrap.Told
}

func (t *traps) Addr() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:1162") }
func (t *traps) Started() time.Time   { return now }
func (t *traps) Stats() snmptrap.Stats {
	return snmptrap.Stats{
		Traps: 7, Created: 1, Dropped: map[snmptrap.Reason]uint64{snmptrap.UnknownSwitch: 5, snmptrap.Malformed: 1},
		Listener: snmp.Stats{Dropped: map[snmp.Reason]uint64{"malformed": 2}},
	}
}
func (t *traps) Recent(limit int) []snmptrap.Told    { return t.told[:min(limit, len(t.told))] }
func (t *traps) Watch() *feed.Watcher[snmptrap.Told] { return t.hub.Watch() }

// dropped is what a daemon tells of a trap of nobody.
var dropped = snmptrap.Told{At: now, Count: 5, Event: snmptrap.Event{
	Outcome: snmptrap.Dropped, Reason: snmptrap.UnknownSwitch, Source: netip.MustParseAddr("10.0.0.1"), Port: 3, MAC: clusto.MAC{2},
	Err: clusto.WithHint(errors.New("nothing has it"), "enter it"),
}}

func TestListTraps(t *testing.T) {
	t.Parallel()
	store := booting(t)
	var off api.TrapReport
	get(t, newServer(store), "/traps/recent", &off)
	if off.On || len(off.Outcomes) != 0 {
		t.Errorf("without a daemon: %+v", off)
	}
	daemon := &traps{told: []snmptrap.Told{
		{At: now, Count: 1, Event: snmptrap.Event{Outcome: snmptrap.Created, Source: netip.MustParseAddr("10.0.0.2"), Server: "s1", Address: netip.MustParseAddr("10.1.1.1"), Version: 4}},
		dropped,
	}}
	h := httpapi.New(httpapi.Options{Store: func(context.Context) clusto.Store { return store }, Drivers: all.Drivers(), Traps: daemon})
	var report api.TrapReport
	get(t, h, "/traps/recent", &report)
	since := now
	want := api.TrapReport{
		On: true, Listen: "127.0.0.1:1162", Since: &since, Counts: api.TrapCounts{Traps: 7, Created: 1},
		Dropped: []api.TrapDrops{{Reason: "unknown switch", Count: 5}, {Reason: "malformed", Count: 3}},
		Outcomes: []api.TrapOutcome{
			{At: now, Outcome: api.TrapCreated, Source: "10.0.0.2", Entity: "s1", Address: "10.1.1.1", Version: 4},
			{At: now, Outcome: api.TrapDropped, Reason: "unknown switch", Detail: "nothing has it", Hint: "enter it", Count: 5, Source: "10.0.0.1", Port: 3, Mac: "02:00:00:00:00:00"},
		},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if get(t, h, "/traps/recent?limit=1", &report); len(report.Outcomes) != 1 {
		t.Errorf("got %d outcomes, want 1", len(report.Outcomes))
	}
	if res := ask(t, h, "GET", "/traps/recent?limit=0", "", nil); res.StatusCode != http.StatusBadRequest {
		t.Errorf("limit=0: %s", res.Status)
	}
}

func TestWatchTraps(t *testing.T) {
	t.Parallel()
	store := booting(t)
	if res := ask(t, newServer(store), "GET", "/traps/watch", "", nil); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a daemon: %s", res.Status)
	}
	daemon := new(traps)
	for _, grant := range []string{"read", "admin"} {
		subject, err := access.NewSubject("ann", "", grant)
		if err != nil {
			t.Fatal(err)
		}
		h := httpapi.New(httpapi.Options{
			Store: func(context.Context) clusto.Store { return access.Wrap(store, subject, nil) }, Drivers: all.Drivers(), Traps: daemon,
		})
		server := httptest.NewServer(h)
		defer server.Close()
		if grant == "read" {
			for _, path := range []string{"/traps/recent", "/traps/watch", "/fsck"} {
				if res := ask(t, h, "GET", path, "", nil); res.StatusCode != http.StatusForbidden {
					t.Errorf("a reader asks for %s: %s", path, res.Status)
				}
			}
			continue
		}
		res, err := http.Get(server.URL + httpapi.Prefix + "/traps/watch")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		for _, want := range []string{"event: watching", "event: outcome"} {
			for lines.Scan() && !strings.HasPrefix(lines.Text(), "event: ") {
			}
			if lines.Text() != want {
				t.Fatalf("got %q, want %q", lines.Text(), want)
			}
			daemon.hub.Tell(dropped)
		}
		if lines.Scan(); !strings.Contains(lines.Text(), `"reason":"unknown switch"`) || !strings.Contains(lines.Text(), `"source":"10.0.0.1"`) {
			t.Errorf("got %q", lines.Text())
		}
	}
}
