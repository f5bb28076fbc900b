package snapshot_test

import (
	"bytes"
	"context"
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
	before := makeThing(t, s, "before")
	until(t, "memory has the change", func() bool {
		v, err := s.Latest().Version(t.Context())
		return err == nil && v >= before
	})
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
	txs := classicVersions(t, dsn, "late", "early")
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

// classicVersions begins transactions that each make a version and an entity as
// classic clusto does.
func classicVersions(t *testing.T, dsn string, names ...string) []pgx.Tx {
	t.Helper()
	ctx := t.Context()
	var txs []pgx.Tx
	for _, name := range names {
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close(context.WithoutCancel(ctx)) })
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
	return txs
}

// TestLateWhileLoading has classic clusto commit a version on a server after a later one
// was loaded and before the changes are followed.
func TestLateWhileLoading(t *testing.T) {
	ctx, dsn := t.Context(), testenv.PostgreSQL(t).NewDatabase(t)
	under, _, err := postgres.Create(ctx, dsn, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	makeThing(t, under, "before")
	txs := classicVersions(t, dsn, "late", "early")
	if err := txs[1].Commit(ctx); err != nil {
		t.Fatal(err)
	}
	s := loaded(t, &slowToFollow{Store: under, then: func() {
		if err := txs[0].Commit(ctx); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
			t.Error(err)
		}
	}}, snapshot.Options{})
	until(t, "what came late is in memory", func() bool { _, err := s.Latest().Entity(ctx, "late"); return err == nil })
}

// slowToFollow is a database in which something happens after a dump.
type slowToFollow struct {
	*sqlstore.Store
	then func()
}

func (d *slowToFollow) Dump(ctx context.Context, part func() clusto.DumpPart) (clusto.Version, error) {
	v, err := d.Store.Dump(ctx, part)
	d.then()
	return v, err
}
