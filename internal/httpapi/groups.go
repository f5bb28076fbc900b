package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

func showGroup(g clusto.Group) api.Group {
	return api.Group{Name: g.Name, Members: append([]string{}, g.Members...)}
}

// ListGroups answers listGroups.
func (s *Server) ListGroups(w http.ResponseWriter, r *http.Request) {
	answer := api.GroupList{Groups: []api.Group{}}
	a, err := s.administer(r.Context())
	var groups []clusto.Group
	if err == nil {
		groups, err = a.Kept.Groups(r.Context())
	}
	for _, g := range groups {
		answer.Groups = append(answer.Groups, showGroup(g))
	}
	s.reply(w, r, answer, err)
}

// SetGroup answers setGroup.
func (s *Server) SetGroup(w http.ResponseWriter, r *http.Request, name api.Name) {
	answer, err := s.setGroup(r, name)
	s.reply(w, r, answer, err)
}

func (s *Server) setGroup(r *http.Request, name string) (*api.Group, error) {
	ctx := r.Context()
	var body api.SetGroupJSONRequestBody
	a, err := s.administer(ctx)
	if err == nil {
		err = readBody(r, &body, false)
	}
	if err == nil && body.Members == nil {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the group %s gets no members", name), "an empty list takes all out")
	}
	if err != nil {
		return nil, err
	}
	err = a.Kept.ChangeGroup(ctx, name, func(g *clusto.Group) error { g.Members = body.Members; return nil })
	if errors.Is(err, clusto.ErrNotFound) {
		if there, errThere := a.group(ctx, name); errThere != nil || there != nil {
			return nil, errors.Join(err, errThere) // a member is not known
		}
		err = a.Kept.CreateGroup(ctx, clusto.Group{Name: name, Members: body.Members})
	}
	if err != nil {
		return nil, err
	}
	s.noted(ctx, "group changed", "group", name, "members", body.Members)
	g, err := a.group(ctx, name)
	if err != nil || g == nil {
		return nil, err
	}
	shown := showGroup(*g)
	return &shown, nil
}

// group returns a group, or nil if there is none of that name.
func (a *Accounts) group(ctx context.Context, name string) (*clusto.Group, error) {
	groups, err := a.Kept.Groups(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(groups, func(g clusto.Group) bool { return g.Name == name }); i >= 0 {
		return &groups[i], nil
	}
	return nil, nil
}

// thereAre returns ErrNotFound unless there are groups with all of the names.
func (a *Accounts) thereAre(ctx context.Context, names []string) error {
	for _, name := range names {
		g, err := a.group(ctx, name)
		if err == nil && g == nil {
			err = clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no group %q", name), "clusto group set makes one")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// putIntoGroups puts a user into groups, and takes them out of others.
func (a *Accounts) putIntoGroups(ctx context.Context, user string, groups, others []string) error {
	for _, name := range groups {
		err := a.Kept.ChangeGroup(ctx, name, func(g *clusto.Group) error { g.Members = append(g.Members, user); return nil })
		if err != nil {
			return err
		}
	}
	for _, name := range others {
		err := a.Kept.ChangeGroup(ctx, name, func(g *clusto.Group) error {
			g.Members = slices.DeleteFunc(g.Members, func(member string) bool { return member == user })
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// DeleteGroup answers deleteGroup.
func (s *Server) DeleteGroup(w http.ResponseWriter, r *http.Request, name api.Name) {
	a, err := s.administer(r.Context())
	if err == nil {
		err = a.Kept.DeleteGroup(r.Context(), name)
	}
	if err == nil {
		s.noted(r.Context(), "group deleted", "group", name)
	}
	s.done(w, r, err)
}
