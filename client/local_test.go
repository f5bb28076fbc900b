package client_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// TestLocal has a request in this process say so, with the user of the context.
func TestLocal(t *testing.T) {
	var user, key string
	var local bool
	c := client.Local(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, local = api.LocalUser(r.Context())
		key = r.Header.Get("Idempotency-Key")
		answer(w, "application/json", 200, `{"version": 3}`)
	}))
	if _, err := c.Session(t.Context()); err != nil || user != "" || !local {
		t.Errorf("got user %q, local %v, error %v", user, local, err)
	}
	changed, err := c.Revert(api.WithLocalUser(t.Context(), "ann"), []int64{1}, client.Change{})
	if err != nil || changed.Version != 3 || user != "ann" || !local {
		t.Errorf("got %+v, user %q, local %v, error %v", changed, user, local, err)
	}
	if key != "" {
		t.Error("what is sent once has an Idempotency-Key, which the server would keep")
	}
}

// TestLocalStream reads an answer while its handler still writes it.
func TestLocalStream(t *testing.T) {
	read := make(chan struct{})
	c := client.Local(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		control := http.NewResponseController(w)
		_, _ = io.WriteString(w, "one\n")
		if err := errors.Join(control.Flush(), control.SetWriteDeadline(time.Now())); err != nil {
			t.Error(err)
		}
		<-read
		_, _ = io.WriteString(w, "two\n")
	}))
	body, err := c.Export(t.Context(), client.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 4)
	if _, err := io.ReadFull(body, first); err != nil || string(first) != "one\n" {
		t.Fatalf("got %q, %v", first, err)
	}
	close(read)
	rest, err := io.ReadAll(body)
	if err != nil || string(rest) != "two\n" {
		t.Errorf("got %q, %v", rest, err)
	}
	if err := body.Close(); err != nil {
		t.Error(err)
	}
}

// TestLocalEnds has a handler told when nobody listens any more, and waited for.
func TestLocalEnds(t *testing.T) {
	for name, end := range map[string]func(cancel context.CancelFunc, body io.Closer){
		"closed":   func(_ context.CancelFunc, body io.Closer) { _ = body.Close() },
		"canceled": func(cancel context.CancelFunc, body io.Closer) { cancel(); _ = body.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			returned := false
			c := client.Local(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer func() { returned = true }()
				w.Header().Set("Content-Type", "application/x-ndjson")
				http.NewResponseController(w).Flush()
				<-r.Context().Done()
				if _, err := io.WriteString(w, "nobody reads this"); err == nil {
					t.Error("what nobody reads was written")
				}
			}))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			body, err := c.Export(ctx, client.ExportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			end(cancel, body)
			if !returned {
				t.Error("the handler was not waited for")
			}
		})
	}
}

// TestLocalCanceled ends a request before its answer begins.
func TestLocalCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := client.Local(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() }))
	if _, err := c.Server(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestLocalPanic has a panic of the handler become one of the caller.
func TestLocalPanic(t *testing.T) {
	c := client.Local(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }))
	defer func() {
		text, _ := recover().(string)
		if !strings.Contains(text, "oh") || !strings.Contains(text, "local_test.go") {
			t.Errorf("got the panic %q, want one that says oh, and where", text)
		}
	}()
	_, err := c.Server(t.Context())
	t.Errorf("got %v, want a panic", err)
}

// TestLocalAborted has an answer that its handler gives up be no whole one.
func TestLocalAborted(t *testing.T) {
	c := client.Local(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "application/json", 200, `{"version":`)
		panic(http.ErrAbortHandler)
	}))
	if _, err := c.Server(t.Context()); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}
