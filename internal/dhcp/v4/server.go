package v4

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/listen"
)

// Options says how a Server works.
type Options struct {
	// Listen has HOST:PORT of each address to listen on, all with the same port.
	// HOST is the server identifier; broadcasts are received on the interface that
	// has it. Without HOST, or with 0.0.0.0, all interfaces are served, each with
	// its own address. Port 0 takes a free one.
	Listen []string
	// Interface, if not "", is the only one that is served.
	Interface string
	// Conn is a socket that is bound already, as by Bind. The Server closes it.
	Conn *net.UDPConn

	Decider dhcp.Decider // required
	// View returns the state of the inventory to answer from, nil if there is none
	// yet. It is called once for each batch of packets. Required.
	View func() clusto.Reader
	// Observe, if not nil, is told of each packet. The workers wait for it.
	Observe dhcp.Observer
	// Log takes what happens; at level debug that is each packet. The workers wait for
	// it, so that it should never wait itself, as package logqueue does. Nil discards it.
	Log *slog.Logger

	// Buffer is the size of the socket's buffers to ask for, in bytes. Zero means
	// datagram.DefaultBuffer.
	Buffer int
	// Workers is how many goroutines answer. Zero means one for each processor.
	Workers int
}

// Server answers DHCPv4 clients.
type Server struct {
	options Options
	conn    *datagram.Conn
	at      listen.At
	frames  bool
	links   atomic.Pointer[datagram.Links]
	stale   chan struct{} // told when links does not know an interface
	journal *journal
	workers []*worker
}

// New returns a server that listens already; what comes before Run waits. A
// Server that is never run must be closed.
func New(o Options) (*Server, error) {
	if o.Decider == nil || o.View == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the DHCP server wants a decider and a view of the inventory")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Buffer <= 0 {
		o.Buffer = datagram.DefaultBuffer
	}
	s := &Server{options: o, stale: make(chan struct{}, 1), journal: newJournal(o.Log)}
	var err error
	if s.at, err = parseListen(o.Listen, o.Interface); err != nil {
		return nil, err
	}
	if err := s.look(); err != nil {
		return nil, err
	}
	udp := o.Conn
	if udp == nil {
		if udp, err = Bind(o.Listen, o.Interface); err != nil {
			return nil, err
		}
	}
	if s.conn, err = datagram.New(udp, datagram.Options{Buffer: o.Buffer, Frames: true}); err != nil {
		return nil, errors.Join(err, udp.Close())
	}
	s.announce()
	for range o.Workers {
		s.workers = append(s.workers, newWorker(s))
	}
	return s, nil
}

// announce says in the log where the server listens, and what it cannot do.
func (s *Server) announce() {
	log := s.options.Log
	log.Info("listening for DHCPv4", "listen", s.options.Listen, "port", s.conn.Addr().Port(), "interface", s.options.Interface,
		"buffer_bytes", s.conn.Buffer(), "workers", s.options.Workers)
	if s.conn.Buffer() < s.options.Buffer {
		log.Warn("the receive buffer is smaller than wanted, so that bursts may lose packets; raise net.core.rmem_max, or grant CAP_NET_ADMIN",
			"buffer_bytes", s.conn.Buffer(), "wanted_bytes", s.options.Buffer)
	}
	var err error
	if s.frames, err = s.conn.Frames(); !s.frames {
		log.Warn("hosts without an address are answered by broadcasts, for want of CAP_NET_RAW; relays and hosts that renew are answered as always", "err", err)
	}
	for _, host := range s.at.Hosts {
		if !s.links.Load().Own(host) {
			log.Warn("no interface has the address to listen on, so that broadcasts are not answered until one has", "ip", host.String())
		}
	}
}

// Addr returns the address that the socket is bound to.
func (s *Server) Addr() netip.AddrPort { return s.conn.Addr() }

// Close closes the socket of a server that is not run.
func (s *Server) Close() error { return s.conn.Close() }

// Run answers until ctx is done, and closes the socket. It returns when all that
// it started is gone: nil if ctx was done, else what went wrong with the socket.
// What is in the receive buffer then is left for a process that has the socket too.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { _ = s.conn.Interrupt() }) // a closed socket is interrupted
	defer stop()
	var working sync.WaitGroup
	for _, w := range s.workers {
		working.Go(func() {
			if err := w.run(ctx); err != nil {
				cancel(err)
			}
		})
	}
	working.Go(func() { s.watchLinks(ctx) })
	working.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return errors.Join(err, s.conn.Close())
	}
	return s.conn.Close()
}

// How often the interfaces are looked at, and at most if one is not known.
const (
	lookEvery   = 30 * time.Second
	lookAtOnce  = time.Second
	pauseOnFail = 100 * time.Millisecond // after an error of the socket
)

// watchLinks looks at the interfaces from time to time.
func (s *Server) watchLinks(ctx context.Context) {
	for wait(ctx, lookAtOnce) {
		timer := time.NewTimer(lookEvery)
		select {
		case <-timer.C:
		case <-s.stale:
		case <-ctx.Done():
		}
		timer.Stop()
		if err := s.look(); err != nil {
			s.journal.say(line{level: slog.LevelWarn, text: "the interfaces cannot be listed; going on with what was known", key: err.Error(),
				attrs: []slog.Attr{slog.Any("err", err)}})
		}
	}
}

// look notes the interfaces as they are now.
func (s *Server) look() error {
	links, err := datagram.Look()
	if err == nil {
		s.links.Store(links)
	}
	return err
}

// wait waits and reports whether it was let to.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
