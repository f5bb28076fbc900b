package server_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/clusto/clusto/internal/server"
)

// TestHealth tells whether the process lives, and whether it can answer.
func TestHealth(t *testing.T) {
	var broken, degraded atomic.Bool
	s := serve(t, server.Options{Handler: http.NotFoundHandler(), Checks: []server.Check{
		{Name: "database", Try: func(context.Context) error {
			if broken.Load() {
				return errors.New("it is away")
			}
			if degraded.Load() {
				return server.Tolerable(errors.New("it is slow"))
			}
			return nil
		}},
	}})
	for _, tc := range []struct {
		broken, degraded bool

		path   string
		status int
		body   string
	}{
		{path: "/healthz", status: 200, body: "ok\n"},
		{path: "/readyz", status: 200, body: `{"ready":true,"checks":[{"name":"database","ok":true}]}` + "\n"},
		{degraded: true, path: "/readyz", status: 200, body: `{"ready":true,"checks":[{"name":"database","ok":false,"reason":"it is slow"}]}` + "\n"},
		{broken: true, path: "/healthz", status: 200, body: "ok\n"},
		{broken: true, path: "/readyz", status: 503, body: `{"ready":false,"checks":[{"name":"database","ok":false,"reason":"it is away"}]}` + "\n"},
	} {
		broken.Store(tc.broken)
		degraded.Store(tc.degraded)
		if resp, body := s.get(t, tc.path); resp.StatusCode != tc.status || body != tc.body {
			t.Errorf("broken %v, %s: %s %s", tc.broken, tc.path, resp.Status, body)
		}
	}
}

// TestMetrics counts requests by the pattern that they met, whatever their
// paths were, for those who may see that.
func TestMetrics(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /things/{name}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "thing") })
	s := serve(t, server.Options{Handler: mux, Settings: server.Settings{MetricsFrom: loopback, MaxBody: 5}})
	for _, path := range []string{"/things/a", "/things/b", "/nothing"} {
		s.get(t, path)
	}
	req, _ := http.NewRequestWithContext(t.Context(), "BREW", s.url+"/things/a", strings.NewReader("123456"))
	s.do(t, req)
	resp, text := s.get(t, "/metrics")
	for _, want := range []string{
		`clusto_http_requests_total{code="200",method="GET",route="/things/{name}"} 2`,
		`clusto_http_requests_total{code="404",method="GET",route="none"} 1`,
		`clusto_http_requests_total{code="413",method="other",route="none"} 1`,
		`clusto_http_request_duration_seconds_count{route="/things/{name}"} 2`,
		`clusto_http_refused_total{reason="size"} 1`,
		`clusto_http_requests_in_flight 1`,
		`clusto_http_received_bytes_total 6`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the metrics have no %s", want)
		}
	}
	if resp.StatusCode != 200 || strings.Contains(text, "nothing") || strings.Contains(text, "BREW") {
		t.Errorf("the metrics, %s, hold what clients made up", resp.Status)
	}
	if err := s.Reload(server.Settings{StopTimeout: patience}); err != nil {
		t.Fatal(err)
	}
	if resp, body := s.get(t, "/metrics"); resp.StatusCode != http.StatusForbidden || !strings.Contains(body, "metrics_from") {
		t.Errorf("the metrics for one who may not see them: %s %s", resp.Status, body)
	}
}

// TestCompression compresses what is worth it for clients that understand it.
func TestCompression(t *testing.T) {
	text := strings.Repeat("all work and no play ", 1000)
	s := serve(t, server.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text[:len(text)/len(r.URL.Path)/len(r.URL.Path)])
	})})
	for _, tc := range []struct {
		path, accepts, want string
	}{
		{"/", "gzip", "gzip"},
		{"/", "", ""},
		{"/" + strings.Repeat("x", 200), "gzip", ""},
	} {
		resp, body := s.get(t, tc.path, "Accept-Encoding", tc.accepts)
		if got := resp.Header.Get("Content-Encoding"); got != tc.want || resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("path of %d, accepting %q: compressed %q, want %q", len(tc.path), tc.accepts, got, tc.want)
		}
		if tc.want == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if all, err := io.ReadAll(z); string(all) != text || err != nil {
				t.Errorf("%d bytes, %v", len(all), err)
			}
		}
	}
}
