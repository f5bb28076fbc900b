package v4

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp"
)

// batch is how many packets are read and written at once. While a worker answers
// them, another one reads the next.
const batch = 64

// worker reads, answers and writes.
type worker struct {
	server  *Server
	handler Handler
	reader  *datagram.Reader
	writer  *datagram.Writer
	tally   tally
	meta    Meta // of the packet that is being answered, as are:
	out     Outcome
	event   dhcp.Event
	told    dhcp.Answer // what the event shows if the client was told another address than the first
}

func newWorker(s *Server) *worker {
	return &worker{
		server: s, handler: Handler{Decider: s.options.Decider},
		reader: s.conn.NewReader(batch, MaxPacket), writer: s.conn.NewWriter(batch, MaxReply),
	}
}

// run answers until ctx is done or the socket is closed.
func (w *worker) run(ctx context.Context) error {
	for {
		messages, err := w.reader.Read()
		switch {
		case err == nil:
			w.serve(ctx, messages)
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		default: // such as of an interface that is down
			w.server.journal.say(line{level: slog.LevelWarn, text: "packets cannot be received; trying again", key: err.Error(),
				attrs: []slog.Attr{slog.Any("err", err)}})
			wait(ctx, pauseOnFail)
		}
	}
}

// serve answers a batch of packets, all from the same state of the inventory.
func (w *worker) serve(ctx context.Context, messages []datagram.Message) {
	view, links := w.server.options.View(), w.server.links.Load()
	w.meta.At = time.Now()
	for i := range messages {
		w.answer(ctx, view, links, &messages[i])
	}
	if failed, err := w.writer.Flush(); failed > 0 {
		w.tally.drop(NotSent, failed)
		w.server.journal.say(line{level: slog.LevelWarn, text: "answers could not be sent", key: err.Error(),
			attrs: []slog.Attr{slog.Int("count", failed), slog.Any("err", err)}})
	}
}

// answer answers one packet.
func (w *worker) answer(ctx context.Context, view clusto.Reader, links *datagram.Links, in *datagram.Message) {
	m, out, to := &w.meta, &w.out, w.writer.Next()
	out.Reply = to.Data
	w.locate(in, links)
	switch {
	case !m.Self.IsValid():
		out.refuse(OtherInterface)
	case in.Truncated:
		out.refuse(Oversized)
	default:
		w.handler.Handle(ctx, view, in.Data, m, out, nil)
	}
	w.tally.count(out)
	if out.Told == Nothing {
		w.writer.Drop()
	} else {
		to.Data, to.Peer, to.Local = out.Reply, out.To, out.From
		to.Interface, to.Hardware = out.Interface, out.Hardware
	}
	w.tell(in)
}

// locate notes where a packet came.
func (w *worker) locate(in *datagram.Message, links *datagram.Links) {
	s, m := w.server, &w.meta
	m.From, m.Interface, m.Links, m.Frames = in.Peer, in.Interface, links, s.frames
	m.Self = self(&s.at, in, links)
	m.To = netip.AddrPortFrom(in.Local, s.conn.Addr().Port())
	link, ok := links.Link(in.Interface)
	m.Via = link.Name
	if !ok && in.Interface != 0 {
		select {
		case s.stale <- struct{}{}:
		default: // it is told already
		}
	}
}

// tell tells who wants to know of a packet what came of it.
func (w *worker) tell(in *datagram.Message) {
	m, out := &w.meta, &w.out
	if observe := w.server.options.Observe; observe != nil {
		e := &w.event
		*e = dhcp.Event{
			At: m.At, Family: dhcp.V4, From: m.From, To: m.To, Via: m.Via,
			Message: out.Kind.String(), Reply: out.Told.String(), Reason: out.Reason,
			Packet: in.Data, Response: out.Reply, Dest: out.To,
		}
		if out.Decided {
			e.Client, e.Answer = &out.Client, w.decided()
		}
		observe(e)
	}
	w.server.journal.note(m, out)
}

// decided returns the answer as observers are to see it: its first address is what
// the client was told.
func (w *worker) decided() *dhcp.Answer {
	out := &w.out
	if out.Told == Nothing || out.Told == NAK || out.Addr.IsValid() && out.Answer.Addrs[0] == out.Addr {
		return &out.Answer
	}
	addrs := w.told.Addrs[:0]
	w.told = out.Answer
	w.told.Addrs = addrs
	if out.Addr.IsValid() { // an INFORM is told none
		w.told.Addrs = append(addrs, out.Addr)
	}
	return &w.told
}
