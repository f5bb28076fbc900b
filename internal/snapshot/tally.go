package snapshot

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/clusto/clusto"
)

// tally sums up the rows that are in memory, to be compared with those of the
// database.
type tally struct{ entities, attrs, sum int64 }

// tallyModulus keeps sums of row numbers small; see tallier.
const tallyModulus = 1_000_003

// tallier is a store that sums up its rows.
type tallier interface {
	// Tally returns how many entities and attributes live, and the sum of their
	// numbers, each modulo 1,000,003, with the version of that state.
	Tally(ctx context.Context) (v clusto.Version, entities, attrs, sum int64, err error)
}

func (t *tally) entity(id clusto.EntityID, n int64) {
	t.entities += n
	t.sum += n * (int64(id) % tallyModulus)
}

func (t *tally) attr(id clusto.AttrID, n int64) {
	t.attrs += n
	t.sum += n * (int64(id) % tallyModulus)
}

// edit adds what an edit did.
func (t *tally) edit(e *clusto.Edit) {
	switch e.Kind {
	case clusto.EntityMade:
		t.entity(e.Is.ID, 1)
	case clusto.EntityEnded:
		t.entity(e.Was.ID, -1)
	case clusto.AttrMade:
		t.attr(e.Attr.ID, 1)
	case clusto.AttrEnded:
		t.attr(e.Attr.ID, -1)
	}
}

// sums adds up what several parts of a load count.
type sums struct{ entities, attrs, sum, unreadable atomic.Int64 }

func (s *sums) add(t tally) {
	s.entities.Add(t.entities)
	s.attrs.Add(t.attrs)
	s.sum.Add(t.sum)
}

func (s *sums) tally() tally { return tally{s.entities.Load(), s.attrs.Load(), s.sum.Load()} }

// errUntold says that memory and the database are not the same.
var errUntold = errors.New("rows were changed without a version: a program with versioning = 0 writes to this database, or somebody with SQL")

// compare looks whether rows were changed without a version. Names, types and
// drivers are not compared.
func (s *Store) compare(ctx context.Context) error {
	t, ok := s.under.(tallier)
	if !ok {
		return nil
	}
	var there tally
	v, entities, attrs, sum, err := t.Tally(ctx)
	there = tally{entities, attrs, sum}
	c := s.current.Load()
	if err != nil || v != c.version() || there == s.tally {
		return nil // it is out of reach, or was changed just now: the next time will do
	}
	return errUntold
}
