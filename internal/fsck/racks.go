package fsck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Names that racks have in classic clusto (drivers/locations/racks/basicrack.py).
const (
	typeRack     = "rack"
	propertyMinU = "minu"
	propertyMaxU = "maxu"
)

// racks looks for devices that cannot stand where they are said to.
type racks struct {
	*world
	limits map[clusto.EntityID]map[string]int64 // minu and maxu as racks have them
}

func newRacks(w *world) looker {
	return &racks{world: w, limits: map[clusto.EntityID]map[string]int64{}}
}

func (r *racks) see(a *clusto.StoredAttr) {
	if a.Key != propertyMinU && a.Key != propertyMaxU || a.Subkey != clusto.Sub(clusto.SubkeyProperty) || a.Value.Kind() != clusto.KindInt {
		return
	}
	if r.limits[a.Entity] == nil {
		r.limits[a.Entity] = map[string]int64{}
	}
	r.limits[a.Entity][a.Key] = a.Value.Int64()
}

// limit returns a property of a rack, and whether it or its driver has it.
func (r *racks) limit(rack clusto.EntityID, name string) (int64, bool) {
	if n, ok := r.limits[rack][name]; ok {
		return n, true
	}
	d := r.driver(rack)
	if d == nil {
		return 0, false
	}
	p, ok := d.Property(name)
	return p.Default.Int64(), ok && p.Default.Kind() == clusto.KindInt
}

func (r *racks) judge() {
	var rows []content
	for _, c := range r.contents {
		if _, numbered := c.number.Get(); r.entities[c.in].Type == typeRack && clusto.InUnit(c.subkey) && numbered {
			rows = append(rows, c)
		}
	}
	slices.SortStableFunc(rows, func(a, b content) int {
		return cmp.Or(cmp.Compare(a.in, b.in), cmp.Compare(a.number.Or(0), b.number.Or(0)))
	})
	for start := 0; start < len(rows); {
		end := start
		for end < len(rows) && rows[end].in == rows[start].in {
			end++
		}
		r.judgeRack(rows[start:end])
		start = end
	}
	r.judgeDevices(rows)
}

// judgeRack reports units of one rack, whose rows are in the order of units,
// that are taken twice or are none of it.
func (r *racks) judgeRack(rows []content) {
	rack := rows[0].in
	for start := 0; start < len(rows); {
		unit, end := rows[start].number.Or(0), start
		var things ids
		var sides []clusto.Side
		for ; end < len(rows) && rows[end].number.Or(0) == unit; end++ {
			thing := rows[end].thing
			if slices.Contains(things, thing) {
				r.report(Warning, ids{rack, thing}, fmt.Sprintf("%s is in unit %d of %s more than once", r.name(thing), unit, r.name(rack)),
					"says it once", &mending{end: []clusto.AttrID{rows[end].row}})
				continue
			}
			things, sides = append(things, thing), append(sides, r.sideOf(rows[end]))
		}
		start = end
		if len(things) > 1 && !halves(sides) {
			r.report(Error, append(ids{rack}, things...), fmt.Sprintf("unit %d of %s holds %s", unit, r.name(rack), list(r.names(things...))),
				"look which of them stands there, and remove the others from the rack", nil)
		}
		low, hasLow := r.limit(rack, propertyMinU)
		high, hasHigh := r.limit(rack, propertyMaxU)
		if hasLow && unit < low || hasHigh && unit > high {
			r.report(Warning, append(ids{rack}, things...), fmt.Sprintf("%s is in unit %d of %s, which has %d to %d", list(r.names(things...)), unit, r.name(rack), low, high),
				"move it, or correct the rack's properties minu and maxu", nil)
		}
	}
}

// sideOf returns the side of a device in its units; "" if it takes all their width.
func (r *racks) sideOf(c content) clusto.Side {
	if d := r.driver(c.thing); d != nil {
		return d.SideIn(c.subkey)
	}
	return clusto.SideOf(c.subkey)
}

// halves reports whether two devices take a half each.
func halves(sides []clusto.Side) bool {
	return len(sides) == 2 && sides[0] != "" && sides[0].Other() == sides[1]
}

// judgeDevices reports devices that are in two racks, or in units that do not
// fit them.
func (r *racks) judgeDevices(rows []content) {
	units := map[clusto.EntityID][]content{}
	for _, c := range rows {
		units[c.thing] = append(units[c.thing], c)
	}
	for _, id := range r.order {
		var in ids
		for _, c := range units[id] {
			if !slices.Contains(in, c.in) {
				in = append(in, c.in)
			}
		}
		if len(in) > 1 {
			r.report(Error, append(ids{id}, in...), fmt.Sprintf("%s is in several racks: %s", r.name(id), list(r.names(in...))),
				"look where it stands, and remove it from the others", nil)
			continue
		}
		if len(in) == 1 {
			r.judgeUnits(id, in[0], units[id])
		}
	}
}

// judgeUnits reports the units of a device in one rack if it could not be
// inserted so.
func (r *racks) judgeUnits(id, rack clusto.EntityID, rows []content) {
	var all []int64
	for _, c := range rows {
		all = append(all, c.number.Or(0))
	}
	all = slices.Compact(all) // they are in order
	text := strings.Trim(fmt.Sprint(all), "[]")
	if all[len(all)-1]-all[0] != int64(len(all)-1) {
		r.report(Warning, ids{id, rack}, fmt.Sprintf("%s is in the units %s of %s, which are not adjacent", r.name(id), text, r.name(rack)),
			"remove it from the rack and insert it again", nil)
		return
	}
	d := r.driver(id)
	if d == nil {
		return
	}
	why := ""
	switch {
	case d.Beside():
		why = fmt.Sprintf("%s takes no unit and is in unit %s of %s", r.name(id), text, r.name(rack))
	case d.Units() != 0 && d.Units() != len(all):
		why = fmt.Sprintf("%s takes %s and is in unit %s of %s", r.name(id), plural(d.Units(), "unit"), text, r.name(rack))
	case !d.HalfWide() && slices.ContainsFunc(rows, func(c content) bool { return clusto.SideOf(c.subkey) != "" }):
		why = fmt.Sprintf("%s takes the full width and is in the right half of unit %s of %s", r.name(id), text, r.name(rack))
	case slices.ContainsFunc(rows, func(c content) bool { return c.subkey != rows[0].subkey }):
		why = fmt.Sprintf("%s is in both halves of unit %s of %s", r.name(id), text, r.name(rack))
	default:
		return
	}
	r.report(Warning, ids{id, rack}, why, "remove it from the rack and insert it again", nil)
}
