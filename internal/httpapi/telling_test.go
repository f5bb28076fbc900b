package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/classictest"
)

// TestTellDiffPages has the pages of a telling be the whole, also when something is
// changed between them, and the filters count what they leave.
func TestTellDiffPages(t *testing.T) {
	store := classictest.New(t)
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		for i := range 7 {
			if _, err := create(ctx, inv, "basicserver", fmt.Sprintf("told-%d", i)); err != nil {
				return err
			}
		}
		_, err := create(ctx, inv, "pool", "told-pool")
		return err
	})
	h := newServer(store)
	var names []string
	target := "/diff/words?limit=3"
	for target != "" {
		var page api.Telling
		get(t, h, target, &page)
		if page.Total != 8 || len(page.Counts) != 2 {
			t.Errorf("%s: %d things of %v", target, page.Total, page.Counts)
		}
		for _, told := range page.Things {
			names = append(names, told.Name)
		}
		target = ""
		if page.Next != "" {
			target = "/diff/words?limit=3&cursor=" + url.QueryEscape(page.Next)
		}
		change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
			_, err := create(ctx, inv, "basicserver", fmt.Sprintf("later-%d", len(names)))
			return err
		})
	}
	if got, want := fmt.Sprint(names), "[told-0 told-1 told-2 told-3 told-4 told-5 told-6 told-pool]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for filter, want := range map[string]int{
		"type=pool": 1, "change=made": 8, "change=deleted": 0, "text=TOLD-3": 1, "about=told-4": 1, "within=told-pool": 1,
	} {
		var page api.Telling
		get(t, h, "/diff/words?from=live~4&to=live~3&"+filter, &page)
		if page.Total != want {
			t.Errorf("%s: %d things, want %d", filter, page.Total, want)
		}
	}
	for _, bad := range []string{"limit=0", "change=eaten", "cursor=x", "to=nonsense", "about=nobody-ever", "within=nobody-ever"} {
		if answer := ask(t, h, http.MethodGet, "/diff/words?"+bad, "", nil); answer.StatusCode < 400 {
			t.Errorf("%s: %d", bad, answer.StatusCode)
		}
	}
}

// TestTopologyRefuses has limits kept, and what cannot be begun with refused.
func TestTopologyRefuses(t *testing.T) {
	store := classictest.New(t)
	oneServer(t, store)
	oneServer(t, store)
	h := newServer(store)
	for target, want := range map[string]int{
		"from=node001": 200, "from=node001&compare=live~1": 200, "from=node001&at=live~1": 200, "from=nobody": 404,
		"from=node001&hops=0": 400, "from=node001&hops=65": 400, "from=node001&limit=10001": 400, "from=node001&compare=nonsense": 400, "": 400,
	} {
		if answer := ask(t, h, http.MethodGet, "/topology?"+target, "", nil); answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", target, answer.StatusCode, want)
		}
	}
}

// oneServer makes node001, or adds an attribute to it.
func oneServer(t *testing.T, store clusto.Store) {
	t.Helper()
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "node001")
		if err != nil {
			_, err = create(ctx, inv, "basicserver", "node001")
			return err
		}
		return o.AddAttr(ctx, clusto.Attr{Key: "note", Value: clusto.Int(1)})
	})
}

// TestObstacles has what stands in the way of a revert told one by one.
func TestObstacles(t *testing.T) {
	store := classictest.New(t)
	h := newServer(store)
	oneServer(t, store)
	var first api.VersionPage
	for i := range 3 {
		change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
			o, err := inv.Object(ctx, "node001")
			if err != nil {
				return err
			}
			return o.SetAttr(ctx, clusto.Attr{Key: "times", Value: clusto.Int(int64(i))})
		})
	}
	get(t, h, "/versions?limit=2", &first)
	body := fmt.Sprintf(`{"dry_run":true,"versions":[%d]}`, first.Versions[1].Version)
	answer := ask(t, h, http.MethodPost, "/revert", body, http.Header{"Content-Type": {"application/json"}})
	var problem api.Problem
	if err := json.Unmarshal(bodyOf(t, answer), &problem); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusConflict || len(problem.Obstacles) != 1 || problem.Obstacles[0].Entity != "node001" || problem.Obstacles[0].What != "times" {
		t.Errorf("%d %+v", answer.StatusCode, problem)
	}
}
