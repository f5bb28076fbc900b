package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
)

// AccountsOptions are what Accounts can be told. The zero AccountsOptions work.
type AccountsOptions struct {
	Hashing   Hashing      // how passwords are hashed; the zero Hashing means DefaultHashing
	HashSlots int          // how many passwords are hashed at a time, each in Hashing.Memory; 0 means 4
	Log       *slog.Logger // nil discards
}

// Accounts are the users, groups, tokens and grants of a store. It does not ask
// who changes them: its callers do. What it changes holds for every
// Authenticator that was made of it at once, and in other programs within a
// second.
type Accounts struct {
	keeper  clusto.AccountKeeper
	hasher  *hasher
	log     *slog.Logger
	changes atomic.Int64 // how often they were changed here
}

// NewAccounts returns the accounts that a store keeps, or ErrUnsupported if it
// keeps none.
func NewAccounts(store clusto.Store, o AccountsOptions) (*Accounts, error) {
	keeper, ok := store.(clusto.AccountKeeper)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "this database keeps no accounts")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Accounts{keeper: keeper, hasher: newHasher(o.Hashing, o.HashSlots), log: o.Log}, nil
}

// update changes accounts.
func (a *Accounts) update(ctx context.Context, fn func(clusto.AccountTx) error) error {
	err := a.keeper.UpdateAccounts(ctx, fn)
	a.changes.Add(1) // also after an error: it may have been done
	return err
}

// view collects what a question about accounts is answered with.
func view[T any](ctx context.Context, a *Accounts, ask func(clusto.AccountReader) (T, error)) (answer T, err error) {
	err = a.keeper.ViewAccounts(ctx, func(r clusto.AccountReader) (err error) {
		answer, err = ask(r)
		return err
	})
	return answer, err
}

// now is the time as accounts have it.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// Users returns all users.
func (a *Accounts) Users(ctx context.Context) ([]clusto.User, error) {
	return view(ctx, a, func(r clusto.AccountReader) ([]clusto.User, error) { return r.Users(ctx, clusto.UserMatch{}) })
}

// User returns a user, or ErrNotFound.
func (a *Accounts) User(ctx context.Context, name string) (clusto.User, error) {
	return view(ctx, a, func(r clusto.AccountReader) (clusto.User, error) { return userNamed(ctx, r, name) })
}

func userNamed(ctx context.Context, r clusto.AccountReader, name string) (clusto.User, error) {
	users, err := r.Users(ctx, clusto.UserMatch{Names: []string{name}})
	if err == nil && len(users) == 0 {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no user %q", name), "clusto user list shows those there are")
	}
	if err != nil {
		return clusto.User{}, err
	}
	return users[0], nil
}

// CreateUser makes a user. The hash of password, unless that is "", becomes
// u.Password. It returns ErrExists if there is a user with the name, in
// whatever case, or with one of the identities.
func (a *Accounts) CreateUser(ctx context.Context, u clusto.User, password string) (clusto.User, error) {
	if err := clusto.ValidateAccountName(u.Name); err != nil {
		return u, err
	}
	u.Created, u.Password = now(), ""
	if password != "" {
		var err error
		if u.Password, err = a.hasher.hash(ctx, u.Name, password); err != nil {
			return u, err
		}
	}
	return u, a.update(ctx, func(tx clusto.AccountTx) error {
		users, err := tx.Users(ctx, clusto.UserMatch{})
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(users, func(other clusto.User) bool { return strings.EqualFold(other.Name, u.Name) }); i >= 0 {
			return clusto.Errorf(clusto.ErrExists, "there is a user %q already", users[i].Name)
		}
		return tx.PutUser(ctx, u)
	})
}

// ChangeUser has change alter a user: all but its name and its password. It
// returns ErrNotFound, or ErrExists if somebody else has one of the identities.
func (a *Accounts) ChangeUser(ctx context.Context, name string, change func(*clusto.User) error) error {
	return a.update(ctx, func(tx clusto.AccountTx) error {
		u, err := userNamed(ctx, tx, name)
		if err != nil {
			return err
		}
		was := u
		if err := change(&u); err != nil {
			return err
		}
		u.Name, u.Password, u.Created = was.Name, was.Password, was.Created
		if u.Disabled && !was.Disabled {
			if err := tx.DeleteSessions(ctx, clusto.SessionMatch{User: name}); err != nil {
				return err
			}
		}
		return tx.PutUser(ctx, u)
	})
}

// SetPassword gives a user another password, or with "" none, and ends the
// user's sessions.
func (a *Accounts) SetPassword(ctx context.Context, name, password string) error {
	hash := ""
	if password != "" {
		var err error
		if hash, err = a.hasher.hash(ctx, name, password); err != nil {
			return err
		}
	}
	return a.update(ctx, func(tx clusto.AccountTx) error {
		u, err := userNamed(ctx, tx, name)
		if err != nil {
			return err
		}
		u.Password = hash
		return errors.Join(tx.PutUser(ctx, u), tx.DeleteSessions(ctx, clusto.SessionMatch{User: name}))
	})
}

// DeleteUser removes a user with its tokens, grants and sessions, or returns
// ErrNotFound. What the user changed still has its name.
func (a *Accounts) DeleteUser(ctx context.Context, name string) error {
	return a.update(ctx, func(tx clusto.AccountTx) error { return tx.DeleteUser(ctx, name) })
}

// Groups returns all groups.
func (a *Accounts) Groups(ctx context.Context) ([]clusto.Group, error) {
	return view(ctx, a, func(r clusto.AccountReader) ([]clusto.Group, error) { return r.Groups(ctx, clusto.GroupMatch{}) })
}

func groupNamed(ctx context.Context, r clusto.AccountReader, name string) (clusto.Group, error) {
	groups, err := r.Groups(ctx, clusto.GroupMatch{Names: []string{name}})
	if err == nil && len(groups) == 0 {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no group %q", name), "clusto group set %s makes it", name)
	}
	if err != nil {
		return clusto.Group{}, err
	}
	return groups[0], nil
}

// CreateGroup makes a group. It returns ErrExists if there is one with the name,
// and ErrNotFound if one of the members is no user.
func (a *Accounts) CreateGroup(ctx context.Context, g clusto.Group) error {
	if err := clusto.ValidateAccountName(g.Name); err != nil {
		return err
	}
	g.Created = now()
	return a.update(ctx, func(tx clusto.AccountTx) error {
		if _, err := groupNamed(ctx, tx, g.Name); err == nil {
			return clusto.Errorf(clusto.ErrExists, "there is a group %q already", g.Name)
		} else if !errors.Is(err, clusto.ErrNotFound) {
			return err
		}
		return tx.PutGroup(ctx, g)
	})
}

// ChangeGroup has change alter a group: its members and its description.
func (a *Accounts) ChangeGroup(ctx context.Context, name string, change func(*clusto.Group) error) error {
	return a.update(ctx, func(tx clusto.AccountTx) error {
		g, err := groupNamed(ctx, tx, name)
		if err != nil {
			return err
		}
		was := g
		g.Members = slices.Clone(g.Members)
		if err := change(&g); err != nil {
			return err
		}
		g.Name, g.Created = was.Name, was.Created
		slices.Sort(g.Members)
		g.Members = slices.Compact(g.Members)
		return tx.PutGroup(ctx, g)
	})
}

// DeleteGroup removes a group with its grants, or returns ErrNotFound.
func (a *Accounts) DeleteGroup(ctx context.Context, name string) error {
	return a.update(ctx, func(tx clusto.AccountTx) error { return tx.DeleteGroup(ctx, name) })
}

// Grants returns the grants that m selects.
func (a *Accounts) Grants(ctx context.Context, m clusto.GrantMatch) ([]clusto.Grant, error) {
	return view(ctx, a, func(r clusto.AccountReader) ([]clusto.Grant, error) { return r.Grants(ctx, m) })
}

// Give gives a grant to a user or a group. Its line is kept in the canonical
// form. It returns a *SyntaxError if the line cannot be read, ErrNotFound if
// there is no such user or group, and ErrExists if it has that grant.
func (a *Accounts) Give(ctx context.Context, g clusto.Grant) (clusto.Grant, error) {
	parsed, err := Parse(g.Line)
	if err != nil {
		return g, err
	}
	if (g.User == "") == (g.Group == "") {
		return g, clusto.Errorf(clusto.ErrInvalid, "a grant is given to a user or to a group, to one of the two")
	}
	g.Line, g.Created = parsed.String(), now()
	err = a.update(ctx, func(tx clusto.AccountTx) (err error) {
		there, err := tx.Grants(ctx, to(g))
		if err != nil {
			return err
		}
		if slices.ContainsFunc(there, func(other clusto.Grant) bool { return other.Line == g.Line }) {
			return clusto.Errorf(clusto.ErrExists, "%s has the grant %q already", g.User+g.Group, g.Line)
		}
		g, err = tx.AddGrant(ctx, g)
		return err
	})
	return g, err
}

// to selects the grants of whom g is given to.
func to(g clusto.Grant) clusto.GrantMatch {
	if g.User != "" {
		return clusto.GrantMatch{Users: []string{g.User}}
	}
	return clusto.GrantMatch{Groups: []string{g.Group}}
}

// Take takes a grant away, or returns ErrNotFound.
func (a *Accounts) Take(ctx context.Context, id int64) error {
	return a.update(ctx, func(tx clusto.AccountTx) error { return tx.DeleteGrant(ctx, id) })
}

// TokenRequest says what token to make.
type TokenRequest struct {
	User, Name string
	Expires    time.Time // zero means never
	// Narrowed, if not nil, are the only grants that the token can use, of those
	// that its user has. Reading is among them only if they say so.
	Narrowed []string
}

// IssueToken makes a token and returns it. It is shown this once: only its hash
// is kept.
func (a *Accounts) IssueToken(ctx context.Context, want TokenRequest) (secret string, t clusto.Token, err error) {
	secret = newSecret(TokenPrefix)
	t = clusto.Token{Hash: hashOf(secret), Name: want.Name, User: want.User, Created: now(), Expires: want.Expires.UTC().Truncate(time.Second)}
	if want.Expires.IsZero() {
		t.Expires = time.Time{}
	}
	if err := want.check(); err != nil {
		return "", t, err
	}
	if want.Narrowed != nil {
		t.Narrowed = []string{}
	}
	for _, line := range want.Narrowed {
		g, err := Parse(line)
		if err != nil {
			return "", t, err
		}
		t.Narrowed = append(t.Narrowed, g.String())
	}
	err = a.update(ctx, func(tx clusto.AccountTx) error {
		tokens, err := tx.Tokens(ctx, clusto.TokenMatch{User: t.User})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(tokens, func(other clusto.Token) bool { return other.Name == t.Name && other.Revoked.IsZero() }) {
			return clusto.Errorf(clusto.ErrExists, "%s has a token %q already", t.User, t.Name)
		}
		return tx.PutToken(ctx, t)
	})
	if err != nil {
		return "", t, err
	}
	return secret, t, nil
}

func (want *TokenRequest) check() error {
	switch {
	case want.Name == "" || len(want.Name) > clusto.MaxTokenNameLen || strings.ContainsFunc(want.Name, isControl):
		return clusto.Errorf(clusto.ErrInvalid, "%.20q is no name for a token: want 1 to %d characters", want.Name, clusto.MaxTokenNameLen)
	case !want.Expires.IsZero() && !want.Expires.After(time.Now()):
		return clusto.Errorf(clusto.ErrInvalid, "the token %q would expire at %s, which is past", want.Name, clusto.FormatTime(want.Expires))
	}
	return nil
}

// Tokens returns a user's tokens, also those that have expired or were revoked.
func (a *Accounts) Tokens(ctx context.Context, user string) ([]clusto.Token, error) {
	return view(ctx, a, func(r clusto.AccountReader) ([]clusto.Token, error) {
		return r.Tokens(ctx, clusto.TokenMatch{User: user})
	})
}

// RevokeToken ends a token for good, or returns ErrNotFound.
func (a *Accounts) RevokeToken(ctx context.Context, user, name string) error {
	return a.update(ctx, func(tx clusto.AccountTx) error {
		tokens, err := tx.Tokens(ctx, clusto.TokenMatch{User: user})
		if err != nil {
			return err
		}
		for _, t := range tokens {
			if t.Name == name && t.Revoked.IsZero() {
				t.Revoked = now()
				return tx.PutToken(ctx, t)
			}
		}
		return fmt.Errorf("revoke a token: %w", clusto.Errorf(clusto.ErrNotFound, "%s has no token %q", user, name))
	})
}
