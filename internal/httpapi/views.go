package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/query"
)

// viewer is who asks for views, and what keeps them.
type viewer struct {
	clusto.ViewKeeper
	user string // "" where nobody signs in: there all views are shared
}

// viewer returns who asks, or ErrUnsupported if nothing keeps views.
func (s *Server) viewer(ctx context.Context) (viewer, error) {
	keeper, ok := s.options.Store(ctx).(clusto.ViewKeeper)
	if !ok {
		return viewer{}, clusto.Errorf(clusto.ErrUnsupported, "this database keeps no views")
	}
	v := viewer{ViewKeeper: keeper}
	if a := s.options.Accounts; a != nil && a.Required {
		v.user = a.Gate.Subject(ctx).Name
	}
	return v, nil
}

// owner returns whose view is meant.
func (v viewer) owner(shared bool) string {
	if shared {
		return ""
	}
	return v.user
}

// mayShare reports whether who asks may change the views that all share.
func (s *Server) mayShare(ctx context.Context) bool {
	a := s.options.Accounts
	return a == nil || !a.Required || a.Gate.Subject(ctx).MayShareViews(ctx) == nil
}

func showView(v clusto.View) api.View {
	return api.View{
		Name: v.Name, Shared: v.Owner == "", Query: v.Query, Columns: append([]clusto.ViewColumn{}, v.Columns...), Sort: v.Sort,
		MergeAttrs: v.MergeAttrs, Changed: v.Changed, ChangedBy: v.ChangedBy,
	}
}

// ListViews answers listViews.
func (s *Server) ListViews(w http.ResponseWriter, r *http.Request) {
	answer := api.ViewList{Views: []api.View{}, MayShare: s.mayShare(r.Context())}
	v, err := s.viewer(r.Context())
	var views []clusto.View
	if err == nil {
		views, err = v.Views(r.Context(), clusto.ViewMatch{Owners: []string{"", v.user}})
	}
	for _, one := range views {
		answer.Views = append(answer.Views, showView(one))
	}
	s.reply(w, r, answer, err)
}

// GetView answers getView.
func (s *Server) GetView(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetViewParams) {
	var answer api.View
	v, err := s.viewer(r.Context())
	if err == nil {
		answer, err = v.named(r.Context(), name, params.Shared)
	}
	s.reply(w, r, answer, err)
}

// named returns a view, or ErrNotFound.
func (v viewer) named(ctx context.Context, name string, shared bool) (api.View, error) {
	views, err := v.Views(ctx, clusto.ViewMatch{Owners: []string{v.owner(shared)}, Names: []string{name}})
	if err == nil && len(views) == 0 {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no view %q", name), "clusto view list shows those there are")
	}
	if err != nil {
		return api.View{}, err
	}
	return showView(views[0]), nil
}

// PutView answers putView.
func (s *Server) PutView(w http.ResponseWriter, r *http.Request, name api.Name, params api.PutViewParams) {
	answer, err := s.putView(r, name, params.Shared)
	s.reply(w, r, answer, err)
}

func (s *Server) putView(r *http.Request, name string, shared bool) (api.View, error) {
	ctx := r.Context()
	var body api.NewView
	if err := readBody(r, &body, false); err != nil {
		return api.View{}, err
	}
	v, err := s.viewer(ctx)
	if err != nil {
		return api.View{}, err
	}
	one := clusto.View{
		Owner: v.owner(shared), Name: name, Query: body.Query, Columns: body.Columns, Sort: body.Sort, MergeAttrs: body.MergeAttrs,
		Changed: s.options.Now().UTC().Truncate(time.Second), ChangedBy: s.options.Change(ctx).User,
	}
	if err := readable(&one); err != nil {
		return api.View{}, err
	}
	if err := v.KeepView(ctx, one); err != nil {
		return api.View{}, err
	}
	return v.named(ctx, name, shared)
}

// readable returns ErrInvalid if a view asks for what cannot be read.
func readable(v *clusto.View) error {
	if _, err := query.Parse(v.Query); err != nil {
		return &parameterError{"query", err}
	}
	names := make([]string, 0, len(v.Columns)+1)
	for _, c := range v.Columns {
		names = append(names, c.Column)
	}
	if err := atMost("column", names, maxColumns); err != nil {
		return err
	}
	if v.Sort != "" {
		names = append(names, strings.TrimPrefix(v.Sort, "-"))
	}
	if _, err := query.NewColumns(names...); err != nil {
		return &parameterError{"column", err}
	}
	return nil
}

// DeleteView answers deleteView.
func (s *Server) DeleteView(w http.ResponseWriter, r *http.Request, name api.Name, params api.DeleteViewParams) {
	v, err := s.viewer(r.Context())
	if err == nil {
		err = v.ForgetView(r.Context(), v.owner(params.Shared), name)
	}
	s.done(w, r, err)
}
