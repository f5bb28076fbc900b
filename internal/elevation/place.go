package elevation

import (
	"slices"

	"github.com/clusto/clusto"
)

// add notes a device, and where it is, which relations of the rack to it tell.
func (r *Rack) add(device clusto.Entity, driver *clusto.Driver, relations []clusto.Attr) {
	d := &Device{Name: device.Name, Type: device.Type, Driver: device.Driver, Units: []int{}}
	if driver.HalfWide() {
		d.Width = clusto.HalfWidth
	}
	for _, a := range relations {
		if unit, ok := a.Number.Get(); ok && clusto.InUnit(a.Subkey) {
			d.Units = append(d.Units, int(unit))
		}
		if side := driver.SideIn(a.Subkey); side != "" {
			d.Side = side
		}
	}
	slices.Sort(d.Units)
	r.Devices = append(r.Devices, d)
}

// half reports whether a device takes half the width of its units.
func (d *Device) half() bool { return d.Width == clusto.HalfWidth && d.Side != "" && len(d.Units) > 0 }

// Beside returns the devices that hang at a side of the rack.
func (r *Rack) Beside(side clusto.Side) []*Device {
	var beside []*Device
	for _, d := range r.Devices {
		if len(d.Units) == 0 && d.Side == side && side != "" {
			beside = append(beside, d)
		}
	}
	return beside
}

// loose returns the devices that are in the rack, but in no unit and at no side.
func (r *Rack) loose() []*Device {
	var loose []*Device
	for _, d := range r.Devices {
		if len(d.Units) == 0 && d.Side == "" {
			loose = append(loose, d)
		}
	}
	return loose
}

// held is what is in a unit: one device of the full width, or one in each half.
type held struct{ full, left, right *Device }

func (h held) empty() bool { return h == held{} }

// put notes a device.
func (h *held) put(d *Device) {
	switch {
	case !d.half():
		h.full = d
	case d.Side == clusto.SideRight:
		h.right = d
	default:
		h.left = d
	}
}

// each returns the devices of a unit from left to right.
func (h held) each() []*Device {
	var all []*Device
	for _, d := range []*Device{h.full, h.left, h.right} {
		if d != nil {
			all = append(all, d)
		}
	}
	return all
}

// units returns what is in each unit that is not free.
func (r *Rack) units() map[int]held {
	taken := map[int]held{}
	for _, d := range r.Devices {
		for _, unit := range d.Units {
			h := taken[unit]
			h.put(d)
			taken[unit] = h
		}
	}
	return taken
}
