package snapshot

import (
	"context"
	"hash/maphash"
	"iter"
	"math"

	"github.com/clusto/clusto"
)

// Snapshot is the inventory of one version. It answers what a clusto.Reader is
// asked, but for counters and the list of versions, which it does not have.
// Other than a Reader must, it answers while one of its sequences is ranged over.
type Snapshot struct {
	version  clusto.Version
	seed     maphash.Seed
	names    *names
	kinds    *kinds
	pages    pages
	indexes  [indexCount]set
	entities int
	attrs    int
}

var (
	_ clusto.Reader      = (*Snapshot)(nil)
	_ clusto.Intersecter = (*Snapshot)(nil)
)

// Version implements clusto.Reader.
func (s *Snapshot) Version(ctx context.Context) (clusto.Version, error) {
	return s.version, ended(ctx)
}

// Counter returns ErrUnsupported: a snapshot has no counters.
func (s *Snapshot) Counter(context.Context, clusto.EntityID, string) (int64, bool, error) {
	return 0, false, clusto.Errorf(clusto.ErrUnsupported, "the inventory in memory has no counters; ask the database")
}

// Versions yields ErrUnsupported: a snapshot knows the number of its own version only.
func (s *Snapshot) Versions(context.Context, clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	return func(yield func(clusto.VersionInfo, error) bool) {
		yield(clusto.VersionInfo{}, clusto.Errorf(clusto.ErrUnsupported, "the inventory in memory has no list of versions; ask the database"))
	}
}

// Entity implements clusto.Reader.
func (s *Snapshot) Entity(ctx context.Context, name string) (clusto.Entity, error) {
	if err := ended(ctx); err != nil {
		return clusto.Entity{}, err
	}
	var room [4]uint32
	for _, id := range s.indexes[byName].lows(room[:0], nameHash(s.seed, name), 0, math.MaxInt32) {
		if r, ok := s.record(id); ok && r.live() && r.name == name {
			return s.entity(&r), nil
		}
	}
	return clusto.Entity{}, clusto.Errorf(clusto.ErrNotFound, "%q does not exist", name)
}

// Entities implements clusto.Reader.
func (s *Snapshot) Entities(ctx context.Context, ids ...clusto.EntityID) ([]clusto.Entity, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	all := make([]clusto.Entity, len(ids))
	for i, id := range ids {
		r, ok := s.recordOf(id)
		if !ok || !r.live() {
			return nil, clusto.Errorf(clusto.ErrNotFound, "entity number %d does not exist", id)
		}
		all[i] = s.entity(&r)
	}
	return all, nil
}

// ended returns why ctx is over, or nil if it is not.
func ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// record returns the record of an entity, and whether there is one.
func (s *Snapshot) record(id uint32) (r record, ok bool) {
	if p := s.pages.get(id / pageSize); p != nil {
		ok = r.read(p, id)
	}
	return r, ok
}

// recordOf is record, of an ID that may be one that no snapshot holds.
func (s *Snapshot) recordOf(id clusto.EntityID) (r record, ok bool) {
	if checkEntity(id) != nil {
		return r, false
	}
	return s.record(uint32(id))
}

// entity returns the entity of a live record.
func (s *Snapshot) entity(r *record) clusto.Entity {
	k := &s.kinds.all[r.kind]
	return clusto.Entity{ID: r.entity, Name: r.name, Type: k.typ, Driver: k.driver, Version: r.version}
}
