package postgres_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// TestFollowed follows what another process writes.
func TestFollowed(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{})
	storetest.RunFollowed(t, openAt(t, dsn, postgres.Options{}), s)
}

// TestFollowGap has classic clusto commit a version after a later one: it
// comes when it is there, and once, also for who began to follow between.
func TestFollowGap(t *testing.T) {
	ctx := t.Context()
	s, dsn := createAt(t, postgres.Options{})
	early := storetest.Follow(t, s, 1)
	early.Next()
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
	if err := txs[1].Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if v := early.Next().Version; v != 4 {
		t.Errorf("version %d, want 4", v)
	}
	between, other := storetest.Follow(t, s, 2), storetest.Follow(t, openAt(t, dsn, postgres.Options{}), 2)
	for _, f := range []*storetest.Followed{between, other} {
		if v := f.Next().Version; v != 4 {
			t.Errorf("version %d, want 4", v)
		}
	}
	if err := txs[0].Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := note(t, s, "a", false); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*storetest.Followed{early, between, other} {
		if a, b := f.Next().Version, f.Next().Version; a != 3 || b != 5 {
			t.Errorf("versions %d and %d, want 3 and 5", a, b)
		}
	}
}

// TestFollowLost follows while connections are lost and the server is away.
func TestFollowLost(t *testing.T) {
	server := testenv.NewPostgreSQL(t, testenv.Options{})
	dsn := server.NewDatabase(t)
	var log bytes.Buffer // written by one goroutine at a time, who leads
	s := createIn(t, dsn, postgres.Options{Options: sqlstore.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}})
	writer := openAt(t, dsn, postgres.Options{})
	f := storetest.Follow(t, s, 2)
	for _, name := range []string{"a", "b", "c"} {
		made, err := note(t, writer, name, false)
		if err != nil {
			t.Fatal(err)
		}
		if v := f.Next().Version; v != made {
			t.Errorf("version %d, want %d", v, made)
		}
		server.Kill(t)
		server.Start(t)
	}
	server.Stop(t)
	if err := errors.Join(f.End(true), s.Close()); err != nil {
		t.Error(err)
	}
	if text := log.String(); !strings.Contains(text, "cannot be followed for now") || !strings.Contains(text, "followed again") {
		t.Errorf("the log says nothing of the server's absence:\n%s", text)
	}
}
