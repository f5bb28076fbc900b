package resource_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// shownMap returns the map of what lies within a part of the network of a manager
// as lines.
func (w world) shownMap(manager, within string) (lines []string, err error) {
	err = w.try(func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, manager)
		if err != nil {
			return err
		}
		m, err := resource.Of(o)
		if err != nil {
			return err
		}
		var prefix netip.Prefix
		if within != "" {
			prefix = netip.MustParsePrefix(within)
		}
		got, err := m.Map(ctx, prefix)
		if err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("%s covers %s", got.Prefix, got.Covers))
		for _, p := range got.Pieces {
			line := fmt.Sprintf("%s-%s %s", p.First, p.Last, p.State)
			if p.Role != "" {
				line += " " + string(p.Role)
			}
			if p.Network != nil {
				line += " " + p.Network.Manager.Name
			}
			if p.Reservation != "" {
				line += " " + p.Reservation
			}
			lines = append(lines, line)
		}
		for _, b := range got.Blocks {
			lines = append(lines, fmt.Sprintf("%s: %d used, %d reserved, %d networks", b.Prefix, b.Used, b.Reserved, len(b.Networks)))
		}
		return nil
	})
	return lines, err
}

func TestMap(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("basicserver", "s1", nil))
	w.must(w.create("ipmanager", "m", map[string]any{"baseip": "10.0.0.0", "netmask": 24, "gateway": "10.0.0.1"}))
	w.must(w.create("ipmanager", "inner", map[string]any{"baseip": "10.0.0.64", "netmask": 26}))
	w.must(w.create("ipmanager", "innermost", map[string]any{"baseip": "10.0.0.64", "netmask": 28}))
	w.must(w.create("ipmanager", "big", map[string]any{"baseip": "10.0.0.0", "netmask": 8}))
	w.must(w.create("ipmanager", "six", map[string]any{"baseip": "2001:db8::", "netmask": 64}))
	w.must(w.create("simplenummanager", "numbers", nil))
	for _, take := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.6"} {
		_, err := w.allocate("m", "s1", take)
		w.must(err)
	}
	_, err := w.allocate("big", "s1", "10.9.0.1")
	w.must(err)
	_, err = w.allocate("six", "s1", "2001:db8::1:0:0:5")
	w.must(err)
	w.must(w.reserve("10.0.0.5-10.0.0.7", nil, "routers"))
	for _, test := range []struct {
		manager, within string
		want            []string
		err             error
	}{
		{manager: "m", want: []string{
			"10.0.0.0/24 covers 10.0.0.0/25",
			"10.0.0.0-10.0.0.0 network",
			"10.0.0.1-10.0.0.1 used gateway",
			"10.0.0.2-10.0.0.2 used",
			"10.0.0.3-10.0.0.4 free",
			"10.0.0.5-10.0.0.5 reserved 10.0.0.5-10.0.0.7 (routers)",
			"10.0.0.6-10.0.0.6 used 10.0.0.5-10.0.0.7 (routers)",
			"10.0.0.7-10.0.0.7 reserved 10.0.0.5-10.0.0.7 (routers)",
			"10.0.0.8-10.0.0.63 free",
			"10.0.0.64-10.0.0.127 nested inner",
			"10.0.0.128-10.0.0.254 free",
			"10.0.0.255-10.0.0.255 broadcast",
		}},
		{manager: "m", within: "10.0.0.128/25", want: []string{
			"10.0.0.128/25 covers invalid Prefix", "10.0.0.128-10.0.0.254 free", "10.0.0.255-10.0.0.255 broadcast",
		}},
		{manager: "m", within: "10.0.0.72/30", want: []string{"10.0.0.72/30 covers 10.0.0.72/30", "10.0.0.72-10.0.0.75 nested inner"}},
		{manager: "big", want: []string{
			"10.0.0.0/8 covers 10.0.0.0/12", "10.0.0.0/16: 3 used, 0 reserved, 1 networks", "10.9.0.0/16: 1 used, 0 reserved, 0 networks",
		}},
		{manager: "six", want: []string{"2001:db8::/64 covers 2001:db8::1:0:0:5/128", "2001:db8::/72: 1 used, 0 reserved, 0 networks"}},
		{manager: "m", within: "10.0.1.0/24", err: clusto.ErrInvalid},
		{manager: "m", within: "10.0.0.0/23", err: clusto.ErrInvalid},
		{manager: "m", within: "2001:db8::/64", err: clusto.ErrInvalid},
		{manager: "numbers", err: clusto.ErrUnsupported},
	} {
		got, err := w.shownMap(test.manager, test.within)
		if diff := cmp.Diff(test.want, got); diff != "" || !errors.Is(err, test.err) {
			t.Errorf("%s within %q: %v, want %v, -want +got\n%s", test.manager, test.within, err, test.err, diff)
		}
	}
}

// TestUsages: counting all at once gives the same as one by one.
func TestUsages(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("basicserver", "s1", nil))
	for _, network := range [][2]string{
		{"largest", "10.0.0.0/8"}, {"m", "10.0.0.0/24"}, {"inner", "10.0.0.64/26"}, {"innermost", "10.0.0.64/28"}, {"half", "10.0.0.128/25"}, {"six", "2001:db8::/64"},
	} {
		prefix := netip.MustParsePrefix(network[1])
		w.must(w.create("ipmanager", network[0], map[string]any{"baseip": prefix.Addr().String(), "netmask": prefix.Bits()}))
		for range 3 {
			_, err := w.allocate(network[0], "s1", nil)
			w.must(err)
		}
	}
	w.must(w.create("ipmanager", "none", nil))
	w.must(w.create("simplenummanager", "numbers", map[string]any{"next": 1, "maxnum": 9}))
	w.must(w.create("resourcemanager", "any", nil))
	w.must(w.reserve("10.0.0.60-10.0.0.70", nil, ""))
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		objects, err := inv.FindObjects(ctx, clusto.Match{Types: []string{"resourcemanager"}})
		if err != nil {
			return err
		}
		var managers []*resource.Manager
		want := make([]*resource.Usage, len(objects))
		for i, o := range objects {
			m, err := resource.Of(o)
			if err != nil {
				return err
			}
			managers = append(managers, m)
			if u, err := m.Usage(ctx); err == nil {
				want[i] = &u
			}
		}
		got, err := resource.Usages(ctx, inv, managers)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-one by one +all at once\n%s", diff)
		}
		if len(want) != 9 || want[0] == nil || want[0].Used != 15 {
			t.Errorf("one by one: %v", want)
		}
		return err
	})
}
