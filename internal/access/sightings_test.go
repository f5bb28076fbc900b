package access_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
)

// Of a host that asks for an address one sees what one sees of the host; strangers
// are shown to who may read everything.
func TestSightings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := time.Unix(1_700_000_000, 0).UTC()
	var seen []clusto.Sighting
	w.must(w.store, func(ctx context.Context, inv *clusto.Inventory) error {
		for i, name := range []string{"web1", "db1", "web2"} {
			seen = append(seen, clusto.Sighting{Family: 4, Client: name, Entity: w.object(ctx, inv, name).ID, At: at.Add(-time.Duration(i) * time.Second)})
		}
		return nil
	})
	seen = append(seen, clusto.Sighting{Family: 4, Client: "stranger", At: at.Add(time.Second)})
	if err := w.store.(clusto.SightingKeeper).KeepSightings(t.Context(), seen...); err != nil {
		t.Fatal(err)
	}
	granted := access.Options{ReadByGrant: true}
	for _, c := range []struct {
		name   string
		store  clusto.Store
		match  clusto.SightingMatch
		want   []string
		refuse bool
	}{
		{name: "an administrator", store: w.as(access.Options{}, "admin"), want: []string{"stranger", "web1", "db1", "web2"}},
		{name: "everybody", store: w.as(access.Options{}), want: []string{"stranger", "web1", "db1", "web2"}, refuse: true},
		{name: "nobody", store: w.as(granted), refuse: true},
		{name: "a reader of a pool", store: w.as(granted, "read in pool web"), want: []string{"web1", "web2"}, refuse: true},
		{name: "a reader of a pool, the first", store: w.as(granted, "read in pool web"), match: clusto.SightingMatch{Limit: 1}, want: []string{"web1"}, refuse: true},
		{name: "a reader of a pool, strangers", store: w.as(granted, "read in pool web"), match: clusto.SightingMatch{Strangers: true}, refuse: true},
		{name: "a reader of an attribute", store: w.as(granted, "read attr/owner"), refuse: true},
		{name: "a reader of ports", store: w.as(granted, "read port in pool web"), refuse: true},
		{name: "a reader of ports and addresses", store: w.as(granted, "read port in pool web", "read attr/ip"), want: []string{"web1", "web2"}, refuse: true},
		{name: "a reader of a rack", store: w.as(granted, "read in rack r1"), want: []string{"web1", "db1"}, refuse: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			shown, err := c.store.(clusto.SightingKeeper).Sightings(t.Context(), c.match)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range shown {
				got = append(got, s.Client)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			err = c.store.(clusto.SightingKeeper).KeepSightings(t.Context(), seen[0])
			if errors.Is(err, clusto.ErrDenied) != c.refuse {
				t.Errorf("KeepSightings: %v", err)
			}
		})
	}
}
