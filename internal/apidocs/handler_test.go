package apidocs_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/apidocs"
)

func get(t *testing.T, name string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.URL.Path = name
	r.Header = header
	w := httptest.NewRecorder()
	apidocs.Handler().ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestFiles asks for each file that the page names, compressed and not.
func TestFiles(t *testing.T) {
	t.Parallel()
	page := text(t, get(t, "", http.Header{}).Body)
	names := regexp.MustCompile(`(?:src|href)="([\w.-]+)"`).FindAllStringSubmatch(page, -1)
	if len(names) != 4 {
		t.Fatalf("the page has %d files", len(names))
	}
	for _, name := range names {
		plain := get(t, name[1], http.Header{"Accept-Encoding": {"gzip;q=0"}})
		packed := get(t, name[1], http.Header{"Accept-Encoding": {"br, gzip"}})
		if plain.StatusCode != 200 || packed.StatusCode != 200 || plain.Header.Get("Content-Encoding") != "" {
			t.Fatalf("%s: %d and %d", name[1], plain.StatusCode, packed.StatusCode)
		}
		var body io.Reader = packed.Body
		if packed.Header.Get("Content-Encoding") == "gzip" {
			var err error
			if body, err = gzip.NewReader(packed.Body); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := text(t, body), text(t, plain.Body); got != want || len(got) < 200 {
			t.Errorf("%s: compressed it has %d bytes, else %d", name[1], len(got), len(want))
		}
		again := get(t, name[1], http.Header{"If-None-Match": {plain.Header.Get("Etag")}, "Accept-Encoding": {"identity"}})
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %d for what is there already", name[1], again.StatusCode)
		}
	}
}

// TestPolicy checks that nothing is allowed but what this server has in files, and
// that the page has nothing else.
func TestPolicy(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "page.js", "swagger-ui-bundle.js"} {
		answer := get(t, name, http.Header{})
		if policy := answer.Header.Get("Content-Security-Policy"); policy != apidocs.Policy || strings.Contains(policy, "unsafe") {
			t.Errorf("%q: %q", name, policy)
		}
	}
	page := text(t, get(t, "", http.Header{}).Body)
	if found := regexp.MustCompile(`<script>|<style|\son\w+=|\sstyle=|//[a-z]`).FindString(page); found != "" {
		t.Errorf("the page has %q", found)
	}
}

func TestNotThere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"x", "bundle/LICENSE", "../handler.go", "swagger-ui.css.gz"} {
		if answer := get(t, name, http.Header{}); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", name, answer.StatusCode)
		}
	}
}
