package v4

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/clusto/clusto/internal/dhcp"
)

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
func (s *Server) Stats() dhcp.Stats {
	all := dhcp.NewStats()
	all.KernelDropped = s.conn.Dropped()
	for _, w := range s.workers {
		all.Add(w.tally.stats())
	}
	return all
}

func (t *tally) stats() dhcp.Stats {
	st := dhcp.NewStats()
	for k := range t.received {
		st.Received[Kind(k).String()] += t.received[k].Load()
	}
	for k := Offer; k < toldCount; k++ {
		st.Sent[k.String()] += t.sent[k].Load()
	}
	st.Trimmed = t.trimmed.Load()
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.Copy(st.Dropped, t.dropped)
	return st
}
