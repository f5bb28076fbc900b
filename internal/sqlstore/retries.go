package sqlstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/clusto/clusto"
)

// retries tells whether and when a change is tried again.
type retries struct {
	patience time.Duration
	runs     int       // that failed
	until    time.Time // when to give up; set with the first failure
	lost     bool      // the connection was, so that the database may be out of reach for a while
}

// The pauses before a change is tried again: they double up to these. Whoever
// was overtaken is the one writer of this process now, and need not wait the
// first time.
const (
	overtakenPause = 200 * time.Millisecond
	lostPause      = time.Second
)

// worth reports whether a change that failed with err is worth another try.
func (r *retries) worth(err error) bool {
	switch faultOf(err) {
	case FaultStale:
		return true
	case FaultLost:
		r.lost = true
		return true
	}
	return r.lost && clusto.KindOf(err) == clusto.ErrUnavailable
}

// wait pauses before the next try. It returns an error when there is to be none.
func (r *retries) wait(ctx context.Context, err error) error {
	r.runs++
	now := time.Now()
	if r.until.IsZero() {
		r.until = now.Add(r.patience)
	}
	if now.After(r.until) {
		return fmt.Errorf("given up after %d attempts: %w", r.runs, err)
	}
	longest := overtakenPause
	if faultOf(err) != FaultStale {
		longest = lostPause
	} else if r.runs == 1 {
		return nil
	}
	pause := min(time.Millisecond<<min(r.runs, 20), longest)
	timer := time.NewTimer(pause/2 + rand.N(pause))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
