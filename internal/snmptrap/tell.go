package snmptrap

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// tell counts, logs and reports the events of one trap.
func (d *Daemon) tell(changes int, events []Event) {
	d.mu.Lock()
	d.stats.Traps++
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
	for _, e := range events {
		d.write(e)
		if d.opts.Events != nil {
			d.opts.Events(e)
		}
	}
}

// write logs an event.
func (d *Daemon) write(e Event) {
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
		d.said.warn("MAC notification dropped", e.key(), attrs...)
	}
}

// key tells one cause of dropping from another: what concerns a whole trap is
// said once for its source.
func (e *Event) key() string {
	switch e.Reason {
	case NotAMACNotification, Malformed, UnknownSwitch, NotASwitch, SeveralSwitches, DiscoveryOff, NoRack, SeveralRacks, NoLayout, BadLayout, Database:
		return fmt.Sprint(e.Reason, e.Source)
	}
	return fmt.Sprint(e.Reason, e.Source, e.Port, e.MAC)
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
	last map[string]saying
}

type saying struct {
	at   time.Time
	kept int // how many were not repeated since
}

func newSayings(log *slog.Logger) *sayings { return &sayings{log: log, last: map[string]saying{}} }

// warn logs a warning unless one with its key was logged in the last minute. The
// next one says how many were kept back.
func (s *sayings) warn(text, key string, attrs ...any) {
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
