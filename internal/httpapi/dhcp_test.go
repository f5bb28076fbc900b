package httpapi_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/watch"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
)

// booting returns a store with web1, which has a hardware address and may ask, but
// has no address.
func booting(t *testing.T) clusto.Store {
	t.Helper()
	store := dbtest.New(t, sqlstore.Options{})
	ctx := t.Context()
	var id clusto.EntityID
	_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		d, _ := all.Drivers().Driver("basicserver")
		web1, err := clusto.NewInventory(tx, all.Drivers()).Create(ctx, d, "web1", nil)
		if err != nil {
			return err
		}
		id = web1.ID
		if err := web1.SetAttr(ctx, clusto.Attr{Key: "dhcp", Subkey: clusto.Sub("enabled"), Value: clusto.Int(1)}); err != nil {
			return err
		}
		return port.SetAttr(ctx, port.End{Device: web1, Type: port.Ethernet, Port: 1}, "mac", clusto.String("02:00:00:00:00:01"))
	})
	if err == nil {
		err = store.KeepSightings(ctx,
			clusto.Sighting{Family: 4, Client: "02:00:00:00:00:01", Entity: id, At: now.Add(-time.Hour), Message: "REQUEST"},
			clusto.Sighting{Family: 6, Client: "duid:0003", At: now, Message: "SOLICIT", Outcome: "unknown client"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestExplainDHCP(t *testing.T) {
	t.Parallel()
	h := newServer(booting(t))
	for _, c := range []struct {
		query, reason string
		status        int
	}{
		{"mac=02-00-00-00-00-01&relay=10.0.0.1", "no network", 200},
		{"mac=02-00-00-00-00-09", "unknown client", 200},
		{"mac=02-00-00-00-00-01&at=1", "unknown client", 200},
		{"family=6&id=00:03&link=2001:db8::1&arch=7&arch=16", "unknown client", 200},
		{"circuit_id=Eth1&remote_id=0x0102&relay=10.0.0.1", "untrusted relay", 200},
		{"", "", 400},
		{"mac=x", "", 400},
		{"family=5&mac=02-00-00-00-00-01", "", 400},
		{"mac=02-00-00-00-00-01&relay=::1", "", 400},
		{"mac=02-00-00-00-00-01&arch=70000", "", 400},
		{"mac=02-00-00-00-00-01&uuid=xyz", "", 400},
		{"mac=02-00-00-00-00-01&at=99", "", 404},
	} {
		var got api.DhcpExplanation
		res := ask(t, h, "GET", "/dhcp/explain?"+c.query, "", nil)
		if res.StatusCode != c.status {
			t.Errorf("%s: %s, want %d", c.query, res.Status, c.status)
			continue
		}
		if c.status != http.StatusOK {
			continue
		}
		get(t, h, "/dhcp/explain?"+c.query, &got)
		if got.Reason != c.reason || got.Answered || len(got.Steps) == 0 || !got.Steps[len(got.Steps)-1].Failed {
			t.Errorf("%s: %+v, want %q", c.query, got, c.reason)
		}
	}
}

func TestLeases(t *testing.T) {
	t.Parallel()
	h := newServer(booting(t))
	for query, want := range map[string][]string{
		"":                                     {"duid:0003", "02:00:00:00:00:01 web1"},
		"only=known":                           {"02:00:00:00:00:01 web1"},
		"only=strangers":                       {"duid:0003"},
		"entity=web1":                          {"02:00:00:00:00:01 web1"},
		"client=0200.0000.0001":                {"02:00:00:00:00:01 web1"},
		"client=DUID:0003":                     {"duid:0003"},
		"family=6":                             {"duid:0003"},
		"since=" + url.QueryEscape("1min ago"): {"duid:0003"},
		"limit=1":                              {"duid:0003", "more"},
	} {
		var list api.LeaseList
		get(t, h, "/dhcp/leases?"+query, &list)
		got := []string{}
		for _, l := range list.Leases {
			got = append(got, strings.TrimSpace(l.Client+" "+l.Entity))
		}
		if list.More {
			got = append(got, "more")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", query, diff)
		}
	}
	for query, status := range map[string]int{"only=all": 400, "family=5": 400, "client=x": 400, "since=never": 400, "entity=web2": 404, "limit=0": 400} {
		if res := ask(t, h, "GET", "/dhcp/leases?"+query, "", nil); res.StatusCode != status {
			t.Errorf("%s: %s, want %d", query, res.Status, status)
		}
	}
	var e api.Entity
	get(t, h, "/entities/web1?expand=seen", &e)
	if e.Seen == nil || len(*e.Seen) != 1 || (*e.Seen)[0].Message != "REQUEST" {
		t.Errorf("web1 was seen %+v", e.Seen)
	}
}

func TestReplayRefused(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"application/vnd.tcpdump.pcap"}}
	if res := ask(t, newServer(booting(t)), "POST", "/dhcp/replay", "no recording", header); res.StatusCode != http.StatusBadRequest {
		t.Errorf("got %s", res.Status)
	}
}

func TestWatchDHCP(t *testing.T) {
	t.Parallel()
	store := booting(t)
	if res := ask(t, newServer(store), "GET", "/dhcp/watch", "", nil); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without DHCP: %s", res.Status)
	}
	hub := new(watch.Hub)
	for _, grant := range []string{"read", "admin"} {
		subject, err := access.NewSubject("ann", "", grant)
		if err != nil {
			t.Fatal(err)
		}
		h := httpapi.New(httpapi.Options{
			Store: func(context.Context) clusto.Store { return access.Wrap(store, subject, nil) }, Drivers: all.Drivers(), WatchDHCP: hub.Watch,
		})
		server := httptest.NewServer(h)
		defer server.Close()
		res, err := http.Get(server.URL + httpapi.Prefix + "/dhcp/watch")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if grant == "read" {
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("a reader: %s", res.Status)
			}
			continue
		}
		lines := bufio.NewScanner(res.Body)
		for _, want := range []string{"event: watching", "event: packet"} {
			for lines.Scan() && !strings.HasPrefix(lines.Text(), "event: ") {
			}
			if lines.Text() != want {
				t.Fatalf("got %q, want %q", lines.Text(), want)
			}
			hub.Observe(&dhcp.Event{At: now, Family: dhcp.V4, Message: "DISCOVER", Client: &dhcp.Client{MAC: clusto.MAC{2}}, Reason: dhcp.UnknownClient})
		}
		if lines.Scan(); !strings.Contains(lines.Text(), `"client":"02:00:00:00:00:00"`) || !strings.Contains(lines.Text(), `"reason":"unknown client"`) {
			t.Errorf("got %q", lines.Text())
		}
	}
}
