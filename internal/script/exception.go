package script

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// The classes of exceptions: Python's, then those of classic clusto
// (classic: exceptions.py). They have no members and never change.
var (
	classObject        = rootClass("object")
	classBaseException = rootClass("BaseException", classObject)
	classException     = rootClass("Exception", classBaseException)

	classAttributeError      = rootClass("AttributeError", classException)
	classAssertionError      = rootClass("AssertionError", classException)
	classLookupError         = rootClass("LookupError", classException)
	classIndexError          = rootClass("IndexError", classLookupError)
	classKeyError            = rootClass("KeyError", classLookupError)
	classNameError           = rootClass("NameError", classException)
	classUnboundLocalError   = rootClass("UnboundLocalError", classNameError)
	classImportError         = rootClass("ImportError", classException)
	classIOError             = rootClass("IOError", classException)
	classRuntimeError        = rootClass("RuntimeError", classException)
	classNotImplementedError = rootClass("NotImplementedError", classRuntimeError)
	classTypeError           = rootClass("TypeError", classException)
	classValueError          = rootClass("ValueError", classException)
	classArithmeticError     = rootClass("ArithmeticError", classException)
	classZeroDivisionError   = rootClass("ZeroDivisionError", classArithmeticError)
	classStopIteration       = rootClass("StopIteration", classException)

	classDriverException               = rootClass("DriverException", classException)
	classConnectionException           = rootClass("ConnectionException", classDriverException)
	classNameException                 = rootClass("NameException", classDriverException)
	classPoolException                 = rootClass("PoolException", classDriverException)
	classResourceException             = rootClass("ResourceException", classDriverException)
	classResourceNotAvailableException = rootClass("ResourceNotAvailableException", classResourceException)
	classResourceTypeException         = rootClass("ResourceTypeException", classResourceException)
	classNameManagerException          = rootClass("SimpleNameManagerException", classResourceException)
	classTransactionException          = rootClass("TransactionException", classException)
)

// The classes of errors that Go returns, by kind. One kind is raised by many
// methods, for which classic had exceptions of their own: each of those catches it.
var kindClasses = map[error]*class{
	clusto.ErrNotFound:    rootClass("NotFoundError", classKeyError, classResourceException),
	clusto.ErrExists:      rootClass("ExistsError", classNameException, classPoolException),
	clusto.ErrInvalid:     rootClass("InvalidError", classValueError, classTypeError, classConnectionException, classPoolException, classResourceTypeException, classNameManagerException),
	clusto.ErrInUse:       rootClass("InUseError", classConnectionException, classPoolException, classResourceException, classTypeError),
	clusto.ErrExhausted:   rootClass("ExhaustedError", classResourceNotAvailableException, classNameManagerException),
	clusto.ErrConflict:    rootClass("ConflictError", classTransactionException),
	clusto.ErrUnsupported: rootClass("UnsupportedError", classNotImplementedError, classAttributeError, classDriverException),
	clusto.ErrReadOnly:    rootClass("ReadOnlyError", classTransactionException),
	clusto.ErrUnavailable: rootClass("UnavailableError", classIOError, classTransactionException),
}

// exceptionClasses returns every class of exceptions that scripts see by name.
func exceptionClasses() []*class {
	return []*class{
		classBaseException, classException, classAttributeError, classAssertionError, classLookupError, classIndexError,
		classKeyError, classNameError, classImportError, classIOError, classRuntimeError, classNotImplementedError,
		classTypeError, classValueError, classArithmeticError, classZeroDivisionError, classStopIteration, classUnboundLocalError,
		classDriverException, classConnectionException, classNameException, classPoolException, classResourceException,
		classResourceNotAvailableException, classResourceTypeException, classNameManagerException, classTransactionException,
	}
}

// rootClass returns a class without members of its own. It panics if the bases
// do not fit together, which is a bug.
func rootClass(name string, bases ...*class) *class {
	members := newScope(nil)
	members.frozen = true
	c, err := newClass(name, "", bases, members)
	if err != nil {
		panic(err)
	}
	return c
}

// raised is an exception on its way up.
type raised struct {
	exception *instance
	cause     error // the error of Go that it stands for, or that it was raised from; or nil
}

func (r *raised) Error() string {
	text := r.exception.message()
	if r.exception.cause != nil {
		return text
	}
	if text == "" {
		return r.exception.class.name
	}
	return r.exception.class.name + ": " + text
}

func (r *raised) Unwrap() error { return r.cause }

// raise returns an error that scripts catch as an exception of class c.
func raise(c *class, text string) error {
	i := &instance{class: c, fields: newScope(nil)}
	i.fields.names["args"] = starlark.Tuple{starlark.String(text)}
	return &raised{exception: i}
}

// exceptionOf returns err as an exception.
func exceptionOf(x *env, err error) *instance {
	if r, ok := errors.AsType[*raised](err); ok {
		return r.exception
	}
	c := kindClasses[clusto.KindOf(err)]
	text := err.Error()
	if e, ok := errors.AsType[*starlark.EvalError](err); ok {
		text = e.Msg
	}
	if c == nil {
		c = classOfText(text)
	}
	i := &instance{class: c, fields: newScope(nil), env: x, cause: err}
	i.fields.names["args"] = starlark.Tuple{starlark.String(text)}
	return i
}

// textClasses tells the errors of the interpreter itself apart, which are only text.
var textClasses = []struct {
	part  string
	class *class
}{
	{"not in dict", classKeyError},
	{"key not found", classKeyError},
	{"missing key", classKeyError},
	{"has no .", classAttributeError},
	{"can't assign to .", classAttributeError},
	{"out of range", classIndexError},
	{"division by zero", classZeroDivisionError},
	{"modulo by zero", classZeroDivisionError},
	{"invalid literal", classValueError},
	{"invalid float literal", classValueError},
	{"not found", classValueError},
	{"not in list", classValueError},
	{"values to unpack", classValueError},
	{"empty sequence", classValueError},
	{"must not be zero", classValueError},
	{"json.decode:", classValueError},
	{"referenced before assignment", classUnboundLocalError},
}

func classOfText(text string) *class {
	for _, t := range textClasses {
		if strings.Contains(text, t.part) {
			return t.class
		}
	}
	return classTypeError
}

// catchable reports whether a script may handle err. It may not when it was
// stopped, and when the transaction must be run again or given up.
func (x *env) catchable(err error) bool {
	if x.stop != nil && x.stop.err() != nil || x.ctx.Err() != nil {
		return false
	}
	if endsTransaction(err) {
		return false
	}
	_, stopped := errors.AsType[*stopError](err)
	return !stopped
}

// toException returns what "raise v" raises.
func toException(t *starlark.Thread, v starlark.Value) (*instance, error) {
	switch v := v.(type) {
	case *instance:
		if v.class.is(classBaseException) {
			return v, nil
		}
	case *class:
		if v.is(classBaseException) {
			made, err := starlark.Call(t, v, nil, nil)
			if err != nil {
				return nil, err
			}
			return made.(*instance), nil
		}
	case starlark.String: // Python 2
		return raise(classException, string(v)).(*raised).exception, nil
	}
	return nil, raise(classTypeError, fmt.Sprintf("only exceptions can be raised, not %s", v.Type()))
}
