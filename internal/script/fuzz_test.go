package script_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/script"
)

// FuzzRun gives scripts to the front end and the interpreter: whatever they are, they end
// within the limits and nothing panics.
func FuzzRun(f *testing.F) {
	files, err := filepath.Glob("testdata/*.star")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for chunk := range strings.SplitSeq(string(text), "\n---\n") {
			f.Add(chunk)
		}
	}
	// All share a database, which costs more to make than most scripts to run.
	store := newWorld(f, nil).store
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 2000 {
			return
		}
		w := &world{t: t, store: store, out: &bytes.Buffer{}}
		w.start(func(o *script.Options) {
			o.MaxSteps, o.MaxDepth, o.Timeout, o.Out = 5000, 50, time.Second, io.Discard
		})
		// Errors are expected; only that it returns counts.
		begin := time.Now()
		_ = w.session.Eval(t.Context(), src)
		_ = w.session.Eval(t.Context(), "1 + 1")
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("took %s", d)
		}
	})
}
