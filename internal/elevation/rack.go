// Package elevation knows what stands where in a rack, and draws it as text and as
// SVG. Of reads it from the inventory, Many for an overview of many racks.
package elevation

import (
	"cmp"
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Rack is what stands where in a rack.
type Rack struct {
	Name    string    `json:"name"`
	Driver  string    `json:"driver"`
	In      []string  `json:"in"`   // what it is in directly
	Low     int       `json:"minu"` // its lowest unit
	High    int       `json:"maxu"`
	Devices []*Device `json:"devices"` // the highest first, those without units last
	Free    []int     `json:"free"`    // units with nothing in either half, ascending
}

// Device is a device in a rack.
type Device struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
	Units  []int  `json:"units"` // ascending; none for what hangs at a side, or is in the rack and no more is said
	// Side is the half of its units that a device of half the width takes, or the
	// side of the rack at which it hangs, as seen from the front.
	Side  clusto.Side  `json:"side,omitempty"`
	Width clusto.Width `json:"width,omitempty"` // "" is the full one
}

// Units of a rack that does not say how many it has (classic: basicrack.py).
const (
	lowestUnit  = 1
	highestUnit = 45
)

// Of returns what stands where in a rack. It asks a number of questions that does
// not depend on how much that is.
func Of(ctx context.Context, rack *clusto.Object) (*Standing, error) {
	all, err := Many(ctx, rack.Inventory(), []clusto.Entity{rack.Entity})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// MaxUnits is how many units a rack is drawn with at most; a database may hold
// any number.
const MaxUnits = 1000

// finish puts the devices in order and notes the free units. A unit outside the
// rack's range that holds something makes the range larger.
func (r *Rack) finish() {
	if r.In == nil {
		r.In = []string{}
	}
	if r.Devices == nil {
		r.Devices = []*Device{}
	}
	slices.SortStableFunc(r.Devices, func(a, b *Device) int {
		return cmp.Or(cmp.Compare(b.top(), a.top()), cmp.Compare(a.Side, b.Side))
	})
	taken := r.units()
	for unit := range taken {
		r.Low, r.High = min(r.Low, unit), max(r.High, unit)
	}
	r.High = min(r.High, r.Low+MaxUnits-1)
	r.Free = []int{}
	for unit := r.Low; unit <= r.High; unit++ {
		if taken[unit].empty() {
			r.Free = append(r.Free, unit)
		}
	}
}

// top returns the highest unit of a device, or 0.
func (d *Device) top() int {
	if len(d.Units) == 0 {
		return 0
	}
	return d.Units[len(d.Units)-1]
}
