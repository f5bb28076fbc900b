package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

func showGrant(g clusto.Grant) api.Grant {
	return api.Grant{Id: g.ID, User: g.User, Group: g.Group, Grant: g.Line}
}

// ListGrants answers listGrants.
func (s *Server) ListGrants(w http.ResponseWriter, r *http.Request, params api.ListGrantsParams) {
	answer := api.GrantList{Grants: []api.Grant{}}
	grants, err := s.grants(r.Context(), params)
	for _, g := range grants {
		answer.Grants = append(answer.Grants, showGrant(g))
	}
	s.reply(w, r, answer, err)
}

func (s *Server) grants(ctx context.Context, params api.ListGrantsParams) ([]clusto.Grant, error) {
	if params.User == "" || params.Group != "" {
		a, err := s.administer(ctx)
		if err != nil {
			return nil, err
		}
		var m clusto.GrantMatch
		if params.User != "" {
			m.Users = []string{params.User}
		}
		if params.Group != "" {
			if err := a.thereAre(ctx, []string{params.Group}); err != nil {
				return nil, err
			}
			m.Groups = []string{params.Group}
		}
		return a.Kept.Grants(ctx, m)
	}
	a, name, err := s.accountOf(ctx, params.User)
	if err != nil {
		return nil, err
	}
	user, err := a.user(ctx, name)
	if err != nil {
		return nil, err
	}
	return a.Kept.Grants(ctx, clusto.GrantMatch{Users: []string{name}, Groups: user.Groups})
}

// CreateGrant answers createGrant.
func (s *Server) CreateGrant(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var body api.NewGrant
	a, err := s.administer(ctx)
	if err == nil {
		err = readBody(r, &body, false)
	}
	var g clusto.Grant
	if err == nil {
		g, err = a.Kept.Give(ctx, clusto.Grant{User: body.User, Group: body.Group, Line: body.Grant, CreatedBy: a.Gate.Subject(ctx).Name})
	}
	if err == nil {
		s.noted(ctx, "grant given", "grant", g.Line, "to", g.User+g.Group)
	}
	s.made(w, r, showGrant(g), err)
}

// DeleteGrant answers deleteGrant.
func (s *Server) DeleteGrant(w http.ResponseWriter, r *http.Request, id int64) {
	ctx := r.Context()
	a, err := s.administer(ctx)
	var line string
	if err == nil {
		line, err = a.lineOf(ctx, id)
	}
	if err == nil {
		err = a.Kept.Take(ctx, id)
	}
	if err == nil {
		s.noted(ctx, "grant taken away", "grant", line, "id", id)
	}
	s.done(w, r, err)
}

// lineOf returns the line of a grant, or "" if there is none with that number.
func (a *Accounts) lineOf(ctx context.Context, id int64) (string, error) {
	all, err := a.Kept.Grants(ctx, clusto.GrantMatch{})
	if i := slices.IndexFunc(all, func(g clusto.Grant) bool { return g.ID == id }); i >= 0 {
		return all[i].Line, err
	}
	return "", err
}
