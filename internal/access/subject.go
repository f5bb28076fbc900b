package access

import (
	"context"

	"github.com/clusto/clusto"
)

// Method is how a subject has shown who it is.
type Method string

// The methods of signing in.
const (
	ByPassword    Method = "password"
	ByToken       Method = "token"
	ByCertificate Method = "certificate"
	BySession     Method = "session"
	ByIssuer      Method = "oidc"
	ByProgram     Method = "program" // the program itself says who it is
)

// Subject is who asks. The zero Subject may do nothing.
type Subject struct {
	Name   string   // of the user
	Groups []string // that the user is in, sorted
	Method Method
	Token  string // name of the token, if Method is ByToken
	Origin string // the address the request came from; it is kept with each change
	// KeepUser has a change made through Wrap keep the user and origin that it
	// names, if it names one. It is for programs that act for others whom they
	// have looked at themselves.
	KeepUser bool

	source source
}

// source is where a subject's rights come from.
type source interface {
	// rights returns what the subject may do now, or ErrDenied if it may not
	// even sign in any more.
	rights(ctx context.Context) (*rights, error)
}

// NewSubject returns a subject with the given grants, which no account has.
func NewSubject(name, origin string, lines ...string) (Subject, error) {
	r, err := newRights(lines, nil)
	return Subject{Name: name, Origin: origin, Method: ByProgram, source: fixed{r}}, err
}

// Everything returns a subject that may do everything: clusto itself, or who
// can open the database anyhow.
func Everything(name, origin string) Subject {
	all := &rights{grants: []held{{Grant: Grant{Verb: Admin}}}}
	return Subject{Name: name, Origin: origin, Method: ByProgram, KeepUser: true, source: fixed{all}}
}

// fixed are rights that do not change.
type fixed struct{ r *rights }

func (f fixed) rights(context.Context) (*rights, error) { return f.r, nil }

// rights returns what s may do now.
func (s Subject) rights(ctx context.Context) (*rights, error) {
	if s.source == nil {
		return nil, clusto.Errorf(clusto.ErrDenied, "nobody has signed in")
	}
	return s.source.rights(ctx)
}

// MayAdmin returns ErrDenied unless the subject may administer clusto.
func (s Subject) MayAdmin(ctx context.Context) error { return s.mayEverywhere(ctx, Admin) }

// MayScript returns ErrDenied unless the subject may run scripts on the server.
func (s Subject) MayScript(ctx context.Context) error { return s.mayEverywhere(ctx, Script) }

// mayEverywhere returns ErrDenied unless s has a verb that has no object.
func (s Subject) mayEverywhere(ctx context.Context, v Verb) error {
	r, err := s.rights(ctx)
	if err != nil {
		return err
	}
	return r.mustHave(s.Name, v)
}
