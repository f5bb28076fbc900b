package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/operation"
)

// answer writes v as JSON.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, status int, v any) {
	body, err := encode(v)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.write(w, status, "application/json", body)
}

// write writes a body that is complete.
func (s *Server) write(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // who asked is gone: nobody is left to tell
}

// fail answers with what went wrong. What is of no known kind is not for the
// asker: it goes to the log.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if over := r.Context().Err(); errors.Is(over, context.Canceled) && (errors.Is(err, over) || errors.Is(err, context.DeadlineExceeded)) {
		return // the asker is gone; what waited says it in its own way
	}
	if refusal, ok := errors.AsType[*access.SignInError](err); ok {
		if refusal.Wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(refusal.Wait.Seconds())))))
		} else {
			w.Header().Set("WWW-Authenticate", `Bearer realm="clusto"`)
		}
	}
	s.problem(w, r, s.problemOf(r, err))
}

// maxObstacles is how many obstacles a problem tells of at most; its detail says more.
const maxObstacles = 1000

// public is an error with a text for those who must not know everything.
type public interface {
	error
	Public() string
}

// told returns the text of an error as who asks may know it. What is left out is
// in the log.
func (s *Server) told(err error) string {
	if short, ok := errors.AsType[public](err); ok && s.options.Discreet {
		s.options.Log.Warn("the database refused", "err", err)
		return short.Public()
	}
	return err.Error()
}

// problemOf returns err as the API tells it.
func (s *Server) problemOf(r *http.Request, err error) api.Problem {
	p := api.Problem{Status: statusOf(err), Detail: s.told(err), Hint: clusto.Hint(err)}
	if refusal, ok := errors.AsType[*access.SignInError](err); ok {
		p.Status, p.Kind = http.StatusUnauthorized, "not-signed-in"
		if refusal.Wait > 0 {
			p.Status, p.Kind = http.StatusTooManyRequests, "too-many-requests"
		}
		return p
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		p.Status, p.Kind = http.StatusRequestEntityTooLarge, "invalid"
		p.Detail = "the body is larger than " + strconv.FormatInt(tooLarge.Limit, 10) + " bytes"
		return p
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && clusto.KindOf(err) == nil { // of the connection that the body comes by
		p.Status, p.Kind = http.StatusRequestTimeout, api.KindName(clusto.ErrUnavailable)
		p.Detail, p.Hint = "the body took too long to come", "send it again, or in parts"
		return p
	}
	if errors.Is(err, context.DeadlineExceeded) && clusto.KindOf(err) == nil {
		p.Status, p.Kind = http.StatusServiceUnavailable, api.KindName(clusto.ErrUnavailable)
		p.Detail = "it took too long"
		return p
	}
	if _, ok := errors.AsType[*changedError](err); ok {
		p.Status, p.Kind = http.StatusPreconditionFailed, api.KindName(clusto.ErrConflict)
		p.Hint = decideAnew
		return p
	}
	if conflict, ok := errors.AsType[*history.ConflictError](err); ok {
		for _, o := range conflict.Conflicts[:min(len(conflict.Conflicts), maxObstacles)] {
			p.Obstacles = append(p.Obstacles, api.Obstacle{Entity: clip(o.Entity), What: clip(o.What), Why: clip(o.Why)})
		}
	}
	if mistake, ok := errors.AsType[*parameterError](err); ok {
		mistake.tell(&p)
	}
	if several, ok := errors.AsType[*operation.Errors](err); ok && several.Of > 1 {
		p.Errors, p.Detail = s.failures(several), ""
		for i, f := range several.Failed {
			p.Detail += fmt.Sprintf("operation %d, %s\n", f.Index, p.Errors[i].Detail)
			if i > 0 && clusto.KindOf(f.Err) == nil { // without kind the first is all there is
				s.failed(r, f.Err)
			}
		}
		p.Detail = strings.TrimSuffix(p.Detail, "\n")
	}
	kind := clusto.KindOf(err)
	if kind == nil {
		s.failed(r, err)
		p.Kind, p.Detail, p.Hint = "internal", "internal error", "the server's log has more under the request's ID"
		return p
	}
	p.Kind = api.KindName(kind)
	return p
}

// failed logs what is of no known kind.
func (s *Server) failed(r *http.Request, err error) {
	s.options.Log.Error("request failed", "request", s.options.RequestID(r.Context()), "path", r.URL.Path, "err", err)
}

// failures returns what went wrong with the operations of a transaction, if it has
// more than one.
func (s *Server) failures(errs *operation.Errors) []api.ProblemItem {
	if errs.Of == 1 {
		return nil
	}
	var items []api.ProblemItem
	for _, f := range errs.Failed {
		item := api.ProblemItem{Operation: &f.Index, Detail: f.Name + ": " + s.told(f.Err), Hint: clusto.Hint(f.Err), Kind: api.KindName(f.Err)}
		if clusto.KindOf(f.Err) == nil { // it is not for the asker
			item.Detail = f.Name + ": internal error"
		}
		items = append(items, item)
	}
	return items
}

// maxText is how long, in bytes, each text of a problem may be: what it repeats of
// a request is to be recognized, not to be sent back.
const maxText = 2000

// clip returns a text, or its beginning if it is too long for a problem.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}

// problem writes a problem.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, p api.Problem) {
	p.Title = http.StatusText(p.Status)
	p.Detail, p.Hint, p.Thing, p.Value = clip(p.Detail), clip(p.Hint), clip(p.Thing), clip(p.Value)
	for i, item := range p.Errors {
		p.Errors[i].Detail, p.Errors[i].Hint = clip(item.Detail), clip(item.Hint)
	}
	p.Type = "urn:clusto:problem:" + p.Kind
	p.RequestId = s.options.RequestID(r.Context())
	body, err := json.Marshal(p)
	if err != nil { // the texts of a problem are plain
		body = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500}`)
		p.Status = http.StatusInternalServerError
	}
	s.write(w, p.Status, "application/problem+json", append(body, '\n'))
}

// statusOf returns the HTTP status of an error by its kind.
func statusOf(err error) int {
	switch clusto.KindOf(err) {
	case clusto.ErrNotFound:
		return http.StatusNotFound
	case clusto.ErrInvalid:
		return http.StatusBadRequest
	case clusto.ErrExists, clusto.ErrInUse, clusto.ErrExhausted, clusto.ErrConflict:
		return http.StatusConflict
	case clusto.ErrUnsupported:
		return http.StatusUnprocessableEntity
	case clusto.ErrReadOnly, clusto.ErrDenied:
		return http.StatusForbidden
	case clusto.ErrUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// badParameter answers a request whose parameters cannot be read.
func (s *Server) badParameter(w http.ResponseWriter, r *http.Request, err error) {
	p := api.Problem{Status: http.StatusBadRequest, Kind: api.KindName(clusto.ErrInvalid), Detail: err.Error()}
	if bad, ok := errors.AsType[*InvalidParamFormatError](err); ok {
		p.Thing, p.Value = bad.ParamName, r.URL.Query().Get(bad.ParamName)
		p.Detail = "the parameter " + bad.ParamName + " cannot be read"
		if p.Value != "" {
			p.Detail = "the parameter " + bad.ParamName + " cannot be " + strconv.Quote(p.Value)
		}
	}
	if missing, ok := errors.AsType[*RequiredParamError](err); ok {
		p.Thing, p.Detail = missing.ParamName, "the parameter "+missing.ParamName+" is missing"
	}
	s.problem(w, r, p)
}

// reply answers with v, or with what went wrong.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, v any, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, v)
}
