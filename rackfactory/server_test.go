package rackfactory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
)

// withPrefix returns the lines of text that begin so.
func withPrefix(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, prefix) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestAddServer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		layout, driver string
		ports          []int // each of them adds the same server
		want           string
	}{
		{"201001", "penguinserver", []int{24}, `r1 _contains.ru#25 = relation s1
s1 port-console-serial.connection#1 = relation r1-ts1
s1 port-console-serial.otherportnum#1 = int 24
s1 port-nic-eth.connection#1 = relation r1-sw1
s1 port-nic-eth.otherportnum#1 = int 24
s1 port-pwr-nema-5.connection#1 = relation r1-pwr1
s1 port-pwr-nema-5.otherportnum#1 = string aa1
`},
		{"5555", "penguinserver", []int{26, 6}, `r1 _contains.ru#7 = relation s1
s1 port-console-serial.connection#1 = relation r1-ts1
s1 port-console-serial.otherportnum#1 = int 6
s1 port-nic-eth.connection#1 = relation r1-sw1
s1 port-nic-eth.otherportnum#1 = int 6
s1 port-nic-eth.connection#2 = relation r1-sw1
s1 port-nic-eth.otherportnum#2 = int 26
s1 port-pwr-nema-5.connection#1 = relation r1-pwr1
s1 port-pwr-nema-5.otherportnum#1 = string ba1
`},
		{"53532U", "penguinserver2u", []int{19}, `r1 _contains.ru#35 = relation s1
r1 _contains.ru#36 = relation s1
s1 port-console-serial.connection#1 = relation r1-ts1
s1 port-console-serial.otherportnum#1 = int 19
s1 port-nic-eth.connection#1 = relation r1-sw1
s1 port-nic-eth.otherportnum#1 = int 19
s1 port-pwr-nema-5.connection#1 = relation r1-pwr1
s1 port-pwr-nema-5.otherportnum#1 = string aa7
s1 port-pwr-nema-5.connection#2 = relation r1-pwr1
s1 port-pwr-nema-5.otherportnum#2 = string ba7
`},
	}
	for _, tt := range tests {
		t.Run(tt.layout, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.layout, rackfactory.Options{})
			if _, err := w.connect(); err != nil {
				t.Fatal(err)
			}
			for i, p := range append(tt.ports, tt.ports...) {
				v, err := w.add("s1", tt.driver, p)
				if err != nil || (v != 0) != (i == 0) {
					t.Errorf("call %d, port %d: version %d, %v", i+1, p, v, err)
				}
			}
			var got strings.Builder
			for line := range strings.Lines(w.rows("r1", "s1")) {
				if strings.HasPrefix(line, "s1 port-") || strings.HasSuffix(line, "relation s1\n") {
					got.WriteString(line)
				}
			}
			if diff := cmp.Diff(got.String(), tt.want); diff != "" {
				t.Errorf("rows (-got +want):\n%s", diff)
			}
		})
	}
}

// TestFullRacks fills a rack of each layout.
func TestFullRacks(t *testing.T) {
	t.Parallel()
	layouts := open(t, rackfactory.Options{})
	for _, name := range layouts.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, name, rackfactory.Options{})
			layout, err := layouts.Layout(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.connect(); err != nil {
				t.Fatal(err)
			}
			for _, slot := range layout.Slots {
				if _, err := w.add(fmt.Sprint("s", slot.SwitchPort), slot.Driver, slot.SwitchPort); err != nil {
					t.Errorf("port %d: %v", slot.SwitchPort, err)
				}
			}
			for _, slot := range layout.Slots {
				rows := w.rows(fmt.Sprint("s", slot.SwitchPort))
				if got, want := strings.Count(rows, ".connection#"), len(slot.Cables); got != want {
					t.Errorf("port %d: %d connections, want %d:\n%s", slot.SwitchPort, got, want, rows)
				}
				for _, u := range slot.Units {
					if want := fmt.Sprintf("r1 _contains.ru#%d = relation s%d\n", u, slot.SwitchPort); !strings.Contains(w.rows("r1"), want) {
						t.Errorf("no row %s", want)
					}
				}
			}
		})
	}
}

// TestAddServerMakesDevices checks that a server can be added to a rack whose
// ports were never connected.
func TestAddServerMakesDevices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "201001", rackfactory.Options{})
	if _, err := w.add("s1", "penguinserver", 1); err != nil {
		t.Fatal(err)
	}
	want := `r1 _contains.ru#1 = relation s1
r1 _contains.ru#34 = relation r1-ts1
r1 _contains.ru#36 = relation r1-sw1
r1 _contains.ru#41 = relation r1-pwr1
`
	if diff := cmp.Diff(withPrefix(w.rows("r1"), "r1 _contains"), want); diff != "" {
		t.Errorf("rack (-got +want):\n%s", diff)
	}
	if _, err := w.connect(); err != nil {
		t.Fatal(err)
	}
}

func TestAddServerErrors(t *testing.T) {
	t.Parallel()
	nothing := func(context.Context, *world, *clusto.Inventory) error { return nil }
	tests := []struct {
		name         string
		spoil        func(context.Context, *world, *clusto.Inventory) error
		driver, want string
		port         int
		kind         error
	}{
		{"not in layout", nothing, "penguinserver", "switch port 43 is not in layout 201001 of rack r1", 43, clusto.ErrNotFound},
		{"no such port", nothing, "penguinserver", "switch port 99 is not in layout 201001 of rack r1", 99, clusto.ErrNotFound},
		{"port 0", nothing, "penguinserver", "switch port 0 is not in layout 201001 of rack r1", 0, clusto.ErrNotFound},
		{"too high", nothing, "penguinserver2u", "s1, a penguinserver2u, takes 2 rack units; layout 201001 has unit 1 for it", 1, clusto.ErrInvalid},
		{"no ports", nothing, "basiczone", "connect s1 nic-eth/1 to r1-sw1 nic-eth/1: s1 has no port of type \"nic-eth\"", 1, clusto.ErrNotFound},
		{"unit", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			return w.object(inv, "r1").Insert(ctx, w.create(inv, "basicserver", "web", nil), int64(1))
		}, "penguinserver", "unit 1 of rack r1, where layout 201001 puts s1, is taken by web", 1, clusto.ErrInUse},
		{"switch port", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			web := w.create(inv, "basicserver", "web", nil)
			return port.Connect(ctx, port.End{Device: web, Type: port.Ethernet, Port: 2}, port.End{Device: w.object(inv, "r1-sw1"), Type: port.Ethernet, Port: 1})
		}, "penguinserver", "connect s1 nic-eth/1 to r1-sw1 nic-eth/1: r1-sw1 nic-eth/1 is connected to web nic-eth/2", 1, clusto.ErrInUse},
		{"outlet", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			web := w.create(inv, "basicserver", "web", nil)
			return port.Connect(ctx, port.End{Device: web, Type: port.Power, Port: 1}, port.End{Device: w.object(inv, "r1-pwr1"), Type: port.Power, Port: 25})
		}, "penguinserver", "connect s1 pwr-nema-5/1 to r1-pwr1 pwr-nema-5/25: r1-pwr1 pwr-nema-5/25 is connected to web pwr-nema-5/1", 1, clusto.ErrInUse},
		{"other rack", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			return w.create(inv, "basicrack", "r2", nil).Insert(ctx, w.create(inv, "penguinserver", "s1", nil), int64(9))
		}, "penguinserver", "s1 is in rack r2, not in r1", 1, clusto.ErrInUse},
		{"elsewhere", func(ctx context.Context, w *world, inv *clusto.Inventory) error {
			sw, s1 := w.create(inv, "cisco4948", "sw9", nil), w.create(inv, "penguinserver", "s1", nil)
			return port.Connect(ctx, port.End{Device: s1, Type: port.Ethernet, Port: 1}, port.End{Device: sw, Type: port.Ethernet, Port: 7})
		}, "penguinserver", "connect s1 nic-eth/1 to r1-sw1 nic-eth/1: s1 nic-eth/1 is connected to sw9 nic-eth/7", 1, clusto.ErrInUse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "201001", rackfactory.Options{})
			if _, err := w.connect(); err != nil {
				t.Fatal(err)
			}
			w.change(func(ctx context.Context, inv *clusto.Inventory) error { return tt.spoil(ctx, w, inv) })
			before := w.rows()
			_, err := w.add("s1", tt.driver, tt.port)
			if !errors.Is(err, tt.kind) || err.Error() != tt.want {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
			if diff := cmp.Diff(w.rows(), before); diff != "" {
				t.Errorf("changed nevertheless:\n%s", diff)
			}
		})
	}
}

func TestDriverAndNIC(t *testing.T) {
	t.Parallel()
	tests := []struct {
		layout string
		port   int
		driver string
		nic    int
	}{
		{"201001", 24, "penguinserver", 1},
		{"201001", 31, "", 0},
		{"201001", 44, "", 0},
		{"4444", 20, "penguinserver", 1},
		{"4444", 21, "penguinserver", 2},
		{"5555", 40, "penguinserver", 2},
		{"5555", 41, "", 0},
		{"53532U", 18, "penguinserver", 1},
		{"53532U", 19, "penguinserver2u", 1},
		{"54542U", 19, "penguinserver", 1},
		{"54542U", 20, "penguinserver2u", 1},
		{"54542U", 21, "", 0},
	}
	for _, tt := range tests {
		w := newWorld(t, tt.layout, rackfactory.Options{})
		w.change(func(ctx context.Context, inv *clusto.Inventory) error {
			f, err := rackfactory.For(ctx, w.layouts, inv, "r1")
			if err != nil {
				return err
			}
			sw := w.create(inv, "cisco4948", "r1-sw1", nil)
			driver, err := f.Driver(ctx, tt.port)
			nic, nicErr := f.NICFor(ctx, sw, tt.port)
			if tt.nic == 0 {
				if !errors.Is(err, clusto.ErrNotFound) || !errors.Is(nicErr, clusto.ErrNotFound) {
					t.Errorf("%s port %d: got errors %v and %v, want ErrNotFound", tt.layout, tt.port, err, nicErr)
				}
				return nil
			}
			if err != nil || nicErr != nil || driver.Name != tt.driver || nic != (rackfactory.NIC{Type: "nic-eth", Number: tt.nic}) {
				t.Errorf("%s port %d: got %s, %v, %v, %v", tt.layout, tt.port, driver.Name, nic, err, nicErr)
			}
			other := w.create(inv, "cisco4948", "sw9", nil)
			if _, err := f.NICFor(ctx, other, tt.port); !errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("%s: another switch: got error %v, want ErrNotFound", tt.layout, err)
			}
			return nil
		})
	}
}

// TestLayoutMustFitDrivers spoils what only the drivers can tell.
func TestLayoutMustFitDrivers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new, want string
	}{
		{"driver", "cisco4948", "cisco9999", "mine.yaml:3: there is no driver cisco9999"},
		{"driver of servers", "driver: penguinserver\n", "driver: penguin\n", "mine.yaml:20: there is no driver penguin"},
		{"outlet", "bb5", "bb9", "mine.yaml:18: power: a powertowerxm has no port called bb9"},
		{"own port", "pwr-nema-5 1: power aa8", "pwr-nema-5 2: power aa8", "mine.yaml:9: a cisco4948 has no port pwr-nema-5/2; it has 1 of that type"},
		{"other port", "units:\n      1-3: 1-3\n      5: 7", "units:\n      1-3: 1-3\n      49: 7", "outlet"},
		{"units", "[9, 10]", "[9, 10, 11]", "a penguinserver2u takes 2 rack units, and the layout gives it 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(small, tt.old, tt.new, 1)
			if tt.name == "other port" {
				text = strings.Replace(text, "      5: bb5", "      49: bb5", 1)
				tt.want = "mine.yaml:17: switch: a cisco4948 has no port nic-eth/49; it has 48 of that type"
			}
			w := newWorld(t, "mine", rackfactory.Options{Library: fstest.MapFS{"mine.yaml": {Data: []byte(text)}}})
			_, err := w.connect()
			if !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
		})
	}
}

// oneLayout is a Source of one layout, whose factory is always the same.
type oneLayout struct {
	name    string
	factory rackfactory.Factory
	err     error
}

func (s oneLayout) Names() []string { return []string{s.name} }

func (s oneLayout) Factory(_ context.Context, _ *clusto.Object, layout string) (rackfactory.Factory, error) {
	if layout != s.name {
		return nil, &rackfactory.UnknownLayoutError{Layout: layout}
	}
	return s.factory, s.err
}

func TestSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "201001", rackfactory.Options{})
	broken := errors.New("broken")
	scripted := &struct{ rackfactory.Factory }{}
	w.change(func(ctx context.Context, inv *clusto.Inventory) error {
		rack := w.object(inv, "r1")
		sources := rackfactory.Sources{oneLayout{name: "mine", factory: scripted}, w.layouts, oneLayout{name: "201001", err: broken}}
		if f, err := sources.Factory(ctx, rack, "mine"); err != nil || f != rackfactory.Factory(scripted) {
			t.Errorf("mine: %v, %v", f, err)
		}
		if f, err := sources.Factory(ctx, rack, "201001"); err != nil || f.Rack().Name != "r1" {
			t.Errorf("201001: the first source should win: %v", err)
		}
		if _, err := (rackfactory.Sources{sources[2], w.layouts}).Factory(ctx, rack, "201001"); !errors.Is(err, broken) {
			t.Errorf("201001: an error of the first source is final, got %v", err)
		}
		if _, err := sources.Factory(ctx, rack, "other"); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("other: got %v, want ErrNotFound", err)
		}
		if got, want := sources.Names(), []string{"201001", "4444", "53532U", "54542U", "5555", "mine"}; !cmp.Equal(got, want) {
			t.Errorf("Names() = %v, want %v", got, want)
		}
		return nil
	})
}
