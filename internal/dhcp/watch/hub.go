// Package watch shows live what DHCP servers do: a [Hub] is told of each packet,
// and hands copies on to those who look. A watcher that is slow misses packets,
// and is told how many; the servers never wait. While nobody looks a packet costs
// nothing.
package watch

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/clusto/clusto/internal/dhcp"
)

// waiting is how many packets may wait for a watcher.
const waiting = 1024

// Hub is told of packets by many servers at once. The zero Hub works.
type Hub struct {
	watched atomic.Int32
	mu      sync.Mutex // guards what follows
	all     map[*Watcher]bool
}

// Watcher is who looks. Events is closed by nobody: the watcher leaves by Close.
type Watcher struct {
	Events <-chan *dhcp.Event
	events chan *dhcp.Event
	missed atomic.Uint64
	hub    *Hub
}

// Watch returns a new watcher, which must be closed.
func (h *Hub) Watch() *Watcher {
	w := &Watcher{events: make(chan *dhcp.Event, waiting), hub: h}
	w.Events = w.events
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[*Watcher]bool{}
	}
	h.all[w] = true
	h.watched.Store(int32(len(h.all)))
	return w
}

// Missed returns how many packets the watcher has missed since it was asked last.
func (w *Watcher) Missed() uint64 { return w.missed.Swap(0) }

// Close ends the watching.
func (w *Watcher) Close() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	delete(w.hub.all, w)
	w.hub.watched.Store(int32(len(w.hub.all)))
}

// Observe hands e on.
func (h *Hub) Observe(e *dhcp.Event) {
	if h.watched.Load() == 0 {
		return
	}
	kept := keep(e)
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.all {
		select {
		case w.events <- kept:
		default:
			w.missed.Add(1)
		}
	}
}

// keep returns a copy of e that is good for ever.
func keep(e *dhcp.Event) *dhcp.Event {
	kept := *e
	kept.Packet, kept.Response = slices.Clone(e.Packet), slices.Clone(e.Response)
	if e.Client != nil {
		c := *e.Client
		for _, b := range []*[]byte{&c.ID, &c.Vendor, &c.User, &c.UUID, &c.Hostname, &c.CircuitID, &c.RemoteID} {
			*b = slices.Clone(*b)
		}
		c.Arch, c.Wants = slices.Clone(c.Arch), slices.Clone(c.Wants)
		kept.Client = &c
	}
	if e.Answer != nil {
		a := *e.Answer
		a.Addrs, a.Options = slices.Clone(a.Addrs), nil // the options are in Response
		kept.Answer = &a
	}
	return &kept
}
