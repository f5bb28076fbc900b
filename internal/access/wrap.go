package access

import (
	"context"

	"github.com/clusto/clusto"
)

// Wrap returns a store that shows and changes only what a subject may. Every
// change has the subject's name and origin. Nil for the policy means that of the
// zero Options. The store keeps no accounts, and closing it does not close what
// it wraps. Its readers may look at all of an answer before they show any of it,
// and can then be asked something else while it is ranged over.
func Wrap(store clusto.Store, s Subject, p *Policy) clusto.Store {
	if p == nil {
		p, _ = NewPolicy(Options{}) // the default patterns are good
	}
	return &wrapped{store: store, subject: s, policy: p}
}

// wrapped is a store for one subject.
type wrapped struct {
	store   clusto.Store
	subject Subject
	policy  *Policy
}

var (
	_ clusto.Pruner   = (*wrapped)(nil)
	_ clusto.Follower = (*wrapped)(nil)
)

// View implements clusto.Store. What the subject may is decided by where things
// are now, whatever version is shown.
func (w *wrapped) View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error {
	rights, err := w.subject.rights(ctx)
	if err != nil {
		return err
	}
	if at == clusto.Live || !rights.havePlaces() {
		return w.store.View(ctx, at, func(r clusto.Reader) error { return fn(w.reader(r, r, rights)) })
	}
	return w.store.View(ctx, clusto.Live, func(live clusto.Reader) error {
		return w.store.View(ctx, at, func(r clusto.Reader) error { return fn(w.reader(r, live, rights)) })
	})
}

// havePlaces reports whether some of the grants hold at some places only.
func (r *rights) havePlaces() bool {
	for _, set := range r.sets() {
		for _, h := range set {
			if len(h.Where) > 0 {
				return true
			}
		}
	}
	return false
}

// reader returns what shows of r what the rights permit, by the state of live.
func (w *wrapped) reader(r, live clusto.Reader, rights *rights) clusto.Reader {
	v := &reader{inner: r, judge: newJudge(w.policy, rights, w.subject.Name, live), same: r == live}
	if h, ok := r.(clusto.History); ok {
		return &past{reader: v, history: h}
	}
	return v
}

// Update implements clusto.Store.
func (w *wrapped) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	if _, err := w.subject.rights(ctx); err != nil {
		return 0, err
	}
	if !w.subject.KeepUser || change.User == "" {
		change.User = w.subject.Name
	}
	if !w.subject.KeepUser || change.Origin == "" {
		change.Origin = w.subject.Origin
	}
	return w.store.Update(ctx, change, func(inner clusto.Tx) error {
		rights, err := w.subject.rights(ctx) // fn may have waited long, and be run again
		if err != nil {
			return err
		}
		t := w.tx(inner, rights)
		if err := fn(t); err != nil {
			return err
		}
		return t.owed(ctx)
	})
}

// Prune implements clusto.Pruner, for who may administer clusto.
func (w *wrapped) Prune(ctx context.Context, upTo clusto.Version, dryRun bool) (clusto.Pruned, error) {
	if err := w.subject.MayAdmin(ctx); err != nil {
		return clusto.Pruned{}, err
	}
	p, ok := w.store.(clusto.Pruner)
	if !ok {
		return clusto.Pruned{}, clusto.Errorf(clusto.ErrUnsupported, "the history of this database cannot be pruned")
	}
	return p.Prune(ctx, upTo, dryRun)
}

// Close implements clusto.Store.
func (w *wrapped) Close() error { return nil }
