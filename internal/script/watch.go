package script

import (
	"context"

	"github.com/clusto/clusto"
)

// watched is a transaction that tells its line of control when an entity that
// it may remember changes.
type watched struct {
	clusto.Tx
	env *env
}

func isWatchedBy(tx clusto.Tx, x *env) bool {
	w, ok := tx.(watched)
	return ok && w.env == x
}

func (w watched) Rename(ctx context.Context, id clusto.EntityID, name string) error {
	w.env.forget()
	return w.Tx.Rename(ctx, id, name)
}

func (w watched) ChangeDriver(ctx context.Context, id clusto.EntityID, typ, driver string) error {
	w.env.forget()
	return w.Tx.ChangeDriver(ctx, id, typ, driver)
}

func (w watched) Delete(ctx context.Context, id clusto.EntityID) error {
	w.env.forget()
	return w.Tx.Delete(ctx, id)
}

func (w watched) Nest(ctx context.Context, fn func(clusto.Tx) error) error {
	defer w.env.forget()
	return w.Tx.Nest(ctx, func(tx clusto.Tx) error { return fn(watched{tx, w.env}) })
}

// watch returns the inventory that tx shows to x.
func (x *env) watch(tx clusto.Tx) *clusto.Inventory {
	return clusto.NewInventory(watched{tx, x}, x.engine.opt.Drivers)
}
