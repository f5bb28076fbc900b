package resource_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/resource"
)

func TestIPNumber(t *testing.T) {
	for _, test := range []struct {
		addr string
		want int32
		err  error
	}{
		{addr: "0.0.0.0", want: -2147483648},
		{addr: "128.0.0.0", want: 0},
		{addr: "10.0.0.1", want: -1979711487},
		{addr: "10.20.0.2", want: -1978400766}, // as in classic's database
		{addr: "255.255.255.255", want: 2147483647},
		{addr: "::1", err: clusto.ErrInvalid},
	} {
		got, err := resource.IPNumber(netip.MustParseAddr(test.addr))
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("IPNumber(%s) = %d, %v; want %d, %v", test.addr, got, err, test.want, test.err)
		}
		if test.err != nil {
			continue
		}
		if back, err := resource.IPAddr(int64(got)); err != nil || back.String() != test.addr {
			t.Errorf("IPAddr(%d) = %s, %v; want %s", got, back, err, test.addr)
		}
	}
	for _, n := range []int64{1 << 31, -1<<31 - 1} {
		if _, err := resource.IPAddr(n); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("IPAddr(%d): %v, want ErrInvalid", n, err)
		}
	}
}

func TestParseAddr(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.1": "10.0.0.1", "2001:DB8:0::1": "2001:db8::1", "::ffff:10.0.0.1": "10.0.0.1",
		"10.9.0.0/30": "", "fe80::1%eth0": "", "10.0.0.256": "", "1.2.3.4.": "", "web1": "", "": "",
	} {
		got, err := resource.ParseAddr(text)
		switch {
		case want == "" && !errors.Is(err, clusto.ErrInvalid):
			t.Errorf("ParseAddr(%q) = %v, %v; want ErrInvalid", text, got, err)
		case want != "" && (err != nil || got.String() != want):
			t.Errorf("ParseAddr(%q) = %v, %v; want %s", text, got, err, want)
		}
	}
}

// TestAddressRows repeats what classic did to make its database and compares
// each row.
func TestAddressRows(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net-prod", map[string]any{"baseip": "10.20.0.0", "netmask": "255.255.255.0", "gateway": "10.20.0.1"}))
	w.must(w.create("ipmanager", "net-mgmt", map[string]any{"baseip": "192.168.50.0", "netmask": "255.255.255.240", "gateway": "192.168.50.1"}))
	w.must(w.create("basicserver", "node001", nil))
	for _, manager := range []string{"net-prod", "net-mgmt"} {
		if _, err := w.allocate(manager, "node001", nil); err != nil {
			t.Fatal(err)
		}
	}
	want := rows(t, classictest.Open(t), "node001", "ip")
	if diff := cmp.Diff(want, rows(t, w.store, "node001", "ip")); diff != "" {
		t.Errorf("-classic +ours\n%s", diff)
	}
	if got := rows(t, w.store, "net-prod", "_lastip"); len(got) > 0 {
		t.Errorf("_lastip was written: %s", got)
	}
	w.must(w.deallocate("net-prod", "node001", "10.20.0.2"))
	if diff := cmp.Diff(want[len(want)/2:], rows(t, w.store, "node001", "ip")); diff != "" {
		t.Errorf("after deallocation: -want +got\n%s", diff)
	}
}

func TestIPv6Rows(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net6", map[string]any{"baseip": "2001:db8::", "netmask": 64, "gateway": "2001:db8::1"}))
	w.must(w.create("basicserver", "s1", nil))
	if got, err := w.allocate("net6", "s1", nil); err != nil || got != "2001:db8::2" {
		t.Fatalf("got %s, %v; want 2001:db8::2", got, err)
	}
	want := []string{
		`["ip",0,"cidr","string","2001:db8::2/64"]`,
		`["ip",0,"ipstring","string","2001:db8::2"]`,
		`["ip",0,"manager","relation","net6"]`,
		`["ip",0,null,"string","2001:db8::2"]`,
	}
	if diff := cmp.Diff(want, rows(t, w.store, "s1", "ip")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if _, err := w.allocate("net6", "s1", "2001:DB8:0:0::2"); !errors.Is(err, clusto.ErrInUse) {
		t.Errorf("the same address again: %v, want ErrInUse", err)
	}
	w.must(w.deallocate("net6", "s1", nil))
	if got := rows(t, w.store, "s1", "ip"); len(got) > 0 {
		t.Errorf("after deallocation: %s", got)
	}
}

func TestExplicitAddress(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": "255.255.255.248", "gateway": "10.0.0.1"}))
	w.must(w.create("ipmanager", "empty", nil))
	w.must(w.create("basicserver", "s1", nil))
	w.must(w.create("basicserver", "s2", nil))
	for _, addr := range []any{"10.0.0.0", "10.0.0.7", "10.0.0.1", netip.MustParseAddr("10.0.0.3"), "::ffff:10.0.0.4"} {
		if _, err := w.allocate("net", "s1", addr); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for _, test := range []struct {
		manager string
		addr    any
		err     error
		text    string
	}{
		{"net", "10.0.0.3", clusto.ErrInUse, "10.0.0.3 belongs to s1"},
		{"net", "10.0.0.8", clusto.ErrInvalid, "10.0.0.8 is not in 10.0.0.0/29, the network of net"},
		{"net", "10.0.0.0/30", clusto.ErrInvalid, "is a network, not an address"},
		{"net", "2001:db8::1", clusto.ErrInvalid, "is not in"},
		{"empty", "10.0.0.2", clusto.ErrInvalid, "lacks the property baseip"},
		{"empty", nil, clusto.ErrInvalid, "lacks the property baseip"},
		{"s1", nil, clusto.ErrInvalid, "s1 is not a resource manager"},
	} {
		_, err := w.allocate(test.manager, "s2", test.addr)
		if !errors.Is(err, test.err) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s %v: %v; want %v: %s", test.manager, test.addr, err, test.err, test.text)
		}
	}
	if err := w.deallocate("net", "s2", "10.0.0.3"); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("deallocate of what s2 does not have: %v, want ErrNotFound", err)
	}
}

// TestAutomaticAddresses fills a network: fresh addresses first, what was freed
// after them, and only when nothing is left an error.
func TestAutomaticAddresses(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "10.0.0.4", "netmask": "255.255.255.248", "gateway": "10.0.0.3"}))
	w.must(w.create("basicserver", "s1", nil))
	take := func(want string) {
		t.Helper()
		if got, err := w.allocate("net", "s1", nil); err != nil || got != want {
			t.Fatalf("got %s, %v; want %s", got, err, want)
		}
	}
	if _, err := w.allocate("net", "s1", "10.0.0.5"); err != nil {
		t.Fatal(err)
	}
	take("10.0.0.1")
	take("10.0.0.2")
	w.must(w.deallocate("net", "s1", "10.0.0.1"))
	take("10.0.0.4")
	take("10.0.0.6")
	take("10.0.0.1")
	if _, err := w.allocate("net", "s1", nil); !errors.Is(err, clusto.ErrExhausted) || !strings.Contains(err.Error(), "net has no free address left in 10.0.0.0/29") {
		t.Fatalf("got %v, want ErrExhausted", err)
	}
	w.must(w.deallocate("net", "s1", "10.0.0.4"))
	take("10.0.0.4")
	// An entity that is deleted gives back what it had, without a hint.
	w.must(w.create("basicserver", "s2", nil))
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "s1")
		if err != nil {
			return err
		}
		return o.Delete(ctx)
	})
	if got, err := w.allocate("net", "s2", nil); err != nil || got != "10.0.0.1" {
		t.Errorf("after deletion: got %s, %v; want 10.0.0.1", got, err)
	}
}

func TestSmallNetworks(t *testing.T) {
	for _, test := range []struct {
		base, mask string
		want       []string
	}{
		{"10.0.0.0", "31", []string{"10.0.0.0", "10.0.0.1"}},
		{"10.0.0.5", "32", []string{"10.0.0.5"}},
		{"255.255.255.252", "30", []string{"255.255.255.253", "255.255.255.254"}},
		{"255.255.255.254", "31", []string{"255.255.255.254", "255.255.255.255"}},
		{"2001:db8::", "126", []string{"2001:db8::1", "2001:db8::2", "2001:db8::3"}},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "127", []string{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}},
	} {
		t.Run(test.base+"/"+test.mask, func(t *testing.T) {
			w := newWorld(t)
			w.must(w.create("ipmanager", "net", map[string]any{"baseip": test.base, "netmask": test.mask}))
			w.must(w.create("basicserver", "s1", nil))
			for _, want := range test.want {
				if got, err := w.allocate("net", "s1", nil); err != nil || got != want {
					t.Errorf("got %s, %v; want %s", got, err, want)
				}
			}
			if _, err := w.allocate("net", "s1", nil); !errors.Is(err, clusto.ErrExhausted) {
				t.Errorf("got %v, want ErrExhausted", err)
			}
		})
	}
}

// TestManyFreed: however many addresses are given back, a bounded number of
// hints is kept, and all of them are found again.
func TestManyFreed(t *testing.T) {
	const some = 600
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": 22}))
	w.must(w.create("basicserver", "s1", nil))
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		m, o, err := both(ctx, inv, "net", "s1")
		if err != nil {
			return err
		}
		tx, err := inv.Tx()
		if err != nil {
			return err
		}
		allocate := func(n int) {
			for range n {
				if _, err := m.Allocate(ctx, o, resource.Request{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		allocate(some)
		n, err := m.Deallocate(ctx, o, nil)
		if err != nil || n != some {
			t.Errorf("deallocated %d, %v; want %d", n, err, some)
		}
		if hints, err := tx.FreeRanges(ctx, m.ID, 2*some); err != nil || len(hints) > 512 {
			t.Errorf("%d hints, %v; want at most 512", len(hints), err)
		}
		allocate(1022)
		_, err = m.Allocate(ctx, o, resource.Request{})
		if !errors.Is(err, clusto.ErrExhausted) {
			t.Errorf("got %v, want ErrExhausted", err)
		}
		return nil
	})
}

// TestAfterClassic goes on where classic stopped.
func TestAfterClassic(t *testing.T) {
	w := world{t, classictest.Open(t)}
	before := rows(t, w.store, "net-prod", "_lastip")
	for _, want := range []string{"10.20.0.8", "10.20.0.9"} {
		if got, err := w.allocate("net-prod", "node007", nil); err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
	if diff := cmp.Diff(before, rows(t, w.store, "net-prod", "_lastip")); diff != "" {
		t.Error(diff)
	}
	want := []string{
		`["ip",16,"cidr","string","10.20.0.8/24"]`, `["ip",16,"ipstring","string","10.20.0.8"]`,
		`["ip",16,"manager","relation","net-prod"]`, `["ip",16,null,"int",-1978400760]`,
	}
	if diff := cmp.Diff(want, rows(t, w.store, "node007", "ip")[:4]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, want := range []string{"192.168.50.7", "192.168.50.8"} {
		if got, err := w.allocate("net-mgmt", "node007", nil); err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
	if got, err := w.allocate("srvnames", "node007", nil); !errors.Is(err, clusto.ErrUnsupported) {
		t.Errorf("a manager of entity names gave %q, %v", got, err)
	}
	if got, err := w.allocate("aliases", "node007", nil); err != nil || got != "svc04" {
		t.Errorf("got %s, %v; want svc04", got, err)
	}
	if got, err := w.allocate("vlans", "node007", nil); err != nil || got != "103" {
		t.Errorf("got %s, %v; want 103", got, err)
	}
}

func TestBind(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "203.0.113.9", "netmask": "255.255.255.248"}))
	w.must(w.create("basicserver", "s1", nil))
	bind := func(osPort string) {
		w.do(func(ctx context.Context, inv *clusto.Inventory) error {
			o, err := inv.Object(ctx, "s1")
			if err != nil {
				return err
			}
			_, err = resource.Bind(ctx, o, netip.MustParseAddr("203.0.113.9"), osPort, nil)
			return err
		})
	}
	bind("eth0")
	bind("eth1")
	want := []string{
		`["ip",0,"cidr","string","203.0.113.9/29"]`, `["ip",0,"ipstring","string","203.0.113.9"]`,
		`["ip",0,"manager","relation","net"]`, `["ip",0,"osportname","string","eth1"]`, `["ip",0,null,"int",1258320137]`,
	}
	if diff := cmp.Diff(want, rows(t, w.store, "s1", "ip")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestManyAllocate has many allocate at once: none gets what another has.
func TestManyAllocate(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": "255.255.255.192"}))
	w.must(w.create("basicserver", "s1", nil))
	var mu sync.Mutex // guards seen
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 15 {
				addr, err := w.allocate("net", "s1", nil)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				seen[addr]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 60 {
		t.Errorf("60 allocations gave %d addresses: %v", len(seen), seen)
	}
}

// A number that somebody asked for may lie ahead of the counter: no address may
// get it a second time, since it is deallocated by its number.
func TestNumberTaken(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": "255.255.255.0"}))
	w.must(w.create("basicserver", "web1", nil))
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		m, o, err := both(ctx, inv, "net", "web1")
		if err != nil {
			return err
		}
		_, err = m.Allocate(ctx, o, resource.Request{Resource: "10.0.0.77", Number: clusto.Num(0)})
		return err
	})
	got, err := w.allocate("net", "web1", nil)
	w.must(err)
	w.must(w.deallocate("net", "web1", got))
	if left := rows(t, w.store, "web1", "ip"); len(left) != 4 {
		t.Errorf("after %s was given back: %v, want the four rows of 10.0.0.77", got, left)
	}
}

// What a thing has can be taken back although the manager has shrunk since.
func TestDeallocateWhatWasLeftOut(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": "255.255.255.0"}))
	w.must(w.create("simplenummanager", "vlans", map[string]any{"maxnum": 100}))
	w.must(w.create("basicserver", "web1", nil))
	for manager, what := range map[string]any{"net": "10.0.0.200", "vlans": 90} {
		_, err := w.allocate(manager, "web1", what)
		w.must(err)
	}
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		net, err := inv.Object(ctx, "net")
		if err != nil {
			return err
		}
		vlans, err := inv.Object(ctx, "vlans")
		if err != nil {
			return err
		}
		return errors.Join(net.SetProperty(ctx, "netmask", clusto.String("25")), vlans.SetProperty(ctx, "maxnum", clusto.Int(50)))
	})
	for manager, what := range map[string]any{"net": "10.0.0.200", "vlans": 90} {
		if err := w.deallocate(manager, "web1", what); err != nil {
			t.Error(err)
		}
		if _, err := w.allocate(manager, "web1", what); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("allocate %v of %s again: %v, want ErrInvalid", what, manager, err)
		}
	}
}
