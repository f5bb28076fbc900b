package sighting

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
)

// Options say how a Keeper works. Store is required.
type Options struct {
	Store clusto.SightingKeeper
	// Interval is how often is written what has changed, and Refresh after how long
	// that a client was seen again. Zero means five seconds, and a minute.
	Interval, Refresh time.Duration
	// MaxClients is how many clients are held at most. Zero means a million.
	MaxClients int
	Log        *slog.Logger // nil discards
}

// Stats counts what a Keeper did.
type Stats struct {
	Kept    uint64 // sightings that were written
	Dropped uint64 // packets of clients for which there was no room
	Failed  uint64 // attempts to write that failed
	Held    int    // clients
	Waiting int    // that are to be written
}

// How much is written at once, how long that may take, and what part of the time
// at most is spent with it.
const (
	perWrite  = 1000
	writeTime = time.Minute
	idleShare = 9 // of ten
)

const shards = 16

const (
	// maxID is how many octets an identifier by which a client is known may have: what
	// fits into one option. Of DHCPv4 it may come in several (RFC 3396), and then
	// nobody but a liar has it.
	maxID = 255
	// maxOfEntity is how many clients of one entity a shard holds. Who is known by its
	// place or its DUID may make up hardware addresses.
	maxOfEntity = 8
)

// Keeper is told of packets by many servers at once.
type Keeper struct {
	options               Options
	shards                [shards]shard
	kept, dropped, failed atomic.Uint64
	broken                bool // the last attempt to write failed; of Run alone
	next                  int  // the shard to be swept next; of Run alone
}

// New returns a Keeper.
func New(o Options) *Keeper {
	o.Interval = cmp.Or(o.Interval, 5*time.Second)
	o.Refresh = cmp.Or(o.Refresh, time.Minute)
	o.MaxClients = cmp.Or(o.MaxClients, 1_000_000)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	k := &Keeper{options: o}
	for i := range k.shards {
		k.shards[i].clients, k.shards[i].of = map[key]*held{}, map[clusto.EntityID]int{}
	}
	return k
}

// Observe takes what a packet tells. It never waits for the database.
func (k *Keeper) Observe(e *dhcp.Event) {
	c := e.Client
	if c == nil || c.MAC == (clusto.MAC{}) && len(c.ID) == 0 || e.Answer != nil && saysNothing(e.Answer.Reason) {
		return
	}
	if c.MAC == (clusto.MAC{}) && len(c.ID) > maxID {
		k.dropped.Add(1)
		return
	}
	s := k.shardOf(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	var h *held
	if c.MAC == (clusto.MAC{}) {
		h = s.clients[key{family: e.Family, id: string(c.ID)}]
	} else {
		h = s.clients[key{family: e.Family, mac: c.MAC}]
	}
	if h == nil {
		if h = s.add(e, k.options.MaxClients/shards); h == nil {
			k.dropped.Add(1)
			return
		}
	}
	was := h.seen.entity
	h.changed = h.seen.update(e) || h.changed
	if !s.recount(was, h.seen.entity) {
		s.forget(h)
		k.dropped.Add(1)
		return
	}
	if h.changed || h.seen.at-h.written >= int64(k.options.Refresh/time.Second) {
		s.enqueue(h)
	}
}

// saysNothing reports whether a client was not looked for at all, so that it is not
// known who it is.
func saysNothing(reason dhcp.Reason) bool {
	return reason == dhcp.NotReady || reason == dhcp.InventoryFailure
}

func (k *Keeper) shardOf(c *dhcp.Client) *shard {
	sum := uint(0)
	for _, b := range c.MAC {
		sum = sum*31 + uint(b)
	}
	if c.MAC == (clusto.MAC{}) {
		for _, b := range c.ID {
			sum = sum*31 + uint(b)
		}
	}
	return &k.shards[sum%shards]
}

// add makes room for a client, or returns nil if there is none. Clients that are
// nothing in the inventory have little, so that nobody who makes them up pushes
// out the others.
func (s *shard) add(e *dhcp.Event, most int) *held {
	stranger := e.Answer == nil || e.Answer.Host.ID == 0
	if len(s.clients) >= most || stranger && s.strangers >= max(1, min(most/2, clusto.MaxStrangers/shards)) {
		return nil
	}
	h := &held{key: key{family: e.Family, mac: e.Client.MAC}, changed: true}
	if h.key.mac == (clusto.MAC{}) {
		h.key.id = string(e.Client.ID)
	}
	s.clients[h.key] = h
	s.strangers++ // recount takes it back of one that is known
	return h
}

// recount counts a client that was one entity and is another. It returns false if
// that has too many.
func (s *shard) recount(was, is clusto.EntityID) bool {
	if was == is {
		return true
	}
	s.leave(was)
	if is == 0 {
		s.strangers++
		return true
	}
	s.of[is]++
	return s.of[is] <= maxOfEntity
}

// leave counts a client less of what it was.
func (s *shard) leave(was clusto.EntityID) {
	if was == 0 {
		s.strangers--
		return
	}
	if s.of[was]--; s.of[was] == 0 {
		delete(s.of, was)
	}
}

// forget removes a client, which is not written any more.
func (s *shard) forget(h *held) {
	h.gone = true
	delete(s.clients, h.key)
	s.leave(h.seen.entity)
	if h.queued {
		if s.idle++; s.idle > len(s.queue)/2 {
			s.tidy()
		}
	}
}

// tidy removes from the queue what was forgotten.
func (s *shard) tidy() {
	s.queue, s.idle = slices.DeleteFunc(s.queue, func(h *held) bool { return h.gone }), 0
}

func (s *shard) enqueue(h *held) {
	if !h.queued {
		h.queued = true
		s.queue = append(s.queue, h)
	}
}

// Stats returns what was done until now.
func (k *Keeper) Stats() Stats {
	st := Stats{Kept: k.kept.Load(), Dropped: k.dropped.Load(), Failed: k.failed.Load()}
	for i := range k.shards {
		s := &k.shards[i]
		s.mu.Lock()
		st.Held += len(s.clients)
		st.Waiting += len(s.queue)
		s.mu.Unlock()
	}
	return st
}

// Run writes until ctx ends, and then once more what is left.
func (k *Keeper) Run(ctx context.Context) error {
	timer := time.NewTimer(k.options.Interval)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			for i := range k.shards {
				k.shards[i].sweep(0, 0)
			}
			return k.flush(context.WithoutCancel(ctx))
		case <-timer.C:
			s := &k.shards[k.next]
			k.next = (k.next + 1) % shards
			now := time.Now()
			s.sweep(now.Add(-k.options.Refresh).Unix(), now.Add(-10*k.options.Refresh).Unix())
			_ = k.flush(ctx) // which tells of it, and tries again
			timer.Reset(max(k.options.Interval, idleShare*time.Since(now)))
		}
	}
}

// sweep sees to what was not seen lately: what was seen of clients by stale is
// written if it was not, and clients that were last seen by gone are forgotten.
func (s *shard) sweep(stale, gone int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.clients {
		switch {
		case h.seen.at > h.written && (stale == 0 || h.seen.at <= stale):
			s.enqueue(h)
		case !h.queued && h.seen.at <= gone:
			s.forget(h)
		}
	}
}
