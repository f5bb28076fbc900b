package alloctest

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/port"
)

// The pools that are not managers.
const (
	poolNames = "name" // of entities
	poolUnits = "rack" // its units
	poolPorts = "box"  // its ports
)

const (
	units = 5  // of the rack
	ports = 6  // of the box
	hosts = 12 // names that the manager of entity names has
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
	{"net-next", "ipmanager", map[string]any{"baseip": "10.0.0.0", "netmask": 29, "gateway": "10.0.0.6"}, series("10.0.0.%d", 1, 5)},
	{"net-lowest", "ipmanager", map[string]any{"baseip": "10.0.1.0", "netmask": 29, "policy": "lowest"}, series("10.0.1.%d", 1, 6)},
	{"net-lru", "ipmanager", map[string]any{"baseip": "2001:db8::", "netmask": 125, "policy": "lru"}, series("2001:db8::%x", 1, 7)},
	{"names-next", "simplenamemanager", map[string]any{"basename": "alias", "digits": 1, "next": 4}, series("alias%d", 4, 9)},
	{"names-lru", "simplenamemanager", map[string]any{"basename": "alias", "digits": 1, "next": 4, "policy": "lru"}, series("alias%d", 4, 9)},
	{"nums-next", "simplenummanager", map[string]any{"next": 100, "maxnum": 104}, series("%d", 100, 104)},
	{"nums-lowest", "simplenummanager", map[string]any{"next": 100, "maxnum": 104, "policy": "lowest"}, series("%d", 100, 104)},
}

// box is a driver with few ports, so that they are fought over.
var box = &clusto.Driver{
	Name: "alloctestbox", Class: "AllocTestBox", Base: basic.Switch,
	Ports: []clusto.PortGroup{{Type: port.Ethernet, Count: ports}},
}

// inventory returns the inventory that r shows, with all drivers and box.
func inventory(r clusto.Reader) *clusto.Inventory {
	drivers := all.Drivers()
	if _, err := drivers.Register(box); err != nil {
		panic(err) // only for a name that is taken
	}
	return clusto.NewInventory(r, drivers)
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
		inv := inventory(tx)
		for _, m := range managers {
			if err := create(ctx, inv, m.driver, m.name, m.props); err != nil {
				return err
			}
		}
		// Names have two digits, of which a reservation leaves a dozen.
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
		return create(ctx, inv, box.Name, poolPorts, nil)
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
