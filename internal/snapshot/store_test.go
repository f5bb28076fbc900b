package snapshot_test

import (
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

// around returns a store around another, which it closes.
func around(t testing.TB, under clusto.Store, o snapshot.Options) *snapshot.Store {
	t.Helper()
	s, err := snapshot.New(t.Context(), under, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// newFile makes a database and returns its path.
func newFile(t testing.TB) string {
	t.Helper()
	path := t.TempDir() + "/clusto.db"
	s, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a database.
func open(t testing.TB, path string, o sqlite.Options) clusto.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) clusto.Store {
		return around(t, open(t, newFile(t), sqlite.Options{}), snapshot.Options{})
	}, storetest.Strictness)
}
