package httpapi

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
)

// Accounts are what requests about accounts work with.
type Accounts struct {
	// Kept are the accounts, and Auth knows who they are of.
	Kept *access.Accounts
	Auth *access.Authenticator
	// Store is the inventory as it is, and Policy the rules for everybody: what
	// somebody else may do is found out with them.
	Store  clusto.Store
	Policy *access.Policy
	// Gate knows who sends a request.
	Gate Gate
	// Required says that who asks must sign in.
	Required bool
	// IssuerPath is where people sign in by way of an OpenID Connect issuer; "" if
	// they cannot.
	IssuerPath string
}

// Gate knows who sends requests, and keeps the sessions of browsers.
type Gate interface {
	// Subject returns who sent the request that ctx belongs to.
	Subject(ctx context.Context) access.Subject
	// CSRF returns what that request, if it came by a session, must repeat to
	// change something; else "".
	CSRF(ctx context.Context) string
	// Begin begins a session, whose cookie goes with the answer.
	Begin(w http.ResponseWriter, r *http.Request, s access.Subject) (access.SignedIn, error)
	// End ends the session that a request came by, if it was one.
	End(w http.ResponseWriter, r *http.Request) error
}

// accounts returns the accounts, or ErrUnsupported if there are none.
func (s *Server) accounts() (*Accounts, error) {
	if s.options.Accounts == nil {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "this database keeps no accounts")
	}
	return s.options.Accounts, nil
}

// administer returns the accounts for who may administer clusto.
func (s *Server) administer(ctx context.Context) (*Accounts, error) {
	a, err := s.accounts()
	if err != nil {
		return nil, err
	}
	return a, a.Gate.Subject(ctx).MayAdmin(ctx)
}

// accountOf returns the accounts for who asks about a user, "" for themselves, and
// whom they ask about: others is for who may administer clusto.
func (s *Server) accountOf(ctx context.Context, user string) (a *Accounts, name string, err error) {
	if a, err = s.accounts(); err != nil {
		return nil, "", err
	}
	subject := a.Gate.Subject(ctx)
	switch {
	case user == "" && subject.Name == "":
		return nil, "", clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "whose? nobody has signed in"), "name the user")
	case user == "":
		return a, subject.Name, nil
	case a.itself(ctx, user):
		return a, user, nil
	}
	return a, user, subject.MayAdmin(ctx)
}

// itself reports whether a user is the one who has signed in to ask.
func (a *Accounts) itself(ctx context.Context, user string) bool {
	subject := a.Gate.Subject(ctx)
	return subject.Name == user && subject.Method != access.ByProgram
}

// noted logs a change of accounts, which have no history. No secret may be among
// the facts. Who can open the database could do it without a word.
func (s *Server) noted(ctx context.Context, what string, facts ...any) {
	level := slog.LevelInfo
	if !s.options.Accounts.Required {
		level = slog.LevelDebug
	}
	by := s.options.Accounts.Gate.Subject(ctx)
	facts = append(facts, "user", by.Name, "addr", by.Origin)
	if by.Token != "" {
		facts = append(facts, "token", by.Token)
	}
	s.options.Log.Log(ctx, level, what, facts...)
}

// done answers a request that leaves nothing to be told.
func (s *Server) done(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// made answers with what was made.
func (s *Server) made(w http.ResponseWriter, r *http.Request, v any, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	s.answer(w, r, http.StatusCreated, v)
}

// GetSession answers getSession.
func (s *Server) GetSession(w http.ResponseWriter, r *http.Request) {
	answer, err := s.session(r.Context())
	w.Header().Set("Cache-Control", "no-store")
	s.reply(w, r, answer, err)
}

// howOpen is how somebody has signed in who need not.
const howOpen = "open"

// session returns who asks.
func (s *Server) session(ctx context.Context) (*api.Session, error) {
	answer := &api.Session{How: howOpen, Groups: []string{}, Grants: []string{string(access.Admin)}}
	a := s.options.Accounts
	if a == nil {
		answer.User = s.options.Change(ctx).User
		return answer, nil
	}
	subject := a.Gate.Subject(ctx)
	answer.Accounts, answer.User = a.Required, subject.Name
	if !a.Required {
		return answer, nil
	}
	var err error
	answer.How, answer.CsrfToken = string(subject.Method), a.Gate.CSRF(ctx)
	answer.Groups = append(answer.Groups, subject.Groups...)
	if answer.Grants, err = subject.Grants(ctx); err != nil {
		return nil, err
	}
	ends, err := subject.Expiry(ctx)
	answer.Expires = moment(ends)
	return answer, err
}

// GetSignInWays answers getSignInWays, whoever asks.
func (s *Server) GetSignInWays(w http.ResponseWriter, r *http.Request) {
	ways := api.SignInWays{}
	if a := s.options.Accounts; a != nil && a.Required {
		ways = api.SignInWays{Accounts: true, Issuer: a.IssuerPath}
	}
	s.answer(w, r, http.StatusOK, ways)
}

// SignIn answers signIn.
func (s *Server) SignIn(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var body api.SignInJSONRequestBody
	a, err := s.accounts()
	if err == nil {
		err = readBody(r, &body, false)
	}
	if err == nil && !a.Required {
		err = clusto.Errorf(clusto.ErrUnsupported, "this server has no accounts, so nobody need sign in")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	subject, err := a.Auth.Password(ctx, body.User, body.Password, addressOf(r))
	if err != nil {
		s.options.Log.InfoContext(ctx, "somebody could not sign in", "addr", addressOf(r), "err", err)
		s.fail(w, r, err)
		return
	}
	s.signedIn(w, r, a, subject)
}

// signedIn begins a session of who has signed in, and answers with it.
func (s *Server) signedIn(w http.ResponseWriter, r *http.Request, a *Accounts, subject access.Subject) {
	session, err := a.Gate.Begin(w, r, subject)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.options.Log.InfoContext(r.Context(), "signed in", "user", subject.Name, "addr", subject.Origin)
	answer := &api.Session{
		Accounts: true, User: subject.Name, How: string(access.BySession),
		Groups: append([]string{}, subject.Groups...), CsrfToken: session.CSRF, Expires: moment(session.Expires),
	}
	answer.Grants, err = subject.Grants(r.Context())
	w.Header().Set("Cache-Control", "no-store")
	s.reply(w, r, answer, err)
}

// SignOut answers signOut.
func (s *Server) SignOut(w http.ResponseWriter, r *http.Request) {
	a, err := s.accounts()
	if err == nil {
		err = a.Gate.End(w, r)
	}
	s.done(w, r, err)
}

// Can answers can.
func (s *Server) Can(w http.ResponseWriter, r *http.Request, params api.CanParams) {
	answer, err := s.can(r.Context(), params)
	s.reply(w, r, answer, err)
}

func (s *Server) can(ctx context.Context, params api.CanParams) (*api.Verdict, error) {
	a, user, err := s.accountOf(ctx, params.User)
	if err != nil {
		return nil, err
	}
	subject := a.Gate.Subject(ctx)
	if !a.itself(ctx, user) {
		if subject, err = a.Auth.User(ctx, user, ""); err != nil {
			return a.refused(ctx, user, params, err)
		}
	} else if params.Entity != "" && subject.MayAdmin(ctx) != nil {
		// What they may not see must not be told by this either.
		err := s.view(ctx, "", func(inv *clusto.Inventory) error {
			_, err := inv.Entity(ctx, params.Entity)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	found, err := access.Can(ctx, a.Store, subject, a.Policy, params.Action, params.Entity)
	if err != nil {
		return nil, err
	}
	verdict := &api.Verdict{
		Allowed: found.Allowed, User: user, Action: params.Action, Entity: params.Entity, Reason: found.Reason, Grant: found.Needed,
	}
	if len(found.Because) > 0 {
		verdict.Grant, verdict.Group = found.Because[0].Line, found.Because[0].Group
	}
	return verdict, nil
}

// refused returns the verdict about a user who may not even sign in.
func (a *Accounts) refused(ctx context.Context, user string, params api.CanParams, err error) (*api.Verdict, error) {
	if _, errUser := a.Kept.User(ctx, user); errUser != nil {
		return nil, errUser
	}
	return &api.Verdict{User: user, Action: params.Action, Entity: params.Entity, Reason: user + ": " + err.Error()}, nil
}
