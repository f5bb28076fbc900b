package server

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, r := s.identify(r)
	p, ctx := s.begin(r.Context(), w)
	s.metrics.inFlight.Inc()
	defer func() {
		s.metrics.inFlight.Dec()
		p.end()
		s.finish(q, p, r)
	}()
	p.Header().Set(header, q.id)
	s.handler.ServeHTTP(p, r.WithContext(ctx))
}

// finish logs and counts a request that is over.
func (s *Server) finish(q *request, p *response, r *http.Request) {
	took := time.Since(q.began)
	status := p.status
	if status == 0 {
		status = http.StatusOK // the handler wrote nothing; net/http answers so
	}
	s.metrics.count(q, r, status, p.bytes, took)
	level := slog.LevelInfo
	if ours(r.URL.Path) {
		level = slog.LevelDebug // asked for by machines, all the time
	}
	if !s.log.Enabled(r.Context(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", cut(r.Method, 20)), slog.String("path", cut(r.URL.Path, 500)),
		slog.Int("status", status), slog.Int64("sent_bytes", p.bytes), slog.Float64("took_s", took.Seconds()),
		slog.String("addr", Client(r.Context())), slog.String("proto", r.Proto),
	}
	if names := parameters(r); names != "" {
		attrs = append(attrs, slog.String("parameters", names))
	}
	if user := q.signedInAs(); user != "" {
		attrs = append(attrs, slog.String("user", user))
	}
	s.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// parameters returns the names of the query's parameters. What they are may be secret.
func parameters(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return cut(strings.Join(slices.Sorted(maps.Keys(r.URL.Query())), ","), 200)
}

// cut returns text, or its beginning if it is long.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
