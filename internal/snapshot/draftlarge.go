package snapshot

import (
	"slices"
)

// manyLooks is how often the rows of a large record may be looked at for the sake
// of edits before it takes less to write them all anew.
const manyLooks = 8

// many reports whether the edits of a large record take more one by one than
// writing it anew: each is looked for in every group, and what had a value that is
// gone is looked for among the rows with its name.
func (d *draft) many() bool {
	l := d.is.large
	looks := len(d.edits) * len(l.groups)
	for i := range d.edits {
		if e := &d.edits[i]; e.attr == nil && e.edit.Attr.Value.Relation() == 0 {
			looks += l.rows
		}
	}
	return looks > manyLooks*max(l.rows, chunkBytes)
}

// flatten makes a large record an ordinary one, of any length.
func (d *draft) flatten() {
	w := rowWriter{base: d.is.version}
	for _, l := range d.is.loose() {
		w.add(l.id, l.body, l.version)
	}
	d.is.rows, d.is.large, d.whole = string(w.out), nil, true
}

// editLarge applies the edits to a record with many attributes.
func (d *draft) editLarge() error {
	old := d.is.large
	byGroup := map[number][]change{}
	for _, e := range d.edits {
		at := old.groupWith(d.is.owner, e.id)
		if at < 0 && e.attr == nil {
			if err := d.make(nil, &e); err != nil {
				return err
			}
			continue
		}
		if at >= 0 && (e.attr == nil || old.groups[at].name != e.name) {
			end := e
			end.attr = nil
			byGroup[old.groups[at].name] = append(byGroup[old.groups[at].name], end)
		}
		if e.attr != nil {
			byGroup[e.name] = append(byGroup[e.name], e)
		}
	}
	l := &large{groups: slices.Clone(old.groups)}
	for name, changes := range byGroup {
		if err := d.editGroup(l, name, changes); err != nil {
			return err
		}
	}
	l.rows = old.rows + d.made - len(d.gone)
	d.is.large = l
	l.related = d.relate(old)
	if l.bytes() < smallBytes {
		d.is.setRows(d.is.loose(), 0, &d.a.w, d.a.next.names)
	}
	d.is.mark(d.a.next.names)
	return nil
}

// groupWith returns the place of the group that has row id, or -1.
func (l *large) groupWith(of owner, id uint64) int {
	for i := range l.groups {
		found := false
		l.groups[i].within(of, id, id, func(string, *row, int) bool {
			found = true
			return false
		})
		if found {
			return i
		}
	}
	return -1
}

// editGroup changes the rows of l that have a name.
func (d *draft) editGroup(l *large, of number, changes []change) error {
	at, ok := l.group(of)
	if !ok {
		l.groups = slices.Insert(l.groups, at, group{name: of})
	}
	chunks, err := d.editChunks(l.groups[at].chunks, changes)
	if err != nil {
		return err
	}
	if len(chunks) == 0 {
		l.groups = slices.Delete(l.groups, at, at+1)
		return nil
	}
	l.groups[at].chunks = chunks
	return nil
}

// editChunks returns chunks with changes. Those that no change is in stay as they
// are, unless the one before became small.
func (d *draft) editChunks(chunks []string, changes []change) ([]string, error) {
	c := chunker{w: rowWriter{base: d.is.version}, full: chunkBytes, done: make([]string, 0, len(chunks)+1)}
	if len(chunks) == 0 {
		chunks = []string{""}
	}
	for i, chunk := range chunks {
		n := len(changes)
		if i+1 < len(chunks) {
			next, _ := uvarint(chunks[i+1], 0)
			n = 0
			for n < len(changes) && changes[n].id < next {
				n++
			}
		}
		if n == 0 && (len(c.w.out) == 0 || len(c.w.out) >= chunkBytes/4) {
			c.end()
			c.done = append(c.done, chunk)
			continue
		}
		if err := d.merge(&c, chunk, changes[:n]); err != nil {
			return nil, err
		}
		changes = changes[n:]
	}
	return c.all(), nil
}

// relate returns what related must be after old.
func (d *draft) relate(old *large) set {
	var add, del []uint64
	for _, e := range d.edits {
		if e.attr != nil {
			if to := e.attr.Value.Relation(); to != 0 {
				add = append(add, relatedKey(to, e.id))
			}
		}
	}
	add = sortKeys(add)
	for i := range d.gone {
		r := &d.gone[i]
		if to := r.relation(); to != 0 && !d.hasInBlock(blockOf(r.id), func(other *row) bool { return uint32(other.relation()) == uint32(to) }) {
			del = append(del, relatedKey(to, r.id))
		}
	}
	return old.related.with(add, sortKeys(del))
}

// hasInBlock reports whether the record, which is large, has a row in a block
// for which is returns true.
func (d *draft) hasInBlock(block uint32, is func(*row) bool) bool {
	found := false
	for i := range d.is.large.groups {
		d.is.large.groups[i].inBlock(d.is.owner, block, func(_ string, r *row, _ int) bool {
			found = is(r)
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// unindexLarge is unindex for a record with many attributes, not all of which
// are looked at.
func (d *draft) unindexLarge() {
	for i := range d.gone {
		r := &d.gone[i]
		var keys postings
		d.postings(&keys, r)
		for index := range keys {
			for _, k := range keys.sorted(index) {
				if !d.keeps(index, uint32(k>>32), r) {
					d.a.del[index].add(k)
				}
			}
		}
	}
}

// keeps reports whether the record has another row with the key that gone has in
// an index.
func (d *draft) keeps(index int, upper uint32, gone *row) bool {
	l := d.is.large
	at, hasGroup := l.group(gone.name)
	switch index {
	case byKey:
		return hasGroup
	case byRow:
		return d.hasInBlock(upper, func(*row) bool { return true })
	case byContent, byRelated:
		return d.keepsRelation(upper, index == byContent)
	}
	same := func(r *row) bool {
		var keys postings
		d.postings(&keys, r)
		return slices.ContainsFunc(keys.sorted(byValue), func(k uint64) bool { return uint32(k>>32) == upper })
	}
	if _, isMAC := gone.mac(); !isMAC {
		return hasGroup && l.groups[at].has(d.is.owner, same)
	}
	return slices.ContainsFunc(l.groups, func(g group) bool { return g.has(d.is.owner, same) })
}

// keepsRelation reports whether the record has a relation to an entity, by
// which it contains it or not.
func (d *draft) keepsRelation(to uint32, contains bool) bool {
	l := d.is.large
	for _, block := range l.related.lows(nil, to, 0, l.rows) {
		if d.hasInBlock(block, func(r *row) bool {
			return r.form() == formRelation && uint32(r.value) == to && d.a.next.names.all[r.name].contains == contains
		}) {
			return true
		}
	}
	return false
}
