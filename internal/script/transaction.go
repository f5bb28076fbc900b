package script

import (
	"context"
	"errors"
	"fmt"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// execute runs one statement, in a transaction of its own or in the one that
// begin_transaction opened.
func (s *Session) execute(ctx context.Context, st statement) error {
	s.description, s.once, s.ending, s.warned = st.description, false, goOn, nil
	s.nested = s.depth > 0
	if !s.nested {
		s.env.counted = 0
	}
	out := &replay{to: s.out}
	s.env.out = out
	defer func() { s.env.out = s.out }()
	if s.nested {
		return s.executeNested(ctx, st)
	}
	saved := s.settings
	s.memory = remember(s.globals)
	for {
		err := s.attempt(ctx, st)
		if s.held == nil {
			return err
		}
		if s.depth > 0 && err == nil {
			return nil // begin_transaction: the next statements go on in it
		}
		again, err := s.finish(err)
		if again == nil {
			s.depth = 0
			return err
		}
		s.memory.recall()
		s.settings = saved
		out.again()
		s.env.use(s.env.watch(again))
	}
}

// attempt runs a statement once, within the limits.
func (s *Session) attempt(ctx context.Context, st statement) error {
	_, err := s.env.bounded(ctx, func() (starlark.Value, error) { return nil, st.run() })
	return err
}

// executeNested runs a statement in the transaction that is open. If it fails,
// what it changed is undone and the transaction goes on.
func (s *Session) executeNested(ctx context.Context, st statement) error {
	old := s.env.ctx
	s.env.ctx = ctx
	inv, err := s.env.inventory()
	s.env.ctx = old
	if err != nil {
		return err
	}
	if tx, noTx := inv.Tx(); noTx != nil {
		err = s.attempt(ctx, st)
	} else {
		_, err = s.env.nested(tx, func() (any, error) { return nil, s.attempt(ctx, st) })
	}
	switch {
	case err != nil && !spoils(err):
		return err
	case err != nil:
		s.depth = 0
		s.abandon(err)
		return fmt.Errorf("%w; the transaction was given up", err)
	case s.ending == commitIt:
		return s.commit()
	case s.ending == rollItBack:
		s.abandon(errRolledBack)
	}
	return nil
}

// spoils reports whether a transaction in which err happened can only be given up.
func spoils(err error) bool {
	return endsTransaction(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// endsTransaction reports whether err is the store's word that the transaction
// is over. What stands in the way of a revert is not.
func endsTransaction(err error) bool {
	if _, refused := errors.AsType[*history.ConflictError](err); refused {
		return false
	}
	kind := clusto.KindOf(err)
	return kind == clusto.ErrConflict || kind == clusto.ErrUnavailable
}

// begin opens the transaction that the current statement needs, or the view that
// SESSION.clusto_version asks for.
func (s *Session) begin() (*clusto.Inventory, error) {
	if at := s.settings.version; at != clusto.Live {
		return s.beginView(at)
	}
	ctx := s.env.ctx
	if s.depth > 0 { // outlives the statement, and its interruption
		ctx = context.WithoutCancel(ctx)
	}
	change := clusto.Change{User: s.settings.user, Description: s.description}
	if s.settings.description != "" {
		change.Description = s.settings.description
	}
	h := hold(func(fn func(clusto.Reader) error) (clusto.Version, error) {
		return s.engine.opt.Store.Update(ctx, change, func(tx clusto.Tx) error { return fn(tx) })
	})
	r, end := h.next()
	if r == nil {
		return nil, end.err
	}
	s.held = h
	tx := r.(clusto.Tx)
	s.env.names = nil
	if s.depth > 0 || s.once || s.memory == nil {
		if err := tx.ActOutside("go on after what the script did before"); err != nil {
			return nil, err
		}
	}
	return s.env.watch(tx), nil
}

func (s *Session) beginView(at clusto.Version) (*clusto.Inventory, error) {
	ctx := s.env.ctx
	h := hold(func(fn func(clusto.Reader) error) (clusto.Version, error) {
		return 0, s.engine.opt.Store.View(ctx, at, fn)
	})
	r, end := h.next()
	if r == nil {
		return nil, end.err
	}
	s.held = h
	return clusto.NewInventory(r, s.engine.opt.Drivers), nil
}

// finish ends the transaction. If the store wants the work done again, it returns
// the transaction to do it in.
func (s *Session) finish(err error) (clusto.Tx, error) {
	s.env.use(nil)
	s.env.open = nil // what on_commit calls finds the transaction over
	again, end := s.held.finish(err)
	s.env.open = s.begin
	if again != nil {
		if s.memory == nil || s.once || s.depth > 0 {
			return nil, s.abandon(clusto.Errorf(clusto.ErrConflict, "somebody else changed the inventory meanwhile; run the statement again"))
		}
		tx, _ := again.(clusto.Tx)
		return tx, nil
	}
	s.held = nil
	if end.version != 0 {
		s.settings.description = ""
		s.made = append(s.made, end.version)
	}
	return nil, end.err
}

// commit commits the transaction that is open, if one is.
func (s *Session) commit() error {
	if s.held == nil {
		return nil
	}
	s.once = true
	_, err := s.finish(nil)
	return err
}

// abandon gives the transaction up.
func (s *Session) abandon(err error) error {
	if s.held == nil {
		return err
	}
	s.env.use(nil)
	end := s.held.abandon(err)
	s.held = nil
	s.depth = 0
	return end.err
}

var errRolledBack = errors.New("rolled back by rollback_transaction()")

// beginTransaction is begin_transaction(): what follows is one version, up to
// commit. What the statement did before is committed first, as it was in classic.
func beginTransaction(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	x := envOf(t)
	s := x.session
	if s == nil || s.atomic || s.depth > 0 || x.inside > 0 {
		x.counted++
		return starlark.None, nil
	}
	if err := s.commit(); err != nil {
		return nil, err
	}
	s.once = true
	s.depth = 1
	return starlark.None, nil
}

// callersTransaction is the message where a transaction cannot be ended.
const callersTransaction = "the transaction belongs to the caller and cannot be ended here; to undo what was done raise an exception"

// withinCall reports whether Go, or transaction(fn), waits for what runs: then the
// transaction cannot be ended under its hands.
func (s *Session) withinCall() bool {
	around := 0
	if s.nested {
		around = 1
	}
	return s.env.inside > around
}

// commitTransaction is commit().
func commitTransaction(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	x := envOf(t)
	s := x.session
	switch {
	case x.counted > 0:
		x.counted--
	case s == nil || s.depth == 0:
		return nil, raise(classTransactionException, "commit() without begin_transaction()")
	case s.withinCall():
		return nil, raise(classTransactionException, callersTransaction)
	case s.nested:
		s.depth, s.ending = 0, commitIt
	default:
		s.depth = 0
		return starlark.None, s.commit()
	}
	return starlark.None, nil
}

// rollbackTransaction is rollback_transaction(): as in classic it undoes everything
// since the first begin_transaction.
func rollbackTransaction(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	x := envOf(t)
	s := x.session
	switch {
	case s == nil || s.atomic || s.withinCall():
		return nil, raise(classTransactionException, callersTransaction)
	case s.depth == 0:
		return nil, raise(classTransactionException, "rollback_transaction() without begin_transaction()")
	case s.nested:
		s.depth, s.ending = 0, rollItBack
	default:
		s.abandon(errRolledBack)
	}
	s.depth, x.counted = 0, 0
	return starlark.None, nil
}

// transactionCall is transaction(fn, …): it calls fn in a nested transaction,
// which leaves nothing if fn raises an exception.
func transactionCall(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, raise(classTypeError, "transaction(fn, …) wants a function")
	}
	x := envOf(t)
	tx, err := x.tx()
	if err != nil {
		return nil, err
	}
	v, err := x.nested(tx, func() (any, error) { return starlark.Call(t, args[0], args[1:], kwargs) })
	if err != nil {
		return nil, err
	}
	return v.(starlark.Value), nil
}

// onCommit is on_commit(fn, …): it calls fn when the transaction is committed, for
// what cannot be undone.
func onCommit(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, raise(classTypeError, "on_commit(fn, …) wants a function")
	}
	x := envOf(t)
	tx, err := x.tx()
	if err != nil {
		return nil, err
	}
	tx.OnCommit(func(ctx context.Context) error {
		y := x.engine.newEnv("on_commit", x.out)
		_, err := y.bounded(ctx, func() (starlark.Value, error) { return starlark.Call(y.thread, args[0], args[1:], kwargs) })
		return err
	})
	return starlark.None, nil
}
