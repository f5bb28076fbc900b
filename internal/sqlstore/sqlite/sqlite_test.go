package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/alloctest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

// TestMain runs the tests, or what one of them wants of another process.
func TestMain(m *testing.M) {
	if what := os.Getenv(childVariable); what != "" {
		os.Exit(child(what))
	}
	if status, child := alloctest.Child(openStore); child {
		os.Exit(status)
	}
	goleak.VerifyTestMain(m)
}

// create makes a database in a temporary directory.
func create(t testing.TB, o sqlite.Options) *sqlstore.Store {
	t.Helper()
	s, _ := createAt(t, o)
	return s
}

// createAt makes a database and returns its path too.
func createAt(t testing.TB, o sqlite.Options) (*sqlstore.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clusto.db")
	s, report, err := sqlite.Create(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Doubled) != 0 {
		t.Fatalf("doubled names in a new database: %v", report.Doubled)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, path
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) clusto.Store { return dbtest.New(t, sqlstore.Options{}) })
}

// TestNoVersions keeps no history, as classic clusto does with versioning = 0.
func TestNoVersions(t *testing.T) {
	s, path := createAt(t, sqlite.Options{})
	storetest.RunUnversioned(t, s, openAt(t, path, sqlite.Options{Options: sqlstore.Options{NoVersions: true}}))
}
