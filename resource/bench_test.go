package resource_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/resource"
)

// BenchmarkAllocate gives one server after the other an address, a thousand to
// a transaction.
func BenchmarkAllocate(b *testing.B) {
	const atOnce = 1000
	var statements int
	store := counted(b, &statements)
	_, err := store.Update(b.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, all.Drivers())
		if _, err := create(b.Context(), inv, "ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": 8}); err != nil {
			return err
		}
		for i := range atOnce {
			if _, err := create(b.Context(), inv, "basicserver", fmt.Sprint("s", i), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	statements = 0
	for b.Loop() {
		_, err := store.Update(b.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			inv := clusto.NewInventory(tx, all.Drivers())
			net, err := inv.Object(b.Context(), "net")
			if err != nil {
				return err
			}
			m, err := resource.Of(net)
			if err != nil {
				return err
			}
			servers, err := inv.FindObjects(b.Context(), clusto.Match{Drivers: []string{"basicserver"}})
			if err != nil {
				return err
			}
			for _, s := range servers {
				if _, err := m.Allocate(b.Context(), s, resource.Request{}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(statements)/float64(b.N*atOnce), "statements/address")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*atOnce), "µs/address")
}

// BenchmarkFullness is an allocation in a transaction of its own, in an empty /24
// and in a /8 of which a million addresses are taken, with -short a tenth of that,
// by each policy. x-empty is how many times as long the second takes.
func BenchmarkFullness(b *testing.B) {
	taken := 1_000_000
	if testing.Short() {
		taken /= 10 // a million take half a minute to write
	}
	var statements int
	store := counted(b, &statements)
	err := makeAll(b.Context(), store,
		entity{"ipmanager", "small", map[string]any{"baseip": "10.0.0.0", "netmask": 24}},
		entity{"ipmanager", "large", map[string]any{"baseip": "20.0.0.0", "netmask": 8}},
		entity{"basicserver", "s1", nil})
	if err != nil {
		b.Fatal(err)
	}
	takeMany(b, store, "large", netip.MustParseAddr("20.0.0.0"), taken)
	for _, policy := range []string{"next", "lowest", "lru"} {
		b.Run("policy="+policy, func(b *testing.B) { benchmarkFullness(b, store, policy) })
	}
}

func benchmarkFullness(b *testing.B, store clusto.Store, policy string) {
	managers := []string{"small", "large"}
	for _, manager := range managers {
		if err := setPolicy(b.Context(), store, manager, policy); err != nil {
			b.Fatal(err)
		}
		// The very first allocation looks at everything once.
		if err := allocateAndReturn(b.Context(), store, manager); err != nil {
			b.Fatal(err)
		}
	}
	var took [2]time.Duration
	n := 0
	for b.Loop() {
		for range 50 {
			n++
			for i, manager := range managers {
				start := time.Now()
				if err := allocateAndReturn(b.Context(), store, manager); err != nil {
					b.Fatal(err)
				}
				took[i] += time.Since(start)
			}
		}
	}
	b.ReportMetric(took[0].Seconds()*1000/float64(n), "empty-ms/address")
	b.ReportMetric(took[1].Seconds()*1000/float64(n), "full-ms/address")
	b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "x-empty")
	b.ReportMetric(0, "ns/op")
}

func setPolicy(ctx context.Context, store clusto.Store, manager, policy string) error {
	_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		o, err := clusto.NewInventory(tx, all.Drivers()).Object(ctx, manager)
		if err != nil {
			return err
		}
		return o.SetProperty(ctx, resource.PropertyPolicy, clusto.String(policy))
	})
	return err
}

// entity is what to make.
type entity struct {
	driver, name string
	props        map[string]any
}

func makeAll(ctx context.Context, store clusto.Store, entities ...entity) error {
	_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		for _, e := range entities {
			if _, err := create(ctx, clusto.NewInventory(tx, all.Drivers()), e.driver, e.name, e.props); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// takeMany gives the first n addresses after base to servers, a thousand to
// each, as rows written by hand.
func takeMany(b *testing.B, store clusto.Store, manager string, base netip.Addr, n int) {
	b.Helper()
	const each, atOnce = 1000, 50_000
	addr := base
	for done := 0; done < n; done += atOnce {
		_, err := store.Update(b.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			m, err := tx.Entity(b.Context(), manager)
			if err != nil {
				return err
			}
			for s := done; s < done+atOnce; s += each {
				server, err := tx.Create(b.Context(), fmt.Sprint("taker", s), "server", "basicserver")
				if err != nil {
					return err
				}
				attrs := make([]clusto.Attr, 0, 2*each)
				for i := range each {
					addr = addr.Next()
					ip := clusto.Attr{Entity: server.ID, Key: "ip", Number: clusto.Num(s + i), Value: resource.IPValue(addr)}
					from := ip
					from.Subkey, from.Value = clusto.Sub("manager"), clusto.RelationTo(m.ID)
					attrs = append(attrs, ip, from)
				}
				if err := tx.AddAttrs(b.Context(), attrs...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// allocateAndReturn gives s1 an address in one transaction and takes it back in
// the next.
func allocateAndReturn(ctx context.Context, store clusto.Store, manager string) error {
	for _, do := range []func(*resource.Manager, *clusto.Object) error{
		func(m *resource.Manager, o *clusto.Object) error {
			_, err := m.Allocate(ctx, o, resource.Request{})
			return err
		},
		func(m *resource.Manager, o *clusto.Object) error {
			_, err := m.Deallocate(ctx, o, nil)
			return err
		},
	} {
		_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
			m, o, err := both(ctx, clusto.NewInventory(tx, all.Drivers()), manager, "s1")
			if err != nil {
				return err
			}
			return do(m, o)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
