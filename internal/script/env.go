package script

import (
	"context"
	"io"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// env is one line of control through scripts: a Starlark thread and what it
// works on. A session has one for its life, a call from Go one for the call, a
// file being loaded one for the load. It belongs to one goroutine at a time.
type env struct {
	engine  *Engine
	session *Session // nil if Go called
	thread  *starlark.Thread
	out     io.Writer
	module  string // file that is being loaded, else ""
	loading *loading

	// What follows changes as calls come and go.

	ctx     context.Context // of the innermost entry from Go
	inv     *clusto.Inventory
	open    func() (*clusto.Inventory, error) // opens inv when it is first needed, or nil
	seen    map[clusto.EntityID]*clusto.Object
	names   map[string]dnsAnswer
	trying  int   // try blocks around
	inside  int   // calls of Go, and nested transactions, around: no place to end a transaction
	counted int   // begin_transaction calls that only count, as a transaction is around
	nesting int   // containers around the value that is being converted
	stop    *halt // not nil while bounded runs
}

const envKey = "clusto"

// ctxKey is the key of an env in the context that it hands to Go.
type ctxKey struct{}

// newEnv returns a line of control that prints to out.
func (e *Engine) newEnv(name string, out io.Writer) *env {
	x := &env{engine: e, out: out, ctx: context.Background()}
	x.thread = &starlark.Thread{Name: name}
	x.thread.SetLocal(envKey, x)
	return x
}

// envOf returns the line of control that a thread belongs to.
func envOf(t *starlark.Thread) *env { return t.Local(envKey).(*env) }

// fromContext returns the line of control that leads to the current call, or
// nil if no script is above it.
func fromContext(ctx context.Context) *env {
	x, _ := ctx.Value(ctxKey{}).(*env)
	return x
}

// context returns the context for calls into Go, through which scripts that Go
// calls in turn find x again.
func (x *env) context() context.Context { return context.WithValue(x.ctx, ctxKey{}, x) }

// inventory returns the inventory that is open, opening it if need be.
func (x *env) inventory() (*clusto.Inventory, error) {
	if x.inv != nil {
		return x.inv, nil
	}
	if x.open == nil {
		if x.module != "" {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "the inventory cannot be used while a file is loaded"),
				"use it inside a function or method")
		}
		return nil, clusto.Errorf(clusto.ErrUnsupported, "the inventory is not open: the transaction this belongs to has ended")
	}
	inv, err := x.open()
	if err != nil {
		return nil, err
	}
	x.use(inv)
	return inv, nil
}

// tx returns the transaction that is open, opening it if need be, or
// ErrReadOnly if the inventory is open for reading only.
func (x *env) tx() (clusto.Tx, error) {
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	return inv.Tx()
}

// use makes inv the inventory that is open; nil closes it.
func (x *env) use(inv *clusto.Inventory) {
	x.inv = inv
	x.forget()
}

// forget drops what is remembered of entities.
func (x *env) forget() { x.seen = nil }

// enter makes ctx and inv current until leave is called, for a call that comes
// from Go.
func (x *env) enter(ctx context.Context, inv *clusto.Inventory) (leave func()) {
	oldCtx, oldInv := x.ctx, x.inv
	if tx, err := inv.Tx(); err == nil && !isWatchedBy(tx, x) {
		inv = x.watch(tx)
	}
	x.ctx = ctx
	if inv != oldInv {
		x.use(inv)
	}
	return func() {
		x.ctx = oldCtx
		if inv != oldInv {
			x.use(oldInv)
		}
	}
}

// object returns the entity id as it is now. name is what it was called when it
// was last seen.
func (x *env) object(id clusto.EntityID, name string) (*clusto.Object, error) {
	if o, ok := x.seen[id]; ok {
		return o, nil
	}
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	objects, err := inv.Objects(x.ctx, id)
	if err != nil {
		if clusto.KindOf(err) == clusto.ErrNotFound {
			return nil, clusto.Errorf(clusto.ErrNotFound, "%s does not exist any more: it was deleted", name)
		}
		return nil, err
	}
	x.note(objects[0])
	return objects[0], nil
}

// note remembers what an entity is until something changes that: in a view nothing
// does, and a watched transaction tells.
func (x *env) note(o *clusto.Object) {
	if o.Inventory() != x.inv {
		return
	}
	if tx, err := x.inv.Tx(); err == nil && !isWatchedBy(tx, x) {
		return
	}
	if x.seen == nil {
		x.seen = map[clusto.EntityID]*clusto.Object{}
	}
	x.seen[o.ID] = o
}

// warn tells the user something, once in a statement.
func (x *env) warn(text string) {
	if s := x.session; s != nil {
		if s.warned[text] {
			return
		}
		if s.warned == nil {
			s.warned = map[string]bool{}
		}
		s.warned[text] = true
	}
	x.engine.warn("%s", text)
}
