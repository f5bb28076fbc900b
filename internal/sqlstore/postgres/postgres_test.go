package postgres_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/alloctest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
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

// create makes the tables in a new database of the shared server.
func create(t testing.TB, o postgres.Options) *sqlstore.Store {
	t.Helper()
	s, _ := createAt(t, o)
	return s
}

// createAt makes the tables in a new database and returns its DSN too.
func createAt(t testing.TB, o postgres.Options) (*sqlstore.Store, string) {
	t.Helper()
	dsn := testenv.PostgreSQL(t).NewDatabase(t)
	return createIn(t, dsn, o), dsn
}

// createIn makes the tables in the database of a DSN.
func createIn(t testing.TB, dsn string, o postgres.Options) *sqlstore.Store {
	t.Helper()
	s, report, err := postgres.Create(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Doubled) != 0 {
		t.Fatalf("doubled names in a new database: %v", report.Doubled)
	}
	closing(t, s)
	return s
}

// openAt opens the database of a DSN.
func openAt(t testing.TB, dsn string, o postgres.Options) *sqlstore.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	closing(t, s)
	return s
}

func closing(t testing.TB, s *sqlstore.Store) {
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) clusto.Store { return create(t, postgres.Options{}) })
}

// TestCollation asks in a database that sorts texts as people do, where "_" and
// the case of letters count last.
func TestCollation(t *testing.T) {
	server := testenv.PostgreSQL(t)
	made := 0
	storetest.RunReading(t, func(t *testing.T, fill func(*testing.T, clusto.Store)) storetest.Viewer {
		made++
		name := fmt.Sprintf("collated_%d", made)
		server.Exec(t, `CREATE DATABASE `+name+` OWNER clusto TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'`)
		t.Cleanup(func() { server.Exec(t, `DROP DATABASE `+name+` WITH (FORCE)`) })
		s := createIn(t, server.DSN(name), postgres.Options{})
		fill(t, s)
		return s
	})
}
