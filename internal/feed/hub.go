// Package feed shows live what a daemon does: a [Hub] is told of each event and
// hands it on to those who look. A watcher that is slow misses events, and is told
// how many; the daemon never waits. While nobody looks an event costs nothing, if
// who tells it asks [Hub.Watched] before making it.
package feed

import (
	"sync"
	"sync/atomic"
)

// waiting is how many events may wait for a watcher.
const waiting = 1024

// Hub hands events on, which many goroutines may tell at once. The zero Hub works.
type Hub[E any] struct {
	watched atomic.Int32
	mu      sync.Mutex // guards what follows
	all     map[*Watcher[E]]bool
}

// Watcher is who looks. Events is closed by nobody: the watcher leaves by Close.
type Watcher[E any] struct {
	Events <-chan E
	events chan E
	missed atomic.Uint64
	hub    *Hub[E]
}

// Watch returns a new watcher, which must be closed.
func (h *Hub[E]) Watch() *Watcher[E] {
	w := &Watcher[E]{events: make(chan E, waiting), hub: h}
	w.Events = w.events
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[*Watcher[E]]bool{}
	}
	h.all[w] = true
	h.watched.Store(int32(len(h.all)))
	return w
}

// Watched reports whether somebody looks.
func (h *Hub[E]) Watched() bool { return h.watched.Load() != 0 }

// Tell hands e, which must not change any more, to all who look.
func (h *Hub[E]) Tell(e E) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.all {
		select {
		case w.events <- e:
		default:
			w.missed.Add(1)
		}
	}
}

// Missed returns how many events the watcher has missed since it was asked last.
func (w *Watcher[E]) Missed() uint64 { return w.missed.Swap(0) }

// Close ends the watching.
func (w *Watcher[E]) Close() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	delete(w.hub.all, w)
	w.hub.watched.Store(int32(len(w.hub.all)))
}
