package v6

import (
	"sync"

	"github.com/clusto/clusto/internal/dhcp"
)

// tally is what one goroutine counts.
type tally struct {
	mu    sync.Mutex // guards stats
	stats dhcp.Stats
}

func newTally() *tally { return &tally{stats: dhcp.NewStats()} }

func (t *tally) count(e *dhcp.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Received[e.Message]++
	if e.Reply != "" {
		t.stats.Sent[e.Reply]++
	}
	if e.Reason != dhcp.Answered {
		t.stats.Dropped[e.Reason]++
	}
}

// lost counts answers that could not be sent.
func (t *tally) lost(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Dropped[NotSent] += uint64(n)
}

// addTo adds what was counted to all.
func (t *tally) addTo(all *dhcp.Stats) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all.Add(t.stats)
}
