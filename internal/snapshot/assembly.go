package snapshot

import (
	"cmp"
	"slices"

	"github.com/clusto/clusto"
)

// assembly makes the pages of a snapshot of what the parts of a Builder have.
type assembly struct {
	b       *Builder
	s       *Snapshot
	buffers []string
	places  []place
	rows    []loose // of the entity at hand
	w       rowWriter
}

// assemble makes the pages.
func (a *assembly) assemble() error {
	entities, err := a.entities()
	if err != nil {
		return err
	}
	a.gather()
	a.s.entities, a.s.attrs = len(entities), len(a.places)
	writing := a.s.pages.change()
	var page pageWriter
	no := uint32(0)
	for len(entities) > 0 || len(a.places) > 0 {
		r := a.next(entities)
		if r.live() {
			entities = entities[1:]
		}
		if at := uint32(r.entity) / pageSize; at != no {
			if p := page.finish(); p != nil {
				writing.put(no, p)
			}
			no = at
		}
		if err := a.fill(&r); err != nil {
			return err
		}
		page.put(&r)
	}
	if p := page.finish(); p != nil {
		writing.put(no, p)
	}
	a.s.pages = writing.made
	return nil
}

// entities returns all entities in the order of their numbers.
func (a *assembly) entities() ([]clusto.Entity, error) {
	all := a.b.parts[0].entities
	for _, p := range a.b.parts[1:] {
		all = append(all, p.entities...)
	}
	byID := func(a, b clusto.Entity) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(all, byID) {
		slices.SortFunc(all, byID)
	}
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID {
			return nil, clusto.Errorf(clusto.ErrInvalid, "there are two entities number %d: %s and %s", all[i].ID, all[i-1].Name, all[i].Name)
		}
	}
	return all, nil
}

// gather gathers the rows of all parts, sorted by entity.
func (a *assembly) gather() {
	n := 0
	for _, p := range a.b.parts {
		n += p.places.n
	}
	a.places = make([]place, 0, n)
	for _, p := range a.b.parts {
		before, first := uint32(len(a.buffers)), len(a.places)
		for _, b := range p.buffers {
			a.buffers = append(a.buffers, b.String())
		}
		a.places = p.places.appendTo(a.places)
		for i := range a.places[first:] {
			a.places[first+i].buffer += before
		}
	}
	if slices.IsSortedFunc(a.places, func(a, b place) int { return cmp.Compare(a.entity, b.entity) }) {
		return
	}
	order := make([]uint64, len(a.places))
	for i := range a.places {
		order[i] = uint64(a.places[i].entity)<<32 | uint64(i)
	}
	sorted := make([]place, len(a.places))
	for i, k := range sortKeys(order) {
		sorted[i] = a.places[uint32(k)]
	}
	a.places = sorted
}

// next returns the record, still without attributes, of the first entity that
// is left, or that left attributes only.
func (a *assembly) next(entities []clusto.Entity) record {
	if len(entities) == 0 || len(a.places) > 0 && a.places[0].entity < uint32(entities[0].ID) {
		return record{owner: owner{entity: clusto.EntityID(a.places[0].entity)}}
	}
	e := &entities[0]
	return record{owner: owner{e.ID, e.Version}, flags: isLive, kind: a.b.kinds.numbers[kind{e.Type, e.Driver}], name: e.Name}
}

// fill takes the rows of r and adds them to it.
func (a *assembly) fill(r *record) error {
	a.rows = a.rows[:0]
	bytes := 0
	for len(a.places) > 0 && a.places[0].entity == uint32(r.entity) {
		l := readLoose(a.buffers[a.places[0].buffer], int(a.places[0].at))
		a.places = a.places[1:]
		a.rows = append(a.rows, l)
		bytes += len(l.body) + 1
	}
	byID := func(a, b loose) int { return cmp.Compare(a.id, b.id) }
	if !slices.IsSortedFunc(a.rows, byID) {
		slices.SortFunc(a.rows, byID)
	}
	for i := 1; i < len(a.rows); i++ {
		if a.rows[i].id == a.rows[i-1].id {
			return clusto.Errorf(clusto.ErrInvalid, "there are two attributes number %d of entity %d", a.rows[i].id, r.entity)
		}
	}
	r.setRows(a.rows, bytes, &a.w, a.s.names)
	return nil
}

// readLoose reads a row as Part.write wrote it.
func readLoose(buffer string, at int) loose {
	var l loose
	l.id, at = uvarint(buffer, at)
	version, at := uvarint(buffer, at)
	l.version = clusto.Version(unfolded(version))
	n, at := uvarint(buffer, at)
	l.body = buffer[at : at+int(n)]
	no, _ := uvarint(l.body, headsLength)
	l.name = number(no)
	return l
}

// setRows gives r rows, which are in their order and take about so many bytes.
// What w has written is valid until it is used again.
func (r *record) setRows(rows []loose, bytes int, w *rowWriter, n *names) {
	r.flags &^= isContainer | isLarge
	for i := range rows {
		if n.all[rows[i].name].contains {
			r.flags |= isContainer
			break
		}
	}
	if bytes > largeBytes {
		r.flags |= isLarge
		r.rows, r.large = "", newLarge(r.owner, rows)
		return
	}
	*w = rowWriter{out: w.out[:0], base: r.version}
	for i := range rows {
		w.add(rows[i].id, rows[i].body, rows[i].version)
	}
	r.rows, r.large = string(w.out), nil
}
