package classic_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi/classic"
	"github.com/clusto/clusto/internal/sqlstore"
)

// body returns what an answer says, decoded.
func body[T any](t testing.TB, w *http.Response) T {
	t.Helper()
	var v T
	text, err := io.ReadAll(w.Body)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestNew(t *testing.T) {
	if _, err := classic.New(classic.Options{Drivers: all.Drivers()}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("without a store: %v", err)
	}
	if _, err := classic.New(classic.Options{Store: func(context.Context) clusto.Store { return nil }}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("without drivers: %v", err)
	}
}

// TestOneVersion checks that a request is one version, that it says who and what,
// and that what changes nothing, or fails half way, is none.
func TestOneVersion(t *testing.T) {
	type user struct{}
	s := newServer(t, classic.Options{User: func(ctx context.Context) string { return ctx.Value(user{}).(string) }})
	newest := func() (info clusto.VersionInfo) {
		t.Helper()
		err := s.store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			for v, err := range r.Versions(t.Context(), 0) {
				if err != nil {
					return err
				}
				info = v
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	before := newest().Version
	for _, test := range []struct {
		request string
		want    string // the description of the version, or "" if there is none
	}{
		{"POST /entity/pool?name=a&name=b", "POST /entity/pool"},
		{"POST /entity/pool?name=a&name=b", ""},
		{"POST /entity/pool?name=c&name=d/e", ""},
		{"POST /entity/pool/a?action=insert&device=b&device=c", ""},
		{"POST /entity/pool/a?action=insert&device=b", "POST /entity/pool/a"},
		{"POST /entity/pool?name=two%20words", "POST /entity/pool"},
		{"PUT /attribute/two%20words/a%5F/b?value=1", "PUT /attribute/two%20words/a%5F/b"},
		{"PUT /attribute/two%20words/a%5F/b?value=1", ""},
		{"GET /entity/", ""},
		{"DELETE /entity/pool/b", "DELETE /entity/pool/b"},
		{"DELETE /entity/pool/b", ""},
	} {
		method, target, _ := strings.Cut(test.request, " ")
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), user{}, "joe"), method, target, nil)
		s.api.ServeHTTP(httptest.NewRecorder(), r)
		v := newest()
		got := ""
		if v.Version != before {
			got = v.Description
			if v.Version != before+1 || v.User != "joe" {
				t.Errorf("%s: version %d after %d by %q", test.request, v.Version, before, v.User)
			}
		}
		if got != test.want {
			t.Errorf("%s: got version %q, want %q", test.request, got, test.want)
		}
		before = v.Version
	}
}

// TestResponseHeaders checks that static headers come with every answer, and that
// those of one answer do not come with the next (apiserver: util.py, dumps).
func TestResponseHeaders(t *testing.T) {
	static := http.Header{"Access-Control-Allow-Origin": {"*"}, "x-site": {"a", "b"}}
	s := newServer(t, classic.Options{ResponseHeaders: static})
	s.must("POST /entity/pool name=a")
	for _, test := range []struct{ method, target, warnings string }{
		{"POST", "/entity/pool?name=a", "Entity(s) /pool/a already exist(s)"},
		{"POST", "/entity/pool?name=b", ""},
		{"GET", "/entity/pool", ""},
		{"GET", "/nothing", ""},
		{"OPTIONS", "/entity/", ""},
		{"DELETE", "/entity/pool/b", ""},
	} {
		w := s.send(test.method, test.target, "")
		if got := w.Header.Get("Warnings"); got != test.warnings {
			t.Errorf("%s %s: Warnings: %q, want %q", test.method, test.target, got, test.warnings)
		}
		if got := w.Header.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%s %s: Access-Control-Allow-Origin: %q", test.method, test.target, got)
		}
		if got := w.Header.Values("X-Site"); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("%s %s: X-Site: %q", test.method, test.target, got)
		}
		for _, name := range []string{"Clusto-Page", "Clusto-Pages"} {
			if got := w.Header.Values(name); got != nil {
				t.Errorf("%s %s: %s: %q", test.method, test.target, name, got)
			}
		}
	}
	if len(static) != 2 {
		t.Errorf("the options were changed: %v", static)
	}
}

// failing is a store that cannot do anything.
type failing struct {
	clusto.Store
	err error
}

func (s failing) View(context.Context, clusto.Version, func(clusto.Reader) error) error { return s.err }

func (s failing) Update(context.Context, clusto.Change, func(clusto.Tx) error) (clusto.Version, error) {
	return 0, s.err
}

// TestErrorKinds checks the status for each kind of error, and that what is
// nobody's mistake but ours is logged and not told.
func TestErrorKinds(t *testing.T) {
	want := map[error]int{
		clusto.ErrNotFound: 404, clusto.ErrExists: 409, clusto.ErrInvalid: 400, clusto.ErrInUse: 409, clusto.ErrExhausted: 409,
		clusto.ErrConflict: 409, clusto.ErrUnsupported: 400, clusto.ErrReadOnly: 403, clusto.ErrUnavailable: 503, clusto.ErrDenied: 403,
	}
	for _, kind := range append(clusto.ErrorKinds(), errors.New("strange")) {
		var log strings.Builder
		err := fmt.Errorf("the secret: %w", kind)
		s := serverOf(t, failing{err: err}, classic.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		known := want[kind] != 0
		for _, request := range []string{"GET /entity/", "POST /entity/pool?name=a"} {
			method, target, _ := strings.Cut(request, " ")
			w := s.send(method, target, "")
			wantStatus, wantBody := want[kind], err.Error()
			if !known {
				wantStatus, wantBody = 500, "Internal error"
			}
			if got := body[string](t, w); got != wantBody || w.StatusCode != wantStatus {
				t.Errorf("%s: %v: got %d %q, want %d %q", request, kind, w.StatusCode, got, wantStatus, wantBody)
			}
		}
		if logged := strings.Contains(log.String(), "the secret: strange"); logged == known {
			t.Errorf("%v: logged %q", kind, log.String())
		}
	}
}

// TestRegister checks that the API can stand beside pages that have the root, and
// answers for its own paths alone.
func TestRegister(t *testing.T) {
	store := dbtest.New(t, sqlstore.Options{})
	api, err := classic.New(classic.Options{Store: func(context.Context) clusto.Store { return store }, Drivers: all.Drivers(), Version: "1.2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{"GET /", "/"} {
		mux := http.NewServeMux()
		mux.HandleFunc(root, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
		mux.HandleFunc("HEAD /{$}", api.Version)
		mux.HandleFunc("POST /api/v1/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
		api.Register(mux)
		for request, want := range map[string]int{
			"GET /":                    http.StatusTeapot,
			"GET /favicon.ico":         http.StatusTeapot,
			"GET /entities":            http.StatusTeapot,
			"POST /api/v1/entity":      http.StatusTeapot,
			"HEAD /":                   http.StatusOK,
			"GET /entity":              http.StatusOK,
			"HEAD /entity/":            http.StatusOK,
			"GET /entity/a/b/c":        http.StatusNotFound,
			"GET /attribute":           http.StatusNotFound,
			"POST /by-name/a":          http.StatusMethodNotAllowed,
			"PATCH /entity/pool":       http.StatusMethodNotAllowed,
			"GET /__doc__":             http.StatusOK,
			"GET /__version__":         http.StatusOK,
			"GET /entity/clustometa":   http.StatusOK,
			"OPTIONS /driverlist":      http.StatusNoContent,
			"DELETE /resourcemanager/": http.StatusMethodNotAllowed,
		} {
			method, target, _ := strings.Cut(request, " ")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, target, nil))
			if w.Code != want {
				t.Errorf("%s beside %q: got %d, want %d", request, root, w.Code, want)
			}
		}
	}
	if patterns := api.Patterns(); !slices.Contains(patterns, "POST /entity/{driver}/{name}") || slices.Contains(patterns, "GET /") {
		t.Errorf("patterns %q", patterns)
	}
}

// TestDocumentation checks that every endpoint is in the documentation, in both
// forms and wherever it is asked for.
func TestDocumentation(t *testing.T) {
	s := newServer(t, classic.Options{})
	get := func(target, accept string) (string, string) {
		t.Helper()
		w := s.send("GET", target, "Accept: "+accept+"\n")
		text, err := io.ReadAll(w.Body)
		if err != nil || w.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", target, w.StatusCode, err)
		}
		return w.Header.Get("Content-Type"), string(text)
	}
	kind, page := get("/__doc__", "*/*")
	if kind != "text/html; charset=UTF-8" || !strings.HasPrefix(page, "<!DOCTYPE html>") {
		t.Errorf("%s: %.100s", kind, page)
	}
	kind, plain := get("/__doc__", "text/plain")
	if kind != "text/plain; charset=UTF-8" || strings.Contains(plain, "<") {
		t.Errorf("%s: %.100s", kind, plain)
	}
	for _, want := range []string{"POST /entity/{driver}/{name}", "DELETE /attribute/{name}/{key}/{subkey}/{number}", "GET /from-pools", "GET /resourcemanager\n", "Clusto-Per-Page", "datatype"} {
		if !strings.Contains(plain, want) || !strings.Contains(page, strings.TrimSpace(want)) {
			t.Errorf("%s is not in the documentation", want)
		}
	}
	if _, root := get("/", "text/plain"); root != plain {
		t.Error("/ and /__doc__ differ")
	}
	_, one := get("/entity/__doc__", "text/plain")
	if _, other := get("/__doc__/entity", "text/plain"); one != other || !strings.Contains(one, "POST /entity") || strings.Contains(one, "/by-name") {
		t.Errorf("the documentation of one application:\n%s\n%s", one, other)
	}
	if w := s.send("GET", "/__doc__/nothing", ""); w.StatusCode != http.StatusNotFound {
		t.Error(show(t, w))
	}
}

// TestDriverList checks that every driver of classic clusto is in the module where
// clients know it, and that drivers of users have a class too.
func TestDriverList(t *testing.T) {
	drivers := all.Drivers()
	base, _ := drivers.Driver("pool")
	refreshed := 0
	s := newServer(t, classic.Options{Drivers: drivers, Refresh: func() {
		if refreshed++; refreshed == 1 {
			if _, err := drivers.Register(&clusto.Driver{Name: "mypool", Class: "MyPool", Base: base, Origin: "my.star"}); err != nil {
				t.Error(err)
			}
		}
	}})
	got := body[map[string]string](t, s.send("GET", "/driverlist", ""))
	for name, want := range map[string]string{
		"pool":        "clusto.drivers.categories.pool.Pool",
		"cisco4948":   "diggext.drivers.devices.networkswitches.cisconetworkswitch.Cisco4948",
		"mypool":      "clusto.drivers.MyPool",
		"basicserver": "clusto.drivers.devices.servers.basicserver.BasicServer",
	} {
		if got[name] != want {
			t.Errorf("%s: got %s, want %s", name, got[name], want)
		}
	}
	for _, d := range classictest.Drivers(t) {
		if d.Driver == "equinixdatacenter" { // a script, which is not in this registry
			continue
		}
		if path := got[d.Driver]; !strings.HasSuffix(path, "."+d.Class) || strings.Count(path, ".") < 4 {
			t.Errorf("%s: %q", d.Driver, path)
		}
	}
	types := body[map[string]string](t, s.send("GET", "/typelist", ""))
	if want := drivers.Types(); !slices.Equal(slices.Sorted(maps.Keys(types)), want) {
		t.Errorf("types %v, want %v", types, want)
	}
	for typ, want := range map[string]string{"pool": "clusto.drivers.categories.pool.UniquePool", "server": "diggext.drivers.devices.servers.penguincomputing.PenguinServer2U"} {
		if types[typ] != want {
			t.Errorf("%s: got %s, want %s", typ, types[typ], want)
		}
	}
}
