package v6

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/datagram"
)

// Options says what a Server works with.
type Options struct {
	// Listen is where to listen. An address selects the interface that has it; the
	// zero AddrPort and [::]:547 select all but the loopback interface. A server on
	// another port than 547 answers to where requests come from.
	Listen netip.AddrPort
	// Interface, if not "", is the only one on which requests are answered.
	Interface string
	// Conn is a socket that is bound already, as by Bind. The Server closes it.
	Conn *net.UDPConn
	// Buffer is the size of the socket's buffers to ask for, in bytes. Zero means
	// datagram.DefaultBuffer.
	Buffer int

	Decider dhcp.Decider // required
	// View returns the state of the inventory by which to answer, nil while there
	// is none. Required.
	View func() clusto.Reader
	// DUID is the server identifier. Nil means one that is made of the hardware
	// address of the first interface, which is the same after a restart. Servers of
	// one inventory may share one: clients then take them for the same server,
	// which goes on when one of them fails.
	DUID []byte
	// Workers is how many goroutines answer. 0 means as many as there are
	// processors.
	Workers int

	Log *slog.Logger // nil discards
	// Seen and Tap, if not nil, are told of each packet.
	Seen, Tap dhcp.Observer
}

// How many packets are read at once, how often the interfaces are looked at, and
// how often the log has what any client can provoke.
const (
	batch   = 64
	rescan  = 10 * time.Second
	seldom  = time.Second
	maxSend = 2048 // octets of an answer that need no memory of their own
)

// Server answers DHCPv6 requests.
type Server struct {
	opts    Options
	handler Handler
	listen  netip.AddrPort
	conn    *datagram.Conn
	log     *slog.Logger
	joined  map[int]bool // interfaces on which the groups were joined; of New and rescan alone
	links   atomic.Pointer[map[int]*link]
	tallies []*tally
	failing atomic.Bool  // the inventory could not be asked
	warned  atomic.Int64 // when the last Decline was logged, in Unix nanoseconds
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
	listen := opts.Listen
	if !listen.IsValid() {
		listen = netip.AddrPortFrom(netip.IPv6Unspecified(), ServerPort)
	}
	if !listen.Addr().Is6() || listen.Addr().Is4In6() {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the DHCPv6 server cannot listen on %s: it is no IPv6 address", listen)
	}
	s := &Server{opts: opts, listen: listen, log: opts.Log, joined: map[int]bool{}}
	for range opts.Workers {
		s.tallies = append(s.tallies, newTally())
	}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("DHCPv6 on %s: %w", listen, err)
	}
	return s, nil
}

// Bind opens the socket of a Server. It is bound to no address but the loopback one,
// since a socket that is would not receive what is sent to the groups.
func Bind(listen netip.AddrPort, iface string) (*net.UDPConn, error) {
	local := netip.IPv6Unspecified()
	if listen.Addr().IsLoopback() {
		local = listen.Addr()
	}
	return datagram.Bind(netip.AddrPortFrom(local, listen.Port()), datagram.BindOptions{Interface: iface})
}

// open opens the socket, unless it was given one.
func (s *Server) open() error {
	faces, err := chosen(s.listen.Addr(), s.opts.Interface)
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
	udp := s.opts.Conn
	if udp == nil {
		if udp, err = Bind(s.listen, s.opts.Interface); err != nil {
			return err
		}
	}
	if s.conn, err = datagram.New(udp, datagram.Options{Buffer: s.opts.Buffer}); err != nil {
		return errors.Join(err, udp.Close())
	}
	err = s.look()
	if err != nil && len(faces) > 1 { // some have no IPv6
		s.log.Warn("a network interface is not listened on", "err", err)
		err = nil
	}
	if err != nil {
		return errors.Join(err, s.conn.Close())
	}
	return nil
}

// Addr returns the address of the socket.
func (s *Server) Addr() netip.AddrPort { return s.conn.Addr() }

// DUID returns the server identifier.
func (s *Server) DUID() []byte { return s.opts.DUID }

// Close closes the socket. Run does it by itself.
func (s *Server) Close() error { return s.conn.Close() }

// Stats returns the counters as they are now. It may be called at any time.
func (s *Server) Stats() Stats {
	all := Stats{Received: map[string]uint64{}, Sent: map[string]uint64{}, Reasons: map[dhcp.Reason]uint64{}, Overrun: s.conn.Dropped()}
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
