package client_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// TestAccount sends a token or a password, and what the client calls itself.
func TestAccount(t *testing.T) {
	for _, c := range []struct {
		options client.Options
		want    string
	}{
		{client.Options{}, ""},
		{client.Options{Token: "t0k"}, "Bearer t0k"},
		{client.Options{User: "ann", Password: "x:y"}, "Basic YW5uOng6eQ=="},
	} {
		c.options.UserAgent = "test/1"
		api := serve(t, c.options, func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Authorization"); got != c.want || r.UserAgent() != "test/1" {
				t.Errorf("got %q from %q, want %q", got, r.UserAgent(), c.want)
			}
			answer(w, "application/json", 200, "{}")
		})
		if _, err := api.Session(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestAddresses has the API under the address of the server, whatever its form.
func TestAddresses(t *testing.T) {
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.EscapedPath()
		answer(w, "application/json", 200, `{"name": "x"}`)
	}))
	t.Cleanup(server.Close)
	for suffix, want := range map[string]string{
		"": "/api/v1/", "/": "/api/v1/", "/inventory": "/inventory/api/v1/", "/inventory/": "/inventory/api/v1/", "/api/v1": "/api/v1/", "/a/api/v1/": "/a/api/v1/",
	} {
		if _, err := connect(t, server.URL+suffix, client.Options{}).Entity(t.Context(), "a/b %2F?#ü", client.EntityOptions{}); err != nil {
			t.Error(err)
		}
		if want += "entities/a%2Fb%20%252F%3F%23%C3%BC"; asked != want {
			t.Errorf("%q: asked for %s, want %s", suffix, asked, want)
		}
	}
}

// TestRedirects follows a redirect within the server, and tells no other of the token.
func TestRedirects(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another server was asked, with %q", r.Header.Get("Authorization"))
	}))
	t.Cleanup(other.Close)
	c := serve(t, client.Options{Token: "t0k"}, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/moved" && r.Header.Get("Authorization") == "Bearer t0k":
			answer(w, "application/json", 200, `{"user": "ann"}`)
		case r.URL.Path == "/api/v1/session":
			http.Redirect(w, r, "/moved", http.StatusFound)
		case r.URL.Path == "/api/v1/layouts":
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		case r.Method == http.MethodPost:
			http.Redirect(w, r, "/moved", http.StatusFound)
		default:
			http.Redirect(w, r, other.URL, http.StatusFound)
		}
	})
	if s, err := c.Session(t.Context()); err != nil || s.User != "ann" {
		t.Errorf("within the server: got %+v, %v", s, err)
	}
	_, elsewhere := c.Users(t.Context())
	_, endless := c.Layouts(t.Context())
	_, another := c.Transact(t.Context(), api.Transaction{}, client.Change{})
	for want, err := range map[string]error{"sends requests on to " + other.URL: elsewhere, "without end": endless, "makes it a GET": another} {
		if !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want one that says %q", err, want)
		}
	}
}

// TestPages follows pages to the last, and not in a circle.
func TestPages(t *testing.T) {
	c := serve(t, client.Options{}, func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
		next := map[bool]string{true: strconv.Itoa(page + 1)}[page < 3]
		if r.URL.Query().Get("in") == "circle" {
			next = strconv.Itoa(min(page+1, 2))
		}
		body, _ := json.Marshal(api.EntityPage{Entities: []api.Entity{{Name: fmt.Sprint("a", page)}, {Name: fmt.Sprint("b", page)}}, Next: next})
		answer(w, "application/json", 200, string(body))
	})
	names := func(f client.Filter) (all []string, err error) {
		for e, err := range c.Entities(t.Context(), f) {
			if err != nil {
				return all, err
			}
			all = append(all, e.Name)
		}
		return all, nil
	}
	if got, err := names(client.Filter{}); err != nil || !slices.Equal(got, []string{"a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"}) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := names(client.Filter{In: "circle"}); err == nil {
		t.Errorf("got %v and no error of pages in a circle", got)
	}
}

// TestETags has the state of an entity known, and not sent again.
func TestETags(t *testing.T) {
	c := serve(t, client.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"7"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"7"`)
		answer(w, "application/json", 200, `{"name": "web1"}`)
	})
	e, err := c.Entity(t.Context(), "web1", client.EntityOptions{})
	if err != nil || e.Etag != `"7"` {
		t.Fatalf("got %+v, %v", e, err)
	}
	if _, err := c.Entity(t.Context(), "web1", client.EntityOptions{IfNoneMatch: e.Etag}); !errors.Is(err, client.ErrNotModified) {
		t.Errorf("got %v, want ErrNotModified", err)
	}
}

// TestLargeAnswers reads what is compressed, and not more than is allowed.
func TestLargeAnswers(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"user": "`+strings.Repeat("x", 5000)+`"}`)
		_ = z.Close()
	}
	if s, err := serve(t, client.Options{}, handler).Session(t.Context()); err != nil || len(s.User) != 5000 {
		t.Errorf("got error %v", err)
	}
	if _, err := serve(t, client.Options{MaxAnswer: 1000}, handler).Session(t.Context()); !errors.Is(err, clusto.ErrExhausted) {
		t.Errorf("got %v, want ErrExhausted", err)
	}
}

// TestCutExport has an export whose end is missing be an error.
func TestCutExport(t *testing.T) {
	c := serve(t, client.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = io.WriteString(w, "{}\n")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	body, err := c.Export(t.Context(), client.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if got, err := io.ReadAll(body); string(got) != "{}\n" || !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("got %q, %v, want ErrUnavailable at the end", got, err)
	}
}

// TestImport sends a file from where it stands, again if the connection is lost,
// and what comes from a pipe once.
func TestImport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fleet.jsonl")
	if err := os.WriteFile(path, []byte("skipped\nkept\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Seek(8, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		from  io.Reader
		times int
		want  error
	}{
		{"a file", file, 2, nil},
		{"a text", strings.NewReader("kept\n"), 2, nil},
		{"a pipe", io.MultiReader(strings.NewReader("kept\n")), 1, clusto.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &network{steps: []step{reset, says(200, `{"unchanged": 5}`)}}
			api := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}, Retry: client.Retry{Wait: 1}})
			report, err := api.Import(t.Context(), c.from, client.ImportOptions{})
			if clusto.KindOf(err) != c.want || err == nil && report.Unchanged != 5 {
				t.Errorf("got %+v, %v, want the kind %v", report, err, c.want)
			}
			if len(n.seen) != c.times || n.seen[0].key == "" {
				t.Errorf("sent %+v, want %d times with a key", n.seen, c.times)
			}
			for _, s := range n.seen {
				if s.body != "kept\n" {
					t.Errorf("sent %q", s.body)
				}
			}
		})
	}
	unreadable := errors.New("the disk is broken")
	c := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: &network{steps: []step{done}}}})
	if _, err := c.Import(t.Context(), ending{unreadable}, client.ImportOptions{}); !errors.Is(err, unreadable) {
		t.Errorf("got %v, want %v", err, unreadable)
	}
}

// TestScripts has what a script prints come as it comes, and its end as a result.
func TestScripts(t *testing.T) {
	printed := make(chan struct{})
	c := serve(t, client.Options{}, func(w http.ResponseWriter, r *http.Request) {
		var s client.Script
		if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = io.WriteString(w, `{"out": "a\n"}`+"\n"+`{"err": "b"}`+"\n")
		_ = http.NewResponseController(w).Flush()
		<-printed
		_, _ = io.WriteString(w, s.Source)
	})
	for _, test := range []struct {
		name, end string
		want      error // its kind
		text      string
	}{
		{"well", `{"result": {"ok": true}}`, nil, ""},
		{"with an error", `{"result": {"ok": false, "error": "there is no x", "kind": "not-found"}}`, clusto.ErrNotFound, "there is no x"},
		{"cut", `{"result": {"o`, clusto.ErrUnavailable, "lost before the script ended"},
		{"without a result", ``, clusto.ErrUnavailable, "lost before the script ended"},
		{"as something else", `<html>`, clusto.ErrUnsupported, "not understood"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, errs strings.Builder
			_, err := c.RunScript(t.Context(), client.Script{Source: test.end},
				client.Output{Out: &out, Err: written(func(p []byte) { errs.Write(p); printed <- struct{}{} })})
			if out.String() != "a\n" || errs.String() != "b" || clusto.KindOf(err) != test.want || err != nil && !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %q, %q, %v; want the kind %v, %s", out.String(), errs.String(), err, test.want, test.text)
			}
		})
	}
}

type written func([]byte)

func (f written) Write(p []byte) (int, error) { f(p); return len(p), nil }

// TestManyAtOnce has one client used by many goroutines.
func TestManyAtOnce(t *testing.T) {
	c := serve(t, client.Options{Token: "t"}, func(w http.ResponseWriter, r *http.Request) {
		answer(w, "application/json", 200, `{"name": "`+r.URL.Query().Get("at")+`"}`)
	})
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			at := strconv.Itoa(i + 1)
			if e, err := c.Entity(t.Context(), "e", client.EntityOptions{At: at}); err != nil || e.Name != at {
				t.Errorf("got %+v, %v, want %s", e, err, at)
			}
		})
	}
	all.Wait()
}
