package mysql_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/alloctest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// TestMain runs the tests, or what one of them wants of another process.
func TestMain(m *testing.M) {
	if status, child := alloctest.Child(openStore); child {
		os.Exit(status)
	}
	goleak.VerifyTestMain(testenv.Tests{M: m})
}

// create fills the empty database that dsn names.
func create(t testing.TB, dsn string, o mysql.Options) *sqlstore.Store {
	t.Helper()
	s, report, err := mysql.Create(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, s)
	if len(report.Doubled) != 0 {
		t.Fatalf("doubled names in a new database: %v", report.Doubled)
	}
	return s
}

// open opens a database that is there.
func open(t testing.TB, dsn string, o mysql.Options) *sqlstore.Store {
	t.Helper()
	s, err := mysql.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, s)
	return s
}

func closeAtEnd(t testing.TB, s *sqlstore.Store) {
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestStore(t *testing.T) {
	server := testenv.MariaDB(t)
	storetest.Run(t, func(t *testing.T) clusto.Store { return create(t, server.NewDatabase(t), mysql.Options{}) })
}

// TestNoVersions keeps no history, as classic clusto does with versioning = 0.
func TestNoVersions(t *testing.T) {
	dsn := testenv.MariaDB(t).NewDatabase(t)
	storetest.RunUnversioned(t, create(t, dsn, mysql.Options{}), open(t, dsn, mysql.Options{Options: sqlstore.Options{NoVersions: true}}))
}
