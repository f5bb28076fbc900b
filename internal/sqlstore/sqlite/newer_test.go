package sqlite_test

import (
	"errors"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// TestNewerSchema refuses a database that a newer program has migrated.
func TestNewerSchema(t *testing.T) {
	_, path := createAt(t, sqlite.Options{})
	mustExec(t, openDB(t, path), `INSERT INTO clusto_migration (version_id, is_applied) VALUES (9999, 1)`)
	_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	_, _, err2 := sqlite.Create(t.Context(), path, sqlite.Options{})
	for _, err := range []error{err, err2} {
		if !errors.Is(err, clusto.ErrUnsupported) || clusto.Hint(err) == "" {
			t.Errorf("%v, want ErrUnsupported with a hint", err)
		}
	}
}
