package app

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/server"
	"github.com/clusto/clusto/internal/signin"
	"github.com/clusto/clusto/internal/webui"
)

// doorway is what stands between requests and the inventory: who asks, and the
// store as they may see and change it.
type doorway struct {
	gate     *signin.Gate
	oidc     *signin.OIDC // nil if nobody signs in that way
	accounts *httpapi.Accounts
	policy   *access.Policy
	store    clusto.Store
	log      *slog.Logger
}

// doorway returns that of "clusto serve".
func (p *program) doorway(s cli.Setting, store clusto.Store) (*doorway, error) {
	conf := s.Config.HTTP
	d, err := newDoorway(s, store)
	if err != nil {
		return nil, err
	}
	o := signin.Options{RequestID: server.RequestID, Log: s.Log}
	if !conf.Accounts {
		o.Fixed = func(r *http.Request) access.Subject { return access.Everything("", originOf(r)) }
		return d, d.close(o)
	}
	o.Auth, o.Open, d.accounts.Required = d.accounts.Auth, isOpen, true
	if err := d.close(o); err != nil || conf.OIDC.Issuer == "" {
		return d, err
	}
	d.oidc, err = signin.NewOIDC(d.gate, oidcOptions(conf.OIDC))
	d.accounts.IssuerPath = signin.LoginPath
	return d, err
}

// localDoorway returns that of commands that open a database themselves: who can
// do that can do everything.
func localDoorway(s cli.Setting, store clusto.Store) (*doorway, error) {
	d, err := newDoorway(s, store)
	if err != nil {
		return nil, err
	}
	user := s.User()
	return d, d.close(signin.Options{Fixed: func(*http.Request) access.Subject { return access.Everything(user, "") }})
}

// policyOptions returns the rules for all users.
func policyOptions(s cli.Setting) access.Options {
	return access.Options{ReadByGrant: s.Config.HTTP.Read == config.ReadGranted, Secrets: s.Config.HTTP.SecretKeys}
}

func newDoorway(s cli.Setting, store clusto.Store) (*doorway, error) {
	conf := s.Config.HTTP
	policy, err := access.NewPolicy(policyOptions(s))
	if err != nil {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "[http] secret_keys: %w", err), "%s", clusto.Hint(err))
	}
	kept, err := access.NewAccounts(store, access.AccountsOptions{Log: s.Log})
	if err != nil {
		return nil, err
	}
	auth := access.NewAuthenticator(kept, access.AuthOptions{
		SessionLife: conf.SessionLife, MakeUsers: conf.OIDC.MakeUsers, IssuerGroups: conf.OIDC.Groups,
	})
	return &doorway{policy: policy, store: store, log: s.Log, accounts: &httpapi.Accounts{Kept: kept, Auth: auth, Store: store, Policy: policy}}, nil
}

// close makes the gate.
func (d *doorway) close(o signin.Options) (err error) {
	d.gate, err = signin.New(o)
	d.accounts.Gate = d.gate
	return err
}

// isOpen reports whether a request is answered whoever asks: to sign in, to get the
// pages that ask for it, and to learn how to ask, from the contract or the pages
// that show it.
func isOpen(r *http.Request) bool {
	if webui.Serves(r.URL.Path) {
		return r.Method == http.MethodGet || r.Method == http.MethodHead
	}
	if strings.HasPrefix(r.URL.Path, httpapi.DocsPath) {
		return true
	}
	switch r.URL.Path {
	case httpapi.Prefix + "/session":
		return r.Method == http.MethodPost
	case httpapi.Prefix + "/openapi.yaml", httpapi.Prefix + "/session/ways":
		return r.Method == http.MethodGet || r.Method == http.MethodHead
	case signin.LoginPath, signin.CallbackPath:
		return true
	}
	return false
}

// storeFor returns the inventory as the sender of a request may see and change it.
func (d *doorway) storeFor(ctx context.Context) clusto.Store {
	return access.Wrap(d.store, signin.Subject(ctx), d.policy)
}

// changeBy returns who changes the inventory with a request.
func (d *doorway) changeBy(ctx context.Context) clusto.Change {
	s := signin.Subject(ctx)
	return clusto.Change{User: s.Name, Origin: s.Origin}
}

// apply has the API ask the doorway.
func (d *doorway) apply(o *httpapi.Options) {
	o.Store, o.Change, o.Accounts = d.storeFor, d.changeBy, d.accounts
}

// run keeps the accounts until ctx ends. It says what keeps people from signing in.
func (d *doorway) run(ctx context.Context) error {
	if users, err := d.accounts.Kept.Users(ctx); err == nil && len(users) == 0 {
		d.log.Warn("there are no users, so nobody can sign in",
			"hint", "clusto user create NAME --admin, where the database can be opened, makes the first")
	}
	return d.accounts.Auth.Run(ctx)
}

// originOf returns where a request came from, as a version keeps it.
func originOf(r *http.Request) string {
	if addr := signin.Address(r); addr.IsValid() {
		return addr.String()
	}
	return ""
}

func oidcOptions(c config.OIDC) signin.OIDCOptions {
	return signin.OIDCOptions{
		Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: string(c.ClientSecret), Redirect: c.Redirect,
		Scopes: c.Scopes, UserClaim: c.UserClaim, GroupsClaim: c.GroupsClaim,
	}
}
