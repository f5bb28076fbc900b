package snapshot

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/clusto/clusto"
)

// step is one row that puts an entity into another: from the one that is near,
// from where one looks, to the one that is far.
type step struct {
	row       uint64
	near, far clusto.EntityID
}

// walker follows containment.
type walker struct {
	s      *Snapshot
	f      *filter
	steps  []step
	owners []uint32
	down   bool // from containers to contents
}

// Contents implements clusto.Reader.
func (s *Snapshot) Contents(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	return s.walk(ctx, true, of, deep)
}

// Parents implements clusto.Reader.
func (s *Snapshot) Parents(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	return s.walk(ctx, false, of, deep)
}

// walk places each entity where it is met first; within a level the oldest row counts.
func (s *Snapshot) walk(ctx context.Context, down bool, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	if err := ended(ctx); err != nil || len(of) == 0 {
		return nil, err
	}
	w := &walker{s: s, f: s.containment(), down: down}
	seen := make(map[clusto.EntityID]bool, len(of))
	for _, id := range of {
		seen[id] = true
	}
	placed := []clusto.Placed{}
	for depth, level := 1, ascending(of); len(level) > 0 && (deep || depth == 1); depth++ {
		if err := ended(ctx); err != nil {
			return nil, err
		}
		w.follow(level)
		slices.SortFunc(w.steps, func(a, b step) int { return cmp.Compare(a.row, b.row) })
		placed = slices.Grow(placed, len(w.steps))
		var next []clusto.EntityID
		for i := range w.steps {
			to := &w.steps[i]
			if seen[to.far] {
				continue
			}
			seen[to.far] = true
			if r, ok := s.recordOf(to.far); ok && r.live() {
				placed = append(placed, clusto.Placed{Entity: s.entity(&r), Via: to.near, Depth: depth})
				if !down || r.flags&isContainer != 0 {
					next = append(next, to.far)
				}
			}
		}
		level = next
	}
	return placed, nil
}

// follow finds the steps from the entities of a level.
func (w *walker) follow(level []clusto.EntityID) {
	w.steps = w.steps[:0]
	for _, id := range level {
		if w.down {
			w.contents(id)
		} else {
			w.containers(id)
		}
	}
}

// contents appends the steps from a container to what is in it.
func (w *walker) contents(of clusto.EntityID) {
	r, ok := w.s.recordOf(of)
	if !ok || r.flags&isContainer == 0 {
		return
	}
	w.f.each(&r, func(_ string, at *row, _ int) bool {
		if at.form() == formRelation {
			w.steps = append(w.steps, step{at.id, of, clusto.EntityID(at.value)})
		}
		return true
	})
}

// containers appends the steps from an entity to what it is in.
func (w *walker) containers(of clusto.EntityID) {
	w.owners = w.s.indexes[byContent].lows(w.owners[:0], uint32(of), 0, math.MaxInt32)
	var r record
	note := func(_ string, at *row, _ int) bool {
		w.steps = append(w.steps, step{at.id, of, r.entity})
		return true
	}
	for _, id := range w.owners {
		if p := w.s.pages.get(id / pageSize); p != nil && r.read(p, id) {
			w.f.eachTo(&r, of, note)
		}
	}
}

// InEach implements clusto.Intersecter.
func (s *Snapshot) InEach(ctx context.Context, containers []clusto.EntityID, deep bool) ([]clusto.Entity, error) {
	if err := ended(ctx); err != nil || len(containers) == 0 {
		return nil, err
	}
	w := &walker{s: s, f: s.containment(), down: true}
	var common []uint32
	for i, root := range ascending(containers) {
		if err := ended(ctx); err != nil {
			return nil, err
		}
		inside := w.inside(root, deep)
		if i > 0 {
			inside = both(inside, common)
		}
		if common = inside; len(common) == 0 {
			return nil, nil
		}
	}
	var all []clusto.Entity
	for _, id := range common {
		if r, ok := s.record(id); ok && r.live() {
			all = append(all, s.entity(&r))
		}
	}
	return all, nil
}

// inside returns the numbers of what is in root, in their order. What is in
// something that is gone counts, as it does in the database.
func (w *walker) inside(root clusto.EntityID, deep bool) []uint32 {
	seen := map[clusto.EntityID]bool{}
	for level := []clusto.EntityID{root}; len(level) > 0; {
		w.follow(level)
		level = level[:0]
		for i := range w.steps {
			if far := w.steps[i].far; !seen[far] {
				seen[far] = true
				level = append(level, far)
			}
		}
		if !deep {
			break
		}
	}
	delete(seen, root)
	all := make([]uint32, 0, len(seen))
	for id := range seen {
		if checkEntity(id) == nil {
			all = append(all, uint32(id))
		}
	}
	slices.Sort(all)
	return all
}
