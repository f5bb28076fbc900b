package script_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/rackfactory"
)

// world is a new database, an engine over it and a session.
type world struct {
	t        testing.TB
	store    *sqlstore.Store
	engine   *script.Engine
	session  *script.Session
	out      *bytes.Buffer
	mu       sync.Mutex // guards warnings
	warnings []string
}

// newWorld returns a world; change may alter the engine's options.
func newWorld(t testing.TB, change func(*script.Options)) *world {
	t.Helper()
	w := &world{t: t, out: &bytes.Buffer{}, store: dbtest.New(t, sqlstore.Options{})}
	w.start(change)
	return w
}

// start makes the engine and the session.
func (w *world) start(change func(*script.Options)) {
	w.t.Helper()
	layouts, err := rackfactory.New(rackfactory.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	opt := script.Options{Store: w.store, Drivers: all.Drivers(), Out: w.out, User: "tester", Racks: layouts, Warn: func(text string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.warnings = append(w.warnings, text)
	}}
	if change != nil {
		change(&opt)
	}
	w.engine, err = script.New(opt)
	if err != nil {
		w.t.Fatal(err)
	}
	w.session = w.engine.Session(nil)
	w.t.Cleanup(func() { _ = w.session.Close() })
}

// takeWarnings returns the warnings since the last call, in one text.
func (w *world) takeWarnings() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := strings.Join(w.warnings, "\n")
	w.warnings = nil
	return text
}

// eval enters src at the shell, which must succeed, and returns what it printed.
func (w *world) eval(src string) string {
	w.t.Helper()
	w.out.Reset()
	if err := w.session.Eval(w.t.Context(), src); err != nil {
		w.t.Fatalf("%s\n--- in\n%s", render(err), src)
	}
	return w.out.String()
}

// fails enters src, which must fail, and returns the error as a user sees it.
func (w *world) fails(src string) string {
	w.t.Helper()
	w.out.Reset()
	err := w.session.Eval(w.t.Context(), src)
	if err == nil {
		w.t.Fatalf("no error from\n%s", src)
	}
	return render(err)
}

func render(err error) string {
	if e, ok := errors.AsType[*script.Error](err); ok {
		return e.Render()
	}
	return err.Error()
}

// version returns the number of the newest version.
func (w *world) version() clusto.Version {
	w.t.Helper()
	var v clusto.Version
	err := w.store.View(w.t.Context(), clusto.Live, func(r clusto.Reader) (err error) {
		v, err = r.Version(w.t.Context())
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// versions returns the versions after since.
func (w *world) versions(since clusto.Version) []clusto.VersionInfo {
	w.t.Helper()
	var list []clusto.VersionInfo
	err := w.store.View(w.t.Context(), clusto.Live, func(r clusto.Reader) (err error) {
		list, err = clusto.Collect(r.Versions(context.Background(), since))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// write makes a file of the library directory dir, at once as good editors do.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".new", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}
