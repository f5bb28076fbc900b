package resource_test

import (
	"fmt"
	"testing"

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
