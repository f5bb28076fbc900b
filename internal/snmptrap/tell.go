package snmptrap

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// tell counts, logs, remembers and reports the events of one trap, which was decided in
// memory or not.
func (d *Daemon) tell(changes int, inMemory bool, events []Event) {
	d.mu.Lock()
	d.stats.Traps++
	if inMemory {
		d.stats.InMemory++
	}
	d.stats.Changes += uint64(changes)
	for _, e := range events {
		switch e.Outcome {
		case Created:
			d.stats.Created++
		case Racked:
			d.stats.Racked++
		case Recorded:
			d.stats.Recorded++
		case Unchanged:
			d.stats.Unchanged++
		case Dropped:
			d.stats.Dropped[e.Reason]++
		}
	}
	d.mu.Unlock()
	for i := range events {
		d.write(&events[i])
	}
	d.recent.tell(events)
	if d.opts.Events == nil {
		return
	}
	d.reporting.Lock()
	defer d.reporting.Unlock()
	for _, e := range events {
		d.opts.Events(e)
	}
}

// write logs an event. Of what changes nothing there is too much to do more than
// ask whether somebody wants to see it.
func (d *Daemon) write(e *Event) {
	if e.Outcome == Unchanged && !d.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	attrs := []any{"source", e.Source.String(), "switch", e.Switch}
	if e.Port != 0 {
		attrs = append(attrs, "port", e.Port, "vlan", e.VLAN, "mac", e.MAC.String())
	}
	if e.Server != "" {
		attrs = append(attrs, "entity", e.Server)
	}
	switch e.Outcome {
	case Created, Racked, Recorded:
		if e.Address.IsValid() {
			attrs = append(attrs, "ip", e.Address.String())
		}
		if e.Note != "" {
			attrs = append(attrs, "note", e.Note)
		}
		d.log.Info("MAC learnt: "+string(e.Outcome), append(attrs, "version", int64(e.Version))...)
	case Unchanged:
		d.log.Debug("MAC learnt: nothing new", attrs...)
	case Dropped:
		attrs = append(attrs, "reason", string(e.Reason))
		if e.Err != nil {
			attrs = append(attrs, "err", e.Err)
		}
		if hint := clusto.Hint(e.Err); hint != "" {
			attrs = append(attrs, "hint", hint)
		}
		if e.Reason == Removed {
			d.log.Info("MAC removed by the switch; nothing is cleared", attrs...)
			return
		}
		d.said.warn("MAC notification dropped", e.cause(), attrs...)
	}
}

const (
	// sayAgain is how long the same warning is not repeated.
	sayAgain = time.Minute
	// maxSayings bounds the memory for that: what is over is forgotten, and
	// so may be repeated early.
	maxSayings = 4096
)

// sayings are the warnings that were given lately.
type sayings struct {
	log *slog.Logger

	mu   sync.Mutex // guards last
	last map[any]saying
}

type saying struct {
	at   time.Time
	kept int // how many were not repeated since
}

func newSayings(log *slog.Logger) *sayings { return &sayings{log: log, last: map[any]saying{}} }

// warn logs a warning unless one with its key was logged in the last minute. The
// next one says how many were kept back.
func (s *sayings) warn(text string, key any, attrs ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	old, known := s.last[key]
	if known && now.Sub(old.at) < sayAgain {
		old.kept++
		s.last[key] = old
		return
	}
	if len(s.last) >= maxSayings {
		clear(s.last)
	}
	s.last[key] = saying{at: now}
	if old.kept > 0 {
		attrs = append(attrs, "repeated", old.kept)
	}
	s.log.Warn(text, attrs...)
}
