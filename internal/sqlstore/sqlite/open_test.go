package sqlite_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

func TestPath(t *testing.T) {
	for _, c := range []struct {
		dsn, want string
		err       error
	}{
		{"sqlite:///relative.db", "relative.db", nil},
		{"sqlite:///a/b c%3F.db", "a/b c%3F.db", nil},
		{"sqlite:////var/lib/x.db", "/var/lib/x.db", nil},
		{"x.db", "x.db", nil},
		{"/x.db", "/x.db", nil},
		{"sqlite://x.db", "", clusto.ErrInvalid},
		{"sqlite:///", "", clusto.ErrInvalid},
		{"sqlite://", "", clusto.ErrInvalid},
		{"", "", clusto.ErrInvalid},
		{"postgresql://host/db", "", clusto.ErrInvalid},
		{"a\x00b", "", clusto.ErrInvalid},
	} {
		got, err := sqlite.Path(c.dsn)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Path(%q) = %q, %v, want %q, %v", c.dsn, got, err, c.want, c.err)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	mustExec(t, openDB(t, foreign), `CREATE TABLE bookmarks (x)`)
	for _, c := range []struct {
		name, path  string
		kind        error
		says, hints string
	}{
		{"missing", filepath.Join(dir, "missing.db"), clusto.ErrNotFound, "missing.db", "clusto initdb"},
		{"a directory", dir, clusto.ErrInvalid, "not a file", ""},
		{"empty", write("empty.db", ""), clusto.ErrInvalid, "empty", "clusto initdb"},
		{"text", write("text.db", strings.Repeat("This is no database. ", 100)), clusto.ErrInvalid, "not a database", "DSN"},
		{"of something else", foreign, clusto.ErrInvalid, "something else", "DSN"},
	} {
		_, err := sqlite.Open(t.Context(), c.path, sqlite.Options{})
		if !errors.Is(err, c.kind) || !strings.Contains(fmt.Sprint(err), c.says) || !strings.Contains(clusto.Hint(err), c.hints) {
			t.Errorf("Open of %s: %v (hint %q), want %v", c.name, err, clusto.Hint(err), c.kind)
		}
		if c.name == "missing" || c.name == "empty" {
			continue
		}
		if _, _, err := sqlite.Create(t.Context(), c.path, sqlite.Options{}); err == nil {
			t.Errorf("Create made a database of %s", c.name)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "missing.db")); err == nil {
		t.Error("Open made a file")
	}
	_, _, err := sqlite.Create(t.Context(), filepath.Join(dir, "no", "such.db"), sqlite.Options{})
	if !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("Create in a missing directory: %v", err)
	}
}

// TestStrangeNames makes databases whose paths need care in a URI.
func TestStrangeNames(t *testing.T) {
	for _, name := range []string{"a b.db", "q?mode=memory.db", "h#x.db", "p%41.db", "ü&=+.db"} {
		path := filepath.Join(t.TempDir(), name)
		s, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Errorf("Create %s: %v", name, err)
			continue
		}
		s.Close()
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClosed(t *testing.T) {
	s := create(t, sqlite.Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.View(t.Context(), clusto.Live, func(clusto.Reader) error { return nil }); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("View of a closed store: %v", err)
	}
}

// TestFull fills the disk, or what the database takes for it.
func TestFull(t *testing.T) {
	_, path := createAt(t, sqlite.Options{})
	s := openAt(t, path, sqlite.Options{MaxPages: 60})
	var err error
	made := 0
	for ; err == nil && made < 1000; made++ {
		_, err = s.Update(t.Context(), clusto.Change{}, makeServer)
	}
	if !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "space") || clusto.Hint(err) == "" {
		t.Fatalf("Update on a full disk: %v", err)
	}
	if n := checkServers(t, path); n != made-1 {
		t.Errorf("%d servers, want %d", n, made-1)
	}
	roomy := openAt(t, path, sqlite.Options{})
	if _, err := roomy.Update(t.Context(), clusto.Change{}, makeServer); err != nil {
		t.Errorf("Update when there is space again: %v", err)
	}
}

func TestReadOnlyOption(t *testing.T) {
	_, path := createAt(t, sqlite.Options{})
	checkReadOnly(t, path, sqlite.Options{ReadOnly: true})
}

// checkReadOnly checks that a database can be read and not written.
func checkReadOnly(t *testing.T, path string, o sqlite.Options) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Errorf("Open: %v", err)
		return
	}
	defer s.Close()
	err = s.View(t.Context(), clusto.Live, func(r clusto.Reader) error { _, err := r.Entity(t.Context(), "clustometa"); return err })
	if err != nil {
		t.Errorf("View: %v", err)
	}
	if _, err = s.Update(t.Context(), clusto.Change{}, makeServer); !errors.Is(err, clusto.ErrReadOnly) || !strings.Contains(err.Error(), path) {
		t.Errorf("Update: %v, want ErrReadOnly", err)
	}
}
