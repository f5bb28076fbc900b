package snapshot

import (
	"cmp"
	"errors"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/clusto/clusto"
)

// Builder makes a snapshot of entities and attributes that it is given in any
// order. Those that come in the order of entities, and of rows for each, are
// built fastest.
type Builder struct {
	seed maphash.Seed

	mu    sync.Mutex // guards what follows
	names *names
	kinds *kinds
	parts []*Part

	own *Part // made by the methods of the Builder itself
}

// NewBuilder returns a Builder that has been given nothing.
func NewBuilder() *Builder {
	b := &Builder{seed: maphash.MakeSeed(), names: newNames(), kinds: newKinds()}
	b.own = b.Part()
	return b
}

// Entity adds an entity. Like Attr it must not be called by several goroutines at
// once, which take a Part each.
func (b *Builder) Entity(e clusto.Entity) { b.own.Entity(e) }

// Attr adds an attribute. What it belongs to may come later, or not at all.
func (b *Builder) Attr(a clusto.Attr) { b.own.Attr(a) }

// Part returns a part of the Builder for the use of one goroutine.
func (b *Builder) Part() *Part {
	p := &Part{b: b, numbers: map[name]number{}, kinds: map[kind]number{}}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parts = append(b.parts, p)
	return p
}

// number returns the number of a name.
func (b *Builder) number(of name) number {
	b.mu.Lock()
	defer b.mu.Unlock()
	if no, ok := b.names.numbers[of]; ok {
		return no
	}
	return b.names.add(of)
}

// kind returns the number of a kind.
func (b *Builder) kind(of kind) number {
	b.mu.Lock()
	defer b.mu.Unlock()
	if no, ok := b.kinds.numbers[of]; ok {
		return no
	}
	return b.kinds.add(of)
}

// Build returns the snapshot of all that was added, as of the given version. The
// Builder and its parts must not be used any more. It returns ErrInvalid if two
// entities or two attributes have the same number, or one has a number that a
// snapshot cannot hold.
func (b *Builder) Build(version clusto.Version) (*Snapshot, error) {
	s := &Snapshot{version: version, seed: b.seed, names: b.names, kinds: b.kinds}
	var errs []error
	for _, p := range b.parts {
		errs = append(errs, p.err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(b.parts, func(a, b *Part) int { return cmp.Compare(a.first(), b.first()) })
	var building sync.WaitGroup
	var faults [indexCount]any
	for i := range indexCount {
		building.Go(func() {
			defer func() { faults[i] = recover() }()
			s.indexes[i] = b.index(i)
		})
	}
	a := assembly{b: b, s: s}
	err := a.assemble()
	building.Wait()
	if err != nil {
		return nil, err
	}
	for _, fault := range faults {
		if fault != nil {
			panic(fault) // the caller may know what to do, and can recover
		}
	}
	return s, nil
}

// index returns the index of which the parts have the keys.
func (b *Builder) index(i int) set {
	n := 0
	for _, p := range b.parts {
		n += p.postings[i].n
	}
	keys := make([]uint64, 0, n)
	for _, p := range b.parts {
		keys = p.postings[i].appendTo(keys)
	}
	return newSet(sortKeys(keys))
}
