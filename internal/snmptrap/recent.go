package snmptrap

import (
	"container/list"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/clusto/clusto/internal/feed"
)

const (
	// keptDone and keptDropped are how many outcomes are remembered: of what
	// changed the inventory, and of what was dropped, so that a flood of drops
	// does not push out what was discovered.
	keptDone    = 500
	keptDropped = 500
	// toldAgain is the least time between two outcomes that are told to watchers
	// although they are nothing new.
	toldAgain = 50 * time.Millisecond
)

// Told is an Event as it is remembered: when it was, and how often.
type Told struct {
	Event
	At    time.Time // the last time
	Count uint64    // how often it was dropped there for that reason; 1 for others
}

// recent remembers what came of traps lately, and tells those who watch. What
// changes nothing, which is nearly all, is not remembered, and costs nothing
// while nobody watches.
type recent struct {
	hub feed.Hub[Told]

	mu      sync.Mutex // guards what follows
	done    list.List  // of Told, the latest first
	dropped list.List  // of *Told likewise
	drops   map[place]*list.Element
	again   time.Time // when what is nothing new was told last
}

// place tells one dropped outcome from another. A port on which ever new hardware
// addresses are dropped is one.
type place struct {
	reason Reason
	source netip.Addr
	port   int
}

// tell remembers the events of a trap.
func (r *recent) tell(events []Event) {
	watched := r.hub.Watched()
	if !watched && !slices.ContainsFunc(events, func(e Event) bool { return e.Outcome != Unchanged }) {
		return
	}
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		told, fresh := r.keep(e, now)
		if !watched || !fresh && now.Sub(r.again) < toldAgain {
			continue
		}
		if !fresh {
			r.again = now
		}
		r.hub.Tell(told)
	}
}

// keep remembers an event, and reports whether it is something new.
func (r *recent) keep(e Event, now time.Time) (told Told, fresh bool) {
	told = Told{Event: e, At: now, Count: 1}
	switch e.Outcome {
	case Unchanged:
		return told, false
	case Dropped:
		return r.drop(told)
	}
	r.done.PushFront(told)
	if r.done.Len() > keptDone {
		r.done.Remove(r.done.Back())
	}
	return told, true
}

// drop remembers a dropped one, and reports whether its like was not remembered yet.
func (r *recent) drop(told Told) (_ Told, fresh bool) {
	c := told.cause()
	at := place{c.reason, c.source, c.port}
	if known := r.drops[at]; known != nil {
		old := known.Value.(*Told)
		told.Count += old.Count
		*old = told
		r.dropped.MoveToFront(known)
		return told, false
	}
	if r.drops == nil {
		r.drops = map[place]*list.Element{}
	}
	r.drops[at] = r.dropped.PushFront(&told)
	if r.dropped.Len() > keptDropped {
		oldest := r.dropped.Remove(r.dropped.Back()).(*Told)
		c := oldest.cause()
		delete(r.drops, place{c.reason, c.source, c.port})
	}
	return told, true
}

// latest returns what is remembered, the latest first, at most limit.
func (r *recent) latest(limit int) []Told {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Told, 0, r.done.Len()+r.dropped.Len())
	for at := r.done.Front(); at != nil; at = at.Next() {
		all = append(all, at.Value.(Told))
	}
	for at := r.dropped.Front(); at != nil; at = at.Next() {
		all = append(all, *at.Value.(*Told))
	}
	slices.SortStableFunc(all, func(a, b Told) int { return b.At.Compare(a.At) })
	return all[:min(limit, len(all))]
}

// Recent returns what came of traps lately, the latest first, at most limit.
// What changed nothing is not among it.
func (d *Daemon) Recent(limit int) []Told { return d.recent.latest(limit) }

// Watch returns a new watcher of what comes of traps, which must be closed. Of what
// changes nothing, or is dropped again, it is told a sample.
func (d *Daemon) Watch() *feed.Watcher[Told] { return d.recent.hub.Watch() }

// Started returns when the daemon was made: since then it counts.
func (d *Daemon) Started() time.Time { return d.started }
