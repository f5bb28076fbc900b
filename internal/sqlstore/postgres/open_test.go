package postgres_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/testenv"
)

// try opens and closes a database.
func try(t *testing.T, dsn string, o postgres.Options) error {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn, o)
	if err != nil {
		return err
	}
	return s.Close()
}

// with returns a DSN with other user information and more settings.
func with(t *testing.T, dsn string, user *url.Userinfo, settings string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = user
	if u.RawQuery != "" && settings != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += settings
	return u.String()
}

// TestDSN takes DSNs in the forms of libpq and of classic clusto.
func TestDSN(t *testing.T) {
	server := testenv.NewPostgreSQL(t, testenv.Options{TCP: true})
	name := server.CreateDatabase(t)
	createIn(t, server.TCPDSN(name), postgres.Options{})
	addr := server.Addr()
	_, port, _ := strings.Cut(addr, ":")
	t.Setenv("PGPORT", port)
	for dsn, where := range map[string]string{
		server.DSN(name): "postgresql://clusto@/" + name + "?host=",
		"postgresql://clusto@" + addr + "/" + name:                                                   "postgresql://clusto@" + addr + "/" + name,
		"postgres://clusto@" + addr + "/" + name:                                                     "postgresql://clusto@" + addr + "/" + name,
		"postgresql+psycopg2://clusto:x@" + addr + "/" + name:                                        "postgresql://clusto@" + addr + "/" + name,
		"postgresql://clusto@127.0.0.1/" + name:                                                      "postgresql://clusto@" + addr + "/" + name,
		"postgresql:///" + name + "?host=127.0.0.1&user=clusto&connect_timeout=5":                    "postgresql://clusto@" + addr + "/" + name,
		"postgresql://clusto@127.0.0.1:1," + addr + "/" + name:                                       "postgresql://clusto@127.0.0.1:1," + addr + "/" + name,
		"postgresql://clusto@" + addr + "/" + name + "?application_name=it%27s%20me&sslmode=disable": "postgresql://clusto@" + addr + "/" + name,
	} {
		s, err := postgres.Open(t.Context(), dsn, postgres.Options{})
		if err != nil {
			t.Errorf("%s: %v", dsn, err)
			continue
		}
		if !strings.HasPrefix(s.Where(), where) {
			t.Errorf("%s is at %s, want %s", dsn, s.Where(), where)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestBadDSN refuses what cannot be understood and does not repeat it.
func TestBadDSN(t *testing.T) {
	for _, dsn := range []string{
		"", "secret", "mysql://u:secret@h/db", "postgresql:secret", "postgresql://u:secret/x@h/db", "postgresql://u:12/secret@h", "postgresql://u:se%cret@h:1/db",
		"postgresql://u@h:secret/db", "postgresql://u:secret@h/db?sslmode=maybe", "postgresql://u:secret@h/db?sslrootcert=/does/not/exist&sslmode=verify-full",
		"postgresql://u:secret@h/db?connect_timeout=soon", "postgresql://u:secret%00@h/db",
	} {
		err := try(t, dsn, postgres.Options{})
		if !errors.Is(err, clusto.ErrInvalid) || clusto.Hint(err) == "" {
			t.Errorf("%s: %v, want ErrInvalid with a hint", dsn, err)
		}
		if err != nil && strings.Contains(err.Error()+clusto.Hint(err), "secret") {
			t.Errorf("the error repeats the password: %v (%s)", err, clusto.Hint(err))
		}
	}
}

// TestPassword connects with a password from wherever it may come.
func TestPassword(t *testing.T) {
	const password = `p@ss:w/o rd%'\`
	server := testenv.PostgreSQL(t)
	_, dsn := createAt(t, postgres.Options{})
	user := fmt.Sprintf("user_%d", os.Getpid())
	server.Exec(t, fmt.Sprintf(`CREATE ROLE %s LOGIN PASSWORD '%s' IN ROLE clusto`, user, strings.ReplaceAll(password, "'", "''")))
	t.Cleanup(func() { server.Exec(t, `DROP ROLE `+user) })
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := with(t, dsn, url.User(user), "")
	escaped := strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(password)
	for name, c := range map[string]struct {
		dsn     string
		options postgres.Options
		env     [2]string
	}{
		"DSN":           {dsn: with(t, dsn, url.UserPassword(user, password), "")},
		"setting":       {dsn: with(t, dsn, url.User(user), "password="+strings.ReplaceAll(url.PathEscape(password), "&", "%26"))},
		"password_file": {dsn: with(t, dsn, url.User(user), "password_file="+file("password", password+"\n"))},
		"Options":       {dsn: plain, options: postgres.Options{Password: func() (string, error) { return password, nil }}},
		"PGPASSWORD":    {dsn: plain, env: [2]string{"PGPASSWORD", password}},
		"PGPASSFILE":    {dsn: plain, env: [2]string{"PGPASSFILE", file("pgpass", "*:*:*:"+user+":"+escaped+"\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.env[0] != "" {
				t.Setenv(c.env[0], c.env[1])
			}
			if err := try(t, c.dsn, c.options); err != nil {
				t.Error(err)
			}
		})
	}
	for _, wrong := range []string{with(t, dsn, url.UserPassword(user, "secret"), ""), plain} {
		err := try(t, wrong, postgres.Options{})
		if !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(clusto.Hint(err), "password_file") {
			t.Errorf("a wrong password: %v (%s), want ErrUnavailable with a hint", err, clusto.Hint(err))
		}
		if strings.Contains(fmt.Sprintf("%v %+v %s", err, err, clusto.Hint(err)), "secret") {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
	err := try(t, with(t, dsn, url.User(user), "password_file=/does/not/exist"), postgres.Options{})
	if !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(err.Error(), "/does/not/exist") {
		t.Errorf("no password file: %v, want ErrUnavailable", err)
	}
}

// TestOpenWhatIsNot opens what is no database of clusto.
func TestOpenWhatIsNot(t *testing.T) {
	server := testenv.PostgreSQL(t)
	empty, foreign, newer := server.NewDatabase(t), server.NewDatabase(t), server.NewDatabase(t)
	server.ExecIn(t, foreign, `CREATE TABLE something (id INTEGER)`)
	createIn(t, newer, postgres.Options{})
	server.ExecIn(t, newer, `INSERT INTO clusto_migration (version_id, is_applied) VALUES (9999, true)`)
	for _, c := range []struct {
		dsn  string
		kind error
		hint string
	}{
		{empty, clusto.ErrInvalid, "initdb"},
		{foreign, clusto.ErrInvalid, "DSN"},
		{newer, clusto.ErrUnsupported, "newer"},
		{server.DSN("not_there"), clusto.ErrNotFound, "createdb"},
		{with(t, empty, url.User("nobody_knows"), ""), clusto.ErrUnavailable, "user"},
		{"postgresql://clusto@/x?host=/does/not/exist", clusto.ErrUnavailable, "runs"},
		{"postgresql://clusto@127.0.0.1:1/x", clusto.ErrUnavailable, "runs"},
		{empty + "&no_such_setting=1", clusto.ErrInvalid, "settings"},
	} {
		err := try(t, c.dsn, postgres.Options{})
		if !errors.Is(err, c.kind) || !strings.Contains(clusto.Hint(err), c.hint) {
			t.Errorf("%s: %v (%s), want %v and a hint that speaks of %s", c.dsn, err, clusto.Hint(err), c.kind, c.hint)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has lines: %q", err)
		}
	}
	if _, _, err := postgres.Create(t.Context(), foreign, postgres.Options{}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("Create in a database of something else: %v, want ErrInvalid", err)
	}
}

// TestTLS connects with the certificate that one knows and with no other.
func TestTLS(t *testing.T) {
	certificates := testenv.NewCertificates(t)
	server := testenv.NewPostgreSQL(t, testenv.Options{TLS: certificates})
	dsn := server.TCPDSN(server.CreateDatabase(t))
	known := dsn + "?sslmode=verify-full&sslrootcert=" + certificates.AuthorityFile
	createIn(t, known, postgres.Options{})
	if err := try(t, known, postgres.Options{}); err != nil {
		t.Error(err)
	}
	for _, refused := range []string{
		dsn + "?sslmode=disable",
		dsn + "?sslmode=verify-full&sslrootcert=" + testenv.NewCertificates(t).AuthorityFile,
	} {
		if err := try(t, refused, postgres.Options{}); !errors.Is(err, clusto.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", refused, err)
		}
	}
}

// TestReadOnly changes what can only be read.
func TestReadOnly(t *testing.T) {
	server := testenv.PostgreSQL(t)
	_, dsn := createAt(t, postgres.Options{})
	server.Exec(t, `CREATE ROLE reader LOGIN PASSWORD 'reader'`)
	server.ExecIn(t, dsn, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`)
	t.Cleanup(func() {
		server.ExecIn(t, dsn, `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM reader`)
		server.Exec(t, `DROP ROLE reader`)
	})
	for _, readOnly := range []string{
		with(t, dsn, url.UserPassword("reader", "reader"), ""),
		dsn + "&default_transaction_read_only=on",
	} {
		s := openAt(t, readOnly, postgres.Options{})
		checkReadOnly(t, s)
	}
	_, _, err := postgres.Create(t.Context(), server.NewDatabase(t)+"&default_transaction_read_only=on", postgres.Options{})
	if !errors.Is(err, clusto.ErrReadOnly) {
		t.Errorf("Create: %v, want ErrReadOnly", err)
	}
}

func checkReadOnly(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	checkNoted(t, s, 0)
	if _, err := note(t, s, "a", false); !errors.Is(err, clusto.ErrReadOnly) || clusto.Hint(err) == "" {
		t.Errorf("%s: %v (%s), want ErrReadOnly with a hint", s.Where(), err, clusto.Hint(err))
	}
}

// TestStandby reads from a standby, and goes on there when it takes over.
func TestStandby(t *testing.T) {
	primary, standby := testenv.Standby(t)
	for _, role := range []string{"root", "clusto"} { // what was committed is to be seen there at once
		primary.Exec(t, `ALTER ROLE `+role+` SET synchronous_commit = remote_apply`)
	}
	name := primary.CreateDatabase(t)
	createIn(t, primary.TCPDSN(name), postgres.Options{})
	checkReadOnly(t, openAt(t, standby.TCPDSN(name), postgres.Options{}))
	both := fmt.Sprintf("postgresql://clusto@%s,%s/%s", standby.Addr(), primary.Addr(), name)
	s := openAt(t, both, postgres.Options{})
	if _, err := note(t, s, "a", false); err != nil {
		t.Fatal(err)
	}
	primary.Kill(t)
	done := make(chan error)
	go func() {
		_, err := note(t, s, "b", false)
		done <- err
	}()
	standby.Promote(t)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	checkNoted(t, s, 2)
}
