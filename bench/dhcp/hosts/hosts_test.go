package hosts_test

import (
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/dhcp/hosts"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/resource"
)

// TestLoad asks drivers about what was written without them.
func TestLoad(t *testing.T) {
	racetest.OneAtATime(t)
	t.Parallel()
	dbtest.SQLiteOnly(t, "what is written is the same in every database")
	store := dbtest.New(t, sqlstore.Options{})
	const many = 4050 // more than a transaction has
	if err := hosts.Load(t.Context(), store, many); err != nil {
		t.Fatal(err)
	}
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, all.Drivers())
		for _, i := range []int{0, 39, 40, 3999, 4000, many - 1} {
			found, err := inv.ByMAC(t.Context(), hosts.MAC(i))
			if err != nil {
				return err
			}
			if len(found) != 1 || found[0].Name != hosts.Name(i) {
				t.Fatalf("host %d has not the address %v: %v", i, hosts.MAC(i), found)
			}
			addrs, err := resource.Addrs(t.Context(), found[0])
			if err != nil {
				return err
			}
			if len(addrs) != 1 || addrs[0] != hosts.Addr(i) {
				t.Errorf("addresses of host %d: %v", i, addrs)
			}
			attrs, err := found[0].Attrs(t.Context(), clusto.AttrMatch{})
			if err != nil {
				return err
			}
			if len(attrs) != 18 {
				t.Errorf("host %d has %d attributes", i, len(attrs))
			}
			enabled, err := found[0].Attrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("dhcp")})
			if err != nil || len(enabled) != 0 {
				t.Errorf("host %d has attributes of the pool itself: %v, %v", i, enabled, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
