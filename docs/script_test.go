package docs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/rackfactory"
)

// session is the clusto shell of a page, on clusto.db in the page's directory.
type session struct {
	*script.Session
	out bytes.Buffer // what it printed since it was last looked at
}

// python pastes a block into the shell of the page. A file of the library is
// loaded, and then nothing may be said against it.
func (s *scenario) python(b block) error {
	if s.session == nil {
		s.session = openSession(s.t, s.dir)
	}
	switch {
	case b.kind == "pycon":
		return s.session.compare(b.text)
	case b.file != "":
		if out := s.session.enter(""); out != "" { // each entry loads what is new in the library
			return errors.New(out)
		}
		return nil
	}
	s.session.out.Reset()
	if err := s.session.Eval(s.t.Context(), b.text); err != nil {
		return errors.New(rendered(err))
	}
	return nil
}

func openSession(t *testing.T, dir string) *session {
	t.Helper()
	s := &session{}
	path := filepath.Join(dir, "clusto.db")
	store, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	layouts, err := rackfactory.New(rackfactory.Options{Library: os.DirFS(filepath.Join(dir, "lib", "racklayouts"))})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := script.New(script.Options{
		Store: store, Drivers: all.Drivers(), LibDir: filepath.Join(dir, "lib"), Racks: layouts,
		Out: &s.out, Warn: func(text string) { fmt.Fprintf(&s.out, "warning: %s\n", text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.out.Len() > 0 {
		t.Fatal(s.out.String()) // a file of the library is wrong
	}
	s.Session = engine.Session(nil)
	t.Cleanup(func() {
		if err := s.Session.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// enter enters a text and returns what the shell prints.
func (s *session) enter(text string) string {
	s.out.Reset()
	if err := s.Eval(context.Background(), text); err != nil {
		s.out.WriteString(rendered(err))
	}
	return s.out.String()
}

func rendered(err error) string {
	if e, ok := errors.AsType[*script.Error](err); ok {
		return strings.TrimRight(e.Render(), "\n") + "\n"
	}
	return err.Error() + "\n"
}

// compare enters what stands after ">>> " and "... " and compares what is printed
// with what follows.
func (s *session) compare(text string) error {
	if !strings.HasPrefix(text, ">>> ") {
		return errors.New("the block does not begin with \">>> \"")
	}
	for _, part := range strings.Split("\n"+strings.TrimSuffix(text, "\n"), "\n>>> ")[1:] {
		lines := strings.Split(part, "\n")
		entry, n := lines[0]+"\n", 1
		for n < len(lines) && strings.HasPrefix(lines[n]+" ", "... ") {
			entry += strings.TrimPrefix(lines[n]+" ", "... ") + "\n"
			n++
		}
		want := strings.Join(append(lines[n:], ""), "\n")
		if got := s.enter(entry); !pattern(want).MatchString(got) {
			return errors.New(">>> " + entry + "prints:\n" + got + "and not:\n" + want)
		}
	}
	return nil
}

// compiles checks that a source file compiles at its place in this module. The
// test itself is linked with what such files use, so that its result is not
// kept when that changes.
func compiles(t *testing.T, b block) error {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "source.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, b.file): source}})
	if err != nil {
		return err
	}
	err = errors.Join(os.WriteFile(source, []byte(b.text), 0o600), os.WriteFile(overlay, replace, 0o600))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-overlay", overlay, "./"+filepath.Dir(b.file))
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}
