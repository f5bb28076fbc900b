package convert

import (
	"errors"
	"maps"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// look reads from the inventory, in few questions, what is there of the
// entities that the file names.
func (i *importer) look(records []Record) error {
	i.byName = make(map[string]*step, len(records))
	i.known = map[string]clusto.Entity{}
	i.names = map[clusto.EntityID]string{}
	i.old = map[clusto.EntityID][]clusto.Attr{}
	i.gone = map[clusto.AttrID]bool{}
	named := map[string]bool{clusto.MetaEntity: true} // which has the counters of resources
	for _, r := range records {
		named[r.Name] = true
		for _, a := range r.Attrs {
			named[a.To] = named[a.To] || a.To != ""
		}
		for _, p := range r.In {
			named[p.Container] = true
		}
	}
	delete(named, "")
	for e, err := range i.tx.Find(i.ctx, clusto.Match{Names: slices.Sorted(maps.Keys(named))}) {
		if err != nil {
			return err
		}
		if twin, doubled := i.known[e.Name]; doubled {
			e = twin
			i.problem(i.lineOf(e.Name, records), clusto.WithHint(
				clusto.Errorf(clusto.ErrInvalid, "several entities are called %q, so the file cannot name one", e.Name),
				"rename all but one: clusto fsck --repair does that"))
		}
		i.known[e.Name] = e
		i.names[e.ID] = e.Name
	}
	return i.lookAtAttrs(records)
}

// lineOf returns the first line that has to do with an entity.
func (i *importer) lineOf(name string, records []Record) int {
	for _, r := range records {
		if r.Name == name || slices.ContainsFunc(r.Attrs, func(a Attr) bool { return a.To == name }) ||
			slices.ContainsFunc(r.In, func(p Place) bool { return p.Container == name }) {
			return r.Line
		}
	}
	return 0
}

// lookAtAttrs reads what the entities of the file have, and the names of what
// that refers to.
func (i *importer) lookAtAttrs(records []Record) error {
	ids := []clusto.EntityID{}
	for _, r := range records {
		if e, ok := i.known[r.Name]; ok {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	// A transaction remembers all that it was asked for by number.
	if _, err := i.tx.Entities(i.ctx, ids...); err != nil {
		return err
	}
	var attrs []clusto.Attr
	for a, err := range i.tx.Attrs(i.ctx, clusto.AttrMatch{Entities: ids}) {
		if err != nil {
			return err
		}
		i.old[a.Entity] = append(i.old[a.Entity], a)
		attrs = append(attrs, a)
	}
	return i.learnNames(attrs)
}

// learnNames finds the names of what attributes refer to.
func (i *importer) learnNames(attrs []clusto.Attr) error {
	var ids []clusto.EntityID
	for _, a := range attrs {
		if id := a.Value.Relation(); id != 0 && i.names[id] == "" {
			ids = append(ids, id)
		}
	}
	return i.learnNamesOf(ids)
}

func (i *importer) learnNamesOf(ids []clusto.EntityID) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	found, err := i.tx.Entities(i.ctx, ids...)
	if errors.Is(err, clusto.ErrNotFound) {
		// Classic clusto may have left references to nothing; all others have names.
		found, err = clusto.Collect(i.tx.Find(i.ctx, clusto.Match{}))
	}
	for _, e := range found {
		i.names[e.ID] = e.Name
	}
	return err
}

// unknown returns the error of a name that nothing has, with names that may
// have been meant.
func (i *importer) unknown(what, name string) error {
	if i.all == nil {
		i.all = []string{}
		for e, err := range i.tx.Find(i.ctx, clusto.Match{}) {
			if err != nil {
				return err
			}
			i.all = append(i.all, e.Name)
		}
		for name := range i.byName {
			i.all = append(i.all, name)
		}
		slices.Sort(i.all)
	}
	return offering(clusto.Errorf(clusto.ErrNotFound, "%s %q, which is neither in the inventory nor in the file", what, name),
		nearest.Names(name, i.all))
}

// offering returns err with a question for what was meant.
func offering(err error, names []string) error {
	if question := nearest.Question(names...); question != "" {
		return clusto.WithHint(err, "%s", question)
	}
	return err
}
