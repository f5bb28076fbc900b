package basic

import (
	"context"
	"fmt"
	"slices"

	"github.com/clusto/clusto"
)

// SubkeyUnit is the subkey of the relations by which a rack contains devices;
// their number is the rack unit, which counts from 1 at the bottom.
const SubkeyUnit = "ru"

// Properties of a rack: its lowest and its highest unit.
const (
	propertyMinU = "minu"
	propertyMaxU = "maxu"
)

const typeRack = "rack"

// Rack is a rack whose units hold devices (classic: basicrack.py).
var Rack = &clusto.Driver{
	Name: "basicrack", Class: "BasicRack", Type: typeRack, Base: Location,
	Properties: []clusto.Property{{Name: propertyMinU, Default: clusto.Int(1)}, {Name: propertyMaxU, Default: clusto.Int(45)}},
	Doc:        "a rack of units that hold devices",
	Methods: []*clusto.Method{
		clusto.M("insert", "device, rackU", "Put a device into a unit, or a list of adjacent ones.", insertIntoRack),
		clusto.M("get_device_in", "rackU", "The device in a unit, or None.", deviceIn),
		clusto.ClassM("get_rack_and_u", "device", "The rack that a device is in and its units, or None.", rackAndUnits),
	},
}

func insertIntoRack(ctx context.Context, rack, device *clusto.Object, units []int64) error {
	units, err := checkUnits(ctx, rack, device, units)
	if err != nil {
		return fmt.Errorf("insert %s into %s: %w", device.Name, rack.Name, err)
	}
	return rack.Place(ctx, device, clusto.Sub(SubkeyUnit), units...)
}

// checkUnits returns the units in ascending order, or an error if device cannot
// go there.
func checkUnits(ctx context.Context, rack, device *clusto.Object, units []int64) ([]int64, error) {
	if !device.Driver().Is(driverDevice) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "only devices go into a rack, and %s is a %s", device.Name, device.Driver().Class)
	}
	if len(units) == 0 {
		return nil, clusto.Errorf(clusto.ErrInvalid, "which rack unit?")
	}
	units = slices.Sorted(slices.Values(units))
	for i, u := range units[1:] {
		if u != units[i]+1 {
			return nil, clusto.Errorf(clusto.ErrInvalid, "rack units %v are not adjacent", units)
		}
	}
	if want := device.Driver().Units(); want != 0 && want != len(units) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "a %s takes %d rack units, not %d", device.Driver().Class, want, len(units))
	}
	if err := withinRack(ctx, rack, units); err != nil {
		return nil, err
	}
	if err := freeUnits(ctx, rack, units); err != nil {
		return nil, err
	}
	racks, err := device.Parents(ctx, false, clusto.Match{Types: []string{typeRack}})
	if err != nil {
		return nil, err
	}
	if len(racks) > 0 {
		return nil, alreadyIn(rack, device, racks[0])
	}
	return units, nil
}

// withinRack returns ErrInvalid if the rack does not have all units.
func withinRack(ctx context.Context, rack *clusto.Object, units []int64) error {
	lowest, err := rack.Property(ctx, propertyMinU)
	if err != nil {
		return err
	}
	highest, err := rack.Property(ctx, propertyMaxU)
	if err != nil {
		return err
	}
	for _, u := range units {
		if u < lowest.Int64() || u > highest.Int64() {
			return clusto.Errorf(clusto.ErrInvalid, "there is no unit %d; the rack has %d to %d", u, lowest.Int64(), highest.Int64())
		}
	}
	return nil
}

// freeUnits returns ErrInUse if something is in one of the units.
func freeUnits(ctx context.Context, rack *clusto.Object, units []int64) error {
	// The question is as plain as it can be, so that a transaction remembers the answer.
	rows, err := rack.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)})
	if err != nil {
		return err
	}
	held := unitRows()
	for _, a := range rows {
		n, _ := a.Number.Get()
		if !held.Matches(a) || !slices.Contains(units, n) {
			continue
		}
		there, err := rack.Inventory().Objects(ctx, a.Value.Relation())
		if err != nil {
			return err
		}
		return clusto.Errorf(clusto.ErrInUse, "unit %d holds %s", n, there[0].Name)
	}
	return nil
}

// unitRows selects the relations by which racks contain devices.
func unitRows() clusto.AttrMatch {
	return clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), Number: clusto.IsPresent[int64](), Subkey: clusto.Is(SubkeyUnit)}
}

func deviceIn(ctx context.Context, rack *clusto.Object, unit int64) (*clusto.Object, error) {
	m := unitRows()
	m.Number = clusto.Is(unit)
	rows, err := rack.Attrs(ctx, m)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	devices, err := rack.Inventory().Objects(ctx, rows[0].Value.Relation())
	if err != nil {
		return nil, err
	}
	return devices[0], nil
}

func rackAndUnits(ctx context.Context, inv *clusto.Inventory, device *clusto.Object) (any, error) {
	rows, err := device.ReferringAttrs(ctx, unitRows())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	racks, err := inv.Objects(ctx, rows[0].Entity)
	if err != nil {
		return nil, err
	}
	var units []int64
	for _, a := range rows {
		if a.Entity == racks[0].ID {
			units = append(units, a.Number.Or(0))
		}
	}
	slices.Sort(units)
	return map[string]any{"rack": racks[0], "RU": units}, nil
}
