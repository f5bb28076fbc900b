package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
)

// moment returns a time of accounts as the API shows it; nil is never.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// addressOf returns the address that a request came from; it is not valid for a
// Unix socket.
func addressOf(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// showUser returns a user with their groups.
func showUser(u clusto.User, groups []clusto.Group) api.User {
	shown := api.User{
		Name: u.Name, FullName: u.FullName, Email: u.Email, Disabled: u.Disabled, Password: u.Password != "",
		Created: moment(u.Created), Groups: []string{},
	}
	for _, id := range u.Identities {
		if id.Issuer == clusto.CertificateIssuer {
			shown.Certificates = append(shown.Certificates, id.Name)
		} else {
			shown.Identities = append(shown.Identities, id.Issuer+" "+id.Name)
		}
	}
	slices.Sort(shown.Certificates)
	slices.Sort(shown.Identities)
	for _, g := range groups {
		if slices.Contains(g.Members, u.Name) {
			shown.Groups = append(shown.Groups, g.Name)
		}
	}
	return shown
}

// ListUsers answers listUsers.
func (s *Server) ListUsers(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	answer := api.UserList{Users: []api.User{}}
	a, err := s.administer(ctx)
	var users []clusto.User
	var groups []clusto.Group
	if err == nil {
		users, err = a.Kept.Users(ctx)
	}
	if err == nil {
		groups, err = a.Kept.Groups(ctx)
	}
	for _, u := range users {
		answer.Users = append(answer.Users, showUser(u, groups))
	}
	s.reply(w, r, answer, err)
}

// user returns a user as the API shows them.
func (a *Accounts) user(ctx context.Context, name string) (*api.User, error) {
	u, err := a.Kept.User(ctx, name)
	if err != nil {
		return nil, err
	}
	groups, err := a.Kept.Groups(ctx)
	if err != nil {
		return nil, err
	}
	shown := showUser(u, groups)
	return &shown, nil
}

// GetUser answers getUser.
func (s *Server) GetUser(w http.ResponseWriter, r *http.Request, name api.Name) {
	var answer *api.User
	a, name, err := s.accountOf(r.Context(), name)
	if err == nil {
		answer, err = a.user(r.Context(), name)
	}
	s.reply(w, r, answer, err)
}

// CreateUser answers createUser.
func (s *Server) CreateUser(w http.ResponseWriter, r *http.Request) {
	answer, err := s.createUser(r)
	s.made(w, r, answer, err)
}

func (s *Server) createUser(r *http.Request) (*api.User, error) {
	ctx := r.Context()
	var body api.NewUser
	a, err := s.administer(ctx)
	if err == nil {
		err = readBody(r, &body, false)
	}
	if err == nil {
		err = a.thereAre(ctx, body.Groups)
	}
	if err != nil {
		return nil, err
	}
	u := clusto.User{Name: body.Name, FullName: body.FullName, Email: body.Email}
	if u.Identities, err = identities(body.Certificates, body.Identities); err != nil {
		return nil, err
	}
	if _, err := a.Kept.CreateUser(ctx, u, body.Password); err != nil {
		return nil, err
	}
	s.noted(ctx, "user made", "account", u.Name)
	if err := a.putIntoGroups(ctx, u.Name, body.Groups, nil); err != nil {
		return nil, err
	}
	return a.user(ctx, u.Name)
}

// ChangeUser answers changeUser.
func (s *Server) ChangeUser(w http.ResponseWriter, r *http.Request, name api.Name) {
	answer, err := s.changeUser(r, name)
	s.reply(w, r, answer, err)
}

func (s *Server) changeUser(r *http.Request, name string) (*api.User, error) {
	ctx := r.Context()
	var body api.UserChange
	a, name, err := s.accountOf(ctx, name)
	if err == nil {
		err = readBody(r, &body, false)
	}
	if err != nil {
		return nil, err
	}
	more := body.FullName != nil || body.Email != nil || body.Disabled != nil || body.Groups != nil || body.Certificates != nil || body.Identities != nil
	if more {
		if err := a.Gate.Subject(ctx).MayAdmin(ctx); err != nil {
			return nil, err
		}
	}
	if body.Groups != nil {
		if err := a.thereAre(ctx, *body.Groups); err != nil {
			return nil, err
		}
	}
	if body.Password != nil {
		if err := s.setPassword(r, a, name, body); err != nil {
			return nil, err
		}
		s.noted(ctx, "password changed", "account", name)
	}
	if more {
		if err := a.change(ctx, name, body); err != nil {
			return nil, err
		}
		s.noted(ctx, "user changed", "account", name)
	}
	return a.user(ctx, name)
}

// setPassword gives a user another password. Who gives themselves one must know
// the old one, if there is one.
func (s *Server) setPassword(r *http.Request, a *Accounts, name string, body api.UserChange) error {
	ctx := r.Context()
	if !a.itself(ctx, name) {
		return a.Kept.SetPassword(ctx, name, *body.Password)
	}
	u, err := a.Kept.User(ctx, name)
	if err != nil {
		return err
	}
	admin := a.Gate.Subject(ctx).MayAdmin(ctx)
	if admin != nil && (u.Password == "" || *body.Password == "") {
		return admin // who signs in otherwise, and only so, is what somebody has decided
	}
	if u.Password != "" {
		_, err := a.Auth.Password(ctx, name, body.OldPassword, addressOf(r))
		if refusal, ok := errors.AsType[*access.SignInError](err); ok && refusal.Wait == 0 {
			err = clusto.WithHint(clusto.Errorf(clusto.ErrDenied, "the old password is wrong"), "old_password is the one that is valid now")
		}
		if err != nil {
			return err
		}
	}
	return a.Kept.SetPassword(ctx, name, *body.Password)
}

// change changes what only who may administer clusto can.
func (a *Accounts) change(ctx context.Context, name string, body api.UserChange) error {
	err := a.Kept.ChangeUser(ctx, name, func(u *clusto.User) error {
		set(&u.FullName, body.FullName)
		set(&u.Email, body.Email)
		set(&u.Disabled, body.Disabled)
		certificates, others := showUser(*u, nil).Certificates, showUser(*u, nil).Identities
		set(&certificates, body.Certificates)
		set(&others, body.Identities)
		var err error
		u.Identities, err = identities(certificates, others)
		return err
	})
	if err != nil || body.Groups == nil {
		return err
	}
	groups, err := a.Kept.Groups(ctx)
	if err != nil {
		return err
	}
	var others []string
	for _, g := range groups {
		if !slices.Contains(*body.Groups, g.Name) && slices.Contains(g.Members, name) {
			others = append(others, g.Name)
		}
	}
	return a.putIntoGroups(ctx, name, *body.Groups, others)
}

// set sets what a request sets.
func set[T any](to *T, given *T) {
	if given != nil {
		*to = *given
	}
}

// identities returns what others know a user by.
func identities(certificates, others []string) ([]clusto.Identity, error) {
	var ids []clusto.Identity
	for _, name := range certificates {
		kind, rest, _ := strings.Cut(name, ":")
		if !slices.Contains(certificateNames, kind) || rest == "" {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%.80q is no name in a client certificate", name),
				"write KIND:NAME, where KIND is one of %s", strings.Join(certificateNames, ", "))
		}
		ids = append(ids, clusto.Identity{Issuer: clusto.CertificateIssuer, Name: name})
	}
	for _, text := range others {
		issuer, subject, _ := strings.Cut(text, " ")
		if issuer == clusto.CertificateIssuer || !strings.Contains(issuer, "://") || subject == "" {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%.80q is no identity at an issuer", text),
				"write its URL, a blank and the subject: https://id.example.com 248289761001")
		}
		ids = append(ids, clusto.Identity{Issuer: issuer, Name: subject})
	}
	slices.SortFunc(ids, func(a, b clusto.Identity) int {
		return cmp.Or(strings.Compare(a.Issuer, b.Issuer), strings.Compare(a.Name, b.Name))
	})
	return slices.Compact(ids), nil
}

// certificateNames are the kinds of names that access.CertificateNames returns.
var certificateNames = []string{"dns", "email", "sha256", "subject", "uri"}

// DeleteUser answers deleteUser.
func (s *Server) DeleteUser(w http.ResponseWriter, r *http.Request, name api.Name) {
	a, err := s.administer(r.Context())
	if err == nil {
		err = a.Kept.DeleteUser(r.Context(), name)
	}
	if err == nil {
		s.noted(r.Context(), "user deleted", "account", name)
	}
	s.done(w, r, err)
}
