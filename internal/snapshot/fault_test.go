package snapshot_test

import (
	"context"
	"iter"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore"
)

// faulty is a database with which memory meets a fault of its own.
type faulty struct {
	*sqlstore.Store
	edits, dumps atomic.Int64 // how many more panic
}

func (f *faulty) View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error {
	return f.Store.View(ctx, at, func(r clusto.Reader) error { return fn(faultyReader{r.(clusto.History), f}) })
}

func (f *faulty) Dump(ctx context.Context, part func() clusto.DumpPart) (clusto.Version, error) {
	return f.Store.Dump(ctx, func() clusto.DumpPart { return faultyPart{part(), f} })
}

type faultyReader struct {
	clusto.History
	f *faulty
}

func (r faultyReader) Edits(ctx context.Context, m clusto.EditMatch) iter.Seq2[clusto.Edit, error] {
	if r.f.edits.Add(-1) >= 0 {
		panic("a fault in memory")
	}
	return r.History.Edits(ctx, m)
}

type faultyPart struct {
	clusto.DumpPart
	f *faulty
}

func (p faultyPart) Entity(e clusto.Entity) {
	if p.f.dumps.Add(-1) >= 0 {
		panic("a fault in memory")
	}
	p.DumpPart.Entity(e)
}

// TestFault has following, and loading afterwards, panic: the database is asked until
// memory is loaded again.
func TestFault(t *testing.T) {
	under := &faulty{Store: open(t, newFile(t), sqlstore.Options{})}
	var log journal
	s := loaded(t, under, snapshot.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	makeThing(t, s, "before")
	under.edits.Store(1)
	under.dumps.Store(1)
	if makeThing(t, s, "own"); !shows(t, s, clusto.Live, "own") {
		t.Error("what was made is not shown")
	}
	until(t, "memory is loaded again", func() bool { st := s.Status(); return st.Loads == 2 && st.Err == nil })
	if makeThing(t, s, "after"); !shows(t, s, clusto.Live, "after") || !log.has("a fault of clusto") {
		t.Error("what was made afterwards is not shown, or the log does not tell of the fault")
	}
}
