package httpapi_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// TestOverlaps lays three pools over each other, of which one is in another.
func TestOverlaps(t *testing.T) {
	t.Parallel()
	store := dbtest.New(t, sqlstore.Options{})
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		made := map[string]*clusto.Object{}
		for _, pair := range [][2]string{
			{"pool", "a"}, {"pool", "b"}, {"pool", "c"}, {"pool", "empty"},
			{"basicserver", "s1"}, {"basicserver", "s2"}, {"basicserver", "s3"}, {"basicserver", "s4"},
		} {
			o, err := create(ctx, inv, pair[0], pair[1])
			if err != nil {
				return err
			}
			made[pair[1]] = o
		}
		for _, in := range [][2]string{{"a", "s1"}, {"a", "s2"}, {"a", "c"}, {"b", "s2"}, {"b", "s3"}, {"c", "s4"}, {"c", "s3"}} {
			if err := made[in[0]].Insert(ctx, made[in[1]]); err != nil {
				return err
			}
		}
		return nil
	})
	h := newServer(store)
	var got api.Overlaps
	get(t, h, "/sets/overlaps?pools=a&pools=b&pools=c&pools=empty&type=server", &got)
	want := api.Overlaps{
		Pools: []api.PoolSize{{Name: "a", Entities: 4}, {Name: "b", Entities: 2}, {Name: "c", Entities: 2}, {Name: "empty"}},
		Total: 4,
		Parts: []api.OverlapPart{
			{Pools: []string{"a"}, Entities: 1}, {Pools: []string{"a", "b"}, Entities: 1},
			{Pools: []string{"a", "c"}, Entities: 1}, {Pools: []string{"a", "b", "c"}, Entities: 1},
		},
		Version: got.Version,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, part := range got.Parts { // each can be listed
		var listed api.EntityList
		target := "/sets?type=server"
		for _, p := range got.Pools {
			how := "none"
			for _, in := range part.Pools {
				if in == p.Name {
					how = "all"
				}
			}
			target += "&" + how + "=" + p.Name
		}
		if get(t, h, target, &listed); len(listed.Entities) != part.Entities {
			t.Errorf("%s: %d entities, want %d", target, len(listed.Entities), part.Entities)
		}
	}
	for target, status := range map[string]int{
		"/sets/overlaps": 400, "/sets/overlaps?pools=a&pools=a": 400, "/sets/overlaps?pools=nix": 404, "/sets/overlaps?pools=a&at=1": 404,
	} {
		if res := ask(t, h, "GET", target, "", nil); res.StatusCode != status {
			t.Errorf("%s: %s, want %d", target, res.Status, status)
		}
	}
}

func TestAddressMap(t *testing.T) {
	t.Parallel()
	store := dbtest.New(t, sqlstore.Options{})
	h := newServer(store)
	for _, body := range []string{
		`{"operations": [{"create": {"name": "net", "driver": "ipmanager", "properties": {"baseip": "10.0.0.0", "netmask": "28"}}},
			{"create": {"name": "s1", "driver": "basicserver"}}, {"reserve": {"manager": "net", "first": "10.0.0.8", "reason": "routers"}}]}`,
		`{"operations": [{"bind": {"entity": "s1", "address": "10.0.0.1"}}]}`,
		`{"operations": [{"release": {"entity": "s1", "address": "10.0.0.1"}}]}`,
	} {
		if res := ask(t, h, "POST", "/transactions", body, nil); res.StatusCode >= 300 {
			t.Fatalf("%s: %s", body, bodyOf(t, res))
		}
	}
	var past, now, part api.AddressMap
	get(t, h, "/managers/net/map?at=live~1", &past)
	get(t, h, "/managers/net/map", &now)
	get(t, h, "/managers/net/map?within=10.0.0.8/29", &part)
	if p := past.Pieces[1]; p.State != "used" || len(p.Entities) != 1 || p.Entities[0] != "s1" || p.Since != past.Version {
		t.Errorf("10.0.0.1 was %+v", p)
	}
	if p := now.Pieces[1]; p.State != "free" || p.First != "10.0.0.1" || p.Last != "10.0.0.7" {
		t.Errorf("behind the first there is %+v", p)
	}
	if p := part.Pieces[0]; p.Reserved != "10.0.0.8 (routers)" || len(part.Pieces) != 3 {
		t.Errorf("the upper half: %+v", part)
	}
	var held, before api.AddressHistory
	get(t, h, "/addresses/10.0.0.1/history", &held)
	if len(held.Holdings) != 1 || held.Holdings[0].To == nil || held.Holdings[0].Entity != "s1" || held.Holdings[0].Manager != "net" {
		t.Errorf("who had 10.0.0.1: %+v", held)
	}
	if get(t, h, "/addresses/10.0.0.1/history?at=live~1", &before); before.Holdings[0].To != nil {
		t.Errorf("when s1 had it: %+v", before)
	}
	for target, status := range map[string]int{
		"/managers/net/map?within=x": 400, "/managers/net/map?within=10.0.0.0/8": 400, "/managers/s1/map": 400,
		"/managers/nix/map": 404, "/addresses/x/history": 400,
	} {
		if res := ask(t, h, "GET", target, "", nil); res.StatusCode != status {
			t.Errorf("%s: %s, want %d", target, res.Status, status)
		}
	}
}
