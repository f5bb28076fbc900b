package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/clusto/clusto"
)

// faultError is an error of the database with what it means.
type faultError struct {
	fault Fault
	err   error
}

func (e *faultError) Error() string { return e.err.Error() }
func (e *faultError) Unwrap() error { return e.err }

// Public returns what may be told to people who must not learn where the database
// is and what is asked of it.
func (e *faultError) Public() string {
	switch e.fault {
	case FaultStale:
		return "the inventory was changed by somebody else meanwhile"
	case FaultBusy:
		return "the database is locked by another process"
	case FaultFull:
		return "the database cannot grow"
	case FaultReadOnly, FaultDenied:
		return "the database cannot be written"
	case FaultDuplicate:
		return "the database has that already"
	case FaultRange, FaultText:
		return "the database cannot hold this value"
	case FaultStopped, FaultCrowded:
		return "the database gave up a question"
	}
	return "the database cannot be used"
}

// faultOf returns what err means.
func faultOf(err error) Fault {
	if f, ok := errors.AsType[*faultError](err); ok {
		return f.fault
	}
	return FaultOther
}

// fault returns an error of the driver as this package hands it on: with what
// it means, its kind, and what the reader can do about it.
func (s *Store) fault(err error, sql string) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || clusto.KindOf(err) != nil {
		return err
	}
	where := s.dialect.Where()
	f := &faultError{fault: s.dialect.Fault(err)}
	switch f.fault {
	case FaultStale:
		f.err = clusto.Errorf(clusto.ErrConflict, "database %s was changed by somebody else meanwhile", where)
	case FaultBusy:
		f.err = clusto.WithHint(
			clusto.Errorf(clusto.ErrUnavailable, "database %s is locked by another process", where),
			"wait until the other program is done, or stop it")
	case FaultFull:
		f.err = clusto.WithHint(
			clusto.Errorf(clusto.ErrUnavailable, "database %s cannot grow: no space left", where),
			"nothing of this change was kept; free some space and try again")
	case FaultReadOnly:
		f.err = clusto.Errorf(clusto.ErrReadOnly, "database %s cannot be written", where)
	case FaultUnopened:
		f.err = clusto.Errorf(clusto.ErrUnavailable, "database %s cannot be opened", where)
	case FaultForeign:
		f.err = clusto.Errorf(clusto.ErrInvalid, "%s is not a database that clusto can read: %w", where, err)
	case FaultCanceled:
		f.err = context.Canceled
	case FaultDuplicate:
		f.err = clusto.Errorf(clusto.ErrExists, "database %s: %w", where, err)
	case FaultLost:
		f.err = clusto.WithHint(
			clusto.Errorf(clusto.ErrUnavailable, "connection to database %s was lost: %w", where, err),
			"nothing of this change was kept; see whether the database runs, and try again")
	case FaultRange:
		f.err = clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "database %s cannot hold this value: %w", where, err),
			"classic clusto's columns are narrower than ours; to widen them, run: clusto initdb")
	case FaultText:
		f.err = clusto.Errorf(clusto.ErrInvalid, "database %s cannot hold this text: %w", where, err)
	case FaultDenied:
		f.err = clusto.Errorf(clusto.ErrReadOnly, "database %s: %w", where, err)
	case FaultStopped:
		f.err = clusto.Errorf(clusto.ErrUnavailable, "database %s gave up a statement: %w (in %.60s)", where, err, sql)
	case FaultCrowded:
		f.err = clusto.Errorf(clusto.ErrUnavailable, "database %s has no room for another statement: %w", where, err)
	default:
		f.err = fmt.Errorf("database %s: %w (in %.60s)", where, err, sql)
	}
	if advice := s.dialect.Advice(f.fault); advice != "" {
		f.err = clusto.WithHint(f.err, "%s", advice)
	}
	return f
}
