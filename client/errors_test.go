package client_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"encoding/pem"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// once is a policy that sends each request once.
var once = client.Retry{Attempts: 1}

// serve starts a server and returns a client of it.
func serve(t *testing.T, o client.Options, handler http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return connect(t, server.URL, o)
}

func connect(t *testing.T, address string, o client.Options) *client.Client {
	t.Helper()
	c, err := client.New(address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func answer(w http.ResponseWriter, kind string, status int, body string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func problem(w http.ResponseWriter, p api.Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	answer(w, "application/problem+json", p.Status, string(body))
}

func TestProblems(t *testing.T) {
	second := 1
	for _, c := range []struct {
		name    string
		problem api.Problem
		kind    error
		text    string
		hint    string
	}{
		{name: "one", problem: api.Problem{Status: 404, Kind: "not-found", Detail: "there is no web1", Hint: "clusto list-all"},
			kind: clusto.ErrNotFound, text: "there is no web1", hint: "clusto list-all"},
		{name: "several", problem: api.Problem{Status: 409, Kind: "in-use", Detail: "2 errors", Errors: []api.ProblemItem{
			{Detail: "a is taken", Hint: "take b"}, {Detail: "c is taken", Operation: &second}}},
			kind: clusto.ErrInUse, text: "a is taken\noperation 2: c is taken", hint: "take b"},
		{name: "a line of a file", problem: api.Problem{Status: 400, Errors: []api.ProblemItem{{Detail: "no name", Line: 7, Kind: "invalid"}}},
			kind: clusto.ErrInvalid, text: "line 7: no name"},
		{name: "no kind", problem: api.Problem{Status: 412, Title: "Precondition Failed"}, kind: clusto.ErrConflict, text: "Precondition Failed"},
		{name: "not signed in", problem: api.Problem{Status: 401, Kind: "not-signed-in", Detail: "who are you?"},
			kind: clusto.ErrDenied, text: "who are you?", hint: "give a token, in CLUSTO_TOKEN or as token_file in [client] of the configuration; " +
				"who can sign in, or open the database, makes one: clusto token create NAME"},
		{name: "internal", problem: api.Problem{Status: 500, Kind: "internal", Detail: "internal error", RequestId: "r1"},
			text: "internal error", hint: "the log of the server has more (request r1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := serve(t, client.Options{Retry: once}, func(w http.ResponseWriter, _ *http.Request) { problem(w, c.problem) })
			_, err := api.Entity(t.Context(), "web1", client.EntityOptions{})
			refused, ok := errors.AsType[*client.Error](err)
			if !ok {
				t.Fatalf("got %v, which is no *client.Error", err)
			}
			if refused.Status != c.problem.Status || refused.Problem.Kind != c.problem.Kind {
				t.Errorf("got %+v", refused)
			}
			expect(t, err, c.kind, c.text, c.hint)
		})
	}
}

// expect compares an error: its kind, of which nil is none, its text and its hint.
func expect(t *testing.T, err, kind error, text, hint string) {
	t.Helper()
	if got := clusto.KindOf(err); got != kind {
		t.Errorf("got the kind %v, want %v", got, kind)
	}
	if err == nil || err.Error() != text {
		t.Errorf("got the error %v, want %s", err, text)
	}
	if got := clusto.Hint(err); got != hint {
		t.Errorf("got the hint %q, want %q", got, hint)
	}
}

// TestEveryKind has each of clusto's kinds of error come over the wire.
func TestEveryKind(t *testing.T) {
	for _, kind := range clusto.ErrorKinds() {
		c := serve(t, client.Options{Retry: once}, func(w http.ResponseWriter, _ *http.Request) {
			problem(w, api.Problem{Status: 418, Kind: api.KindName(kind), Detail: "x"})
		})
		if _, err := c.Server(t.Context()); !errors.Is(err, kind) {
			t.Errorf("%v became %v", kind, clusto.KindOf(err))
		}
	}
}

// TestStrangers asks servers that are no clusto, or not this one. None of their
// answers says that an entity does not exist.
func TestStrangers(t *testing.T) {
	for _, c := range []struct {
		name, kind, body string
		status           int
		want             error
		text             string
	}{
		{"a web site", "text/html", "<h1>Not Found</h1>", 404, clusto.ErrUnavailable, "does not answer as clusto does: GET /api/v1/entities/web1 gives status 404 with text/html"},
		{"a portal", "text/html", "<h1>Welcome</h1>", 200, clusto.ErrUnavailable, "gives status 200 with text/html"},
		{"a proxy", "text/html", "<h1>Bad Gateway</h1>", 502, clusto.ErrUnavailable, "answers 502 Bad Gateway"},
		{"a proxy with accounts", "text/plain", "no", 401, clusto.ErrDenied, "does not know who is asking"},
		{"a proxy with limits", "text/plain", "no", 413, clusto.ErrInvalid, "too large"},
		{"HTTPS", "text/plain", "Client sent an HTTP request to an HTTPS server.\n", 400, clusto.ErrUnavailable, "speaks HTTPS"},
		{"another version", "application/json", `{"name": 5}`, 200, clusto.ErrUnsupported, "is not understood"},
		{"half an answer", "application/json", `{"name": "we`, 200, clusto.ErrUnsupported, "is not understood"},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := serve(t, client.Options{Retry: once}, func(w http.ResponseWriter, _ *http.Request) { answer(w, c.kind, c.status, c.body) })
			_, err := api.Entity(t.Context(), "web1", client.EntityOptions{})
			if got := clusto.KindOf(err); got != c.want {
				t.Errorf("got the kind %v, want %v", got, c.want)
			}
			if err == nil || !strings.Contains(err.Error(), c.text) || clusto.Hint(err) == "" {
				t.Errorf("got %v (%s), want one that says %q, with a hint", err, clusto.Hint(err), c.text)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = connect(t, address, client.Options{Retry: once}).Server(t.Context())
	expect(t, err, clusto.ErrUnavailable, address+": connection refused", "is the server running there? clusto serve starts it")
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "application/json", 200, `{"version": "2.0", "api": "1"}`)
	}))
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	for _, c := range []struct{ name, address, ca, text, hint string }{
		{"trusted", server.URL, ca, "", ""},
		{"unknown authority", server.URL, "", "authority that is not trusted", "ca in [client]"},
		{"another name", "https://localhost:" + port, ca, "its certificate is not for localhost", "example.com"},
		{"plain HTTP", "https" + strings.TrimPrefix(plain.URL, "http"), ca, "HTTP without TLS", "http://"},
		{"HTTPS after all", "http" + strings.TrimPrefix(server.URL, "https"), "", "speaks HTTPS", "https://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := connect(t, c.address, client.Options{Retry: once, TLS: client.TLS{CAFile: c.ca}})
			_, err := api.Check(t.Context())
			if c.text == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(err.Error(), c.text) || !strings.Contains(clusto.Hint(err), c.hint) {
				t.Errorf("got %v (%s), want %s (%s)", err, clusto.Hint(err), c.text, c.hint)
			}
		})
	}
}

func TestBadOptions(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		address string
		options client.Options
	}{
		"no address":       {"", client.Options{}},
		"no scheme":        {"clusto.example.com", client.Options{}},
		"a database":       {"sqlite:///tmp/x", client.Options{}},
		"a user inside":    {"https://ann:secret@example.com", client.Options{}},
		"a query":          {"https://example.com/?x=1", client.Options{}},
		"two accounts":     {"https://example.com", client.Options{Token: "t", User: "u"}},
		"a token of lines": {"https://example.com", client.Options{Token: "secret\n"}},
		"only a password":  {"https://example.com", client.Options{Password: "p"}},
		"no CA file":       {"https://example.com", client.Options{TLS: client.TLS{CAFile: empty + ".gone"}}},
		"an empty CA file": {"https://example.com", client.Options{TLS: client.TLS{CAFile: empty}}},
		"half a pair":      {"https://example.com", client.Options{TLS: client.TLS{CertFile: empty}}},
		"a bad pair":       {"https://example.com", client.Options{TLS: client.TLS{CertFile: empty, KeyFile: empty}}},
	} {
		_, err := client.New(c.address, c.options)
		if !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: got error %v, want ErrInvalid", name, err)
		}
		if err != nil && strings.Contains(err.Error()+clusto.Hint(err), "secret") {
			t.Errorf("%s: the password is in the error %q", name, err)
		}
	}
}

// TestBadNames has names refused that would make a path mean another thing.
func TestBadNames(t *testing.T) {
	c := client.Local(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was asked for", r.URL) }))
	for _, name := range []string{"", ".", ".."} {
		if _, err := c.DeleteEntity(t.Context(), name, client.Change{}); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%q: got error %v, want ErrInvalid", name, err)
		}
	}
	if _, err := c.Revert(t.Context(), []int64{1}, client.Change{IfMatch: "x"}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("a condition that is not looked at: got error %v, want ErrInvalid", err)
	}
}

// TestVersionSkew asks a server that speaks another version of the API.
func TestVersionSkew(t *testing.T) {
	c := serve(t, client.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "application/json", 200, `{"version": "9.1", "api": "2"}`)
	})
	if _, err := c.Check(t.Context()); !errors.Is(err, clusto.ErrUnsupported) || !strings.Contains(err.Error(), "clusto 9.1") {
		t.Errorf("got %v, want ErrUnsupported with the server's version", err)
	}
}
