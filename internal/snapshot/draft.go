package snapshot

import (
	"cmp"
	"slices"

	"github.com/clusto/clusto"
)

// draft is a record that is being changed.
type draft struct {
	a       *application
	was, is record
	ended   bool // an edit has ended the entity
	edits   []change
	gone    []row // of was, that is does not have
	made    int   // how many rows were made
	whole   bool  // all rows of a large record were written anew
}

// change is what is done to a row: it is made, or ended if attr is nil.
type change struct {
	id   uint64
	attr *clusto.Attr
	name number       // of the attribute
	edit *clusto.Edit // that says so
	must bool         // the row must be there, or the edit is not of this inventory
}

// tell notes an edit of the entity, or applies it to what is no attribute.
func (d *draft) tell(e *clusto.Edit) error {
	switch e.Kind {
	case clusto.EntityMade:
		d.becomes(&e.Is)
	case clusto.EntityEnded, clusto.EntityChanged:
		if !d.is.live() {
			return d.missing(e, !d.ended, "entity %d (%s) is not there", e.Entity, e.Was.Name)
		}
		if e.Kind == clusto.EntityChanged {
			d.becomes(&e.Is)
			return nil
		}
		d.is.flags &^= isLive
		d.is.kind, d.is.name, d.ended = 0, "", true
	case clusto.AttrMade:
		name := d.a.name(name{e.Attr.Key, e.Attr.Subkey})
		d.edits = append(d.edits, change{id: uint64(e.Attr.ID), attr: &e.Attr, name: name, edit: e})
	case clusto.AttrEnded:
		d.edits = append(d.edits, change{id: uint64(e.Attr.ID), edit: e, must: e.Version > d.a.old.version})
	}
	return nil
}

// missing returns the error that what e is about is not there, unless the
// version of e is one that the snapshot shows.
func (d *draft) missing(e *clusto.Edit, must bool, format string, args ...any) error {
	if !must || e.Version <= d.a.old.version {
		return nil
	}
	return clusto.Errorf(clusto.ErrConflict, "version %d does not follow from version %d in memory: "+format,
		append([]any{e.Version, d.a.old.version}, args...)...)
}

// becomes makes the record that of e.
func (d *draft) becomes(e *clusto.Entity) {
	d.is.flags |= isLive
	d.is.version, d.is.name = e.Version, e.Name
	d.is.kind = d.a.kind(kind{e.Type, e.Driver})
}

// editRows applies the edits of attributes.
func (d *draft) editRows() error {
	d.edits = lastOfEach(d.edits)
	if d.is.version != d.was.version {
		d.rebase()
	}
	switch {
	case len(d.edits) == 0:
		return nil
	case d.is.large != nil && !d.many():
		return d.editLarge()
	case d.is.large != nil:
		d.flatten()
	}
	c := chunker{w: rowWriter{out: d.a.w.out[:0], base: d.is.version}}
	if err := d.merge(&c, d.is.rows, d.edits); err != nil {
		return err
	}
	d.a.w.out = c.w.out
	d.is.rows = string(c.w.out)
	if len(d.is.rows) > largeBytes {
		d.is.setRows(d.is.loose(), len(d.is.rows), &d.a.w, d.a.next.names)
	}
	d.is.mark(d.a.next.names)
	return nil
}

// lastOfEach returns edits in the order of rows, of each row the last one. A row
// that was made before it was ended need not have been there.
func lastOfEach(edits []change) []change {
	slices.SortStableFunc(edits, func(a, b change) int { return cmp.Compare(a.id, b.id) })
	out := edits[:0]
	for _, e := range edits {
		if last := len(out) - 1; last >= 0 && out[last].id == e.id {
			e.must = e.must && out[last].must
			out[last] = e
			continue
		}
		out = append(out, e)
	}
	return out
}

// rebase writes the rows for another version of the entity.
func (d *draft) rebase() {
	rows := d.was.loose()
	bytes := len(d.was.rows)
	if d.was.large != nil {
		bytes = d.was.large.bytes()
	}
	d.is.setRows(rows, bytes, &d.a.w, d.a.next.names)
}

// merge writes rows as changes leave them.
func (d *draft) merge(c *chunker, rows string, changes []change) error {
	var at row
	for next := 0; next < len(rows); {
		next = at.next(rows, next, d.is.owner)
		for len(changes) > 0 && changes[0].id < at.id {
			if err := d.make(c, &changes[0]); err != nil {
				return err
			}
			changes = changes[1:]
		}
		if len(changes) == 0 || changes[0].id != at.id {
			c.w.copy(&at)
			c.cut()
			continue
		}
		d.gone = append(d.gone, at)
		if changes[0].attr != nil {
			if err := d.make(c, &changes[0]); err != nil {
				return err
			}
		}
		changes = changes[1:]
	}
	for i := range changes {
		if err := d.make(c, &changes[i]); err != nil {
			return err
		}
	}
	return nil
}

// make writes a new row.
func (d *draft) make(c *chunker, to *change) error {
	if to.attr == nil {
		return d.missing(to.edit, to.must, "attribute number %d, %s of entity %d, is not there", to.id, to.edit.Attr.Name(), d.is.entity)
	}
	r := rowOf(to.attr, to.name)
	d.a.scratch = appendBody(d.a.scratch[:0], to.attr, &r)
	c.w.add(to.id, string(d.a.scratch), to.attr.Version)
	c.cut()
	d.postings(&d.a.add, &r)
	d.made++
	return nil
}

// mark sets the flags that tell of the rows.
func (r *record) mark(n *names) {
	r.flags &^= isContainer | isLarge
	if r.large != nil {
		r.flags |= isLarge
		for i := range r.large.groups {
			if n.all[r.large.groups[i].name].contains {
				r.flags |= isContainer
			}
		}
		return
	}
	var at row
	for next := 0; next < len(r.rows); {
		next = at.next(r.rows, next, r.owner)
		if n.all[at.name].contains {
			r.flags |= isContainer
			return
		}
	}
}

// loose returns all rows of the record in their order.
func (r *record) loose() []loose {
	var all []loose
	r.each(func(at *row) { all = append(all, at.loose(r.version)) })
	if r.large != nil {
		slices.SortFunc(all, func(a, b loose) int { return cmp.Compare(a.id, b.id) })
	}
	return all
}

// each calls fn with all rows of the record; those of a large one come in the order
// of its groups.
func (r *record) each(fn func(*row)) {
	within := func(rows string) {
		var at row
		for next := 0; next < len(rows); {
			next = at.next(rows, next, r.owner)
			fn(&at)
		}
	}
	within(r.rows)
	if r.large == nil {
		return
	}
	for i := range r.large.groups {
		for _, chunk := range r.large.groups[i].chunks {
			within(chunk)
		}
	}
}

// count counts what the snapshot has more, or less.
func (d *draft) count() {
	d.a.next.attrs += d.made - len(d.gone)
	if d.is.live() && !d.was.live() {
		d.a.next.entities++
	}
	if !d.is.live() && d.was.live() {
		d.a.next.entities--
	}
}

// index notes what changes in the indexes, but for what rows that were made add.
func (d *draft) index() {
	d.indexEntity()
	switch {
	case len(d.gone) == 0:
	case d.is.large != nil && !d.whole:
		d.unindexLarge()
	default:
		d.unindex()
	}
}

// indexEntity notes the keys of what is no attribute.
func (d *draft) indexEntity() {
	was, is := &d.was, &d.is
	change := func(index int, before, after uint32) {
		if was.live() && is.live() && before == after {
			return
		}
		if was.live() {
			d.a.del.add(index, before, uint32(was.entity))
		}
		if is.live() {
			d.a.add.add(index, after, uint32(is.entity))
		}
	}
	change(byKind, was.kind, is.kind)
	change(byName, nameHash(d.a.old.seed, was.name), nameHash(d.a.old.seed, is.name))
}

// unindex notes the keys of rows that are gone and that no other row has.
func (d *draft) unindex() {
	var gone, kept postings
	for i := range d.gone {
		d.postings(&gone, &d.gone[i])
	}
	d.is.each(func(r *row) { d.postings(&kept, r) })
	for i := range gone {
		still := kept.sorted(i)
		for _, k := range gone.sorted(i) {
			if _, found := slices.BinarySearch(still, k); !found {
				d.a.del[i].add(k)
			}
		}
	}
}

// postings adds the keys of a row.
func (d *draft) postings(to *postings, r *row) {
	to.row(d.a.old.seed, uint32(d.is.entity), r, d.a.next.names.all[r.name].contains)
}
