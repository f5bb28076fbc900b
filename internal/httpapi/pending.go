package httpapi

import (
	"net/http"

	"github.com/clusto/clusto"
	. "github.com/clusto/clusto/api"
)

// pending answers operations that Server does not have.
type pending struct{}

func (pending) later(w http.ResponseWriter, r *http.Request) {
	s := New(Options{})
	s.fail(w, r, clusto.Errorf(clusto.ErrUnsupported, "this is not there yet"))
}

func (p pending) Can(w http.ResponseWriter, r *http.Request, params CanParams) { p.later(w, r) }
func (p pending) ListGrants(w http.ResponseWriter, r *http.Request, params ListGrantsParams) {
	p.later(w, r)
}
func (p pending) CreateGrant(w http.ResponseWriter, r *http.Request)                { p.later(w, r) }
func (p pending) DeleteGrant(w http.ResponseWriter, r *http.Request, id int64)      { p.later(w, r) }
func (p pending) ListGroups(w http.ResponseWriter, r *http.Request)                 { p.later(w, r) }
func (p pending) DeleteGroup(w http.ResponseWriter, r *http.Request, name Name)     { p.later(w, r) }
func (p pending) SetGroup(w http.ResponseWriter, r *http.Request, name Name)        { p.later(w, r) }
func (p pending) RunScript(w http.ResponseWriter, r *http.Request)                  { p.later(w, r) }
func (p pending) SignOut(w http.ResponseWriter, r *http.Request)                    { p.later(w, r) }
func (p pending) GetSession(w http.ResponseWriter, r *http.Request)                 { p.later(w, r) }
func (p pending) SignIn(w http.ResponseWriter, r *http.Request)                     { p.later(w, r) }
func (p pending) OpenShell(w http.ResponseWriter, r *http.Request)                  { p.later(w, r) }
func (p pending) CloseShell(w http.ResponseWriter, r *http.Request, id ShellID)     { p.later(w, r) }
func (p pending) CompleteShell(w http.ResponseWriter, r *http.Request, id ShellID)  { p.later(w, r) }
func (p pending) EnterShell(w http.ResponseWriter, r *http.Request, id ShellID)     { p.later(w, r) }
func (p pending) InterruptShell(w http.ResponseWriter, r *http.Request, id ShellID) { p.later(w, r) }
func (p pending) ListTokens(w http.ResponseWriter, r *http.Request, params ListTokensParams) {
	p.later(w, r)
}
func (p pending) CreateToken(w http.ResponseWriter, r *http.Request) { p.later(w, r) }
func (p pending) RevokeToken(w http.ResponseWriter, r *http.Request, name Name, params RevokeTokenParams) {
	p.later(w, r)
}
func (p pending) ListUsers(w http.ResponseWriter, r *http.Request)             { p.later(w, r) }
func (p pending) CreateUser(w http.ResponseWriter, r *http.Request)            { p.later(w, r) }
func (p pending) DeleteUser(w http.ResponseWriter, r *http.Request, name Name) { p.later(w, r) }
func (p pending) GetUser(w http.ResponseWriter, r *http.Request, name Name)    { p.later(w, r) }
func (p pending) ChangeUser(w http.ResponseWriter, r *http.Request, name Name) { p.later(w, r) }
