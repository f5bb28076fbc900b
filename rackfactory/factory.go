package rackfactory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// The attributes of a rack that name its layout, the first one first. The
// classic document calls it rackfactory in its text and racklayout in its example.
const (
	KeyLayout    = "racklayout"
	keyLayoutToo = "rackfactory"
)

// Factory applies a layout to one rack. It works in the transaction of its
// rack's inventory and must not be used after that.
type Factory interface {
	// Rack returns the rack.
	Rack() *clusto.Object

	// ConnectPorts makes the rack's fixed devices if they are missing, puts them
	// into their units, connects their ports and gives them their addresses. It
	// may be called any number of times and then writes only what is missing.
	ConnectPorts(ctx context.Context) error

	// AddServer puts server into the place that belongs to a port of the rack's
	// switch: units, network, power and console. What is done already is left.
	// Switch ports count from 1. It returns ErrNotFound if the layout gives the
	// port to no server, and ErrInUse if something else has the place.
	AddServer(ctx context.Context, server *clusto.Object, switchPort int) error

	// Driver returns the driver for a server at a port of the rack's switch
	// (classic: get_driver), or ErrNotFound if the layout gives the port to no server.
	Driver(ctx context.Context, switchPort int) (*clusto.Driver, error)

	// NICFor returns the network port of the server to which a port of sw leads.
	// It returns ErrNotFound if the layout gives the port to no server, or if sw
	// is not the switch of the layout.
	NICFor(ctx context.Context, sw *clusto.Object, switchPort int) (NIC, error)
}

// NIC is a network port of a server: its port type, such as "nic-eth", and its
// number, which counts from 1.
type NIC struct {
	Type   string
	Number int
}

// Previewer is the ability of a factory to say what it would do.
type Previewer interface {
	// PreviewConnectPorts says what ConnectPorts would do; it fails as that would.
	PreviewConnectPorts(ctx context.Context) (Preview, error)

	// PreviewAddServer says what AddServer would do, likewise.
	PreviewAddServer(ctx context.Context, server *clusto.Object, switchPort int) (Preview, error)
}

// Lender is the ability of a factory to serve racks of another layout: one that
// is written in code, and leaves to a table what it does not do itself.
type Lender interface {
	// As returns the factory under another layout's name, which is what the
	// rack's attribute will say.
	As(layout string) Factory
}

// Preview is what a factory would do.
type Preview struct {
	Steps []string // the changes in their order; none if all is as it should be
	Notes []string // what a person may want to know, such as that no address is given
}

// Source finds the factories of racks.
type Source interface {
	// Factory returns the factory that applies the layout to rack, or
	// an UnknownLayoutError if the source has no such layout.
	Factory(ctx context.Context, rack *clusto.Object, layout string) (Factory, error)

	// Names returns the layouts that the source is known to have, sorted.
	Names() []string
}

// Sources is several sources in one: the first that has a layout provides it.
type Sources []Source

// Factory implements Source.
func (s Sources) Factory(ctx context.Context, rack *clusto.Object, layout string) (Factory, error) {
	for _, source := range s {
		f, err := source.Factory(ctx, rack, layout)
		if !isUnknownLayout(err) {
			return f, err
		}
	}
	return nil, &UnknownLayoutError{layout}
}

// Names implements Source.
func (s Sources) Names() []string {
	var names []string
	for _, source := range s {
		names = append(names, source.Names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// UnknownLayoutError is how a Source says that it does not have a layout:
// [Sources] asks the next source after this error and after no other. It is a
// clusto.ErrNotFound.
type UnknownLayoutError struct{ Layout string }

func (e *UnknownLayoutError) Error() string {
	return fmt.Sprintf("there is no rack layout %q", e.Layout)
}

// Is reports whether target is clusto.ErrNotFound.
func (e *UnknownLayoutError) Is(target error) bool { return target == clusto.ErrNotFound }

// isUnknownLayout reports whether err is, or wraps, an UnknownLayoutError.
func isUnknownLayout(err error) bool {
	_, ok := errors.AsType[*UnknownLayoutError](err)
	return ok
}

// For returns the factory for the rack called name: the one of the layout that
// its attribute racklayout, or else rackfactory, names (classic: get_factory).
func For(ctx context.Context, source Source, inv *clusto.Inventory, name string) (Factory, error) {
	rack, err := inv.Object(ctx, name)
	if err != nil {
		return nil, err
	}
	return Of(ctx, source, rack)
}

// Of is For with the rack at hand. It returns ErrInvalid if rack is not a rack
// and ErrNotFound if it names no layout, or one that source does not have.
func Of(ctx context.Context, source Source, rack *clusto.Object) (Factory, error) {
	layout, err := layoutOf(ctx, rack, source)
	if err != nil {
		return nil, err
	}
	f, err := source.Factory(ctx, rack, layout)
	if isUnknownLayout(err) {
		return nil, clusto.WithHint(fmt.Errorf("rack %s: %w", rack.Name, err), "%s", known(source))
	}
	return f, err
}

// layoutOf returns the layout that rack names.
func layoutOf(ctx context.Context, rack *clusto.Object, source Source) (string, error) {
	if rack.Type != typeRack {
		return "", clusto.Errorf(clusto.ErrInvalid, "%s is a %s (driver %s), not a rack", rack.Name, rack.Type, rack.Entity.Driver)
	}
	for _, key := range []string{KeyLayout, keyLayoutToo} {
		v, ok, err := rack.Value(ctx, clusto.AttrMatch{Key: clusto.Is(key)})
		if err != nil {
			return "", err
		}
		if ok {
			return v.Text(), nil
		}
	}
	return "", clusto.WithHint(
		clusto.Errorf(clusto.ErrNotFound, "rack %s has no attribute %s, so its layout is not known", rack.Name, KeyLayout),
		"set it: clusto attr set %s %s=string:…; %s", rack.Name, KeyLayout, known(source))
}

// known says which layouts there are.
func known(source Source) string {
	names := source.Names()
	if len(names) == 0 {
		return "no layouts are known"
	}
	return "known layouts: " + strings.Join(names, ", ")
}

// Types of entities that factories deal with.
const (
	typeRack       = "rack"
	typeDatacenter = "datacenter"
)
