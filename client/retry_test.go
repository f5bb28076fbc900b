package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// network is a way to a server that plays one step for each request.
type network struct {
	steps []step
	seen  []sent
	start time.Time
}

// step is what happens to a request.
type step func(*http.Request) (*http.Response, error)

// sent is a request as the network saw it, and when, in the clock of the bubble.
type sent struct {
	at        time.Duration
	key, body string
}

func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	if n.start.IsZero() {
		n.start = time.Now()
	}
	s := sent{at: time.Since(n.start), key: req.Header.Get("Idempotency-Key")}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err = errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
		s.body = string(body)
	}
	n.seen = append(n.seen, s)
	if len(n.seen) > len(n.steps) {
		return nil, fmt.Errorf("request %d is one too many", len(n.seen))
	}
	return n.steps[len(n.seen)-1](req)
}

// says answers with JSON, or with a problem.
func says(status int, body string, headers ...string) step {
	return func(req *http.Request) (*http.Response, error) {
		res := &http.Response{StatusCode: status, Status: http.StatusText(status), Request: req, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
		res.Header.Set("Content-Type", "application/json")
		if status >= 400 {
			res.Header.Set("Content-Type", "application/problem+json")
		}
		for i := 0; i+1 < len(headers); i += 2 {
			res.Header.Set(headers[i], headers[i+1])
		}
		return res, nil
	}
}

// cutAfter answers with the beginning of a body, and then loses the connection.
func cutAfter(body string) step {
	return func(req *http.Request) (*http.Response, error) {
		res, err := says(200, "")(req)
		res.Body = io.NopCloser(io.MultiReader(strings.NewReader(body), broken{}))
		return res, err
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, syscall.ECONNRESET }

func fails(err error) step { return func(*http.Request) (*http.Response, error) { return nil, err } }

var (
	refused = fails(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
	reset   = fails(&net.OpError{Op: "read", Err: syscall.ECONNRESET})
	done    = says(200, "{}")
)

func TestRetry(t *testing.T) {
	get := func(ctx context.Context, c *client.Client) error {
		_, err := c.Session(ctx)
		return err
	}
	post := func(ctx context.Context, c *client.Client) error {
		_, err := c.Transact(ctx, api.Transaction{}, client.Change{})
		return err
	}
	put := func(ctx context.Context, c *client.Client) error {
		_, err := c.SetAttrs(ctx, "e", nil, client.Change{})
		return err
	}
	keyless := func(ctx context.Context, c *client.Client) error {
		_, err := c.CreateToken(ctx, api.NewToken{Name: "t"})
		return err
	}
	power := func(ctx context.Context, c *client.Client) error {
		_, err := c.SwitchPower(ctx, "e", api.Reboot, client.Change{})
		return err
	}
	busy := says(503, `{"status": 503, "kind": "not-available", "detail": "busy"}`)
	type call = func(context.Context, *client.Client) error
	for _, c := range []struct {
		name  string
		call  call
		steps []step
		want  error // its kind
	}{
		{"GET, lost", get, []step{reset, reset, done}, nil},
		{"GET, cut in the body", get, []step{cutAfter(`{"user": "a`), done}, nil},
		{"GET, busy", get, []step{busy, busy, busy, busy}, clusto.ErrUnavailable},
		{"GET, refused by the server", get, []step{says(403, `{"kind": "permission-denied"}`)}, clusto.ErrDenied},
		{"POST, lost", post, []step{reset, done}, nil},
		{"POST, cut in the body", post, []step{cutAfter(`{"ver`), done}, nil},
		{"POST, busy", post, []step{busy, done}, nil},
		{"POST, the first still at work", post, []step{reset, says(409, `{"kind": "conflict"}`, "Retry-After", "1"), done}, nil},
		{"POST, a real conflict", post, []step{says(409, `{"kind": "conflict"}`)}, clusto.ErrConflict},
		{"POST without a key, lost", keyless, []step{reset}, clusto.ErrUnavailable},
		{"POST without a key, not connected", keyless, []step{refused, done}, nil},
		{"PUT, not connected", put, []step{refused, refused, done}, nil},
		{"PUT, lost", put, []step{reset}, clusto.ErrUnavailable},
		{"PUT, busy", put, []step{busy}, clusto.ErrUnavailable},
		{"PUT, too many", put, []step{says(429, `{"kind": "too-many-requests"}`, "Retry-After", "2"), done}, nil},
		{"power, not connected", power, []step{refused}, clusto.ErrUnavailable},
		{"no such host", get, []step{fails(&net.DNSError{Name: "x", Err: "no such host", IsNotFound: true})}, clusto.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &network{steps: c.steps}
				err := c.call(t.Context(), connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}}))
				if got := clusto.KindOf(err); got != c.want || (err == nil) != (c.want == nil) {
					t.Errorf("got %v, want the kind %v", err, c.want)
				}
				if len(n.seen) != len(c.steps) {
					t.Errorf("%d requests were sent, want %d", len(n.seen), len(c.steps))
				}
				for _, s := range n.seen {
					if s.key != n.seen[0].key || s.body != n.seen[0].body {
						t.Errorf("sent again as %+v, at first %+v", s, n.seen[0])
					}
				}
			})
		})
	}
}

// TestKeys has each change carry a key of its own.
func TestKeys(t *testing.T) {
	n := &network{steps: []step{done, done, done}}
	c := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}})
	for _, ch := range []client.Change{{}, {}, {Key: "mine"}} {
		if _, err := c.Transact(t.Context(), api.Transaction{}, ch); err != nil {
			t.Fatal(err)
		}
	}
	if n.seen[0].key == "" || n.seen[0].key == n.seen[1].key || n.seen[2].key != "mine" {
		t.Errorf("got the keys %q, %q, %q", n.seen[0].key, n.seen[1].key, n.seen[2].key)
	}
}

// TestRetryAfter keeps to what the server asks for, and gives up if that is much.
func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		header string
		want   time.Duration // until the second request; 0: there is none
	}{{"7", 7 * time.Second}, {"3600", 0}} {
		synctest.Test(t, func(t *testing.T) {
			n := &network{steps: []step{says(503, `{"kind": "not-available"}`, "Retry-After", c.header), done}}
			_, err := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}}).Session(t.Context())
			switch {
			case c.want == 0 && (err == nil || len(n.seen) != 1):
				t.Errorf("%s: got %v after %d requests, want an error at once", c.header, err, len(n.seen))
			case c.want != 0 && (err != nil || len(n.seen) != 2 || n.seen[1].at != c.want):
				t.Errorf("%s: got %v, %+v, want a second request after %s", c.header, err, n.seen, c.want)
			}
		})
	}
}

// TestBackOff has waits that become longer, and differ.
func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{}
		for range 8 {
			n.steps = append(n.steps, reset)
		}
		retry := client.Retry{Attempts: 8, Wait: time.Second, MaxWait: 8 * time.Second}
		_, err := connect(t, "http://example.com", client.Options{Retry: retry, HTTPClient: &http.Client{Transport: n}}).Session(t.Context())
		if !errors.Is(err, clusto.ErrUnavailable) || len(n.seen) != 8 {
			t.Fatalf("got %v after %d requests", err, len(n.seen))
		}
		for i, most := range []time.Duration{1, 2, 4, 8, 8, 8, 8} {
			if wait := n.seen[i+1].at - n.seen[i].at; wait > most*time.Second || wait < most*time.Second/2 {
				t.Errorf("wait %d is %s, want between a half and all of %s", i+1, wait, most*time.Second)
			}
		}
	})
}

// TestRetryEnds ends waiting with the context.
func TestRetryEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{steps: []step{says(503, `{"kind": "not-available", "detail": "busy"}`, "Retry-After", "10")}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}}).Session(ctx)
		if err == nil || n.start.Add(time.Second) != time.Now() {
			t.Errorf("got %v after %s, want an error after 1s", err, time.Since(n.start))
		}
	})
}

// slow gives the parts of a body with a wait before each.
type slow struct {
	req   *http.Request
	parts []string
	wait  time.Duration
}

func (s *slow) Close() error { return nil }

func (s *slow) Read(p []byte) (int, error) {
	select {
	case <-time.After(s.wait):
	case <-s.req.Context().Done():
		return 0, context.Cause(s.req.Context())
	}
	if len(s.parts) == 0 {
		return 0, io.EOF
	}
	part := s.parts[0]
	s.parts = s.parts[1:]
	return copy(p, part), nil
}

// TestTimeout ends a silence, and not an answer that takes long.
func TestTimeout(t *testing.T) {
	for _, c := range []struct {
		name string
		wait time.Duration
		want error
	}{{"slow", 50 * time.Second, nil}, {"silent", 70 * time.Second, clusto.ErrUnavailable}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &network{steps: []step{func(req *http.Request) (*http.Response, error) {
					res, err := done(req)
					res.Body = &slow{req, []string{"{", `"user": "ann"`, "}"}, c.wait}
					return res, err
				}}}
				o := client.Options{Timeout: time.Minute, HTTPClient: &http.Client{Transport: n}}
				_, err := connect(t, "http://example.com", o).Session(t.Context())
				if clusto.KindOf(err) != c.want || (err == nil) != (c.want == nil) {
					t.Errorf("got %v, want the kind %v", err, c.want)
				}
			})
		})
	}
}
