package operation

import (
	"context"
	"errors"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/rackfactory"
)

// Env is what operations need besides the inventory.
type Env struct {
	Drivers *clusto.Registry
	// Racks finds the layouts of racks; nil knows none.
	Racks rackfactory.Source
	// May returns clusto.ErrDenied unless who asks may have an entity do
	// something, such as "call/reboot"; the reader is one of the transaction that
	// Run was given. nil: everybody may.
	May func(ctx context.Context, r clusto.Reader, action string, e clusto.Entity) error
}

// may asks May.
func (e *Env) may(ctx context.Context, r clusto.Reader, action string, about clusto.Entity) error {
	if e.May == nil {
		return nil
	}
	return e.May(ctx, beneath(r), action, about)
}

// Request is what to do, by whom and why.
type Request struct {
	Change     clusto.Change
	Operations []api.Operation
	// DryRun has nothing changed: the answer says what would be.
	DryRun bool
	// Before, if not nil, is called with the state that the transaction found, before the
	// operations. If it returns an error, none is done.
	Before func(ctx context.Context, found clusto.Reader) error
	// After, if not nil, is called in the transaction after the operations, but not in
	// a dry run. The answer is complete; its Version is the one that will be made,
	// unless After itself changes what leaves a version where nothing else does.
	After func(ctx context.Context, tx clusto.Tx, answer *api.Changed) error

	// plan, if not nil, returns the operations, once the transaction is there.
	plan func(ctx context.Context, inv *clusto.Inventory) ([]api.Operation, error)
}

// errDryRun ends a transaction that must leave nothing.
var errDryRun = errors.New("a dry run")

// Run does a request in one transaction, which makes one version or none, and
// returns what it changed. Where operations fail it returns [Errors], and nothing
// is changed; a dry run has the answer besides, which is about the others. If what was to be done after the commit failed it returns the answer
// and that error. Of a database that keeps no history the difference lacks what was
// taken away.
func Run(ctx context.Context, store clusto.Store, env Env, r Request) (*api.Changed, error) {
	var answer *api.Changed
	version, err := store.Update(ctx, r.Change, func(tx clusto.Tx) (err error) {
		answer = nil
		if r.DryRun {
			tx = harmless{tx, errOutside}
		}
		if answer, err = r.in(ctx, tx, env); err == nil && r.DryRun {
			return errDryRun
		}
		return err
	})
	switch {
	case r.DryRun && errors.Is(err, errDryRun):
		return answer, nil
	case r.DryRun && answer != nil && errors.As(err, new(*Errors)):
		return answer, err
	case err != nil && version == 0:
		return nil, err
	}
	answer.Version = int64(version)
	return answer, err
}

// in does the request in tx.
func (r *Request) in(ctx context.Context, tx clusto.Tx, env Env) (*api.Changed, error) {
	before, err := tx.Version(ctx)
	if err != nil {
		return nil, err
	}
	if r.Before != nil {
		if err := r.Before(ctx, beneath(tx)); err != nil {
			return nil, err
		}
	}
	answer := &api.Changed{DryRun: r.DryRun}
	var failed *Errors
	inv, operations := clusto.NewInventory(tx, env.Drivers), r.Operations
	if r.plan != nil {
		if operations, err = r.plan(ctx, clusto.NewInventory(beneath(tx), env.Drivers)); err != nil {
			return nil, err
		}
	}
	answer.Results, err = Apply(ctx, inv, env, operations)
	if err != nil && !(r.DryRun && errors.As(err, &failed)) {
		return nil, err
	}
	version, diff, err := pending(ctx, tx, before)
	if err != nil {
		return nil, err
	}
	answer.Diff = *diff
	switch {
	case failed != nil:
		return answer, failed
	case r.DryRun, r.After == nil:
		return answer, nil
	}
	answer.Version = int64(version)
	return answer, r.After(ctx, tx, answer)
}

// pending returns the version that tx makes, 0 for none, and what it changed so far. before
// is the newest version that there was.
func pending(ctx context.Context, tx clusto.Tx, before clusto.Version) (clusto.Version, *history.Diff, error) {
	making, err := tx.Version(ctx)
	if err != nil || making == before {
		return 0, &history.Diff{}, err
	}
	shown, err := history.Show(ctx, tx, making)
	if err != nil {
		return 0, nil, err
	}
	if !shown.Diff.Empty() {
		return making, shown.Diff, nil
	}
	_, some, err := clusto.First(tx.Edits(ctx, clusto.EditMatch{Only: []clusto.Version{making}}))
	if !some {
		making = 0
	}
	return making, shown.Diff, err
}
