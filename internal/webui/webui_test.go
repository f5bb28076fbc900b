package webui_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/webui"
)

// browser is what a browser accepts where it wants a page.
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func handler(t *testing.T) http.Handler {
	t.Helper()
	h, err := webui.New(webui.Options{Problem: func(w http.ResponseWriter, _ *http.Request, status int, detail string) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, detail)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask asks the handler, with headers by name and value.
func ask(t *testing.T, h http.Handler, method, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhoGetsWhat(t *testing.T) {
	t.Parallel()
	const document, problem = "text/html; charset=utf-8", "application/problem+json"
	tests := []struct {
		method, path, accept string
		status               int
		kind                 string
	}{
		{"GET", "/", browser, 200, document},
		{"HEAD", "/", browser, 200, document},
		{"GET", "/racks/sv3-001", browser, 200, document},
		{"GET", "/things/a%2Fb%3Cscript%3E", browser, 200, document},
		{"GET", "/things/../../etc/passwd", browser, 200, document},
		{"GET", "/history/12?at=3", browser, 200, document},
		{"GET", "/nowhere", browser, 404, document},
		{"GET", "/index.html", browser, 404, document},
		{"GET", "/", "*/*", 404, problem},
		{"GET", "/racks/sv3-001", "application/json", 404, problem},
		{"GET", "/nowhere", "", 404, problem},
		{"GET", "/api/v1/nowhere", browser, 404, problem},
		{"GET", "/api/", browser, 404, problem},
		{"GET", "/assets/index-OLD.js", browser, 404, problem},
		{"GET", "/assets/", browser, 404, problem},
		{"GET", "/favicon.svg", "image/*", 200, "image/svg+xml"},
		{"POST", "/racks", browser, 405, problem},
		{"DELETE", "/favicon.svg", "*/*", 405, problem},
		{"POST", "/nowhere", "*/*", 404, problem},
	}
	h := handler(t)
	for _, tt := range tests {
		got := ask(t, h, tt.method, tt.path, "Accept", tt.accept)
		if kind := got.Header.Get("Content-Type"); got.StatusCode != tt.status || kind != tt.kind {
			t.Errorf("%s %s for %q: got %d with %s, want %d with %s", tt.method, tt.path, tt.accept, got.StatusCode, kind, tt.status, tt.kind)
		}
		if tt.status == 405 && got.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s %s: allowed is %q", tt.method, tt.path, got.Header.Get("Allow"))
		}
	}
}

// TestDocument wants a nonce of its own for each answer, in the policy and in the
// document alike, and no file from elsewhere.
func TestDocument(t *testing.T) {
	t.Parallel()
	h := handler(t)
	nonceOf := regexp.MustCompile(`'nonce-(\w{20,})'`)
	seen := map[string]bool{}
	for range 3 {
		got := ask(t, h, "GET", "/", "Accept", browser)
		policy := got.Header.Get("Content-Security-Policy")
		m := nonceOf.FindStringSubmatch(policy)
		if m == nil || seen[m[1]] {
			t.Fatalf("no new nonce in %q", policy)
		}
		seen[m[1]] = true
		text := body(t, got)
		if !strings.Contains(text, `content="`+m[1]+`"`) || strings.Contains(text, "CSP-NONCE") {
			t.Errorf("the document lacks the nonce:\n%s", text)
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(text, "://") {
			t.Errorf("policy %q, document\n%s", policy, text)
		}
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		} {
			if value := got.Header.Get(header); value != want {
				t.Errorf("%s is %q, want %q", header, value, want)
			}
		}
	}
}

// asset is the path of the script that the document begins with.
func asset(t *testing.T, h http.Handler) string {
	t.Helper()
	m := regexp.MustCompile(`src="(/assets/[^"]+\.js)"`).FindStringSubmatch(body(t, ask(t, h, "GET", "/", "Accept", browser)))
	if m == nil {
		t.Fatal("the document names no script")
	}
	return m[1]
}

func TestFiles(t *testing.T) {
	t.Parallel()
	h := handler(t)
	path := asset(t, h)
	plain := ask(t, h, "GET", path)
	packed := ask(t, h, "GET", path, "Accept-Encoding", "br;q=1, gzip;q=0.8")
	if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("content is encoded as %q and %q", plain.Header.Get("Content-Encoding"), packed.Header.Get("Content-Encoding"))
	}
	unpack, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpack)
	if err != nil || string(text) != body(t, plain) {
		t.Errorf("what was compressed is not the file (%v)", err)
	}
	for _, r := range []*http.Response{plain, packed} {
		if got := r.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("it is kept as %q", got)
		}
		if got := r.Header.Values("Vary"); !strings.Contains(strings.Join(got, ","), "Accept-Encoding") {
			t.Errorf("it varies with %q", got)
		}
		if got := r.Header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
			t.Errorf("it is %q", got)
		}
	}
	etag := packed.Header.Get("ETag")
	if etag == plain.Header.Get("ETag") {
		t.Errorf("both forms have the tag %s", etag)
	}
	if got := ask(t, h, "GET", path, "Accept-Encoding", "gzip", "If-None-Match", etag); got.StatusCode != http.StatusNotModified {
		t.Errorf("with If-None-Match: %s", got.Status)
	}
	if got := ask(t, h, "HEAD", path, "Accept-Encoding", "gzip;q=0"); got.StatusCode != 200 || body(t, got) != "" || got.Header.Get("Content-Encoding") != "" {
		t.Errorf("HEAD without gzip: %s, %q", got.Status, got.Header.Get("Content-Encoding"))
	}
}

// TestPlaces wants every address of web/src/routes to be one of a page.
func TestPlaces(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../web/src/routes_gen.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "fullPaths:")
	list, _, _ = strings.Cut(list, "fileRoutesByTo")
	paths := regexp.MustCompile(`'(/[^']*)'`).FindAllStringSubmatch(list, -1)
	if len(paths) < 5 {
		t.Fatalf("only %d addresses in routes_gen.ts", len(paths))
	}
	h := handler(t)
	for _, m := range paths {
		if got := ask(t, h, "GET", m[1], "Accept", browser); got.StatusCode != http.StatusOK {
			t.Errorf("%s is answered %s: add its first part to places", m[1], got.Status)
		}
	}
}

// TestIsPublic says what somebody gets who has yet to sign in, in a browser.
func TestIsPublic(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/": true, "/sign-in": true, "/things/a/b": true, "/index.html": true, "/favicon.svg": true,
		"/assets/": false, "/assets/none.js": false, "/dist": false, "/api/v1/entities": false, "/entity/server": false,
		"/../webui.go": false, "/assets/../../webui.go": false, "": false, "/thingsx": false,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := &http.Request{Method: method, URL: &url.URL{Path: path}, Header: http.Header{"Accept": {browser}}}
			if got := webui.IsPublic(r); got != (want && method == http.MethodGet) {
				t.Errorf("IsPublic(%s %q) = %v", method, path, got)
			}
		}
	}
}

// TestSize wants everything that the pages may ever load to be small.
func TestSize(t *testing.T) {
	t.Parallel()
	const most = 400_000
	h := handler(t)
	total := 0
	entries, err := os.ReadDir("dist/assets")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		total += len(body(t, ask(t, h, "GET", "/assets/"+entry.Name(), "Accept-Encoding", "gzip")))
	}
	if total > most {
		t.Errorf("all files together are %d bytes compressed, more than %d", total, most)
	}
	t.Logf("%d bytes in %d files", total, len(entries))
}
