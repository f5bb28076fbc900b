package sqlstore

import (
	"context"
	"errors"

	"github.com/clusto/clusto"
)

// Update implements clusto.Store.
func (s *Store) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	if err := ctx.Err(); err != nil {
		return 0, context.Cause(ctx)
	}
	update := s.update
	if change.Joint {
		update = s.updateJointly
	}
	t, err := update(ctx, change, fn)
	if err != nil {
		return 0, err
	}
	if t.made != 0 {
		s.feed.hurry()
	}
	var errs error
	for _, act := range t.onCommit {
		errs = errors.Join(errs, act(ctx))
	}
	return t.made, errs
}

// update runs fn until it is committed or fails for good.
func (s *Store) update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (*tx, error) {
	turn := &turn{store: s}
	defer turn.end()
	if s.dialect.Remote() && s.turns.Load() > 0 {
		// Somebody here is writing: what fn read now would be stale when it
		// writes, and a crowd that reads in vain takes a connection each.
		if err := turn.borrow(ctx); err != nil {
			return nil, err
		}
	}
	again := &retries{patience: s.options.Patience}
	oneState := false
	var c *conn // kept, so that whoever has the turn to write has one
	letGo := func() {
		if c != nil {
			s.give(c, &s.writers)
			c = nil
		}
	}
	defer letGo()
	for {
		t := newTx(s, turn, again.runs > 0 && !oneState, change)
		t.oneState = oneState
		err := t.attempt(ctx, &c, fn)
		if c != nil && c.inDoubt || t.lacks != "" {
			letGo()
		}
		oneState = t.onlyRead
		if t.committing && faultOf(err) == FaultLost {
			done, unsettled := s.settle(ctx, t.mark, again)
			switch {
			case unsettled != nil:
				return nil, s.unknownOutcome(t, unsettled)
			case done:
				return t, nil
			}
		}
		if err == nil {
			return t, nil
		}
		if err := t.tryAgain(ctx, err, again); err != nil {
			return nil, err
		}
	}
}

// tryAgain sees to it that fn can run again after err, or returns an error.
func (t *tx) tryAgain(ctx context.Context, err error, again *retries) error {
	if !again.worth(err) {
		return err
	}
	if t.outside != "" {
		return clusto.Errorf(clusto.ErrConflict, "this change had begun to %s, so it cannot be run again: %w", t.outside, err)
	}
	if t.lacks != "" {
		if err := t.s.makeTable(ctx, t.lacks); err != nil && faultOf(err) != FaultStale {
			return err
		}
	}
	return again.wait(ctx, err)
}

// settle finds out whether the commit with the given mark was done, for as long
// as a change is tried again.
func (s *Store) settle(ctx context.Context, mark int64, again *retries) (done bool, err error) {
	for {
		done, err := s.wasCommitted(ctx, mark)
		if err == nil {
			return done, nil
		}
		if !again.worth(err) {
			return false, err
		}
		if err := again.wait(ctx, err); err != nil {
			return false, err
		}
	}
}

// unknownOutcome returns the error of a commit of which nobody can say at
// present whether it was done.
func (s *Store) unknownOutcome(t *tx, err error) error {
	return clusto.WithHint(
		clusto.Errorf(clusto.ErrUnavailable, "the connection was lost while version %d was being committed: %w", t.working, err),
		"the change is either whole or not at all: when the database is back, see whether there is version %d of this change (clusto log)", t.working)
}

// attempt runs fn once on a connection and commits: on c, or if that is nil on
// another, which becomes c. One that is not the first takes the turn to write
// before, so that fn cannot be overtaken again; but if fn has only read, it does
// so again in one state, and holds up nobody.
func (t *tx) attempt(ctx context.Context, c **conn, fn func(clusto.Tx) error) (err error) {
	if *c == nil {
		if *c, err = t.s.take(ctx, &t.s.writers); err != nil {
			return err
		}
	}
	mode := ModeRead
	switch {
	case t.oneState:
		mode = ModeView
	case t.first:
		mode = ModeWrite
		if err := t.turn.take(ctx); err != nil {
			return err
		}
	}
	if *c, err = t.s.beginOn(ctx, *c, &t.s.writers, mode); err != nil {
		return err
	}
	t.c = *c
	return t.run(ctx, fn)
}

// run calls fn in the transaction that was begun, and ends it.
func (t *tx) run(ctx context.Context, fn func(clusto.Tx) error) error {
	committed := false
	defer func() { // also when fn panics
		t.ended = true
		if t.started {
			t.s.spare.keep(t, committed)
		}
		if !committed {
			t.c.rollback()
		}
	}()
	if err := t.prepare(ctx); err != nil {
		return err
	}
	err := fn(t)
	if err != nil {
		_ = t.abandoned() // which breaks t
	}
	if f := faultOf(t.broken); f == FaultStale || f == FaultLost {
		return t.broken // whatever fn made of it
	}
	if err == nil {
		err = t.broken
	}
	if !t.started && !t.oneState && t.broken == nil && t.outside == "" {
		if stale, e := t.overtakenReading(); e != nil {
			return e
		} else if stale {
			t.onlyRead = true
			return t.overtaken()
		}
	}
	if err == nil {
		committed, err = t.commit(ctx)
	}
	return err
}

// prepare makes sure that fn cannot be overtaken unnoticed.
func (t *tx) prepare(ctx context.Context) error {
	switch {
	case t.oneState:
		return nil
	case t.first && t.s.dialect.Remote():
		return t.startOnce(ctx)
	}
	return t.observe()
}

// commit makes what t changed last.
func (t *tx) commit(ctx context.Context) (committed bool, err error) {
	some, err := t.finish(ctx)
	if err != nil || !some {
		return false, err
	}
	t.committing = true
	if err := t.c.control(`COMMIT`); err != nil {
		return false, err
	}
	if err := t.confirm(); err != nil {
		return false, err
	}
	return true, nil
}

// finish writes what is left to write before a commit, and reports whether
// there is anything to commit. A transaction whose effect on entities and
// attributes is nothing leaves no version.
func (t *tx) finish(ctx context.Context) (some bool, err error) {
	changed := t.effect.changed()
	if !changed && !t.effect.aside {
		return false, t.abandoned() // what was answered then is of no worth
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
			return false, t.fail(err)
		}
		t.made = t.working
	}
	return true, t.abandoned()
}
