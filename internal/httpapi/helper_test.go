package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/httpapi"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// now is what the clock of servers in tests says.
var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// newServer returns the API over a store, in which everybody may do everything.
func newServer(store clusto.Store) *httpapi.Server {
	return httpapi.New(httpapi.Options{
		Store:    func(context.Context) clusto.Store { return store },
		Drivers:  all.Drivers(),
		Change:   func(context.Context) clusto.Change { return clusto.Change{User: "tester"} },
		Now:      func() time.Time { return now },
		Release:  "test",
		Database: string(dbtest.SQLite),
		DHCP:     func() (dhcp.Decider, error) { return dhcp.New(dhcp.Options{Drivers: all.Drivers()}) },
	})
}

// ask sends a request and returns the answer. A target that does not begin with
// the API's prefix is below it.
func ask(tb testing.TB, h http.Handler, method, target, body string, header http.Header) *http.Response {
	tb.Helper()
	if !strings.HasPrefix(target, httpapi.Prefix) {
		target = httpapi.Prefix + target
	}
	r := httptest.NewRequestWithContext(tb.Context(), method, target, strings.NewReader(body))
	for name, values := range header {
		r.Header[name] = values
	}
	if body != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// get asks for something, which must be there, and reads the answer into v.
func get(tb testing.TB, h http.Handler, target string, v any) *http.Response {
	tb.Helper()
	answer := ask(tb, h, http.MethodGet, target, "", nil)
	body := bodyOf(tb, answer)
	if answer.StatusCode != http.StatusOK {
		tb.Fatalf("GET %s: %d %s", target, answer.StatusCode, body)
	}
	if err := json.Unmarshal(body, v); err != nil {
		tb.Fatalf("GET %s: %v in %s", target, err, body)
	}
	return answer
}

func bodyOf(tb testing.TB, answer *http.Response) []byte {
	tb.Helper()
	var body bytes.Buffer
	if _, err := body.ReadFrom(answer.Body); err != nil {
		tb.Fatal(err)
	}
	return body.Bytes()
}

// runArchives runs the files of testdata that match pattern, each on a store of
// its own. In a file stand requests, named like "GET /entities", with headers and,
// behind an empty line, a body, as far as there are any; behind each, as "answer",
// the status, the headers of interest and the JSON. ETags are left out: they are
// not the same on all databases. -update rewrites the answers.
func runArchives(t *testing.T, pattern string, open func(tb testing.TB) clusto.Store) {
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
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
			runArchive(t, file, archive, newServer(open(t)))
		})
	}
}

func runArchive(t *testing.T, file string, archive *txtar.Archive, h http.Handler) {
	t.Helper()
	got := &txtar.Archive{Comment: archive.Comment}
	want := map[string]string{}
	for i, f := range archive.Files {
		if f.Name == "answer" {
			continue
		}
		got.Files = append(got.Files, f, txtar.File{Name: "answer", Data: answerTo(t, h, f)})
		if i+1 < len(archive.Files) && archive.Files[i+1].Name == "answer" {
			want[fmt.Sprint(len(got.Files)-1)] = expected(t, archive.Files[i+1].Data)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i := 1; i < len(got.Files); i += 2 {
		if diff := cmp.Diff(want[fmt.Sprint(i)], string(got.Files[i].Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", got.Files[i-1].Name, diff)
		}
	}
}

// expected returns an answer as the chosen database can give it.
func expected(tb testing.TB, answer []byte) string {
	kind := dbtest.Chosen(tb)
	if kind != dbtest.SQLite {
		answer = bytes.ReplaceAll(answer, []byte(classictest.Wide), []byte(classictest.Narrow))
	}
	if kind == dbtest.MariaDB {
		answer = bytes.ReplaceAll(answer, []byte(classictest.Fraction), nil)
	}
	return string(answer)
}

// shownHeaders are those that stand in an answer, if they are there.
var shownHeaders = []string{"Content-Type", "Allow", "ETag", "Location", "Retry-After"}

// What ETags look like in headers, and in JSON.
var (
	tagForm     = regexp.MustCompile(`"[A-Za-z0-9_-]{20}(\.[A-Za-z0-9_-]{20})?"`)
	jsonTagForm = regexp.MustCompile(`\\"[A-Za-z0-9_-]{20}\\"`)
)

// answerTo sends the request that a file has and returns the answer as text.
func answerTo(t *testing.T, h http.Handler, f txtar.File) []byte {
	t.Helper()
	method, target, ok := strings.Cut(f.Name, " ")
	if !ok {
		t.Fatalf("%q is no request", f.Name)
	}
	head, body, _ := strings.Cut(string(f.Data), "\n\n")
	header := http.Header{}
	for line := range strings.Lines(head) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			t.Fatalf("%s: %q is no header", f.Name, line)
		}
		header.Add(textproto.CanonicalMIMEHeaderKey(name), value)
	}
	answer := ask(t, h, method, target, body, header)
	var out bytes.Buffer
	fmt.Fprintln(&out, answer.StatusCode)
	for _, name := range shownHeaders {
		if value := answer.Header.Get(name); value != "" && value != "application/json" {
			fmt.Fprintf(&out, "%s: %s\n", name, tagForm.ReplaceAllString(value, `"…"`))
		}
	}
	text := bodyOf(t, answer)
	if json.Valid(text) {
		var indented bytes.Buffer
		if err := json.Indent(&indented, text, "", "  "); err != nil {
			t.Fatal(err)
		}
		text = jsonTagForm.ReplaceAll(indented.Bytes(), []byte(`\"…\"`))
	}
	out.Write(bytes.TrimRight(text, "\n"))
	return append(bytes.TrimRight(out.Bytes(), "\n"), '\n')
}
