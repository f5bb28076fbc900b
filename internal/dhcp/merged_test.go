package dhcp_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
)

// TestMerged: in containers in containers, at random, the option is the first of
// the merged attributes, whichever way it is asked for.
func TestMerged(t *testing.T) {
	const pools, rounds = 8, 12
	w := newWorld(t)
	w.setUp(office)
	rng := rand.New(rand.NewPCG(5, 8))
	var script strings.Builder
	for i := range pools {
		fmt.Fprintf(&script, "create pool p%d\n", i)
	}
	w.setUp(script.String())
	client := from(web1, "192.0.2.1")
	inside := map[string]bool{}
	for round := range rounds {
		outer, inner := rng.IntN(pools), rng.IntN(pools)
		thing := fmt.Sprint("p", inner)
		if inner <= outer { // a pool is only in pools of lower numbers, so there is no cycle
			thing = "web1"
		}
		if step := fmt.Sprintf("insert p%d %s\n", outer, thing); !inside[step] {
			inside[step] = true
			w.setUp(step)
		}
		w.setUp(fmt.Sprintf("set p%d dhcp.root_path=/%d-%d", rng.IntN(pools), outer, round))
		want := ""
		err := w.store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			o, err := clusto.NewInventory(r, w.drivers).Object(t.Context(), "web1")
			if err != nil {
				return err
			}
			v, _, err := o.MergedValue(t.Context(), clusto.AttrMatch{Key: clusto.Is("dhcp"), Subkey: clusto.Is("root_path")})
			want = v.Str()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s := w.snapshot()
		for how, ask := range map[string]func(context.Context, *dhcp.Answer) error{
			"plain": func(ctx context.Context, a *dhcp.Answer) error {
				return w.engine.Decide(ctx, plainReader{s}, &client, a, nil)
			},
			"direct": func(ctx context.Context, a *dhcp.Answer) error { return w.engine.Decide(ctx, s, &client, a, nil) },
			"told": func(ctx context.Context, a *dhcp.Answer) error {
				return w.engine.Decide(ctx, s, &client, a, &dhcp.Story{})
			},
		} {
			var a dhcp.Answer
			if err := ask(t.Context(), &a); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, o := range a.Options {
				if o.Code == 17 {
					got = string(o.Data)
				}
			}
			if got != want {
				t.Errorf("round %d, %s: %q, want %q", round, how, got, want)
			}
		}
	}
}
