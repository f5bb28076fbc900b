package v6

import (
	"sync"

	"github.com/clusto/clusto/internal/dhcp"
)

// Stats counts packets since New.
type Stats struct {
	// Received has the requests by type, such as SOLICIT; "" are those that could
	// not be read, and "other" those of types that are not of RFC 8415.
	Received map[string]uint64
	// Sent has the answers by type, ADVERTISE and REPLY.
	Sent map[string]uint64
	// Dropped has the reasons why there was no answer, and those of each that
	// refuses something.
	Dropped map[dhcp.Reason]uint64
	// KernelDropped packets came while the receive buffer was full.
	KernelDropped uint64
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
	add(s.Dropped, t.reasons)
}

func add[K comparable](to, from map[K]uint64) {
	for k, n := range from {
		to[k] += n
	}
}
