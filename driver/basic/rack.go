package basic

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/clusto/clusto"
)

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
		clusto.M("insert", "device, rackU=None, side=None",
			"Put a device into a unit, or a list of adjacent ones. One of half the width goes to a side of them, 'left' or 'right' "+
				"as seen from the front; one that takes no units hangs at a side of the rack.", insertIntoRack),
		clusto.M("get_device_in", "rackU, side=None", "The device in a unit, or None. Of two in one unit the left, if no side is named.", deviceIn),
		clusto.ClassM("get_rack_and_u", "device", "The rack that a device is in and its units, and its side if it has one, or None.", rackAndUnits),
	},
}

func insertIntoRack(ctx context.Context, rack, device *clusto.Object, units []int64, side clusto.Opt[string]) error {
	subkey, units, err := placeInRack(ctx, rack, device, units, side.Or(""))
	if err != nil {
		return fmt.Errorf("insert %s into %s: %w", device.Name, rack.Name, err)
	}
	return rack.Place(ctx, device, subkey, units...)
}

// placeInRack returns the subkey and the units, ascending, of the rows that put a
// device into a rack, or an error if it cannot go there.
func placeInRack(ctx context.Context, rack, device *clusto.Object, units []int64, at string) (clusto.Subkey, []int64, error) {
	none := clusto.Subkey{}
	if !device.Driver().Is(driverDevice) {
		return none, nil, clusto.Errorf(clusto.ErrInvalid, "only devices go into a rack, and %s is a %s", device.Name, device.Driver().Class)
	}
	side, err := clusto.ParseSide(at)
	if err != nil {
		return none, nil, err
	}
	subkey := clusto.UnitSubkey(side)
	beside := len(units) == 0 && (side != "" || device.Driver().Beside())
	if beside {
		subkey, err = sideSubkey(device, side)
	} else {
		units, err = checkUnits(ctx, rack, device, units, side)
	}
	if err != nil {
		return none, nil, err
	}
	racks, err := device.Parents(ctx, false, clusto.Match{Types: []string{typeRack}})
	if err != nil {
		return none, nil, err
	}
	if len(racks) > 0 {
		return none, nil, alreadyIn(rack, device, racks[0])
	}
	return subkey, units, nil
}

// sideSubkey returns the subkey of a device that hangs at a side of the rack.
func sideSubkey(device *clusto.Object, side clusto.Side) (clusto.Subkey, error) {
	d := device.Driver()
	switch {
	case side == "":
		return clusto.Subkey{}, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "a %s hangs at the side of a rack: at which?", d.Class),
			"name the side, left or right as seen from the front")
	case d.Units() > 0:
		return clusto.Subkey{}, clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "a %s takes %d rack units, and cannot hang at the side", d.Class, d.Units()), "name the unit too")
	case d.HalfWide():
		return clusto.Subkey{}, clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "a %s stands in a unit, and cannot hang at the side", d.Class), "name the unit too")
	case side == clusto.SideRight:
		return clusto.Sub(clusto.SubkeySideRight), nil
	}
	return clusto.Sub(clusto.SubkeySideLeft), nil
}

// checkUnits returns the units in ascending order, or an error if device cannot
// go there.
func checkUnits(ctx context.Context, rack, device *clusto.Object, units []int64, side clusto.Side) ([]int64, error) {
	d := device.Driver()
	switch {
	case d.Beside():
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "a %s takes no rack unit", d.Class),
			"it hangs at a side of the rack: name left or right, and no unit")
	case len(units) == 0:
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s goes into %s: into which unit?", device.Name, rack.Name),
			"name it: in rack_units, or in a command behind the rack, as in %s:7", rack.Name)
	case d.HalfWide() && side == "":
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "a %s takes half the width: at which side?", d.Class),
			"name it, left or right as seen from the front")
	case !d.HalfWide() && side != "":
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "a %s takes the full width of a unit, and has no side", d.Class),
			"leave the side out")
	}
	units = slices.Sorted(slices.Values(units))
	for i, u := range units[1:] {
		if u != units[i]+1 {
			return nil, clusto.Errorf(clusto.ErrInvalid, "rack units %v are not adjacent", units)
		}
	}
	if want := d.Units(); want != 0 && want != len(units) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "a %s takes %d rack units, not %d", d.Class, want, len(units))
	}
	if err := withinRack(ctx, rack, units); err != nil {
		return nil, err
	}
	return units, freeUnits(ctx, rack, units, side)
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

// freeUnits returns ErrInUse if something is in one of the units, at that side of them
// if there is one.
func freeUnits(ctx context.Context, rack *clusto.Object, units []int64, side clusto.Side) error {
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
		theirs := there[0].Driver().SideIn(a.Subkey)
		switch {
		case theirs == "" || !there[0].Driver().HalfWide():
			return clusto.Errorf(clusto.ErrInUse, "unit %d holds %s", n, there[0].Name)
		case side == "" || theirs == side:
			return clusto.Errorf(clusto.ErrInUse, "unit %d holds %s at its %s", n, there[0].Name, theirs)
		}
	}
	return nil
}

// unitRows selects the relations by which racks contain devices in units.
func unitRows() clusto.AttrMatch {
	return clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), Number: clusto.IsPresent[int64](), Subkey: clusto.AnyUnit()}
}

func deviceIn(ctx context.Context, rack *clusto.Object, unit int64, at clusto.Opt[string]) (*clusto.Object, error) {
	side, err := clusto.ParseSide(at.Or(""))
	if err != nil {
		return nil, err
	}
	m := unitRows()
	m.Number = clusto.Is(unit)
	rows, err := rack.Attrs(ctx, m)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b clusto.Attr) int { return cmp.Compare(clusto.SideOf(a.Subkey), clusto.SideOf(b.Subkey)) })
	for _, a := range rows {
		devices, err := rack.Inventory().Objects(ctx, a.Value.Relation())
		if err != nil {
			return nil, err
		}
		if theirs := devices[0].Driver().SideIn(a.Subkey); side == "" || theirs == "" || theirs == side {
			return devices[0], nil
		}
	}
	return nil, nil
}

func rackAndUnits(ctx context.Context, inv *clusto.Inventory, device *clusto.Object) (any, error) {
	rows, err := device.ReferringAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)})
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(a clusto.Attr) bool { return !clusto.InUnit(a.Subkey) && clusto.SideOf(a.Subkey) == "" })
	if len(rows) == 0 {
		return nil, nil
	}
	racks, err := inv.Objects(ctx, rows[0].Entity)
	if err != nil {
		return nil, err
	}
	units := []int64{}
	for _, a := range rows {
		if n, numbered := a.Number.Get(); numbered && a.Entity == racks[0].ID && clusto.InUnit(a.Subkey) {
			units = append(units, n)
		}
	}
	slices.Sort(units)
	place := map[string]any{"rack": racks[0], "RU": units}
	if side := device.Driver().SideIn(rows[0].Subkey); side != "" {
		place["side"] = string(side)
	}
	return place, nil
}
