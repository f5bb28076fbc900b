package snapshot

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/clusto/clusto"
)

// large holds the attributes of an entity that has very many, such as a pool of
// all servers, so that a change of one, and a question about some, does not cost
// as much as all of them.
type large struct {
	groups  []group // in the order of their names' numbers
	related set     // what its relations refer to, and the block of the row
	rows    int
}

// group holds the attributes with one name, in chunks in the order of their
// numbers. The steps of a chunk begin at 0.
type group struct {
	name   number
	chunks []string
}

// How many bytes of attributes make a record large, how few make it an ordinary
// one again, and at how many a chunk is full.
const (
	largeBytes = 4096
	smallBytes = 1024
	chunkBytes = 768
)

// blockBits is how many bits of a row's number the indexes do not have.
const blockBits = 6

// blockOf returns the block that a row is in.
func blockOf(id uint64) uint32 { return uint32(id >> blockBits) }

// relatedKey returns the key in large.related of a row.
func relatedKey(to clusto.EntityID, id uint64) uint64 {
	return uint64(uint32(to))<<32 | uint64(blockOf(id))
}

// loose is a row that is in no record yet.
type loose struct {
	id      uint64
	name    number
	version clusto.Version
	body    string // without version
}

// loose returns the row, of a record of the given version, as one that is in none.
func (r *row) loose(base clusto.Version) loose {
	body := r.body
	if r.head&hasVersion != 0 {
		var tail [binary.MaxVarintLen64]byte
		n := binary.PutUvarint(tail[:], folded(int64(r.version-base)))
		body = string(rune(r.head&^hasVersion)) + body[headsLength:len(body)-n]
	}
	return loose{r.id, r.name, r.version, body}
}

// newLarge returns rows, which are in their order, as a large record of an
// entity has them.
func newLarge(of owner, rows []loose) *large {
	l := &large{rows: len(rows)}
	slices.SortStableFunc(rows, func(a, b loose) int { return cmp.Compare(a.name, b.name) })
	var related []uint64
	for len(rows) > 0 {
		c := chunker{w: rowWriter{base: of.version}, full: chunkBytes}
		n := 0
		for ; n < len(rows) && rows[n].name == rows[0].name; n++ {
			c.w.add(rows[n].id, rows[n].body, rows[n].version)
			c.cut()
			var r row
			r.read(rows[n].body, 0, of)
			if to := r.relation(); to != 0 {
				related = append(related, relatedKey(to, rows[n].id))
			}
		}
		l.groups = append(l.groups, group{rows[0].name, c.all()})
		rows = rows[n:]
	}
	l.related = newSet(sortKeys(related))
	return l
}

// chunker makes the chunks of a group.
type chunker struct {
	w    rowWriter
	done []string
	full int // how many bytes make a chunk full; 0 if nothing does
}

// cut ends the chunk if it is full.
func (c *chunker) cut() {
	if c.full > 0 && len(c.w.out) >= c.full {
		c.end()
	}
}

func (c *chunker) end() {
	if len(c.w.out) > 0 {
		c.done = append(c.done, string(c.w.out))
	}
	c.w.out, c.w.last = c.w.out[:0], 0
}

func (c *chunker) all() []string {
	c.end()
	return c.done
}

// group returns the place of the group with a name, or where it would be, and
// whether there is one.
func (l *large) group(of number) (int, bool) {
	return slices.BinarySearchFunc(l.groups, of, func(g group, of number) int { return cmp.Compare(g.name, of) })
}

// bytes returns how many bytes the rows take.
func (l *large) bytes() int {
	n := 0
	for i := range l.groups {
		for _, chunk := range l.groups[i].chunks {
			n += len(chunk)
		}
	}
	return n
}

// chunkOf returns the place of the chunk in which the first row is whose number
// is not below id, unless it begins the next one.
func (g *group) chunkOf(id uint64) int {
	i, found := slices.BinarySearchFunc(g.chunks, id, func(chunk string, id uint64) int {
		first, _ := uvarint(chunk, 0)
		return cmp.Compare(first, id)
	})
	if found {
		return i
	}
	return max(0, i-1)
}

// within calls fn with the rows numbered from first to last, until it returns false.
func (g *group) within(of owner, first, last uint64, fn func(chunk string, r *row, body int) bool) {
	for _, chunk := range g.chunks[min(g.chunkOf(first), len(g.chunks)):] {
		var r row
		for at := 0; at < len(chunk); {
			at = r.next(chunk, at, of)
			if r.id > last {
				return
			}
			if r.id >= first && !fn(chunk, &r, at-len(r.body)) {
				return
			}
		}
	}
}

// inBlock calls fn with the rows of a block, until it returns false.
func (g *group) inBlock(of owner, block uint32, fn func(chunk string, r *row, body int) bool) {
	first := uint64(block) << blockBits
	g.within(of, first, first|(1<<blockBits-1), fn)
}

// has reports whether there is a row for which is returns true.
func (g *group) has(of owner, is func(*row) bool) bool {
	found := false
	for _, chunk := range g.chunks {
		var r row
		for at := 0; at < len(chunk) && !found; {
			at = r.next(chunk, at, of)
			found = is(&r)
		}
	}
	return found
}
