package snmptrap

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
	"github.com/clusto/clusto/resource"
)

// Types of entities that traps deal with.
const (
	typeSwitch = "networkswitch"
	typeRack   = "rack"
)

// The attribute that lets a switch's traps make servers, on the switch or on
// any of its containers, with the value 1.
const (
	keySNMP         = "snmp"
	subkeyDiscovery = "discovery"
)

// transaction decides about all changes of one trap.
type transaction struct {
	*Daemon
	tx     clusto.Tx
	source netip.Addr

	sw, rack clusto.Entity
	vlans    map[int]bool // switch ports whose VLAN this trap has told already

	known *known // from looks before, if this is a look at the state in memory
}

// dropError is why a change, or all of a trap, is dropped.
type dropError struct {
	reason Reason
	err    error
}

func (e *dropError) Error() string { return e.err.Error() }
func (e *dropError) Unwrap() error { return e.err }

// because returns the error that drops something for a reason.
func because(reason Reason, format string, args ...any) error {
	return &dropError{reason, fmt.Errorf(format, args...)}
}

// run decides about the wanted ones of events, and writes into them what came
// of it. An error gives up the whole transaction.
func (t *transaction) run(ctx context.Context, events []Event, wanted []int) error {
	t.vlans = map[int]bool{}
	err := t.find(ctx)
	for _, i := range wanted {
		events[i].Switch = t.sw.Name
	}
	if d, ok := errors.AsType[*dropError](err); ok {
		for _, i := range wanted {
			events[i].drop(d.reason, d.err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	var written []string
	for _, i := range wanted {
		e := &events[i]
		c := change{transaction: t, Event: e}
		err := t.tx.Nest(ctx, func(tx clusto.Tx) error {
			c.inv = clusto.NewInventory(tx, t.opts.Drivers)
			return c.decide(ctx)
		})
		if err != nil {
			if fatal(ctx, err) {
				return err
			}
			*e = e.undecided()
			e.drop(reasonOf(err), err)
			continue
		}
		t.vlans[e.Port] = t.vlans[e.Port] || c.toldVLAN
		if e.Outcome != Unchanged {
			written = append(written, fmt.Sprintf("%s on port %d vlan %d → %s", e.MAC, e.Port, e.VLAN, e.Server))
		}
	}
	if len(written) > 0 {
		t.tx.Describe(fmt.Sprintf("trap from %s (%s): %s", t.sw.Name, t.source, strings.Join(written, ", ")))
	}
	return nil
}

// fatal reports whether after err the transaction cannot go on.
func fatal(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, errWouldWrite) || errors.Is(err, clusto.ErrConflict) || errors.Is(err, clusto.ErrUnavailable) || errors.Is(err, clusto.ErrReadOnly)
}

// reasonOf returns the reason that an error stands for.
func reasonOf(err error) Reason {
	if d, ok := errors.AsType[*dropError](err); ok {
		return d.reason
	}
	switch clusto.KindOf(err) {
	case clusto.ErrInUse:
		return InUse
	case clusto.ErrExhausted:
		return Exhausted
	}
	return Failed
}

// find finds the switch that sent the trap, and its rack, if it may discover.
func (t *transaction) find(ctx context.Context) error {
	if k := t.known; k != nil && k.found {
		t.sw, t.rack = k.sw, k.rack
		return k.err
	}
	err := t.search(ctx)
	t.keep(err)
	return err
}

// search is find, where nothing is known yet.
func (t *transaction) search(ctx context.Context) error {
	inv := clusto.NewInventory(t.tx, t.opts.Drivers)
	sw, err := t.findSwitch(ctx, inv)
	if err != nil {
		return err
	}
	t.sw = sw.Entity
	discovery, err := sw.MergedAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(keySNMP), Subkey: clusto.Is(subkeyDiscovery)})
	if err != nil {
		return err
	}
	on := false
	for _, a := range discovery {
		on = on || a.Value.Text() == "1" // classic's command line stored texts
	}
	if !on {
		return because(DiscoveryOff, "neither %s nor what contains it has an attribute %s.%s with the value 1", sw.Name, keySNMP, subkeyDiscovery)
	}
	racks, err := sw.Parents(ctx, false, clusto.Match{Types: []string{typeRack}})
	switch {
	case err != nil:
		return err
	case len(racks) == 0:
		return because(NoRack, "%s is in no rack", sw.Name)
	case len(racks) > 1:
		return because(SeveralRacks, "%s is in the racks %s and %s", sw.Name, racks[0].Name, racks[1].Name)
	}
	t.rack = racks[0].Entity
	if err := racks[0].ReadAhead(ctx); err != nil { // its layout, its units, what is in them
		return err
	}
	_, err = t.factoryOf(ctx, inv)
	return err
}

// findSwitch returns the switch that has the address.
func (t *transaction) findSwitch(ctx context.Context, inv *clusto.Inventory) (*clusto.Object, error) {
	owners, err := resource.Devices(ctx, inv, t.source)
	if err != nil {
		return nil, err
	}
	if len(owners) == 0 {
		return nil, because(UnknownSwitch, "nothing in the inventory has the address %s", t.source)
	}
	var switches, ported []*clusto.Object
	for _, o := range owners {
		switch {
		case o.Type == typeSwitch:
			switches = append(switches, o)
		case o.Driver().PortCount(port.Ethernet) > 0:
			ported = append(ported, o)
		}
	}
	if switches == nil {
		switches = ported
	}
	switch len(switches) {
	case 0:
		return nil, because(NotASwitch, "%s belongs to %s, which is a %s", t.source, owners[0].Name, owners[0].Type)
	case 1:
		return switches[0], nil
	}
	return nil, because(SeveralSwitches, "%s belongs to %s and to %s", t.source, switches[0].Name, switches[1].Name)
}

// factoryOf returns the factory of the rack.
func (t *transaction) factoryOf(ctx context.Context, inv *clusto.Inventory) (rackfactory.Factory, error) {
	if t.known != nil && t.known.factory != nil {
		return t.known.factory, nil
	}
	f, err := rackfactory.Of(ctx, t.opts.Factories, inv.Wrap(t.rack))
	switch {
	case err == nil:
		if t.known != nil && !t.known.look.ended {
			t.known.factory = f // for all looks, as they are one transaction
		}
		return f, nil
	case errors.Is(err, clusto.ErrNotFound):
		return nil, &dropError{NoLayout, err}
	case fatal(ctx, err):
		return nil, err
	}
	return nil, &dropError{BadLayout, err}
}
