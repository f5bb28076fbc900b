package clusto

import (
	"context"
	"regexp"
	"time"
)

// AccountKeeper is a Store that also keeps accounts: who may sign in, and what
// they may do. Accounts have no history, and changing them makes no version.
type AccountKeeper interface {
	// ViewAccounts calls fn with a reader of one state of the accounts, as
	// Store.View does for the inventory.
	ViewAccounts(ctx context.Context, fn func(AccountReader) error) error

	// UpdateAccounts calls fn with a transaction and commits what it changed.
	// Like that of Store.Update, fn may be called more than once.
	UpdateAccounts(ctx context.Context, fn func(AccountTx) error) error
}

// AccountReader answers questions about accounts. What it returns is in the
// order of names, grants and tokens in that of their making.
type AccountReader interface {
	Users(ctx context.Context, m UserMatch) ([]User, error)
	Groups(ctx context.Context, m GroupMatch) ([]Group, error)
	Tokens(ctx context.Context, m TokenMatch) ([]Token, error)
	Grants(ctx context.Context, m GrantMatch) ([]Grant, error)
	// Session returns the session whose id has this hash, or ErrNotFound.
	Session(ctx context.Context, hash string) (Session, error)
}

// AccountTx changes accounts. What is put replaces what has the same name or
// hash. Names are not looked into, except that what belongs to a user or a
// group that does not exist is refused with ErrNotFound.
type AccountTx interface {
	AccountReader

	// PutUser makes or replaces a user. It returns ErrExists if somebody else
	// has one of the identities.
	PutUser(ctx context.Context, u User) error
	// DeleteUser removes a user and all that belongs to it, or returns ErrNotFound.
	DeleteUser(ctx context.Context, name string) error
	// PutGroup makes or replaces a group with its members.
	PutGroup(ctx context.Context, g Group) error
	// DeleteGroup removes a group and its grants, or returns ErrNotFound.
	DeleteGroup(ctx context.Context, name string) error
	PutToken(ctx context.Context, t Token) error
	// AddGrant adds a grant and returns it with its ID.
	AddGrant(ctx context.Context, g Grant) (Grant, error)
	// DeleteGrant removes a grant, or returns ErrNotFound.
	DeleteGrant(ctx context.Context, id int64) error
	PutSession(ctx context.Context, s Session) error
	// DeleteSessions removes the sessions that m selects.
	DeleteSessions(ctx context.Context, m SessionMatch) error
}

// User is somebody, or some program, that can sign in. All times of accounts
// are in whole seconds; the zero time means never.
type User struct {
	Name            string // see ValidateAccountName
	FullName, Email string // "" if unknown
	// Password is the hash of the password in PHC form, or "" if the user
	// cannot sign in with one.
	Password   string
	Disabled   bool // may not sign in, nor do anything
	Created    time.Time
	Identities []Identity // by which others know the user, in any order
}

// Identity is a name that somebody else vouches for.
type Identity struct {
	Issuer string // the URL of an OpenID Connect issuer, or CertificateIssuer
	Name   string // the issuer's subject, or a name that a client certificate has
}

// CertificateIssuer is the Issuer of an Identity that a client certificate proves.
const CertificateIssuer = "certificate"

// UserMatch selects users: those that meet every condition that is set.
type UserMatch struct {
	Names      []string   // nil means any
	Identities []Identity // users with one of these; nil means any
}

// Group is a set of users that have grants in common.
type Group struct {
	Name        string // see ValidateAccountName
	Description string
	Created     time.Time
	Members     []string // names of users, sorted
}

// GroupMatch selects groups: those that meet every condition that is set.
type GroupMatch struct {
	Names  []string // nil means any
	Member string   // groups of this user; "" means any
}

// Token is a secret by which a program signs in as its user.
type Token struct {
	Hash    string // SHA-256 of the token, in hex; the token itself is kept nowhere
	Name    string // what the user calls it; unique among the user's tokens
	User    string
	Created time.Time
	Expires time.Time
	Revoked time.Time
	// LastUsed is about when the token was used last: it is not written each time.
	LastUsed time.Time
	// Narrowed, if not nil, are grants to which the token limits what its user may do.
	Narrowed []string
}

// TokenMatch selects tokens: those that meet every condition that is set.
type TokenMatch struct {
	Hashes []string // nil means any
	User   string   // "" means any
}

// Grant is one permission, given to a user or to a group.
type Grant struct {
	ID          int64  // set by the store; later ones are higher
	User, Group string // one of them is ""
	Line        string // what it permits, such as "write attr/* in pool web"
	Created     time.Time
	CreatedBy   string // the user who gave it; "" if unknown
}

// GrantMatch selects grants: those to one of the users or to one of the groups.
// Nil for both selects all.
type GrantMatch struct {
	Users, Groups []string
}

// Session is somebody who has signed in with a browser.
type Session struct {
	Hash    string // SHA-256 of the session's id, in hex
	User    string
	CSRF    string // what a request that changes something must repeat
	Origin  string // the address from which the user signed in
	Created time.Time
	Expires time.Time
}

// SessionMatch selects sessions: those that meet every condition that is set.
type SessionMatch struct {
	Hash, User    string    // "" means any
	ExpiredBefore time.Time // zero means no limit
}

// Limits of the columns of accounts, in characters.
const (
	MaxOriginLen    = 64
	MaxTokenNameLen = 128
)

// accountName is what names of users and groups look like: nothing that needs
// quotes in a grant or that could be taken for something else in a log.
var accountName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._@+-]*\z`)

// ValidateAccountName returns ErrInvalid if name must not be given to a user or
// a group.
func ValidateAccountName(name string) error {
	switch {
	case len(name) > MaxUserLen:
		return Errorf(ErrInvalid, "the name %.20q… has %d characters, the limit is %d", name, len(name), MaxUserLen)
	case !accountName.MatchString(name):
		return Errorf(ErrInvalid, "%q is no name for a user or a group: want letters, digits and . _ @ + -, beginning with a letter, a digit or _", name)
	}
	return nil
}
