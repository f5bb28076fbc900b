package script

import (
	"context"
	"errors"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// trial is a run that is undone at its end.
type trial struct {
	first  bool           // the script has not run yet
	before clusto.Version // the newest version when it ran first
	diff   *history.Diff
}

// errTrial ends the transaction of a trial.
var errTrial = errors.New("undone, as it was a dry run")

// Trial executes a script as RunAtomic does, undoes what it did and returns what
// that was. Functions that the script gives to on_commit are not called.
func (s *Session) Trial(ctx context.Context, file, src string) (*history.Diff, error) {
	if s.depth > 0 {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "a dry run cannot be part of a transaction"),
			"end it first, with commit() or rollback_transaction()")
	}
	t := &trial{first: true, diff: &history.Diff{}}
	s.trial = t
	defer func() { s.trial = nil }()
	if err := s.RunAtomic(ctx, file, src); err != nil && !errors.Is(err, errTrial) {
		return nil, err
	}
	return t.diff, nil
}

// around returns work with a look, at its end, at what it changed. The version that
// is being made tells: as long as nothing is written there is none, but if the
// store has the work done again, it is there from the start.
func (t *trial) around(s *Session, work func() error) func() error {
	return func() error {
		tx, err := s.env.tx()
		if err != nil {
			return err
		}
		version, err := tx.Version(s.env.ctx)
		if err != nil {
			return err
		}
		if t.first {
			t.first, t.before = false, version
		}
		if err := work(); err != nil {
			return err
		}
		if version, err = tx.Version(s.env.ctx); err != nil {
			return err
		}
		t.diff = &history.Diff{}
		if version != t.before {
			shown, err := history.Show(s.env.ctx, tx, version)
			if err != nil {
				return err
			}
			t.diff = shown.Diff
		}
		return errTrial
	}
}
