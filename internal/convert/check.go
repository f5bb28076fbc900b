package convert

import (
	"maps"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// check looks at what the inventory would be after the plan: it finds references
// to nothing and, unless that is not wanted, what is used twice.
func (i *importer) check() error {
	for _, s := range i.steps {
		var kept []Attr
		for _, a := range s.add {
			if a.To != "" && !i.exists(a.To) {
				i.problem(s.Line, i.unknown(a.attr().Name()+" refers to", a.To))
				continue
			}
			kept = append(kept, a)
		}
		s.add = kept
	}
	if i.options.Unchecked {
		return i.checkCycles()
	}
	for _, check := range []func() error{i.checkCycles, i.checkUnits, i.checkAddresses, i.checkPorts} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// row is an attribute as it will be, with names for what it refers to.
type row struct {
	slot
	value clusto.Value
	to    string
	line  int // that brings it in; 0 if it is there already
}

// after returns the attributes with a key that an entity will have.
func (i *importer) after(s *step, wanted func(key string) bool) []row {
	var rows []row
	for _, a := range i.old[s.was.ID] {
		if wanted(a.Key) && !i.gone[a.ID] {
			rows = append(rows, i.rowOf(a))
		}
	}
	for _, a := range s.add {
		if wanted(a.Key) {
			rows = append(rows, row{slotOf(a.attr()), a.Value, a.To, s.Line})
		}
	}
	return rows
}

func (i *importer) rowOf(a clusto.Attr) row {
	return row{slotOf(a), a.Value, i.names[a.Value.Relation()], 0}
}

func isUnit(k slot) bool {
	_, numbered := k.number.Get()
	return k.key == clusto.KeyContains && clusto.InUnit(k.subkey) && numbered
}

func isContents(key string) bool { return key == clusto.KeyContains }

// checkUnits finds rack units that two devices would take, and devices that
// would be in two racks.
func (i *importer) checkUnits() error {
	racks := map[string][]string{} // device -> racks
	lines := map[string]int{}      // device -> line that puts it into one
	for _, s := range i.steps {
		if !slices.ContainsFunc(s.add, func(a Attr) bool { return isUnit(slotOf(a.attr())) }) {
			continue
		}
		takenBy := map[int64][]row{}
		for _, r := range i.after(s, isContents) {
			if !isUnit(r.slot) {
				continue
			}
			unit := r.number.Or(0)
			for _, other := range takenBy[unit] {
				if other.to != r.to && !i.halves(other, r) {
					i.problem(s.Line, clusto.Errorf(clusto.ErrInUse, "%s: unit %d would hold %s and %s", s.Name, unit, other.to, r.to))
					break
				}
			}
			takenBy[unit] = append(takenBy[unit], r)
			if !slices.Contains(racks[r.to], s.Name) {
				racks[r.to] = append(racks[r.to], s.Name)
			}
			lines[r.to] = max(lines[r.to], r.line)
		}
	}
	return i.checkOneRack(racks, lines)
}

// halves reports whether two devices in a unit take a half each.
func (i *importer) halves(a, b row) bool {
	left, right := i.sideOf(a), i.sideOf(b)
	return left != "" && left.Other() == right
}

// sideOf returns the side of a device in its units; "" if it takes all their width.
func (i *importer) sideOf(r row) clusto.Side {
	if side := clusto.SideOf(r.subkey); side != "" {
		return side
	}
	e, known := i.known[r.to]
	if s := i.byName[r.to]; s != nil {
		e, known = s.is, true
	}
	if !known { // it was in the rack before, and the file says nothing of it
		return clusto.SideLeft
	}
	if d, ok := i.options.Drivers.Driver(e.Driver); ok {
		return d.SideIn(r.subkey)
	}
	return ""
}

// checkOneRack adds the racks that devices are in already, and finds those that
// would be in several.
func (i *importer) checkOneRack(racks map[string][]string, lines map[string]int) error {
	var ids []clusto.EntityID
	for device := range racks {
		if e, ok := i.known[device]; ok && lines[device] > 0 {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	if len(ids) > 0 {
		rows, err := clusto.Collect(i.tx.Attrs(i.ctx, clusto.AttrMatch{
			Key: clusto.Is(clusto.KeyContains), Subkey: clusto.AnyUnit(), RelatedTo: ids,
		}))
		if err != nil {
			return err
		}
		if err := i.learnOwners(rows); err != nil {
			return err
		}
		for _, a := range rows {
			device, rack := i.names[a.Value.Relation()], i.names[a.Entity]
			if !i.gone[a.ID] && !slices.Contains(racks[device], rack) {
				racks[device] = append(racks[device], rack)
			}
		}
	}
	for _, device := range slices.Sorted(maps.Keys(lines)) {
		if in := racks[device]; lines[device] > 0 && len(in) > 1 {
			i.problem(lines[device], clusto.Errorf(clusto.ErrInUse, "%s would be in the racks %s and %s", device, in[0], in[1]))
		}
	}
	return nil
}

// learnOwners finds the names of those who have attributes.
func (i *importer) learnOwners(attrs []clusto.Attr) error {
	var ids []clusto.EntityID
	for _, a := range attrs {
		if i.names[a.Entity] == "" {
			ids = append(ids, a.Entity)
		}
	}
	return i.learnNamesOf(ids)
}

func isAddress(a clusto.Attr) bool {
	_, numbered := a.Number.Get()
	_, hasSubkey := a.Subkey.Get()
	return a.Key == resource.KeyIP && numbered && !hasSubkey
}

// checkAddresses finds addresses that two entities would have, and addresses
// that are not stored as resource managers store them.
func (i *importer) checkAddresses() error {
	owners := map[string]*step{}
	var values []clusto.Value
	for _, s := range i.steps {
		for _, a := range s.add {
			if !isAddress(a.attr()) {
				continue
			}
			i.checkAddressForm(s, a)
			k := valueKey(a.Value)
			if other := owners[k]; other != nil && other != s {
				i.problem(s.Line, clusto.Errorf(clusto.ErrInUse, "%s would have %s, which %s (line %d) has too", s.Name, addressText(a.Value), other.Name, other.Line))
			}
			owners[k] = s
			values = append(values, a.Value)
		}
	}
	if len(values) == 0 {
		return nil
	}
	rows, err := clusto.Collect(i.tx.Attrs(i.ctx, clusto.AttrMatch{
		Key: clusto.Is(resource.KeyIP), Number: clusto.IsPresent[int64](), Subkey: clusto.IsAbsent[string](), Values: values,
	}))
	if err != nil {
		return err
	}
	if err := i.learnOwners(rows); err != nil {
		return err
	}
	for _, a := range rows {
		if s := owners[valueKey(a.Value)]; a.Entity != s.was.ID && !i.gone[a.ID] {
			i.problem(s.Line, clusto.Errorf(clusto.ErrInUse, "%s would have %s, which belongs to %s", s.Name, addressText(a.Value), i.names[a.Entity]))
		}
	}
	return nil
}

// checkAddressForm refuses an IPv4 address that is written as a text: nobody
// would find it, and it would be handed out again.
func (i *importer) checkAddressForm(s *step, a Attr) {
	addr, err := resource.ParseAddr(a.Value.Str())
	if a.Value.Kind() == clusto.KindString && err == nil && addr.Is4() {
		i.problemf(s.Line, "%s: the address %s is stored as the number %s", a.attr().Name(), addr, resource.IPValue(addr).Text())
	}
}

func addressText(v clusto.Value) string {
	addr, err := resource.ValueAddr(v)
	if err != nil {
		return v.Text()
	}
	return addr.String()
}
