package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
)

// RunAccounts tests a store that keeps accounts. Each call of open returns a new
// one, as for [Run].
func RunAccounts(t *testing.T, open func(t *testing.T) clusto.Store) {
	for name, test := range map[string]func(*testing.T, clusto.AccountKeeper){
		"Users":    testUsers,
		"Groups":   testGroups,
		"Tokens":   testTokens,
		"Grants":   testGrants,
		"Sessions": testSessions,
		"Nothing":  testNoAccounts,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			before := newestOf(t, s)
			test(t, s.(clusto.AccountKeeper))
			if after := newestOf(t, s); after != before {
				t.Errorf("accounts have made the versions after %d up to %d", before, after)
			}
		})
	}
}

func newestOf(t *testing.T, s clusto.Store) (v clusto.Version) {
	t.Helper()
	view(t, s, clusto.Live, func(r clusto.Reader) (err error) {
		v, err = r.Version(t.Context())
		return err
	})
	return v
}

// then is a time as accounts have it.
var then = time.Date(2026, 2, 28, 23, 59, 59, 0, time.UTC)

// account changes accounts, or ends the test.
func account(t *testing.T, s clusto.AccountKeeper, fn func(tx clusto.AccountTx) error) {
	t.Helper()
	if err := s.UpdateAccounts(t.Context(), fn); err != nil {
		t.Fatalf("UpdateAccounts: %v", err)
	}
}

// answers compares what is answered with what is wanted, inside the transaction
// that ends a test and outside.
func answers[T any](t *testing.T, s clusto.AccountKeeper, ask func(clusto.AccountReader) (T, error), want T) {
	t.Helper()
	compare := func(r clusto.AccountReader) error {
		t.Helper()
		got, err := ask(r)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		return nil
	}
	account(t, s, func(tx clusto.AccountTx) error { return compare(tx) })
	if err := s.ViewAccounts(t.Context(), compare); err != nil {
		t.Errorf("ViewAccounts: %v", err)
	}
}

func asUser(name string, ids ...clusto.Identity) clusto.User {
	return clusto.User{Name: name, FullName: strings.ToUpper(name) + " Ä", Email: name + "@example.com", Password: "$argon2id$" + name, Created: then, Identities: ids}
}

func putUsers(t *testing.T, s clusto.AccountKeeper, users ...clusto.User) {
	t.Helper()
	account(t, s, func(tx clusto.AccountTx) error {
		for _, u := range users {
			if err := tx.PutUser(t.Context(), u); err != nil {
				return err
			}
		}
		return nil
	})
}

func users(ctx context.Context, m clusto.UserMatch) func(clusto.AccountReader) ([]clusto.User, error) {
	return func(r clusto.AccountReader) ([]clusto.User, error) { return r.Users(ctx, m) }
}

func testUsers(t *testing.T, s clusto.AccountKeeper) {
	ctx := t.Context()
	oidc := clusto.Identity{Issuer: "https://issuer.example.com/" + strings.Repeat("long/", 80), Name: "248289761001"}
	cert := clusto.Identity{Issuer: clusto.CertificateIssuer, Name: "subject:CN=ann,O=Ünion"}
	ann, bob, Bob := asUser("ann", oidc), asUser("bob"), asUser("Bob")
	bob.Disabled = true
	putUsers(t, s, bob, ann, Bob)
	answers(t, s, users(ctx, clusto.UserMatch{}), []clusto.User{Bob, ann, bob})
	answers(t, s, users(ctx, clusto.UserMatch{Names: []string{"bob", "nobody"}}), []clusto.User{bob})
	answers(t, s, users(ctx, clusto.UserMatch{Names: []string{}}), nil)
	answers(t, s, users(ctx, clusto.UserMatch{Identities: []clusto.Identity{cert, oidc}}), []clusto.User{ann})
	answers(t, s, users(ctx, clusto.UserMatch{Identities: []clusto.Identity{{Issuer: oidc.Issuer, Name: "other"}}}), nil)
	answers(t, s, users(ctx, clusto.UserMatch{Names: []string{"bob"}, Identities: []clusto.Identity{oidc}}), nil)

	for _, c := range []struct {
		name string
		user clusto.User
		kind error
	}{
		{"another's identity", asUser("eve", oidc), clusto.ErrExists},
		{"a name with a blank", asUser("eve adams"), clusto.ErrInvalid},
		{"no name", asUser(""), clusto.ErrInvalid},
		{"no text", clusto.User{Name: "eve", FullName: "a\x00b"}, clusto.ErrInvalid},
	} {
		err := s.UpdateAccounts(ctx, func(tx clusto.AccountTx) error { return tx.PutUser(ctx, c.user) })
		if !errors.Is(err, c.kind) {
			t.Errorf("%s: %v, want %v", c.name, err, c.kind)
		}
	}
	ann.Identities, ann.FullName, ann.Password = []clusto.Identity{cert}, "", ""
	putUsers(t, s, ann)
	answers(t, s, users(ctx, clusto.UserMatch{Identities: []clusto.Identity{oidc}}), nil)
	answers(t, s, users(ctx, clusto.UserMatch{Names: []string{"ann"}}), []clusto.User{ann})

	failed := s.UpdateAccounts(ctx, func(tx clusto.AccountTx) error { return errors.Join(tx.DeleteUser(ctx, "ann"), errWanted) })
	if !errors.Is(failed, errWanted) {
		t.Error(failed)
	}
	answers(t, s, users(ctx, clusto.UserMatch{}), []clusto.User{Bob, ann, bob})
}

func testGroups(t *testing.T, s clusto.AccountKeeper) {
	ctx := t.Context()
	groups := func(m clusto.GroupMatch) func(clusto.AccountReader) ([]clusto.Group, error) {
		return func(r clusto.AccountReader) ([]clusto.Group, error) { return r.Groups(ctx, m) }
	}
	putUsers(t, s, asUser("ann"), asUser("bob"))
	ops := clusto.Group{Name: "ops", Description: "who is called at night", Created: then, Members: []string{"ann", "bob"}}
	dev := clusto.Group{Name: "dev", Created: then, Members: []string{"bob"}}
	none := clusto.Group{Name: "none", Created: then}
	put := func(tx clusto.AccountTx, all ...clusto.Group) error {
		for _, g := range all {
			if err := tx.PutGroup(ctx, g); err != nil {
				return err
			}
		}
		return nil
	}
	account(t, s, func(tx clusto.AccountTx) error { return put(tx, ops, none, dev) })
	answers(t, s, groups(clusto.GroupMatch{}), []clusto.Group{dev, none, ops})
	answers(t, s, groups(clusto.GroupMatch{Names: []string{"ops"}}), []clusto.Group{ops})
	answers(t, s, groups(clusto.GroupMatch{Member: "ann"}), []clusto.Group{ops})
	answers(t, s, groups(clusto.GroupMatch{Member: "nobody"}), nil)

	for _, g := range []clusto.Group{{Name: "x", Members: []string{"nobody"}}} {
		if err := s.UpdateAccounts(ctx, func(tx clusto.AccountTx) error { return tx.PutGroup(ctx, g) }); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("a member who is no user: %v, want ErrNotFound", err)
		}
	}
	account(t, s, func(tx clusto.AccountTx) error { return tx.DeleteUser(ctx, "bob") })
	ops.Members, dev.Members = []string{"ann"}, nil
	answers(t, s, groups(clusto.GroupMatch{}), []clusto.Group{dev, none, ops})
	account(t, s, func(tx clusto.AccountTx) error { return tx.DeleteGroup(ctx, "ops") })
	answers(t, s, groups(clusto.GroupMatch{}), []clusto.Group{dev, none})
	if err := s.UpdateAccounts(ctx, func(tx clusto.AccountTx) error { return tx.DeleteGroup(ctx, "ops") }); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("DeleteGroup again: %v, want ErrNotFound", err)
	}
}

func testTokens(t *testing.T, s clusto.AccountKeeper) {
	ctx := t.Context()
	tokens := func(m clusto.TokenMatch) func(clusto.AccountReader) ([]clusto.Token, error) {
		return func(r clusto.AccountReader) ([]clusto.Token, error) { return r.Tokens(ctx, m) }
	}
	putUsers(t, s, asUser("ann"), asUser("bob"))
	one := clusto.Token{Hash: strings.Repeat("a", 64), Name: "ci", User: "ann", Created: then}
	two := clusto.Token{
		Hash: strings.Repeat("b", 64), Name: "a laptöp", User: "bob", Created: then.Add(time.Second),
		Expires: then.Add(time.Hour), Revoked: then.Add(time.Minute), LastUsed: then, Narrowed: []string{"read", "write attr/* in pool web"},
	}
	three := clusto.Token{Hash: strings.Repeat("c", 64), Name: "nothing", User: "bob", Created: then.Add(2 * time.Second), Narrowed: []string{}}
	account(t, s, func(tx clusto.AccountTx) error {
		return errors.Join(tx.PutToken(ctx, three), tx.PutToken(ctx, two), tx.PutToken(ctx, one))
	})
	answers(t, s, tokens(clusto.TokenMatch{}), []clusto.Token{one, two, three})
	answers(t, s, tokens(clusto.TokenMatch{User: "bob"}), []clusto.Token{two, three})
	answers(t, s, tokens(clusto.TokenMatch{Hashes: []string{one.Hash, "none"}}), []clusto.Token{one})
	answers(t, s, tokens(clusto.TokenMatch{Hashes: []string{one.Hash}, User: "bob"}), nil)
	one.LastUsed = then.Add(time.Hour)
	account(t, s, func(tx clusto.AccountTx) error { return tx.PutToken(ctx, one) })
	answers(t, s, tokens(clusto.TokenMatch{User: "ann"}), []clusto.Token{one})

	nobodys := clusto.Token{Hash: "x", Name: "x", User: "nobody"}
	if err := s.UpdateAccounts(ctx, func(tx clusto.AccountTx) error { return tx.PutToken(ctx, nobodys) }); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("nobody's token: %v, want ErrNotFound", err)
	}
	account(t, s, func(tx clusto.AccountTx) error { return tx.DeleteUser(ctx, "bob") })
	answers(t, s, tokens(clusto.TokenMatch{}), []clusto.Token{one})
}

func testGrants(t *testing.T, s clusto.AccountKeeper) {
	ctx := t.Context()
	grants := func(m clusto.GrantMatch) func(clusto.AccountReader) ([]clusto.Grant, error) {
		return func(r clusto.AccountReader) ([]clusto.Grant, error) { return r.Grants(ctx, m) }
	}
	putUsers(t, s, asUser("ann"), asUser("bob"))
	account(t, s, func(tx clusto.AccountTx) error { return tx.PutGroup(ctx, clusto.Group{Name: "ann", Created: then}) })
	all := []clusto.Grant{
		{User: "ann", Line: "write attr/* in pool web", Created: then, CreatedBy: "root"},
		{Group: "ann", Line: `act power in rack "Ü 1"`, Created: then},
		{User: "bob", Line: "read", Created: then},
	}
	account(t, s, func(tx clusto.AccountTx) error {
		for i, g := range all {
			added, err := tx.AddGrant(ctx, g)
			if err != nil {
				return err
			}
			if added.ID == 0 || i > 0 && added.ID <= all[i-1].ID {
				t.Errorf("grant %d has the ID %d", i, added.ID)
			}
			all[i].ID = added.ID
		}
		return nil
	})
	answers(t, s, grants(clusto.GrantMatch{}), all)
	answers(t, s, grants(clusto.GrantMatch{Users: []string{"ann"}}), all[:1])
	answers(t, s, grants(clusto.GrantMatch{Groups: []string{"ann"}}), all[1:2])
	answers(t, s, grants(clusto.GrantMatch{Users: []string{"bob", "x"}, Groups: []string{"ann"}}), all[1:])
	answers(t, s, grants(clusto.GrantMatch{Users: []string{}, Groups: []string{""}}), nil)

	for name, g := range map[string]clusto.Grant{
		"nobody": {User: "nobody", Line: "read"}, "no group": {Group: "bob", Line: "read"},
	} {
		err := s.UpdateAccounts(ctx, func(tx clusto.AccountTx) error {
			_, err := tx.AddGrant(ctx, g)
			return err
		})
		if !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("a grant to %s: %v, want ErrNotFound", name, err)
		}
	}
	account(t, s, func(tx clusto.AccountTx) error { return tx.DeleteGrant(ctx, all[0].ID) })
	if err := s.UpdateAccounts(ctx, func(tx clusto.AccountTx) error { return tx.DeleteGrant(ctx, all[0].ID) }); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("DeleteGrant again: %v, want ErrNotFound", err)
	}
	account(t, s, func(tx clusto.AccountTx) error {
		return errors.Join(tx.DeleteUser(ctx, "bob"), tx.DeleteGroup(ctx, "ann"))
	})
	answers(t, s, grants(clusto.GrantMatch{}), nil)
}

func testSessions(t *testing.T, s clusto.AccountKeeper) {
	ctx := t.Context()
	session := func(hash string) func(clusto.AccountReader) (clusto.Session, error) {
		return func(r clusto.AccountReader) (clusto.Session, error) {
			s, err := r.Session(ctx, hash)
			if errors.Is(err, clusto.ErrNotFound) {
				err = nil
			}
			return s, err
		}
	}
	putUsers(t, s, asUser("ann"), asUser("bob"))
	make := func(hash, user string, life time.Duration) clusto.Session {
		return clusto.Session{Hash: hash, User: user, CSRF: "csrf" + hash, Origin: "2001:db8::1", Created: then, Expires: then.Add(life)}
	}
	one, two, three := make("1", "ann", time.Hour), make("2", "ann", time.Minute), make("3", "bob", time.Hour)
	account(t, s, func(tx clusto.AccountTx) error {
		return errors.Join(tx.PutSession(ctx, one), tx.PutSession(ctx, two), tx.PutSession(ctx, three))
	})
	answers(t, s, session("1"), one)
	answers(t, s, session("4"), clusto.Session{})
	for _, m := range []clusto.SessionMatch{{ExpiredBefore: then.Add(2 * time.Minute)}, {User: "bob", Hash: "1"}} {
		account(t, s, func(tx clusto.AccountTx) error { return tx.DeleteSessions(ctx, m) })
	}
	answers(t, s, session("1"), one)
	answers(t, s, session("2"), clusto.Session{})
	answers(t, s, session("3"), three)
	account(t, s, func(tx clusto.AccountTx) error { return tx.DeleteSessions(ctx, clusto.SessionMatch{User: "ann"}) })
	answers(t, s, session("1"), clusto.Session{})
	account(t, s, func(tx clusto.AccountTx) error { return tx.DeleteUser(ctx, "bob") })
	answers(t, s, session("3"), clusto.Session{})
}

func testNoAccounts(t *testing.T, s clusto.AccountKeeper) {
	ctx := t.Context()
	answers(t, s, users(ctx, clusto.UserMatch{}), nil)
	for name, change := range map[string]func(tx clusto.AccountTx) error{
		"DeleteUser":  func(tx clusto.AccountTx) error { return tx.DeleteUser(ctx, "ann") },
		"DeleteGroup": func(tx clusto.AccountTx) error { return tx.DeleteGroup(ctx, "ann") },
		"DeleteGrant": func(tx clusto.AccountTx) error { return tx.DeleteGrant(ctx, 1) },
		"PutSession":  func(tx clusto.AccountTx) error { return tx.PutSession(ctx, clusto.Session{Hash: "1", User: "ann"}) },
	} {
		if err := s.UpdateAccounts(ctx, change); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("%s of what is not there: %v, want ErrNotFound", name, err)
		}
	}
	account(t, s, func(tx clusto.AccountTx) error { return tx.DeleteSessions(ctx, clusto.SessionMatch{}) })
}
