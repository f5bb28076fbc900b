// Package learn notes what DHCP requests teach about hosts: the hardware address
// of a management controller, as the attribute ipmi-mac of its host's first port
// nic-eth (classic: services/dhcp.py, update_ipmi). Each is a version like any other
// change; a request that teaches nothing new makes none.
package learn

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/port"
)

// User is who the changes are recorded for.
const User = "dhcpd"

// Subkey is the attribute of a port that holds the address of the controller.
const Subkey = "ipmi-mac"

// waiting is how many things may wait to be noted, and remembered of how many hosts
// it is known what was noted lately.
const (
	waiting    = 256
	remembered = 100_000
)

// A host's address is noted at most so often in the time of lately, and no address
// twice: where two controllers take turns, or somebody makes addresses up, that must
// not make versions for ever.
const (
	mostLately = 4
	lately     = 24 * time.Hour
)

// Options say how a Learner works. Store and Drivers are required.
type Options struct {
	Store   clusto.Store
	Drivers *clusto.Registry
	User    string       // who the changes are recorded for; "" means User
	Log     *slog.Logger // nil discards
}

// Stats counts what a Learner did.
type Stats struct {
	Noted   uint64 // changes that were made
	Dropped uint64 // requests that came while too many waited, or told yet another address
	Failed  uint64 // changes that could not be made
}

// lesson is what a request taught: that a host's controller has an address.
type lesson struct {
	host clusto.EntityID
	mac  clusto.MAC
	at   time.Time
}

// Learner is told of packets by many servers at once.
type Learner struct {
	options                Options
	lessons                chan lesson
	noted, dropped, failed atomic.Uint64
}

// New returns a Learner.
func New(o Options) *Learner {
	o.User = cmp.Or(o.User, User)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Learner{options: o, lessons: make(chan lesson, waiting)}
}

// Stats returns what was done until now.
func (l *Learner) Stats() Stats {
	return Stats{Noted: l.noted.Load(), Dropped: l.dropped.Load(), Failed: l.failed.Load()}
}

// Observe takes what a packet teaches, if it does. It never waits.
func (l *Learner) Observe(e *dhcp.Event) {
	if e.Answer == nil || !e.Answer.Learn || e.Client == nil || e.Client.MAC == (clusto.MAC{}) {
		return
	}
	select {
	case l.lessons <- lesson{host: e.Answer.Host.ID, mac: e.Client.MAC, at: e.At}:
	default:
		l.dropped.Add(1)
	}
}

// Run notes what is learnt until ctx ends.
func (l *Learner) Run(ctx context.Context) error {
	noted := map[clusto.EntityID][]lesson{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case new := <-l.lessons:
			last := slices.DeleteFunc(noted[new.host], func(old lesson) bool { return new.at.Sub(old.at) >= lately })
			if slices.ContainsFunc(last, func(old lesson) bool { return old.mac == new.mac }) {
				continue
			}
			if len(last) >= mostLately {
				l.dropped.Add(1)
				continue
			}
			if err := l.note(ctx, new); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				l.failed.Add(1)
				l.options.Log.Warn("the address of a management controller cannot be noted", "mac", new.mac, "err", err, "hint", clusto.Hint(err))
				continue // the controller asks again
			}
			if len(noted) >= remembered {
				clear(noted)
			}
			noted[new.host] = append(last, new)
		}
	}
}

// note gives the port its attribute, unless it has it in whatever spelling.
func (l *Learner) note(ctx context.Context, new lesson) error {
	var at port.End
	version, err := l.options.Store.Update(ctx, clusto.Change{User: l.options.User, Description: "DHCP request of a management controller"}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, l.options.Drivers)
		hosts, err := inv.Objects(ctx, new.host)
		if err != nil {
			return err
		}
		if at, err = port.Of(hosts[0], port.Ethernet, 1); err != nil {
			return err
		}
		was, _, err := port.Attr(ctx, at, Subkey)
		if err != nil {
			return err
		}
		if mac, err := clusto.ParseMAC(was.Text()); err == nil && mac == new.mac {
			return nil
		}
		return port.SetAttr(ctx, at, Subkey, clusto.String(new.mac.String()))
	})
	if err != nil {
		return fmt.Errorf("note %s as %s: %w", new.mac, Subkey, err)
	}
	if version != 0 {
		l.noted.Add(1)
		l.options.Log.Info("noted the address of a management controller", "entity", at.Device.Name, "port", at.String(), "mac", new.mac, "version", version)
	}
	return nil
}
