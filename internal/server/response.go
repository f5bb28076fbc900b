package server

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// response is an http.ResponseWriter that counts what is written and keeps the
// limits of time.
type response struct {
	http.ResponseWriter
	control *http.ResponseController
	s       *Server
	limits  *Settings
	status  int   // 0 until the headers are written
	bytes   int64 // of the body, as sent

	cancel   context.CancelCauseFunc // ends the request's context
	limit    *time.Timer             // calls cancel when the request takes too long; nil for no limit
	unstream func()                  // set for an event stream
}

// errTooLong is the cause of the end of a request that took too long.
var errTooLong = errors.New("the request took longer than is allowed")

// begin returns the response of a request that begins, and the request's
// context. Who calls it calls end.
func (s *Server) begin(ctx context.Context, w http.ResponseWriter) (*response, context.Context) {
	p := &response{ResponseWriter: w, control: http.NewResponseController(w), s: s, limits: s.settings.Load()}
	ctx, p.cancel = context.WithCancelCause(ctx)
	if d := p.limits.RequestTimeout; d > 0 {
		p.limit = time.AfterFunc(d, func() { p.cancel(errTooLong) })
	}
	p.extend()
	return p, ctx
}

// end releases what begin has taken.
func (p *response) end() {
	if p.limit != nil {
		p.limit.Stop()
	}
	if p.unstream != nil {
		p.unstream()
	}
	p.cancel(nil)
}

// extend gives the client time for the next piece. A connection that has no
// deadlines, as in tests, goes without.
func (p *response) extend() {
	if d := p.limits.WriteTimeout; d > 0 {
		_ = p.control.SetWriteDeadline(time.Now().Add(d))
	}
}

func (p *response) WriteHeader(status int) {
	if p.status == 0 && status >= 200 {
		p.status = status
		if isStream(p.Header()) {
			p.stream()
		}
		if p.s.isStopping() {
			p.Header().Set("Connection", "close") // so that the client connects to who comes next
		}
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *response) Write(b []byte) (int, error) {
	if p.status == 0 {
		p.WriteHeader(http.StatusOK)
	}
	p.extend()
	n, err := p.ResponseWriter.Write(b)
	p.bytes += int64(n)
	return n, err
}

// FlushError is what http.ResponseController flushes with.
func (p *response) FlushError() error {
	if p.status == 0 {
		p.WriteHeader(http.StatusOK)
	}
	p.extend()
	return p.control.Flush()
}

// Flush implements http.Flusher.
func (p *response) Flush() { _ = p.FlushError() }

// Unwrap is for http.ResponseController.
func (p *response) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// stream makes the answer an event stream: it may last, but no single write
// may, and it ends when the server stops.
func (p *response) stream() {
	if p.limit != nil {
		p.limit.Stop()
	}
	_ = p.control.SetReadDeadline(time.Time{})
	p.s.metrics.streams.Inc()
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-p.s.stopping:
			p.cancel(errStopping)
		case <-done:
		}
	}()
	p.unstream = func() {
		close(done)
		<-watched
		p.s.metrics.streams.Dec()
	}
}
