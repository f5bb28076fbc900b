package mysql_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/testenv"
)

// wantError checks an error's kind, that it and its hint have the words, and
// that neither tells the password.
func wantError(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	text := fmt.Sprintf("%v (%s)", err, clusto.Hint(err))
	if !errors.Is(err, kind) {
		t.Errorf("%s: want %v", text, kind)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%s: want %q", text, word)
		}
	}
	if strings.Contains(text, "secret") {
		t.Errorf("%s: tells the password", text)
	}
}

// impatient gives up at once.
var impatient = sqlstore.Options{Patience: time.Millisecond}

// TestOpenErrors opens what cannot be opened.
func TestOpenErrors(t *testing.T) {
	server := testenv.NewMariaDB(t, testenv.Options{TCP: true})
	name := server.CreateDatabase(t)
	at := server.Addr()
	server.Exec(t, `CREATE USER 'u'@'%' IDENTIFIED BY 'secret'; GRANT SELECT ON `+name+`.* TO 'u'@'%'`)
	server.ExecIn(t, server.DSN(name), `CREATE TABLE cities (name TEXT)`)
	for _, test := range []struct {
		dsn   string
		kind  error
		words []string
	}{
		{"mysql://clusto@127.0.0.1:1/" + name, clusto.ErrUnavailable, []string{"127.0.0.1:1", "see whether the server runs"}},
		{"mysql://clusto@/" + name + "?unix_socket=/nonexistent", clusto.ErrUnavailable, []string{"/nonexistent"}},
		{"mysql://u:secret2@" + at + "/" + name, clusto.ErrUnavailable, []string{"Access denied", "password_file"}},
		{"mysql://u:secret@" + at + "/nothing", clusto.ErrUnavailable, []string{"nothing", "GRANT"}},
		{"mysql://clusto@" + at + "/test_nothing", clusto.ErrNotFound, []string{"test_nothing", "CREATE DATABASE"}},
		{"mysql://clusto@" + at + "/" + name, clusto.ErrInvalid, []string{"database of something else"}},
		{"mysql://clusto@127.0.0.1:1,127.0.0.1:2/" + name, clusto.ErrUnavailable, []string{"none of 2 servers", "127.0.0.1:1", "127.0.0.1:2"}},
		{"mysql://clusto@" + at + "/" + name + "?ssl_mode=required", clusto.ErrUnavailable, []string{"TLS", "ssl_mode"}},
	} {
		_, err := mysql.Open(t.Context(), test.dsn, mysql.Options{})
		wantError(t, err, test.kind, test.words...)
	}
	empty := server.NewDatabase(t)
	_, err := mysql.Open(t.Context(), empty, mysql.Options{})
	wantError(t, err, clusto.ErrInvalid, "is empty", "clusto initdb")
	_, err = mysql.Open(t.Context(), "mysql://u@"+at+"/"+name, mysql.Options{Password: func() (string, error) { return "secret", nil }})
	wantError(t, err, clusto.ErrInvalid, "database of something else")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := mysql.Open(ctx, empty, mysql.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Open with a context that has ended: %v", err)
	}
}

// TestWriteErrors has the server refuse changes.
func TestWriteErrors(t *testing.T) {
	server := testenv.NewMariaDB(t, testenv.Options{TCP: true})
	dsn := server.NewDatabase(t)
	s := create(t, dsn, mysql.Options{Options: sqlstore.Options{Patience: time.Millisecond, LockWait: time.Second}})
	database, _, _ := strings.Cut(strings.TrimPrefix(dsn, "mysql://clusto@/"), "?")
	write := func(s *sqlstore.Store) error {
		_, err := s.Update(t.Context(), clusto.Change{}, makeServer)
		return err
	}
	// Other programs on the way.
	other := startClient(t, dsn)
	other.run(t, `BEGIN; UPDATE clusto_meta SET seq = seq WHERE id = 1; SELECT 1`)
	wantError(t, write(s), clusto.ErrUnavailable, "locked by another process")
	other.run(t, `ROLLBACK; SELECT 1`)
	// As if the disk were full.
	for number, words := range map[int]string{1021: "no space left", 1114: "no space left"} {
		server.ExecIn(t, dsn, fmt.Sprintf(`CREATE TRIGGER full BEFORE INSERT ON entity_attrs FOR EACH ROW SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = %d, MESSAGE_TEXT = 'full'`, number))
		wantError(t, write(s), clusto.ErrUnavailable, words, "free some space")
		server.ExecIn(t, dsn, `DROP TRIGGER full`)
	}
	// Who may only read.
	server.Exec(t, `CREATE USER 'reader'@'%'; GRANT SELECT ON `+database+`.* TO 'reader'@'%'`)
	reader := open(t, "mysql://reader@"+server.Addr()+"/"+database, mysql.Options{Options: impatient})
	wantError(t, write(reader), clusto.ErrReadOnly, "denied", "GRANT")
	server.Exec(t, `SET GLOBAL read_only = 1`)
	wantError(t, write(s), clusto.ErrReadOnly, "cannot be written", "read_only")
	if err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error { _, err := r.Entity(t.Context(), "clustometa"); return err }); err != nil {
		t.Errorf("View of a read-only server: %v", err)
	}
	server.Exec(t, `SET GLOBAL read_only = 0`)
	if err := write(s); err != nil {
		t.Errorf("Update after all that: %v", err)
	}
}

// TestReadOnlyFirst writes to the second of two servers while the first is
// read-only, and to the first when that changes.
func TestReadOnlyFirst(t *testing.T) {
	first, second := testenv.NewMariaDB(t, testenv.Options{TCP: true}), testenv.NewMariaDB(t, testenv.Options{TCP: true})
	database := first.CreateDatabase(t)
	second.Exec(t, `CREATE DATABASE `+database)
	both := testenv.DSN(database, first, second)
	for _, server := range []*testenv.Server{first, second} {
		create(t, server.DSN(database), mysql.Options{})
	}
	s := open(t, both, mysql.Options{Options: sqlstore.Options{Patience: 10 * time.Second}})
	for i, readOnly := range []*testenv.Server{second, first, second} {
		if i > 0 { // the roles change
			for _, server := range []*testenv.Server{first, second} {
				server.Exec(t, fmt.Sprintf(`SET GLOBAL read_only = %v`, server == readOnly))
			}
		}
		if _, err := s.Update(t.Context(), clusto.Change{}, makeServer); err != nil {
			t.Fatal(err)
		}
	}
	for server, want := range map[*testenv.Server]string{first: "4", second: "3"} {
		if got := strings.TrimSpace(server.ExecIn(t, server.DSN(database), `SELECT count(*) FROM clustoversioning`)); got != want {
			t.Errorf("%s: %s versions, want %s", server.Addr(), got, want)
		}
	}
}

// TestLongValues writes texts as long as the server takes, and longer ones, and
// numbers, to our tables and to those of classic clusto.
func TestLongValues(t *testing.T) {
	server := testenv.NewMariaDB(t, testenv.Options{Settings: []string{"max_allowed_packet=1M"}})
	ours := server.NewDatabase(t)
	create(t, ours, mysql.Options{})
	classic := loadClassic(t, server, classicOptions["latin1"])
	for _, test := range []struct {
		dsn   string
		value clusto.Value
		times int
		kind  error
		words string
	}{
		{ours, clusto.String(strings.Repeat("ö", 60_000)), 100, nil, ""},
		{ours, clusto.String(strings.Repeat("x", 1_000_000)), 3, nil, ""},
		{ours, clusto.String(strings.Repeat("x", 3_000_000)), 1, clusto.ErrInvalid, "max_allowed_packet"},
		{ours, clusto.Int(1 << 62), 1, nil, ""},
		{ours, clusto.String("☃\U0001F600"), 1, nil, ""},
		{classic, clusto.String(strings.Repeat("x", 65_535)), 40, nil, ""},
		{classic, clusto.String(strings.Repeat("x", 65_536)), 1, clusto.ErrInvalid, "65535"},
		{classic, clusto.String("☃"), 1, clusto.ErrInvalid, "character set"},
		{classic, clusto.Int(1 << 31), 1, clusto.ErrInvalid, "clusto initdb"},
	} {
		s := open(t, test.dsn, mysql.Options{})
		_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			attrs := make([]clusto.Attr, test.times)
			for i := range attrs {
				attrs[i] = clusto.Attr{Entity: 1, Key: "long", Number: clusto.Num(i), Value: test.value}
			}
			return tx.AddAttrs(t.Context(), attrs...)
		})
		if test.kind != nil {
			wantError(t, err, test.kind, test.words)
			continue
		}
		if err != nil {
			t.Errorf("%d times %.20s: %v", test.times, test.value.Text(), err)
			continue
		}
		err = s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			found, err := clusto.Collect(r.Attrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("long"), Value: clusto.Is(test.value)}))
			if len(found) != test.times {
				t.Errorf("found %d of %d times %.20s", len(found), test.times, test.value.Text())
			}
			return err
		})
		if err != nil {
			t.Errorf("%.20s: %v", test.value.Text(), err)
		}
	}
}

// TestTLS connects to a server that takes encrypted connections alone.
func TestTLS(t *testing.T) {
	certificates := testenv.NewCertificates(t)
	server := testenv.NewMariaDB(t, testenv.Options{TLS: certificates})
	dsn := server.TCPDSN(server.CreateDatabase(t))
	create(t, dsn, mysql.Options{}) // whoever the server is
	authority := "ssl_ca=" + url.QueryEscape(certificates.AuthorityFile)
	other := "ssl_ca=" + url.QueryEscape(testenv.NewCertificates(t).AuthorityFile)
	for _, test := range []struct {
		parameters string
		ok         bool
	}{
		{"ssl_mode=required", true},
		{"ssl_mode=disabled", false},
		{authority, true},
		{other, false},
		{authority + "&ssl_mode=verify_ca", true},
		{other + "&ssl_mode=verify_ca", false},
		{authority + "&ssl_mode=verify_identity", true},
		{authority + "&tls=true", true},
	} {
		s, err := mysql.Open(t.Context(), dsn+"?"+test.parameters, mysql.Options{})
		if (err == nil) != test.ok {
			t.Errorf("%s: %v, want it to be right: %v", test.parameters, err, test.ok)
		}
		if err == nil {
			closeAtEnd(t, s)
		}
	}
}
