package v6

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// worker reads and answers requests in one goroutine. What it needs for one is
// used again for the next.
type worker struct {
	*Server
	tally   *tally
	in      *datagram.Reader
	out     *datagram.Writer
	outcome Outcome
	event   dhcp.Event
}

// run answers requests until ctx is done or the socket is closed.
func (w *worker) run(ctx context.Context) error {
	for {
		messages, err := w.in.Read()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // such as for want of memory
			w.warnRead(err)
			pause(ctx)
			continue
		}
		view, now := w.opts.View(), time.Now()
		for i := range messages {
			w.serve(ctx, view, &messages[i], now)
		}
		w.flush()
	}
}

// warnRead tells that the socket gives nothing.
func (w *worker) warnRead(err error) {
	if now, last := time.Now().UnixNano(), w.unread.Load(); now-last >= int64(seldom) && w.unread.CompareAndSwap(last, now) {
		w.log.Warn("packets cannot be received; trying again", "err", err)
	}
}

// pause waits a little, or until ctx is done.
func pause(ctx context.Context) {
	timer := time.NewTimer(pauseOnFail)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// serve answers one packet and tells of it.
func (w *worker) serve(ctx context.Context, view clusto.Reader, in *datagram.Message, now time.Time) {
	on := w.onLink(in.Interface)
	m := Meta{
		At: now, From: zoned(in.Peer, on), To: netip.AddrPortFrom(in.Local, w.conn.Addr().Port()),
	}
	out := &w.outcome
	switch {
	case in.Truncated:
		out.drop(Oversized)
	case on == nil && !slices.Contains(w.at.Hosts, in.Local):
		out.drop(OtherInterface)
	default:
		if on != nil {
			m.Via, m.Links = on.name, on.addrs
		}
		w.handler.Handle(ctx, view, in.Data, &m, out, nil)
	}
	if len(out.Reply) > 0 {
		w.send(in)
	}
	w.tell(&m, in.Data)
}

// zoned returns an address with its zone if it is link-local.
func zoned(from netip.AddrPort, on *link) netip.AddrPort {
	if on == nil || !from.Addr().IsLinkLocalUnicast() {
		return from
	}
	return netip.AddrPortFrom(from.Addr().WithZone(on.name), from.Port())
}

// send queues the answer to a packet. It leaves by the interface on which the
// packet came if only that knows where to, and from the address that it was sent
// to; to a client on the link the kernel takes the link-local address.
func (w *worker) send(in *datagram.Message) {
	if w.out.Full() {
		w.flush()
	}
	m := w.out.Next()
	m.Data = append(m.Data, w.outcome.Reply...)
	m.Peer = netip.AddrPortFrom(w.outcome.To.Addr().WithZone(""), w.outcome.To.Port())
	if m.Peer.Addr().IsLinkLocalUnicast() {
		m.Interface = in.Interface
	}
	if in.Local.IsValid() && !in.Local.IsMulticast() && in.Local.IsLinkLocalUnicast() == m.Peer.Addr().IsLinkLocalUnicast() {
		m.Local = in.Local
	}
}

// flush sends what is queued. What cannot be sent now is not: clients ask again.
func (w *worker) flush() {
	if failed, err := w.out.Flush(); failed > 0 {
		w.log.Debug("answers could not be sent", "count", failed, "err", err)
		w.tally.lost(failed)
	}
}

// tell counts a packet and tells of it.
func (w *worker) tell(m *Meta, packet []byte) {
	e, out := &w.event, &w.outcome
	out.event(m, packet, e)
	w.tally.count(e)
	if w.opts.Observe != nil {
		w.opts.Observe(e)
	}
	if failed := out.Reason == dhcp.InventoryFailure; failed != w.failing.Load() && (failed || out.Decided) {
		w.failing.Store(failed)
		if failed {
			w.log.Warn("the inventory cannot be asked; DHCPv6 clients get no answer", "err", out.Err)
		} else {
			w.log.Info("the inventory can be asked again")
		}
	}
	if out.Message == dhcpv6.MessageTypeDecline && len(out.Reply) > 0 {
		w.warnDecline(m)
	}
	if w.log.Enabled(context.Background(), slog.LevelDebug) {
		w.log.Debug("DHCPv6", "message", e.Message, "from", m.From.String(), "interface", m.Via, "mac", out.Client.MAC.String(),
			"entity", out.Answer.Host.Name, "reply", e.Reply, "reason", string(e.Reason))
	}
}

// warnDecline tells that a host has found its address in use.
func (w *worker) warnDecline(m *Meta) {
	last := w.warned.Load()
	if now := m.At.UnixNano(); now-last >= int64(seldom) && w.warned.CompareAndSwap(last, now) {
		w.log.Warn("a host says that another on its link uses its address; the inventory still gives it", "entity", w.outcome.Answer.Host.Name,
			"mac", w.outcome.Client.MAC.String(), "network", w.outcome.Answer.Network.Prefix.String(), "interface", m.Via)
	}
}
