package fsck

import (
	"fmt"

	"github.com/clusto/clusto"
)

// orphans looks for what deleted or missing entities have left behind.
type orphans struct {
	*world
	rows map[clusto.EntityID][]clusto.AttrID
}

func newOrphans(w *world) looker {
	return &orphans{world: w, rows: map[clusto.EntityID][]clusto.AttrID{}}
}

func (o *orphans) see(a *clusto.StoredAttr) {
	if !o.lives(a.Entity) {
		o.rows[a.Entity] = append(o.rows[a.Entity], a.ID)
	}
}

func (o *orphans) judge() {
	for id, rows := range sorted(o.rows) {
		o.report(Error, ids{id}, fmt.Sprintf("%s, %s, still has %s", o.name(id), o.fate(id), plural(len(rows), "live attribute")),
			"ends them", &mending{end: rows})
	}
	counters := map[clusto.EntityID][]clusto.StoredCounter{}
	for _, c := range o.counters {
		if !o.lives(c.Entity) {
			counters[c.Entity] = append(counters[c.Entity], c)
		}
	}
	for id, left := range sorted(counters) {
		o.report(Warning, ids{id}, fmt.Sprintf("%s, %s, still has %s", o.name(id), o.fate(id), plural(len(left), "counter")),
			"removes them", &mending{drop: left})
	}
}

// dangling looks for relations that lead to nothing.
type dangling struct {
	*world
	rows []clusto.Attr
}

func newDangling(w *world) looker { return &dangling{world: w} }

func (d *dangling) see(a *clusto.StoredAttr) {
	if to := a.Value.Relation(); a.Value.Kind() == clusto.KindRelation && !a.Value.IsNone() && !d.lives(to) && d.lives(a.Entity) {
		d.rows = append(d.rows, a.Attr)
	}
}

func (d *dangling) judge() {
	for _, a := range d.rows {
		to := a.Value.Relation()
		d.report(Error, ids{a.Entity}, fmt.Sprintf("%s: %s refers to %s, %s", d.name(a.Entity), a.Name(), d.name(to), d.fate(to)),
			"ends the attribute", &mending{end: []clusto.AttrID{a.ID}})
	}
}

// values looks for rows whose columns contradict each other.
type values struct {
	*world
	rows []clusto.StoredAttr
}

func newValues(w *world) looker { return &values{world: w} }

func (v *values) see(a *clusto.StoredAttr) {
	if a.Misfit != "" && v.lives(a.Entity) {
		v.rows = append(v.rows, *a)
	}
}

func (v *values) judge() {
	for _, a := range v.rows {
		to := a.Value.Relation()
		problem := fmt.Sprintf("%s: %s: %s", v.name(a.Entity), a.Name(), a.Misfit)
		clean := a.Attr
		if err := clean.Validate(); err != nil {
			v.report(Error, ids{a.Entity}, problem, "cannot be written anew: "+err.Error()+"; note what it should be, and delete it", nil)
			continue
		}
		m := &mending{end: []clusto.AttrID{a.ID}}
		remedy := "ends the attribute, whose relation leads to nothing"
		if a.Value.Kind() != clusto.KindRelation || v.lives(to) {
			m.add = []clusto.Attr{clean}
			remedy = fmt.Sprintf("writes it anew as the %s %s", kindNames[clean.Value.Kind()], v.text(clean.Value))
		}
		v.report(Error, ids{a.Entity}, problem, remedy, m)
	}
}

// kindNames are the kinds of values as sentences have them.
var kindNames = map[clusto.Kind]string{
	clusto.KindString: "text", clusto.KindInt: "number", clusto.KindTime: "time", clusto.KindJSON: "JSON", clusto.KindRelation: "relation to",
}

// text returns a value for a sentence.
func (w *world) text(v clusto.Value) string {
	switch {
	case v.IsNone():
		return "nothing"
	case v.Kind() == clusto.KindRelation:
		return w.name(v.Relation())
	}
	return fmt.Sprintf("%.60q", v.Text())
}
