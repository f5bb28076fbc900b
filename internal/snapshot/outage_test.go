package snapshot_test

import (
	"bytes"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/testenv"
)

// journal is a log that several goroutines write.
type journal struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) has(text string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return bytes.Contains(j.text.Bytes(), []byte(text))
}

// TestOutage begins while the database is away. Then it has the database vanish and
// come back: memory answers all the time, says so, and follows again.
func TestOutage(t *testing.T) {
	server := testenv.NewPostgreSQL(t, testenv.Options{})
	dsn := server.NewDatabase(t)
	open := func() *sqlstore.Store {
		s, _, err := postgres.Create(t.Context(), dsn, postgres.Options{Options: sqlstore.Options{Patience: time.Nanosecond}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	away, under := open(), open()
	server.Kill(t)
	var log journal
	s := around(t, under, snapshot.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	until(t, "the status says that the database is away", func() bool {
		st := s.Status()
		return !st.Loaded && errors.Is(st.Err, clusto.ErrUnavailable) && s.Latest() == nil
	})
	if err := s.View(t.Context(), clusto.Live, func(clusto.Reader) error { return nil }); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("View: %v, want ErrUnavailable", err)
	}
	server.Start(t)
	until(t, "the inventory is in memory", func() bool { return s.Latest() != nil })
	makeThing(t, s, "before")
	server.Kill(t)
	for range 100 {
		if !shows(t, s, clusto.Live, "before") {
			t.Fatal("memory does not answer while the database is away")
		}
	}
	_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		_, err := tx.Create(t.Context(), "during", "thing", "generic")
		return err
	})
	if !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("a change while the database is away: %v, want ErrUnavailable", err)
	}
	until(t, "the status says that the database is away", func() bool {
		st := s.Status()
		return st.Loaded && errors.Is(st.Err, clusto.ErrUnavailable)
	})
	until(t, "the log says what is answered from", func() bool { return log.has("answering from memory") })
	server.Start(t)
	v := makeThing(t, away, "after")
	until(t, "memory follows again", func() bool { return version(t, s) == v && s.Status().Err == nil })
	until(t, "the log says that the database is back", func() bool { return log.has("in reach again") })
	if makeThing(t, s, "own"); !shows(t, s, clusto.Live, "own") || s.Status().Loads != 1 {
		t.Error("what was made after the outage is not shown, or all was loaded again")
	}
	if err := away.Close(); err != nil {
		t.Error(err)
	}
}

// TestLate has classic clusto commit a version on a server after a later one.
func TestLate(t *testing.T) {
	ctx, dsn := t.Context(), testenv.PostgreSQL(t).NewDatabase(t)
	under, _, err := postgres.Create(ctx, dsn, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := loaded(t, under, snapshot.Options{})
	makeThing(t, s, "before")
	var txs []pgx.Tx
	for _, name := range []string{"late", "early"} {
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(ctx)
		tx, err := c.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tx.Exec(ctx, `WITH v AS (INSERT INTO clustoversioning (timestamp) VALUES (now()) RETURNING version)
			INSERT INTO entities (name, type, driver, version) SELECT $1, 'thing', 'generic', version FROM v`, name)
		if err != nil {
			t.Fatal(err)
		}
		txs = append(txs, tx)
	}
	for i, name := range []string{"early", "late"} {
		if err := txs[1-i].Commit(ctx); err != nil {
			t.Fatal(err)
		}
		until(t, name+" is in memory", func() bool { _, err := s.Latest().Entity(ctx, name); return err == nil })
	}
	if st := s.Status(); st.Loads != 1 || st.Err != nil {
		t.Errorf("it was loaded %d times, want once: %v", st.Loads, st.Err)
	}
}
