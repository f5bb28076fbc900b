package client

import (
	"context"
	"errors"
	"io"
	"time"
)

// errSilent ends a request whose server was silent for too long.
var errSilent = errors.New("the server is silent")

// silence ends a request when nothing was sent or received for a while.
type silence struct {
	timer  *time.Timer // nil: it may be as long as it will
	limit  time.Duration
	cancel context.CancelCauseFunc
}

// watchSilence returns a context that ends with errSilent after a silence of that
// length; 0 is any.
func watchSilence(ctx context.Context, limit time.Duration) (*silence, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &silence{limit: limit, cancel: cancel}
	if limit > 0 {
		s.timer = time.AfterFunc(limit, func() { cancel(errSilent) })
	}
	return s, ctx
}

// heard begins a new silence.
func (s *silence) heard() {
	if s.timer != nil && s.timer.Stop() {
		s.timer.Reset(s.limit)
	}
}

// stop ends the request.
func (s *silence) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
	s.cancel(context.Canceled)
}

// broken is an error of reading an answer from the network.
type broken struct{ err error }

func (b *broken) Error() string { return b.err.Error() }
func (b *broken) Unwrap() error { return b.err }

// unreadable is an error of reading what should be sent.
type unreadable struct{ err error }

func (u *unreadable) Error() string { return u.err.Error() }
func (u *unreadable) Unwrap() error { return u.err }

// watchedBody is the body of a request or of an answer, whose reading is no silence.
type watchedBody struct {
	io.ReadCloser
	watch   *silence
	request bool
}

// Read reads on; an error is *broken, or of a request *unreadable.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.watch.heard()
	switch {
	case err == nil, err == io.EOF: // io.ErrUnexpectedEOF is another
		return n, err
	case b.request:
		return n, &unreadable{err}
	}
	return n, &broken{err}
}

// Close ends the request if this is the answer's body.
func (b *watchedBody) Close() error {
	if !b.request {
		defer b.watch.stop()
	}
	return b.ReadCloser.Close()
}
