package convert

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// apply does what was planned, leaving out what has a problem, and has drivers
// look at the result.
func (i *importer) apply() error {
	for _, do := range []func() error{i.makeEntities, i.deleteAttrs, i.moveCounters, i.addAttrs, i.place, i.askDrivers} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// mind notes err as a problem of a line, or returns it if it is one of the
// database.
func (i *importer) mind(line int, err error) error {
	switch clusto.KindOf(err) {
	case nil, clusto.ErrUnavailable, clusto.ErrConflict, clusto.ErrReadOnly:
		return err
	}
	i.problem(line, err)
	return nil
}

// makeEntities makes those that are new and gives others another driver.
func (i *importer) makeEntities() error {
	for n, s := range i.steps {
		i.options.Progress("making entities", int64(n+1), int64(len(i.steps)))
		var err error
		switch {
		case s.bad:
			continue
		case s.isNew():
			s.is, err = i.tx.Create(i.ctx, s.Name, s.is.Type, s.is.Driver)
		case s.is != s.was:
			err = i.tx.ChangeDriver(i.ctx, s.is.ID, s.is.Type, s.is.Driver)
		}
		if err != nil {
			s.bad = true
			if err := i.mind(s.Line, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// deleteAttrs deletes the same of many entities at once.
func (i *importer) deleteAttrs() error {
	type deletion struct {
		slot
		value string // "": whatever there is
	}
	entities := map[deletion][]clusto.EntityID{}
	values := map[deletion]clusto.Value{}
	var order []deletion
	for _, s := range i.steps {
		left := map[slot]bool{}
		for _, a := range i.old[s.was.ID] {
			left[slotOf(a)] = left[slotOf(a)] || !i.gone[a.ID]
		}
		for _, a := range s.del {
			d := deletion{slot: slotOf(a)}
			if left[d.slot] {
				d.value = valueKey(a.Value)
				values[d] = a.Value
			}
			if entities[d] == nil {
				order = append(order, d)
			}
			entities[d] = append(entities[d], s.is.ID)
		}
	}
	for _, d := range order {
		m := clusto.AttrMatch{
			Entities: slices.Compact(entities[d]),
			Key:      clusto.Is(d.key), Number: clusto.Exactly(d.number), Subkey: clusto.Exactly(d.subkey),
		}
		if d.value != "" {
			m.Value = clusto.Is(values[d])
			if values[d].IsNone() {
				m.Value = clusto.IsAbsent[clusto.Value]()
			}
		}
		if _, err := i.tx.DelAttrs(i.ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// counterReader is a transaction that can read all counters of many entities
// with one question.
type counterReader interface {
	ReadCounters(ctx context.Context, ids ...clusto.EntityID) error
}

// moveCounters moves the counters from which attributes get numbers past the
// numbers that the file gives. Ports and rack units have no counters, and the
// numbers of resources come from one of the database.
func (i *importer) moveCounters() error {
	type counter struct {
		entity clusto.EntityID
		key    string
	}
	resources := i.resourceKeys()
	next := map[counter]int64{}
	for _, s := range i.steps {
		for _, a := range s.add {
			n, numbered := a.Number.Get()
			c := counter{s.is.ID, a.Key}
			switch {
			case !numbered || s.bad || isPort(a.Key) || isUnit(slotOf(a.attr())):
				continue
			case resources[a.Key]: // the counter holds the number to give out next
				c.entity, n = i.known[clusto.MetaEntity].ID, n+1
			}
			if last, ok := next[c]; !ok || n > last {
				next[c] = n
			}
		}
	}
	if r, ok := i.tx.(counterReader); ok {
		ids := make([]clusto.EntityID, 0, len(next))
		for c := range next {
			ids = append(ids, c.entity)
		}
		slices.Sort(ids)
		if err := r.ReadCounters(i.ctx, slices.Compact(ids)...); err != nil {
			return err
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(next), func(a, b counter) int {
		return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.key, b.key))
	}) {
		value, ok, err := i.tx.Counter(i.ctx, c.entity, c.key)
		if err == nil && (!ok || value < next[c]) {
			err = i.tx.SetCounter(i.ctx, c.entity, c.key, next[c])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// resourceKeys returns the keys of attributes that hold resources.
func (i *importer) resourceKeys() map[string]bool {
	keys := map[string]bool{}
	for _, d := range i.options.Drivers.Drivers() {
		if d.Is(resource.DriverAny) {
			keys[resource.Key(d)] = true
		}
	}
	return keys
}

// attrBatch is how many attributes are added at a time.
const attrBatch = 5000

func (i *importer) addAttrs() error {
	var of, done int64
	for _, s := range i.steps {
		of += int64(len(s.add))
	}
	batch := make([]clusto.Attr, 0, attrBatch)
	flush := func() error {
		done += int64(len(batch))
		i.options.Progress("writing attributes", done, of)
		err := i.tx.AddAttrs(i.ctx, batch...)
		batch = batch[:0]
		return err
	}
	for _, s := range i.steps {
		for _, a := range s.add {
			attr, ok := i.resolved(s, a)
			if !ok {
				continue
			}
			if batch = append(batch, attr); len(batch) == attrBatch {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

// resolved returns a as an attribute of the entity of s, and whether that and
// what it refers to is there.
func (i *importer) resolved(s *step, a Attr) (clusto.Attr, bool) {
	attr := a.attr()
	attr.Entity = s.is.ID
	if s.bad || a.To == "" {
		return attr, !s.bad
	}
	id := i.known[a.To].ID
	if to := i.byName[a.To]; to != nil {
		id = to.is.ID
	}
	attr.Value = clusto.RelationTo(id)
	return attr, id != 0
}

// typeRack is the type of containers in which things have units (driver/basic).
const typeRack = "rack"

// place puts entities into containers, as the drivers of these have it.
func (i *importer) place() error {
	for _, s := range i.steps {
		for _, p := range s.places {
			container := i.known[p.Container]
			if in := i.byName[p.Container]; in != nil {
				container = in.is
			}
			if s.bad || container.ID == 0 {
				continue
			}
			var args []any
			switch side := i.sideFor(s, p); {
			case side != "":
				args = append(args, p.Units, string(side))
			case p.Units != nil:
				args = append(args, p.Units)
			}
			err := i.inv.Wrap(container).Insert(i.ctx, i.inv.Wrap(s.is), args...)
			if errors.Is(err, clusto.ErrInvalid) && p.Units == nil && p.Side == "" && container.Type == typeRack {
				err = clusto.Errorf(clusto.ErrInvalid, "%s goes into %s: its row must say into which unit", s.Name, container.Name)
			}
			if err := i.mind(s.Line, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// sideFor returns the side of a place. A table does not tell the left half of a unit
// from all of it: the driver does.
func (i *importer) sideFor(s *step, p Place) clusto.Side {
	d, known := i.options.Drivers.Driver(s.is.Driver)
	if p.Side == "" && len(p.Units) > 0 && known && d.HalfWide() {
		return clusto.SideLeft
	}
	return p.Side
}

// askDrivers asks the checks of the drivers of entities that are new, have
// another driver, or other properties.
func (i *importer) askDrivers() error {
	isProperty := func(k clusto.Subkey) bool { return k == clusto.Sub(clusto.SubkeyProperty) }
	for _, s := range i.steps {
		if s.bad || !s.isNew() && s.is == s.was &&
			!slices.ContainsFunc(s.add, func(a Attr) bool { return isProperty(a.Subkey) }) &&
			!slices.ContainsFunc(s.del, func(a clusto.Attr) bool { return isProperty(a.Subkey) }) {
			continue
		}
		if err := i.mind(s.Line, i.inv.Wrap(s.is).Check(i.ctx)); err != nil {
			return err
		}
	}
	return nil
}
