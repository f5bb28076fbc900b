package snmp

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/clusto/clusto/internal/datagram"
)

// Defaults of Options.
const (
	DefaultReadBuffer = 8 << 20
	DefaultQueue      = 16384
)

const (
	// maxDatagram is more than UDP can carry.
	maxDatagram = 1 << 16
	// octetsPerPlace bounds the memory of the queue: so many octets for each of
	// its places. A trap rarely has more than 500.
	octetsPerPlace = 2048
	// sayEvery is how often drops are said in the log.
	sayEvery = 5 * time.Second
	// DefaultDrain is how long a Listener that is stopped goes on with what it
	// has received, unless Options say otherwise.
	DefaultDrain = 5 * time.Second
)

// Options says what a Listener listens for.
type Options struct {
	// Addr is HOST:PORT. Without HOST it is all of IPv4 and IPv6; 0.0.0.0 is
	// IPv4 only. Port 0 takes a free one.
	Addr string
	// Conn is a socket that is bound already, as by Bind; then Addr means
	// nothing. The Listener closes it.
	Conn *net.UDPConn
	// Communities are those that v1 and v2c messages may have. None means any.
	Communities []string
	// Users are those that v3 messages may come from.
	Users []User
	// EngineID names this listener to senders of v3 informs, in 5 to 32 octets.
	// The default is made from the host's name.
	EngineID []byte
	// ReadBuffer is the size of the socket's receive buffer to ask for, in
	// bytes. Zero means DefaultReadBuffer.
	ReadBuffer int
	// Queue is how many datagrams may wait to be decoded, and how many traps
	// to be handled. Zero means DefaultQueue.
	Queue int
	// Lanes is how many traps are handled at a time. Those of one source are
	// handled one after the other, in the order they came. Zero means one.
	Lanes int
	// Drain is how long Run, when it is stopped, goes on with what it has
	// received: an inform that was acknowledged does not come again. What waits
	// then still is counted as Stopped. Zero means DefaultDrain, a negative
	// Drain none.
	Drain time.Duration
	// Log takes what happens. Nil discards it.
	Log *slog.Logger
}

// Listener receives traps and informs.
type Listener struct {
	conn    *datagram.Conn
	decoder *decoder
	queue   int
	lanes   int
	drain   time.Duration
	waiting backlog
	tally   *tally
	log     *slog.Logger
}

// Listen binds the address. From now on the kernel keeps what comes, as far as
// the receive buffer goes, until Run reads it. A Listener that is never run
// must be closed.
func Listen(opts Options) (*Listener, error) {
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	engineID, err := engineIDOf(opts.EngineID)
	if err != nil {
		return nil, err
	}
	d, err := newDecoder(opts.Communities, engineID, opts.Users, time.Now())
	if err != nil {
		return nil, err
	}
	udp := opts.Conn
	if udp == nil {
		if udp, err = Bind(opts.Addr); err != nil {
			return nil, err
		}
	}
	l := &Listener{decoder: d, queue: opts.Queue, lanes: max(opts.Lanes, 1), drain: opts.Drain, tally: newTally(), log: log}
	if l.drain == 0 {
		l.drain = DefaultDrain
	}
	if l.queue <= 0 {
		l.queue = DefaultQueue
	}
	want := opts.ReadBuffer
	if want <= 0 {
		want = DefaultReadBuffer
	}
	if l.conn, err = datagram.New(udp, datagram.Options{Buffer: want}); err != nil {
		return nil, errors.Join(fmt.Errorf("receive buffer of %d bytes: %w", want, err), udp.Close())
	}
	l.announce(opts, want, l.conn.Buffer())
	return l, nil
}

// Bind opens the socket of a Listener. A literal IPv4 address is not widened to
// IPv6, as the standard library would for 0.0.0.0.
func Bind(addr string) (*net.UDPConn, error) {
	network := "udp"
	if ap, err := netip.ParseAddrPort(addr); err == nil && ap.Addr().Is4() {
		network = "udp4"
	}
	resolved, err := net.ResolveUDPAddr(network, addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	conn, err := net.ListenUDP(network, resolved)
	if errors.Is(err, os.ErrPermission) {
		return nil, fmt.Errorf("listen on %s: %w (ports below 1024 need root or CAP_NET_BIND_SERVICE)", addr, err)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return conn, nil
}

// engineIDOf returns the given engine ID, or one made from the host's name. The
// enterprise number in it is 0, which is reserved and so nobody's.
func engineIDOf(given []byte) (string, error) {
	if n := len(given); n != 0 && (n < 5 || n > 32) {
		return "", fmt.Errorf("engine ID %x has %d octets; it has 5 to 32", given, n)
	}
	if len(given) != 0 {
		return string(given), nil
	}
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("engine ID: %w", err)
	}
	sum := sha256.Sum256([]byte("clusto " + host))
	return "\x80\x00\x00\x00\x05" + string(sum[:12]), nil // format 5: octets (RFC 3411 section 5)
}

// announce logs what the listener will do.
func (l *Listener) announce(opts Options, want, granted int) {
	l.log.Info("listening for SNMP traps", "addr", l.Addr().String(), "users", len(opts.Users),
		"communities", len(opts.Communities), "receive_buffer_bytes", granted, "queue", l.queue,
		"engine_id", fmt.Sprintf("%x", l.decoder.usm.engineID))
	if granted < want {
		l.log.Warn("the kernel granted a smaller SNMP receive buffer than asked for", "asked_bytes", want,
			"granted_bytes", granted, "hint", fmt.Sprintf("sysctl -w net.core.rmem_max=%d", want))
	}
	if len(opts.Communities) == 0 {
		l.log.Warn("SNMPv1 and v2c traps are taken with any community", "hint", "name the communities to take")
	}
}

// Addr returns the address that is listened on.
func (l *Listener) Addr() netip.AddrPort { return l.conn.Addr() }

// EngineID returns the engine ID that senders of v3 informs must know or ask for.
func (l *Listener) EngineID() []byte { return []byte(l.decoder.usm.engineID) }

// Stats returns the counters as they are now. It may be called at any time.
func (l *Listener) Stats() Stats { return l.tally.snapshot() }

// Close closes the socket. Run does it by itself.
func (l *Listener) Close() error { return l.conn.Close() }

// Run receives until ctx is done, and calls handle for each trap, as many at a
// time as Options.Lanes say, and those of one source in the order they came. What was received by then is handled as well,
// as far as Options.Drain allows; then the context that handle has ends. Run
// returns when all that it started is gone: nil if ctx was done, else what went
// wrong with the socket. A Listener is run once.
func (l *Listener) Run(ctx context.Context, handle func(context.Context, Trap)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	defer context.AfterFunc(ctx, func() {
		if l.drain < 0 {
			stopWork()
			return
		}
		limit := time.AfterFunc(l.drain, stopWork)
		context.AfterFunc(work, func() { limit.Stop() })
	})()
	batches := make(chan []received, l.queue)
	traps := newLanes(l.lanes, l.queue)
	var running sync.WaitGroup
	running.Go(func() { l.watch(ctx) })
	running.Go(func() { l.decode(work, batches, traps) })
	for lane := range l.lanes {
		running.Go(func() { l.handle(work, traps, lane, handle) })
	}
	err := l.read(batches)
	if ctx.Err() != nil {
		err = nil // the socket was closed for it
	}
	cancel()
	running.Wait()
	l.tally.say(l.log)
	return err
}

// watch says at intervals what was dropped. When ctx is done it closes the
// socket, which ends read.
func (l *Listener) watch(ctx context.Context) {
	ticker := time.NewTicker(sayEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
		l.tally.kernel(l.conn.Dropped())
		l.tally.say(l.log)
	}
	l.conn.Close()
}

// decode decodes what read has queued, until that is closed.
func (l *Listener) decode(ctx context.Context, batches <-chan []received, traps *lanes) {
	defer traps.close()
	replies := l.conn.NewWriter(1, maxDatagram)
	for batch := range batches {
		now := time.Now()
		for _, d := range batch {
			l.waiting.add(-1, -len(d.octets))
			l.decodeOne(ctx, &d, now, traps, replies)
		}
	}
}

// decodeOne decodes a datagram, and answers it when the trap is safe.
func (l *Listener) decodeOne(ctx context.Context, d *received, now time.Time, traps *lanes, replies *datagram.Writer) {
	source := d.source
	if ctx.Err() != nil {
		l.tally.drop(source, &drop{reason: Stopped})
		return
	}
	trap, reply, err := l.decoder.decode(d.octets, now)
	if err != nil {
		l.refuse(source, err)
		l.reply(replies, d, reply)
		return
	}
	trap.Source = source
	if !traps.put(ctx, trap) {
		l.tally.drop(source, &drop{reason: Stopped})
		return
	}
	if reply != nil && l.reply(replies, d, reply) {
		l.tally.count(&l.tally.stats.Acknowledged)
	}
}

// refuse counts a datagram that did not become a trap.
func (l *Listener) refuse(source netip.AddrPort, err error) {
	if errors.Is(err, errDiscovery) {
		l.tally.count(&l.tally.stats.Discoveries)
		return
	}
	d, ok := errors.AsType[*drop](err)
	if !ok {
		d = &drop{Malformed, err}
	}
	l.tally.drop(source, d)
	l.log.Debug("SNMP datagram dropped", "source", source.String(), "err", err)
}

// reply sends the answer to a datagram, if there is one, from the address that
// the sender has asked. A sender that does not get it sends again.
func (l *Listener) reply(replies *datagram.Writer, d *received, message []byte) bool {
	if message == nil {
		return false
	}
	m := replies.Next()
	m.Data = append(m.Data, message...)
	m.Peer, m.Local = netip.AddrPortFrom(d.source.Addr().WithZone(""), d.source.Port()), d.to
	if d.source.Addr().IsLinkLocalUnicast() {
		m.Interface = d.link
	}
	if _, err := replies.Flush(); err != nil {
		l.log.Debug("SNMP reply not sent", "source", d.source.String(), "err", err)
		return false
	}
	return true
}

// handle gives the decoded traps of a lane to the handler, until there are no more.
func (l *Listener) handle(ctx context.Context, traps *lanes, lane int, handler func(context.Context, Trap)) {
	var taken []Trap
	for {
		taken = traps.take(lane, taken)
		if len(taken) == 0 {
			return
		}
		for _, t := range taken {
			if ctx.Err() != nil {
				l.tally.drop(t.Source, &drop{reason: Stopped})
			} else {
				l.tally.count(&l.tally.stats.Accepted)
				handler(ctx, t)
			}
			traps.handled()
		}
	}
}
