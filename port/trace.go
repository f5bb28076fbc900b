package port

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Cable is what joins two ports.
type Cable struct{ From, To End }

// ConstantPassThrough is the name of the constant by which a driver says that its
// devices, such as patch panels, pass cables through: of 2n ports of a type port 1
// leads to port n+1, port 2 to n+2 and so on.
const ConstantPassThrough = "pass_through"

// Trace follows the cable at e to both of its ends, and behind a device that
// passes it through, see [ConstantPassThrough], goes on. It returns the cables from one end to the other, in the
// direction from e to its peer; none if there is no cable at e. A ring is followed
// once. It asks about as much as the way is long.
func Trace(ctx context.Context, e End) ([]Cable, error) {
	t := tracer{seen: map[plug]bool{}}
	onwards, err := t.follow(ctx, e)
	if err != nil {
		return nil, err
	}
	behind, ok := e.otherSide()
	if !ok {
		return onwards, nil
	}
	backwards, err := t.follow(ctx, behind)
	slices.Reverse(backwards)
	for i, c := range backwards {
		backwards[i] = Cable{From: c.To, To: c.From}
	}
	return append(backwards, onwards...), err
}

// plug names a port.
type plug struct {
	device   clusto.EntityID
	portType string
	port     int
}

// tracer follows cables, no port twice.
type tracer struct{ seen map[plug]bool }

// follow returns the cables from e on.
func (t tracer) follow(ctx context.Context, e End) ([]Cable, error) {
	var cables []Cable
	for t.first(e) {
		other, ok, err := Peer(ctx, e)
		if err != nil || !ok {
			return cables, err
		}
		cables = append(cables, Cable{e, other})
		if !t.first(other) {
			break
		}
		if e, ok = other.otherSide(); !ok {
			break
		}
	}
	return cables, nil
}

// first reports whether e was not met before.
func (t tracer) first(e End) bool {
	p := plug{e.Device.ID, e.Type, e.Port}
	met := t.seen[p]
	t.seen[p] = true
	return !met
}

// otherSide returns the port by which what comes in at e goes out, if e's device
// passes it through.
func (e End) otherSide() (End, bool) {
	d := e.Device.Driver()
	passes, _ := d.Constant(ConstantPassThrough)
	n := d.PortCount(e.Type)
	if yes, ok := passes.(bool); !ok || !yes || n%2 != 0 || e.Port < 1 || e.Port > n {
		return End{}, false
	}
	out := e.Port + n/2
	if out > n {
		out -= n
	}
	return End{Device: e.Device, Type: e.Type, Port: out}, true
}
