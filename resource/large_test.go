package resource_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/resource"
)

// counted opens a database that counts its statements.
func counted(tb testing.TB, statements *int) clusto.Store {
	tb.Helper()
	return dbtest.New(tb, sqlstore.Options{OnStatement: func(sql string) {
		if !dbtest.Bookkeeping(sql) {
			*statements++
		}
	}})
}

// fill makes the manager "net" of 10.0.0.0 and gives all of it but 10.0.0.0,
// the address left, and broadcast, to the server "s1".
func fill(tb testing.TB, store clusto.Store, bits int, left string) {
	tb.Helper()
	prefix := netip.PrefixFrom(netip.MustParseAddr("10.0.0.0"), bits)
	_, err := store.Update(tb.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, all.Drivers())
		net, err := create(tb.Context(), inv, "ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": bits})
		if err != nil {
			return err
		}
		s1, err := create(tb.Context(), inv, "basicserver", "s1", nil)
		if err != nil {
			return err
		}
		var attrs []clusto.Attr
		last := 1<<(32-bits) - 1
		addr := prefix.Addr().Next()
		for n := 1; n < last; n++ {
			if addr != netip.MustParseAddr(left) {
				ip := clusto.Attr{Entity: s1.ID, Key: "ip", Number: clusto.Num(n), Value: resource.IPValue(addr)}
				manager := ip
				manager.Subkey, manager.Value = clusto.Sub("manager"), clusto.RelationTo(net.ID)
				attrs = append(attrs, ip, manager)
			}
			addr = addr.Next()
		}
		return tx.AddAttrs(tb.Context(), attrs...)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// errUndo ends a transaction whose changes are not wanted.
var errUndo = errors.New("undo")

// allocateOnce allocates an address and undoes it.
func allocateOnce(ctx context.Context, store clusto.Store) (string, error) {
	var text string
	_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		m, o, err := both(ctx, clusto.NewInventory(tx, all.Drivers()), "net", "s1")
		if err != nil {
			return err
		}
		held, err := m.Allocate(ctx, o, resource.Request{})
		if err != nil {
			return err
		}
		addr, err := resource.ValueAddr(held.Value)
		if err != nil {
			return err
		}
		text = addr.String()
		return errUndo
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	return text, err
}

// TestLastAddress: the last free address of a network is found without asking
// for each of the others, without a hint and with one.
func TestLastAddress(t *testing.T) {
	const left = "10.0.13.200"
	const most = 26 // statements, of which a dozen are for the rows of the allocation
	var statements int
	store := counted(t, &statements)
	fill(t, store, 20, left)
	find := func(name string) {
		t.Helper()
		statements = 0
		if got, err := allocateOnce(t.Context(), store); err != nil || got != left {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, left)
		}
		if statements > most {
			t.Errorf("%s: %d statements, want at most %d", name, statements, most)
		}
	}
	find("without a hint")
	w := world{t, store}
	if _, err := w.allocate("net", "s1", left); err != nil {
		t.Fatal(err)
	}
	w.must(w.deallocate("net", "s1", left))
	find("with a hint")
}

// BenchmarkLastAddress is the last free address of a /16: found by a hint, and by
// looking at everything once.
func BenchmarkLastAddress(b *testing.B) {
	const left = "10.0.200.7"
	var statements int
	store := counted(b, &statements)
	fill(b, store, 16, left)
	allocate := func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if got, err := allocateOnce(b.Context(), store); err != nil || got != left {
				b.Fatal(got, err)
			}
		}
	}
	b.Run("hint=no", allocate)
	_, err := store.Update(b.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		net, err := tx.Entity(b.Context(), "net")
		if err != nil {
			return err
		}
		addr := netip.MustParseAddr(left)
		if err := tx.AddFreeRanges(b.Context(), clusto.FreeRange{Manager: net.ID, First: addr, Last: addr}); err != nil {
			return err
		}
		return tx.AddAttrs(b.Context(), clusto.Attr{Entity: net.ID, Key: "bench"})
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("hint=yes", allocate)
}
