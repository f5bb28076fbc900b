package port_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/port"
)

// patch has one port on each side, and panel three.
var (
	patch = passing("patch", 2)
	panel = passing("panel", 6)
)

func passing(name string, ports int) *clusto.Driver {
	return &clusto.Driver{
		Name: name, Class: strings.ToUpper(name), Type: "patchpanel",
		Ports:     []clusto.PortGroup{{Type: port.Ethernet, Count: ports}},
		Constants: map[string]any{port.ConstantPassThrough: true},
	}
}

// TestTrace follows cables from every port on the way to both of its ends.
func TestTrace(t *testing.T) {
	for _, test := range []struct {
		name, cables string // of "a/1-b/2"
		from, want   string
	}{
		{"no cable", "", "p1/1", ""},
		{"one cable", "s1/1-s2/5", "s1/1", "s1/1-s2/5"},
		{"one cable, from the other end", "s1/1-s2/5", "s2/5", "s2/5-s1/1"},
		{"not through a switch", "s1/1-s2/1 s2/2-p1/1", "s1/1", "s1/1-s2/1"},
		{"through two", "s1/1-p1/1 p1/2-p2/2 p2/1-s2/7", "s1/1", "s1/1-p1/1 p1/2-p2/2 p2/1-s2/7"},
		{"from the middle", "s1/1-p1/1 p1/2-p2/2 p2/1-s2/7", "p1/2", "s1/1-p1/1 p1/2-p2/2 p2/1-s2/7"},
		{"from the middle, the other way", "s1/1-p1/1 p1/2-p2/2 p2/1-s2/7", "p2/2", "s2/7-p2/1 p2/2-p1/2 p1/1-s1/1"},
		{"to an open end", "s1/1-p1/1", "p1/2", "s1/1-p1/1"},
		{"a ring", "p1/1-p2/1 p2/2-p3/1 p3/2-p1/2", "p1/1", "p1/1-p2/1 p2/2-p3/1 p3/2-p1/2"},
		{"a ring of two", "p1/1-p2/1 p1/2-p2/2", "p2/2", "p2/2-p1/2 p1/1-p2/1"},
		{"through a panel", "s1/1-q1/2 q1/5-s2/3", "s2/3", "s2/3-q1/5 q1/2-s1/1"},
		{"not through a server", "s1/1-b1/1 b1/2-s2/2", "s1/1", "s1/1-b1/1"},
		{"onto itself", "p1/1-p1/2", "p1/1", "p1/1-p1/2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			update(t, classictest.New(t), func(ctx context.Context, inv *clusto.Inventory) error {
				for _, d := range []*clusto.Driver{patch, panel} {
					if _, ok := inv.Drivers().Driver(d.Name); ok {
						continue
					}
					if _, err := inv.Drivers().Register(d); err != nil {
						return err
					}
				}
				made := map[string]*clusto.Object{}
				for i, o := range devices(ctx, t, inv, "patch", "p1", "patch", "p2", "patch", "p3", "panel", "q1", "basicserver", "b1", "basicnetworkswitch", "s1", "basicnetworkswitch", "s2") {
					made[[]string{"p1", "p2", "p3", "q1", "b1", "s1", "s2"}[i]] = o
				}
				plug := func(text string) port.End {
					name, number, _ := strings.Cut(text, "/")
					return end(t, made[name], port.Ethernet, number)
				}
				for cable := range strings.FieldsSeq(test.cables) {
					from, to, _ := strings.Cut(cable, "-")
					if err := port.Connect(ctx, plug(from), plug(to)); err != nil {
						return err
					}
				}
				cables, err := port.Trace(ctx, plug(test.from))
				if err != nil {
					return err
				}
				var got []string
				for _, c := range cables {
					got = append(got, fmt.Sprintf("%s/%d-%s/%d", c.From.Device.Name, c.From.Port, c.To.Device.Name, c.To.Port))
				}
				if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				return nil
			})
		})
	}
}
