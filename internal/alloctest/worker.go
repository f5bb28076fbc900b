package alloctest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// worker does one random update after the other. What it has it knows from the
// answers that it was given.
type worker struct {
	name  string
	store clusto.Store
	rng   *rand.Rand
	note  func(event)
	// midway, if not nil, is called in the middle of each update, when it has
	// the turn to write.
	midway func()
	has    holding
	seen   clusto.Version // the newest one when something was refused last
}

// holding is what a worker has.
type holding struct {
	resources []claim         // from managers, on the worker's own server
	hosts     map[string]host // servers that it made, by name
}

// host is where a server is.
type host struct{ unit, port string }

func (h holding) clone() holding {
	return holding{slices.Clone(h.resources), maps.Clone(h.hosts)}
}

func newWorker(name string, store clusto.Store, seed uint64, note func(event)) *worker {
	return &worker{name: name, store: store, rng: rand.New(rand.NewPCG(seed, 0)), note: note, has: holding{hosts: map[string]host{}}}
}

// errAbort gives up an update that was right.
var errAbort = errors.New("abort")

// work works until stop is closed. An error ends it, since none is expected.
func (w *worker) work(ctx context.Context, stop <-chan struct{}) {
	_, err := w.store.Update(ctx, clusto.Change{User: w.name, Description: "arrive"}, func(tx clusto.Tx) error {
		return create(ctx, inventory(tx), "basicserver", w.name, nil)
	})
	for err == nil && !closed(stop) {
		err = w.update(ctx)
	}
	if err != nil {
		w.note(event{Worker: w.name, Error: err.Error()})
	}
}

func closed(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// maxSteps is how many things one update does at most.
const maxSteps = 3

// update does a few things in one transaction.
func (w *worker) update(ctx context.Context) error {
	steps, abort := 1+w.rng.IntN(maxSteps), w.rng.IntN(10) == 0
	change := clusto.Change{User: w.name, Joint: w.rng.IntN(2) == 0}
	var x *attempt
	version, err := w.store.Update(ctx, change, func(tx clusto.Tx) error {
		x = &attempt{worker: w, ctx: ctx, inv: inventory(tx), has: w.has.clone(), event: event{Worker: w.name}}
		for i := range steps {
			if err := x.step(); err != nil {
				return err
			}
			if i == 0 && w.midway != nil {
				if _, err := tx.Now(ctx); err != nil { // takes the turn to write
					return err
				}
				w.midway()
			}
		}
		if len(x.event.Refused) > 0 {
			if err := x.see(tx); err != nil {
				return err
			}
		}
		if abort {
			return errAbort
		}
		return nil
	})
	aborted := errors.Is(err, errAbort)
	if err != nil && !aborted {
		return err
	}
	x.tell(version, aborted)
	return nil
}

// see notes the newest version that is committed. The turn to write makes what was
// seen its state. (It need not be the one before that which is being made: that
// number may have been taken long ago, and lower ones be used after it.)
func (x *attempt) see(tx clusto.Tx) error {
	if _, err := tx.Now(x.ctx); err != nil {
		return err
	}
	working, err := tx.Version(x.ctx)
	if err != nil {
		return err
	}
	x.event.Seen = x.seen
	for v, err := range tx.Versions(x.ctx, x.seen) {
		if err != nil {
			return err
		}
		if v.Version < working {
			x.event.Seen = v.Version
		}
	}
	return nil
}

// attempt is one run of an update's function.
type attempt struct {
	*worker
	ctx   context.Context
	inv   *clusto.Inventory
	has   holding // with what this attempt did
	event event
	wrote bool // something was taken or given back
}

// tell notes what became of an attempt that was committed or aborted on purpose.
func (x *attempt) tell(version clusto.Version, aborted bool) {
	if aborted {
		x.event.Took, x.event.Gave = nil, nil
	} else {
		x.worker.has = x.has
	}
	x.event.Version = version
	x.worker.seen = max(x.worker.seen, x.event.Seen)
	x.note(x.event)
}

func (x *attempt) took(pool, text string) {
	x.wrote = true
	x.event.Took = append(x.event.Took, claim{pool, text})
}

// gave notes what was given back. What was taken in the same transaction leaves
// no trace.
func (x *attempt) gave(pool, text string) {
	x.wrote = true
	c := claim{pool, text}
	if i := slices.Index(x.event.Took, c); i >= 0 {
		x.event.Took = slices.Delete(x.event.Took, i, i+1)
		return
	}
	x.event.Gave = append(x.event.Gave, c)
}

// refused notes a refusal, unless the attempt had changed something before: what
// was committed is then what it saw.
func (x *attempt) refused(pool, text string) {
	if !x.wrote {
		x.event.Refused = append(x.event.Refused, claim{pool, text})
	}
}

// step does one random thing.
func (x *attempt) step() error {
	steps := []func() error{
		x.allocate, x.allocate, x.allocate, x.allocateNamed, x.deallocate, x.deallocate,
		x.makeHost, x.deleteHost, x.rackHost, x.unrackHost, x.plugHost, x.unplugHost,
	}
	return steps[x.rng.IntN(len(steps))]()
}

// manager returns a random manager, and this worker's server.
func (x *attempt) manager(name string) (*resource.Manager, *clusto.Object, error) {
	o, err := x.inv.Object(x.ctx, name)
	if err != nil {
		return nil, nil, err
	}
	m, err := resource.Of(o)
	if err != nil {
		return nil, nil, err
	}
	own, err := x.inv.Object(x.ctx, x.name)
	return m, own, err
}

func (x *attempt) allocate() error {
	return x.ask(managers[x.rng.IntN(len(managers))], "")
}

func (x *attempt) allocateNamed() error {
	m := managers[x.rng.IntN(len(managers))]
	return x.ask(m, m.has[x.rng.IntN(len(m.has))])
}

// ask allocates what is named, or anything.
func (x *attempt) ask(of manager, named string) error {
	m, own, err := x.manager(of.name)
	if err != nil {
		return err
	}
	held, err := m.Allocate(x.ctx, own, resource.Request{Resource: resourceOf(of, named)})
	switch {
	case named == "" && errors.Is(err, clusto.ErrExhausted), named != "" && errors.Is(err, clusto.ErrInUse):
		x.refused(of.name, named)
		return nil
	case err != nil:
		return err
	}
	got := claim{of.name, textOf(held)}
	if named != "" && got.Text != named {
		return fmt.Errorf("asked for %s and got %s", named, got)
	}
	x.took(got.Pool, got.Text)
	x.has.resources = append(x.has.resources, got)
	return nil
}

// resourceOf returns what names a resource to its manager.
func resourceOf(m manager, text string) any {
	var n int
	if _, err := fmt.Sscan(text, &n); err == nil && m.driver == resource.DriverNum {
		return n
	}
	if text == "" {
		return nil
	}
	return text
}

// textOf returns the resource that an attribute holds.
func textOf(a clusto.Attr) string {
	if a.Key == resource.KeyIP {
		if addr, err := resource.ValueAddr(a.Value); err == nil {
			return addr.String()
		}
	}
	return a.Value.Text()
}

func (x *attempt) deallocate() error {
	if len(x.has.resources) == 0 {
		return nil
	}
	i := x.rng.IntN(len(x.has.resources))
	c := x.has.resources[i]
	m, own, err := x.manager(c.Pool)
	if err != nil {
		return err
	}
	of := managers[slices.IndexFunc(managers, func(m manager) bool { return m.name == c.Pool })]
	n, err := m.Deallocate(x.ctx, own, resourceOf(of, c.Text))
	if err == nil && n != 1 {
		err = fmt.Errorf("%d were deallocated of %s", n, c)
	}
	if err != nil {
		return err
	}
	x.has.resources = slices.Delete(x.has.resources, i, i+1)
	x.gave(c.Pool, c.Text)
	return nil
}
