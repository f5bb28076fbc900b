package snmptrap

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/rackfactory"
)

// Defaults of Options.
const (
	DefaultNameManager = "servernames"
	DefaultUser        = "snmptrapd"
)

// lanes is how many traps, of different switches, are handled at once if there is a
// state in memory. Those that have to write share commits then.
const lanes = 16

// OSPort is the name under which a new server's address is bound.
const OSPort = "eth0"

// Options says what a Daemon works with.
type Options struct {
	Store     clusto.Store       // required
	Drivers   *clusto.Registry   // required
	Factories rackfactory.Source // required: the layouts of racks
	Listen    snmp.Options       // its Log is Log if it has none

	// View returns the newest state of the inventory that is in memory, or nil
	// if there is none now. It may lack what other processes have committed in
	// the last moments, but nothing that Store has. A state does not change: what
	// View returns is the same pointer as before, or another state. With View
	// traps that change nothing do not touch the database.
	View func() clusto.Reader

	// NameManager is the manager that names new servers. "" means DefaultNameManager.
	NameManager string
	// Prefixes are beginnings of MAC addresses, such as "00:19:fd"; others
	// are dropped. None takes all.
	Prefixes []string
	// User is the user of the versions. "" means DefaultUser.
	User string
	// Log takes what happens. Nil discards it.
	Log *slog.Logger
	// Events, if not nil, is called with each event, one at a time, after what
	// it tells is committed.
	Events func(Event)
}

// Daemon turns MAC notifications into servers.
type Daemon struct {
	opts     Options
	prefixes []prefix
	listener *snmp.Listener
	log      *slog.Logger
	said     *sayings
	memory   memory
	doubts   doubts
	recent   recent
	started  time.Time

	mu    sync.Mutex // guards stats
	stats Stats

	reporting sync.Mutex // held while Events is called
}

// Stats counts what came of the traps. Changes is the sum of Created, Racked,
// Recorded, Unchanged and all of Dropped but NotAMACNotification and Malformed.
type Stats struct {
	Listener snmp.Stats

	Traps     uint64 // that were handled
	InMemory  uint64 // of these, that did not touch the database
	Changes   uint64 // of MAC addresses, in all traps
	Created   uint64
	Racked    uint64
	Recorded  uint64
	Unchanged uint64
	Dropped   map[Reason]uint64
}

// New returns a daemon that listens already; what comes before Run waits. A
// Daemon that is never run must be closed.
func New(opts Options) (*Daemon, error) {
	if opts.Store == nil || opts.Drivers == nil || opts.Factories == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the trap daemon wants a store, drivers and rack factories")
	}
	if opts.NameManager == "" {
		opts.NameManager = DefaultNameManager
	}
	if opts.User == "" {
		opts.User = DefaultUser
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Listen.Log == nil {
		opts.Listen.Log = opts.Log
	}
	if opts.Listen.Lanes == 0 && opts.View != nil {
		opts.Listen.Lanes = lanes
	}
	d := &Daemon{opts: opts, log: opts.Log, said: newSayings(opts.Log), started: time.Now(), stats: Stats{Dropped: map[Reason]uint64{}}}
	for _, text := range opts.Prefixes {
		p, err := parsePrefix(text)
		if err != nil {
			return nil, err
		}
		d.prefixes = append(d.prefixes, p)
	}
	var err error
	d.listener, err = snmp.Listen(opts.Listen)
	return d, err
}

// Addr returns the address that is listened on.
func (d *Daemon) Addr() netip.AddrPort { return d.listener.Addr() }

// Close closes the socket. Run does it by itself.
func (d *Daemon) Close() error { return d.listener.Close() }

// Run handles traps until ctx is done. It returns when all that it started is
// gone: nil if ctx was done, else what went wrong with the socket.
func (d *Daemon) Run(ctx context.Context) error { return d.listener.Run(ctx, d.Handle) }

// Stats returns the counters as they are now. It may be called at any time.
func (d *Daemon) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.stats
	s.Dropped = maps.Clone(s.Dropped)
	s.Listener = d.listener.Stats()
	return s
}

// Handle does what one trap asks for. Run calls it for each.
func (d *Daemon) Handle(ctx context.Context, trap snmp.Trap) {
	source := trap.Source.Addr()
	changes, err := snmp.MACChanges(trap)
	if err != nil {
		reason := Malformed
		if errors.Is(err, snmp.ErrNotMACNotification) {
			reason = NotAMACNotification
		}
		d.tell(0, true, []Event{{Source: source, Outcome: Dropped, Reason: reason, Err: fmt.Errorf("trap %s: %w", trap.OID, err)}})
		return
	}
	events := make([]Event, len(changes))
	wanted := make([]int, 0, len(changes))
	for i, c := range changes {
		events[i] = Event{Source: source, Port: c.Port, VLAN: int(c.VLAN), MAC: clusto.MAC(c.MAC)}
		if reason, err := d.unwanted(c); reason != "" {
			events[i].drop(reason, err)
			continue
		}
		wanted = append(wanted, i)
	}
	inMemory := len(wanted) == 0 || d.decide(ctx, source, events, wanted)
	d.tell(len(changes), inMemory, events)
}

// decide decides about the wanted ones of events, in memory if that is enough,
// which it reports.
func (d *Daemon) decide(ctx context.Context, source netip.Addr, events []Event, wanted []int) (inMemory bool) {
	switch d.look(ctx, source, events, wanted) {
	case settled:
		return true
	case doubted:
		if err := d.update(ctx, source, events, wanted); err != nil {
			d.doubts.hush() // what was seen in memory counts
		}
		return false
	}
	d.insist(ctx, source, events, wanted)
	return false
}

// unwanted returns why a change is dropped whatever is in the inventory, or "".
func (d *Daemon) unwanted(c snmp.MACChange) (Reason, error) {
	mac := clusto.MAC(c.MAC)
	switch {
	case c.Op == snmp.MACRemoved:
		return Removed, nil
	case mac == clusto.MAC{} || mac[0]&1 != 0:
		return BadMAC, clusto.Errorf(clusto.ErrInvalid, "%s is not the address of one interface", mac)
	case len(d.prefixes) > 0 && !slices.ContainsFunc(d.prefixes, func(p prefix) bool { return p.begins(mac) }):
		return Prefix, nil
	}
	return "", nil
}

// How often a trap is tried that the database could not take, and how long to
// wait before the second attempt; before each other it is twice as long.
const (
	attempts   = 5
	firstPause = 100 * time.Millisecond
)

// insist lets a transaction decide about the wanted ones of events, and tries
// again if the database cannot take it now. What cannot be decided is dropped.
func (d *Daemon) insist(ctx context.Context, source netip.Addr, events []Event, wanted []int) {
	pause := firstPause
	for n := 1; ; n++ {
		err := d.update(ctx, source, events, wanted)
		if err == nil {
			return
		}
		again := errors.Is(err, clusto.ErrUnavailable) || errors.Is(err, clusto.ErrConflict)
		if !again || n == attempts || !wait(ctx, pause) {
			reason := Failed
			if fatal(ctx, err) {
				reason = Database
			}
			for _, i := range wanted {
				events[i].drop(reason, err)
			}
			return
		}
		d.said.warn("the database cannot take a trap now; trying again", err.Error(), "source", source.String(), "err", err)
		pause *= 2
	}
}

// update lets one transaction decide about the wanted ones of events. After an
// error they are as before.
func (d *Daemon) update(ctx context.Context, source netip.Addr, events []Event, wanted []int) error {
	var done []Event
	change := clusto.Change{User: d.opts.User, Joint: d.opts.View != nil} // after a look it is likely to write
	version, err := d.opts.Store.Update(ctx, change, func(tx clusto.Tx) error {
		done = slices.Clone(events)
		for _, i := range wanted {
			done[i] = done[i].undecided()
		}
		t := transaction{Daemon: d, tx: tx, source: source}
		return t.run(ctx, done, wanted)
	})
	if err != nil {
		return err
	}
	for _, i := range wanted {
		done[i].Version = version
	}
	copy(events, done)
	return nil
}

// wait waits and reports whether it was let to.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
