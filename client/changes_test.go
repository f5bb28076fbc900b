package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
)

// events returns a body of events for versions.
func events(versions ...int) string {
	var text strings.Builder
	for _, v := range versions {
		fmt.Fprintf(&text, "id: %d\nevent: version\ndata: {\"version\": %d, \"time\": null, \"user\": \"ann\", \"made\": [\"web%d\"]}\n\n", v, v, v)
	}
	return text.String()
}

// feed answers with events, and then loses the connection or ends.
func feed(text string, end error) step {
	return func(req *http.Request) (*http.Response, error) {
		res, err := says(200, "")(req)
		res.Header.Set("Content-Type", "text/event-stream")
		res.Body = io.NopCloser(io.MultiReader(strings.NewReader(text), ending{end}))
		return res, err
	}
}

type ending struct{ err error }

func (e ending) Read([]byte) (int, error) { return 0, e.err }

// collect follows changes until the error, or until there are so many.
func collect(ctx context.Context, c *client.Client, since int64, o client.ChangesOptions, many int) ([]int, error) {
	var got []int
	for e, err := range c.Changes(ctx, since, o) {
		if err != nil {
			return got, err
		}
		got = append(got, int(e.Version))
		if len(got) == many {
			break
		}
	}
	return got, nil
}

// TestChanges has each version come once, whatever happens to the connection.
func TestChanges(t *testing.T) {
	asked := func(since string, then step) step {
		return func(req *http.Request) (*http.Response, error) {
			if id, q := req.Header.Get("Last-Event-ID"), req.URL.Query().Get("since"); id != since || q != since {
				return nil, fmt.Errorf("asked for what follows %q and %q, want %s", id, q, since)
			}
			return then(req)
		}
	}
	cut := errors.New("connection reset by peer")
	synctest.Test(t, func(t *testing.T) {
		n := &network{steps: []step{
			asked("0", feed(": hello\n\n"+events(1, 2)+"id: 3\nevent: version\ndata: {\"vers", cut)),
			asked("2", refused),
			asked("2", says(503, `{"kind": "not-available"}`, "Retry-After", "3")),
			asked("2", feed(events(2, 3)+"event: news\ndata: {}\n\n", io.EOF)),
			asked("3", feed("event: end\ndata: {\"status\": 503, \"kind\": \"not-available\"}\n\n", io.EOF)),
			asked("3", feed(events(4, 4, 3, 5), io.EOF)),
		}}
		var lost []string
		o := client.ChangesOptions{Lost: func(err error, _ time.Duration) { lost = append(lost, err.Error()) }}
		c := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}})
		got, err := collect(t.Context(), c, 0, o, 5)
		if err != nil || !slices.Equal(got, []int{1, 2, 3, 4, 5}) || len(n.seen) != 6 || len(lost) != 5 {
			t.Errorf("got %v, %v, after %d connections, of which were lost %q", got, err, len(n.seen), lost)
		}
	})
}

// TestChangesOverHTTP follows a server that cuts each connection after an event.
func TestChangesOverHTTP(t *testing.T) {
	next := 0
	c := serve(t, client.Options{Retry: client.Retry{Wait: time.Millisecond}}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		next++
		_, _ = io.WriteString(w, events(next)+"id: 99\n")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	if got, err := collect(t.Context(), c, 0, client.ChangesOptions{}, 4); err != nil || !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestChangesNow follows from the newest version on, also over a connection that
// is lost before the first event.
func TestChangesNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{steps: []step{says(200, `{"newest": 7}`), feed("", io.EOF), feed(events(8), io.EOF)}}
		c := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}})
		if got, err := collect(t.Context(), c, client.Now, client.ChangesOptions{}, 1); err != nil || !slices.Equal(got, []int{8}) {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

// TestChangesEnd has what cannot become better end the sequence.
func TestChangesEnd(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []step
		want  error
	}{
		{"not allowed", []step{says(403, `{"kind": "permission-denied"}`)}, clusto.ErrDenied},
		{"not allowed any more", []step{feed(events(1), io.EOF), says(401, `{"kind": "not-signed-in"}`)}, clusto.ErrDenied},
		{"ended by the server", []step{feed("event: end\ndata: {\"status\": 404, \"kind\": \"not-found\"}\n\n", io.EOF)}, clusto.ErrNotFound},
		{"no events", []step{says(200, "{}")}, clusto.ErrUnavailable},
		{"bad events", []step{feed("event: version\ndata: {\n\n", io.EOF)}, clusto.ErrUnsupported},
		{"nobody there", []step{refused, refused, refused, refused}, clusto.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &network{steps: c.steps}
				api := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}})
				if _, err := collect(t.Context(), api, 0, client.ChangesOptions{}, 9); !errors.Is(err, c.want) || len(n.seen) != len(c.steps) {
					t.Errorf("got %v after %d connections, want %v after %d", err, len(n.seen), c.want, len(c.steps))
				}
			})
		})
	}
}

// TestChangesSilent has a connection over which nothing comes be made again.
func TestChangesSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{steps: []step{
			func(req *http.Request) (*http.Response, error) {
				res, err := feed("", nil)(req)
				res.Body = &slow{req, []string{"x"}, time.Hour}
				return res, err
			},
			feed(events(1), io.EOF),
		}}
		c := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}})
		if got, err := collect(t.Context(), c, 0, client.ChangesOptions{}, 1); err != nil || !slices.Equal(got, []int{1}) {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

// TestChangesCanceled ends with the context, while it waits for an event.
func TestChangesCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := serve(t, client.Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, events(1))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	var last error
	for _, err := range c.Changes(ctx, 0, client.ChangesOptions{}) {
		last = err
		cancel()
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got %v at the end, want context.Canceled", last)
	}
}

// TestChangesDiff reads what versions changed.
func TestChangesDiff(t *testing.T) {
	const body = "event: version\r\ndata: {\"version\": 4, \"user\": \"ann\",\r\ndata: \"entities\": [{\"change\": \"made\", \"name\": \"web1\"}], \"redacted\": []}\r\n\r\n"
	n := &network{steps: []step{feed(body, io.EOF)}}
	c := connect(t, "http://example.com", client.Options{HTTPClient: &http.Client{Transport: n}})
	for e, err := range c.Changes(t.Context(), 3, client.ChangesOptions{Diff: true}) {
		if err != nil || e.Version != 4 || e.User != "ann" || len(e.Diff.Entities) != 1 || e.Diff.Entities[0].Is.Name != "web1" {
			t.Errorf("got %+v, %v", e, err)
		}
		break
	}
}
