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

	"github.com/google/go-cmp/cmp"

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

// TestStatementCount checks that a list takes as many statements for many entities
// as for few.
func TestStatementCount(t *testing.T) {
	count := func(n int) map[string]int {
		statements := 0
		store := dbtest.New(t, sqlstore.Options{OnStatement: func(sql string) {
			if !dbtest.Bookkeeping(sql) {
				statements++
			}
		}})
		s := serverOf(t, store, classic.Options{})
		s.must("POST /resourcemanager/ipmanager name=net baseip=10.0.0.0 netmask=255.0.0.0\nPOST /entity/pool name=outer name=inner\nPOST /entity/pool/outer action=insert device=inner\n")
		var names, devices []string
		for i := range n {
			names = append(names, fmt.Sprintf("name=s%d", i))
			devices = append(devices, fmt.Sprintf("device=s%d", i))
		}
		s.must("POST /entity/basicserver " + strings.Join(names, " "))
		s.must("POST /entity/pool/inner action=insert " + strings.Join(devices, " "))
		for i := range n {
			s.must(fmt.Sprintf("POST /attribute/s%d/peer/a datatype=relation value=s%d\nPOST /attribute/s%d key=role value=web", i, (i+1)%n, i))
			s.must(fmt.Sprintf("POST /resourcemanager/ipmanager/net object=s%d\nPOST /resourcemanager/simplenamemanager name=m%d", i, i))
		}
		counts := map[string]int{}
		for _, target := range []string{
			"/entity/", "/entity/basicserver", "/resourcemanager/", "/from-pools?pool=outer", "/from-pools?pool=outer&pool=inner",
			"/by-attr?key=role", "/by-names?" + strings.Join(names, "&"), "/by-name/inner",
		} {
			what, _, _ := strings.Cut(target, "name=")
			for _, mode := range []string{"compact", "expanded"} {
				statements = 0
				w := s.send("GET", target, "Clusto-Mode: "+mode+"\n")
				counts[what+" "+mode] = statements
				text, err := io.ReadAll(w.Body)
				if err != nil || w.StatusCode != http.StatusOK {
					t.Errorf("%s: %d, %v", what, w.StatusCode, err)
				}
				if lines := strings.Count(string(text), "\n"); lines < n && mode == "expanded" {
					t.Errorf("%s: %d lines", what, lines)
				}
			}
		}
		return counts
	}
	few, many := count(3), count(60)
	for what, n := range few {
		if many[what] != n || n == 0 || n > 10 {
			t.Errorf("%s: %d statements for 3 entities, %d for 60", what, n, many[what])
		}
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

func TestMaxBody(t *testing.T) {
	s := newServer(t, classic.Options{MaxBody: 100})
	long := strings.Repeat("x", 200)
	for _, lines := range []string{
		"\nname=" + long + "\n",
		"Content-Type: application/json\n\n\"" + long + "\"\n",
		"Content-Type: multipart/form-data; boundary=x\n\n--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n" + long + "\r\n--x--\r\n",
	} {
		for _, target := range []string{"/entity/pool", "/attribute/a"} {
			if w := s.send("POST", target, lines); w.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s with %.60q: %s", target, lines, show(t, w))
			}
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

// TestClassicDatabase compares what is shown of a database that classic clusto
// wrote with what classic clusto said about it.
func TestClassicDatabase(t *testing.T) {
	s := serverOf(t, classictest.Open(t), classic.Options{})
	var want struct {
		Entities map[string]struct {
			Type, Driver string
			Attrs        []classictest.Row `json:"attrs_visible"`
			Contents     []string
			Parents      []string
		}
	}
	classictest.Expected(t, &want)
	type entity struct {
		Name, Driver, Type string
		Attrs              []struct {
			Key, Datatype  string
			Number, Subkey any
			Value          any
		}
		Contents, Parents, IPs []string
		Count                  *int
	}
	got := body[[]entity](t, s.send("GET", "/entity/", "Clusto-Mode: expanded\n"))
	if len(got) != len(want.Entities) {
		t.Errorf("%d entities, want %d", len(got), len(want.Entities))
	}
	for _, e := range got {
		w, ok := want.Entities[e.Name]
		if !ok {
			t.Errorf("%s should not be there", e.Name)
			continue
		}
		if e.Type != w.Type || e.Driver != w.Driver || (e.Count != nil) != (e.Type == "resourcemanager") {
			t.Errorf("%s: %+v", e.Name, e)
		}
		var rows []classictest.Row
		for _, a := range e.Attrs {
			value := a.Value
			if name, isText := value.(string); isText && a.Datatype == "relation" {
				value = name[strings.LastIndex(name, "/")+1:]
			}
			rows = append(rows, classictest.Row{a.Key, a.Number, a.Subkey, a.Datatype, value})
		}
		if diff := cmp.Diff(classictest.Multiset(t, w.Attrs), classictest.Multiset(t, rows)); diff != "" {
			t.Errorf("%s: attributes (-want +got):\n%s", e.Name, diff)
		}
		if diff := cmp.Diff(once(w.Contents), once(names(e.Contents))); diff != "" {
			t.Errorf("%s: contents (-want +got):\n%s", e.Name, diff)
		}
		if diff := cmp.Diff(once(w.Parents), once(names(e.Parents))); diff != "" {
			t.Errorf("%s: parents (-want +got):\n%s", e.Name, diff)
		}
	}
}

// names returns the names in texts of the form /driver/name.
func names(compact []string) []string {
	var out []string
	for _, s := range compact {
		out = append(out, s[strings.LastIndex(s, "/")+1:])
	}
	return out
}

// once returns each of some names once, sorted.
func once(names []string) []string {
	sorted := slices.Sorted(slices.Values(names))
	return slices.Compact(sorted)
}

// TestDanglingRelation shows what refers to nothing, which classic clusto left
// behind.
func TestDanglingRelation(t *testing.T) {
	dsn := dbtest.NewDSN(t)
	store := dbtest.Create(t, dsn, sqlstore.Options{})
	s := serverOf(t, store, classic.Options{})
	s.must("POST /entity/pool name=a name=b name=c\nPOST /entity/pool/a action=insert device=b device=c\nPOST /attribute/a key=peer datatype=relation value=b")
	if _, err := dbtest.SQL(t, dsn).Exec(`DELETE FROM "entities" WHERE name = 'b'`); err != nil {
		t.Fatal(err)
	}
	const want = `{"attrs": [{"datatype": "relation", "key": "peer", "number": null, "subkey": null, "value": null}], ` +
		`"contents": ["/pool/c"], "driver": "pool", "name": "a", "parents": [], "type": "pool"}`
	w := s.send("GET", "/entity/pool/a", "Clusto-Minify: True\n")
	if got, err := io.ReadAll(w.Body); string(got) != want || err != nil {
		t.Errorf("got %d %s, %v, want %s", w.StatusCode, got, err, want)
	}
}

// TestLargeValue stores and shows a value of ten million characters, or says that
// the database cannot hold it.
func TestLargeValue(t *testing.T) {
	s := newServer(t, classic.Options{})
	s.must("POST /entity/pool name=a")
	large := strings.Repeat("x", 10_000_000)
	w := s.send("PUT", "/attribute/a/k", "\nvalue="+large+"\n")
	if w.StatusCode == http.StatusBadRequest && dbtest.Chosen(t) == dbtest.MariaDB {
		return
	}
	attrs := body[[]struct{ Value string }](t, w)
	if w.StatusCode != http.StatusOK || len(attrs) != 1 || attrs[0].Value != large {
		t.Errorf("got %d, %d attributes", w.StatusCode, len(attrs))
	}
	if w := s.send("GET", "/by-attr?key="+large[:1000], ""); w.StatusCode != http.StatusOK {
		t.Error(show(t, w))
	}
	if w := s.send("GET", "/by-name/"+large[:100_000], ""); w.StatusCode != http.StatusNotFound {
		t.Error(w.StatusCode)
	}
}

// TestWideNumbers sends numbers that some databases have no room for.
func TestWideNumbers(t *testing.T) {
	s := newServer(t, classic.Options{})
	s.must("POST /entity/pool name=a\nPOST /resourcemanager/simplenummanager name=n next=4294967296")
	for _, n := range []string{"4294967296", "-4294967296", "9223372036854775807", "-9223372036854775808"} {
		for _, request := range []string{
			"PUT /attribute/a/k?datatype=int&value=" + n,
			"PUT /attribute/a/k/s/" + n + "?value=1",
			"GET /attribute/a/k/s/" + n,
			"DELETE /attribute/a/k/s/" + n,
			"DELETE /attribute/a/k?number=" + n,
			"GET /by-attr?key=k&datatype=int&value=" + n,
			`GET /entity/?attrs={"number":` + n + `,"value":` + n + "}",
			"POST /resourcemanager/simplenummanager/n?object=a&resource=" + n,
			"POST /resourcemanager/simplenummanager/n?object=a",
			"DELETE /resourcemanager/simplenummanager/n?object=a&resource=" + n,
		} {
			method, target, _ := strings.Cut(request, " ")
			if w := s.send(method, target, ""); w.StatusCode >= 500 {
				t.Errorf("%s: %s", request, show(t, w))
			}
		}
	}
}
