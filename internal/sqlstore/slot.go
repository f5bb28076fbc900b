package sqlstore

import (
	"context"
	"time"

	"github.com/clusto/clusto"
)

// Slot is the turn to write among the goroutines of one process, for a
// Dialect.Lock of a server, which queues the writers of different processes by
// itself. Who waits longest gets it next: a channel serves its receivers in the
// order in which they came.
type Slot struct {
	free     chan struct{} // holds a token while nobody has the turn
	database string
	atMost   time.Duration
}

// NewSlot returns a slot that is free. Where names the database in errors;
// atMost is how long Wait waits.
func NewSlot(where string, atMost time.Duration) *Slot {
	s := &Slot{free: make(chan struct{}, 1), database: where, atMost: atMost}
	s.free <- struct{}{}
	return s
}

// Wait returns when the caller has the slot; release, which must be called
// once, gives it to the next one. Wait returns ErrUnavailable after the slot's
// time, and the cause of ctx's end if that comes first.
func (s *Slot) Wait(ctx context.Context) (release func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	timer := time.NewTimer(s.atMost)
	defer timer.Stop()
	select {
	case <-s.free:
		return func() { s.free <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-timer.C:
		return nil, s.taken()
	}
}

func (s *Slot) taken() error {
	return clusto.WithHint(
		clusto.Errorf(clusto.ErrUnavailable, "database %s is being written by this program: waited %v for that to end", s.database, s.atMost),
		"a change of this program takes long; try again when it is done")
}
