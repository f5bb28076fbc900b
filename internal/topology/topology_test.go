package topology_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/topology"
	"github.com/clusto/clusto/port"
)

// world is a database with a few devices.
type world struct {
	*testing.T
	store      clusto.Store
	statements int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t}
	w.store = dbtest.New(t, sqlstore.Options{OnStatement: func(string) { w.statements++ }})
	return w
}

func (w *world) do(fn func(ctx context.Context, inv *clusto.Inventory) error) clusto.Version {
	w.Helper()
	v, err := w.store.Update(w.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return fn(w.Context(), clusto.NewInventory(tx, all.Drivers()))
	})
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// create makes entities of a driver.
func create(ctx context.Context, inv *clusto.Inventory, driver string, names ...string) error {
	d, ok := inv.Drivers().Driver(driver)
	if !ok {
		return fmt.Errorf("no driver %s", driver)
	}
	for _, name := range names {
		if _, err := inv.Create(ctx, d, name, nil); err != nil {
			return err
		}
	}
	return nil
}

// end returns the port that "web1 nic-eth 1" names.
func end(ctx context.Context, inv *clusto.Inventory, text string) (port.End, error) {
	f := strings.Fields(text)
	o, err := inv.Object(ctx, f[0])
	if err != nil {
		return port.End{}, err
	}
	return port.Of(o, f[1], f[2])
}

func connect(ctx context.Context, inv *clusto.Inventory, cables ...string) error {
	for _, cable := range cables {
		from, to, _ := strings.Cut(cable, " - ")
		a, err := end(ctx, inv, from)
		if err != nil {
			return err
		}
		b, err := end(ctx, inv, to)
		if err != nil {
			return err
		}
		if err := port.Connect(ctx, a, b); err != nil {
			return err
		}
	}
	return nil
}

// state returns what asks about a version.
func (w *world) state(at clusto.Version) topology.State {
	return func(ctx context.Context, ask func(*clusto.Inventory) error) error {
		return w.store.View(ctx, at, func(r clusto.Reader) error { return ask(clusto.NewInventory(r, all.Drivers())) })
	}
}

// outline returns a graph as text, a node and a cable on a line each.
func outline(g *topology.Graph) string {
	var b strings.Builder
	mark := map[topology.Change]string{"": "", topology.Same: "= ", topology.Added: "+ ", topology.Removed: "- "}
	for _, n := range g.Nodes {
		fmt.Fprintf(&b, "%s%s %d", mark[n.Change], n.Name, n.Distance)
		if n.Rack != "" {
			fmt.Fprintf(&b, " in %s", n.Rack)
		}
		if n.Beyond > 0 {
			fmt.Fprintf(&b, " beyond %d", n.Beyond)
		}
		b.WriteString("\n")
	}
	name := func(e topology.End) string {
		return fmt.Sprintf("%s %s/%d%s", g.Nodes[e.Node].Name, e.Type, e.Port, e.Outlet)
	}
	for _, c := range g.Cables {
		fmt.Fprintf(&b, "%s%s - %s\n", mark[c.Change], name(c.From), name(c.To))
	}
	if g.More {
		b.WriteString("more\n")
	}
	return b.String()
}

// TestExplore follows cables through switches, around a ring, and as far as it may.
func TestExplore(t *testing.T) {
	w := newWorld(t)
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		err := errors.Join(
			create(ctx, inv, "basicserver", "web1", "web2", "web3"), create(ctx, inv, "basicnetworkswitch", "sw1", "sw2", "core"),
			create(ctx, inv, "basicpowerstrip", "pdu1"), create(ctx, inv, "basicrack", "r1"),
			connect(ctx, inv, "web1 nic-eth 1 - sw1 nic-eth 1", "web2 nic-eth 1 - sw1 nic-eth 2", "web3 nic-eth 1 - sw2 nic-eth 1",
				"sw1 nic-eth 24 - core nic-eth 1", "sw2 nic-eth 24 - core nic-eth 2", "sw1 nic-eth 23 - sw2 nic-eth 23",
				"web1 pwr-nema-5 1 - pdu1 pwr-nema-5 3"))
		if err != nil {
			return err
		}
		rack, err := inv.Object(ctx, "r1")
		if err != nil {
			return err
		}
		web1, err := inv.Object(ctx, "web1")
		if err != nil {
			return err
		}
		_, err = rack.Call(ctx, "insert", web1, 7)
		return err
	})
	for _, test := range []struct {
		from string
		o    topology.Options
		want string
	}{
		{"web1", topology.Options{Hops: 1, Limit: 10}, `
web1 0 in r1
pdu1 1
sw1 1 beyond 3
web1 nic-eth/1 - sw1 nic-eth/1
web1 pwr-nema-5/1 - pdu1 pwr-nema-5/3
`},
		{"web1", topology.Options{Hops: 9, Limit: 10, Types: []string{"nic-*", "console-serial"}}, `
web1 0 in r1
sw1 1
core 2
sw2 2
web2 2
web3 3
web1 nic-eth/1 - sw1 nic-eth/1
sw1 nic-eth/2 - web2 nic-eth/1
sw1 nic-eth/23 - sw2 nic-eth/23
sw1 nic-eth/24 - core nic-eth/1
core nic-eth/2 - sw2 nic-eth/24
sw2 nic-eth/1 - web3 nic-eth/1
`},
		{"web1", topology.Options{Hops: 9, Limit: 3}, `
web1 0 in r1
pdu1 1
sw1 1 beyond 3
web1 nic-eth/1 - sw1 nic-eth/1
web1 pwr-nema-5/1 - pdu1 pwr-nema-5/3
more
`},
		{"r1", topology.Options{Hops: 3, Limit: 3}, "\nr1 0\n"},
	} {
		g, err := topology.Explore(t.Context(), test.from, w.state(clusto.Live), nil, test.o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lines(test.want), lines(outline(g))); diff != "" {
			t.Errorf("%s %+v:\n%s", test.from, test.o, diff)
		}
	}
	if _, err := topology.Explore(t.Context(), "nobody", w.state(clusto.Live), nil, topology.Options{Hops: 1, Limit: 1}); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
}

// lines returns the lines of a text.
func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

// TestCompare has cables and things that came and went, and one that went and came
// back.
func TestCompare(t *testing.T) {
	w := newWorld(t)
	before := w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		return errors.Join(
			create(ctx, inv, "basicserver", "web1", "web2", "web3"), create(ctx, inv, "basicnetworkswitch", "sw1"),
			connect(ctx, inv, "web1 nic-eth 1 - sw1 nic-eth 1", "web2 nic-eth 1 - sw1 nic-eth 2", "web3 nic-eth 1 - sw1 nic-eth 3"))
	})
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		for _, name := range []string{"web2", "web3"} {
			o, err := inv.Object(ctx, name)
			if err != nil {
				return err
			}
			if err := o.Delete(ctx); err != nil {
				return err
			}
		}
		return errors.Join(
			create(ctx, inv, "basicserver", "web4", "web3"),
			connect(ctx, inv, "web4 nic-eth 1 - sw1 nic-eth 2", "web3 nic-eth 1 - sw1 nic-eth 3"))
	})
	g, err := topology.Explore(t.Context(), "sw1", w.state(clusto.Live), w.state(before), topology.Options{Hops: 2, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	want := `
= sw1 0
= web1 1
- web2 1
= web3 1
+ web4 1
= sw1 nic-eth/1 - web1 nic-eth/1
- sw1 nic-eth/2 - web2 nic-eth/1
+ sw1 nic-eth/2 - web4 nic-eth/1
= sw1 nic-eth/3 - web3 nic-eth/1
`
	if diff := cmp.Diff(lines(want), lines(outline(g))); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"web2", "web4"} { // each is in one of the two alone
		g, err := topology.Explore(t.Context(), name, w.state(clusto.Live), w.state(before), topology.Options{Hops: 1, Limit: 100})
		if err != nil || len(g.Nodes) != 2 {
			t.Errorf("from %s: %+v, %v", name, g, err)
		}
	}
}

// TestStatements: more things need no more statements.
func TestStatements(t *testing.T) {
	dbtest.SQLiteOnly(t, "what is counted is the same on all")
	counts := map[int]int{}
	for _, n := range []int{2, 40} {
		w := newWorld(t)
		w.do(func(ctx context.Context, inv *clusto.Inventory) error {
			err := create(ctx, inv, "basicnetworkswitch", "core")
			for i := 1; i <= n/2 && err == nil; i++ {
				sw, server := fmt.Sprintf("sw%d", i), fmt.Sprintf("web%d", i)
				err = errors.Join(create(ctx, inv, "basicnetworkswitch", sw), create(ctx, inv, "basicserver", server),
					connect(ctx, inv, fmt.Sprintf("%s nic-eth 24 - core nic-eth %d", sw, i), fmt.Sprintf("%s nic-eth 1 - %s nic-eth 1", sw, server)))
			}
			return err
		})
		w.statements = 0
		g, err := topology.Explore(t.Context(), "core", w.state(clusto.Live), nil, topology.Options{Hops: 4, Limit: 1000})
		if err != nil || len(g.Nodes) != n+1 {
			t.Fatalf("%d nodes, %v", len(g.Nodes), err)
		}
		counts[n] = w.statements
	}
	if counts[40] > counts[2] {
		t.Errorf("%d statements for 2 things, %d for 40", counts[2], counts[40])
	}
}
