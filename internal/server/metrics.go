package server

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the figures of the server.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	received prometheus.Counter
	sent     prometheus.Counter
	inFlight prometheus.Gauge
	streams  prometheus.Gauge
	refused  *prometheus.CounterVec
	panics   prometheus.Counter
}

// newMetrics returns the metrics of s, which are in the registry.
func newMetrics(registry *prometheus.Registry, s *Server) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "clusto_http_" + name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "clusto_http_" + name, Help: help})
	}
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "clusto_http_requests_total", Help: "Requests that were answered."}, []string{"route", "method", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "clusto_http_request_duration_seconds", Help: "How long requests took, event streams included.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60}}, []string{"route"}),
		received: counter("received_bytes_total", "Bytes of the bodies of requests, as their headers say."),
		sent:     counter("sent_bytes_total", "Bytes of the bodies of answers, compressed as they were."),
		inFlight: gauge("requests_in_flight", "Requests that are being answered now."),
		streams:  gauge("event_streams", "Event streams that are open now."),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "clusto_http_refused_total", Help: "Requests that were refused before anything looked at them."}, []string{"reason"}),
		panics: counter("panics_total", "Requests whose handler panicked."),
	}
	connections := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "clusto_http_connections", Help: "Open connections."},
		func() float64 { return float64(s.connections.Load()) })
	registry.MustRegister(m.requests, m.duration, m.received, m.sent, m.inFlight, m.streams, m.refused, m.panics, connections)
	if s.tls != nil {
		registry.MustRegister(prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: "clusto_tls_certificate_expiry_timestamp_seconds", Help: "When the certificate ends."}, s.tls.ends))
	}
	return m
}

// methods are those that are told apart: a client may make up others.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// count counts a request that was answered.
func (m *metrics) count(q *request, r *http.Request, status int, sent int64, took time.Duration) {
	method := r.Method
	if !slices.Contains(methods, method) {
		method = "other"
	}
	route := cmp.Or(q.route, "none") // it was refused before
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(route).Observe(took.Seconds())
	m.received.Add(float64(max(0, r.ContentLength)))
	m.sent.Add(float64(sent))
}

// routeOf returns the pattern of the mux that a request met, without its method.
func routeOf(r *http.Request) string {
	if _, path, ok := strings.Cut(r.Pattern, " "); ok {
		return path
	}
	return r.Pattern
}
