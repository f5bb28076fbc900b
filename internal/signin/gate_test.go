package signin_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/signin"
	"github.com/clusto/clusto/internal/sqlstore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct horse"

// house is accounts with the users ann, who has a password and a certificate, and
// bob, who has tokens, behind a gate.
type house struct {
	*testing.T
	accounts *access.Accounts
	auth     *access.Authenticator
	gate     *signin.Gate
	log      bytes.Buffer
	// door is the gate before a handler that answers with the subject's name.
	door http.Handler
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t}
	var err error
	h.accounts, err = access.NewAccounts(dbtest.New(t, sqlstore.Options{}), access.AccountsOptions{Hashing: access.Hashing{Memory: 64, Time: 1, Threads: 1}})
	h.ok(err)
	h.auth = access.NewAuthenticator(h.accounts, access.AuthOptions{SessionLife: time.Hour, MakeUsers: true, IssuerGroups: []string{"ops"}})
	_, err = h.accounts.CreateUser(t.Context(), clusto.User{Name: "ann", Identities: []clusto.Identity{{Issuer: clusto.CertificateIssuer, Name: "dns:ann.example.com"}}}, password)
	h.ok(err)
	_, err = h.accounts.CreateUser(t.Context(), clusto.User{Name: "bob"}, "")
	h.ok(err)
	h.gate, err = signin.New(signin.Options{
		Auth: h.auth, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		Open: func(r *http.Request) bool { return r.URL.Path == "/open" },
	})
	h.ok(err)
	h.door = h.gate.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := signin.Subject(r.Context())
		w.Header().Set("X-Origin", s.Origin)
		_, _ = w.Write([]byte(s.Name + " by " + string(s.Method)))
	}))
	return h
}

func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) token(user, name string) string {
	h.Helper()
	secret, _, err := h.accounts.IssueToken(h.Context(), access.TokenRequest{User: user, Name: name})
	h.ok(err)
	return secret
}

// session returns the cookie and the CSRF secret of a session of ann.
func (h *house) session() (cookie, csrf string) {
	h.Helper()
	s, err := h.auth.Password(h.Context(), "ann", password, netip.MustParseAddr("192.0.2.1"))
	h.ok(err)
	made, err := h.auth.SignIn(h.Context(), s)
	h.ok(err)
	return signin.CookieName + "=" + made.ID, made.CSRF
}

// ask sends a request with headers, given as name and value.
func (h *house) ask(method, target string, certificate *x509.Certificate, headers ...string) *http.Response {
	h.Helper()
	r := httptest.NewRequestWithContext(h.Context(), method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	if certificate != nil {
		r.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{certificate}}}
	}
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	return w.Result()
}

func basic(user, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+secret))
}

// body returns the text of an answer, of a problem what it says.
func body(t testing.TB, answer *http.Response) string {
	t.Helper()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	if answer.Header.Get("Content-Type") != "application/problem+json" {
		return text.String()
	}
	var p api.Problem
	if err := json.Unmarshal(text.Bytes(), &p); err != nil || p.Status != answer.StatusCode {
		t.Fatalf("%s: %v", text.String(), err)
	}
	return p.Kind + ": " + p.Detail
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := h.token("bob", "ci")
	revoked := h.token("bob", "old")
	h.ok(h.accounts.RevokeToken(t.Context(), "bob", "old"))
	cookie, csrf := h.session()
	cert := &x509.Certificate{Raw: []byte("a"), DNSNames: []string{"ann.example.com"}}
	other := &x509.Certificate{Raw: []byte("b"), DNSNames: []string{"eve.example.com"}}
	const auth, wrong = "Authorization", "clusto_wrong"
	tests := map[string]struct {
		method, target string
		cert           *x509.Certificate
		headers        []string
		status         int
		want           string
	}{
		"nothing":                 {status: 401, want: "not-signed-in: this server wants to know who is asking"},
		"open":                    {target: "/open", status: 200, want: " by "},
		"open with a wrong token": {target: "/open", headers: []string{auth, "Bearer " + wrong}, status: 200, want: " by "},
		"token":                   {headers: []string{auth, "Bearer " + token}, status: 200, want: "bob by token"},
		"token, other case":       {headers: []string{auth, "bearer  " + token}, status: 200, want: "bob by token"},
		"token as password":       {headers: []string{auth, basic("whoever", token)}, status: 200, want: "bob by token"},
		"token without a name":    {headers: []string{auth, basic("", token)}, status: 200, want: "bob by token"},
		"password":                {headers: []string{auth, basic("ann", password)}, status: 200, want: "ann by password"},
		"certificate":             {cert: cert, status: 200, want: "ann by certificate"},
		"cookie":                  {headers: []string{"Cookie", cookie}, status: 200, want: "ann by session"},
		"wrong token":             {headers: []string{auth, "Bearer " + wrong}, status: 401, want: "not-signed-in: there is no such token"},
		"no token":                {headers: []string{auth, "Bearer secret"}, status: 401, want: "not-signed-in: that is no token of clusto; one begins with clusto_"},
		"revoked token":           {headers: []string{auth, "Bearer " + revoked}, status: 401, want: "not-signed-in: the token was revoked"},
		"wrong password":          {headers: []string{auth, basic("ann", "x")}, status: 401, want: "not-signed-in: the name of the user or the password is wrong"},
		"no such user":            {headers: []string{auth, basic("eve", "x")}, status: 401, want: "not-signed-in: the name of the user or the password is wrong"},
		"no password":             {headers: []string{auth, basic("bob", "")}, status: 401, want: "not-signed-in: the name of the user or the password is wrong"},
		"other certificate":       {cert: other, status: 401, want: "not-signed-in: the client certificate is not that of a user"},
		"wrong cookie":            {headers: []string{"Cookie", signin.CookieName + "=x"}, status: 401, want: "not-signed-in: the session has ended; sign in again"},
		"unknown scheme":          {headers: []string{auth, "Digest x"}, status: 401, want: "not-signed-in: the Authorization header cannot be read"},
		"no base64":               {headers: []string{auth, "Basic %%"}, status: 401, want: "not-signed-in: the Authorization header cannot be read"},
		"no colon":                {headers: []string{auth, "Basic " + base64.StdEncoding.EncodeToString([]byte("ann"))}, status: 401, want: "not-signed-in: the Authorization header cannot be read"},
		"two headers":             {headers: []string{auth, "Bearer " + token, auth, basic("ann", password)}, status: 401, want: "not-signed-in: the Authorization header cannot be read"},
		"token before cookie":     {headers: []string{auth, "Bearer " + token, "Cookie", cookie}, status: 200, want: "bob by token"},
		"token before all":        {cert: cert, headers: []string{auth, "Bearer " + token, "Cookie", cookie}, status: 200, want: "bob by token"},
		"wrong token, good rest":  {cert: cert, headers: []string{auth, "Bearer " + wrong, "Cookie", cookie}, status: 401, want: "not-signed-in: there is no such token"},
		"empty, good rest":        {headers: []string{auth, "", "Cookie", cookie}, status: 401, want: "not-signed-in: the Authorization header cannot be read"},
		"wrong certificate":       {cert: other, headers: []string{"Cookie", cookie}, status: 401, want: "not-signed-in: the client certificate is not that of a user"},
		"change by cookie alone":  {method: "POST", headers: []string{"Cookie", cookie}, status: 403, want: "permission-denied: the session's secret is missing"},
		"wrong secret":            {method: "DELETE", headers: []string{"Cookie", cookie, "X-CSRF-Token", "x"}, status: 403, want: "permission-denied: the session's secret is missing"},
		"unknown method":          {method: "PURGE", headers: []string{"Cookie", cookie}, status: 403, want: "permission-denied: the session's secret is missing"},
		"change by cookie":        {method: "POST", headers: []string{"Cookie", cookie, "X-CSRF-Token", csrf}, status: 200, want: "ann by session"},
		"change by token":         {method: "POST", headers: []string{auth, "Bearer " + token, "Cookie", cookie}, status: 200, want: "bob by token"},
		"HEAD by cookie":          {method: "HEAD", headers: []string{"Cookie", cookie}, status: 200, want: "ann by session"},
		"another site": {method: "POST", headers: []string{"Cookie", cookie, "X-CSRF-Token", csrf, "Sec-Fetch-Site", "cross-site"}, status: 403,
			want: "permission-denied: this request comes from a page of another site"},
		"another origin": {method: "POST", headers: []string{auth, basic("ann", password), "Origin", "https://evil.example.com"}, status: 403,
			want: "permission-denied: this request comes from a page of another site"},
		"another site, open": {method: "POST", target: "/open", headers: []string{"Sec-Fetch-Site", "cross-site"}, status: 403,
			want: "permission-denied: this request comes from a page of another site"},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			if c.method == "" {
				c.method = http.MethodGet
			}
			if c.target == "" {
				c.target = "/api/v1/entities"
			}
			answer := h.ask(c.method, c.target, c.cert, c.headers...)
			if got := body(t, answer); answer.StatusCode != c.status || got != c.want {
				t.Errorf("%d %q, want %d %q", answer.StatusCode, got, c.status, c.want)
			}
			if challenged := answer.Header.Get("WWW-Authenticate") != ""; challenged != (c.status == 401) {
				t.Errorf("the answer %d has the challenge %q", answer.StatusCode, answer.Header.Values("WWW-Authenticate"))
			}
			if origin := answer.Header.Get("X-Origin"); c.status == 200 && c.want != " by " && origin != "192.0.2.1" {
				t.Errorf("the request comes from %q", origin)
			}
			for header := range answer.Header {
				if strings.HasPrefix(header, "Access-Control") {
					t.Errorf("the answer has %s", header)
				}
			}
		})
	}
	for _, secret := range []string{token, revoked, password, cookie, csrf} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("a secret is in the log: %s", &h.log)
		}
	}
}

// A page that asks by itself is not to have the browser ask for a password.
func TestChallenge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct {
		headers []string
		basic   bool
	}{
		"a program":         {nil, true},
		"somebody's window": {[]string{"Sec-Fetch-Dest", "document"}, true},
		"a script":          {[]string{"Sec-Fetch-Dest", "empty"}, false},
		"an old session":    {[]string{"Cookie", signin.CookieName + "=x"}, false},
	} {
		answer := h.ask(http.MethodGet, "/", nil, c.headers...)
		got := strings.Join(answer.Header.Values("WWW-Authenticate"), ", ")
		if !strings.Contains(got, "Bearer ") || strings.Contains(got, "Basic ") != c.basic {
			t.Errorf("%s is asked for %q", name, got)
		}
	}
}

func TestGuessing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 20 {
		answer := h.ask(http.MethodGet, "/", nil, "Authorization", basic("ann", "guess"))
		if answer.StatusCode == http.StatusTooManyRequests {
			if answer.Header.Get("Retry-After") != "1" || answer.Header.Get("WWW-Authenticate") != "" {
				t.Errorf("the headers are %v", answer.Header)
			}
			if got := body(t, answer); !strings.HasPrefix(got, "too-many-requests: ") {
				t.Error(got)
			}
			// Whoever knows the right one waits as well; a token does not count.
			if right := h.ask(http.MethodGet, "/", nil, "Authorization", basic("ann", password)); right.StatusCode != http.StatusTooManyRequests {
				t.Errorf("the right password is answered %d", right.StatusCode)
			}
			if token := h.ask(http.MethodGet, "/", nil, "Authorization", "Bearer "+h.token("ann", "x")); token.StatusCode != http.StatusOK {
				t.Errorf("a token is answered %d", token.StatusCode)
			}
			return
		}
		if answer.StatusCode != http.StatusUnauthorized {
			t.Fatalf("guess %d is answered %d", i, answer.StatusCode)
		}
	}
	t.Error("twenty guesses were not too many")
}

// Whoever is signed in already is cut off at once, or when the session ends.
func TestEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := "Bearer " + h.token("ann", "t")
	cookie, _ := h.session()
	want := func(what string, status int, headers ...string) {
		t.Helper()
		if got := h.ask(http.MethodGet, "/", nil, headers...).StatusCode; got != status {
			t.Errorf("%s: %d, want %d", what, got, status)
		}
	}
	want("cookie", 200, "Cookie", cookie)
	h.ok(h.accounts.SetPassword(t.Context(), "ann", "another horse"))
	want("cookie after a new password", 401, "Cookie", cookie)
	want("token after a new password", 200, "Authorization", token)
	h.ok(h.accounts.ChangeUser(t.Context(), "ann", func(u *clusto.User) error { u.Disabled = true; return nil }))
	want("token of who may not sign in", 401, "Authorization", token)
}

func TestSessionsExpire(t *testing.T) {
	dbtest.FakeTime(t)
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		cookie, _ := h.session()
		time.Sleep(time.Hour - time.Second)
		if got := h.ask(http.MethodGet, "/", nil, "Cookie", cookie).StatusCode; got != http.StatusOK {
			t.Errorf("before its end: %d", got)
		}
		time.Sleep(time.Second)
		if got := h.ask(http.MethodGet, "/", nil, "Cookie", cookie).StatusCode; got != http.StatusUnauthorized {
			t.Errorf("at its end: %d", got)
		}
	})
}

func TestWithoutAccounts(t *testing.T) {
	t.Parallel()
	gate, err := signin.New(signin.Options{Fixed: func(*http.Request) access.Subject { return access.Everything("me", "") }})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, gate: gate, door: gate.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(signin.Subject(r.Context()).Name))
	}))}
	if got := body(t, h.ask(http.MethodPost, "/", nil, "Authorization", "Bearer x")); got != "me" {
		t.Error(got)
	}
	// A page that somebody looks at must not use their server.
	if got := h.ask(http.MethodPost, "/", nil, "Sec-Fetch-Site", "cross-site").StatusCode; got != http.StatusForbidden {
		t.Errorf("a page of another site: %d", got)
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	if _, err := signin.New(signin.Options{}); err == nil {
		t.Error("a gate that knows nobody was made")
	}
}
