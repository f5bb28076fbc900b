package client

import (
	"context"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Session returns who is asking and what they may do.
func (c *Client) Session(ctx context.Context) (*api.Session, error) {
	return fetch[api.Session](ctx, c, nil)(rest.NewGetSessionRequest(c.base))
}

// SignInWays returns how one can sign in. It is answered whoever asks.
func (c *Client) SignInWays(ctx context.Context) (*api.SignInWays, error) {
	return fetch[api.SignInWays](ctx, c, nil)(rest.NewGetSignInWaysRequest(c.base))
}

// SignIn checks a password, and begins a session whose cookie only an
// Options.HTTPClient with a jar keeps.
func (c *Client) SignIn(ctx context.Context, user, password string) (*api.Session, error) {
	return fetch[api.Session](ctx, c, nil)(
		rest.NewSignInRequest(c.base, api.SignInJSONRequestBody{User: user, Password: password}))
}

// SignOut ends the session of a cookie.
func (c *Client) SignOut(ctx context.Context) error {
	return c.tell(ctx)(rest.NewSignOutRequest(c.base))
}

// Users returns the users.
func (c *Client) Users(ctx context.Context) (*api.UserList, error) {
	return fetch[api.UserList](ctx, c, nil)(rest.NewListUsersRequest(c.base))
}

// User returns a user.
func (c *Client) User(ctx context.Context, name string) (*api.User, error) {
	return fetch[api.User](ctx, c, nil, name)(rest.NewGetUserRequest(c.base, name))
}

// CreateUser makes a user.
func (c *Client) CreateUser(ctx context.Context, u api.NewUser) (*api.User, error) {
	return fetch[api.User](ctx, c, nil)(rest.NewCreateUserRequest(c.base, u))
}

// ChangeUser changes what is set in u about a user.
func (c *Client) ChangeUser(ctx context.Context, name string, u api.UserChange) (*api.User, error) {
	return fetch[api.User](ctx, c, nil, name)(rest.NewChangeUserRequest(c.base, name, u))
}

// DeleteUser deletes a user with their tokens and permissions.
func (c *Client) DeleteUser(ctx context.Context, name string) error {
	return c.tell(ctx, name)(rest.NewDeleteUserRequest(c.base, name))
}

// Groups returns the groups.
func (c *Client) Groups(ctx context.Context) (*api.GroupList, error) {
	return fetch[api.GroupList](ctx, c, nil)(rest.NewListGroupsRequest(c.base))
}

// SetGroup makes a group, or says who is in it.
func (c *Client) SetGroup(ctx context.Context, name string, members []string) (*api.Group, error) {
	return fetch[api.Group](ctx, c, nil, name)(
		rest.NewSetGroupRequest(c.base, name, api.SetGroupJSONRequestBody{Members: list(members)}))
}

// DeleteGroup deletes a group with its permissions.
func (c *Client) DeleteGroup(ctx context.Context, name string) error {
	return c.tell(ctx, name)(rest.NewDeleteGroupRequest(c.base, name))
}

// Grants returns permissions of a user or a group, or all.
func (c *Client) Grants(ctx context.Context, o api.ListGrantsParams) (*api.GrantList, error) {
	return fetch[api.GrantList](ctx, c, o)(rest.NewListGrantsRequest(c.base, nil))
}

// CreateGrant gives a permission to a user or a group.
func (c *Client) CreateGrant(ctx context.Context, g api.NewGrant) (*api.Grant, error) {
	return fetch[api.Grant](ctx, c, nil)(rest.NewCreateGrantRequest(c.base, g))
}

// DeleteGrant takes a permission away.
func (c *Client) DeleteGrant(ctx context.Context, id int64) error {
	return c.tell(ctx)(rest.NewDeleteGrantRequest(c.base, id))
}

// Tokens returns the tokens of a user; "" is who asks.
func (c *Client) Tokens(ctx context.Context, user string) (*api.TokenList, error) {
	return fetch[api.TokenList](ctx, c, api.ListTokensParams{User: user})(rest.NewListTokensRequest(c.base, nil))
}

// CreateToken makes a token. Its secret is in the answer, this once.
func (c *Client) CreateToken(ctx context.Context, t api.NewToken) (*api.MadeToken, error) {
	return fetch[api.MadeToken](ctx, c, nil)(rest.NewCreateTokenRequest(c.base, t))
}

// RevokeToken revokes a token of a user; "" is the one who asks.
func (c *Client) RevokeToken(ctx context.Context, name, user string) error {
	return c.send(ctx, api.RevokeTokenParams{User: user}, unread, name)(rest.NewRevokeTokenRequest(c.base, name, nil))
}

// Can says whether a user may do something, and why.
func (c *Client) Can(ctx context.Context, o api.CanParams) (*api.Verdict, error) {
	return fetch[api.Verdict](ctx, c, o)(rest.NewCanRequest(c.base, nil))
}
