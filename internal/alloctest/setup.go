package alloctest

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
)

// The pools that are not managers.
const (
	poolNames = "name"  // of entities
	poolUnits = "rack"  // its units
	poolPorts = "strip" // of power, its outlets
)

const (
	units = 12 // of the rack
	ports = 24 // of the strip
	hosts = 30 // names that the manager of entity names has
)

// nameManager is the manager of entity names.
const nameManager = "hosts"

// manager is a manager of resources and, spelled out, all that it has.
type manager struct {
	name, driver string
	props        map[string]any
	has          []string
}

// managers are small enough that they are empty now and then, so that the last
// free one is fought over and refusals are checked.
var managers = []manager{
	{"net-next", "ipmanager", map[string]any{"baseip": "10.0.0.0", "netmask": 28, "gateway": "10.0.0.14"}, series("10.0.0.%d", 1, 13)},
	{"net-lowest", "ipmanager", map[string]any{"baseip": "10.0.1.0", "netmask": 28, "policy": "lowest"}, series("10.0.1.%d", 1, 14)},
	{"net-lru", "ipmanager", map[string]any{"baseip": "2001:db8::", "netmask": 124, "policy": "lru"}, series("2001:db8::%x", 1, 15)},
	{"names-next", "simplenamemanager", map[string]any{"basename": "alias", "digits": 1}, series("alias%d", 1, 9)},
	{"names-lru", "simplenamemanager", map[string]any{"basename": "alias", "digits": 1, "policy": "lru"}, series("alias%d", 1, 9)},
	{"nums-next", "simplenummanager", map[string]any{"next": 100, "maxnum": 112}, series("%d", 100, 112)},
	{"nums-lowest", "simplenummanager", map[string]any{"next": 100, "maxnum": 112, "policy": "lowest"}, series("%d", 100, 112)},
}

func series(format string, first, last int) []string {
	var all []string
	for n := first; n <= last; n++ {
		all = append(all, fmt.Sprintf(format, n))
	}
	return all
}

// pools returns all that each pool has.
func pools() map[string][]string {
	all := map[string][]string{
		poolUnits: series("%d", 1, units),
		poolPorts: series("%d", 1, ports),
		poolNames: series("host%02d", 1, hosts),
	}
	for _, m := range managers {
		all[m.name] = m.has
	}
	return all
}

// setUp makes what workers work with.
func setUp(ctx context.Context, store clusto.Store) error {
	_, err := store.Update(ctx, clusto.Change{Description: "set up"}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, all.Drivers())
		for _, m := range managers {
			if err := create(ctx, inv, m.driver, m.name, m.props); err != nil {
				return err
			}
		}
		// Names have two digits, of which a reservation leaves thirty.
		if err := create(ctx, inv, "simpleentitynamemanager", nameManager, map[string]any{"basename": "host", "digits": 2, "policy": "lowest"}); err != nil {
			return err
		}
		o, err := inv.Object(ctx, nameManager)
		if err != nil {
			return err
		}
		if _, err := o.Call(ctx, "reserve", fmt.Sprintf("host%02d", hosts+1), "host99"); err != nil {
			return err
		}
		if err := create(ctx, inv, "basicrack", poolUnits, map[string]any{"maxu": units}); err != nil {
			return err
		}
		return create(ctx, inv, "basicpowerstrip", poolPorts, nil)
	})
	return err
}

func create(ctx context.Context, inv *clusto.Inventory, driver, name string, props map[string]any) error {
	d, ok := inv.Drivers().Driver(driver)
	if !ok {
		return clusto.Errorf(clusto.ErrNotFound, "there is no driver %s", driver)
	}
	values := map[string]clusto.Value{}
	for key, v := range props {
		value, err := clusto.ValueOf(v)
		if err != nil {
			return err
		}
		values[key] = value
	}
	_, err := inv.Create(ctx, d, name, values)
	return err
}
