package rackfactory_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
)

// rowsOf201001 are the rows of a rack of layout 201001, as classic writes them.
// Outlets are numbers: aa1 is 1, ab1 is 9.
const rowsOf201001 = `r1: rack apcrack
r1 _contains.ru#34 = relation r1-ts1
r1 _contains.ru#36 = relation r1-sw1
r1 _contains.ru#41 = relation r1-pwr1
r1 maxu.property = int 45
r1 minu.property = int 1
r1 racklayout = string 201001
r1-sw1: networkswitch cisco4948
r1-sw1 port-console-serial.connection#1 = relation r1-ts1
r1-sw1 port-console-serial.otherportnum#1 = int 48
r1-sw1 port-nic-eth.connection#43 = relation r1-ts1
r1-sw1 port-nic-eth.otherportnum#43 = int 1
r1-sw1 port-nic-eth.connection#44 = relation r1-pwr1
r1-sw1 port-nic-eth.otherportnum#44 = int 1
r1-sw1 port-pwr-nema-5.connection#1 = relation r1-pwr1
r1-sw1 port-pwr-nema-5.otherportnum#1 = string aa8
r1-pwr1: powerstrip powertowerxm
r1-pwr1 port-console-serial.connection#1 = relation r1-ts1
r1-pwr1 port-console-serial.otherportnum#1 = int 44
r1-pwr1 port-nic-eth.connection#1 = relation r1-sw1
r1-pwr1 port-nic-eth.otherportnum#1 = int 44
r1-pwr1 port-pwr-nema-5.connection#8 = relation r1-sw1
r1-pwr1 port-pwr-nema-5.otherportnum#8 = int 1
r1-pwr1 port-pwr-nema-5.connection#16 = relation r1-ts1
r1-pwr1 port-pwr-nema-5.otherportnum#16 = int 1
r1-pwr1 withslave.property = int 0
r1-ts1: consoleserver opengearcm4148
r1-ts1 port-console-serial.connection#44 = relation r1-pwr1
r1-ts1 port-console-serial.otherportnum#44 = int 1
r1-ts1 port-console-serial.connection#48 = relation r1-sw1
r1-ts1 port-console-serial.otherportnum#48 = int 1
r1-ts1 port-nic-eth.connection#1 = relation r1-sw1
r1-ts1 port-nic-eth.otherportnum#1 = int 43
r1-ts1 port-pwr-nema-5.connection#1 = relation r1-pwr1
r1-ts1 port-pwr-nema-5.otherportnum#1 = string ab8
`

func TestConnectPorts(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	w := newWorld(t, "201001", rackfactory.Options{Log: textLog(&log)})
	if v, err := w.connect(); err != nil || v == 0 {
		t.Fatal(v, err)
	}
	if diff := cmp.Diff(w.rows("r1", "r1-sw1", "r1-pwr1", "r1-ts1"), rowsOf201001); diff != "" {
		t.Errorf("rows (-got +want):\n%s", diff)
	}
	if n := strings.Count(log.String(), "gets no address: neither it nor what contains it has an attribute ipmanager"); n != 3 {
		t.Errorf("log says %d times that there is no address, want 3:\n%s", n, &log)
	}
	before := w.rows()
	if v, err := w.connect(); err != nil || v != 0 {
		t.Errorf("second run: version %d, %v; want none", v, err)
	}
	if diff := cmp.Diff(w.rows(), before); diff != "" {
		t.Errorf("second run changed:\n%s", diff)
	}
}

// TestConnectPortsMends takes away one thing after the other and lets the
// factory put it back.
func TestConnectPortsMends(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "201001", rackfactory.Options{})
	if _, err := w.connect(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(context.Context, *clusto.Inventory) error{
		"cable": func(ctx context.Context, inv *clusto.Inventory) error {
			return port.Disconnect(ctx, port.End{Device: w.object(inv, "r1-sw1"), Type: port.Console, Port: 1})
		},
		"place": func(ctx context.Context, inv *clusto.Inventory) error {
			return w.object(inv, "r1").Remove(ctx, w.object(inv, "r1-ts1"))
		},
		"attribute": func(ctx context.Context, inv *clusto.Inventory) error {
			rack := w.object(inv, "r1")
			if _, err := rack.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("racklayout")}); err != nil {
				return err
			}
			return rack.SetAttr(ctx, clusto.Attr{Key: "rackfactory", Value: clusto.Int(201001)})
		},
	} {
		w.change(spoil)
		if v, err := w.connect(); err != nil || v == 0 {
			t.Errorf("%s: version %d, %v", name, v, err)
		}
	}
	got := strings.Replace(w.rows("r1", "r1-sw1", "r1-pwr1", "r1-ts1"), "r1 rackfactory = int 201001\n", "", 1)
	if diff := cmp.Diff(got, rowsOf201001); diff != "" {
		t.Errorf("rows (-got +want):\n%s", diff)
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "201001", rackfactory.Options{})
	w.change(func(ctx context.Context, inv *clusto.Inventory) error {
		m := w.manager(inv, "net", "10.1.0.0")
		w.create(inv, "penguinserver", "s1", nil)
		return w.object(inv, "dc").SetAttr(ctx, clusto.Attr{Key: "ipmanager", Value: clusto.RelationTo(m.ID)})
	})
	preview := func(ask func(context.Context, rackfactory.Previewer, *clusto.Inventory) (rackfactory.Preview, error)) rackfactory.Preview {
		t.Helper()
		var p rackfactory.Preview
		err := w.store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			inv := clusto.NewInventory(r, w.drivers)
			f, err := rackfactory.For(t.Context(), w.layouts, inv, "r1")
			if err != nil {
				return err
			}
			p, err = ask(t.Context(), f.(rackfactory.Previewer), inv)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	connecting := func(ctx context.Context, f rackfactory.Previewer, _ *clusto.Inventory) (rackfactory.Preview, error) {
		return f.PreviewConnectPorts(ctx)
	}
	adding := func(ctx context.Context, f rackfactory.Previewer, inv *clusto.Inventory) (rackfactory.Preview, error) {
		return f.PreviewAddServer(ctx, w.object(inv, "s1"), 24)
	}
	want := rackfactory.Preview{Steps: []string{
		"create r1-sw1, a cisco4948",
		"put r1-sw1 into unit 36 of r1",
		"create r1-pwr1, a powertowerxm",
		"put r1-pwr1 into unit 41 of r1",
		"create r1-ts1, a opengearcm4148",
		"put r1-ts1 into unit 34 of r1",
		"connect r1-sw1 pwr-nema-5/1 to r1-pwr1 pwr-nema-5/8",
		"connect r1-sw1 console-serial/1 to r1-ts1 console-serial/48",
		"connect r1-pwr1 nic-eth/1 to r1-sw1 nic-eth/44",
		"connect r1-pwr1 console-serial/1 to r1-ts1 console-serial/44",
		"connect r1-ts1 pwr-nema-5/1 to r1-pwr1 pwr-nema-5/16",
		"connect r1-ts1 nic-eth/1 to r1-sw1 nic-eth/43",
		"give r1-sw1 an address from net as Vlan442",
		"give r1-pwr1 an address from net as nic0",
		"give r1-ts1 an address from net as nic0",
	}}
	if diff := cmp.Diff(preview(connecting), want); diff != "" {
		t.Errorf("connect_ports (-got +want):\n%s", diff)
	}
	if _, err := w.connect(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(preview(connecting), rackfactory.Preview{}); diff != "" {
		t.Errorf("connect_ports, done (-got +want):\n%s", diff)
	}
	want = rackfactory.Preview{Steps: []string{
		"put s1 into unit 25 of r1",
		"connect s1 nic-eth/1 to r1-sw1 nic-eth/24",
		"connect s1 pwr-nema-5/1 to r1-pwr1 pwr-nema-5/1",
		"connect s1 console-serial/1 to r1-ts1 console-serial/24",
	}}
	if diff := cmp.Diff(preview(adding), want); diff != "" {
		t.Errorf("add_server (-got +want):\n%s", diff)
	}
	if _, err := w.add("s1", "", 24); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(preview(adding), rackfactory.Preview{}); diff != "" {
		t.Errorf("add_server, done (-got +want):\n%s", diff)
	}
}

func TestConnectPortsErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(context.Context, *world, *clusto.Inventory) error
		kind  error
		want  string
		hint  string
	}{
		{"no datacenter", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			return w.object(inv, "dc").Remove(ctx, w.object(inv, "r1"))
		}, clusto.ErrInvalid, "rack r1 is in no datacenter", "put it into one: get_by_name('…').insert(get_by_name('r1'))"},
		{"no attribute", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			_, err := w.object(inv, "r1").DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("racklayout")})
			return err
		}, clusto.ErrNotFound, "rack r1 has no attribute racklayout, so its layout is not known",
			"set it: clusto attr set r1 racklayout=string:…; known layouts: 201001, 4444, 53532U, 54542U, 5555"},
		{"unknown layout", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			return w.object(inv, "r1").SetAttr(ctx, clusto.Attr{Key: "racklayout", Value: clusto.String("2010")})
		}, clusto.ErrNotFound, `rack r1: there is no rack layout "2010"`, "known layouts: 201001, 4444, 53532U, 54542U, 5555"},
		{"no rack", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			rack := w.object(inv, "r1")
			d, _ := w.drivers.Driver("basiccage")
			_, err := rack.ChangeDriver(ctx, d)
			return err
		}, clusto.ErrInvalid, "r1 is a cage (driver basiccage), not a rack", ""},
		{"other driver", func(_ context.Context, w *world, inv *clusto.Inventory) error {
			w.create(inv, "basicserver", "r1-sw1", nil)
			return nil
		}, clusto.ErrExists, "r1-sw1 is there with driver basicserver, and layout 201001 of rack r1 wants a cisco4948 of that name",
			"rename it or change its driver"},
		{"unit taken", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			return w.object(inv, "r1").Insert(ctx, w.create(inv, "basicserver", "web", nil), int64(34))
		}, clusto.ErrInUse, "unit 34 of rack r1, where layout 201001 puts r1-ts1, is taken by web", ""},
		{"rack too low", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			return w.object(inv, "r1").SetProperty(ctx, "maxu", clusto.Int(40))
		}, clusto.ErrInvalid, "layout 201001 puts r1-pwr1 into unit 41 of rack r1: there is no such unit: maxu of the rack is 40",
			"use a layout that fits the rack, or set its maxu"},
		{"other rack", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			return w.create(inv, "basicrack", "r2", nil).Insert(ctx, w.create(inv, "powertowerxm", "r1-pwr1", nil), int64(1))
		}, clusto.ErrInUse, "r1-pwr1 is in rack r2, not in r1",
			"take it out there first: get_by_name('r2').remove(get_by_name('r1-pwr1'))"},
		{"port taken", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			strip, web := w.create(inv, "powertowerxm", "r1-pwr1", nil), w.create(inv, "basicserver", "web", nil)
			return port.Connect(ctx, port.End{Device: web, Type: port.Power, Port: 1}, port.End{Device: strip, Type: port.Power, Port: 8})
		}, clusto.ErrInUse, "connect r1-sw1 pwr-nema-5/1 to r1-pwr1 pwr-nema-5/8: r1-pwr1 pwr-nema-5/8 is connected to web pwr-nema-5/1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "201001", rackfactory.Options{})
			w.change(func(ctx context.Context, inv *clusto.Inventory) error { return tt.spoil(ctx, w, inv) })
			before := w.rows()
			_, err := w.connect()
			if !errors.Is(err, tt.kind) || err.Error() != tt.want || clusto.Hint(err) != tt.hint {
				t.Errorf("got error %v (hint %q), want %q (hint %q)", err, clusto.Hint(err), tt.want, tt.hint)
			}
			if diff := cmp.Diff(w.rows(), before); diff != "" {
				t.Errorf("changed nevertheless:\n%s", diff)
			}
		})
	}
}

// names is a DNS.
type names map[string]string

func (n names) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	text, ok := n[host]
	if text == "never" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr(text)}, nil
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	dns := names{
		"r1-sw1.digg.internal":  "10.1.0.7",
		"r1-pwr1.digg.internal": "192.168.9.9",
		"r1-ts1.digg.internal":  "never",
	}
	var log strings.Builder
	w := newWorld(t, "201001", rackfactory.Options{Domain: "digg.internal", Resolver: dns, Log: textLog(&log)})
	w.change(func(ctx context.Context, inv *clusto.Inventory) error {
		rack := w.object(inv, "r1")
		for number, base := range map[int]string{442: "10.1.0.0", 443: "10.2.0.0"} {
			m := w.manager(inv, "net"+base[3:4], base)
			if err := rack.AddAttr(ctx, clusto.Attr{Key: "ipmanager", Number: clusto.Num(number), Value: clusto.RelationTo(m.ID)}); err != nil {
				return err
			}
		}
		sw := w.create(inv, "cisco4948", "r1-sw1", nil)
		return port.SetAttr(ctx, port.End{Device: sw, Type: port.Ethernet, Port: 43}, "vlan", clusto.Int(443))
	})
	began := time.Now()
	if _, err := w.connect(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s though the DNS has a second", took)
	}
	var got []string
	for line := range strings.Lines(w.rows("r1-sw1", "r1-pwr1", "r1-ts1")) {
		if strings.Contains(line, " ip") || strings.Contains(line, "osportname") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		"r1-sw1 ip#0 = int -1979645945",
		"r1-sw1 ip.cidr#0 = string 10.1.0.7/24",
		"r1-sw1 ip.ipstring#0 = string 10.1.0.7",
		"r1-sw1 ip.manager#0 = relation net1",
		"r1-sw1 ip.osportname#0 = string Vlan442",
		"r1-ts1 ip#1 = int -1979580415",
		"r1-ts1 ip.cidr#1 = string 10.2.0.1/24",
		"r1-ts1 ip.ipstring#1 = string 10.2.0.1",
		"r1-ts1 ip.manager#1 = relation net2",
		"r1-ts1 ip.osportname#1 = string nic0",
		"r1-ts1 port-nic-eth.osportname#1 = string nic0",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("addresses (-got +want):\n%s", diff)
	}
	const warning = "r1-pwr1 gets no address: the DNS says 192.168.9.9, and no IP manager covers that"
	if !strings.Contains(log.String(), warning) {
		t.Errorf("log lacks %q:\n%s", warning, &log)
	}
	if v, err := w.connect(); err != nil || v != 0 {
		t.Errorf("second run: version %d, %v", v, err)
	}
}

func TestAddressTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "201001", rackfactory.Options{Domain: "digg.internal", Resolver: names{"r1-sw1.digg.internal": "10.1.0.7"}})
	w.change(func(ctx context.Context, inv *clusto.Inventory) error {
		w.manager(inv, "net", "10.1.0.0")
		_, err := w.create(inv, "basicserver", "web", nil).Call(ctx, "add_ip", "10.1.0.7")
		return err
	})
	_, err := w.connect()
	if want := "the DNS has 10.1.0.7 for r1-sw1, and it belongs to web"; !errors.Is(err, clusto.ErrInUse) || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

// TestDNSWaitsASecond measures with a fake clock.
func TestDNSWaitsASecond(t *testing.T) {
	dbtest.FakeTime(t)
	w := newWorld(t, "201001", rackfactory.Options{Domain: "d", Resolver: names{
		"r1-sw1.d": "never", "r1-pwr1.d": "never", "r1-ts1.d": "never",
	}})
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := w.store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			f, err := rackfactory.For(t.Context(), w.layouts, clusto.NewInventory(r, w.drivers), "r1")
			if err != nil {
				return err
			}
			_, err = f.(rackfactory.Previewer).PreviewConnectPorts(t.Context())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("three questions without answer took %s, want 1s", took)
		}
	})
}

func TestManagerFor(t *testing.T) {
	t.Parallel()
	type attr struct {
		owner  string
		number clusto.Number
		net    string
	}
	none := clusto.Number{}
	tests := []struct {
		name  string
		attrs []attr
		vlan  int
		want  string
	}{
		{"none", nil, 0, ""},
		{"far", []attr{{"dc", none, "net1"}}, 0, "net1"},
		{"nearest", []attr{{"dc", none, "net1"}, {"r1", none, "net2"}}, 0, "net2"},
		{"own", []attr{{"r1", none, "net1"}, {"s1", none, "net2"}}, 7, "net2"},
		{"one of another VLAN", []attr{{"r1", clusto.Num(8), "net1"}}, 7, "net1"},
		{"VLAN", []attr{{"r1", clusto.Num(8), "net1"}, {"r1", clusto.Num(7), "net2"}}, 7, "net2"},
		{"VLAN before none", []attr{{"r1", none, "net1"}, {"r1", clusto.Num(7), "net2"}}, 7, "net2"},
		{"none for other VLANs", []attr{{"r1", none, "net1"}, {"r1", clusto.Num(7), "net2"}}, 9, "net1"},
		{"unknown VLAN", []attr{{"r1", clusto.Num(7), "net1"}, {"r1", clusto.Num(8), "net2"}}, 9, ""},
		{"VLAN not known", []attr{{"r1", clusto.Num(7), "net1"}, {"r1", clusto.Num(8), "net2"}}, 0, ""},
		{"farther", []attr{{"r1", clusto.Num(7), "net1"}, {"r1", clusto.Num(8), "net2"}, {"dc", none, "net2"}}, 9, "net2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "201001", rackfactory.Options{})
			var got string
			w.change(func(ctx context.Context, inv *clusto.Inventory) error {
				w.manager(inv, "net1", "10.1.0.0")
				w.manager(inv, "net2", "10.2.0.0")
				server := w.create(inv, "penguinserver", "s1", nil)
				if err := w.object(inv, "r1").Insert(ctx, server, int64(1)); err != nil {
					return err
				}
				for _, a := range tt.attrs {
					err := w.object(inv, a.owner).AddAttr(ctx, clusto.Attr{Key: "ipmanager", Number: a.number, Value: clusto.RelationTo(w.object(inv, a.net).ID)})
					if err != nil {
						return err
					}
				}
				m, err := rackfactory.ManagerFor(ctx, server, tt.vlan)
				if m != nil {
					got = m.Name
				}
				return err
			})
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	w := newWorld(t, "201001", rackfactory.Options{})
	for _, value := range []func(*clusto.Inventory) clusto.Value{
		func(*clusto.Inventory) clusto.Value { return clusto.String("dc") },
		func(inv *clusto.Inventory) clusto.Value { return clusto.RelationTo(w.object(inv, "dc").ID) },
	} {
		_, err := w.try(func(ctx context.Context, inv *clusto.Inventory) error {
			rack := w.object(inv, "r1")
			if err := rack.AddAttr(ctx, clusto.Attr{Key: "ipmanager", Value: value(inv)}); err != nil {
				return err
			}
			_, err := rackfactory.ManagerFor(ctx, rack, 0)
			return err
		})
		if want := `attribute ipmanager of r1 is "dc", not an IP manager`; !errors.Is(err, clusto.ErrInvalid) || err.Error() != want {
			t.Errorf("got error %v, want %s", err, want)
		}
	}
}
