package access

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// AuthOptions are what an Authenticator can be told. The zero AuthOptions work.
type AuthOptions struct {
	// SessionLife is how long a session lasts; 0 means DefaultSessionLife.
	SessionLife time.Duration
	// MakeUsers has somebody whom an OpenID Connect issuer vouches for become a
	// user at the first sign-in.
	MakeUsers bool
	// IssuerGroups are the groups whose members the issuer decides, by what it
	// says about each at sign-in. Other groups are ours alone.
	IssuerGroups []string
}

// DefaultSessionLife is how long a session lasts unless AuthOptions say otherwise.
const DefaultSessionLife = 12 * time.Hour

// Authenticator finds out who somebody is. Its errors about that are *SignInError,
// which is a clusto.ErrDenied; others tell of the database.
type Authenticator struct {
	accounts *Accounts
	options  AuthOptions
	limiter  *limiter
	recent   *recent
	cache    *cache
	uses     uses
}

// NewAuthenticator returns an Authenticator of accounts.
func NewAuthenticator(a *Accounts, o AuthOptions) *Authenticator {
	if o.SessionLife == 0 {
		o.SessionLife = DefaultSessionLife
	}
	return &Authenticator{accounts: a, options: o, limiter: newLimiter(), recent: newRecent(), cache: newCache(), uses: newUses()}
}

// SignInError says that somebody could not sign in. It tells no secrets, such as
// whether there is a user with the name. It is a clusto.ErrDenied.
type SignInError struct {
	Reason string
	// Wait, unless it is 0, is how long every further attempt will be refused.
	Wait time.Duration
}

// Error returns the reason.
func (e *SignInError) Error() string {
	if e.Wait > 0 {
		return fmt.Sprintf("%s; try again in %s", e.Reason, max(time.Second, e.Wait.Round(time.Second)))
	}
	return e.Reason
}

// Is makes every SignInError a clusto.ErrDenied.
func (e *SignInError) Is(target error) bool { return target == clusto.ErrDenied }

func refused(reason string) error { return &SignInError{Reason: reason} }

// Password signs in by user name and password, from an address. Wrong passwords
// slow down the next attempts for the user and from the address.
func (a *Authenticator) Password(ctx context.Context, user, password string, from netip.Addr) (Subject, error) {
	if len(user) > clusto.MaxUserLen {
		user = "" // which nobody is called: unknown names need not be remembered in full
	}
	u, err := a.accounts.User(ctx, user)
	if err != nil && !errors.Is(err, clusto.ErrNotFound) {
		return Subject{}, err
	}
	wait, known := a.limiter.beginUnless(user, from, func() bool {
		return u.Password != "" && !u.Disabled && a.recent.right(user, password, u.Password)
	})
	switch {
	case wait > 0:
		return Subject{}, &SignInError{Reason: "too many attempts to sign in have failed", Wait: wait}
	case known:
		return a.subject(ctx, credential{method: ByPassword, key: user}, from)
	}
	right, stale, err := a.accounts.hasher.verify(ctx, u.Password, password)
	switch {
	case errors.Is(err, clusto.ErrInvalid): // whose hash that is must not be told here
		a.accounts.log.Warn("a password cannot be checked", "user", u.Name, "err", err)
	case err != nil:
		return Subject{}, err
	}
	if !right || u.Disabled {
		return Subject{}, refused("the name of the user or the password is wrong")
	}
	a.limiter.succeed(user, from)
	a.recent.note(user, password, u.Password)
	if stale {
		if err := a.rehash(ctx, u, password); err != nil {
			return Subject{}, err
		}
	}
	return a.subject(ctx, credential{method: ByPassword, key: user}, from)
}

// rehash hashes a password with today's parameters.
func (a *Authenticator) rehash(ctx context.Context, u clusto.User, password string) error {
	hash, err := a.accounts.hasher.hash(ctx, u.Name, password)
	if errors.Is(err, clusto.ErrInvalid) {
		return nil // it was good enough once; only a new one must be better
	}
	if err != nil {
		return err
	}
	return a.accounts.update(ctx, func(tx clusto.AccountTx) error {
		now, err := userNamed(ctx, tx, u.Name)
		if err != nil || now.Password != u.Password {
			return err // it was changed meanwhile
		}
		now.Password = hash
		return tx.PutUser(ctx, now)
	})
}

// Token signs in by a token.
func (a *Authenticator) Token(ctx context.Context, token string, from netip.Addr) (Subject, error) {
	if !strings.HasPrefix(token, TokenPrefix) {
		return Subject{}, refused("that is no token of clusto; one begins with " + TokenPrefix)
	}
	hash := hashOf(token)
	s, err := a.subject(ctx, credential{method: ByToken, key: hash}, from)
	if err == nil {
		a.uses.note(hash)
	}
	return s, err
}

// Session signs in by the id of a session, and returns the session: a request
// that changes something must repeat its CSRF.
func (a *Authenticator) Session(ctx context.Context, id string, from netip.Addr) (Subject, clusto.Session, error) {
	c := credential{method: BySession, key: hashOf(id)}
	s, err := a.subject(ctx, c, from)
	if err != nil {
		return Subject{}, clusto.Session{}, err
	}
	acc, err := a.account(ctx, c)
	if err != nil {
		return Subject{}, clusto.Session{}, err
	}
	return s, acc.session, nil
}

// Certificate signs in by a client certificate that was verified. The user is
// the one who has one of [CertificateNames] as an identity.
func (a *Authenticator) Certificate(ctx context.Context, cert *x509.Certificate, from netip.Addr) (Subject, error) {
	var ids []clusto.Identity
	for _, name := range CertificateNames(cert) {
		ids = append(ids, clusto.Identity{Issuer: clusto.CertificateIssuer, Name: name})
	}
	users, err := view(ctx, a.accounts, func(r clusto.AccountReader) ([]clusto.User, error) {
		return r.Users(ctx, clusto.UserMatch{Identities: ids})
	})
	switch {
	case err != nil:
		return Subject{}, err
	case len(users) > 1:
		return Subject{}, refused("the names in the client certificate belong to several users")
	case len(users) == 0:
		return Subject{}, refused("the client certificate is not that of a user")
	}
	return a.subject(ctx, credential{method: ByCertificate, key: users[0].Name}, from)
}

// CertificateNames returns the names under which a certificate can be an
// identity: its subject, its alternative names, and its fingerprint.
func CertificateNames(cert *x509.Certificate) []string {
	names := []string{"sha256:" + hashOf(string(cert.Raw))}
	if dn := cert.Subject.String(); dn != "" {
		names = append(names, "subject:"+dn)
	}
	for _, email := range cert.EmailAddresses {
		names = append(names, "email:"+email)
	}
	for _, dns := range cert.DNSNames {
		names = append(names, "dns:"+dns)
	}
	for _, uri := range cert.URIs {
		names = append(names, "uri:"+uri.String())
	}
	return names
}

// User returns the subject that a user is, without asking who wants it: for
// explanations and for programs that have looked themselves.
func (a *Authenticator) User(ctx context.Context, name, origin string) (Subject, error) {
	s, err := a.subject(ctx, credential{method: ByProgram, key: name}, netip.Addr{})
	s.Origin = origin
	return s, err
}

// SignedIn is a new session.
type SignedIn struct {
	ID      string // for a cookie; it is shown this once
	CSRF    string
	Expires time.Time
}

// SignIn makes a session of a subject that has signed in otherwise.
func (a *Authenticator) SignIn(ctx context.Context, s Subject) (SignedIn, error) {
	if s.Method == ByToken || s.Method == ByProgram {
		return SignedIn{}, clusto.Errorf(clusto.ErrInvalid, "a session cannot be made by %s", s.Method)
	}
	if _, err := s.rights(ctx); err != nil {
		return SignedIn{}, err
	}
	made := SignedIn{ID: newSecret(""), CSRF: newSecret(""), Expires: now().Add(a.options.SessionLife)}
	return made, a.accounts.update(ctx, func(tx clusto.AccountTx) error {
		if err := tx.DeleteSessions(ctx, clusto.SessionMatch{ExpiredBefore: now()}); err != nil {
			return err
		}
		return tx.PutSession(ctx, clusto.Session{
			Hash: hashOf(made.ID), User: s.Name, CSRF: made.CSRF, Origin: s.Origin, Created: now(), Expires: made.Expires,
		})
	})
}

// SignOut ends a session. One that is not there has ended.
func (a *Authenticator) SignOut(ctx context.Context, id string) error {
	return a.accounts.update(ctx, func(tx clusto.AccountTx) error {
		return tx.DeleteSessions(ctx, clusto.SessionMatch{Hash: hashOf(id)})
	})
}

// External is what an OpenID Connect issuer says about somebody, in a token that
// was verified.
type External struct {
	Issuer, Subject string // the claims iss and sub
	Name            string // what the user is to be called, such as preferred_username
	FullName, Email string
	// Groups is the claim about groups; nil if there is none.
	Groups []string
}

// ExternalIdentity signs in whom an issuer vouches for: the user who has that
// identity or, if AuthOptions say so, a new one.
func (a *Authenticator) ExternalIdentity(ctx context.Context, e External, from netip.Addr) (Subject, error) {
	if e.Issuer == "" || e.Subject == "" || e.Issuer == clusto.CertificateIssuer {
		return Subject{}, refused("the issuer has not said who that is")
	}
	var user string
	err := a.accounts.update(ctx, func(tx clusto.AccountTx) (err error) {
		if user, err = a.externalUser(ctx, tx, e); err != nil || e.Groups == nil {
			return err
		}
		return a.followIssuer(ctx, tx, user, e.Groups)
	})
	if err != nil {
		return Subject{}, err
	}
	return a.subject(ctx, credential{method: ByIssuer, key: user}, from)
}

// externalUser returns the name of the user that e is about.
func (a *Authenticator) externalUser(ctx context.Context, tx clusto.AccountTx, e External) (string, error) {
	id := clusto.Identity{Issuer: e.Issuer, Name: e.Subject}
	users, err := tx.Users(ctx, clusto.UserMatch{Identities: []clusto.Identity{id}})
	switch {
	case err != nil:
		return "", err
	case len(users) > 0:
		return users[0].Name, nil
	case !a.options.MakeUsers:
		return "", clusto.WithHint(refused("nobody here is known by that issuer as "+e.Subject), "an administrator can add the identity to a user")
	}
	if err := clusto.ValidateAccountName(e.Name); err != nil {
		return "", refused("the issuer calls the user " + fmt.Sprintf("%.80q", e.Name) + ", which cannot be a name here")
	}
	all, err := tx.Users(ctx, clusto.UserMatch{})
	if err != nil {
		return "", err
	}
	// Whoever chooses a name at the issuer must not become somebody who is here.
	if slices.ContainsFunc(all, func(u clusto.User) bool { return strings.EqualFold(u.Name, e.Name) }) {
		return "", clusto.WithHint(refused("there is a user "+e.Name+" already, who is not known by that issuer as "+e.Subject),
			"an administrator can add the identity to the user")
	}
	u := clusto.User{Name: e.Name, FullName: e.FullName, Email: e.Email, Created: now(), Identities: []clusto.Identity{id}}
	return u.Name, tx.PutUser(ctx, u)
}

// followIssuer makes a user a member of those of the issuer's groups that the
// claim names, and of no other of them.
func (a *Authenticator) followIssuer(ctx context.Context, tx clusto.AccountTx, user string, claim []string) error {
	if len(a.options.IssuerGroups) == 0 {
		return nil
	}
	groups, err := tx.Groups(ctx, clusto.GroupMatch{Names: a.options.IssuerGroups})
	if err != nil {
		return err
	}
	for _, g := range groups {
		at := slices.Index(g.Members, user)
		switch in := slices.Contains(claim, g.Name); {
		case in == (at >= 0):
			continue
		case in:
			g.Members = append(slices.Clone(g.Members), user)
			slices.Sort(g.Members)
		default:
			g.Members = slices.Delete(slices.Clone(g.Members), at, at+1)
		}
		if err := tx.PutGroup(ctx, g); err != nil {
			return err
		}
	}
	return nil
}
