package clusto

import (
	"errors"
	"fmt"
)

// The kinds of error that a caller may act on. Every error that has one of
// these meanings wraps it, so that errors.Is finds it; all else is just text.
var (
	// ErrNotFound: what was asked for does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists: what should be made is there already.
	ErrExists = errors.New("already exists")
	// ErrInvalid: the input breaks a rule, whatever the inventory holds.
	ErrInvalid = errors.New("invalid")
	// ErrInUse: something else has what was asked for: a port, a rack unit, an address.
	ErrInUse = errors.New("in use")
	// ErrExhausted: a resource manager, or a limit, has nothing left to give.
	ErrExhausted = errors.New("exhausted")
	// ErrConflict: somebody else changed the inventory meanwhile; try again.
	ErrConflict = errors.New("conflict")
	// ErrUnsupported: the driver, or this build, cannot do what was asked.
	ErrUnsupported = errors.New("not supported")
	// ErrReadOnly: a change was asked for where only reading is possible.
	ErrReadOnly = errors.New("read only")
	// ErrUnavailable: the database cannot be used now: locked by others, full, or gone.
	ErrUnavailable = errors.New("not available")
	// ErrDenied: who asked may not do or see that.
	ErrDenied = errors.New("permission denied")
)

// ErrorKinds returns every kind of error, for tables that must know them all.
func ErrorKinds() []error {
	return []error{
		ErrNotFound, ErrExists, ErrInvalid, ErrInUse, ErrExhausted,
		ErrConflict, ErrUnsupported, ErrReadOnly, ErrUnavailable, ErrDenied,
	}
}

// KindOf returns the kind that err wraps, or nil if it wraps none.
func KindOf(err error) error {
	for _, kind := range ErrorKinds() {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}

// Errorf returns an error of the given kind whose text is the formatted
// message alone: the message says the fact, the kind is for errors.Is. A %w in
// the format is wrapped too.
func Errorf(kind error, format string, args ...any) error {
	return &kindError{kind: kind, err: fmt.Errorf(format, args...)}
}

// kindError is a message with a kind that its text does not repeat.
type kindError struct {
	kind error
	err  error
}

func (e *kindError) Error() string   { return e.err.Error() }
func (e *kindError) Unwrap() []error { return []error{e.kind, e.err} }

// WithHint adds a second line to err: what the reader can do about it. The hint
// is not part of err's text; [Hint] finds it. A nil err stays nil.
func WithHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &hintError{err: err, hint: fmt.Sprintf(format, args...)}
}

type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// Hint returns the outermost hint that err carries, or "".
func Hint(err error) string {
	if h, ok := errors.AsType[*hintError](err); ok {
		return h.hint
	}
	return ""
}
