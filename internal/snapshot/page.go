package snapshot

import (
	"encoding/binary"

	"github.com/clusto/clusto"
)

// page holds the records of the entities whose numbers agree but for the last
// four bits, one behind the other.
type page struct {
	blob  string
	ends  [pageSize]uint32 // where each record ends, and the next begins
	large *[pageSize]*large
}

const (
	pageBits = 4
	pageSize = 1 << pageBits
)

// The flags of a record.
const (
	isLive      = 1 << iota // there is such an entity; else it only left attributes
	isContainer             // it has attributes with the key of containment
	isLarge                 // its attributes are in page.large
)

// record is what is known about an entity: a byte of flags, its version, if it
// lives its kind and name, and its attributes.
type record struct {
	owner
	flags byte
	kind  number
	name  string
	rows  string // in the order of their numbers
	large *large // instead of rows, if there are many
}

func (r *record) live() bool { return r.flags&isLive != 0 }

// read reads the record of the entity, and reports whether there is one.
func (r *record) read(p *page, id uint32) bool {
	slot := id % pageSize
	from := uint32(0)
	if slot > 0 {
		from = p.ends[slot-1]
	}
	if from == p.ends[slot] {
		return false
	}
	raw := p.blob[from:p.ends[slot]]
	*r = record{flags: raw[0]}
	r.entity = clusto.EntityID(id)
	n, at := uvarint(raw, 1)
	r.version = clusto.Version(unfolded(n))
	if r.live() {
		n, at = uvarint(raw, at)
		r.kind = number(n)
		n, at = uvarint(raw, at)
		r.name = raw[at : at+int(n)]
		at += int(n)
	}
	if r.flags&isLarge != 0 {
		r.large = p.large[slot]
		return true
	}
	r.rows = raw[at:]
	return true
}

// appendTo appends the record as it is stored.
func (r *record) appendTo(out []byte) []byte {
	out = binary.AppendUvarint(append(out, r.flags), folded(int64(r.version)))
	if r.live() {
		out = binary.AppendUvarint(out, uint64(r.kind))
		out = append(binary.AppendUvarint(out, uint64(len(r.name))), r.name...)
	}
	return append(out, r.rows...)
}

// pageWriter makes a page, record by record in their order.
type pageWriter struct {
	page
	out  []byte
	slot uint32 // the next
}

// put adds a record.
func (w *pageWriter) put(r *record) {
	slot := uint32(r.entity) % pageSize
	w.skipTo(slot)
	w.out = r.appendTo(w.out)
	if r.large != nil {
		w.keep(slot, r.large)
	}
}

// keep adds a record of another page as it is stored there.
func (w *pageWriter) copy(p *page, slot uint32) {
	w.skipTo(slot)
	from := uint32(0)
	if slot > 0 {
		from = p.ends[slot-1]
	}
	w.out = append(w.out, p.blob[from:p.ends[slot]]...)
	if p.large != nil && p.large[slot] != nil {
		w.keep(slot, p.large[slot])
	}
}

func (w *pageWriter) keep(slot uint32, l *large) {
	if w.page.large == nil {
		w.page.large = new([pageSize]*large)
	}
	w.page.large[slot] = l
}

func (w *pageWriter) skipTo(slot uint32) {
	for ; w.slot < slot; w.slot++ {
		w.ends[w.slot] = uint32(len(w.out))
	}
}

// finish returns the page, or nil if nothing is in it, and begins another.
func (w *pageWriter) finish() *page {
	w.skipTo(pageSize)
	var made *page
	if len(w.out) > 0 {
		w.blob = string(w.out)
		made = new(page)
		*made = w.page
	}
	*w = pageWriter{out: w.out[:0]}
	return made
}

// pages finds pages by their number. Like a set it never changes.
type pages struct {
	root []*middle
}

type (
	middle [fanOut]*lower
	lower  [fanOut]*page
)

// get returns page number no, or nil if it is empty.
func (p *pages) get(no uint32) *page {
	if top := no / (fanOut * fanOut); int(top) < len(p.root) && p.root[top] != nil {
		if l := p.root[top][no/fanOut%fanOut]; l != nil {
			return l[no%fanOut]
		}
	}
	return nil
}

// from returns the first page that is not empty from number no on, and its
// number, or nil if there is none.
func (p *pages) from(no uint32) (uint32, *page) {
	for top := no / (fanOut * fanOut); int(top) < len(p.root); top++ {
		if m := p.root[top]; m != nil {
			for i := no / fanOut % fanOut; i < fanOut; i++ {
				if l := m[i]; l != nil {
					for j := no % fanOut; j < fanOut; j++ {
						if l[j] != nil {
							return (top*fanOut+i)*fanOut + j, l[j]
						}
					}
				}
				no = 0
			}
		}
		no = 0
	}
	return 0, nil
}

// pagesWriter changes pages in the order of their numbers.
type pagesWriter struct {
	made   pages
	middle *middle // the last that was copied, for number top
	lower  *lower  // the last that was copied, for number low
	top    uint32
	low    uint32
}

func (p *pages) change() *pagesWriter {
	return &pagesWriter{made: pages{append([]*middle(nil), p.root...)}}
}

// put makes p page number no.
func (w *pagesWriter) put(no uint32, p *page) {
	top, low := no/(fanOut*fanOut), no/fanOut
	for int(top) >= len(w.made.root) {
		w.made.root = append(w.made.root, nil)
	}
	if w.middle == nil || top != w.top {
		w.middle, w.lower, w.top = copyOf(w.made.root[top]), nil, top
		w.made.root[top] = w.middle
	}
	if w.lower == nil || low != w.low {
		w.lower, w.low = copyOf(w.middle[low%fanOut]), low
		w.middle[low%fanOut] = w.lower
	}
	w.lower[no%fanOut] = p
}

// copyOf returns a copy of what p points to, or something new if it is nil.
func copyOf[T any](p *T) *T {
	c := new(T)
	if p != nil {
		*c = *p
	}
	return c
}
