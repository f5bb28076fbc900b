package snapshot

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/clusto/clusto"
)

// Part is a part of a [Builder] that one goroutine uses, while others use
// other parts.
type Part struct {
	b        *Builder
	entities []clusto.Entity
	buffers  []*strings.Builder // of rows
	places   list[place]
	postings postings
	err      error // the first

	numbers map[name]number // of b that this part knows
	kinds   map[kind]number
	known   []name   // names by their number, where this part knows them
	follows []number // which number followed each last time
	last    number
	scratch []byte
}

// place tells where in the buffers a row is.
type place struct{ entity, buffer, at uint32 }

// The sizes of buffers.
const (
	firstBuffer = 16 << 10
	largeBuffer = 1 << 20
)

// first returns the first entity that the part has an attribute of.
func (p *Part) first() uint32 {
	if p.places.n == 0 {
		return 0
	}
	return p.places.pieces[0][0].entity
}

// Entity adds an entity.
func (p *Part) Entity(e clusto.Entity) {
	if err := checkEntity(e.ID); err != nil {
		p.fail(err)
		return
	}
	p.entities = append(p.entities, e)
	p.postings.entity(p.b.seed, uint32(e.ID), p.kind(kind{e.Type, e.Driver}), e.Name)
}

// Attr adds an attribute.
func (p *Part) Attr(a clusto.Attr) {
	if err := checkRow(&a); err != nil {
		p.fail(err)
		return
	}
	r := rowOf(&a, p.number(name{a.Key, a.Subkey}))
	p.scratch = appendBody(p.scratch[:0], &a, &r)
	buffer, at := p.write(&a)
	p.places.add(place{uint32(a.Entity), buffer, at})
	p.postings.row(p.b.seed, uint32(a.Entity), &r, a.Key == clusto.KeyContains)
}

// write writes the row whose body is in p.scratch, and returns where.
func (p *Part) write(a *clusto.Attr) (buffer, at uint32) {
	var start [3 * binary.MaxVarintLen64]byte
	head := binary.AppendUvarint(start[:0], uint64(a.ID))
	head = binary.AppendUvarint(head, folded(int64(a.Version)))
	head = binary.AppendUvarint(head, uint64(len(p.scratch)))
	b := p.room(len(head) + len(p.scratch))
	at = uint32(b.Len())
	b.Write(head)
	b.Write(p.scratch)
	return uint32(len(p.buffers) - 1), at
}

// room returns a buffer with room for so many bytes.
func (p *Part) room(bytes int) *strings.Builder {
	size := firstBuffer
	if n := len(p.buffers); n > 0 {
		last := p.buffers[n-1]
		if last.Len()+bytes <= last.Cap() {
			return last
		}
		size = min(largeBuffer, 2*last.Cap())
	}
	next := new(strings.Builder)
	next.Grow(max(size, bytes))
	p.buffers = append(p.buffers, next)
	return next
}

// number returns the number of a name. Attributes of one entity after the other
// have mostly the same names in the same order, so what came after the last one
// the last time is tried first.
func (p *Part) number(of name) number {
	if int(p.last) < len(p.follows) {
		if next := p.follows[p.last]; int(next) < len(p.known) && p.known[next] == of {
			p.last = next
			return next
		}
	}
	no, ok := p.numbers[of]
	if !ok {
		no = p.b.number(of)
		p.numbers[of] = no
		for int(no) >= len(p.known) {
			p.known, p.follows = append(p.known, name{}), append(p.follows, 0)
		}
		p.known[no] = of
	}
	if int(p.last) < len(p.follows) {
		p.follows[p.last] = no
	}
	p.last = no
	return no
}

func (p *Part) kind(of kind) number {
	no, ok := p.kinds[of]
	if !ok {
		no = p.b.kind(of)
		p.kinds[of] = no
	}
	return no
}

func (p *Part) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// maxRow is the highest number of a row whose block has 32 bits.
const maxRow = 1<<(32+blockBits) - 1

// checkEntity returns ErrInvalid if a snapshot cannot hold an entity with this number.
func checkEntity(id clusto.EntityID) error {
	if id < 1 || id > math.MaxUint32 {
		return clusto.Errorf(clusto.ErrInvalid, "entity number %d cannot be held in memory, which holds numbers from 1 to %d", id, uint32(math.MaxUint32))
	}
	return nil
}

// checkRow returns ErrInvalid if a snapshot cannot hold an attribute with these numbers.
func checkRow(a *clusto.Attr) error {
	if a.ID < 1 || a.ID > maxRow {
		return clusto.Errorf(clusto.ErrInvalid, "attribute number %d (%s of entity %d) cannot be held in memory, which holds numbers from 1 to %d",
			a.ID, a.Name(), a.Entity, int64(maxRow))
	}
	return checkEntity(a.Entity)
}
