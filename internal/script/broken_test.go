package script_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/sqlstore"
)

func TestBroken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"drivers/bad.py": "x = 1\ny = = 2\n", "racklayouts/worse.star": "nosuchname\n", "drivers/good.py": "x = 1\n"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	engine, err := script.New(script.Options{Store: dbtest.New(t, sqlstore.Options{}), Drivers: all.Drivers(), LibDir: dir, Warn: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	broken := engine.Broken()
	if len(broken) != 2 {
		t.Fatalf("got %+v", broken)
	}
	bad, worse := broken[0], broken[1]
	e, ok := errors.AsType[*script.Error](bad.Err)
	if bad.File != filepath.Join(dir, "drivers/bad.py") || bad.Layout || bad.InForce || !ok || len(e.Calls) == 0 || e.Calls[0].Line != 2 {
		t.Errorf("got %+v", bad)
	}
	if !worse.Layout {
		t.Errorf("got %+v", worse)
	}
	if err := os.Remove(filepath.Join(dir, "drivers/bad.py")); err != nil {
		t.Fatal(err)
	}
	if broken = engine.Broken(); len(broken) != 1 {
		t.Errorf("what is gone is broken: %+v", broken)
	}
}
