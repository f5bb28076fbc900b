package bench_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/resource"
)

// perTurn is how many changes are made in a turn: enough for what happens only
// now and then, such as a checkpoint.
const perTurn = 128

// writing measures small changes, each a version with a durable commit, by
// several writers at a time. The peer writes the same rows, known beforehand,
// with as many writers and a commit for each version.
func writing(name, what string, target float64, writers int, joint bool, change func(context.Context, *clusto.Inventory, int) error) *measure {
	return &measure{name: name, what: what, target: target, run: func(b *testing.B, w *world) result {
		var t timing
		perWriter := perTurn / writers
		for b.Loop() {
			t.turn(b, w, func() error {
				return together(writers, func(int) error {
					for range perWriter {
						i := w.draw()
						err := w.change(b.Context(), joint, func(ctx context.Context, inv *clusto.Inventory) error { return change(ctx, inv, i) })
						if err != nil {
							return err
						}
					}
					return nil
				})
			})
			changes := w.changes(b)
			if len(changes) != perTurn {
				b.Fatalf("%d versions, want %d", len(changes), perTurn)
			}
			t.plainly(b, func() error { return w.peer.writeAll(b.Context(), changes, writers) })
		}
		return t.result(perTurn)
	}}
}

// setAttr sets an attribute of a server to another value.
func setAttr(ctx context.Context, inv *clusto.Inventory, i int) error {
	server, err := inv.Object(ctx, fleet.Name(i))
	if err != nil {
		return err
	}
	attrs, err := server.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is("kernel")})
	if err != nil || len(attrs) != 1 {
		return fmt.Errorf("%s has %d kernels: %w", server, len(attrs), err)
	}
	next := clusto.String("6.18.1")
	if attrs[0].Value.Equal(next) {
		next = clusto.String("6.18.2")
	}
	return server.SetAttr(ctx, clusto.Attr{Key: "kernel", Value: next})
}

// makeServer makes a server with a name, an address, in two pools, with eleven
// attributes.
func makeServer(ctx context.Context, inv *clusto.Inventory, i int) error {
	names, err := manager(ctx, inv, fleet.NameManager)
	if err != nil {
		return err
	}
	d, _ := inv.Drivers().Class("PenguinServer")
	server, err := names.NewEntity(ctx, d, "")
	if err != nil {
		return err
	}
	for _, group := range fleet.Pools {
		pool, err := inv.Object(ctx, group[0])
		if err != nil {
			return err
		}
		if err := pool.Insert(ctx, server); err != nil {
			return err
		}
	}
	net, err := manager(ctx, inv, networkManager)
	if err != nil {
		return err
	}
	given, err := net.Allocate(ctx, server, resource.Request{})
	if err != nil {
		return err
	}
	addr, err := resource.ValueAddr(given.Value)
	if err != nil {
		return err
	}
	if _, err := resource.Bind(ctx, server, addr, "eth0", net); err != nil {
		return err
	}
	return server.AddAttrs(ctx, attributes(1<<22+i)...)
}

// allocate gives a server one more address.
func allocate(ctx context.Context, inv *clusto.Inventory, i int) error {
	net, err := manager(ctx, inv, networkManager)
	if err != nil {
		return err
	}
	server, err := inv.Object(ctx, fleet.Name(i))
	if err != nil {
		return err
	}
	_, err = net.Allocate(ctx, server, resource.Request{})
	return err
}
