package classic_test

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi/classic"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/testenv"
)

var update = flag.Bool("update", false, "write what comes into the files of testdata")

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// server is the API on a database of its own.
type server struct {
	t     testing.TB
	store clusto.Store
	api   http.Handler
}

func newServer(t testing.TB, o classic.Options) server {
	t.Helper()
	return serverOf(t, dbtest.New(t, sqlstore.Options{}), o)
}

func serverOf(t testing.TB, store clusto.Store, o classic.Options) server {
	t.Helper()
	if o.Store == nil {
		o.Store = func(context.Context) clusto.Store { return store }
	}
	if o.Drivers == nil {
		o.Drivers = all.Drivers()
	}
	api, err := classic.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return server{t, store, api}
}

// send sends a request; lines are its headers and, after an empty one, its body.
// A body is a form unless a header says otherwise.
func (s server) send(method, target, lines string) *http.Response {
	s.t.Helper()
	header, body, _ := strings.Cut("\n"+lines, "\n\n")
	r := httptest.NewRequestWithContext(s.t.Context(), method, target, strings.NewReader(strings.TrimSuffix(body, "\n")))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for line := range strings.Lines(header) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); ok {
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	return w.Result()
}

// must sends requests that set something up: lines with a method, a path and a
// form each.
func (s server) must(lines string) {
	s.t.Helper()
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		w := s.send(words[0], words[1], "\n"+strings.Join(words[2:], "&")+"\n")
		if w.StatusCode >= 300 {
			s.t.Fatalf("%s: %s", line, show(s.t, w))
		}
	}
}

// show returns an answer: its status, headers and body.
func show(t testing.TB, w *http.Response) string {
	t.Helper()
	var out strings.Builder
	out.WriteString(strconv.Itoa(w.StatusCode) + "\n")
	var names []string
	for name := range w.Header {
		if name != "Content-Length" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		out.WriteString(name + ": " + strings.Join(w.Header[name], ", ") + "\n")
	}
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(body) > 0 {
		out.WriteString("\n" + string(body) + "\n")
	}
	return out.String()
}

// TestAnswers runs the files of testdata. In each, "setup" has requests that must
// succeed; then come requests, each with what answers it.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := newServer(t, classic.Options{})
			got := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				method, target, isRequest := strings.Cut(f.Name, " ")
				switch {
				case f.Name == "setup":
					s.must(string(f.Data))
					got.Files = append(got.Files, f)
				case isRequest:
					answer := show(t, s.send(method, target, string(f.Data)))
					got.Files = append(got.Files, f, txtar.File{Name: "answer", Data: []byte(answer)})
				}
			}
			text := txtar.Format(got)
			if *update {
				if err := os.WriteFile(file, text, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(text), string(txtar.Format(archive))); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
		})
	}
}
