package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
)

// Options are what a Gate is made of. Either Auth or Fixed is required.
type Options struct {
	// Auth knows the accounts.
	Auth *access.Authenticator
	// Fixed is who everybody is where there are no accounts.
	Fixed func(*http.Request) access.Subject
	// Open reports whether a request is answered whoever asks; nil: none is.
	Open func(*http.Request) bool
	// RequestID returns the ID under which the log has more about a request; nil:
	// there is none.
	RequestID func(ctx context.Context) string
	// Log takes what went wrong here; nil discards it.
	Log *slog.Logger
}

// Gate finds out who sends requests. It is safe for use by many goroutines.
type Gate struct {
	options Options
	origins *http.CrossOriginProtection
}

// New returns a gate.
func New(o Options) (*Gate, error) {
	if (o.Auth == nil) == (o.Fixed == nil) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "a gate wants either accounts or somebody who everybody is")
	}
	if o.Open == nil {
		o.Open = func(*http.Request) bool { return false }
	}
	if o.RequestID == nil {
		o.RequestID = func(context.Context) string { return "" }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Gate{options: o, origins: http.NewCrossOriginProtection()}, nil
}

// asker is who sends a request.
type asker struct {
	subject access.Subject
	session clusto.Session // by which they have signed in, if it was one
}

type askerKey struct{}

// Subject returns who sent the request that ctx belongs to, as a Gate has found
// out. Of a request that passed none it is the zero Subject, who may do nothing.
func Subject(ctx context.Context) access.Subject {
	a, _ := ctx.Value(askerKey{}).(asker)
	return a.subject
}

// Subject returns who sent the request that ctx belongs to.
func (g *Gate) Subject(ctx context.Context) access.Subject { return Subject(ctx) }

// CSRF returns what requests must repeat that change something by the session
// by which the sender of a request has signed in, or "" if it was none.
func (g *Gate) CSRF(ctx context.Context) string {
	a, _ := ctx.Value(askerKey{}).(asker)
	return a.session.CSRF
}

// Handler returns a handler that calls next for who has signed in, and for
// requests that are open to everybody.
func (g *Gate) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Also where nobody need sign in: a page must not change the inventory
		// of who looks at it.
		if err := g.origins.Check(r); err != nil {
			g.problem(w, r, http.StatusForbidden, kindDenied,
				"this request comes from a page of another site", "pages that use this server must come from it")
			return
		}
		if g.options.Auth == nil {
			next.ServeHTTP(w, with(r, asker{subject: g.options.Fixed(r)}))
			return
		}
		if g.options.Open(r) {
			next.ServeHTTP(w, r)
			return
		}
		a, err := g.identify(r)
		if err != nil {
			g.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, with(r, a))
	})
}

func with(r *http.Request, a asker) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), askerKey{}, a))
}

// identify returns who sends r.
func (g *Gate) identify(r *http.Request) (asker, error) {
	c, err := credentialOf(r)
	if err != nil {
		return asker{}, err
	}
	a, err := g.verify(r.Context(), c, Address(r))
	if err == nil && c.kind == byCookie && changes(r) && !same(r.Header.Get(CSRFHeader), a.session.CSRF) {
		err = errCSRF
	}
	return a, err
}

// verify has a credential checked.
func (g *Gate) verify(ctx context.Context, c credential, from netip.Addr) (a asker, err error) {
	switch auth := g.options.Auth; c.kind {
	case byToken:
		a.subject, err = auth.Token(ctx, c.secret, from)
	case byPassword:
		a.subject, err = auth.Password(ctx, c.user, c.secret, from)
	case byCertificate:
		a.subject, err = auth.Certificate(ctx, c.certificate, from)
	case byCookie:
		a.subject, a.session, err = auth.Session(ctx, c.secret, from)
	default:
		err = errNothing
	}
	return a, err
}

// CSRFHeader is where a request that changes something by a session repeats the
// session's secret, which pages of other sites do not know.
const CSRFHeader = "X-Csrf-Token"

// errCSRF says that a request did not repeat it.
var errCSRF = errors.New("the session's secret is missing")

// changes reports whether r may change something.
func changes(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}

// same compares secrets without telling by the time how much of them is the same.
func same(a, b string) bool { return b != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Address returns the address that a request came from, by its RemoteAddr. It is
// not valid for a Unix socket.
func Address(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// CookieName is the name of the cookie of a session.
const CookieName = "clusto_session"

// Begin begins a session of a subject that has signed in, whose cookie goes with
// the answer.
func (g *Gate) Begin(w http.ResponseWriter, r *http.Request, s access.Subject) (access.SignedIn, error) {
	if g.options.Auth == nil {
		return access.SignedIn{}, clusto.Errorf(clusto.ErrUnsupported, "this server has no accounts, so nobody need sign in")
	}
	made, err := g.options.Auth.SignIn(r.Context(), s)
	if err != nil {
		return made, err
	}
	http.SetCookie(w, cookie(made.ID, made.Expires))
	return made, nil
}

// End ends the session by which the sender of a request has signed in, if it was
// one, and takes its cookie away.
func (g *Gate) End(w http.ResponseWriter, r *http.Request) error {
	c, err := r.Cookie(CookieName)
	if err != nil || g.options.Auth == nil || Subject(r.Context()).Method != access.BySession {
		return nil
	}
	if err := g.options.Auth.SignOut(r.Context(), c.Value); err != nil {
		return err
	}
	http.SetCookie(w, cookie("", time.Unix(1, 0)))
	return nil
}

// cookie returns the cookie of a session. Lax, not Strict: who follows a link to
// a page of ours is signed in there.
func cookie(id string, expires time.Time) *http.Cookie {
	c := &http.Cookie{
		Name: CookieName, Value: id, Path: "/", Expires: expires,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if id == "" {
		c.MaxAge = -1
	}
	return c
}
