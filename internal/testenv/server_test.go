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
	guest  string // the statement that adds a user with the password "right"
}{
	{"PostgreSQL", testenv.PostgreSQL, testenv.NewPostgreSQL, "postgresql", "max_connections=23", "SHOW max_connections", "SELECT datname FROM pg_database",
		"CREATE ROLE guest LOGIN PASSWORD 'right'"},
	{"MariaDB", testenv.MariaDB, testenv.NewMariaDB, "mysql", "max_connections=23", "SELECT @@max_connections", "SHOW DATABASES",
		"CREATE USER guest@'%' IDENTIFIED BY 'right'"},
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

// TestNoStart checks that who wrote a wrong setting sees what the server says.
func TestNoStart(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			v := try(t, func(tb testing.TB) { kind.own(tb, testenv.Options{Settings: []string{"no_such_setting=1"}}) })
			if v.skipped != "" {
				t.Skip(v.skipped)
			}
			if !strings.Contains(v.failed, "start: the server ended") || !strings.Contains(v.failed, "no_such_setting") {
				t.Errorf("the test fails with %q", v.failed)
			}
		})
	}
}

// TestPasswords checks that a user whom a test adds is asked for the password.
func TestPasswords(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			s := kind.own(t, testenv.Options{TCP: true})
			s.Exec(t, kind.guest)
			for _, tcp := range []bool{false, true} {
				for password, ok := range map[string]bool{"right": true, "wrong": false, "": false} {
					out, err := guestClient(t, s, tcp, password).CombinedOutput()
					if got := err == nil && strings.Contains(string(out), "42"); got != ok {
						t.Errorf("over TCP %v, password %q: let in %v, want %v: %s", tcp, password, got, ok, out)
					}
				}
			}
		})
	}
}
