// Package dbtest gives tests the databases they need, of the kind that the
// environment variable CLUSTO_TEST_DATABASE names: sqlite, which is also meant
// if there is no such variable, postgresql, mariadb, server (see [OverHTTPS]), or memory (see [InMemory]).
// The servers are those of
// package testenv, one for each test binary; where one is not installed the
// test is skipped by name.
//
// [New] opens a new database. A test that opens a database itself, or more than
// once, asks for its DSN with [NewDSN]; one that looks at its rows or harms them
// uses [SQL].
package dbtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/testenv"
)

// Variable is the environment variable that names the kind of database.
const Variable = "CLUSTO_TEST_DATABASE"

// Kind is a kind of database.
type Kind string

// The kinds of databases, as [Variable] names them.
const (
	SQLite     Kind = "sqlite"
	PostgreSQL Kind = "postgresql"
	MariaDB    Kind = "mariadb"
)

// Chosen returns the kind of database that tests are to use.
func Chosen(tb testing.TB) Kind {
	tb.Helper()
	switch kind := Kind(os.Getenv(Variable)); kind {
	case "":
		return SQLite
	case SQLite, PostgreSQL, MariaDB:
		return kind
	case overHTTPS, inMemory:
		return SQLite
	default:
		tb.Fatalf("%s=%s names no kind of database; use %s, %s, %s, %s or %s", Variable, kind, SQLite, PostgreSQL, MariaDB, overHTTPS, inMemory)
		return ""
	}
}

// overHTTPS is a database of SQLite that the commands reach through clusto serve.
const overHTTPS Kind = "server"

// inMemory is a database of SQLite that package classictest answers from memory.
const inMemory Kind = "memory"

// InMemory reports whether package classictest is to put an inventory in memory
// before its databases: [Variable] is "memory". To all other tests that is SQLite.
func InMemory() bool { return Kind(os.Getenv(Variable)) == inMemory }

// OverHTTPS reports whether tests of commands are to reach their databases through
// a server: [Variable] is "server". To all other tests that is SQLite.
func OverHTTPS() bool { return Kind(os.Getenv(Variable)) == overHTTPS }

// SQLiteOnly skips the test if it would run on another kind of database. The
// reason says what of it is about SQLite.
func SQLiteOnly(tb testing.TB, reason string) {
	tb.Helper()
	if kind := Chosen(tb); kind != SQLite {
		tb.Skipf("not on %s: %s", kind, reason)
	}
}

// FakeTime skips the test if it would run on a server: the client of one has
// goroutines and timers, which must not be in a bubble of package synctest at
// one time and outside of it at another.
func FakeTime(tb testing.TB) {
	tb.Helper()
	SQLiteOnly(tb, "the clock is not real, that of a server's client is")
}

// NewDSN makes an empty database that lasts as long as the test, and returns
// its DSN.
func NewDSN(tb testing.TB) string {
	tb.Helper()
	if Chosen(tb) == SQLite {
		return "sqlite:///" + filepath.Join(tb.TempDir(), "clusto.db")
	}
	return server(tb).NewDatabase(tb)
}

// server returns the server of the chosen kind.
func server(tb testing.TB) *testenv.Server {
	tb.Helper()
	if Chosen(tb) == PostgreSQL {
		return testenv.PostgreSQL(tb)
	}
	return testenv.MariaDB(tb)
}

// New opens a new database that is up to date, until the test ends.
func New(tb testing.TB, o sqlstore.Options) *sqlstore.Store {
	tb.Helper()
	if Chosen(tb) == SQLite {
		return newSQLite(tb, o)
	}
	return Create(tb, NewDSN(tb), o)
}

// Create makes the tables in the database that dsn names, or brings them up to
// date, and opens it until the test ends.
func Create(tb testing.TB, dsn string, o sqlstore.Options) *sqlstore.Store {
	tb.Helper()
	var store *sqlstore.Store
	var err error
	switch Chosen(tb) {
	case SQLite:
		store, _, err = sqlite.Create(tb.Context(), dsn, sqlite.Options{Options: o})
	case PostgreSQL:
		store, _, err = postgres.Create(tb.Context(), dsn, postgres.Options{Options: o})
	case MariaDB:
		store, _, err = mysql.Create(tb.Context(), dsn, mysql.Options{Options: o})
	}
	return untilEnd(tb, store, err)
}

// Open opens the database that dsn names as it is, until the test ends.
func Open(tb testing.TB, dsn string, o sqlstore.Options) *sqlstore.Store {
	tb.Helper()
	var store *sqlstore.Store
	var err error
	switch Chosen(tb) {
	case SQLite:
		store, err = sqlite.Open(tb.Context(), dsn, sqlite.Options{Options: o})
	case PostgreSQL:
		store, err = postgres.Open(tb.Context(), dsn, postgres.Options{Options: o})
	case MariaDB:
		store, err = mysql.Open(tb.Context(), dsn, mysql.Options{Options: o})
	}
	return untilEnd(tb, store, err)
}

// untilEnd closes a store when the test ends; it may be closed before.
func untilEnd(tb testing.TB, store *sqlstore.Store, err error) *sqlstore.Store {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return store
}
