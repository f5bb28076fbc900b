package dbtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// template returns the file of a new SQLite database. It is made once for a test
// binary: with the race detector that takes half a second, and a copy nothing.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "clusto-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "clusto.db")
	store, _, err := sqlite.Create(context.Background(), path, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// newSQLite opens a new SQLite database, which is a copy of the template unless the
// options say something about how it is made.
func newSQLite(tb testing.TB, o sqlstore.Options) *sqlstore.Store {
	tb.Helper()
	dsn := NewDSN(tb)
	if o.Now != nil || o.NoVersions {
		return Create(tb, dsn, o)
	}
	file, err := template()
	if err != nil {
		tb.Fatal(err)
	}
	path, err := sqlite.Path(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		tb.Fatal(err)
	}
	return Open(tb, dsn, o)
}
