package signin_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/signin"
)

// teller is an issuer that vouches for whatever a test wants.
type teller struct {
	*httptest.Server
	key    *rsa.PrivateKey
	change func(claims map[string]any) // of the token
	header map[string]any              // of the token, in place of what belongs there

	nonce, challenge string // of the last one who was sent here
	asked            url.Values
}

func newTeller(t *testing.T) *teller {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &teller{key: key, change: func(map[string]any) {}}
	mux := http.NewServeMux()
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig",
			"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		i.asked = r.URL.Query()
		i.nonce, i.challenge = i.asked.Get("nonce"), i.asked.Get("code_challenge")
		http.Redirect(w, r, i.asked.Get("redirect_uri")+"?code=good&state="+url.QueryEscape(i.asked.Get("state")), http.StatusFound)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if encode(sum[:]) != i.challenge || r.FormValue("code") != "good" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			answer(w, map[string]any{"error": "invalid_grant"})
			return
		}
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": i.token(t)})
	})
	return i
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// token returns what the issuer says about dora.
func (i *teller) token(t *testing.T) string {
	t.Helper()
	claims := map[string]any{
		"iss": i.URL, "aud": "clusto", "sub": "4711", "nonce": i.nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		"preferred_username": "dora", "groups": []string{"ops"},
	}
	i.change(claims)
	header := map[string]any{"alg": "RS256", "kid": "1"}
	maps.Copy(header, i.header)
	head, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := encode(head) + "." + encode(payload)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	if i.header["alg"] == "none" {
		signature = nil
	}
	return text + "." + encode(signature)
}

// site is a server whose people sign in by way of a teller.
func (h *house) site(i *teller) *httptest.Server {
	h.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", h.door)
	server := httptest.NewTLSServer(mux)
	h.Cleanup(server.Close)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	o, err := signin.NewOIDC(h.gate, signin.OIDCOptions{
		Issuer: i.URL, ClientID: "clusto", Redirect: server.URL, Scopes: []string{"profile"},
		UserClaim: "preferred_username", GroupsClaim: "groups", HTTPClient: client,
	})
	h.ok(err)
	o.Register(mux)
	return server
}

func TestOIDC(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	i := newTeller(t)
	server := h.site(i)
	for to, want := range map[string]string{
		"": "/", "/racks?row=1": "/racks?row=1", "https://evil.example.com/": "/", "//evil.example.com": "/", `/\evil.example.com`: "/",
		"javascript:alert(1)": "/", "/%5cevil.example.com": "/%5cevil.example.com", signin.LoginPath: "/", "/x/../auth/oidc/callback": "/", "racks": "/",
		"/a\nb": "/",
	} {
		c := browser(t, server)
		page, err := c.Get(server.URL + signin.LoginPath + "?to=" + url.QueryEscape(to))
		h.ok(err)
		if got := body(t, page); got != "dora by session" || page.Request.URL.RequestURI() != want || page.Request.URL.Host != strings.TrimPrefix(server.URL, "https://") {
			t.Errorf("to %q: %s answers %s, want %s", to, page.Request.URL, got, want)
		}
		_ = page.Body.Close()
	}
	for name, want := range map[string]string{
		"response_type": "code", "code_challenge_method": "S256", "client_id": "clusto", "scope": "openid profile", "redirect_uri": server.URL + signin.CallbackPath,
	} {
		if got := i.asked.Get(name); got != want {
			t.Errorf("the issuer was asked with %s = %q, want %q", name, got, want)
		}
	}
}

// TestOIDCCookies looks at what a browser is given.
func TestOIDCCookies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server := h.site(newTeller(t))
	c := browser(t, server)
	seen := map[string]bool{}
	c.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		for _, cookie := range r.Response.Cookies() {
			seen[cookie.Name] = true
			if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
				t.Errorf("the cookie is %s", cookie)
			}
			if wanted := map[string]string{signin.CookieName: "/", "clusto_oidc": "/auth/oidc/"}[cookie.Name]; cookie.Path != wanted || cookie.Domain != "" {
				t.Errorf("the cookie is %s", cookie)
			}
		}
		if cache := r.Response.Header.Get("Cache-Control"); strings.HasPrefix(r.Response.Request.URL.Path, "/auth/") && cache != "no-store" {
			t.Errorf("%s may be kept: %q", r.Response.Request.URL, cache)
		}
		return nil
	}
	page, err := c.Get(server.URL + signin.LoginPath)
	h.ok(err)
	_, _ = io.Copy(io.Discard, page.Body)
	_ = page.Body.Close()
	if !seen[signin.CookieName] || !seen["clusto_oidc"] {
		t.Errorf("the cookies are %v", seen)
	}
}

// TestOIDCRefuses has the issuer, or somebody in between, say what is not good.
func TestOIDCRefuses(t *testing.T) {
	t.Parallel()
	claim := func(name string, value any) func(*teller) {
		return func(i *teller) { i.change = func(c map[string]any) { c[name] = value } }
	}
	for name, spoil := range map[string]func(*teller){
		"another nonce":        claim("nonce", "x"),
		"no nonce":             func(i *teller) { i.change = func(c map[string]any) { delete(c, "nonce") } },
		"for another client":   claim("aud", "other"),
		"of another issuer":    claim("iss", "https://evil.example.com"),
		"expired":              claim("exp", time.Now().Add(-time.Hour).Unix()),
		"no subject":           claim("sub", ""),
		"somebody who is here": claim("preferred_username", "ANN"),
		"no name":              claim("preferred_username", ""),
		"a strange name":       claim("preferred_username", "a b"),
		"a name that is none":  claim("preferred_username", 7),
		"signed by nobody":     func(i *teller) { i.header = map[string]any{"alg": "none"} },
		"signed by a password": func(i *teller) { i.header = map[string]any{"alg": "HS256"} },
		"signed by another": func(i *teller) {
			i.change = func(map[string]any) { i.key, _ = rsa.GenerateKey(rand.Reader, 2048) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			i := newTeller(t)
			spoil(i)
			server := h.site(i)
			page, err := browser(t, server).Get(server.URL + signin.LoginPath)
			h.ok(err)
			defer page.Body.Close()
			if got := body(t, page); page.StatusCode != http.StatusForbidden || !strings.HasPrefix(got, "permission-denied: ") {
				t.Errorf("%d %s", page.StatusCode, got)
			}
			h.nobodyNew()
		})
	}
}

// nobodyNew checks that no user was made, and nobody has signed in.
func (h *house) nobodyNew() {
	h.Helper()
	users, err := h.accounts.Users(h.Context())
	h.ok(err)
	if len(users) != 2 || strings.Contains(h.log.String(), `msg="signed in"`) {
		h.Errorf("there are %v; the log has\n%s", users, &h.log)
	}
}

// TestOIDCAttempts has a browser come back to the callback in ways that are not
// those of an attempt that it began.
func TestOIDCAttempts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	i := newTeller(t)
	server := h.site(i)
	// begin begins an attempt, and returns the browser and the state.
	begin := func() (*http.Client, string) {
		c := browser(t, server)
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		page, err := c.Get(server.URL + signin.LoginPath)
		h.ok(err)
		_ = page.Body.Close()
		to, err := page.Location()
		h.ok(err)
		i.nonce, i.challenge = to.Query().Get("nonce"), to.Query().Get("code_challenge")
		return c, to.Query().Get("state")
	}
	come := func(c *http.Client, query string) (int, string) {
		page, err := c.Get(server.URL + signin.CallbackPath + "?" + query)
		h.ok(err)
		defer page.Body.Close()
		return page.StatusCode, body(t, page)
	}
	refused := func(what string, c *http.Client, query, reason string) {
		t.Helper()
		if status, got := come(c, query); status != http.StatusForbidden || !strings.Contains(got, reason) {
			t.Errorf("%s: %d %s", what, status, got)
		}
	}
	c, state := begin()
	refused("another browser", browser(t, server), "code=good&state="+state, "begun in another browser")
	refused("another state", c, "code=good&state=x", "not for this attempt")
	refused("after that", c, "code=good&state="+state, "begun in another browser") // it has one chance
	c, _ = begin()
	refused("no state", c, "code=good", "not for this attempt")
	c, state = begin()
	refused("the issuer refuses", c, "error=access_denied&state="+state, "the issuer refuses: access_denied")
	c, state = begin()
	refused("a wrong code", c, "code=bad&state="+state, "the issuer refuses: invalid_grant")
	c, state = begin()
	i.challenge = "another"
	refused("a code of somebody else", c, "code=good&state="+state, "the issuer refuses: invalid_grant")
	h.nobodyNew()
	c, state = begin()
	if status, got := come(c, "code=good&state="+state); status != http.StatusSeeOther {
		t.Errorf("all is well: %d %s", status, got)
	}
}

// An issuer that is out of reach is asked again by the next one.
func TestOIDCUnreachable(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	i := newTeller(t)
	server := h.site(i)
	i.CloseClientConnections()
	i.Close()
	page, err := browser(t, server).Get(server.URL + signin.LoginPath)
	h.ok(err)
	defer page.Body.Close()
	if got := body(t, page); page.StatusCode != http.StatusServiceUnavailable || got != "not-available: the issuer cannot be asked now" {
		t.Errorf("%d %s", page.StatusCode, got)
	}
}

// Nobody becomes a user unless the configuration says so, and then it is one who
// was made known.
func TestOIDCKnown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	i := newTeller(t)
	server := h.site(i)
	i.change = func(c map[string]any) { c["preferred_username"] = "ann" }
	h.ok(h.accounts.ChangeUser(t.Context(), "ann", func(u *clusto.User) error {
		u.Identities = append(u.Identities, clusto.Identity{Issuer: i.URL, Name: "4711"})
		return nil
	}))
	page, err := browser(t, server).Get(server.URL + signin.LoginPath)
	h.ok(err)
	defer page.Body.Close()
	if got := body(t, page); got != "ann by session" {
		t.Errorf("%d %s", page.StatusCode, got)
	}
	if _, err := signin.NewOIDC(h.gate, signin.OIDCOptions{}); err == nil {
		t.Error("an OIDC that knows no issuer was made")
	}
	fixed, err := signin.New(signin.Options{Fixed: func(*http.Request) access.Subject { return access.Subject{} }})
	h.ok(err)
	if _, err := signin.NewOIDC(fixed, signin.OIDCOptions{Issuer: i.URL, ClientID: "clusto", Redirect: server.URL}); err == nil {
		t.Error("an OIDC without accounts was made")
	}
}
