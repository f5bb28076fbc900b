package snapshot_test

import (
	"context"
	"iter"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/internal/snapshot"
)

// recorder is a Store that keeps what a fleet is made of, and a Tx. It has only
// what making a fleet takes; the rest panics.
type recorder struct {
	clusto.Store
	clusto.Tx
	version  clusto.Version
	entities []clusto.Entity
	attrs    []clusto.Attr
}

// fleetOf returns the rows of a fleet of so many servers.
func fleetOf(tb testing.TB, servers int) *recorder {
	tb.Helper()
	r := &recorder{version: 1, entities: []clusto.Entity{{ID: 1, Name: clusto.MetaEntity, Type: "clustometa", Driver: "clustometa", Version: 1}}}
	if _, err := fleet.Load(tb.Context(), r, fleet.Options{Servers: servers, Seed: 1}); err != nil {
		tb.Fatal(err)
	}
	return r
}

// build returns a snapshot of the rows.
func (r *recorder) build(tb testing.TB) *snapshot.Snapshot {
	tb.Helper()
	b := snapshot.NewBuilder()
	for _, e := range r.entities {
		b.Entity(e)
	}
	for i := range r.attrs {
		b.Attr(r.attrs[i])
	}
	s, err := b.Build(r.version)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func (r *recorder) Update(_ context.Context, _ clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	r.version++
	return r.version, fn(r)
}

func (r *recorder) Nest(_ context.Context, fn func(clusto.Tx) error) error { return fn(r) }

func (r *recorder) Entity(context.Context, string) (clusto.Entity, error) { return r.entities[0], nil }

func (r *recorder) Counter(context.Context, clusto.EntityID, string) (int64, bool, error) {
	return 0, false, nil
}

func (r *recorder) SetCounter(context.Context, clusto.EntityID, string, int64) error { return nil }

func (r *recorder) Find(context.Context, clusto.Match) iter.Seq2[clusto.Entity, error] {
	return func(func(clusto.Entity, error) bool) {}
}

func (r *recorder) Attrs(_ context.Context, m clusto.AttrMatch) iter.Seq2[clusto.Attr, error] {
	return func(yield func(clusto.Attr, error) bool) {
		for i := range r.attrs {
			if m.Matches(r.attrs[i]) && !yield(r.attrs[i], nil) {
				return
			}
		}
	}
}

func (r *recorder) Entities(_ context.Context, ids ...clusto.EntityID) ([]clusto.Entity, error) {
	var all []clusto.Entity
	for _, id := range ids {
		all = append(all, r.entities[id-1])
	}
	return all, nil
}

func (r *recorder) AddFreeRanges(context.Context, ...clusto.FreeRange) error { return nil }

func (r *recorder) Create(_ context.Context, name, typ, driver string) (clusto.Entity, error) {
	e := clusto.Entity{ID: clusto.EntityID(len(r.entities) + 1), Name: name, Type: typ, Driver: driver, Version: r.version}
	r.entities = append(r.entities, e)
	return e, nil
}

func (r *recorder) AddAttrs(_ context.Context, attrs ...clusto.Attr) error {
	for _, a := range attrs {
		a.ID, a.Version = clusto.AttrID(len(r.attrs)+1), r.version
		r.attrs = append(r.attrs, a)
	}
	return nil
}
