package httpapi

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/sandbox"
)

// shells are the shell sessions that are open, each of one user.
type shells struct {
	mutex sync.Mutex // guards open
	open  map[string]*shell
}

// shell is a session at a prompt.
type shell struct {
	*sandbox.Session
	owner owner
}

// owner is who opened a shell: a user, and the token by which that signed in, if it
// was one. A shell may do what that may, and another token of the user perhaps not.
type owner struct{ user, token string }

// ownerOf returns who the sender of a request is.
func (s *Server) ownerOf(ctx context.Context) owner {
	o := owner{user: s.options.Change(ctx).User}
	if s.options.Accounts != nil {
		o.token = s.options.Accounts.Gate.Subject(ctx).Token
	}
	return o
}

// add keeps a session until its process has ended, and returns its ID.
func (l *shells) add(session *sandbox.Session, of owner) string {
	id := rand.Text()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.open == nil {
		l.open = map[string]*shell{}
	}
	l.open[id] = &shell{session, of}
	go func() { // it ends with the session, which the one who started it closes at the latest
		<-session.Done()
		l.remove(id)
	}()
	return id
}

func (l *shells) remove(id string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	delete(l.open, id)
}

// of returns the session with an ID, if it is the owner's. That somebody else has
// one is not told.
func (l *shells) of(id string, who owner) (*shell, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	sh, ok := l.open[id]
	if !ok || sh.owner != who {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no shell session %.40q", id), "it may have ended because it was idle; begin another")
	}
	return sh, nil
}

// OpenShell answers openShell.
func (s *Server) OpenShell(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	session, err := s.startScripts(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer := api.Shell{Id: s.shells.add(session, s.ownerOf(ctx))}
	for _, e := range session.Opening() {
		answer.Greeting += e.Text
	}
	s.answer(w, r, http.StatusCreated, answer)
}

// withShell calls fn with the session of a request, or answers that there is none.
func (s *Server) withShell(w http.ResponseWriter, r *http.Request, id string, fn func(*shell)) {
	sh, err := s.shells.of(id, s.ownerOf(r.Context()))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	fn(sh)
}

// EnterShell answers enterShell.
func (s *Server) EnterShell(w http.ResponseWriter, r *http.Request, id api.ShellID) {
	var body api.EnterShellJSONRequestBody
	if !s.read(w, r, &body, false) {
		return
	}
	s.withShell(w, r, id, func(sh *shell) {
		if err := s.mayScript(r.Context()); err != nil { // any more
			s.fail(w, r, err)
			return
		}
		out := newFrames(w)
		var result sandbox.Result
		var err error
		if body.Name == "" {
			result, err = sh.Eval(r.Context(), body.Text, out.event)
		} else {
			result, err = sh.Run(r.Context(), sandbox.Source{Name: body.Name, Line: body.Line, Text: body.Text}, out.event)
		}
		s.options.Ran(r.Context())
		out.end(result, err)
	})
}

// InterruptShell answers interruptShell.
func (s *Server) InterruptShell(w http.ResponseWriter, r *http.Request, id api.ShellID) {
	s.withShell(w, r, id, func(sh *shell) {
		sh.Interrupt()
		w.WriteHeader(http.StatusNoContent)
	})
}

// CompleteShell answers completeShell.
func (s *Server) CompleteShell(w http.ResponseWriter, r *http.Request, id api.ShellID) {
	var body api.CompleteShellJSONRequestBody
	if !s.read(w, r, &body, false) {
		return
	}
	s.withShell(w, r, id, func(sh *shell) {
		found, err := sh.Complete(r.Context(), body.Text, len(body.Text))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		answer := api.Completions{Word: body.Text[min(found.From, len(body.Text)):], Candidates: []api.Candidate{}}
		for _, c := range found.Candidates {
			answer.Candidates = append(answer.Candidates, api.Candidate{Text: c.Text, Description: c.Description})
		}
		s.answer(w, r, http.StatusOK, answer)
	})
}

// CloseShell answers closeShell.
func (s *Server) CloseShell(w http.ResponseWriter, r *http.Request, id api.ShellID) {
	s.withShell(w, r, id, func(sh *shell) {
		s.shells.remove(id)
		if err := sh.Close(); err != nil { // of a transaction that waited for its commit, say
			s.fail(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
