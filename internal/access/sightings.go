package access

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

var _ clusto.SightingKeeper = (*wrapped)(nil)

// Sightings implements clusto.SightingKeeper: of entities of which the subject may
// read addresses and ports, and of strangers if it may read everything.
func (w *wrapped) Sightings(ctx context.Context, m clusto.SightingMatch) ([]clusto.Sighting, error) {
	keeper, err := w.sightings()
	if err != nil {
		return nil, err
	}
	rights, err := w.subject.rights(ctx)
	if err != nil {
		return nil, err
	}
	hasty := *rights // a stranger is no thing that could be looked at
	hasty.careful = false
	anywhere := &reader{judge: newJudge(w.policy, &hasty, w.subject.Name, nil)}
	if anywhere.readsAll() {
		return keeper.Sightings(ctx, m)
	}
	if m.Strangers {
		return nil, nil
	}
	known := m
	known.Known, known.Limit = true, 0
	all, err := keeper.Sightings(ctx, known)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var shown []clusto.Sighting
	err = w.View(ctx, clusto.Live, func(r clusto.Reader) error {
		shown, err = plainReader(r).visibleSightings(ctx, all, m.Limit)
		return err
	})
	return shown, err
}

// plainReader returns the reader that View has made.
func plainReader(r clusto.Reader) *reader {
	if p, ok := r.(*past); ok {
		return p.reader
	}
	return r.(*reader)
}

// ofSighting are what a sighting tells of an entity besides that it exists: the
// hardware address of a port, and an address.
var ofSighting = [...]question{{verb: Read, kind: Port}, {verb: Read, kind: Attr, name: "ip"}}

// visibleSightings returns those of the entities that may be seen, with what their
// sightings tell, up to limit if that is not 0.
func (r *reader) visibleSightings(ctx context.Context, all []clusto.Sighting, limit int) ([]clusto.Sighting, error) {
	ids := make([]clusto.EntityID, len(all))
	for i, s := range all {
		ids[i] = s.Entity
	}
	if err := r.judge.know(ctx, ids); err != nil {
		return nil, err
	}
	hidden := func(of clusto.EntityID) bool {
		return slices.ContainsFunc(ofSighting[:], func(q question) bool { return !r.permits(q, of) })
	}
	var shown []clusto.Sighting
	for _, s := range all {
		if r.permits(seeing, s.Entity) && !hidden(s.Entity) && (limit == 0 || len(shown) < limit) {
			shown = append(shown, s)
		}
	}
	return shown, nil
}

// KeepSightings implements clusto.SightingKeeper, for who may administer clusto.
func (w *wrapped) KeepSightings(ctx context.Context, seen ...clusto.Sighting) error {
	if err := w.subject.MayAdmin(ctx); err != nil {
		return err
	}
	keeper, err := w.sightings()
	if err != nil {
		return err
	}
	return keeper.KeepSightings(ctx, seen...)
}

// sightings returns what keeps them.
func (w *wrapped) sightings() (clusto.SightingKeeper, error) {
	keeper, ok := w.store.(clusto.SightingKeeper)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "this database does not keep who has asked for an address")
	}
	return keeper, nil
}
