package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/server"
)

// stream sends an event each time it is told to, and says how it ended.
type stream struct {
	send  chan string
	ended chan error
}

func (s *stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	control := http.NewResponseController(w)
	if err := control.Flush(); err != nil {
		s.ended <- err
		return
	}
	for {
		select {
		case text := <-s.send:
			fmt.Fprintf(w, "data: %s\n\n", text)
			if err := control.Flush(); err != nil {
				s.ended <- err
				return
			}
		case <-r.Context().Done():
			fmt.Fprint(w, ": bye\n\n")
			s.ended <- context.Cause(r.Context())
			return
		}
	}
}

// TestStream has events arrive at once, for longer than a request may take, also
// at a client that would take them compressed; when the server stops the stream
// ends in order.
func TestStream(t *testing.T) {
	for _, accept := range []string{"text/event-stream", "*/*"} {
		t.Run(accept, func(t *testing.T) {
			events := &stream{send: make(chan string), ended: make(chan error, 1)}
			limit := 30 * time.Millisecond
			s := serve(t, server.Options{Handler: events, Settings: server.Settings{RequestTimeout: limit, ReadTimeout: limit, MetricsFrom: loopback}})
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
			req.Header.Set("Accept", accept)
			req.Header.Set("Accept-Encoding", "gzip")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if e := resp.Header.Get("Content-Encoding"); e != "" {
				t.Errorf("the stream is compressed: %s", e)
			}
			in := bufio.NewReader(resp.Body)
			for began := time.Now(); time.Since(began) < 3*limit; {
				events.send <- "x"
				if line, err := in.ReadString('\n'); line != "data: x\n" || err != nil {
					t.Fatalf("got %q, %v", line, err)
				}
				_, _ = in.ReadString('\n')
			}
			if _, text := s.get(t, "/metrics"); !strings.Contains(text, "clusto_http_event_streams 1") {
				t.Error("the metrics do not count the stream")
			}
			s.stop(nil)
			rest, err := io.ReadAll(in)
			if string(rest) != ": bye\n\n" || err != nil {
				t.Errorf("the stream ends with %q, %v", rest, err)
			}
			if err := <-s.done; err != nil {
				t.Error(err)
			}
			if err := <-events.ended; err == nil || !strings.Contains(err.Error(), "stops") {
				t.Errorf("the stream ended because of %v", err)
			}
		})
	}
}

// TestStreamLeft ends the stream of a client that has gone.
func TestStreamLeft(t *testing.T) {
	events := &stream{send: make(chan string), ended: make(chan error, 1)}
	s := serve(t, server.Options{Handler: events, Settings: server.Settings{ReadTimeout: time.Minute}})
	resp, err := http.Get(s.url)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := <-events.ended; err == nil {
		t.Error("the stream ended without a reason")
	}
	s.log.await(t, "msg=request", "status=200")
}
