package httpapi_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// TestListRacks: racks come by name in pages that show one version, with their row, their
// datacenter and what is in them; pools say nothing of where they stand.
func TestListRacks(t *testing.T) {
	t.Parallel()
	store := dbtest.New(t, sqlstore.Options{})
	h := newServer(store)
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		made := map[string]*clusto.Object{}
		for _, pair := range [][2]string{
			{"basicdatacenter", "dc"}, {"basiccage", "cage"}, {"pool", "all"}, {"basicrack", "r1"}, {"basicrack", "r2"}, {"basicrack", "r3"},
			{"basicserver", "web1"}, {"basicpowerstrip", "pdu"},
		} {
			o, err := create(ctx, inv, pair[0], pair[1])
			if err != nil {
				return err
			}
			made[pair[1]] = o
		}
		for _, in := range [][2]string{{"all", "r1"}, {"dc", "cage"}, {"cage", "r1"}, {"dc", "r2"}} {
			if err := made[in[0]].Insert(ctx, made[in[1]]); err != nil {
				return err
			}
		}
		if err := made["r2"].SetAttr(ctx, clusto.Attr{Key: "row", Value: clusto.String("B")}); err != nil {
			return err
		}
		if err := made["r1"].Insert(ctx, made["pdu"], clusto.NotGiven, "left"); err != nil {
			return err
		}
		return made["r1"].Insert(ctx, made["web1"], int64(3))
	})
	list := func(target string) string {
		var lines []string
		for target != "" {
			var page api.RackList
			get(t, h, target, &page)
			for _, r := range page.Racks {
				line := fmt.Sprintf("%s datacenter=%s row=%s free=%d", r.Name, r.Datacenter, r.Row, r.Free)
				for _, d := range r.Devices {
					line += fmt.Sprintf(" %s%v%s", d.Name, d.Units, d.Side)
				}
				lines = append(lines, line)
			}
			next := ""
			if page.Next != "" {
				next = "/racks?limit=1&cursor=" + url.QueryEscape(page.Next)
			}
			target = next
		}
		return strings.Join(lines, "\n")
	}
	want := "r1 datacenter=dc row=cage free=44 web1[3] pdu[]left\nr2 datacenter=dc row=B free=45\nr3 datacenter= row= free=45"
	for target, want := range map[string]string{
		"/racks": want, "/racks?limit=1": want, "/racks?in=cage": strings.SplitN(want, "\n", 2)[0], "/racks?in=all": strings.SplitN(want, "\n", 2)[0],
	} {
		if diff := cmp.Diff(want, list(target)); diff != "" {
			t.Errorf("%s: -want +got\n%s", target, diff)
		}
	}
}
