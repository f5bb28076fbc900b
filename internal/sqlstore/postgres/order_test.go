package postgres_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
)

// follow returns the versions after the last one of seen.
func follow(t *testing.T, s *sqlstore.Store, seen []clusto.Version) []clusto.Version {
	t.Helper()
	last := clusto.Version(0)
	if n := len(seen); n > 0 {
		last = seen[n-1]
	}
	err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		for v, err := range r.Versions(t.Context(), last) {
			if err != nil {
				return err
			}
			seen = append(seen, v.Version)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// TestCommitOrder has eight programs write while another follows the versions:
// it misses none.
func TestCommitOrder(t *testing.T) {
	const writers, each = 8, 25
	reader, dsn := createAt(t, postgres.Options{})
	var wg sync.WaitGroup
	for w := range writers {
		s := openAt(t, dsn, postgres.Options{})
		wg.Go(func() {
			for i := range each {
				if _, err := note(t, s, fmt.Sprintf("w%d-%d", w, i), false); err != nil {
					t.Errorf("writer %d, change %d: %v", w, i, err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	var seen []clusto.Version
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		seen = follow(t, reader, seen)
	}
	if all := follow(t, reader, nil); !slices.Equal(seen, all) || len(all) != 2+writers*each {
		t.Errorf("followed %d versions of %d, want %d", len(seen), len(all), 2+writers*each)
	}
	checkNoted(t, reader, writers*each)
}

// TestOrderMatters shows what the row that makes writers serial is for: without
// it, who follows the versions misses one that was numbered earlier and
// committed later.
func TestOrderMatters(t *testing.T) {
	ctx := t.Context()
	reader, dsn := createAt(t, postgres.Options{})
	var txs []pgx.Tx
	for range 2 {
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(ctx)
		tx, err := c.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO clustoversioning (timestamp) VALUES (now())`); err != nil {
			t.Fatal(err)
		}
		txs = append(txs, tx)
	}
	err := txs[1].Commit(ctx)
	seen := follow(t, reader, nil)
	err2 := txs[0].Commit(ctx)
	seen = follow(t, reader, seen)
	if all := follow(t, reader, nil); len(all) != 4 || len(seen) != 3 || errors.Join(err, err2) != nil {
		t.Errorf("followed %v of %v (%v, %v), want one to be missed", seen, all, err, err2)
	}
}
