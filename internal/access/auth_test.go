package access_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// quick hashes passwords fast enough for tests.
var quick = access.Hashing{Memory: 64, Time: 1, Threads: 1}

var home = netip.MustParseAddr("192.0.2.1")

const secret = "correct horse"

// office is accounts with the users ann (who has a password and is in ops) and
// bob (who has none).
type office struct {
	*testing.T
	store    *sqlstore.Store
	accounts *access.Accounts
	auth     *access.Authenticator
}

func newOffice(t *testing.T, o access.AuthOptions) *office {
	t.Helper()
	f := &office{T: t, store: dbtest.New(t, sqlstore.Options{})}
	f.accounts = f.other(quick)
	f.auth = access.NewAuthenticator(f.accounts, o)
	ctx := t.Context()
	_, errAnn := f.accounts.CreateUser(ctx, clusto.User{Name: "ann"}, secret)
	_, errBob := f.accounts.CreateUser(ctx, clusto.User{Name: "bob"}, "")
	f.ok(errors.Join(errAnn, errBob, f.accounts.CreateGroup(ctx, clusto.Group{Name: "ops", Members: []string{"ann"}})))
	return f
}

// other returns the same accounts as another program sees them.
func (f *office) other(h access.Hashing) *access.Accounts {
	f.Helper()
	a, err := access.NewAccounts(f.store, access.AccountsOptions{Hashing: h, HashSlots: 2})
	f.ok(err)
	return a
}

func (f *office) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// refused checks that somebody could not sign in, and returns how long they are
// to wait.
func (f *office) refused(what string, err error) time.Duration {
	f.Helper()
	e, ok := errors.AsType[*access.SignInError](err)
	if !ok || !errors.Is(err, clusto.ErrDenied) {
		f.Errorf("%s: %v, want a *SignInError", what, err)
		return 0
	}
	return e.Wait
}

func TestPassword(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	ctx := t.Context()
	s, err := f.auth.Password(ctx, "ann", secret, netip.MustParseAddr("::ffff:192.0.2.1"))
	f.ok(err)
	if s.Name != "ann" || s.Origin != "192.0.2.1" || s.Method != access.ByPassword || cmp.Diff([]string{"ops"}, s.Groups) != "" {
		t.Errorf("the subject is %+v", s)
	}
	_, wrong := f.auth.Password(ctx, "ann", "wrong horse", home)
	for name, try := range map[string][2]string{
		"no such user": {"eve", secret}, "no password": {"bob", ""}, "none either": {"bob", secret},
		"a long name": {strings.Repeat("x", 500), secret}, "a long password": {"ann", strings.Repeat("x", 100_000)}, "nobody": {"", ""},
	} {
		_, err := f.auth.Password(ctx, try[0], try[1], home)
		f.refused(name, err)
		if err.Error() != wrong.Error() {
			t.Errorf("%s: %q tells more than %q", name, err, wrong)
		}
	}
	f.ok(f.accounts.ChangeUser(ctx, "ann", func(u *clusto.User) error { u.Disabled = true; return nil }))
	_, err = f.auth.Password(ctx, "ann", secret, home)
	f.refused("disabled", err)
	if err.Error() != wrong.Error() {
		t.Errorf("disabled: %q tells more than %q", err, wrong)
	}
}

func TestBadPasswords(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	for _, password := range []string{"1234567", "müllers", strings.Repeat("x", 1025), "CaroLine"} {
		_, err := f.accounts.CreateUser(t.Context(), clusto.User{Name: "caroline"}, password)
		if !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("the password %.10q: %v, want ErrInvalid", password, err)
		}
	}
	if _, err := f.accounts.CreateUser(t.Context(), clusto.User{Name: "Ann"}, ""); !errors.Is(err, clusto.ErrExists) {
		t.Errorf("a user Ann beside ann: %v, want ErrExists", err)
	}
}

// A hash made with other parameters is replaced at sign-in.
func TestRehash(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	before, err := f.accounts.User(t.Context(), "ann")
	f.ok(err)
	if !strings.HasPrefix(before.Password, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("the hash is %s", before.Password)
	}
	today := access.NewAuthenticator(f.other(access.Hashing{Memory: 128, Time: 2, Threads: 2}), access.AuthOptions{})
	for range 2 {
		_, err = today.Password(t.Context(), "ann", secret, home)
		f.ok(err)
	}
	after, err := f.accounts.User(t.Context(), "ann")
	f.ok(err)
	if !strings.HasPrefix(after.Password, "$argon2id$v=19$m=128,t=2,p=2$") {
		t.Errorf("the hash is still %s", after.Password)
	}
	_, err = f.auth.Password(t.Context(), "ann", secret, home)
	f.ok(err)
}

func TestStrangeHashes(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	for _, hash := range []string{
		"plain", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
		"$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
		"$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$",
	} {
		f.ok(f.store.UpdateAccounts(t.Context(), func(tx clusto.AccountTx) error {
			return tx.PutUser(t.Context(), clusto.User{Name: "eve", Password: hash})
		}))
		_, err := f.auth.Password(t.Context(), "eve", "", netip.Addr{})
		f.refused(hash, err)
		f.auth = access.NewAuthenticator(f.accounts, access.AuthOptions{})
	}
}

// TestGuessing checks by a clock that is not real how guessing is slowed down.
func TestGuessing(t *testing.T) {
	dbtest.FakeTime(t)
	synctest.Test(t, func(t *testing.T) {
		f := newOffice(t, access.AuthOptions{})
		try := func(user, password, from string) error {
			_, err := f.auth.Password(t.Context(), user, password, netip.MustParseAddr(from))
			return err
		}
		for i := range access.UserFree {
			if wait := f.refused("a guess", try("ann", "wrong guess", fmt.Sprint("192.0.2.", i))); wait != 0 {
				t.Fatalf("guess %d has to wait %s", i, wait)
			}
		}
		for wait := time.Second; wait <= access.UserLongest; wait = min(2*wait, access.UserLongest) {
			if got := f.refused("at once", try("ann", secret, "192.0.2.200")); got != wait {
				t.Fatalf("got to wait %s, want %s", got, wait)
			}
			f.ok(try2(f, "bob is not slowed down", try("bob", "x", "192.0.2.201")))
			time.Sleep(wait)
			f.refused("afterwards", try("ann", "wrong guess", "192.0.2.100"))
			if wait == access.UserLongest {
				break
			}
		}
		time.Sleep(access.UserLongest)
		f.ok(try("ann", secret, "192.0.2.200"))
		f.refused("once more", try("ann", "wrong guess", "192.0.2.200"))
		f.ok(try("ann", secret, "192.0.2.200")) // the slate is clean

		// Many users from one network of addresses.
		for i := range access.AddrFree {
			f.refused("a guess", try(fmt.Sprint("user", i), "wrong guess", fmt.Sprintf("2001:db8::%x", i+1)))
		}
		if wait := f.refused("the next", try("ann", secret, "2001:db8::abcd")); wait == 0 {
			t.Error("guessing names from one network is not slowed down")
		}
		f.ok(try("ann", secret, "2001:db8:0:1::1"))
		time.Sleep(access.AddrLongest)
		f.ok(try("ann", secret, "2001:db8::abcd"))
	})
}

// try2 is nil if the error is that of a wrong password alone.
func try2(f *office, what string, err error) error {
	if wait := f.refused(what, err); wait != 0 {
		return fmt.Errorf("%s: to wait %s", what, wait)
	}
	return nil
}

// Guesses at the same time count one by one.
func TestGuessingAtOnce(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	var all sync.WaitGroup
	var mu sync.Mutex // guards tried
	tried := 0
	for range 40 {
		all.Go(func() {
			_, err := f.auth.Password(t.Context(), "ann", "wrong guess", home)
			mu.Lock()
			defer mu.Unlock()
			if e, ok := errors.AsType[*access.SignInError](err); ok && e.Wait == 0 {
				tried++
			}
		})
	}
	all.Wait()
	if tried > access.UserFree {
		t.Errorf("%d of 40 guesses at once were tried, want at most %d", tried, access.UserFree)
	}
}

func TestGuessingIsBounded(t *testing.T) {
	t.Parallel()
	l := access.NewLimiter()
	bad := netip.MustParseAddr("203.0.113.9")
	for i := range access.AddrFree {
		l.Begin(fmt.Sprint("guess", i), bad)
	}
	for i := range 3 * access.MostKept {
		l.Begin(fmt.Sprint("user", i), netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if users, addrs := l.Sizes(); users > access.MostKept || addrs > access.MostKept {
		t.Errorf("%d users and %d addresses are remembered, want at most %d", users, addrs, access.MostKept)
	}
	if l.Begin("eve", bad) == 0 {
		t.Error("a flood of others has washed away who guesses")
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	ctx := t.Context()
	_, err := f.accounts.Give(ctx, clusto.Grant{Group: "ops", Line: "write in pool web"})
	f.ok(err)
	token, kept, err := f.accounts.IssueToken(ctx, access.TokenRequest{User: "ann", Name: "ci"})
	f.ok(err)
	if !strings.HasPrefix(token, access.TokenPrefix) || len(token) < 50 || strings.Contains(fmt.Sprint(kept), token) {
		t.Errorf("the token is %s, and %+v is kept", token, kept)
	}
	s, err := f.auth.Token(ctx, token, home)
	f.ok(err)
	if s.Name != "ann" || s.Token != "ci" || s.Method != access.ByToken {
		t.Errorf("the subject is %+v", s)
	}
	if _, _, err := f.accounts.IssueToken(ctx, access.TokenRequest{User: "ann", Name: "ci"}); !errors.Is(err, clusto.ErrExists) {
		t.Errorf("another token of the name: %v, want ErrExists", err)
	}
	for name, want := range map[string]access.TokenRequest{
		"past": {User: "ann", Name: "x", Expires: time.Now().Add(-time.Hour)}, "no name": {User: "ann"},
		"no grant": {User: "ann", Name: "x", Narrowed: []string{"wirte"}},
	} {
		if _, _, err := f.accounts.IssueToken(ctx, want); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	for _, no := range []string{"", "ci", token + "x", strings.ToUpper(token), access.TokenPrefix} {
		_, err := f.auth.Token(ctx, no, home)
		f.refused("the token "+no, err)
	}
	f.ok(f.accounts.RevokeToken(ctx, "ann", "ci"))
	_, err = f.auth.Token(ctx, token, home)
	f.refused("revoked", err)
	if err := access.Wrap(f.store, s, nil).View(ctx, clusto.Live, nil); !errors.Is(err, clusto.ErrDenied) {
		t.Errorf("View by who signed in with it before: %v, want ErrDenied", err)
	}
	if err := f.accounts.RevokeToken(ctx, "ann", "ci"); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("revoked again: %v, want ErrNotFound", err)
	}
}

// TestTokenInTime checks what a token does as time passes: what another program
// revokes ends within a second, and when it was used is written now and then.
func TestTokenInTime(t *testing.T) {
	dbtest.FakeTime(t)
	synctest.Test(t, func(t *testing.T) {
		f := newOffice(t, access.AuthOptions{})
		ctx := t.Context()
		one, _, err := f.accounts.IssueToken(ctx, access.TokenRequest{User: "ann", Name: "one", Expires: time.Now().Add(time.Hour)})
		f.ok(err)
		two, _, err := f.accounts.IssueToken(ctx, access.TokenRequest{User: "ann", Name: "two"})
		f.ok(err)
		s, err := f.auth.Token(ctx, two, home)
		f.ok(err)
		f.ok(f.other(quick).RevokeToken(ctx, "ann", "two"))
		may := func() error {
			return access.Wrap(f.store, s, nil).View(ctx, clusto.Live, func(clusto.Reader) error { return nil })
		}
		f.ok(may()) // another program has done that just now
		time.Sleep(time.Second)
		if err := may(); !errors.Is(err, clusto.ErrDenied) {
			t.Errorf("a second after another program revoked the token: %v, want ErrDenied", err)
		}

		run, stop := context.WithCancel(ctx)
		ended := make(chan error)
		go func() { ended <- f.auth.Run(run) }()
		lastUsed := func() time.Time {
			tokens, err := f.accounts.Tokens(ctx, "ann")
			f.ok(err)
			return tokens[slices.IndexFunc(tokens, func(t clusto.Token) bool { return t.Name == "one" })].LastUsed
		}
		_, err = f.auth.Token(ctx, one, home)
		f.ok(err)
		used := time.Now().UTC().Truncate(time.Second)
		if got := lastUsed(); !got.IsZero() {
			t.Errorf("that the token was used was written at once: %s", got)
		}
		time.Sleep(2 * time.Minute)
		if got := lastUsed(); !got.Equal(used) {
			t.Errorf("the token was used at %s, want %s", got, used)
		}
		_, err = f.auth.Token(ctx, one, home)
		f.ok(err)
		used = time.Now().UTC().Truncate(time.Second)
		stop()
		f.ok(<-ended)
		if got := lastUsed(); !got.Equal(used) {
			t.Errorf("at the end the token was used at %s, want %s", got, used)
		}
		time.Sleep(time.Hour)
		_, err = f.auth.Token(ctx, one, home)
		f.refused("expired", err)
	})
}

func TestNarrowed(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	ctx := t.Context()
	_, err := f.accounts.Give(ctx, clusto.Grant{User: "ann", Line: "admin"})
	f.ok(err)
	for _, c := range []struct {
		narrowed    []string
		admin, read bool
	}{
		{nil, true, true}, {[]string{}, false, false}, {[]string{"read"}, false, true}, {[]string{"admin"}, true, true},
	} {
		token, _, err := f.accounts.IssueToken(ctx, access.TokenRequest{User: "ann", Name: fmt.Sprint(c.narrowed == nil, c.narrowed), Narrowed: c.narrowed})
		f.ok(err)
		s, err := f.auth.Token(ctx, token, home)
		f.ok(err)
		if err := s.MayAdmin(ctx); c.admin == errors.Is(err, clusto.ErrDenied) {
			t.Errorf("%v: MayAdmin: %v, want allowed %t", c.narrowed, err, c.admin)
		}
		err = access.Wrap(f.store, s, nil).View(ctx, clusto.Live, func(r clusto.Reader) error {
			_, err := r.Entity(ctx, clusto.MetaEntity)
			return err
		})
		if c.read != (err == nil) {
			t.Errorf("%v: reading: %v, want allowed %t", c.narrowed, err, c.read)
		}
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{SessionLife: time.Hour})
	ctx := t.Context()
	s, err := f.auth.Password(ctx, "ann", secret, home)
	f.ok(err)
	made, err := f.auth.SignIn(ctx, s)
	f.ok(err)
	again, session, err := f.auth.Session(ctx, made.ID, netip.MustParseAddr("192.0.2.9"))
	f.ok(err)
	if again.Name != "ann" || again.Origin != "192.0.2.9" || session.Origin != "192.0.2.1" || session.CSRF != made.CSRF || made.CSRF == made.ID {
		t.Errorf("the subject is %+v, the session %+v", again, session)
	}
	f.ok(f.auth.SignOut(ctx, made.ID))
	_, _, err = f.auth.Session(ctx, made.ID, home)
	f.refused("after signing out", err)
	made, err = f.auth.SignIn(ctx, s)
	f.ok(err)
	f.ok(f.accounts.SetPassword(ctx, "ann", "another password"))
	_, _, err = f.auth.Session(ctx, made.ID, home)
	f.refused("after another password", err)
	if _, err := f.auth.SignIn(ctx, access.Subject{Name: "ann"}); !errors.Is(err, clusto.ErrDenied) {
		t.Errorf("SignIn of who has not signed in: %v, want ErrDenied", err)
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	ctx := t.Context()
	cert := func(cn string, emails ...string) *x509.Certificate {
		return &x509.Certificate{Raw: []byte(cn), Subject: pkix.Name{CommonName: cn, Organization: []string{"Example"}}, EmailAddresses: emails}
	}
	f.ok(f.accounts.ChangeUser(ctx, "ann", func(u *clusto.User) error {
		u.Identities = []clusto.Identity{{Issuer: clusto.CertificateIssuer, Name: "subject:CN=ann,O=Example"}}
		return nil
	}))
	f.ok(f.accounts.ChangeUser(ctx, "bob", func(u *clusto.User) error {
		u.Identities = []clusto.Identity{{Issuer: clusto.CertificateIssuer, Name: "email:bob@example.com"}}
		return nil
	}))
	for _, c := range []struct {
		cert *x509.Certificate
		want string
	}{
		{cert("ann"), "ann"}, {cert("robert", "bob@example.com"), "bob"}, {cert("eve", "eve@example.com"), ""}, {cert("ann", "bob@example.com"), ""}, {&x509.Certificate{}, ""},
	} {
		s, err := f.auth.Certificate(ctx, c.cert, home)
		if s.Name != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%v: %q, %v; want %q", c.cert.Subject, s.Name, err, c.want)
		}
	}
}

func TestExternalIdentity(t *testing.T) {
	t.Parallel()
	const issuer = "https://issuer.example.com"
	f := newOffice(t, access.AuthOptions{MakeUsers: true, IssuerGroups: []string{"ops", "missing"}})
	ctx := t.Context()
	f.ok(f.accounts.CreateGroup(ctx, clusto.Group{Name: "admins"}))
	carol := access.External{Issuer: issuer, Subject: "1", Name: "carol", Email: "carol@example.com", Groups: []string{"ops", "admins"}}
	s, err := f.auth.ExternalIdentity(ctx, carol, home)
	f.ok(err)
	if s.Name != "carol" || cmp.Diff([]string{"ops"}, s.Groups) != "" || s.Method != access.ByIssuer {
		t.Errorf("the subject is %+v", s)
	}
	carol.Name, carol.Groups = "caroline", []string{}
	if s, err = f.auth.ExternalIdentity(ctx, carol, home); err != nil || s.Name != "carol" || len(s.Groups) != 0 {
		t.Errorf("at the second time the subject is %+v, %v", s, err)
	}
	for name, e := range map[string]access.External{
		"a name that is taken": {Issuer: issuer, Subject: "2", Name: "Ann"},
		"no good name":         {Issuer: issuer, Subject: "2", Name: "a b"},
		"no name":              {Issuer: issuer, Subject: "2"},
		"no subject":           {Issuer: issuer, Name: "dave"},
		"a certificate":        {Issuer: clusto.CertificateIssuer, Subject: "x", Name: "dave"},
	} {
		_, err := f.auth.ExternalIdentity(ctx, e, home)
		f.refused(name, err)
	}
	closed := access.NewAuthenticator(f.accounts, access.AuthOptions{})
	_, err = closed.ExternalIdentity(ctx, access.External{Issuer: issuer, Subject: "3", Name: "dave"}, home)
	f.refused("a new one", err)
	_, err = closed.ExternalIdentity(ctx, carol, home)
	f.ok(err)
}
