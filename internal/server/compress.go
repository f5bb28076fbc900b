package server

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// leastCompressed is from how many bytes on an answer is worth being compressed:
// less fits in one packet.
const leastCompressed = 1400

// compressed compresses answers for clients that understand it, except event
// streams, of which each event is to arrive at once.
func (s *Server) compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(leastCompressed))
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wrap(http.HandlerFunc(func(compressing http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&choice{ResponseWriter: compressing, plain: w}, r)
		})).ServeHTTP(w, r)
	}), nil
}

// choice is a compressing http.ResponseWriter until it turns out that the answer
// is an event stream; then it is a plain one.
type choice struct {
	http.ResponseWriter
	plain  http.ResponseWriter
	chosen bool
}

func (c *choice) choose() {
	if c.chosen {
		return
	}
	c.chosen = true
	if isStream(c.Header()) {
		c.ResponseWriter = c.plain
	}
}

// isStream reports whether an answer with these headers is an event stream.
func isStream(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/event-stream")
}

func (c *choice) WriteHeader(status int) {
	if status >= 200 {
		c.choose()
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *choice) Write(b []byte) (int, error) {
	c.choose()
	return c.ResponseWriter.Write(b)
}

// FlushError is what http.ResponseController flushes with.
func (c *choice) FlushError() error {
	c.choose()
	return http.NewResponseController(c.ResponseWriter).Flush()
}

// Flush implements http.Flusher.
func (c *choice) Flush() { _ = c.FlushError() }

// Unwrap is for http.ResponseController.
func (c *choice) Unwrap() http.ResponseWriter { return c.ResponseWriter }
