package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// health returns what a database tells about itself.
func health(t *testing.T, path string, o sqlite.Options) sqlstore.Health {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	h, err := store.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHealth(t *testing.T) {
	path := classictest.File(t)
	h := health(t, path, sqlite.Options{})
	if len(h.Migrations) == 0 || !slices.Contains(h.Tables, "clusto_meta") || !slices.Contains(h.Indexes, "clusto_attr_rel") || h.UniqueNames {
		t.Errorf("before the migration: %+v", h)
	}
	if h.Entities != 39 || h.Versions != 269 || h.Unrecorded != 0 || h.Unwritable != nil || h.WantsStatistics || h.Remote {
		t.Errorf("got %+v", h)
	}
	if _, ok := h.Skew.Get(); ok || h.Files[0] != path {
		t.Errorf("got %+v", h)
	}
	store, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	h = health(t, path, sqlite.Options{})
	if h.Migrations != nil || h.Tables != nil || h.Indexes != nil || !h.UniqueNames || h.Doubled != nil {
		t.Errorf("after the migration: %+v", h)
	}
	h = health(t, path, sqlite.Options{ReadOnly: true})
	if !errors.Is(h.Unwritable, clusto.ErrReadOnly) {
		t.Errorf("read only: %v", h.Unwritable)
	}
}

// TestHealthChangesNothing: a look leaves no trace in the file.
func TestHealthChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	store, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	health(t, path, sqlite.Options{})
	after, err := os.ReadFile(path)
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the file has changed (%v)", err)
	}
}

// TestHealthOfOldDatabases: doubled names and times without history are told.
func TestHealthOfOldDatabases(t *testing.T) {
	path := classictest.File(t)
	breakWith(t, path, `UPDATE entities SET name = 'node001' WHERE name IN ('node002', 'node003')`)
	breakWith(t, path, `DELETE FROM clustoversioning WHERE version = (SELECT version FROM entities WHERE name = 'rk-01')`)
	h := health(t, path, sqlite.Options{})
	if !slices.Equal(h.Doubled, []string{"node001"}) || h.Unrecorded != 1 {
		t.Errorf("got doubled %q, %d unrecorded; want node001 and 1", h.Doubled, h.Unrecorded)
	}
	breakWith(t, path, `DELETE FROM clustoversioning`)
	if h := health(t, path, sqlite.Options{}); h.Versions != 0 || h.Unrecorded != 35 {
		t.Errorf("got %d versions, %d unrecorded; want 0 and 35", h.Versions, h.Unrecorded)
	}
}

// breakWith runs a statement on a file.
func breakWith(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestHealthWhileWriting: who waits for somebody who writes can leave.
func TestHealthWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	store, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	_, err = store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		if _, err := tx.Create(t.Context(), "web1", "server", "basicserver"); err != nil {
			return err
		}
		other, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			return err
		}
		defer other.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if h, err := other.Health(ctx); !errors.Is(err, context.DeadlineExceeded) || h.Entities != 1 {
			t.Errorf("got %+v, %v", h, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
