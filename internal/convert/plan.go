package convert

import (
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// step is what is to be done for one record.
type step struct {
	*Record
	was, is clusto.Entity // was has no ID if the entity is new; is gets one when it is made
	add     []Attr
	del     []clusto.Attr
	places  []Place // that it is not in yet
	bad     bool    // the entity cannot be made as the file says
}

func (s *step) isNew() bool { return s.was.ID == 0 }

// slot is what tells an attribute from others of its entity, besides its value.
type slot struct {
	key    string
	number clusto.Number
	subkey clusto.Subkey
}

func slotOf(a clusto.Attr) slot { return slot{a.Key, a.Number, a.Subkey} }

// plan finds out what to do for a record.
func (i *importer) plan(r *Record) error {
	if twin := i.byName[r.Name]; twin != nil {
		i.problemf(r.Line, "%q is on line %d already", r.Name, twin.Line)
		return nil
	}
	s := &step{Record: r, was: i.known[r.Name]}
	i.byName[r.Name] = s
	i.steps = append(i.steps, s)
	if s.isNew() {
		if err := clusto.ValidateName(r.Name); err != nil {
			i.problem(r.Line, err)
			s.bad = true
		}
	}
	i.planDriver(s)
	i.planAttrs(s)
	if r.Name == clusto.MetaEntity && len(s.add)+len(s.del)+len(r.In) > 0 || s.was.Name == clusto.MetaEntity && s.is != s.was {
		i.problemf(r.Line, "%s belongs to the database itself, and an import cannot change it", r.Name)
	}
	return nil
}

// planDriver finds the type and the driver that an entity is to have.
func (i *importer) planDriver(s *step) {
	s.is = s.was
	s.is.Name = s.Name
	if s.Driver != "" {
		s.is.Driver = s.Driver
	}
	driver, known := i.options.Drivers.Driver(s.is.Driver)
	switch {
	case s.Type != "":
		s.is.Type = s.Type
	case known && s.is.Driver != s.was.Driver:
		s.is.Type = driver.EntityType()
	}
	if s.is == s.was {
		return
	}
	err := i.driverError(s, driver)
	if err != nil {
		i.problem(s.Line, err)
		s.bad, s.is.Driver, s.is.Type = s.isNew(), s.was.Driver, s.was.Type
	}
}

// driverError returns what is wrong with what an entity is to be; driver is nil
// if it is not known.
func (i *importer) driverError(s *step, driver *clusto.Driver) error {
	switch {
	case s.is.Driver == "":
		return clusto.Errorf(clusto.ErrInvalid, "%q is new: which driver does it have?", s.Name)
	case driver == nil && !i.options.Unchecked:
		var names []string
		for _, d := range i.options.Drivers.Drivers() {
			names = append(names, d.Name)
		}
		return offering(clusto.Errorf(clusto.ErrNotFound, "%q has the driver %q, which is not known", s.Name, s.is.Driver),
			nearest.Names(s.is.Driver, names))
	case driver != nil && driver.EntityType() != s.is.Type && !i.options.Unchecked:
		return clusto.Errorf(clusto.ErrInvalid, "%q is a %s: its driver %s is for the type %s", s.Name, s.is.Type, driver.Name, driver.EntityType())
	case s.is.Type == "" || len(s.is.Type) > clusto.MaxTypeLen:
		return clusto.Errorf(clusto.ErrInvalid, "type %q: want 1 to %d characters", s.is.Type, clusto.MaxTypeLen)
	case len(s.is.Driver) > clusto.MaxDriverLen:
		return clusto.Errorf(clusto.ErrInvalid, "driver %q: want 1 to %d characters", s.is.Driver, clusto.MaxDriverLen)
	}
	return nil
}

// planAttrs finds the attributes to add and to delete: in each slot that the
// file mentions, and with Replace in the others too, what is there becomes what
// the file says.
func (i *importer) planAttrs(s *step) {
	wanted := map[slot][]Attr{}
	var order []slot
	for _, a := range s.Attrs {
		if err := a.attr().Validate(); err != nil {
			i.problem(s.Line, err)
			continue
		}
		k := slotOf(a.attr())
		if wanted[k] == nil {
			order = append(order, k)
		}
		wanted[k] = append(wanted[k], a)
	}
	there := map[slot][]clusto.Attr{}
	for _, a := range i.old[s.was.ID] {
		k := slotOf(a)
		if there[k] == nil && wanted[k] == nil && i.options.Replace && (s.Contents || k.key != clusto.KeyContains) {
			order = append(order, k)
		}
		there[k] = append(there[k], a)
	}
	for _, k := range order {
		add, del := i.difference(there[k], wanted[k])
		s.add, s.del = append(s.add, add...), append(s.del, del...)
		for _, a := range del {
			i.gone[a.ID] = true
		}
	}
}

// difference returns what must be deleted of there and added of wanted so that
// the one becomes the other. A value is deleted as often as it is there, or not
// at all.
func (i *importer) difference(there []clusto.Attr, wanted []Attr) (add []Attr, del []clusto.Attr) {
	has, wants := map[string]int{}, map[string]int{}
	for _, a := range there {
		has[valueKey(a.Value)]++
	}
	for _, w := range wanted {
		wants[i.wantedKey(w)]++
	}
	for _, a := range there {
		if k := valueKey(a.Value); has[k] > wants[k] {
			del = append(del, a)
		}
	}
	for _, a := range del {
		delete(has, valueKey(a.Value))
	}
	for _, w := range wanted {
		if k := i.wantedKey(w); has[k] > 0 {
			has[k]--
		} else {
			add = append(add, w)
		}
	}
	return add, del
}

// valueKey returns a text that two values share if they are equal.
func valueKey(v clusto.Value) string {
	if v.Kind() == clusto.KindJSON {
		return "json:" + canonicalJSON(v.Str())
	}
	return FormatValue(v, v.Text())
}

// wantedKey is valueKey of an attribute of the file. What it refers to may be
// yet to be made.
func (i *importer) wantedKey(a Attr) string {
	if a.To == "" {
		return valueKey(a.Value)
	}
	if e, ok := i.known[a.To]; ok {
		return valueKey(clusto.RelationTo(e.ID))
	}
	return "new:" + a.To
}

// exists reports whether there is, or will be, an entity of a name.
func (i *importer) exists(name string) bool {
	if s := i.byName[name]; s != nil {
		return true
	}
	_, ok := i.known[name]
	return ok
}

// planPlaces finds the containers that entities are to be put into and are not
// in yet.
func (i *importer) planPlaces() error {
	var ids []clusto.EntityID
	for _, s := range i.steps {
		if len(s.In) > 0 && !s.isNew() {
			ids = append(ids, s.was.ID)
		}
	}
	type pair struct{ container, content clusto.EntityID }
	in := map[pair][]clusto.Attr{}
	if len(ids) > 0 {
		for a, err := range i.tx.Attrs(i.ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: ids}) {
			if err != nil {
				return err
			}
			p := pair{a.Entity, a.Value.Relation()}
			in[p] = append(in[p], a)
		}
	}
	for _, s := range i.steps {
		for _, p := range s.In {
			if !i.exists(p.Container) {
				i.problem(s.Line, i.unknown(s.Name+" is to be in", p.Container))
				continue
			}
			there := in[pair{i.known[p.Container].ID, s.was.ID}]
			if len(there) == 0 || !standsAt(there, p) {
				s.places = append(s.places, p)
			}
		}
	}
	return nil
}

// standsAt reports whether the rows by which a thing is in a container say what a
// place says.
func standsAt(there []clusto.Attr, p Place) bool {
	if len(p.Units) > 0 && !slices.Equal(unitsOf(there), p.Units) {
		return false
	}
	side := clusto.SideOf(there[0].Subkey)
	return p.Side == "" || side == p.Side || side == "" && p.Side == clusto.SideLeft && clusto.InUnit(there[0].Subkey)
}

// unitsOf returns the numbers of attributes, in ascending order.
func unitsOf(attrs []clusto.Attr) []int64 {
	var units []int64
	for _, a := range attrs {
		units = append(units, a.Number.Or(0))
	}
	slices.Sort(units)
	return units
}
