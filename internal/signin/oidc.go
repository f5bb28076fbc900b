package signin

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
)

// The paths at which people sign in by way of an issuer, and to which that sends
// them back.
const (
	LoginPath    = "/auth/oidc/login"
	CallbackPath = "/auth/oidc/callback"
)

// OIDCOptions are what an OIDC is made of. Issuer, ClientID and Redirect are
// required.
type OIDCOptions struct {
	// Issuer is the URL of the issuer; ClientID and ClientSecret are what it knows
	// us by. A public client has no secret.
	Issuer, ClientID, ClientSecret string
	// Redirect is the URL of this server as browsers see it, without a path.
	Redirect string
	// Scopes are what is asked for besides openid.
	Scopes []string
	// UserClaim and GroupsClaim are the claims that hold the name that a user is
	// to have, and the groups; "" for none.
	UserClaim, GroupsClaim string
	// HTTPClient asks the issuer; nil means one that waits ten seconds.
	HTTPClient *http.Client
}

// OIDC signs people in by way of an OpenID Connect issuer: by the authorization
// code flow with PKCE (RFC 7636), state and nonce. The issuer is asked for what it
// can do when the first one comes.
type OIDC struct {
	gate    *Gate
	options OIDCOptions

	mu       sync.Mutex // guards provider
	provider *oidc.Provider
}

// NewOIDC returns what signs people in, with sessions of a gate that has accounts.
func NewOIDC(g *Gate, o OIDCOptions) (*OIDC, error) {
	if g.options.Auth == nil || o.Issuer == "" || o.ClientID == "" || o.Redirect == "" {
		return nil, clusto.Errorf(clusto.ErrInvalid, "OpenID Connect wants accounts, an issuer, a client ID and the address of this server")
	}
	if o.HTTPClient == nil {
		o.HTTPClient = &http.Client{Timeout: 10 * time.Second}
	}
	return &OIDC{gate: g, options: o}, nil
}

// Register has mux call o for its paths.
func (o *OIDC) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET "+LoginPath, o.login)
	mux.HandleFunc("GET "+CallbackPath, o.callback)
}

// attempt is what a browser keeps while its user is at the issuer.
type attempt struct {
	State, Nonce, Verifier string
	To                     string // where to go afterwards
}

// attemptCookie is where it is kept, for how long at most, and where it is sent.
const (
	attemptCookie = "clusto_oidc"
	attemptLife   = 10 * time.Minute
	attemptPath   = "/auth/oidc/"
)

// login sends a browser to the issuer.
func (o *OIDC) login(w http.ResponseWriter, r *http.Request) {
	config, _, err := o.discover(r.Context())
	if err != nil {
		o.fail(w, r, err)
		return
	}
	a := attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: localPath(r.URL.Query().Get("to"))}
	text, err := json.Marshal(a)
	if err != nil {
		o.fail(w, r, err)
		return
	}
	http.SetCookie(w, o.cookie(base64.RawURLEncoding.EncodeToString(text), int(attemptLife.Seconds())))
	w.Header().Set("Cache-Control", "no-store")
	to := config.AuthCodeURL(a.State, oidc.Nonce(nonceOf(a.Nonce)), oauth2.S256ChallengeOption(a.Verifier))
	http.Redirect(w, r, to, http.StatusFound)
}

// nonceOf returns the nonce that the issuer sees: who can read its answers learns
// nothing of the cookie.
func nonceOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// cookie returns the cookie of an attempt; with a negative age it goes.
func (o *OIDC) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: attemptCookie, Value: value, Path: attemptPath, MaxAge: age,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, // the issuer sends the browser back here
	}
}

// callback takes what the issuer sends a browser back with.
func (o *OIDC) callback(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address has a code in it
	a, err := attemptOf(r)
	http.SetCookie(w, o.cookie("", -1))
	if err != nil {
		o.fail(w, r, err)
		return
	}
	subject, err := o.signIn(r, a)
	if err != nil {
		o.fail(w, r, err)
		return
	}
	if _, err := o.gate.Begin(w, r, subject); err != nil {
		o.fail(w, r, err)
		return
	}
	o.gate.options.Log.InfoContext(r.Context(), "signed in", "user", subject.Name, "addr", subject.Origin, "issuer", o.options.Issuer)
	http.Redirect(w, r, a.To, http.StatusSeeOther)
}

// attemptOf returns the attempt that a browser comes back from.
func attemptOf(r *http.Request) (a attempt, err error) {
	c, err := r.Cookie(attemptCookie)
	if err != nil {
		return a, &access.SignInError{Reason: "the attempt to sign in has expired, or was begun in another browser"}
	}
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil || !same(r.URL.Query().Get("state"), a.State) {
		return a, &access.SignInError{Reason: "the answer of the issuer is not for this attempt to sign in"}
	}
	a.To = localPath(a.To)
	return a, nil
}

// signIn has the issuer say who somebody is.
func (o *OIDC) signIn(r *http.Request, a attempt) (access.Subject, error) {
	query := r.URL.Query()
	if reason := query.Get("error"); reason != "" {
		return access.Subject{}, &access.SignInError{Reason: "the issuer refuses: " + strings.ToValidUTF8(cut(reason+" "+query.Get("error_description")), "")}
	}
	config, verifier, err := o.discover(r.Context())
	if err != nil {
		return access.Subject{}, err
	}
	ctx := oidc.ClientContext(r.Context(), o.options.HTTPClient)
	tokens, err := config.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(a.Verifier))
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.Response.StatusCode < http.StatusInternalServerError {
		return access.Subject{}, &access.SignInError{Reason: "the issuer refuses: " + cut(cmp.Or(refusal.ErrorCode, refusal.Response.Status))}
	}
	if err != nil {
		return access.Subject{}, clusto.Errorf(clusto.ErrUnavailable, "ask the issuer who somebody is: %w", err)
	}
	text, _ := tokens.Extra("id_token").(string)
	token, err := verifier.Verify(ctx, text)
	if err != nil || !same(token.Nonce, nonceOf(a.Nonce)) {
		o.gate.options.Log.WarnContext(ctx, "the issuer's word about somebody is not good", "issuer", o.options.Issuer, "err", err)
		return access.Subject{}, &access.SignInError{Reason: "the issuer's word about who you are is not good"}
	}
	external, err := o.external(ctx, token, config.TokenSource(ctx, tokens))
	if err != nil {
		return access.Subject{}, err
	}
	return o.gate.options.Auth.ExternalIdentity(ctx, external, Address(r))
}

// external returns what the issuer says about somebody: in a token that was
// verified and, for what that lacks, when it is asked with the others.
func (o *OIDC) external(ctx context.Context, token *oidc.IDToken, others oauth2.TokenSource) (access.External, error) {
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return access.External{}, &access.SignInError{Reason: "the issuer's word about who you are cannot be read"}
	}
	_, named := claims[o.options.UserClaim]
	_, grouped := claims[o.options.GroupsClaim]
	if (!named || !grouped) && o.known().UserInfoEndpoint() != "" {
		more, err := o.known().UserInfo(ctx, others)
		if err != nil {
			return access.External{}, clusto.Errorf(clusto.ErrUnavailable, "ask the issuer more about somebody: %w", err)
		}
		if more.Subject != token.Subject { // OpenID Connect Core section 5.3.2
			return access.External{}, &access.SignInError{Reason: "the issuer speaks of two people"}
		}
		var all map[string]any
		if err := more.Claims(&all); err != nil {
			return access.External{}, &access.SignInError{Reason: "the issuer's word about who you are cannot be read"}
		}
		maps.Copy(all, claims)
		claims = all
	}
	text := func(claim string) string { s, _ := claims[claim].(string); return s }
	return access.External{
		Issuer: token.Issuer, Subject: token.Subject, Name: text(o.options.UserClaim),
		FullName: text("name"), Email: text("email"), Groups: texts(claims[o.options.GroupsClaim]),
	}, nil
}

// known returns the provider that discover has found.
func (o *OIDC) known() *oidc.Provider {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.provider
}

// texts returns the texts of a claim that is a list, or one text; nil if there is
// no such claim.
func texts(claim any) []string {
	switch claim := claim.(type) {
	case string:
		return []string{claim}
	case []any:
		list := []string{}
		for _, item := range claim {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}

// discover returns how to ask the issuer and to check what it says. It asks for
// that once; while the issuer is out of reach it asks again each time.
func (o *OIDC) discover(ctx context.Context) (*oauth2.Config, *oidc.IDTokenVerifier, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider == nil {
		// The provider keeps the context, for keys that it reads later.
		lasting := oidc.ClientContext(context.WithoutCancel(ctx), o.options.HTTPClient)
		p, err := oidc.NewProvider(lasting, o.options.Issuer)
		if err != nil {
			return nil, nil, clusto.Errorf(clusto.ErrUnavailable, "ask the issuer how to sign in: %w", err)
		}
		o.provider = p
	}
	return &oauth2.Config{
		ClientID: o.options.ClientID, ClientSecret: o.options.ClientSecret, Endpoint: o.provider.Endpoint(),
		RedirectURL: o.options.Redirect + CallbackPath, Scopes: append([]string{oidc.ScopeOpenID}, o.options.Scopes...),
	}, o.provider.Verifier(&oidc.Config{ClientID: o.options.ClientID}), nil
}

// fail answers somebody who could not be signed in. What went wrong between us and
// the issuer goes to the log.
func (o *OIDC) fail(w http.ResponseWriter, r *http.Request, err error) {
	g := o.gate
	hint := "begin again at " + LoginPath
	refusal, ok := errors.AsType[*access.SignInError](err)
	switch {
	case ok:
		g.options.Log.InfoContext(r.Context(), "somebody could not sign in", "addr", Address(r), "issuer", o.options.Issuer, "err", err)
		if told := clusto.Hint(err); told != "" {
			hint = told
		}
		g.problem(w, r, http.StatusForbidden, kindDenied, refusal.Error(), hint)
	case errors.Is(err, clusto.ErrUnavailable):
		g.options.Log.ErrorContext(r.Context(), "nobody can sign in by way of the issuer", "issuer", o.options.Issuer, "err", err)
		g.problem(w, r, http.StatusServiceUnavailable, "not-available", "the issuer cannot be asked now", "try again later")
	default:
		g.refuse(w, r, err)
	}
}

// localPath returns where to go on this server, or / for anything that would lead
// elsewhere.
func localPath(to string) string {
	u, err := url.Parse(to)
	switch {
	case err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "",
		!strings.HasPrefix(to, "/"), strings.HasPrefix(to, "//"), strings.ContainsAny(to, "\\\r\n\t"),
		strings.HasPrefix(path.Clean(u.Path), attemptPath):
		return "/"
	}
	return u.RequestURI()
}

// cut returns the beginning of what a stranger says.
func cut(text string) string {
	const most = 200
	if text = strings.TrimSpace(text); len(text) > most {
		return text[:most] + "…"
	}
	return text
}
