package api

import "context"

type localUserKey struct{}

// WithLocalUser returns a context of a request that comes from this process,
// from somebody who can open the database anyway. user is what the system calls
// them, or "" if that is not known. Only package client may say so of a request:
// nothing that comes over a network has such a context.
func WithLocalUser(ctx context.Context, user string) context.Context {
	return context.WithValue(ctx, localUserKey{}, user)
}

// LocalUser returns the user of a request that comes from this process, and
// whether it does.
func LocalUser(ctx context.Context) (user string, ok bool) {
	user, ok = ctx.Value(localUserKey{}).(string)
	return user, ok
}
