package snapshot_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// newStore returns an empty database.
func newStore(tb testing.TB) clusto.Store {
	tb.Helper()
	store, _, err := sqlite.Create(tb.Context(), filepath.Join(tb.TempDir(), "clusto.db"), sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return store
}

// load returns a snapshot of what store holds.
func load(tb testing.TB, store clusto.Store) *snapshot.Snapshot {
	tb.Helper()
	var s *snapshot.Snapshot
	err := store.View(tb.Context(), clusto.Live, func(r clusto.Reader) error {
		var err error
		s, err = read(tb.Context(), r)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// read returns a snapshot of what r shows.
func read(ctx context.Context, r clusto.Reader) (*snapshot.Snapshot, error) {
	b := snapshot.NewBuilder()
	for e, err := range r.Find(ctx, clusto.Match{}) {
		if err != nil {
			return nil, err
		}
		b.Entity(e)
	}
	for a, err := range r.Attrs(ctx, clusto.AttrMatch{}) {
		if err != nil {
			return nil, err
		}
		b.Attr(a)
	}
	version, err := r.Version(ctx)
	if err != nil {
		return nil, err
	}
	return b.Build(version)
}

// viewer shows one snapshot as a store shows its newest version.
type viewer struct{ s *snapshot.Snapshot }

func (v viewer) View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error {
	newest, err := v.s.Version(ctx)
	if err != nil {
		return err
	}
	if at != clusto.Live && at != newest {
		return clusto.Errorf(clusto.ErrNotFound, "there is no version %d", at)
	}
	return fn(v.s)
}
