package httpapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/sqlstore"
)

func TestOverview(t *testing.T) {
	t.Parallel()
	store := dbtest.New(t, sqlstore.Options{})
	h := newServer(store)
	var empty api.Overview
	if get(t, h, "/overview", &empty); empty.Total != 0 || empty.Types == nil || empty.Datacenters == nil {
		t.Errorf("of nothing: %+v", empty)
	}
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		made := map[string]*clusto.Object{}
		for _, pair := range [][2]string{
			{"basicdatacenter", "dc"}, {"basicdatacenter", "far"}, {"basicrack", "r1"}, {"basicrack", "r2"}, {"basicserver", "s1"}, {"basicserver", "s2"}, {"pool", "web"},
		} {
			o, err := create(ctx, inv, pair[0], pair[1])
			if err != nil {
				return err
			}
			made[pair[1]] = o
		}
		// s1 takes two units of r1 and is in a pool; s2 is in the datacenter alone.
		if err := made["r1"].Insert(ctx, made["s1"], []any{int64(3), int64(4)}); err != nil {
			return err
		}
		for content, container := range map[string]string{"r1": "dc", "r2": "dc", "s2": "dc"} {
			if err := made[container].Insert(ctx, made[content]); err != nil {
				return err
			}
		}
		return made["web"].Insert(ctx, made["s1"])
	})
	var got api.Overview
	get(t, h, "/overview", &got)
	units := got.Racks.Units / 2
	want := api.Overview{
		Total: 7,
		Types: []api.TypeCount{
			{Type: "datacenter", Entities: 2}, {Type: "rack", Entities: 2}, {Type: "server", Entities: 2}, {Type: "pool", Entities: 1},
		},
		Datacenters: []api.PlaceCount{
			{Name: "dc", Driver: "basicdatacenter", Servers: 2, Racks: api.RackCount{Racks: 2, WithFree: 2, Units: 2 * units, Used: 2}},
			{Name: "far", Driver: "basicdatacenter"},
		},
		Racks: api.RackCount{Racks: 2, WithFree: 2, Units: 2 * units, Used: 2},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(api.Overview{}, "Version")); diff != "" || units < 40 {
		t.Errorf("%d units, -want +got\n%s", units, diff)
	}
	if get(t, h, "/overview?at=live~1", &got); got.Total != 0 {
		t.Errorf("before there was anything: %+v", got)
	}
}

// TestLastFsck: what was found is answered again while it is young enough or nothing was
// changed.
func TestLastFsck(t *testing.T) {
	t.Parallel()
	store := dbtest.New(t, sqlstore.Options{})
	clock := now
	h := httpapi.New(httpapi.Options{
		Store: func(context.Context) clusto.Store { return store }, Drivers: all.Drivers(), Now: func() time.Time { return clock },
	})
	// The entity with the version of the schema is looked at too.
	enter := func(name string) {
		change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
			_, err := create(ctx, inv, "basicserver", name)
			return err
		})
	}
	enter("s1")
	for i, step := range []struct {
		query    string
		at       time.Time
		entities int
		changed  bool
	}{
		{"", now, 2, false},
		{"", now, 2, true}, // s2 is new, and what was found is young enough
		{"?max_age=5", now.Add(20 * time.Second), 4, false},
		{"?max_age=5", now.Add(20 * time.Second), 4, true},
		{"?max_age=0", now.Add(32 * time.Second), 6, false},
	} {
		var got api.FsckState
		get(t, h, "/fsck"+step.query, &got)
		if !got.At.Equal(step.at) || got.Report.Entities != step.entities || got.Changed != step.changed {
			t.Errorf("step %d: %d things at %v, changed %v, want %+v", i, got.Report.Entities, got.At, got.Changed, step)
		}
		enter("t" + string(rune('a'+i)))
		clock = clock.Add(10 * time.Second)
		if i == 2 {
			clock = clock.Add(-8 * time.Second)
		}
	}
	var first, again api.FsckState
	get(t, h, "/fsck?max_age=0", &first)
	clock = clock.Add(time.Hour)
	if get(t, h, "/fsck?max_age=5", &again); !again.At.Equal(first.At) || again.Changed {
		t.Errorf("nothing was changed since %v, and it looked again at %v", first.At, again.At)
	}
	if res := ask(t, h, "GET", "/fsck?max_age=-1", "", nil); res.StatusCode != http.StatusBadRequest {
		t.Errorf("max_age=-1: %s", res.Status)
	}
}
