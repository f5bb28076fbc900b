package script

import (
	"context"
	"errors"
	"sync/atomic"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// slice is how many steps pass between two looks at the depth of calls.
// Starlark has no limit on depth that fits, and a stack overflow of Go cannot be
// recovered.
const slice = 2_000

// halt says why a thread was stopped, if it was.
type halt struct{ why atomic.Pointer[error] }

func (h *halt) set(err error) { h.why.CompareAndSwap(nil, &err) }

func (h *halt) err() error {
	if p := h.why.Load(); p != nil {
		return *p
	}
	return nil
}

// bounded calls fn and stops the scripts that it runs when they take too many
// steps or too much memory, nest too deeply, or ctx ends. Within another bounded
// call it adds nothing.
func (x *env) bounded(ctx context.Context, fn func() (starlark.Value, error)) (starlark.Value, error) {
	if x.stop != nil {
		return fn()
	}
	if x.engine.opt.Timeout > 0 {
		var cancel context.CancelFunc
		timeUp := clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the script ran for more than %s", x.engine.opt.Timeout),
			"do it in smaller steps, or allow more time")
		ctx, cancel = context.WithTimeoutCause(ctx, x.engine.opt.Timeout, timeUp)
		defer cancel()
	}
	h := &halt{}
	x.stop = h
	x.thread.Uncancel()
	x.guard()
	stopped := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		h.set(interruption(ctx))
		x.thread.Cancel("interrupted")
		close(stopped)
	})
	memoryDone := x.watchMemory(h)
	defer func() {
		memoryDone()
		if !unwatch() {
			<-stopped
		}
		x.thread.Uncancel()
		x.stop = nil
	}()
	old := x.ctx
	x.ctx = ctx
	defer func() { x.ctx = old }()
	v, err := fn()
	if err != nil && ctx.Err() != nil {
		h.set(interruption(ctx))
	}
	if why := h.err(); why != nil && err != nil {
		err = &stopError{why: why, at: err}
	}
	return v, err
}

// interruption returns the error for a context that has ended.
func interruption(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, ctx.Err()) {
		return cause
	}
	return &interrupted{ctx.Err()}
}

// interrupted is the end of a context, in words for people.
type interrupted struct{ err error }

func (e *interrupted) Error() string { return "interrupted" }
func (e *interrupted) Unwrap() error { return e.err }

// stopError is why a thread was stopped, and the error that Starlark made of it,
// which knows the place.
type stopError struct{ why, at error }

func (e *stopError) Error() string   { return e.why.Error() }
func (e *stopError) Unwrap() []error { return []error{e.why, e.at} }

// guard counts the steps of a thread in slices and looks at its depth between them.
func (x *env) guard() {
	end := x.thread.ExecutionSteps() + x.engine.opt.MaxSteps
	next := func() { x.thread.SetMaxExecutionSteps(min(x.thread.ExecutionSteps()+slice, end)) }
	x.thread.OnMaxSteps = func(t *starlark.Thread) {
		switch {
		case t.ExecutionSteps() >= end:
			x.stop.set(clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the script took more than %d steps", x.engine.opt.MaxSteps),
				"is there a loop that does not end?"))
			t.Cancel("too many steps")
		case t.CallStackDepth() > x.engine.opt.MaxDepth:
			x.stop.set(clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "calls are nested more than %d deep", x.engine.opt.MaxDepth),
				"does a function call itself without end?"))
			t.Cancel("too much recursion")
		default:
			next()
		}
	}
	next()
}
