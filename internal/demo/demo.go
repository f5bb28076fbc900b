package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
	"github.com/clusto/clusto/rackfactory"
)

// world describes the datacenter, in clusto's scripting language.
//
//go:embed world.clusto
var world string

// Options are what the demonstration works with. All but Past and Log are required.
type Options struct {
	Store     clusto.Store // empty
	DSN       string       // how the user finds it afterwards
	Drivers   *clusto.Registry
	Factories rackfactory.Source
	// Script runs statements in clusto's language.
	Script func(ctx context.Context, name, text string) error
	// Rack prints the elevation of a rack.
	Rack func(ctx context.Context, w io.Writer, inv *clusto.Inventory, name string) error
	// Past, if not nil, has the company of the datacenter grow before the story
	// begins, and says what came of that.
	Past func(ctx context.Context) (string, error)
	Out  io.Writer
	// Log takes what the daemon logs; nil discards it.
	Log *slog.Logger
}

// Run plays the demonstration. It returns nil when all was shown.
func Run(ctx context.Context, o Options) error {
	s := &stage{Options: o, events: make(chan snmptrap.Event, 64)}
	s.say("A new database: %s. A datacenter is described in clusto's scripting language:\n", o.DSN)
	s.show(world)
	if err := o.Script(ctx, "world.clusto", world); err != nil {
		return fmt.Errorf("describe the datacenter: %w", err)
	}
	if o.Past != nil {
		became, err := o.Past(ctx)
		if err != nil {
			return fmt.Errorf("let the company grow: %w", err)
		}
		s.say("%s\n", became)
	}
	return s.play(ctx)
}

// stage is a demonstration that runs.
type stage struct {
	Options
	events chan snmptrap.Event
	failed error // of the first line that could not be printed
}

// say prints a line of the account.
func (s *stage) say(format string, args ...any) {
	if _, err := fmt.Fprintf(s.Out, format+"\n", args...); err != nil && s.failed == nil {
		s.failed = err
	}
}

// show prints a script, without what is around it.
func (s *stage) show(script string) {
	for line := range strings.Lines(strings.TrimSpace(script)) {
		s.say("%s", strings.TrimRight("    "+strings.TrimRight(line, "\n"), " "))
	}
	s.say("")
}

// play starts the daemon, plays the story and ends the daemon.
func (s *stage) play(ctx context.Context) error {
	daemon, err := snmptrap.New(snmptrap.Options{
		Store:     s.Store,
		Drivers:   s.Drivers,
		Factories: s.Factories,
		Listen:    snmp.Options{Addr: "127.0.0.1:0", Communities: []string{Community}},
		Log:       s.Log,
		Events:    func(e snmptrap.Event) { s.events <- e },
	})
	if err != nil {
		return fmt.Errorf("listen for traps: %w", err)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- daemon.Run(running) }()
	err = s.tell(ctx, daemon)
	stop()
	s.drain(ended, &err)
	return err
}

// drain waits for the end of the daemon, which may still have events to tell.
func (s *stage) drain(ended <-chan error, err *error) {
	for {
		select {
		case <-s.events:
		case e := <-ended:
			*err = errors.Join(*err, e)
			return
		}
	}
}

// tell plays the story before a daemon that runs.
func (s *stage) tell(ctx context.Context, daemon *snmptrap.Daemon) error {
	s.say("The trap daemon listens on %s. Machines are plugged in, and their switches report them:\n", daemon.Addr())
	for i, a := range story {
		s.say("  %s", a.text)
		if err := s.perform(ctx, daemon, a, i+1); err != nil {
			return err
		}
		s.say("")
	}
	return s.curtain(ctx, daemon)
}

// patience is how long the daemon may take for one trap.
const patience = 30 * time.Second

// perform sends the trap of an act and prints what came of it.
func (s *stage) perform(ctx context.Context, daemon *snmptrap.Daemon, a act, index int) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience,
		clusto.Errorf(clusto.ErrUnavailable, "the daemon did not answer a trap in %s", patience))
	defer cancel()
	err := snmp.SendMACNotification(ctx, snmp.MACNotification{
		To: daemon.Addr(), From: a.from, Community: Community, Index: index, Changes: a.changes,
	})
	if err != nil {
		return fmt.Errorf("send a trap from %s: %w", a.from, err)
	}
	for range a.changes {
		select {
		case e := <-s.events:
			s.say("    %s", e)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// curtain shows the racks and says what to type next.
func (s *stage) curtain(ctx context.Context, daemon *snmptrap.Daemon) error {
	s.say("So the racks look now:\n")
	err := s.Store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, s.Drivers)
		for _, rack := range racks {
			if err := s.Rack(ctx, s.Out, inv, rack); err != nil {
				return err
			}
			s.say("")
		}
		return nil
	})
	if err != nil {
		return err
	}
	st := daemon.Stats()
	dropped := uint64(0)
	for _, n := range st.Dropped {
		dropped += n
	}
	s.say("%d traps: %d servers made, %d found its place, %d reports told nothing new, %d dropped.\n",
		st.Traps, st.Created, st.Racked, st.Unchanged, dropped)
	s.say("Type next:\n\n  export CLUSTODSN=%s", s.DSN)
	for _, line := range next {
		s.say("  %s", line)
	}
	s.say("")
	return s.failed
}
