package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/clusto/clusto"
)

// maxRuns bounds how often an Update calls its function. From the second time
// on it has the turn to write, so that only writers that take no turns, such as
// classic clusto, can come between; more than a few runs are not expected.
const maxRuns = 10

// Update implements clusto.Store.
func (s *Store) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	if err := ctx.Err(); err != nil {
		return 0, context.Cause(ctx)
	}
	t, err := s.update(ctx, change, fn)
	if err != nil {
		return 0, err
	}
	var errs error
	for _, act := range t.onCommit {
		errs = errors.Join(errs, act(ctx))
	}
	return t.made, errs
}

// update runs fn until it is committed or fails for good.
func (s *Store) update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (*tx, error) {
	c, err := s.take(ctx, &s.writers)
	if err != nil {
		return nil, err
	}
	defer s.give(c, &s.writers)
	turn := &turn{dialect: s.dialect}
	defer turn.end()
	for run := 1; ; run++ {
		t := newTx(s, c, turn, change)
		err := t.run(ctx, run > 1, fn)
		switch {
		case faultOf(err) != FaultStale:
			return t, err
		case t.outside != "":
			return nil, clusto.Errorf(clusto.ErrConflict,
				"the inventory was changed by somebody else after this change had begun to %s, so it cannot be run again: %w", t.outside, err)
		case run == maxRuns:
			return nil, fmt.Errorf("given up after %d attempts: %w", run, err)
		}
	}
}

// turn is this process's turn to write, which lasts from the first write to
// the end of the Update, also when its function runs again.
type turn struct {
	dialect Dialect
	release func()
}

// take waits for the turn, unless it is there already.
func (u *turn) take(ctx context.Context) error {
	if u.release != nil {
		return nil
	}
	release, err := u.dialect.Lock(ctx)
	if err == nil {
		u.release = release
	}
	return err
}

func (u *turn) end() {
	if u.release != nil {
		u.release()
	}
}

// run calls fn once and commits. With first it takes the turn to write before,
// so that fn cannot be overtaken again.
func (t *tx) run(ctx context.Context, first bool, fn func(clusto.Tx) error) error {
	if first {
		if err := t.turn.take(ctx); err != nil {
			return err
		}
	}
	if _, err := t.c.exec(t.s.dialect.Begin(first)); err != nil {
		return err
	}
	committed := false
	defer func() { // also when fn panics
		t.ended = true
		if !committed {
			t.rollback()
		}
	}()
	err := fn(t)
	if faultOf(t.broken) == FaultStale {
		return t.broken // whatever fn made of it
	}
	if err == nil {
		err = t.broken
	}
	if err == nil {
		committed, err = t.commit(ctx)
	}
	return err
}

// rollback gives up the transaction. A connection that cannot even do that is
// not used again.
func (t *tx) rollback() {
	if _, err := t.c.exec(`ROLLBACK`); err != nil {
		t.c.inDoubt = true
	}
}

// commit makes what t changed last. A transaction whose effect on entities and
// attributes is nothing leaves no version.
func (t *tx) commit(ctx context.Context) (committed bool, err error) {
	changed := t.effect.changed()
	if !changed && !t.effect.aside {
		return false, nil
	}
	if t.ranging {
		return false, errRanging
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if err := t.flush(); err != nil {
		return false, err
	}
	if changed {
		if err := t.insertVersion(); err != nil {
			return false, err
		}
	}
	if _, err := t.c.exec(`COMMIT`); err != nil {
		return false, err
	}
	if changed {
		t.made = t.working
	}
	t.s.own.Store(true)
	return true, nil
}
