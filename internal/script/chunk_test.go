package script_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/script"
)

// expectation stands on the line that must fail: ### "regexp".
var expectation = regexp.MustCompile(`### (".*")\s*$`)

// TestChunks runs the files of testdata: chunks, split by lines of three dashes, that a
// session is given one after the other.
func TestChunks(t *testing.T) {
	files, err := filepath.Glob("testdata/*.star")
	if err != nil || len(files) == 0 {
		t.Fatalf("no chunks: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, nil)
			first := 1
			for chunk := range strings.SplitSeq(string(text), "\n---\n") {
				w.chunk(file, first, chunk)
				first += strings.Count(chunk, "\n") + 2
			}
		})
	}
}

// chunk runs one chunk, which begins on the given line of a file.
func (w *world) chunk(file string, first int, chunk string) {
	w.t.Helper()
	line, want := 0, ""
	for i, l := range strings.Split(chunk, "\n") {
		if m := expectation.FindStringSubmatch(l); m != nil {
			text, err := strconv.Unquote(m[1])
			if err != nil {
				w.t.Fatalf("%s:%d: %v", file, first+i, err)
			}
			line, want = i+1, text
		}
	}
	w.out.Reset()
	err := w.session.Run(w.t.Context(), "chunk", chunk)
	if want == "" {
		if err != nil {
			w.t.Errorf("%s:%d: %s", file, first, render(err))
		}
		return
	}
	if err == nil {
		w.t.Errorf("%s:%d: no error, want %q", file, first+line-1, want)
		return
	}
	e, ok := errors.AsType[*script.Error](err)
	switch {
	case !ok:
		w.t.Errorf("%s:%d: error without a place: %v", file, first+line-1, err)
	case !regexp.MustCompile(want).MatchString(e.Msg + " | " + e.Hint):
		w.t.Errorf("%s:%d: got %q, hint %q, want %q", file, first+line-1, e.Msg, e.Hint, want)
	case !passes(e, line):
		w.t.Errorf("%s:%d: the error is not there, but: %s", file, first+line-1, e.Render())
	}
}

// passes reports whether the error came through a line of the chunk.
func passes(e *script.Error, line int) bool {
	for _, c := range e.Calls {
		if c.File == "chunk" && c.Line == line {
			return true
		}
	}
	return false
}
