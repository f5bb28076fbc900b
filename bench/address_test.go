package bench_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// lastFree is the one address of 10.1.0.0/16 that nobody has.
var lastFree = netip.MustParseAddr("10.1.200.77")

// How plain SQL finds it: with a hint it looks whether the address is in use,
// else at all numbers in use one after the other, for a gap.
const (
	plainHint = `SELECT f.place, f.freed_at, (SELECT count(*) FROM entity_attrs WHERE int_value = ? AND "key" = 'ip' AND deleted_at_version IS NULL)
		FROM clusto_freed f WHERE f.manager_id = (SELECT entity_id FROM entities WHERE name = 'net' AND deleted_at_version IS NULL)
		ORDER BY f.freed_at LIMIT 1`
	plainGap = `SELECT number + 1 FROM (
			SELECT int_value AS number, lead(int_value) OVER (ORDER BY int_value) AS next
			FROM entity_attrs INDEXED BY clusto_attr_int
			WHERE int_value > ? AND "key" = 'ip' AND subkey IS NULL AND deleted_at_version IS NULL)
		WHERE next > number + 1 LIMIT 1`
)

// BenchmarkLastAddress measures the allocation of the last free address of a
// /16 in a transaction of its own: found, given to a server, committed. With
// hints the inventory knows where it is; without, as after classic clusto has
// written, it looks at all 65,532 others. ms is ours, plain-ms that of plain
// SQL which finds it and writes the same rows, x-plain their ratio (lower is
// better).
func BenchmarkLastAddress(b *testing.B) {
	f := newInventory(b, perRack)
	f.fillNetwork(b)
	p := newPlain(b, f)
	b.Run("hints", func(b *testing.B) { benchmarkLastAddress(b, f, p, true) })
	b.Run("nohints", func(b *testing.B) { benchmarkLastAddress(b, f, p, false) })
}

func benchmarkLastAddress(b *testing.B, f *inventory, p *plain, hints bool) {
	const rounds = 5
	number, err := resource.IPNumber(lastFree)
	if err != nil {
		b.Fatal(err)
	}
	find, arg := plainHint, int64(number)
	if !hints {
		find, arg = plainGap, int64(number)-int64(lastFree.As4()[2])<<8-int64(lastFree.As4()[3])
	}
	var ours, theirs time.Duration
	turns := 0
	for b.Loop() {
		for range rounds {
			turns++
			if !hints {
				f.update(b, f.forgetHints)
			}
			since := f.version(b)
			start := time.Now()
			f.update(b, f.takeLast)
			ours += time.Since(start)
			changes := p.changesAfter(b, f.plain(b), since)
			start = time.Now()
			rows := query(b, p.db, find, arg)
			for _, c := range changes {
				if err := p.write(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			theirs += time.Since(start)
			if len(rows) != 1 {
				b.Fatalf("plain SQL finds %v", rows)
			}
			f.update(b, f.giveLastBack)
			if _, err := p.db.ExecContext(b.Context(), `DELETE FROM entity_attrs WHERE version > ?`, int64(since)); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(ours.Seconds()*1000/float64(turns), "ms/address")
	b.ReportMetric(theirs.Seconds()*1000/float64(turns), "plain-ms/address")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-plain")
	b.ReportMetric(0, "ns/op")
}

// fillNetwork gives all addresses of the fleet's network to its servers, but the
// last free one. It writes the rows itself, as a manager would.
func (f *inventory) fillNetwork(tb testing.TB) {
	tb.Helper()
	f.update(tb, func(ctx context.Context, inv *clusto.Inventory) error {
		net, err := manager(ctx, inv, "net")
		if err != nil {
			return err
		}
		tx, err := inv.Tx()
		if err != nil {
			return err
		}
		network, _, err := net.Network(ctx)
		if err != nil {
			return err
		}
		broadcast, _ := network.Broadcast()
		number := int64(1 << 20)
		for addr := addrOf(perRack); addr != broadcast; addr = addr.Next() {
			if addr == lastFree {
				continue
			}
			server, err := inv.Object(ctx, serverName(int(number)%perRack))
			if err != nil {
				return err
			}
			rows := []clusto.Attr{
				{Value: resource.IPValue(addr)},
				{Subkey: clusto.Sub(resource.SubkeyManager), Value: clusto.RelationTo(net.ID)},
				{Subkey: clusto.Sub(resource.SubkeyIPString), Value: clusto.String(addr.String())},
				{Subkey: clusto.Sub(resource.SubkeyCIDR), Value: clusto.String(network.CIDR(addr))},
			}
			for i := range rows {
				rows[i].Entity, rows[i].Key, rows[i].Number = server.ID, resource.KeyIP, clusto.Num(number)
			}
			if err := tx.AddAttrs(ctx, rows...); err != nil {
				return err
			}
			number++
		}
		return f.forgetHints(ctx, inv)
	})
	f.update(tb, f.takeLast) // and there are hints again
	f.update(tb, f.giveLastBack)
}

// forgetHints takes away what is known about free addresses.
func (f *inventory) forgetHints(ctx context.Context, inv *clusto.Inventory) error {
	net, err := manager(ctx, inv, "net")
	if err != nil {
		return err
	}
	tx, err := inv.Tx()
	if err != nil {
		return err
	}
	if err := tx.ForgetFreed(ctx, net.ID, lastFree); err != nil {
		return err
	}
	return tx.ClearFreeRanges(ctx, net.ID)
}

// takeLast gives the next free address, which is the last one, to a server.
func (f *inventory) takeLast(ctx context.Context, inv *clusto.Inventory) error {
	net, err := manager(ctx, inv, "net")
	if err != nil {
		return err
	}
	server, err := inv.Object(ctx, serverName(0))
	if err != nil {
		return err
	}
	given, err := net.Allocate(ctx, server, resource.Request{})
	if err == nil && !given.Value.Equal(resource.IPValue(lastFree)) {
		err = clusto.Errorf(clusto.ErrInvalid, "got %v, want %s", given, lastFree)
	}
	return err
}

// giveLastBack undoes takeLast.
func (f *inventory) giveLastBack(ctx context.Context, inv *clusto.Inventory) error {
	net, err := manager(ctx, inv, "net")
	if err != nil {
		return err
	}
	server, err := inv.Object(ctx, serverName(0))
	if err != nil {
		return err
	}
	_, err = net.Deallocate(ctx, server, lastFree)
	return err
}
