package access

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// credential is by what somebody has signed in.
type credential struct {
	method Method
	key    string // the hash of a token or of a session's id, or the name of the user
}

// account is what is known about whom a credential belongs to.
type account struct {
	user    clusto.User
	groups  []string
	rights  *rights
	token   clusto.Token
	session clusto.Session
}

// subject returns who has signed in by c.
func (a *Authenticator) subject(ctx context.Context, c credential, from netip.Addr) (Subject, error) {
	acc, err := a.account(ctx, c)
	if err != nil {
		return Subject{}, err
	}
	s := Subject{Name: acc.user.Name, Groups: acc.groups, Method: c.method, Token: acc.token.Name, source: signedIn{a, c}}
	if from.IsValid() {
		s.Origin = from.Unmap().String()
	}
	return s, nil
}

// signedIn are the rights of who has signed in by a credential, for as long as
// that is good.
type signedIn struct {
	auth       *Authenticator
	credential credential
}

func (s signedIn) rights(ctx context.Context) (*rights, error) {
	acc, err := s.auth.account(ctx, s.credential)
	if err != nil {
		return nil, err
	}
	return acc.rights, nil
}

// account returns the account that c belongs to, as it was less than a second
// ago, or a *SignInError if c is not good any more.
func (a *Authenticator) account(ctx context.Context, c credential) (*account, error) {
	changes := a.accounts.changes.Load()
	acc, ok := a.cache.get(c, changes)
	if !ok {
		asked := time.Now()
		var err error
		acc, err = view(ctx, a.accounts, func(r clusto.AccountReader) (*account, error) { return a.read(ctx, r, c) })
		if err != nil {
			return nil, err
		}
		a.cache.put(c, acc, changes, asked)
	}
	return acc, acc.good(time.Now())
}

// good returns a *SignInError if nobody may sign in by the account at a time.
func (acc *account) good(at time.Time) error {
	over := func(t time.Time) bool { return !t.IsZero() && !at.Before(t) }
	switch {
	case acc.user.Disabled:
		return refused("the user may not sign in")
	case !acc.token.Revoked.IsZero():
		return refused("the token was revoked")
	case over(acc.token.Expires):
		return refused("the token expired at " + clusto.FormatTime(acc.token.Expires))
	case over(acc.session.Expires):
		return refused("the session has ended; sign in again")
	}
	return nil
}

// read reads the account that c belongs to.
func (a *Authenticator) read(ctx context.Context, r clusto.AccountReader, c credential) (*account, error) {
	acc := &account{}
	name := c.key
	switch c.method {
	case ByToken:
		tokens, err := r.Tokens(ctx, clusto.TokenMatch{Hashes: []string{c.key}})
		if err != nil {
			return nil, err
		}
		if len(tokens) == 0 {
			return nil, refused("there is no such token")
		}
		acc.token = tokens[0]
		name = acc.token.User
	case BySession:
		session, err := r.Session(ctx, c.key)
		if errors.Is(err, clusto.ErrNotFound) {
			return nil, refused("the session has ended; sign in again")
		}
		if err != nil {
			return nil, err
		}
		acc.session, name = session, session.User
	}
	var err error
	if acc.user, err = userNamed(ctx, r, name); errors.Is(err, clusto.ErrNotFound) {
		return nil, refused("the user may not sign in")
	} else if err != nil {
		return nil, err
	}
	return acc, a.readRights(ctx, r, acc)
}

// readRights reads the groups and grants of an account.
func (a *Authenticator) readRights(ctx context.Context, r clusto.AccountReader, acc *account) error {
	groups, err := r.Groups(ctx, clusto.GroupMatch{Member: acc.user.Name})
	if err != nil {
		return err
	}
	for _, g := range groups {
		acc.groups = append(acc.groups, g.Name)
	}
	grants, err := r.Grants(ctx, clusto.GrantMatch{Users: []string{acc.user.Name}, Groups: acc.groups})
	if err != nil {
		return err
	}
	acc.rights = &rights{token: acc.token.Name}
	for _, g := range grants {
		if parsed, ok := a.accounts.parse(g.Line); ok {
			acc.rights.grants = append(acc.rights.grants, held{Grant: parsed, id: g.ID, group: g.Group})
		}
	}
	if acc.token.Narrowed == nil {
		return nil
	}
	acc.rights.narrow = []held{}
	for _, line := range acc.token.Narrowed {
		if parsed, ok := a.accounts.parse(line); ok {
			acc.rights.narrow = append(acc.rights.narrow, held{Grant: parsed})
		}
	}
	return nil
}

// parse reads a line that is stored. One that another program has written and
// that cannot be read permits nothing.
func (a *Accounts) parse(line string) (Grant, bool) {
	g, err := Parse(line)
	if err != nil {
		a.log.Warn("a grant cannot be read and permits nothing", "err", err)
	}
	return g, err == nil
}

// cache remembers accounts for a moment. What changes in this program is noticed
// at once, and elsewhere when the moment is over.
type cache struct {
	mu sync.Mutex // guards of
	of map[credential]cached
}

type cached struct {
	account *account
	changes int64 // the state of the accounts that it shows
	asked   time.Time
}

// The bounds of the cache.
const (
	moment    = time.Second
	maxCached = 10_000
)

func newCache() *cache { return &cache{of: map[credential]cached{}} }

func (c *cache) get(key credential, changes int64) (*account, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.of[key]
	if !ok || e.changes != changes || time.Since(e.asked) >= moment {
		return nil, false
	}
	return e.account, true
}

func (c *cache) put(key credential, acc *account, changes int64, asked time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.of) >= maxCached {
		clear(c.of)
	}
	c.of[key] = cached{acc, changes, asked}
}

// uses are the tokens that were used since that was written last.
type uses struct {
	mu sync.Mutex // guards of
	of map[string]time.Time
}

func newUses() uses { return uses{of: map[string]time.Time{}} }

// note notes that the token with a hash is used now. It never waits for the
// database.
func (u *uses) note(hash string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.of) < maxCached {
		u.of[hash] = now()
	}
}

// take returns the notes and begins anew.
func (u *uses) take() map[string]time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	taken := u.of
	u.of = map[string]time.Time{}
	return taken
}

// giveBack takes notes that could not be written, for the next time.
func (u *uses) giveBack(taken map[string]time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for hash, at := range taken {
		if at.After(u.of[hash]) && len(u.of) < maxCached {
			u.of[hash] = at
		}
	}
}

// useInterval is how often it is written which tokens were used.
const useInterval = time.Minute

// Run writes now and then when tokens were used last, until ctx ends and once
// more then. Without it nobody knows.
func (a *Authenticator) Run(ctx context.Context) error {
	tick := time.NewTicker(useInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := a.writeUses(ctx); err != nil {
				a.accounts.log.Warn("cannot write which tokens were used", "err", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return a.writeUses(last)
		}
	}
}

// writeUses writes when tokens were used last. It is no change that others need
// to notice.
func (a *Authenticator) writeUses(ctx context.Context) error {
	used := a.uses.take()
	if len(used) == 0 {
		return nil
	}
	err := a.accounts.keeper.UpdateAccounts(ctx, func(tx clusto.AccountTx) error {
		tokens, err := tx.Tokens(ctx, clusto.TokenMatch{Hashes: slices.Sorted(maps.Keys(used))})
		if err != nil {
			return err
		}
		for _, t := range tokens {
			if at := used[t.Hash]; at.After(t.LastUsed) {
				t.LastUsed = at
				if err := tx.PutToken(ctx, t); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		a.uses.giveBack(used)
	}
	return err
}
