package resource_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

func TestNetwork(t *testing.T) {
	w := newWorld(t)
	for i, test := range []struct {
		baseip, netmask, gateway any
		want                     string // prefix, mask, broadcast
	}{
		{"192.168.20.0", "255.255.252.0", nil, "192.168.20.0/22 255.255.252.0 192.168.23.255"},
		{"10.1.0.9", "255.255.255.248", nil, "10.1.0.8/29 255.255.255.248 10.1.0.15"},
		{"10.2.0.0", "24", "10.2.0.1", "10.2.0.0/24 255.255.255.0 10.2.0.255"},
		{"10.3.0.0", 16, nil, "10.3.0.0/16 255.255.0.0 10.3.255.255"},
		{"10.4.0.1", nil, nil, "10.4.0.1/32 255.255.255.255 -"},
		{"2001:db8::", "64", nil, "2001:db8::/64 ffff:ffff:ffff:ffff:: -"},
		{"2001:db8:1::5", "ffff:ffff:ffff::", nil, "2001:db8:1::/48 ffff:ffff:ffff:: -"},
		{"2001:db8:2::5", nil, nil, "2001:db8:2::5/128 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff -"},
		{nil, "255.255.255.0", nil, "none"},
		{"10.5.0.0", "255.0.255.0", nil, "error: its ones are not all in front"},
		{"10.5.0.0", "255.255.255.256", nil, "error: is not a netmask"},
		{"10.5.0.0", 33, nil, "error: does not fit"},
		{"10.5.0.0", "ffff::", nil, "error: does not fit"},
		{"2001:db8:3::", "255.255.255.0", nil, "error: does not fit"},
		{"10.5.0.0/24", "255.255.255.0", nil, "error: is a network"},
		{"10.5.0.0", "255.255.255.0", "gate", "error: property gateway"},
		{"10.5.0.0", "255.255.255.0", "fe80::1", "error: another family"},
	} {
		name := fmt.Sprint("net", i)
		props := map[string]any{}
		for key, v := range map[string]any{"baseip": test.baseip, "netmask": test.netmask, "gateway": test.gateway} {
			if v != nil {
				props[key] = v
			}
		}
		got := ""
		err := w.try(func(ctx context.Context, inv *clusto.Inventory) error {
			o, err := create(ctx, inv, "ipmanager", name, props)
			if err != nil {
				return err
			}
			m, err := resource.Of(o)
			if err != nil {
				return err
			}
			n, ok, err := m.Network(ctx)
			if !ok {
				got = "none"
				return err
			}
			got = fmt.Sprintf("%s %s -", n.Prefix, n.Netmask())
			if broadcast, ok := n.Broadcast(); ok {
				got = strings.TrimSuffix(got, "-") + broadcast.String()
			}
			return err
		})
		if text, isError := strings.CutPrefix(test.want, "error: "); isError {
			if !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), text) {
				t.Errorf("%v/%v: %v, want %s", test.baseip, test.netmask, err, test.want)
			}
			continue
		}
		if err != nil || got != test.want {
			t.Errorf("%v/%v: %s, %v; want %s", test.baseip, test.netmask, got, err, test.want)
		}
	}
}

func TestNestedNetworks(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("basicserver", "s1", nil))
	w.must(w.create("ipmanager", "outer", map[string]any{"baseip": "10.0.0.0", "netmask": "255.255.255.0"}))
	if got, err := w.allocate("outer", "s1", nil); err != nil || got != "10.0.0.1" {
		t.Fatalf("got %s, %v", got, err)
	}
	w.must(w.create("ipmanager", "inner", map[string]any{"baseip": "10.0.0.0", "netmask": "255.255.255.128"}))
	if got, err := w.allocate("outer", "s1", nil); err != nil || got != "10.0.0.128" {
		t.Errorf("outer gave %s, %v; want 10.0.0.128, which is not in inner", got, err)
	}
	if got, err := w.allocate("inner", "s1", nil); err != nil || got != "10.0.0.2" {
		t.Errorf("inner gave %s, %v; want 10.0.0.2, for 10.0.0.1 is taken", got, err)
	}
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		for addr, want := range map[string]string{"10.0.0.5": "inner", "10.0.0.200": "outer"} {
			m, err := resource.ManagerFor(ctx, inv, netip.MustParseAddr(addr))
			if err != nil || m.Name != want {
				t.Errorf("%s belongs to %v, %v; want %s", addr, m, err, want)
			}
		}
		_, err := resource.ManagerFor(ctx, inv, netip.MustParseAddr("10.0.1.0"))
		if !errors.Is(err, clusto.ErrNotFound) || clusto.Hint(err) == "" {
			t.Errorf("10.0.1.0: %v, want ErrNotFound with a hint", err)
		}
		return nil
	})
}

// TestSameNetwork: two managers of one network are refused, however they come to be.
func TestSameNetwork(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "a", map[string]any{"baseip": "10.0.0.0", "netmask": "255.255.255.0"}))
	w.must(w.create("ipmanager", "b", map[string]any{"baseip": "10.0.1.0", "netmask": "255.255.255.0"}))
	before := rows(t, w.store, "b", "baseip", "netmask")
	base := clusto.Attr{Key: "baseip", Subkey: clusto.Sub("property"), Value: clusto.String("10.0.0.77")}
	for name, change := range map[string]func(ctx context.Context, b *clusto.Object) error{
		"property": func(ctx context.Context, b *clusto.Object) error {
			return b.SetProperty(ctx, "baseip", base.Value)
		},
		"attribute": func(ctx context.Context, b *clusto.Object) error { return b.SetAttr(ctx, base) },
		"made": func(ctx context.Context, b *clusto.Object) error {
			_, err := create(ctx, b.Inventory(), "ipmanager", "c", map[string]any{"baseip": "10.0.0.1", "netmask": 24})
			return err
		},
	} {
		w.do(func(ctx context.Context, inv *clusto.Inventory) error {
			b, err := inv.Object(ctx, "b")
			if err != nil {
				return err
			}
			if err := change(ctx, b); !errors.Is(err, clusto.ErrExists) || !strings.Contains(err.Error(), "10.0.0.0/24") {
				t.Errorf("%s: %v, want ErrExists", name, err)
			}
			return nil // what was refused is undone though the transaction goes on
		})
		if diff := cmp.Diff(before, rows(t, w.store, "b", "baseip", "netmask")); diff != "" {
			t.Errorf("%s: -before +after\n%s", name, diff)
		}
	}
	if exists := w.create("ipmanager", "c", nil); exists != nil {
		t.Errorf("c was left behind: %v", exists)
	}
}

// An entity that becomes an IP manager is checked as one that is made.
func TestChangeDriverChecksNetwork(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": "255.255.255.0"}))
	w.must(w.create("basicserver", "other", nil))
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "other")
		if err != nil {
			return err
		}
		for key, value := range map[string]string{"baseip": "10.0.0.1", "netmask": "255.255.255.0"} {
			if err := o.SetAttr(ctx, clusto.Attr{Key: key, Subkey: clusto.Sub(clusto.SubkeyProperty), Value: clusto.String(value)}); err != nil {
				return err
			}
		}
		d, _ := inv.Drivers().Driver("ipmanager")
		if _, err := o.ChangeDriver(ctx, d); !errors.Is(err, clusto.ErrExists) {
			t.Errorf("a second manager of 10.0.0.0/24: %v, want ErrExists", err)
		}
		is, err := inv.Object(ctx, "other")
		if err == nil && is.Entity.Driver != "basicserver" {
			t.Errorf("other has driver %s after it was refused", is.Entity.Driver)
		}
		return err
	})
}
