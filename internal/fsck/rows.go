package fsck

import (
	"fmt"
	"regexp"
	"strings"

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
		problem := fmt.Sprintf("%s: %s: %s", v.name(a.Entity), a.Name(), a.Misfit)
		m := &mending{end: []clusto.AttrID{a.ID}}
		if to := a.Value.Relation(); a.Value.Kind() == clusto.KindRelation && !v.lives(to) {
			v.report(Error, ids{a.Entity}, problem, "ends the attribute, whose relation leads to nothing", m)
			continue
		}
		clean := writable(a.Attr)
		m.add = []clusto.Attr{clean}
		remedy := fmt.Sprintf("writes it anew as the %s %s", kindNames[clean.Value.Kind()], v.text(clean.Value))
		if clean.Name() != a.Name() {
			remedy += " of " + clean.Name() + ", as new data must be called"
		}
		v.report(Error, ids{a.Entity}, problem, remedy, m)
	}
}

// writable returns an attribute that says the same, and that may be written.
func writable(a clusto.Attr) clusto.Attr {
	a.Key = permittedKey(a.Key)
	if subkey := a.Subkey.Or(""); subkey != "" {
		a.Subkey = clusto.Sub(permittedKey(subkey))
	}
	if a.Validate() != nil {
		a.Value = clusto.String(strings.ReplaceAll(strings.ToValidUTF8(a.Value.Text(), "?"), "\x00", ""))
	}
	return a
}

// notInKeys is what keys must not have.
var notInKeys = regexp.MustCompile(`[^0-9A-Za-z_-]`)

// permittedKey returns key with what new keys may not have replaced.
func permittedKey(key string) string {
	if (clusto.Attr{Key: key}).Validate() == nil {
		return key
	}
	key = "old_" + notInKeys.ReplaceAllString(key, "_")
	return key[:min(len(key), clusto.MaxKeyLen)]
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
