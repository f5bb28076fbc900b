package access

import "context"

// Handle names a subject to another program on the same database, such as the
// process that runs its scripts. It is no credential: only who may open the
// database anyhow can make a subject of it.
type Handle struct {
	Method Method `json:"method"`
	Key    string `json:"key"` // the hash of a token or of a session's id, or the name of the user
	Origin string `json:"origin"`
}

// Handle returns the handle of s, and whether there is one: a subject that is no
// account's, as where there are no accounts, has none.
func (s Subject) Handle() (Handle, bool) {
	from, ok := s.source.(signedIn)
	if !ok {
		return Handle{}, false
	}
	return Handle{Method: from.credential.method, Key: from.credential.key, Origin: s.Origin}, true
}

// Resume returns the subject that a handle names. What it may do follows the
// account, as that of the subject does from which the handle is: it ends when the
// token is revoked, say.
func (a *Authenticator) Resume(ctx context.Context, h Handle) (Subject, error) {
	acc, err := a.account(ctx, credential{method: h.Method, key: h.Key})
	if err != nil {
		return Subject{}, err
	}
	return Subject{
		Name: acc.user.Name, Groups: acc.groups, Method: h.Method, Token: acc.token.Name, Origin: h.Origin,
		source: signedIn{a, credential{method: h.Method, key: h.Key}},
	}, nil
}
