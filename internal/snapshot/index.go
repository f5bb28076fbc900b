package snapshot

import (
	"hash/maphash"
)

// The indexes. Each is a set of keys: what is looked for in the upper half, the
// entity that has it in the lower.
const (
	byName    = iota // hash of the entity's name
	byKind           // number of the entity's kind
	byKey            // number of an attribute's name
	byValue          // hash of an attribute's name and value, but for relations, or of a hardware address
	byContent        // what the entity contains
	byRelated        // what it otherwise has a relation to
	byRow            // block of numbers of rows
	indexCount
)

// postings are keys for each of the indexes.
type postings [indexCount]list[uint64]

func (p *postings) add(index int, upper, entity uint32) {
	p[index].add(uint64(upper)<<32 | uint64(entity))
}

// sorted returns the keys for an index in their order, each once, and leaves none.
func (p *postings) sorted(index int) []uint64 {
	return sortKeys(p[index].appendTo(make([]uint64, 0, p[index].n)))
}

// entity adds the keys of an entity but for its attributes.
func (p *postings) entity(seed maphash.Seed, id uint32, of number, name string) {
	p.add(byName, nameHash(seed, name), id)
	p.add(byKind, of, id)
}

// row adds the keys of an attribute.
func (p *postings) row(seed maphash.Seed, id uint32, r *row, contains bool) {
	p.add(byKey, r.name, id)
	p.add(byRow, blockOf(r.id), id)
	switch {
	case r.form() == formRelation && contains:
		p.add(byContent, uint32(r.value), id)
	case r.form() == formRelation:
		p.add(byRelated, uint32(r.value), id)
	default:
		p.add(byValue, valueHash(seed, r.name, r.form(), r.value, r.text), id)
		if mac, ok := r.mac(); ok {
			p.add(byValue, macHash(mac), id)
		}
	}
}

// mac returns the hardware address that the row's value spells.
func (r *row) mac() (uint64, bool) {
	if r.form() != formText {
		return 0, false
	}
	return macOf(r.text)
}
