package access_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
)

// TestNarrow checks that a token that is narrowed has none made that is wider.
func TestNarrow(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	ctx := t.Context()
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	secret, _, err := f.accounts.IssueToken(ctx, access.TokenRequest{User: "ann", Name: "narrow", Expires: until, Narrowed: []string{
		"write attr/system.* in pool web", "act call/get_* of type server", "allocate", "read attr/*",
	}})
	f.ok(err)
	s, err := f.auth.Token(ctx, secret, home)
	f.ok(err)
	for line, want := range map[string]bool{
		"write attr/system.* in pool web": true, "write attr/system.serial in pool web": true, "write attr/system.* in pool web of type server": true,
		"read attr/system.serial in pool web": true, "write attr/system in pool web": false, "write attr/* in pool web": false,
		"write attr/system.*": false, "write attr/system.* in web": false, "write in pool web": false, "write contents in pool web": false,
		"act call/get_x of type server": true, "act call/get_* of type server in pool web": true, "act call/* of type server": false,
		"act power of type server": false, "act of type server": false, "allocate in net1": true, "allocate": true,
		"read attr/x": true, "read": false, "read port": false, "secret attr/x": false, "admin": false, "script": false,
	} {
		err := s.Narrow(ctx, &access.TokenRequest{User: "ann", Name: "x", Narrowed: []string{line}})
		if want && err != nil || !want && !errors.Is(err, clusto.ErrDenied) {
			t.Errorf("%s: %v, permitted should be %v", line, err, want)
		}
	}
	same := access.TokenRequest{User: "ann", Name: "x"}
	f.ok(s.Narrow(ctx, &same))
	want := []string{"write attr/system.* in pool web", "act call/get_* of type server", "allocate", "read attr/*"}
	if diff := cmp.Diff(want, same.Narrowed); diff != "" || !same.Expires.Equal(until) {
		t.Errorf("without anything the token expires at %v and has (-want +got):\n%s", same.Expires, diff)
	}
	if err := s.Narrow(ctx, &access.TokenRequest{Expires: until.Add(time.Second)}); !errors.Is(err, clusto.ErrDenied) {
		t.Errorf("a token that lasts longer: %v, want ErrDenied", err)
	}
	if err := s.Narrow(ctx, &access.TokenRequest{Narrowed: []string{"fly"}}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("a line that cannot be read: %v, want ErrInvalid", err)
	}
	wide := access.TokenRequest{User: "ann", Name: "y", Narrowed: []string{"admin"}}
	f.ok(access.Everything("", "").Narrow(ctx, &wide))
}

func TestSubject(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{SessionLife: time.Hour})
	ctx := t.Context()
	for _, line := range []string{"write entity", "allocate in net1"} {
		_, err := f.accounts.Give(ctx, clusto.Grant{User: "ann", Line: line})
		f.ok(err)
	}
	s, err := f.auth.Password(ctx, "ann", secret, home)
	f.ok(err)
	made, err := f.auth.SignIn(ctx, s)
	f.ok(err)
	s, _, err = f.auth.Session(ctx, made.ID, home)
	f.ok(err)
	grants, err := s.Grants(ctx)
	f.ok(err)
	if diff := cmp.Diff([]string{"allocate in net1", "write entity"}, grants); diff != "" {
		t.Errorf("the grants (-want +got):\n%s", diff)
	}
	if ends, err := s.Expiry(ctx); err != nil || !ends.Equal(made.Expires) {
		t.Errorf("it ends at %v, %v", ends, err)
	}
	if narrowed, err := s.Narrowed(ctx); err != nil || narrowed {
		t.Errorf("narrowed: %v, %v", narrowed, err)
	}
}

// TestPasswordAgain checks that who sends a right password with each of many
// requests at once is not taken for somebody who guesses, and that a password that
// was right is not for longer than it is.
func TestPasswordAgain(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	ctx := t.Context()
	_, err := f.auth.Password(ctx, "ann", secret, home)
	f.ok(err)
	var requests sync.WaitGroup
	for range 4 * access.UserFree {
		requests.Go(func() {
			if _, err := f.auth.Password(ctx, "ann", secret, home); err != nil {
				t.Error(err)
			}
		})
	}
	requests.Wait()
	_, err = f.auth.Password(ctx, "ann", secret+"x", home)
	f.refused("another one", err)
	_, err = f.auth.Password(ctx, "bob", secret, home)
	f.refused("another user", err)
	f.ok(f.accounts.SetPassword(ctx, "ann", "another horse"))
	_, err = f.auth.Password(ctx, "ann", secret, home)
	f.refused("the old one", err)
	_, err = f.auth.Password(ctx, "ann", "another horse", home)
	f.ok(err)
	f.ok(f.accounts.ChangeUser(ctx, "ann", func(u *clusto.User) error { u.Disabled = true; return nil }))
	_, err = f.auth.Password(ctx, "ann", "another horse", home)
	f.refused("of who may not sign in", err)
}
