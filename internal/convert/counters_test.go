package convert_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// TestCounters: numbers that come later are not those of the file.
func TestCounters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("name,driver,disk#3,_contains#5\nbox,basicserver,1T,relation:web1\nweb1,basicserver,,\nnet,ipmanager,,\n")
	w.must("name,baseip.property,netmask.property\nnet,10.0.0.0,255.255.255.0\n")
	w.must(fmt.Sprintf(server, "web2", `{"key":"ip","number":41,"value":-1979711487},{"key":"ip","number":41,"subkey":"manager","datatype":"relation","value":"net"}`))
	w.update(func(ctx context.Context, inv *clusto.Inventory) error {
		box, err := inv.Object(ctx, "box")
		if err != nil {
			return err
		}
		for key, want := range map[string]int64{"disk": 4, clusto.KeyContains: 6, "unknown": 0} {
			if n, err := box.NextNumber(ctx, key); err != nil || n != want {
				t.Errorf("the next number of %s is %d, want %d (%v)", key, n, want, err)
			}
		}
		net, err := inv.Object(ctx, "net")
		if err != nil {
			return err
		}
		m, err := resource.Of(net)
		if err != nil {
			return err
		}
		held, err := m.Allocate(ctx, box, resource.Request{})
		if addr, _ := resource.ValueAddr(held.Value); held.Number != clusto.Num(42) || addr.String() != "10.0.0.2" {
			t.Errorf("allocated %s %s, want ip#42 10.0.0.2", held.Name(), addr)
		}
		return err
	})
	w.must("name,disk#9\nbox,2T\n") // the counter is there and moves
	w.must("name,disk#1\nbox,2T\n") // and does not move back
	w.update(func(ctx context.Context, inv *clusto.Inventory) error {
		box, err := inv.Object(ctx, "box")
		if err != nil {
			return err
		}
		if n, err := box.NextNumber(ctx, "disk"); err != nil || n != 10 {
			t.Errorf("the next number is %d, want 10 (%v)", n, err)
		}
		return err
	})
}

// TestManagers: what managers hand out after an import nobody has.
func TestManagers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("name,driver,basename.property,digits.property,next.property\n" +
		"names,simpleentitynamemanager,s,4,1\nvlans,simplenummanager,,,100\ns0001,basicserver,,,\ns0002,basicserver,,,\n")
	w.must("name,simplenum#0,simplenum#0.manager:relation\ns0001,100,vlans\n")
	w.update(func(ctx context.Context, inv *clusto.Inventory) error {
		names, err := inv.Object(ctx, "names")
		if err != nil {
			return err
		}
		m, err := resource.Of(names)
		if err != nil {
			return err
		}
		driver, _ := w.options.Drivers.Driver("basicserver")
		made, err := m.NewEntity(ctx, driver, "")
		if err != nil {
			return err
		}
		if made.Name != "s0003" {
			t.Errorf("the next name is %s, want s0003", made.Name)
		}
		vlans, err := inv.Object(ctx, "vlans")
		if err != nil {
			return err
		}
		if m, err = resource.Of(vlans); err != nil {
			return err
		}
		held, err := m.Allocate(ctx, made, resource.Request{})
		if held.Number != clusto.Num(1) || held.Value.Int64() != 101 {
			t.Errorf("allocated %s = %s, want simplenum#1 = 101", held.Name(), held.Value.Text())
		}
		return err
	})
}
