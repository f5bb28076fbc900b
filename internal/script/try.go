package script

import (
	"errors"
	"fmt"

	"go.starlark.net/starlark"
)

// builtinFunc is a Go function that scripts call.
type builtinFunc = func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// try runs the blocks of a try statement, each a function or None:
// @try(body, handler, otherwise, final). It returns how the statement is
// left, which is None unless a block left it by return, break or continue. What
// the body wrote to the inventory before it failed stays, as in classic; the call
// that failed leaves nothing (see callMethod).
func try(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var body, handler, otherwise, final starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 4, &body, &handler, &otherwise, &final); err != nil {
		return nil, err
	}
	x := envOf(t)
	left, err := attempt(x, body)
	switch {
	case err != nil && handler != starlark.None && x.catchable(err):
		left, err = handle(x, handler, err)
	case err == nil && left == starlark.None && otherwise != starlark.None:
		left, err = starlark.Call(t, otherwise, nil, nil)
	}
	if final == starlark.None || err != nil && !x.catchable(err) {
		return left, err
	}
	last, finalErr := starlark.Call(t, final, nil, nil)
	if finalErr != nil {
		return nil, finalErr
	}
	if last != starlark.None {
		return last, nil // the finally block has the last word
	}
	return left, err
}

// attempt runs the body of a try statement.
func attempt(x *env, body starlark.Value) (starlark.Value, error) {
	x.trying++
	defer func() { x.trying-- }()
	return starlark.Call(x.thread, body, nil, nil)
}

// handle runs the except clauses. If they raise the same exception again, the
// first error goes on, which knows where it came from.
func handle(x *env, handler starlark.Value, err error) (starlark.Value, error) {
	exception := exceptionOf(x, err)
	v, again := starlark.Call(x.thread, handler, starlark.Tuple{exception}, nil)
	if r, ok := errors.AsType[*raised](again); ok && r.exception == exception {
		return nil, err
	}
	return v, again
}

// match tells an except clause whether it is meant: @match(exception, classes).
func match(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var exception *instance
	var classes starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &exception, &classes); err != nil {
		return nil, err
	}
	list, ok := classes.(starlark.Tuple)
	if !ok {
		list = starlark.Tuple{classes}
	}
	for _, v := range list {
		c, ok := v.(*class)
		if !ok || !c.is(classBaseException) {
			return nil, raise(classTypeError, fmt.Sprintf("except wants classes of exceptions, not %s", v.Type()))
		}
		if exception.class.is(c) {
			return starlark.True, nil
		}
	}
	return starlark.False, nil
}

// raiseStmt is the raise statement: @raise(exception), @raise(class, value)
// and @raise(exception, cause=…).
func raiseStmt(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, value, cause starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "exception", &v, "value?", &value, "cause?", &cause); err != nil {
		return nil, err
	}
	if c, ok := v.(*class); ok && value != nil && value != starlark.None {
		made, err := starlark.Call(t, c, starlark.Tuple{value}, nil)
		if err != nil {
			return nil, err
		}
		v = made
	}
	i, err := toException(t, v)
	if err != nil {
		return nil, err
	}
	r := &raised{exception: i, cause: i.cause}
	if from, ok := cause.(*instance); ok && r.cause == nil {
		r.cause = from.cause
		if i.fields.frozen {
			return nil, r
		}
		i.fields.names["__cause__"] = from
	}
	return nil, r
}

// assertStmt is what a false assert statement does.
func assertStmt(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var message starlark.Value = starlark.String("assertion failed")
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0, &message); err != nil {
		return nil, err
	}
	return nil, raise(classAssertionError, str(message))
}
