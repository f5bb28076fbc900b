package client

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// Error is what a server answers to a request that it does not fulfil. It is one of
// clusto's kinds of error, by what the problem says, and clusto.Hint finds the
// problem's hint.
type Error struct {
	// Status is the status of the answer.
	Status int
	// Problem is what the server says.
	Problem api.Problem
	// RetryAfter is how long the server asks to wait; 0 if it does not.
	RetryAfter time.Duration

	kind error // with the hint
}

// Error returns what is wrong in the server's words; where several things are
// wrong, each on a line of its own.
func (e *Error) Error() string {
	if len(e.Problem.Errors) == 0 {
		return cmp.Or(e.Problem.Detail, e.Problem.Title, fmt.Sprintf("the server answers with status %d", e.Status))
	}
	lines := make([]string, len(e.Problem.Errors))
	for i, item := range e.Problem.Errors {
		lines[i] = item.Detail
		switch {
		case item.Line > 0:
			lines[i] = fmt.Sprintf("line %d: %s", item.Line, item.Detail)
		case item.Operation != nil && len(e.Problem.Errors) > 1:
			lines[i] = fmt.Sprintf("operation %d: %s", *item.Operation+1, item.Detail)
		}
	}
	return strings.Join(lines, "\n")
}

func (e *Error) Unwrap() error { return e.kind }

// newError returns a problem as an error.
func newError(status int, p api.Problem, wait time.Duration) *Error {
	e := &Error{Status: status, Problem: p, RetryAfter: wait}
	hint := p.Hint
	for _, item := range p.Errors {
		hint = cmp.Or(hint, item.Hint)
	}
	e.kind = kindOf(status, p)
	if e.kind == nil {
		e.kind = errors.New("internal error")
	}
	if status == http.StatusInternalServerError && p.RequestId != "" {
		hint = cmp.Or(hint, "the log of the server has more") + " (request " + p.RequestId + ")"
	}
	if hint != "" {
		e.kind = clusto.WithHint(e.kind, "%s", hint)
	}
	return e
}

// kindOf returns the kind of a problem, or nil for what is of none.
func kindOf(status int, p api.Problem) error {
	kind := p.Kind
	if kind == "" && len(p.Errors) > 0 {
		kind = p.Errors[0].Kind
	}
	if known := api.KindOf(kind); known != nil {
		return known
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return clusto.ErrDenied
	case http.StatusNotFound:
		return clusto.ErrNotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return clusto.ErrConflict
	case http.StatusNotImplemented:
		return clusto.ErrUnsupported
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return clusto.ErrUnavailable
	}
	if status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		return clusto.ErrInvalid
	}
	return nil
}

// ErrNotModified says that what was asked for is as its ETag in IfNoneMatch has it.
var ErrNotModified = errors.New("it is the same as before")

// maxProblem is how many bytes of a refusal are read.
const maxProblem = 4 << 20

// refusal returns what an answer says that does not fulfil its request, or nil.
func (c *Client) refusal(res *http.Response) error {
	switch {
	case res.StatusCode == http.StatusNotModified:
		return ErrNotModified
	case res.StatusCode >= http.StatusOK && res.StatusCode < http.StatusMultipleChoices:
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxProblem))
	if err != nil {
		return c.faultOf(res.Request, err)
	}
	var p api.Problem
	if mediaType(res.Header) != "application/problem+json" || json.Unmarshal(body, &p) != nil {
		return c.notClusto(res, body)
	}
	if res.StatusCode == http.StatusUnauthorized && p.Hint == "" {
		p.Hint = c.signInHint()
	}
	if p.Status != 0 && p.Status != res.StatusCode {
		p.Status = res.StatusCode // what was sent counts, not what was written
	}
	return newError(res.StatusCode, p, retryAfter(res.Header, time.Now()))
}

func (c *Client) signInHint() string {
	switch o := c.options; {
	case o.Token != "":
		return "the token may be mistyped, expired or revoked; who can sign in, or open the database, makes a new one: clusto token create NAME"
	case o.User != "":
		return "the user or the password may be mistyped"
	}
	return "give a token, in CLUSTO_TOKEN or as token_file in [client] of the configuration; " +
		"who can sign in, or open the database, makes one: clusto token create NAME"
}

// notClusto returns the error for an answer that is none of the API's. It is never
// ErrNotFound: nothing is known about the inventory.
func (c *Client) notClusto(res *http.Response, body []byte) error {
	const asHTTPS = "Client sent an HTTP request to an HTTPS server"
	kind := cmp.Or(mediaType(res.Header), "no type")
	p := api.Problem{
		Status: res.StatusCode, Title: http.StatusText(res.StatusCode), Kind: api.KindName(clusto.ErrUnavailable),
		Detail: fmt.Sprintf("%s does not answer as clusto does: %s %s gives status %d with %s", c.address,
			res.Request.Method, res.Request.URL.Path, res.StatusCode, kind),
		Hint: "is the address that of a clusto server, and the server of the same version? " + c.base + "server should tell",
	}
	switch {
	case strings.Contains(string(body), asHTTPS):
		p.Detail = c.address + " speaks HTTPS"
		p.Hint = "write the address with https://"
	case res.StatusCode == http.StatusUnauthorized:
		p.Kind = api.KindName(clusto.ErrDenied)
		p.Detail, p.Hint = c.address+" does not know who is asking", c.signInHint()
	case res.StatusCode == http.StatusForbidden, res.StatusCode == http.StatusProxyAuthRequired:
		p.Kind = api.KindName(clusto.ErrDenied)
		p.Detail, p.Hint = fmt.Sprintf("%s is closed: status %d", c.address, res.StatusCode), "a proxy before the server may refuse it"
	case res.StatusCode == http.StatusRequestEntityTooLarge:
		p.Kind = api.KindName(clusto.ErrInvalid)
		p.Detail, p.Hint = "the request is too large for "+c.address, "a proxy before the server may have a limit of its own"
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError:
		p.Detail = fmt.Sprintf("%s answers %s", c.address, strings.TrimSpace(res.Status))
		p.Hint = "the server, or a proxy before it, cannot work now; try again later"
	}
	return newError(res.StatusCode, p, retryAfter(res.Header, time.Now()))
}
