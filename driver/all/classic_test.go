package all_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/racetest"
)

// view calls fn with the database that classic wrote.
func view(t *testing.T, fn func(context.Context, *clusto.Inventory)) {
	t.Helper()
	err := classictest.Open(t).View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		fn(t.Context(), clusto.NewInventory(r, all.Drivers()))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// call runs a method as a script does.
func call(ctx context.Context, o *clusto.Object, name string, named map[string]any, args ...any) (any, error) {
	m := o.Driver().Method(name)
	if m == nil {
		return nil, fmt.Errorf("%s has no method %s", o.Driver().Name, name)
	}
	arranged, err := m.Arrange(args, named)
	if err != nil {
		return nil, err
	}
	return m.Call(ctx, o.Inventory(), o, arranged)
}

// plain turns what a method returned into what classic's answers consist of.
func plain(t *testing.T, inv *clusto.Inventory, v any) any {
	t.Helper()
	switch v := v.(type) {
	case *clusto.Object:
		if v == nil {
			return nil
		}
		return v.Name
	case clusto.Value:
		text, err := inv.ValueText(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case v.IsNone():
			return nil
		case v.Kind() == clusto.KindInt:
			return v.Int64()
		}
		return text
	case []*clusto.Object:
		names := []any{}
		for _, o := range v {
			names = append(names, o.Name)
		}
		return names
	case []any:
		items := []any{}
		for _, item := range v {
			items = append(items, plain(t, inv, item))
		}
		return items
	case map[string]map[int]map[string]any:
		for _, byNumber := range v {
			for _, m := range byNumber {
				for k, item := range m {
					m[k] = plain(t, inv, item)
				}
			}
		}
		return v
	case map[string]any:
		m := map[string]any{}
		for k, item := range v {
			m[k] = plain(t, inv, item)
		}
		return m
	}
	return v
}

type classicEntity struct {
	AttrsVisible   []classictest.Row         `json:"attrs_visible"`
	Attrs          []classictest.Row         `json:"attrs"`
	Merged         []classictest.Row         `json:"merged"`
	References     []classictest.Row         `json:"references"`
	Referencers    []string                  `json:"referencers"`
	Contents       []string                  `json:"contents"`
	ContentsDeep   []string                  `json:"contents_recursive"`
	Parents        []string                  `json:"parents"`
	ParentsDeep    []string                  `json:"parents_recursive"`
	Siblings       []string                  `json:"siblings"`
	PortInfo       map[string]map[string]any `json:"port_info"`
	FreePorts      [][]any                   `json:"free_ports"`
	ConnectedPorts map[string][]any          `json:"connected_ports"`
	PortTypes      []string                  `json:"port_types"`
	IPs            []string                  `json:"get_ips"`
	IPsFromManager []string                  `json:"ipmanager_get_ips"`
	RackAndU       map[string]any            `json:"rack_and_u"`
	DeviceIn       map[string]string         `json:"device_in"`
	Pools          []string                  `json:"pools"`
	PoolsDirect    []string                  `json:"pools_direct"`
	Count          *int                      `json:"count"`
	Hostname       *string                   `json:"hostname"`
	FQDNs          []string                  `json:"fqdns"`
	Properties     map[string]any            `json:"properties"`
}

// TestClassicEntities asks every entity of classic's database what classic was
// asked about it.
func TestClassicEntities(t *testing.T) {
	racetest.OneAtATime(t)
	var expected struct {
		Entities map[string]classicEntity `json:"entities"`
	}
	classictest.Expected(t, &expected)
	view(t, func(ctx context.Context, inv *clusto.Inventory) {
		for name, want := range expected.Entities {
			o, err := inv.Object(ctx, name)
			if err != nil {
				t.Error(err)
				continue
			}
			same := func(what string, want any, args ...any) {
				t.Helper()
				got, err := call(ctx, o, what, nil, args...)
				if err != nil {
					t.Errorf("%s.%s: %v", name, what, err)
					return
				}
				if diff := cmp.Diff(classictest.Canonical(t, want), classictest.Canonical(t, plain(t, inv, got))); diff != "" {
					t.Errorf("%s.%s%v: -classic +ours\n%s", name, what, args, diff)
				}
			}
			checkClassicAttrs(ctx, t, o, want)
			checkClassicPlaces(ctx, t, o, want)
			if want.PortTypes != nil {
				same("port_info", want.PortInfo)
				same("connected_ports", want.ConnectedPorts)
				same("port_types", want.PortTypes)
				same("free_ports", mendFreePorts(name, want.FreePorts))
				same("hostname", want.Hostname)
				same("fqdns", want.FQDNs)
				same("get_ips", want.IPs)
			}
			for u, device := range want.DeviceIn {
				unit, err := strconv.Atoi(u)
				if err != nil {
					t.Fatal(err)
				}
				same("get_device_in", device, unit)
			}
			if want.Count != nil {
				same("count", want.Count)
			}
			for property, value := range want.Properties {
				got, err := o.Property(ctx, property)
				if err != nil {
					t.Errorf("%s.%s: %v", name, property, err)
				}
				if got := plain(t, inv, got); fmt.Sprint(got) != fmt.Sprint(value) {
					t.Errorf("%s.%s = %v, classic %v", name, property, got, value)
				}
			}
		}
	})
}

// mendFreePorts adds what classic left out: port 30 of sw-01 was connected to a
// device that is deleted, and it looked at the number that stayed behind.
func mendFreePorts(name string, free [][]any) [][]any {
	if name != "sw-01" {
		return free
	}
	i := slices.IndexFunc(free, func(p []any) bool { return p[1] == 31. })
	return slices.Insert(free, i, []any{"nic-eth", 30})
}

func checkClassicAttrs(ctx context.Context, t *testing.T, o *clusto.Object, want classicEntity) {
	t.Helper()
	rows := func(what string, want []classictest.Row, named bool, kw map[string]any) {
		t.Helper()
		got, err := call(ctx, o, what, kw)
		if err != nil {
			t.Errorf("%s.%s: %v", o.Name, what, err)
			return
		}
		have, err := classictest.Rows(ctx, o.Inventory(), named, got.([]clusto.Attr))
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(classictest.Multiset(t, want), classictest.Multiset(t, have)); diff != "" {
			t.Errorf("%s.%s(%v): -classic +ours\n%s", o.Name, what, kw, diff)
		}
	}
	rows("attrs", want.Attrs, false, map[string]any{"ignore_hidden": false})
	rows("attrs", want.AttrsVisible, false, nil)
	rows("references", want.References, true, nil)
	rows("attrs", onceEach(o.Name, want.Merged), true, map[string]any{"merge_container_attrs": true})
}

// onceEach leaves out what classic says twice: everything contains node003 on
// two ways.
func onceEach(name string, merged []classictest.Row) []classictest.Row {
	if name != "node003" {
		return merged
	}
	var once []classictest.Row
	for _, row := range merged {
		same := func(other classictest.Row) bool { return cmp.Equal(row, other) }
		if row[0] != "everything" || !slices.ContainsFunc(once, same) {
			once = append(once, row)
		}
	}
	return once
}

func checkClassicPlaces(ctx context.Context, t *testing.T, o *clusto.Object, want classicEntity) {
	t.Helper()
	list := func(what string, want []string, kw map[string]any, args ...any) {
		t.Helper()
		got, err := call(ctx, o, what, kw, args...)
		if err != nil {
			t.Errorf("%s.%s: %v", o.Name, what, err)
			return
		}
		var names []string
		switch got := got.(type) {
		case []string:
			names = got
		case []*clusto.Object:
			for _, x := range got {
				names = append(names, x.Name)
			}
		}
		if strings.HasPrefix(what, "cont") || what == "siblings" {
			slices.Sort(names)
			slices.Sort(want)
		}
		want = slices.Compact(want) // things on two ways stand side by side in classic's answers
		if diff := cmp.Diff(append([]string{}, want...), append([]string{}, names...)); diff != "" {
			t.Errorf("%s.%s(%v): -classic +ours\n%s", o.Name, what, kw, diff)
		}
	}
	list("contents", want.Contents, nil)
	list("contents", want.ContentsDeep, map[string]any{"search_children": true})
	list("parents", want.Parents, nil)
	list("parents", want.ParentsDeep, map[string]any{"search_parents": true})
	list("referencers", want.Referencers, nil)
	if want.Siblings != nil {
		list("siblings", want.Siblings, nil)
	}
	onClass := func(class, method string, named map[string]any) any {
		d, _ := o.Inventory().Drivers().Class(class)
		m := d.Method(method)
		args, err := m.Arrange([]any{o}, named)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Call(ctx, o.Inventory(), nil, args)
		if err != nil {
			t.Errorf("%s.%s(%s): %v", class, method, o.Name, err)
		}
		return plain(t, o.Inventory(), got)
	}
	for _, test := range []struct {
		what      string
		want, got any
	}{
		{"get_pools", slices.Compact(want.Pools), onClass("Pool", "get_pools", nil)},
		{"get_pools direct", want.PoolsDirect, onClass("Pool", "get_pools", map[string]any{"allPools": false})},
		{"get_rack_and_u", want.RackAndU, onClass("BasicRack", "get_rack_and_u", nil)},
		{"IPManager.get_ips", want.IPsFromManager, onClass("IPManager", "get_ips", nil)},
	} {
		if got := test.got; classictest.Canonical(t, test.want) != classictest.Canonical(t, got) {
			t.Errorf("%s: %s = %v, classic %v", o.Name, test.what, got, test.want)
		}
	}
}
