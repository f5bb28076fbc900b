package access

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

var _ clusto.ViewKeeper = (*wrapped)(nil)

// Views implements clusto.ViewKeeper: those of the subject, and those that all share;
// of everybody for who may administer clusto.
func (w *wrapped) Views(ctx context.Context, m clusto.ViewMatch) ([]clusto.View, error) {
	keeper, err := w.views()
	if err != nil {
		return nil, err
	}
	if _, err := w.subject.rights(ctx); err != nil {
		return nil, err
	}
	if w.subject.MayAdmin(ctx) == nil {
		return keeper.Views(ctx, m)
	}
	own := []string{"", w.subject.Name}
	if m.Owners != nil {
		own = slices.DeleteFunc(own, func(owner string) bool { return !slices.Contains(m.Owners, owner) })
	}
	m.Owners = slices.Compact(own)
	return keeper.Views(ctx, m)
}

// KeepView implements clusto.ViewKeeper, for the subject's own views and, for who may
// share views, for those that all share.
func (w *wrapped) KeepView(ctx context.Context, v clusto.View) error {
	keeper, err := w.mayChangeViews(ctx, v.Owner)
	if err != nil {
		return err
	}
	if !w.subject.KeepUser || v.ChangedBy == "" {
		v.ChangedBy = w.subject.Name
	}
	return keeper.KeepView(ctx, v)
}

// ForgetView implements clusto.ViewKeeper, for whom KeepView does.
func (w *wrapped) ForgetView(ctx context.Context, owner, name string) error {
	keeper, err := w.mayChangeViews(ctx, owner)
	if err != nil {
		return err
	}
	return keeper.ForgetView(ctx, owner, name)
}

// mayChangeViews returns what keeps the views of an owner, if the subject may change
// them.
func (w *wrapped) mayChangeViews(ctx context.Context, owner string) (clusto.ViewKeeper, error) {
	keeper, err := w.views()
	if err != nil {
		return nil, err
	}
	switch owner {
	case "":
		err = w.subject.MayShareViews(ctx)
	case w.subject.Name:
		err = w.subject.mayOwnViews(ctx)
	default:
		err = w.subject.MayAdmin(ctx)
	}
	return keeper, err
}

// sharing is the question whether somebody may change the views that all share.
var sharing = question{verb: Write, kind: View}

// MayShareViews returns ErrDenied unless the subject may change the views that all
// share.
func (s Subject) MayShareViews(ctx context.Context) error {
	r, err := s.rights(ctx)
	if err != nil {
		return err
	}
	hasty := *r // a view is no thing that could be looked at
	hasty.careful = false
	if hasty.rule(sharing, false).verdict == whatever {
		return nil
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrDenied, "%s", r.refusal(s.Name, sharing, "")), `that needs the grant "write view"; a view of your own needs none`)
}

// mayOwnViews returns ErrDenied if the subject has signed in by a token that is
// narrowed to other things: everybody else may have views.
func (s Subject) mayOwnViews(ctx context.Context) error {
	r, err := s.rights(ctx)
	if err != nil || r.narrow == nil || len(covering(r.narrow, sharing)) > 0 {
		return err
	}
	return clusto.Errorf(clusto.ErrDenied, "the token %q does not permit %s to write views", r.token, s.Name)
}

// views returns what keeps them.
func (w *wrapped) views() (clusto.ViewKeeper, error) {
	keeper, ok := w.store.(clusto.ViewKeeper)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "this database keeps no views")
	}
	return keeper, nil
}
