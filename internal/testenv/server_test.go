package testenv_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/clusto/clusto/internal/testenv"
)

func TestMain(m *testing.M) {
	if os.Getenv(leave) != "" {
		os.Exit(m.Run()) // as a package without Main does
	}
	goleak.VerifyTestMain(testenv.Tests{M: m})
}

// kinds are the servers that every test below is for.
var kinds = []struct {
	name   string
	shared func(testing.TB) *testenv.Server
	own    func(testing.TB, testenv.Options) *testenv.Server
	scheme string
	limit  string // a setting that limits connections to 23
	asked  string // the statement that shows it
	list   string // the statement that lists databases
}{
	{"PostgreSQL", testenv.PostgreSQL, testenv.NewPostgreSQL, "postgresql", "max_connections=23", "SHOW max_connections", "SELECT datname FROM pg_database"},
	{"MariaDB", testenv.MariaDB, testenv.NewMariaDB, "mysql", "max_connections=23", "SELECT @@max_connections", "SHOW DATABASES"},
}

func TestDatabases(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			s := kind.shared(t)
			if again := kind.shared(t); again != s {
				t.Error("the second call started a second server")
			}
			var first, second string
			t.Run("two", func(t *testing.T) {
				first, second = s.NewDatabase(t), s.NewDatabase(t)
				if !strings.HasPrefix(first, kind.scheme+"://clusto@/test_") {
					t.Errorf("DSN %s", first)
				}
				s.ExecIn(t, first, "CREATE TABLE t (a INT, b VARCHAR(9)); INSERT INTO t VALUES (1, 'ä'), (2, '😀')")
				s.ExecIn(t, second, "CREATE TABLE t (a INT)")
				if got, want := s.ExecIn(t, first, "SELECT a, b FROM t ORDER BY a"), "1\tä\n2\t😀"; got != want {
					t.Errorf("rows %q, want %q", got, want)
				}
				if got := s.ExecIn(t, second, "SELECT a FROM t"); got != "" {
					t.Errorf("rows %q in the second database", got)
				}
			})
			for _, dsn := range []string{first, second} {
				name := strings.TrimPrefix(dsn[:strings.Index(dsn, "?")], kind.scheme+"://clusto@/")
				if got := strings.Fields(s.Exec(t, kind.list)); slices.Contains(got, name) {
					t.Errorf("database %s is still there: %q", name, got)
				}
			}
		})
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			s := kind.own(t, testenv.Options{TCP: true, Settings: []string{kind.limit}})
			dsn := s.NewDatabase(t)
			s.ExecIn(t, dsn, "CREATE TABLE t (a INT)")
			for i, end := range []func(testing.TB){s.Kill, s.Stop, s.Kill} {
				s.ExecIn(t, dsn, "INSERT INTO t VALUES (1)")
				end(t)
				s.Start(t)
				if got, want := s.ExecIn(t, dsn, "SELECT count(*) FROM t"), string("123"[i]); got != want {
					t.Errorf("after end %d: %s rows, want %s", i, got, want)
				}
			}
			if got := s.Exec(t, kind.asked); got != "23" {
				t.Errorf("%s: %s, want 23", kind.asked, got)
			}
		})
	}
}

// TestKilledWithClients kills servers that are at work.
func TestKilledWithClients(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			s := kind.own(t, testenv.Options{})
			dsn := s.NewDatabase(t)
			s.ExecIn(t, dsn, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1)")
			client := startClient(t, s, dsn, "BEGIN; DELETE FROM t; SELECT 'deleted';")
			s.Kill(t)
			client.wait(t)
			s.Start(t)
			if got := s.ExecIn(t, dsn, "SELECT count(*) FROM t"); got != "1" {
				t.Errorf("%s rows, want 1", got)
			}
		})
	}
}
