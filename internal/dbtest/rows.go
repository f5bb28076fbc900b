package dbtest

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/testenv"
)

// SQL opens the database that dsn names for statements of a test's own, until
// the test ends, without a check of references. On each kind they may have
// "names", 'texts' and || between texts; arguments they have none, because ? is
// not for all of them.
func SQL(tb testing.TB, dsn string) *sql.DB {
	tb.Helper()
	driver, name := source(tb, dsn)
	db, err := sql.Open(driver, name)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

// source returns how database/sql names the database: the driver, and what that
// driver is to be told.
func source(tb testing.TB, dsn string) (driver, name string) {
	tb.Helper()
	switch Chosen(tb) {
	case SQLite:
		path, err := sqlite.Path(dsn)
		if err != nil {
			tb.Fatal(err)
		}
		return "sqlite", path
	case PostgreSQL:
		return "pgx", testenv.Superuser(dsn) + "&session_replication_role=replica"
	}
	u, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	return "mysql", fmt.Sprintf("%s@unix(%s)%s?foreign_key_checks=0&max_recursive_iterations=100000&sql_mode=%s", u.User.Username(), u.Query().Get("unix_socket"), u.Path,
		url.QueryEscape("'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'"))
}

// Bookkeeping reports whether a statement only numbers or orders what is
// written. Servers need more of these, and some not every time, so that tests
// which count statements leave them out.
func Bookkeeping(statement string) bool {
	return strings.Contains(statement, "nextval(") || strings.Contains(statement, "clusto_meta")
}

// Exec executes statements, which may be many, in the database that dsn names,
// with the command line client of its server. SQLite has none: use [SQL].
func Exec(tb testing.TB, dsn, statements string) {
	tb.Helper()
	server(tb).ExecIn(tb, dsn, statements)
}
