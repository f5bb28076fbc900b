package snmp

import (
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"sync"
)

// Reason says why a datagram did not become a Trap.
type Reason string

// The reasons. All but KernelDropped are datagrams that were received.
const (
	Malformed     Reason = "malformed"
	BadCommunity  Reason = "bad community"
	UnknownUser   Reason = "unknown user"
	WrongLevel    Reason = "wrong security level"          // other than the user's
	AuthFailure   Reason = "authentication failure"        // wrong password or protocol
	NotInWindow   Reason = "not in time window"            // a replay, or a sender that lost its clock
	DecryptError  Reason = "decryption error"              // wrong privacy password or protocol
	UnknownEngine Reason = "unknown engine ID"             // an inform for another engine than ours
	NotATrap      Reason = "not a trap"                    // a request or response
	QueueFull     Reason = "queue full"                    // more came than could be decoded in time
	KernelDropped Reason = "dropped by the kernel"         // the socket's receive buffer was full
	Stopped       Reason = "stopped before it was handled" // Run ended
)

// Stats counts datagrams since Listen. When Run has returned, Received is the
// sum of Accepted, Discoveries and all of Dropped but KernelDropped.
type Stats struct {
	// Received datagrams were read from the socket.
	Received uint64
	// Accepted traps and informs were given to the handler.
	Accepted uint64
	// Acknowledged informs were answered. A sender that misses the answer sends
	// again, so this can be more than there were different informs.
	Acknowledged uint64
	// Discoveries are questions of SNMPv3 senders for our engine ID and clock.
	Discoveries uint64
	// Dropped has the reasons that occurred, and how often.
	Dropped map[Reason]uint64
}

// drop is the error of a datagram that does not become a trap.
type drop struct {
	reason Reason
	err    error
}

func (d *drop) Error() string {
	if d.err == nil {
		return string(d.reason)
	}
	return string(d.reason) + ": " + d.err.Error()
}

// dropped returns a drop with an explanation.
func dropped(reason Reason, format string, args ...any) *drop {
	return &drop{reason, fmt.Errorf(format, args...)}
}

// tally is the Stats of a listener while it runs, and what has been said of them.
type tally struct {
	mu    sync.Mutex // guards all below
	stats Stats
	said  map[Reason]uint64
	last  map[Reason]example
}

// example is one of the datagrams that were dropped for a reason.
type example struct {
	source netip.AddrPort
	err    error
}

func newTally() *tally {
	return &tally{stats: Stats{Dropped: map[Reason]uint64{}}, said: map[Reason]uint64{}, last: map[Reason]example{}}
}

// count adds one to a counter of t.stats.
func (t *tally) count(counter *uint64) {
	t.mu.Lock()
	*counter++
	t.mu.Unlock()
}

// received counts datagrams that were read from the socket.
func (t *tally) received(n int) {
	t.mu.Lock()
	t.stats.Received += uint64(n)
	t.mu.Unlock()
}

// drop counts a datagram from source that was dropped.
func (t *tally) drop(source netip.AddrPort, d *drop) {
	t.mu.Lock()
	t.stats.Dropped[d.reason]++
	t.last[d.reason] = example{source, d.err}
	t.mu.Unlock()
}

// kernel records the number of datagrams that the kernel has dropped so far.
func (t *tally) kernel(n uint64) {
	if n == 0 {
		return
	}
	t.mu.Lock()
	t.stats.Dropped[KernelDropped] = n
	t.mu.Unlock()
}

// snapshot returns a copy of the counters.
func (t *tally) snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Dropped = maps.Clone(s.Dropped)
	return s
}

// say logs, for each reason, what has been dropped since it was last called,
// with the latest example. So a flood makes a line at a time, and nothing is
// silent.
func (t *tally) say(log *slog.Logger) {
	for _, attrs := range t.news() {
		log.Warn("SNMP datagrams dropped", attrs...)
	}
}

// news returns what there is to say since it was last called. The log is
// written without holding up those who count.
func (t *tally) news() (news [][]any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, reason := range slices.Sorted(maps.Keys(t.stats.Dropped)) {
		total := t.stats.Dropped[reason]
		n := total - t.said[reason]
		if n == 0 {
			continue
		}
		t.said[reason] = total
		attrs := []any{"reason", string(reason), "count", n, "total", total}
		if ex, ok := t.last[reason]; ok {
			attrs = append(attrs, "source", ex.source.String())
			if ex.err != nil {
				attrs = append(attrs, "err", ex.err)
			}
		}
		if hint := hints(reason); hint != "" {
			attrs = append(attrs, "hint", hint)
		}
		news = append(news, attrs)
	}
	return news
}

// hints says what a person can do about a reason, if there is a thing to do.
func hints(r Reason) string {
	switch r {
	case QueueFull:
		return "traps come faster than they are handled; make the queue longer"
	case KernelDropped:
		return "make the receive buffer larger; Linux allows net.core.rmem_max without privilege"
	}
	return ""
}
