package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clusto/clusto/internal/server"
)

// patience is how long what must come may take.
const patience = 20 * time.Second

// TestMain runs the tests, or the process that one of them starts.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

// loopback may read the metrics in the tests.
var loopback = server.Networks{Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Unix: true}

// lines is a log that is written by many and read by a test.
type lines struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// await returns the first line with all of words once it is there.
func (l *lines) await(t *testing.T, words ...string) string {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(patience)
	for {
		l.mu.Lock()
		text := l.text.String()
		l.mu.Unlock()
	next:
		for line := range strings.Lines(text) {
			for _, word := range words {
				if !strings.Contains(line, word) {
					continue next
				}
			}
			return line
		}
		select {
		case <-tick.C:
		case <-giveUp:
			t.Fatalf("no line of the log has %q:\n%s", words, text)
		}
	}
}

// running is a server that serves.
type running struct {
	*server.Server
	url  string
	log  *lines
	stop context.CancelCauseFunc
	done chan error // gets what Run returned
}

// serve runs a server until the test ends.
func serve(t *testing.T, o server.Options) *running {
	t.Helper()
	if o.Listeners == nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		o.Listeners = []net.Listener{l}
	}
	r := &running{url: "http://" + o.Listeners[0].Addr().String(), log: &lines{}, done: make(chan error, 1)}
	o.Log = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if o.TLS.Cert != "" {
		r.url = "https" + strings.TrimPrefix(r.url, "http")
	}
	if o.StopTimeout == 0 {
		o.StopTimeout = patience
	}
	var err error
	if r.Server, err = server.New(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	r.stop = cancel
	var ended sync.WaitGroup
	ended.Go(func() { r.done <- r.Run(ctx) })
	t.Cleanup(func() {
		cancel(nil)
		ended.Wait()
		http.DefaultClient.CloseIdleConnections()
	})
	return r
}

// get asks for a path and returns the answer and its body.
func (r *running) get(t *testing.T, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return r.do(t, req)
}

func (r *running) do(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// TestIdentity gives each request an identity: the client's if it is sane.
func TestIdentity(t *testing.T) {
	s := serve(t, server.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, server.RequestID(r.Context()))
	})})
	for _, tc := range []struct {
		given string
		kept  bool
	}{
		{given: "abc-123_4.5", kept: true},
		{given: strings.Repeat("x", 64), kept: true},
		{given: strings.Repeat("x", 65)},
		{given: "a b"},
		{given: "a\tlevel=ERROR"},
		{given: ""},
	} {
		resp, body := s.get(t, "/", "X-Request-Id", tc.given)
		if id := resp.Header.Get("X-Request-Id"); id != body || id == "" || (id == tc.given) != tc.kept {
			t.Errorf("given %q: header %q, body %q, want it kept: %v", tc.given, id, body, tc.kept)
		}
	}
	if server.RequestID(t.Context()) != "" || server.ClientAddr(t.Context()).IsValid() || server.Client(t.Context()) != "" {
		t.Error("what is no request has an identity")
	}
}

// TestLog says of each request what it was, but no values of parameters.
func TestLog(t *testing.T) {
	mux := http.NewServeMux()
	s := serve(t, server.Options{Handler: mux})
	mux.Handle("/", s.PerUser(func(*http.Request) string { return "ann" }, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		slog.New(server.LogHandler(slog.NewTextHandler(s.log, nil))).InfoContext(r.Context(), "inside")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "tea")
	})))
	s.get(t, "/a%0Ab?token=hidden&at=7", "X-Request-Id", "mine")
	line := s.log.await(t, "msg=request", "request_id=mine")
	for _, want := range []string{`path="/a\nb"`, "status=418", "sent_bytes=3", "addr=127.0.0.1", "method=GET", "parameters=at,token", "user=ann", "level=INFO", "took_s="} {
		if !strings.Contains(line, want) {
			t.Errorf("the line of a request has no %s: %s", want, line)
		}
	}
	if strings.Contains(line, "hidden") || strings.Count(line, "request_id") != 1 {
		t.Errorf("the line of a request: %s", line)
	}
	s.log.await(t, "msg=inside", "request_id=mine")
	s.get(t, "/healthz")
	s.log.await(t, "path=/healthz", "level=DEBUG")
}

// TestPanic answers with a problem, or gives the answer up if it has begun.
func TestPanic(t *testing.T) {
	s := serve(t, server.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/begun" {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
		}
		panic("ouch")
	})})
	resp, body := s.get(t, "/", "X-Request-Id", "p1")
	var problem struct {
		Status    int
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(body), &problem); err != nil || resp.StatusCode != 500 || problem.Status != 500 || problem.RequestID != "p1" ||
		resp.Header.Get("Content-Type") != "application/problem+json" || strings.Contains(body, "ouch") {
		t.Errorf("%s %s %v", resp.Status, body, err)
	}
	if line := s.log.await(t, "panicked", "request_id=p1", "ouch"); !strings.Contains(line, "server_test.go") {
		t.Errorf("the log does not say where: %s", line)
	}
	if resp, err := http.Get(s.url + "/begun"); err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil {
			t.Error("an answer that was given up looks whole")
		}
	}
}

// TestStop lets what is under way come to its end, and accepts no more.
func TestStop(t *testing.T) {
	begun, goOn := make(chan bool), make(chan bool)
	s := serve(t, server.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- true
		<-goOn
		_, _ = io.WriteString(w, "done")
	})})
	answers := make(chan string, 1)
	go func() {
		resp, err := http.Get(s.url)
		if err != nil {
			answers <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answers <- string(body) + resp.Header.Get("Connection")
	}()
	<-begun
	s.stop(nil)
	for {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			break // nobody listens any more
		}
		c.Close()
	}
	close(goOn)
	if got := <-answers; got != "doneclose" && got != "done" {
		t.Errorf("the request that was under way: %s", got)
	}
	if err := <-s.done; err != nil {
		t.Error(err)
	}
}

// TestStopTimeout cuts off what takes too long when the server stops.
func TestStopTimeout(t *testing.T) {
	begun := make(chan bool)
	s := serve(t, server.Options{
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			begun <- true
			<-r.Context().Done()
		}),
		Settings: server.Settings{StopTimeout: 50 * time.Millisecond},
	})
	failed := make(chan error, 1)
	go func() {
		resp, err := http.Get(s.url)
		if err == nil {
			resp.Body.Close()
		}
		failed <- err
	}()
	<-begun
	s.stop(nil)
	if err := <-failed; err == nil {
		t.Error("the request was answered")
	}
	if err := <-s.done; err != nil {
		t.Error(err)
	}
	s.log.await(t, "cut off", "connections=1")
}

// TestListenerFails ends the server with the error.
func TestListenerFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, server.Options{Handler: http.NotFoundHandler(), Listeners: []net.Listener{l}})
	l.Close()
	if err := <-s.done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run returned %v", err)
	}
}
