package snapshot

import (
	"math"
	"slices"

	"github.com/clusto/clusto"
)

// What daemons ask for each packet. The answers are appended to what they bring
// along, so that nothing is allocated.

// Unchanging says that the snapshot shows one state for ever: itself.
func (s *Snapshot) Unchanging() (state any, ok bool) { return s, true }

// EntityOf returns the entity with an ID, and whether there is one.
func (s *Snapshot) EntityOf(id clusto.EntityID) (clusto.Entity, bool) {
	r, ok := s.recordOf(id)
	if !ok || !r.live() {
		return clusto.Entity{}, false
	}
	return s.entity(&r), true
}

// AppendMAC appends the attributes with a subkey that are a hardware address in
// any spelling. They come by entity.
func (s *Snapshot) AppendMAC(to []clusto.Attr, subkey string, mac clusto.MAC) []clusto.Attr {
	var room [8]uint32
	want := macNumber(mac)
	for _, id := range s.indexes[byValue].lows(room[:0], macHash(want), 0, math.MaxInt32) {
		r, ok := s.record(id)
		if !ok {
			continue
		}
		if r.large == nil {
			to = s.appendMAC(to, r.owner, r.rows, subkey, want)
			continue
		}
		for i := range r.large.groups {
			g := &r.large.groups[i]
			if s.names.all[g.name].subkey != clusto.Sub(subkey) {
				continue
			}
			for _, chunk := range g.chunks {
				to = s.appendMAC(to, r.owner, chunk, subkey, want)
			}
		}
	}
	return to
}

func (s *Snapshot) appendMAC(to []clusto.Attr, of owner, rows, subkey string, want uint64) []clusto.Attr {
	var at row
	for next := 0; next < len(rows); {
		next = at.next(rows, next, of)
		if at.form() != formText || s.names.all[at.name].subkey != clusto.Sub(subkey) {
			continue
		}
		if mac, ok := macOf(at.text); ok && mac == want {
			to = append(to, at.attr(of.entity, s.names))
		}
	}
	return to
}

// AppendAttrs appends the attributes of an entity, in the order of their rows if
// there are not very many.
func (s *Snapshot) AppendAttrs(to []clusto.Attr, of clusto.EntityID) []clusto.Attr {
	r, ok := s.recordOf(of)
	if !ok {
		return to
	}
	if r.large == nil {
		return s.appendRows(to, r.owner, r.rows)
	}
	for i := range r.large.groups {
		for _, chunk := range r.large.groups[i].chunks {
			to = s.appendRows(to, r.owner, chunk)
		}
	}
	return to
}

func (s *Snapshot) appendRows(to []clusto.Attr, of owner, rows string) []clusto.Attr {
	var at row
	for next := 0; next < len(rows); {
		next = at.next(rows, next, of)
		to = append(to, at.attr(of.entity, s.names))
	}
	return to
}

// AppendContainers appends the IDs of what an entity is directly in, in
// ascending order: not in that of the rows, as Parents has it.
func (s *Snapshot) AppendContainers(to []clusto.EntityID, of clusto.EntityID) []clusto.EntityID {
	if checkEntity(of) != nil {
		return to
	}
	var room [16]uint32
	before := len(to)
	for _, id := range s.indexes[byContent].lows(room[:0], uint32(of), 0, math.MaxInt32) {
		if r, ok := s.record(id); ok && r.live() {
			to = append(to, clusto.EntityID(id))
		}
	}
	slices.Sort(to[before:])
	return to
}

// AppendHaving appends the IDs of the entities that may have attributes with a
// key, and of all that have, in an order that is the same where they are the same.
func (s *Snapshot) AppendHaving(to []clusto.EntityID, key string) []clusto.EntityID {
	var ids []uint32
	for _, no := range s.names.byKey[key] {
		ids = s.indexes[byKey].lows(ids, no, 0, math.MaxInt32)
	}
	to = slices.Grow(to, len(ids))
	for _, id := range ids {
		to = append(to, clusto.EntityID(id))
	}
	return to
}

// Mark returns what is the same, by ==, in all snapshots in which an entity and
// its attributes are the same. It may differ where they are. It is nil if there is
// no such entity.
func (s *Snapshot) Mark(of clusto.EntityID) any {
	if checkEntity(of) != nil {
		return nil
	}
	if p := s.pages.get(uint32(of) / pageSize); p != nil {
		return p
	}
	return nil
}
