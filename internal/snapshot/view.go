package snapshot

import (
	"context"
	"iter"

	"github.com/clusto/clusto"
)

// view is a reader of what is in memory. What is not there it asks the database,
// each time in a View of the same version, so that whoever does not ask it pays
// for none. It is more lenient than a reader must be: it can be asked something
// while an answer is being ranged over.
type view struct {
	*Snapshot
	under clusto.Store
	at    clusto.Version // of the database, for what is not in memory
}

var (
	_ clusto.History     = (*view)(nil)
	_ clusto.Auditor     = (*view)(nil)
	_ clusto.Intersecter = (*view)(nil)
)

// Counter implements clusto.Reader.
func (v *view) Counter(ctx context.Context, id clusto.EntityID, key string) (n int64, found bool, err error) {
	err = v.under.View(ctx, clusto.Live, func(r clusto.Reader) (err error) {
		n, found, err = r.Counter(ctx, id, key)
		return err
	})
	return n, found, err
}

// Versions implements clusto.Reader.
func (v *view) Versions(ctx context.Context, since clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	return asked(ctx, v, func(r clusto.Reader) (iter.Seq2[clusto.VersionInfo, error], error) {
		return r.Versions(ctx, since), nil
	})
}

// FindVersions implements clusto.History.
func (v *view) FindVersions(ctx context.Context, m clusto.VersionMatch) iter.Seq2[clusto.VersionInfo, error] {
	return remembered(ctx, v, func(h clusto.History) iter.Seq2[clusto.VersionInfo, error] { return h.FindVersions(ctx, m) })
}

// Edits implements clusto.History.
func (v *view) Edits(ctx context.Context, m clusto.EditMatch) iter.Seq2[clusto.Edit, error] {
	return remembered(ctx, v, func(h clusto.History) iter.Seq2[clusto.Edit, error] { return h.Edits(ctx, m) })
}

// Lives implements clusto.History.
func (v *view) Lives(ctx context.Context, m clusto.LifeMatch) iter.Seq2[clusto.Life, error] {
	return remembered(ctx, v, func(h clusto.History) iter.Seq2[clusto.Life, error] { return h.Lives(ctx, m) })
}

// AuditAttrs implements clusto.Auditor.
func (v *view) AuditAttrs(ctx context.Context) iter.Seq2[clusto.StoredAttr, error] {
	return audited(ctx, v, func(a clusto.Auditor) iter.Seq2[clusto.StoredAttr, error] { return a.AuditAttrs(ctx) })
}

// AuditCounters implements clusto.Auditor.
func (v *view) AuditCounters(ctx context.Context) iter.Seq2[clusto.StoredCounter, error] {
	return audited(ctx, v, func(a clusto.Auditor) iter.Seq2[clusto.StoredCounter, error] { return a.AuditCounters(ctx) })
}

// AuditFreeRanges implements clusto.Auditor.
func (v *view) AuditFreeRanges(ctx context.Context) iter.Seq2[clusto.FreeRange, error] {
	return audited(ctx, v, func(a clusto.Auditor) iter.Seq2[clusto.FreeRange, error] { return a.AuditFreeRanges(ctx) })
}

// remembered is a sequence of the database's history.
func remembered[T any](ctx context.Context, v *view, ask func(clusto.History) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return asked(ctx, v, func(r clusto.Reader) (iter.Seq2[T, error], error) {
		h, err := clusto.Past(r)
		if err != nil {
			return nil, err
		}
		return ask(h), nil
	})
}

// audited is a sequence of the database's rows as they lie there.
func audited[T any](ctx context.Context, v *view, ask func(clusto.Auditor) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return asked(ctx, v, func(r clusto.Reader) (iter.Seq2[T, error], error) {
		a, ok := r.(clusto.Auditor)
		if !ok {
			return nil, lacks("it does not show rows as they lie there")
		}
		return ask(a), nil
	})
}

// asked is a sequence of the database, which is asked when it is ranged over.
func asked[T any](ctx context.Context, v *view, ask func(clusto.Reader) (iter.Seq2[T, error], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ended := false
		err := v.under.View(ctx, v.at, func(r clusto.Reader) error {
			answer, err := ask(r)
			if err != nil {
				return err
			}
			for x, err := range answer {
				if !yield(x, err) || err != nil {
					ended = true
					return nil
				}
			}
			return nil
		})
		if err != nil && !ended {
			var none T
			yield(none, err)
		}
	}
}
