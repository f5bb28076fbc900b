package csv

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert"
)

// batch is how many entities' attributes are in memory at a time.
const batch = 1000

// Export writes everything that r shows to w, in the form that Import reads: an
// entity a row, sorted by name. patterns limit the columns to those that match one of
// them, as clusto.MatchGlob has it; the column name is always there. Without
// patterns hidden attributes are left out, since what contains what is told by
// the columns parent, unit and pool. Clusto's own entity, clustometa, is left out.
func Export(ctx context.Context, r clusto.Reader, w io.Writer, patterns []string) error {
	t := &table{ctx: ctx, r: r, patterns: patterns, names: map[clusto.EntityID]string{}, width: map[slot]int{}}
	if err := t.survey(); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(t.header()); err != nil {
		return err
	}
	for some := range slices.Chunk(t.entities, batch) {
		if err := t.write(out, some); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// slot is what tells an attribute from others of its entity, besides its value.
type slot struct {
	key    string
	number clusto.Number
	subkey clusto.Subkey
}

func (k slot) attr() clusto.Attr { return clusto.Attr{Key: k.key, Number: k.number, Subkey: k.subkey} }

// column returns the name of the column of k.
func (k slot) column() string {
	name := k.attr().Name()
	if slices.Contains(columnsAbout, name) {
		return name + ":"
	}
	return name
}

// table is an inventory that is being written.
type table struct {
	ctx      context.Context
	r        clusto.Reader
	patterns []string
	entities []clusto.Entity
	names    map[clusto.EntityID]string
	places   map[clusto.EntityID]*places
	about    []string     // the columns that are no attributes; those of one name stand together
	slots    []slot       // the columns that are, in their order
	width    map[slot]int // how many columns a slot has
}

// places are the containers that an entity is in.
type places struct {
	parents, pools []string
	units          []int64 // in the one parent
	side           clusto.Side
}

// wants reports whether a column is to be written.
func (t *table) wants(column string) bool {
	if t.patterns == nil {
		return !strings.HasPrefix(column, "_")
	}
	return slices.ContainsFunc(t.patterns, func(p string) bool { return clusto.MatchGlob(p, column) })
}

// survey finds out which rows and columns there are.
func (t *table) survey() error {
	var err error
	if t.entities, err = clusto.Collect(t.r.Find(t.ctx, clusto.Match{})); err != nil {
		return err
	}
	types := map[clusto.EntityID]string{}
	for _, e := range t.entities {
		t.names[e.ID], types[e.ID] = e.Name, e.Type
	}
	t.entities = slices.DeleteFunc(t.entities, func(e clusto.Entity) bool { return e.Name == clusto.MetaEntity })
	slices.SortFunc(t.entities, func(a, b clusto.Entity) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	if err := t.surveyPlaces(types); err != nil {
		return err
	}
	t.nameColumns()
	if err := t.surveyAttrs(); err != nil {
		return err
	}
	t.slots = slices.SortedFunc(maps.Keys(t.width), func(a, b slot) int { return clusto.CompareAttrs(a.attr(), b.attr()) })
	return nil
}

// surveyPlaces finds out what is in what. A rack, or whatever has units, is the
// parent; other containers are parents where there is none with units.
func (t *table) surveyPlaces(types map[clusto.EntityID]string) error {
	const typePool = "pool"
	t.places = map[clusto.EntityID]*places{}
	others := map[clusto.EntityID][]clusto.EntityID{}
	for a, err := range t.r.Attrs(t.ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)}) {
		if err != nil {
			return err
		}
		id, container := a.Value.Relation(), t.names[a.Entity]
		if id == 0 || t.names[id] == "" {
			continue
		}
		p := t.places[id]
		if p == nil {
			p = &places{}
			t.places[id] = p
		}
		n, numbered := a.Number.Get()
		side := clusto.SideOf(a.Subkey)
		switch {
		case !clusto.InUnit(a.Subkey) && side != "" && p.parents == nil:
			p.parents, p.side = []string{container}, side
		case !clusto.InUnit(a.Subkey) || !numbered:
			others[id] = append(others[id], a.Entity)
		case p.parents == nil || p.parents[0] == container:
			p.parents, p.units, p.side = []string{container}, append(p.units, n), side
		}
	}
	for id, p := range t.places {
		for _, other := range others[id] {
			if p.units != nil || p.side != "" || types[other] == typePool {
				p.pools = append(p.pools, t.names[other])
			} else {
				p.parents = append(p.parents, t.names[other])
			}
		}
		slices.Sort(p.units)
	}
	return nil
}

// nameColumns finds the columns that are no attributes.
func (t *table) nameColumns() {
	var most places
	for _, p := range t.places {
		most.parents, most.pools = longer(most.parents, p.parents), longer(most.pools, p.pools)
		most.units = longer(most.units, p.units)
		if p.side != "" {
			most.units = longer(most.units, []int64{0})
		}
	}
	for _, c := range []struct {
		column string
		n      int
	}{
		{columnName, 1}, {columnType, 1}, {columnDriver, 1},
		{columnParent, len(most.parents)}, {columnUnit, min(1, len(most.units))}, {columnPool, len(most.pools)},
	} {
		if c.column == columnName || t.wants(c.column) {
			t.about = append(t.about, slices.Repeat([]string{c.column}, c.n)...)
		}
	}
}

func longer[T any](a, b []T) []T {
	if len(b) > len(a) {
		return b
	}
	return a
}

// surveyAttrs finds the columns for attributes: as many of a name as one entity
// needs.
func (t *table) surveyAttrs() error {
	var owner clusto.EntityID
	have := map[slot]int{}
	wanted := map[slot]bool{}
	for a, err := range t.r.Attrs(t.ctx, clusto.AttrMatch{Visible: t.patterns == nil, ByEntity: true}) {
		if err != nil {
			return err
		}
		if a.Entity != owner {
			owner = a.Entity
			clear(have)
		}
		k := slot{a.Key, a.Number, a.Subkey}
		want, known := wanted[k]
		if !known {
			want = t.wants(k.column())
			wanted[k] = want
		}
		if !want || t.names[owner] == clusto.MetaEntity {
			continue
		}
		have[k]++
		t.width[k] = max(t.width[k], have[k])
	}
	return nil
}

func (t *table) header() []string {
	cells := slices.Clone(t.about)
	for _, k := range t.slots {
		cells = append(cells, slices.Repeat([]string{k.column()}, t.width[k])...)
	}
	return cells
}

// write writes the rows of some entities.
func (t *table) write(out *csv.Writer, some []clusto.Entity) error {
	ids := make([]clusto.EntityID, len(some))
	for n, e := range some {
		ids[n] = e.ID
	}
	values := map[clusto.EntityID]map[slot][]string{}
	for a, err := range t.r.Attrs(t.ctx, clusto.AttrMatch{Entities: ids}) {
		if err != nil {
			return err
		}
		own := values[a.Entity]
		if own == nil {
			own = map[slot][]string{}
			values[a.Entity] = own
		}
		k := slot{a.Key, a.Number, a.Subkey}
		if t.width[k] > 0 {
			own[k] = append(own[k], convert.FormatValue(a.Value, t.names[a.Value.Relation()]))
		}
	}
	for _, e := range some {
		cells := t.aboutCells(e)
		for _, k := range t.slots {
			cells = append(cells, filled(values[e.ID][k], t.width[k])...)
		}
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	return nil
}

// filled returns values with empty cells behind them, n in all.
func filled(values []string, n int) []string {
	return append(slices.Clip(values), make([]string, n-len(values))...)
}

// aboutCells returns the cells of the columns that are no attributes.
func (t *table) aboutCells(e clusto.Entity) []string {
	p := t.places[e.ID]
	if p == nil {
		p = &places{}
	}
	all := map[string][]string{
		columnName: {e.Name}, columnType: {e.Type}, columnDriver: {e.Driver}, columnParent: p.parents, columnPool: p.pools,
	}
	if p.units != nil || p.side != "" {
		all[columnUnit] = []string{strings.TrimSpace(unitsText(p.units) + " " + string(p.side))}
	}
	cells := make([]string, 0, len(t.about)+len(t.slots))
	for _, column := range t.about {
		cell := ""
		if left := all[column]; len(left) > 0 {
			cell, all[column] = left[0], left[1:]
		}
		cells = append(cells, cell)
	}
	return cells
}

// unitsText returns rack units as parseUnits reads them.
func unitsText(units []int64) string {
	parts := make([]string, len(units))
	for n, u := range units {
		parts[n] = strconv.FormatInt(u, 10)
	}
	if n := len(units); n > 1 && units[n-1]-units[0] == int64(n-1) {
		return parts[0] + "-" + parts[n-1]
	}
	return strings.Join(parts, ",")
}
