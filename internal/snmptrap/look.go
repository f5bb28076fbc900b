package snmptrap

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/rackfactory"
)

// verdict is what a look at the state in memory came to.
type verdict int

const (
	open    verdict = iota // a transaction has to decide
	doubted                // dropped, but the database may know better by now
	settled                // nothing changes
)

// look decides about the wanted ones of events on the newest state in memory, by
// the same code as a transaction. Unless it is left open what came of it is in
// the events.
//
// That nothing changes is believed at once: the state is at most so old that the
// trap might have come before what is not yet in it. A drop is not always
// believed, because the switch will not say it again soon; see doubts.
func (d *Daemon) look(ctx context.Context, source netip.Addr, events []Event, wanted []int) verdict {
	if d.opts.View == nil {
		return open
	}
	state := d.opts.View()
	if state == nil {
		return open
	}
	k := d.memory.about(state, source)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.look.ended = false
	done := slices.Clone(events)
	t := transaction{Daemon: d, tx: &k.look, source: source, known: k}
	if err := t.run(ctx, done, wanted); err != nil || k.look.ended {
		return open
	}
	for _, i := range wanted {
		if done[i].Outcome == Dropped && !stands(done[i].Reason) {
			return open
		}
	}
	copy(events, done)
	v := settled
	for _, i := range wanted {
		if done[i].Outcome == Dropped && d.doubts.raise(done[i].cause()) {
			v = doubted // of the others' causes too the database is asked now
		}
	}
	return v
}

// stands reports whether the reason to drop something follows from the state of
// the inventory. Others come from what is not in it, or from an error.
func stands(r Reason) bool {
	switch r {
	case UnknownSwitch, NotASwitch, SeveralSwitches, DiscoveryOff, NoRack, SeveralRacks, NoLayout, BadLayout,
		NotInLayout, Moved, InUse, NoNameManager:
		return true
	}
	return false
}

const (
	// memoryLife is how long what layouts and scripts said is remembered: they
	// may change without the inventory.
	memoryLife = time.Second
	// maxKnown, maxNICs and maxRepeats bound the memory.
	maxKnown   = 4096
	maxNICs    = 1024
	maxRepeats = 1 << 16
)

// memory is what was found out about the senders of traps in one state of the
// inventory. It cannot become wrong, as a state does not change.
type memory struct {
	repeats atomic.Int64 // that are remembered of all senders

	mu    sync.Mutex // guards what follows
	state clusto.Reader
	until time.Time
	known map[netip.Addr]*known
}

// known is what is known about a sender.
type known struct {
	mu       sync.Mutex // guards what follows, while a look goes on
	look     onlooker   // of all looks at this state
	found    bool       // what follows is known
	sw, rack clusto.Entity
	err      error               // a *dropError, or nil
	factory  rackfactory.Factory // nil: not made yet
	nics     map[int]landing     // by the switch's ports
	repeats  map[repeat]repeated
}

// repeat is a change that a trap tells, and repeated what there is to say of it if
// it changes nothing.
type repeat struct {
	port, vlan int
	mac        clusto.MAC
}

type repeated struct {
	server   string
	toldVLAN bool
}

// landing is where a port of a switch leads to.
type landing struct {
	nic rackfactory.NIC
	err error // a *dropError, or nil
}

// about returns what is known about source in a state.
func (m *memory) about(state clusto.Reader, source netip.Addr) *known {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); m.state != state || !now.Before(m.until) || len(m.known) >= maxKnown {
		m.state, m.until, m.known = state, now.Add(memoryLife), map[netip.Addr]*known{}
		m.repeats.Store(0)
	}
	k := m.known[source]
	if k == nil {
		k = &known{look: onlooker{Reader: state}, nics: map[int]landing{}, repeats: map[repeat]repeated{}}
		m.known[source] = k
	}
	return k
}

// keep remembers what a look found about a sender.
func (t *transaction) keep(err error) {
	if t.known == nil || t.known.look.ended || !mayKeep(err) {
		return
	}
	t.known.found, t.known.sw, t.known.rack, t.known.err = true, t.sw, t.rack, err
}

// keepNIC remembers where a port leads to.
func (t *transaction) keepNIC(port int, nic rackfactory.NIC, err error) {
	if t.known == nil || t.known.look.ended || !mayKeep(err) || len(t.known.nics) >= maxNICs {
		return
	}
	t.known.nics[port] = landing{nic, err}
}

// mayKeep reports whether err, which may be nil, is part of an answer.
func mayKeep(err error) bool {
	if err == nil {
		return true
	}
	_, ok := errors.AsType[*dropError](err)
	return ok
}

// repeats reports whether the change is known to change nothing. Only the first
// change that a trap tells of a port can be: those behind it see what it did.
func (c *change) repeats() bool {
	if c.known == nil || c.vlans[c.Port] {
		return false
	}
	r, ok := c.known.repeats[repeat{c.Port, c.VLAN, c.MAC}]
	if ok {
		c.Outcome, c.Server, c.toldVLAN = Unchanged, r.server, r.toldVLAN
	}
	return ok
}

// remember remembers a change that changes nothing.
func (c *change) remember() {
	if c.known == nil || c.known.look.ended || c.Outcome != Unchanged || c.vlans[c.Port] || c.memory.repeats.Add(1) > maxRepeats {
		return
	}
	c.known.repeats[repeat{c.Port, c.VLAN, c.MAC}] = repeated{c.Server, c.toldVLAN}
}
