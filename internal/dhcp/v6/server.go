package v6

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/listen"
)

// Options says what a Server works with.
type Options struct {
	// Listen has HOST:PORT of each address to listen on, all with the same port. A
	// HOST selects the interface that has it. Without HOST, or with [::], all but
	// the loopback interface are served. Port 0 takes a free one. A server on
	// another port than 547 answers to where requests come from.
	Listen []string
	// Interface, if not "", is the only one that is served.
	Interface string
	// Conn is a socket that is bound already, as by Bind. The Server closes it.
	Conn *net.UDPConn

	Decider dhcp.Decider // required
	// View returns the state of the inventory to answer from, nil if there is none
	// yet. It is called once for each batch of packets. Required.
	View func() clusto.Reader
	// DUID is the server identifier. Nil means one that is made of the hardware
	// address of the first interface, which is the same after a restart. Servers of
	// one inventory may share one: clients then take them for the same server,
	// which goes on when one of them fails.
	DUID []byte
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

// How many packets are read at once, how often the interfaces are looked at, how
// often the log has what any client can provoke, and for how long a socket is left
// alone after an error.
const (
	batch       = 64
	rescan      = 10 * time.Second
	seldom      = time.Second
	pauseOnFail = 100 * time.Millisecond
	maxSend     = 2048 // octets of an answer that need no memory of their own
)

// Server answers DHCPv6 requests.
type Server struct {
	opts    Options
	handler Handler
	at      listen.At
	conn    *datagram.Conn
	log     *slog.Logger
	joined  map[int]bool // interfaces on which the groups were joined; of New and rescan alone
	links   atomic.Pointer[map[int]*link]
	tallies []*tally
	failing atomic.Bool  // the inventory could not be asked
	warned  atomic.Int64 // when the last Decline was logged, in Unix nanoseconds
	unread  atomic.Int64 // and when that the socket gives nothing
}

// New returns a server that listens already; what comes before Run waits. A
// Server that is never run must be closed.
func New(opts Options) (*Server, error) {
	if opts.Decider == nil || opts.View == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the DHCPv6 server wants a decider and a view of the inventory")
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	opts.Workers = cmp.Or(opts.Workers, runtime.GOMAXPROCS(0))
	at, err := listen.Parse(dhcp.V6, opts.Listen, opts.Interface)
	if err != nil {
		return nil, err
	}
	s := &Server{opts: opts, at: at, log: opts.Log, joined: map[int]bool{}}
	for range opts.Workers {
		s.tallies = append(s.tallies, newTally())
	}
	if err := s.identify(); err != nil {
		return nil, err
	}
	udp := opts.Conn
	if udp == nil {
		if udp, err = Bind(opts.Listen, opts.Interface); err != nil {
			return nil, err
		}
	}
	if s.conn, err = datagram.New(udp, datagram.Options{Buffer: opts.Buffer}); err != nil {
		return nil, errors.Join(err, udp.Close())
	}
	if err := s.look(); err != nil {
		if at.Interface != "" || len(at.Hosts) > 0 {
			return nil, errors.Join(err, s.conn.Close())
		}
		s.log.Warn("a network interface is not listened on", "err", err) // some have no IPv6
	}
	s.log.Info("listening for DHCPv6", "listen", opts.Listen, "port", s.conn.Addr().Port(), "interface", opts.Interface,
		"duid", hex.EncodeToString(s.opts.DUID), "buffer_bytes", s.conn.Buffer(), "workers", opts.Workers)
	return s, nil
}

// identify finds the server identifier.
func (s *Server) identify() error {
	faces, err := faces(&s.at)
	if err != nil {
		return err
	}
	if s.opts.DUID == nil {
		hostname, err := os.Hostname()
		if err != nil {
			return err
		}
		s.opts.DUID = duidOf(faces, hostname)
	}
	s.handler = Handler{Decider: s.opts.Decider, DUID: s.opts.DUID}
	return nil
}

// Addr returns the address of the socket.
func (s *Server) Addr() netip.AddrPort { return s.conn.Addr() }

// DUID returns the server identifier.
func (s *Server) DUID() []byte { return s.opts.DUID }

// Close closes the socket. Run does it by itself.
func (s *Server) Close() error { return s.conn.Close() }

// Stats returns the counters as they are now. It may be called at any time.
func (s *Server) Stats() dhcp.Stats {
	all := dhcp.NewStats()
	all.KernelDropped = s.conn.Dropped()
	for _, t := range s.tallies {
		t.addTo(&all)
	}
	return all
}

// Run answers requests until ctx is done. It returns when all that it started is
// gone: nil if ctx was done, else what went wrong with the socket.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	failed := make([]error, len(s.tallies))
	for i, t := range s.tallies {
		group.Go(func() {
			defer cancel()
			w := worker{
				Server: s, tally: t,
				in:  s.conn.NewReader(batch, MaxPacket),
				out: s.conn.NewWriter(batch, maxSend),
			}
			failed[i] = w.run(ctx)
		})
	}
	group.Go(func() { s.rescan(ctx) })
	<-ctx.Done()
	err := s.conn.Interrupt()
	group.Wait()
	return errors.Join(errors.Join(failed...), err, s.conn.Close())
}

// rescan looks at the interfaces now and then.
func (s *Server) rescan(ctx context.Context) {
	ticker := time.NewTicker(rescan)
	defer ticker.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		text := ""
		err := s.look()
		if err != nil {
			text = err.Error()
		}
		if text != said && err != nil {
			s.log.Warn("a network interface is not listened on; it is tried again", "err", err)
		}
		said = text
	}
}

// onLink returns the interface of a packet, or nil if it is none of the chosen.
// The index 0 is not known, where there is one it is that.
func (s *Server) onLink(index int) *link {
	links := *s.links.Load()
	if index == 0 && len(links) == 1 {
		for _, l := range links {
			return l
		}
	}
	return links[index]
}
