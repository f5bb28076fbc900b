package port

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
)

// InUseError says what a port is connected to already. It is a clusto.ErrInUse.
type InUseError struct {
	Port  End
	Other End // Port may be 0 in half-written rows
}

// Error returns the fact: sw1 nic-eth/12 is connected to web3 nic-eth/1.
func (e *InUseError) Error() string { return fmt.Sprintf("%s is connected to %s", e.Port, e.Other) }

// Is makes every InUseError a clusto.ErrInUse.
func (e *InUseError) Is(target error) bool { return target == clusto.ErrInUse }

// Connect joins two ports by a cable. It returns an *[InUseError] if one of them
// has a cable already, ErrInvalid if they are of different types or one and
// the same port, and ErrNotFound if a device has no such port.
func Connect(ctx context.Context, a, b End) error {
	if err := connect(ctx, a, b); err != nil {
		return fmt.Errorf("connect %s to %s: %w", a, b, err)
	}
	return nil
}

func connect(ctx context.Context, a, b End) error {
	for _, e := range []End{a, b} {
		if _, err := Of(e.Device, e.Type, e.Port); err != nil {
			return err
		}
	}
	switch {
	case a.Type != b.Type:
		return clusto.Errorf(clusto.ErrInvalid, "a port of type %s does not fit one of type %s", a.Type, b.Type)
	case a.same(b):
		return clusto.Errorf(clusto.ErrInvalid, "a port cannot be connected to itself")
	}
	for _, e := range []End{a, b} {
		if err := e.makeReady(ctx); err != nil {
			return err
		}
	}
	tx, err := a.Device.Inventory().Tx()
	if err != nil {
		return err
	}
	return tx.AddAttrs(ctx, append(a.cable(b), b.cable(a)...)...)
}

// makeReady checks that e is free and removes an otherportnum that a deleted
// device has left there.
func (e End) makeReady(ctx context.Context) error {
	w, err := e.wiring(ctx)
	switch {
	case err != nil:
		return err
	case w.to != 0:
		other, err := w.peer(ctx, e)
		if err != nil {
			return err
		}
		return &InUseError{Port: e, Other: other}
	case w.hasOther:
		return e.unplug(ctx)
	}
	return nil
}

// cable returns the rows on e's device that lead to other.
func (e End) cable(other End) []clusto.Attr {
	connection, otherPort := e.attr(SubkeyConnection), e.attr(clusto.SubkeyOtherPort)
	connection.Value = clusto.RelationTo(other.Device.ID)
	otherPort.Value = clusto.Int(int64(other.Port))
	if other.Outlet != "" {
		otherPort.Value = clusto.String(other.Outlet)
	}
	return []clusto.Attr{connection, otherPort}
}

// Disconnect takes away the cable at e, on both ends. It returns ErrNotFound if
// there is none.
func Disconnect(ctx context.Context, e End) error {
	other, ok, err := Peer(ctx, e)
	switch {
	case err != nil:
	case !ok:
		err = clusto.Errorf(clusto.ErrNotFound, "nothing is connected there")
	default:
		err = e.unplug(ctx)
	}
	if err == nil {
		err = unplugPeer(ctx, e, other)
	}
	if err != nil {
		return fmt.Errorf("disconnect %s: %w", e, err)
	}
	return nil
}

// unplugPeer removes the rows at other, if it leads back to e: after half a
// connection it may be free, or lead elsewhere.
func unplugPeer(ctx context.Context, e, other End) error {
	if other.Port == 0 {
		return nil
	}
	back, ok, err := Peer(ctx, other)
	if err != nil || !ok || back.Device.ID != e.Device.ID || back.Port != e.Port && back.Port != 0 {
		return err
	}
	return other.unplug(ctx)
}

// unplug removes the rows of the cable on e's side.
func (e End) unplug(ctx context.Context) error {
	for _, subkey := range []string{SubkeyConnection, clusto.SubkeyOtherPort} {
		if _, err := e.Device.DelAttrs(ctx, e.match(subkey)); err != nil {
			return err
		}
	}
	return nil
}

// Peer returns the port on the other end of the cable at e, and whether there
// is a cable. The peer's Port is 0 if its number was never written.
func Peer(ctx context.Context, e End) (End, bool, error) {
	w, err := e.wiring(ctx)
	if err != nil || w.to == 0 {
		return End{}, false, err
	}
	other, err := w.peer(ctx, e)
	return other, err == nil, err
}

// Free reports whether nothing is connected at e.
func Free(ctx context.Context, e End) (bool, error) {
	w, err := e.wiring(ctx)
	return err == nil && w.to == 0, err
}

// wiring is what the rows of a port say about its cable.
type wiring struct {
	to       clusto.EntityID // the device on the other end; 0: none
	other    clusto.Value    // otherportnum
	hasOther bool
}

// read takes a row of the port in.
func (w *wiring) read(a clusto.Attr) {
	switch a.Subkey.Or("") {
	case SubkeyConnection:
		w.to = a.Value.Relation()
	case clusto.SubkeyOtherPort:
		w.other, w.hasOther = a.Value, true
	}
}

func (e End) wiring(ctx context.Context) (wiring, error) {
	var w wiring
	attrs, err := e.Device.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(e.Key()), Number: clusto.Is(int64(e.Port))})
	for _, a := range attrs {
		w.read(a)
	}
	return w, err
}

// peer returns the other end of e's cable, which must be there.
func (w wiring) peer(ctx context.Context, e End) (End, error) {
	peers, err := peersOf(ctx, e.Device.Inventory(), []clusto.Attr{{Value: clusto.RelationTo(w.to)}})
	if err != nil {
		return End{}, err
	}
	return w.end(peers[w.to], e.Type), nil
}

// end returns the port of device that w leads to: by its number, or by the name
// of an outlet, such as "aa1".
func (w wiring) end(device *clusto.Object, portType string) End {
	e := End{Device: device, Type: portType, Port: int(w.other.Int64())}
	if name := w.other.Str(); name != "" {
		e.Port, _ = numberOf(device.Driver(), name)
		e.Outlet = Outlet(device.Driver(), name)
	}
	return e
}
