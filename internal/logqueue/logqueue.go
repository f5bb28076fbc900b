// Package logqueue keeps a slow log from holding up those who write to it: what
// takes packets must go on also while the disk of the log is full, or nobody reads
// the pipe that it goes to. Lines wait in a queue. When that is full lines are left
// out, and the next one that is written says how many.
package logqueue

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultSize is for how many lines a queue has room.
const DefaultSize = 4096

// patience is how long Close waits for a log that does not take anything.
const patience = 2 * time.Second

// Handler is a slog.Handler that never waits.
type Handler struct {
	next  slog.Handler
	queue *queue
}

var _ slog.Handler = (*Handler)(nil)

// queue is what a Handler and those made from it share.
type queue struct {
	base    slog.Handler // takes what is said of the queue itself
	lines   chan line
	left    atomic.Uint64 // lines left out since the last that was written
	lost    atomic.Uint64 // and since New
	closing chan struct{}
	close   func()
	closed  chan struct{}
}

// line is something to write.
type line struct {
	to     slog.Handler
	record slog.Record
}

// New returns a handler that hands on to next what it is told, by a goroutine that
// ends with Close. A size of zero means DefaultSize.
func New(next slog.Handler, size int) *Handler {
	if size <= 0 {
		size = DefaultSize
	}
	q := &queue{base: next, lines: make(chan line, size), closing: make(chan struct{}), closed: make(chan struct{})}
	q.close = sync.OnceFunc(func() { close(q.closing) })
	go q.run()
	return &Handler{next, q}
}

// Close has what waits written, as long as the log takes it, and ends. What is
// told afterwards is left out.
func (h *Handler) Close() {
	h.queue.close()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-h.queue.closed:
	case <-limit.C:
	}
}

// Enabled implements slog.Handler.
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *Handler) Handle(_ context.Context, r slog.Record) error {
	select {
	case h.queue.lines <- line{h.next, r.Clone()}:
	default:
		h.queue.left.Add(1)
		h.queue.lost.Add(1)
	}
	return nil
}

// Lost returns how many lines were left out until now.
func (h *Handler) Lost() uint64 { return h.queue.lost.Load() }

// WithAttrs implements slog.Handler.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &Handler{h.next.WithAttrs(attrs), h.queue}
}

// WithGroup implements slog.Handler.
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{h.next.WithGroup(name), h.queue}
}

// run writes what comes until the queue is closed, and then what is left.
func (q *queue) run() {
	defer close(q.closed)
	for {
		select {
		case l := <-q.lines:
			q.write(l)
		case <-q.closing:
			for {
				select {
				case l := <-q.lines:
					q.write(l)
				default:
					return
				}
			}
		}
	}
}

// write writes a line, and before it how many are missing there. That a log
// cannot be written there is nobody to tell.
func (q *queue) write(l line) {
	ctx := context.Background()
	if n := q.left.Swap(0); n > 0 && q.base.Enabled(ctx, slog.LevelWarn) {
		r := slog.NewRecord(time.Now(), slog.LevelWarn, "lines of the log were left out: it was too slow", 0)
		r.AddAttrs(slog.Uint64("count", n))
		_ = q.base.Handle(ctx, r)
	}
	_ = l.to.Handle(ctx, l.record)
}
