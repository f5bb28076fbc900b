package signin

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
)

// The kinds of problems here that are no kinds of clusto's errors, and one that is.
const (
	kindNotSignedIn = "not-signed-in"
	kindTooMany     = "too-many-requests"
	kindDenied      = "permission-denied"
)

// refuse answers a request whose sender is not known.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request, err error) {
	switch refusal, isRefusal := errors.AsType[*access.SignInError](err); {
	case isRefusal && refusal.Wait > 0:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(refusal.Wait.Seconds())))))
		g.problem(w, r, http.StatusTooManyRequests, kindTooMany, refusal.Error(), "")
	case isRefusal:
		challenge(w, r)
		g.problem(w, r, http.StatusUnauthorized, kindNotSignedIn, refusal.Error(), clusto.Hint(err))
	case errors.Is(err, errNothing):
		challenge(w, r)
		g.problem(w, r, http.StatusUnauthorized, kindNotSignedIn, "this server wants to know who is asking", "")
	case errors.Is(err, errUnreadable):
		challenge(w, r)
		g.problem(w, r, http.StatusUnauthorized, kindNotSignedIn, err.Error(), `write "Authorization: Bearer TOKEN"`)
	case errors.Is(err, errCSRF):
		g.problem(w, r, http.StatusForbidden, kindDenied, err.Error(),
			"a request that changes something by a cookie needs the header X-CSRF-Token, with the csrf_token of GET /api/v1/session")
	case errors.Is(err, clusto.ErrUnavailable):
		g.options.Log.ErrorContext(r.Context(), "cannot find out who is asking", "err", err)
		g.problem(w, r, http.StatusServiceUnavailable, api.KindName(err), "the database cannot be used now", "try again later")
	case r.Context().Err() != nil: // the asker is gone, or the time is over
		g.problem(w, r, http.StatusServiceUnavailable, api.KindName(clusto.ErrUnavailable), "it took too long", "")
	default:
		g.options.Log.ErrorContext(r.Context(), "cannot find out who is asking", "err", err)
		g.problem(w, r, http.StatusInternalServerError, "internal", "internal error", "the server's log has more under the request's ID")
	}
}

// challenge says how one can sign in. A browser asks people for a password when it
// sees Basic, which a page that asks itself must not be disturbed by.
func challenge(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("WWW-Authenticate", `Bearer realm="clusto"`)
	_, err := r.Cookie(CookieName)
	if fromScript := r.Header.Get("Sec-Fetch-Dest") == "empty"; err != nil && !fromScript {
		h.Add("WWW-Authenticate", `Basic realm="clusto", charset="UTF-8"`)
	}
}

// problem answers that something is wrong.
func (g *Gate) problem(w http.ResponseWriter, r *http.Request, status int, kind, detail, hint string) {
	body, _ := json.Marshal(api.Problem{
		Type: "urn:clusto:problem:" + kind, Title: http.StatusText(status), Status: status,
		Kind: kind, Detail: detail, Hint: hint, RequestId: g.options.RequestID(r.Context()),
	}) // texts and a number can always be written
	body = append(body, '\n')
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone needs no answer
}
