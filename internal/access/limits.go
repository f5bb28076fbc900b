package access

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clusto/clusto"
)

// isRefusal reports whether err says that somebody may not sign in.
func isRefusal(err error) bool {
	_, refused := errors.AsType[*SignInError](err)
	return refused
}

// Grants returns the lines of what s may do: those of its grants, or, if it signed
// in with a token that is narrowed, those to which that limits them.
func (s Subject) Grants(ctx context.Context) ([]string, error) {
	r, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	lines := []string{}
	for _, h := range r.sets()[len(r.sets())-1] {
		lines = append(lines, h.Grant.String())
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// Narrow limits a token that s wants to have made to what s itself may: a subject
// that signed in with a token that is narrowed, or expires, has tokens made that
// are no wider and expire no later. It returns ErrDenied if want asks for more.
func (s Subject) Narrow(ctx context.Context, want *TokenRequest) error {
	source, ok := s.source.(signedIn)
	if !ok {
		return nil
	}
	acc, err := source.auth.account(ctx, source.credential)
	if err != nil {
		return err
	}
	if until := acc.token.Expires; !until.IsZero() {
		if want.Expires.IsZero() {
			want.Expires = until
		}
		if want.Expires.After(until) {
			return clusto.Errorf(clusto.ErrDenied, "the token would outlive %q, by which you signed in: that expires at %s", acc.token.Name, clusto.FormatTime(until))
		}
	}
	if acc.token.Narrowed == nil {
		return nil
	}
	if want.Narrowed == nil {
		want.Narrowed = slices.Clone(acc.token.Narrowed)
	}
	for _, line := range want.Narrowed {
		g, err := Parse(line)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(acc.rights.narrow, func(h held) bool { return g.within(h.Grant) }) {
			return clusto.WithHint(clusto.Errorf(clusto.ErrDenied, "the token would permit %q, and %q, by which you signed in, does not", g, acc.token.Name),
				"sign in with a password, or a token that is not narrowed")
		}
	}
	return nil
}

// Narrowed reports whether s signed in with a token that limits what it may do.
func (s Subject) Narrowed(ctx context.Context) (bool, error) {
	r, err := s.rights(ctx)
	return err == nil && r.narrow != nil, err
}

// within reports whether g permits nothing that other does not. It may say no
// where that is hard to see.
func (g Grant) within(other Grant) bool {
	for _, p := range other.Where {
		if !slices.Contains(g.Where, p) {
			return false
		}
	}
	if other.Verb == Admin || g.Verb == Admin || g.Verb == Script || other.Verb == Script {
		return other.Verb == Admin || g.Verb == other.Verb
	}
	if g.Verb != other.Verb && (other.Verb != Write || g.Verb != Read) {
		return false
	}
	if other.What.Kind == "" || other.What.Kind == All {
		return true
	}
	return g.What.Kind == other.What.Kind && (other.What.Name == "" || other.What.names(g.question()))
}

// Expiry returns when the token or the session ends by which s signed in; zero
// means never.
func (s Subject) Expiry(ctx context.Context) (time.Time, error) {
	source, ok := s.source.(signedIn)
	if !ok {
		return time.Time{}, nil
	}
	acc, err := source.auth.account(ctx, source.credential)
	if err != nil {
		return time.Time{}, err
	}
	if !acc.token.Expires.IsZero() {
		return acc.token.Expires, nil
	}
	return acc.session.Expires, nil
}
