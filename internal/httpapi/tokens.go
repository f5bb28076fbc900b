package httpapi

import (
	"context"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
)

func showToken(t clusto.Token) api.Token {
	return api.Token{
		Name: t.Name, User: t.User, Grants: t.Narrowed, Created: moment(t.Created),
		Expires: moment(t.Expires), Revoked: moment(t.Revoked), LastUsed: moment(t.LastUsed),
	}
}

// ListTokens answers listTokens.
func (s *Server) ListTokens(w http.ResponseWriter, r *http.Request, params api.ListTokensParams) {
	ctx := r.Context()
	answer := api.TokenList{Tokens: []api.Token{}}
	a, name, err := s.accountOf(ctx, params.User)
	if err == nil {
		_, err = a.Kept.User(ctx, name)
	}
	var tokens []clusto.Token
	if err == nil {
		tokens, err = a.Kept.Tokens(ctx, name)
	}
	for _, t := range tokens {
		answer.Tokens = append(answer.Tokens, showToken(t))
	}
	s.reply(w, r, answer, err)
}

// CreateToken answers createToken.
func (s *Server) CreateToken(w http.ResponseWriter, r *http.Request) {
	answer, err := s.createToken(r)
	s.made(w, r, answer, err)
}

func (s *Server) createToken(r *http.Request) (*api.MadeToken, error) {
	ctx := r.Context()
	var body api.NewToken
	if err := readBody(r, &body, false); err != nil {
		return nil, err
	}
	a, name, err := s.accountOf(ctx, body.User)
	if err != nil {
		return nil, err
	}
	want := access.TokenRequest{User: name, Name: body.Name, Narrowed: body.Grants}
	if body.Expires != nil {
		want.Expires = *body.Expires
	}
	if err := a.Gate.Subject(ctx).Narrow(ctx, &want); err != nil {
		return nil, err
	}
	secret, t, err := a.Kept.IssueToken(ctx, want)
	if err != nil {
		return nil, err
	}
	s.noted(ctx, "token made", "name", t.Name, "account", t.User)
	return &api.MadeToken{Secret: secret, Token: showToken(t)}, nil
}

// RevokeToken answers revokeToken.
func (s *Server) RevokeToken(w http.ResponseWriter, r *http.Request, name api.Name, params api.RevokeTokenParams) {
	ctx := r.Context()
	a, user, err := s.accountOf(ctx, params.User)
	if err == nil {
		err = a.mayRevoke(ctx, user, name)
	}
	if err == nil {
		err = a.Kept.RevokeToken(ctx, user, name)
	}
	if err == nil {
		s.noted(ctx, "token revoked", "name", name, "account", user)
	}
	s.done(w, r, err)
}

// mayRevoke returns ErrDenied if who asks has signed in by a token that is
// narrowed: that can end itself, and not what its user has given to others.
func (a *Accounts) mayRevoke(ctx context.Context, user, name string) error {
	subject := a.Gate.Subject(ctx)
	narrowed, err := subject.Narrowed(ctx)
	if err != nil || !narrowed || user == subject.Name && name == subject.Token || subject.MayAdmin(ctx) == nil {
		return err
	}
	return clusto.Errorf(clusto.ErrDenied, "the token %q, which is narrowed, can revoke itself alone", subject.Token)
}
