package snapshot

import (
	"cmp"
	"slices"

	"github.com/clusto/clusto"
)

// Apply returns the snapshot with the given edits, as of the given version. The
// edits are as clusto.History tells them, in the order of their versions. Those
// of a version may be told again, if all that came after it is told again too:
// of a version that s shows already, what is done is no error.
//
// It returns ErrConflict if the edits are not of what s shows, such as the end of
// an attribute that is not there. Then the inventory must be read anew.
func (s *Snapshot) Apply(version clusto.Version, edits []clusto.Edit) (*Snapshot, error) {
	next := *s
	next.version = version
	a := &application{old: s, next: &next, pages: s.pages.change()}
	order := make([]int, 0, len(edits))
	for i := range edits {
		if edits[i].Kind == clusto.AttrsRedacted {
			continue
		}
		if err := checkEdit(&edits[i]); err != nil {
			return nil, err
		}
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(edits[i].Entity, edits[j].Entity) })
	for len(order) > 0 {
		n := 1
		for n < len(order) && edits[order[n]].Entity == edits[order[0]].Entity {
			n++
		}
		if err := a.entity(edits, order[:n]); err != nil {
			return nil, err
		}
		order = order[n:]
	}
	a.endPage()
	next.pages = a.pages.made
	for i := range indexCount {
		next.indexes[i] = s.indexes[i].with(a.add.sorted(i), a.del.sorted(i))
	}
	return &next, nil
}

// checkEdit returns ErrInvalid if a snapshot cannot hold what e tells.
func checkEdit(e *clusto.Edit) error {
	switch e.Kind {
	case clusto.AttrMade, clusto.AttrEnded:
		if err := checkRow(&e.Attr); err != nil {
			return err
		}
		return checkEntity(e.Entity)
	case clusto.EntityMade, clusto.EntityEnded, clusto.EntityChanged:
		return checkEntity(e.Entity)
	}
	return clusto.Errorf(clusto.ErrInvalid, "there is no kind %d of edits", e.Kind)
}

// application makes a snapshot of another one and edits.
type application struct {
	old, next *Snapshot
	add, del  postings // of the indexes
	pages     *pagesWriter
	w         rowWriter
	scratch   []byte

	// The page that is being written: its number, what it was, and from which
	// record on it is still to be copied.
	writing bool
	page    pageWriter
	no      uint32
	was     *page
}

// entity applies edits of one entity.
func (a *application) entity(edits []clusto.Edit, order []int) error {
	id := edits[order[0]].Entity
	old, had := a.old.record(uint32(id))
	old.entity = id
	d := &draft{a: a, was: old, is: old}
	for _, i := range order {
		if err := d.tell(&edits[i]); err != nil {
			return err
		}
	}
	if err := d.editRows(); err != nil {
		return err
	}
	d.index()
	d.count()
	if had || !d.is.empty() {
		a.put(&d.is)
	}
	return nil
}

// empty reports whether the record tells nothing.
func (r *record) empty() bool { return !r.live() && r.rows == "" && r.large == nil }

// put writes a record to its page.
func (a *application) put(r *record) {
	id := uint32(r.entity)
	if !a.writing || a.no != id/pageSize {
		a.endPage()
		a.writing, a.no = true, id/pageSize
		a.was = a.old.pages.get(a.no)
	}
	a.copyTo(id % pageSize)
	if !r.empty() {
		a.page.put(r)
	}
	a.page.skipTo(id%pageSize + 1)
}

// copyTo copies the records before slot that were not written.
func (a *application) copyTo(slot uint32) {
	for a.page.slot < slot {
		if a.was != nil {
			a.page.copy(a.was, a.page.slot)
		}
		a.page.skipTo(a.page.slot + 1)
	}
}

// endPage ends the page that is being written, if there is one.
func (a *application) endPage() {
	if a.writing {
		a.copyTo(pageSize)
		a.pages.put(a.no, a.page.finish())
		a.writing = false
	}
}

// name returns the number of a name, which it may get now.
func (a *application) name(of name) number {
	if no, ok := a.next.names.numbers[of]; ok {
		return no
	}
	if a.next.names == a.old.names {
		a.next.names = a.old.names.clone()
	}
	return a.next.names.add(of)
}

// kind returns the number of a kind, which it may get now.
func (a *application) kind(of kind) number {
	if no, ok := a.next.kinds.numbers[of]; ok {
		return no
	}
	if a.next.kinds == a.old.kinds {
		a.next.kinds = a.old.kinds.clone()
	}
	return a.next.kinds.add(of)
}
