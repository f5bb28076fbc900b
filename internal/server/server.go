package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/clusto/clusto"
)

// Options are what a Server is made of.
type Options struct {
	// Handler answers. Required. It gets requests whose RemoteAddr is the
	// client's, also behind a trusted proxy.
	Handler http.Handler
	// Listeners are what is served; Run closes them.
	Listeners []net.Listener
	// Log takes what happens; nil discards it.
	Log *slog.Logger
	// Registry takes the metrics of the server, and /metrics shows all that is
	// in it. Nil means one with these metrics alone.
	Registry *prometheus.Registry
	// Checks are what /readyz looks at.
	Checks []Check
	// Local says that nothing protects the service but that only its own
	// machine reaches it: then requests by TCP must be for a name or an address
	// of that, or come from a trusted proxy.
	Local bool

	// MaxHeader bounds the headers of a request in bytes, HeaderTimeout the
	// time until they are there, and IdleTimeout that between two requests of a
	// connection. Zero means the limit of net/http.
	MaxHeader                  int
	HeaderTimeout, IdleTimeout time.Duration

	Settings
}

// Settings are what can be changed while the server runs. Limits that are zero
// do not limit.
type Settings struct {
	TLS TLSFiles
	// MaxBody bounds the body of a request in bytes.
	MaxBody int64
	// ReadTimeout is how long the body of a request may take, WriteTimeout how
	// long the client may take for the next piece of an answer, and
	// RequestTimeout how long a request may take that is answered by anything
	// but an event stream.
	ReadTimeout, WriteTimeout, RequestTimeout time.Duration
	// StopTimeout is how long requests that are under way may go on when the
	// server stops.
	StopTimeout time.Duration
	// RateAddress and RateUser are how many requests an address and a user may
	// make in a second; twice as many at once.
	RateAddress, RateUser int
	// TrustedProxies are believed what X-Forwarded-For says.
	TrustedProxies Networks
	// MetricsFrom may read /metrics.
	MetricsFrom Networks
}

// Server serves HTTP.
type Server struct {
	opts     Options
	log      *slog.Logger
	settings atomic.Pointer[Settings]
	tls      *certificates // nil without TLS
	metrics  *metrics
	rates    struct{ addresses, users *rates }
	handler  http.Handler
	http     *http.Server

	connections atomic.Int64
	stopping    chan struct{} // closed when the server begins to stop
	stopOnce    sync.Once
}

// ErrHandedOver is the cause of a context's end that tells Run that another
// process serves the same sockets now, so that clients can be asked to connect
// anew.
var ErrHandedOver = errors.New("another process has taken over")

// errStopping ends the contexts of event streams.
var errStopping = errors.New("the server stops")

// New returns a server, or an error if the certificates cannot be used.
func New(o Options) (*Server, error) {
	if o.Handler == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "a server wants a handler")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	s := &Server{opts: o, log: slog.New(LogHandler(o.Log.Handler())), stopping: make(chan struct{})}
	s.settings.Store(&o.Settings)
	s.rates.addresses, s.rates.users = newRates(o.RateAddress), newRates(o.RateUser)
	if o.TLS.Cert != "" {
		var err error
		if s.tls, err = newCertificates(o.TLS, o.Log); err != nil {
			return nil, err
		}
	}
	s.metrics = newMetrics(o.Registry, s)
	handler, err := s.compressed(s.routes())
	if err != nil {
		return nil, err
	}
	s.handler = s.recovered(s.limited(s.sameSite(handler)))
	s.http = &http.Server{
		Handler:           s,
		MaxHeaderBytes:    o.MaxHeader,
		ReadHeaderTimeout: o.HeaderTimeout,
		IdleTimeout:       o.IdleTimeout,
		ErrorLog:          slog.NewLogLogger(o.Log.With("from", "net/http").Handler(), slog.LevelDebug),
		ConnState:         s.countConnections,
	}
	if s.tls != nil {
		s.http.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: s.tls.protocols(), GetConfigForClient: s.tls.config}
	}
	return s, nil
}

// Reload changes the settings. If the certificates cannot be used it changes
// nothing and returns an error. Whether there is TLS at all does not change.
func (s *Server) Reload(settings Settings) error {
	if s.tls != nil {
		if err := s.tls.use(settings.TLS); err != nil {
			return err
		}
	}
	s.rates.addresses.set(settings.RateAddress)
	s.rates.users.set(settings.RateUser)
	s.settings.Store(&settings)
	return nil
}

// countConnections keeps the number of open connections.
func (s *Server) countConnections(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.connections.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.connections.Add(-1)
	}
}

// Run serves until ctx ends or a listener fails, whose error it returns. Then it
// accepts no more, ends event streams, lets other requests come to their end for
// as long as StopTimeout says, and returns when all are gone.
func (s *Server) Run(ctx context.Context) error {
	var running sync.WaitGroup
	failed := make(chan error, len(s.opts.Listeners))
	for _, l := range s.opts.Listeners {
		running.Go(func() { failed <- s.serve(l) })
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	s.stop(errors.Is(context.Cause(ctx), ErrHandedOver))
	running.Wait()
	return err
}

// serve serves one listener until it is closed.
func (s *Server) serve(l net.Listener) (err error) {
	s.log.Info("listening for HTTP", "addr", l.Addr().String(), "tls", s.encrypts(l))
	if s.encrypts(l) {
		err = s.http.ServeTLS(l, "", "")
	} else {
		err = s.http.Serve(l)
	}
	if s.isStopping() {
		return nil
	}
	return clusto.Errorf(clusto.ErrUnavailable, "http: %s: %w", l.Addr(), err)
}

// encrypts reports whether TLS is spoken on l: everywhere but on Unix sockets.
func (s *Server) encrypts(l net.Listener) bool {
	return s.tls != nil && l.Addr().Network() != "unix"
}

func (s *Server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

const (
	// linger is how long clients that keep a connection have to make another
	// request, and hear that they should connect anew, before it is closed: one
	// that sends a request just when it is closed would see it fail.
	linger = 3 * time.Second
	// lookAgain is how often it is looked whether they have gone.
	lookAgain = 10 * time.Millisecond
)

// stop ends serving. If another process has taken over, clients are moved there.
func (s *Server) stop(handedOver bool) {
	began := time.Now()
	s.stopOnce.Do(func() { close(s.stopping) })
	for _, l := range s.opts.Listeners {
		_ = l.Close() // it may have failed before
	}
	limit := s.settings.Load().StopTimeout
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if handedOver {
		s.waitForNoConnection(ctx)
	}
	if err := s.http.Shutdown(ctx); err != nil {
		s.log.Warn("requests were cut off when the server stopped", "connections", s.connections.Load(), "waited_s", limit.Seconds())
		_ = s.http.Close()
	}
	s.log.Info("no longer serving HTTP", "took_s", time.Since(began).Seconds())
}

// waitForNoConnection waits until all clients have gone, but not for longer than linger.
func (s *Server) waitForNoConnection(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, linger)
	defer cancel()
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for s.connections.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
