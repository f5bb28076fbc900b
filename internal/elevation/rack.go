// Package elevation knows what stands where in a rack, and draws it as text and as
// SVG. Of reads it from the inventory.
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
	Free    []int     `json:"free"`    // units, ascending
}

// Device is a device in a rack.
type Device struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
	Units  []int  `json:"units"` // ascending; none for what is in the rack but in no unit
}

// Units of a rack that does not say how many it has (classic: basicrack.py).
const (
	lowestUnit  = 1
	highestUnit = 45
)

// Of returns what stands where in a rack. It asks a number of questions that does
// not depend on how much that is.
func Of(ctx context.Context, rack *clusto.Object) (*Rack, error) {
	r := &Rack{Name: rack.Name, Driver: rack.Entity.Driver, Low: lowestUnit, High: highestUnit}
	for name, field := range map[string]*int{"minu": &r.Low, "maxu": &r.High} {
		v, ok, err := rack.Value(ctx, clusto.AttrMatch{Key: clusto.Is(name), Subkey: clusto.Is(clusto.SubkeyProperty)})
		if err != nil {
			return nil, err
		}
		if ok && v.Kind() == clusto.KindInt {
			*field = int(v.Int64())
		}
	}
	parents, err := rack.Parents(ctx, false, clusto.Match{})
	if err != nil {
		return nil, err
	}
	for _, p := range parents {
		r.In = append(r.In, p.Name)
	}
	inside, err := rack.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)})
	if err != nil {
		return nil, err
	}
	contents, err := rack.Contents(ctx, false, clusto.Match{})
	if err != nil {
		return nil, err
	}
	for _, device := range contents {
		r.place(device.Entity, inside)
	}
	r.finish()
	return r, nil
}

// place notes the units of a device, which relations tells.
func (r *Rack) place(device clusto.Entity, relations []clusto.Attr) {
	d := &Device{Name: device.Name, Type: device.Type, Driver: device.Driver, Units: []int{}}
	for _, a := range relations {
		if a.Value.Relation() != device.ID || a.Subkey.Or("") != "ru" {
			continue
		}
		if unit, ok := a.Number.Get(); ok {
			d.Units = append(d.Units, int(unit))
		}
	}
	slices.Sort(d.Units)
	r.Devices = append(r.Devices, d)
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
	slices.SortStableFunc(r.Devices, func(a, b *Device) int { return cmp.Compare(b.top(), a.top()) })
	taken := r.units()
	for unit := range taken {
		r.Low, r.High = min(r.Low, unit), max(r.High, unit)
	}
	r.High = min(r.High, r.Low+MaxUnits-1)
	r.Free = []int{}
	for unit := r.Low; unit <= r.High; unit++ {
		if taken[unit] == nil {
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

// units returns what is in each unit that is not free.
func (r *Rack) units() map[int]*Device {
	taken := map[int]*Device{}
	for _, d := range r.Devices {
		for _, unit := range d.Units {
			taken[unit] = d
		}
	}
	return taken
}
