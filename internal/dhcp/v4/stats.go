package v4

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/clusto/clusto/internal/dhcp"
)

// Stats counts packets since New.
type Stats struct {
	// Received has the requests by kind, such as DISCOVER and RENEW; "" are those
	// that could not be read.
	Received map[string]uint64
	// Sent has the answers by type, such as OFFER and NAK.
	Sent map[string]uint64
	// Dropped has the reasons why there was no answer, and those of each NAK.
	Dropped map[dhcp.Reason]uint64
	// KernelDropped packets came while the receive buffer was full.
	KernelDropped uint64
	// Trimmed counts options for which an answer had no room.
	Trimmed uint64
}

// tally counts what one worker does.
type tally struct {
	received [kindCount]atomic.Uint64
	sent     [toldCount]atomic.Uint64
	trimmed  atomic.Uint64

	mu      sync.Mutex // guards dropped
	dropped map[dhcp.Reason]uint64
}

// count counts a packet.
func (t *tally) count(out *Outcome) {
	t.received[out.Kind].Add(1)
	if out.Told != Nothing {
		t.sent[out.Told].Add(1)
	}
	if out.Trimmed > 0 {
		t.trimmed.Add(uint64(out.Trimmed))
	}
	if out.Reason != dhcp.Answered {
		t.drop(out.Reason, 1)
	}
}

// drop counts n packets that were not answered.
func (t *tally) drop(reason dhcp.Reason, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dropped == nil {
		t.dropped = map[dhcp.Reason]uint64{}
	}
	t.dropped[reason] += uint64(n)
}

// Stats returns the counters as they are now. It may be called at any time.
func (s *Server) Stats() Stats {
	all := Stats{
		Received: map[string]uint64{}, Sent: map[string]uint64{}, Dropped: map[dhcp.Reason]uint64{},
		KernelDropped: s.conn.Dropped(),
	}
	for _, w := range s.workers {
		w.tally.addTo(&all)
	}
	return all
}

func (t *tally) addTo(all *Stats) {
	for k := range t.received {
		all.Received[Kind(k).String()] += t.received[k].Load()
	}
	for k := Offer; k < toldCount; k++ {
		all.Sent[k.String()] += t.sent[k].Load()
	}
	all.Trimmed += t.trimmed.Load()
	t.mu.Lock()
	dropped := maps.Clone(t.dropped)
	t.mu.Unlock()
	for reason, n := range dropped {
		all.Dropped[reason] += n
	}
}
