package resource

import (
	"context"
	"errors"
	"time"

	"github.com/clusto/clusto"
)

// lastBefore returns the newest version made before a time: what was freed by
// it or earlier rests no more. Where no history is kept nothing is to be learnt
// from it, and that is the newest of all.
func lastBefore(ctx context.Context, tx clusto.Tx, t time.Time) (clusto.Version, error) {
	h, err := clusto.Past(tx)
	if errors.Is(err, clusto.ErrUnsupported) {
		return tx.Version(ctx)
	}
	if err != nil {
		return 0, err
	}
	for v, err := range h.FindVersions(ctx, clusto.VersionMatch{Until: t.Add(-time.Second), NewestFirst: true}) {
		if err != nil || !v.Time.IsZero() { // one without time may be younger
			return v.Version, err
		}
	}
	return 0, nil
}

// endedRows returns the places of resources of m that somebody had until a
// version after since, in the order of versions.
func (m *Manager) endedRows(ctx context.Context, r row, since clusto.Version, now time.Time) ([]clusto.Freed, error) {
	return m.ended(ctx, clusto.EditMatch{After: since, Key: clusto.Is(Key(m.Driver()))}, now, func(edits []clusto.Edit) []placed {
		type end struct {
			slot
			at clusto.Version
		}
		mine := map[end]bool{}
		for _, e := range edits {
			if e.Kind == clusto.AttrEnded && e.Attr.Subkey == clusto.Sub(SubkeyManager) && e.Attr.Value.Relation() == m.ID {
				mine[end{slot{e.Entity, e.Attr.Number}, e.Version}] = true
			}
		}
		var all []placed
		for _, e := range edits {
			_, beside := e.Attr.Subkey.Get()
			if e.Kind == clusto.AttrEnded && !beside && mine[end{slot{e.Entity, e.Attr.Number}, e.Version}] {
				all = append(all, placed{e.Attr.Value, e.Version})
			}
		}
		return all
	}, r)
}

// endedNames returns the places of names that an entity had until a version
// after since.
func (m *Manager) endedNames(ctx context.Context, r row, since clusto.Version, now time.Time) ([]clusto.Freed, error) {
	return m.ended(ctx, clusto.EditMatch{After: since}, now, func(edits []clusto.Edit) []placed {
		var all []placed
		for _, e := range edits {
			if e.Kind == clusto.EntityEnded || e.Kind == clusto.EntityChanged && e.Was.Name != e.Is.Name {
				all = append(all, placed{clusto.String(e.Was.Name), e.Version})
			}
		}
		return all
	}, r)
}

// placed is a resource that was free from a version on.
type placed struct {
	value clusto.Value
	from  clusto.Version
}

// ended reads edits, has find say what they freed, and adds places and times. A
// version that has no time, as that of a transaction has none yet, was made now.
func (m *Manager) ended(ctx context.Context, match clusto.EditMatch, now time.Time, find func([]clusto.Edit) []placed, r row) ([]clusto.Freed, error) {
	h, err := clusto.Past(m.Inventory().Reader)
	if errors.Is(err, clusto.ErrUnsupported) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	edits, err := clusto.Collect(h.Edits(ctx, match))
	if err != nil {
		return nil, err
	}
	found := find(edits)
	if len(found) == 0 {
		return nil, nil
	}
	times := map[clusto.Version]time.Time{}
	for v, err := range h.FindVersions(ctx, clusto.VersionMatch{After: match.After}) {
		if err != nil {
			return nil, err
		}
		times[v.Version] = v.Time
	}
	var all []clusto.Freed
	for _, f := range found {
		at := times[f.from]
		if at.IsZero() {
			at = now
		}
		if place, ok := r.place(f.value); ok {
			all = append(all, clusto.Freed{Manager: m.ID, Addr: place, At: at})
		}
	}
	return all, nil
}
