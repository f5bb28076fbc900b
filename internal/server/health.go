package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Check is something without which no request can be answered.
type Check struct {
	Name string
	// Try returns why it cannot be used now; nil if it can. What it says is told
	// to everybody who asks.
	Try func(context.Context) error
}

// Tolerable returns err as what a Check says of something that is wrong, and without
// which most requests can be answered all the same.
func Tolerable(err error) error { return tolerable{err} }

type tolerable struct{ error }

// Unwrap returns what is wrong.
func (t tolerable) Unwrap() error { return t.error }

// within tries until ctx ends. What waits for a server that is silent may take
// longer, and is left alone then.
func (c Check) within(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- c.Try(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %v", checkTimeout)
	}
}

// checkTimeout is how long a check may take.
const checkTimeout = 3 * time.Second

// The paths that the server answers itself.
const (
	healthPath  = "/healthz"
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// ours reports whether the server answers path itself.
func ours(path string) bool { return path == healthPath || path == readyPath || path == metricsPath }

// routes returns the handler with the paths that the server answers itself. It
// notes which pattern a request met.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+healthPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET "+readyPath, s.ready)
	mux.Handle("GET "+metricsPath, s.metricsFor(promhttp.HandlerFor(s.opts.Registry, promhttp.HandlerOpts{DisableCompression: true})))
	mux.Handle("/", s.opts.Handler)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { requestOf(r.Context()).route = routeOf(r) }()
		mux.ServeHTTP(w, r)
	})
}

// metricsFor shows the metrics to those who may see them.
func (s *Server) metricsFor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowed := s.settings.Load().MetricsFrom
		if from := ClientAddr(r.Context()); from.IsValid() && !allowed.Contains(from) || !from.IsValid() && !allowed.Unix {
			Problem(w, r, http.StatusForbidden, "the metrics are not for "+Client(r.Context()), "[http] metrics_from of the server says who may read them")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready  bool     `json:"ready"`
	Checks []result `json:"checks"`
}

type result struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

// ready tells whether requests can be answered.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	answer := readiness{Ready: true, Checks: make([]result, len(s.opts.Checks))}
	failed := make([]bool, len(s.opts.Checks))
	var checks sync.WaitGroup
	for i, check := range s.opts.Checks {
		checks.Go(func() {
			err := check.within(ctx)
			answer.Checks[i] = result{Name: check.Name, OK: err == nil}
			if err != nil {
				answer.Checks[i].Reason = err.Error()
				_, may := errors.AsType[tolerable](err)
				failed[i] = !may
			}
		})
	}
	checks.Wait()
	if s.isStopping() {
		answer.Checks = append(answer.Checks, result{Name: "running", Reason: errStopping.Error()})
		failed = append(failed, true)
	}
	status := http.StatusOK
	if slices.Contains(failed, true) {
		answer.Ready, status = false, http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}
