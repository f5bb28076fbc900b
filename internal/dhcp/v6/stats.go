package v6

import (
	"sync"

	"github.com/clusto/clusto/internal/dhcp"
)

// Stats counts what came of the packets.
type Stats struct {
	Received map[string]uint64      // by type of message, "" if it could not be read
	Sent     map[string]uint64      // by type of answer
	Reasons  map[dhcp.Reason]uint64 // why there was no answer, or why it refuses
	Overrun  uint64                 // packets that the kernel dropped because the server was too slow
}

// tally is what one goroutine counts.
type tally struct {
	mu       sync.Mutex // guards what follows
	received map[string]uint64
	sent     map[string]uint64
	reasons  map[dhcp.Reason]uint64
}

func newTally() *tally {
	return &tally{received: map[string]uint64{}, sent: map[string]uint64{}, reasons: map[dhcp.Reason]uint64{}}
}

func (t *tally) count(e *dhcp.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.received[e.Message]++
	if e.Reply != "" {
		t.sent[e.Reply]++
	}
	if e.Reason != dhcp.Answered {
		t.reasons[e.Reason]++
	}
}

// lost counts answers that could not be sent.
func (t *tally) lost(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reasons[NotSent] += uint64(n)
}

// addTo adds what was counted to s.
func (t *tally) addTo(s *Stats) {
	t.mu.Lock()
	defer t.mu.Unlock()
	add(s.Received, t.received)
	add(s.Sent, t.sent)
	add(s.Reasons, t.reasons)
}

func add[K comparable](to, from map[K]uint64) {
	for k, n := range from {
		to[k] += n
	}
}
