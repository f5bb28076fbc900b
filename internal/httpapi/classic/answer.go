package classic

import (
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

// answer is what a request is answered with.
type answer struct {
	status int
	header http.Header
	body   []byte // used as it is if not nil
	json   any    // else this, if the answer is not empty
	empty  bool
}

func reply(status int, v any) answer { return answer{status: status, header: http.Header{}, json: v} }

func text(status int, s string) answer { return reply(status, s) }

func empty(status int) answer { return answer{status: status, header: http.Header{}, empty: true} }

// refused is an error with the answer that clients know for it.
type refused struct {
	status int
	text   string
}

func (e *refused) Error() string { return e.text }

func refuse(status int, text string) error { return &refused{status, text} }

// statusOf returns the status for an error of a kind, 500 for one of none.
func statusOf(kind error) int {
	switch kind {
	case clusto.ErrNotFound:
		return http.StatusNotFound
	case clusto.ErrInvalid, clusto.ErrUnsupported:
		return http.StatusBadRequest
	case clusto.ErrExists, clusto.ErrInUse, clusto.ErrExhausted, clusto.ErrConflict:
		return http.StatusConflict
	case clusto.ErrDenied, clusto.ErrReadOnly:
		return http.StatusForbidden
	case clusto.ErrUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// failure returns the answer to a request in which err happened, and logs what
// is nobody's mistake but ours.
func (a *API) failure(r *http.Request, err error) answer {
	if no, ok := errors.AsType[*refused](err); ok {
		return text(no.status, no.text)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return text(http.StatusRequestEntityTooLarge, "The body is too large, the limit is "+strconv.FormatInt(a.o.MaxBody, 10)+" bytes")
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && clusto.KindOf(err) == nil {
		return text(http.StatusRequestTimeout, "The body took too long to come")
	}
	status := statusOf(clusto.KindOf(err))
	if status == http.StatusInternalServerError {
		if r.Context().Err() != nil { // the client has gone
			return text(http.StatusServiceUnavailable, "The request was given up")
		}
		a.o.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "err", err)
		return text(status, "Internal error")
	}
	message := err.Error()
	if hint := clusto.Hint(err); hint != "" {
		message += "; " + hint
	}
	return text(status, message)
}

// write sends an answer. The headers are those of this answer and of every
// answer, never of another one.
func (a *API) write(w http.ResponseWriter, r *http.Request, x answer) {
	header := w.Header()
	for name, values := range a.o.ResponseHeaders {
		header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	minify := minified(r)
	header.Set("Clusto-Minify", "False")
	if minify {
		header.Set("Clusto-Minify", "True")
	}
	for name, values := range x.header {
		header[name] = values
	}
	if x.empty {
		w.WriteHeader(x.status)
		return
	}
	body := x.body
	if body == nil {
		header.Set("Content-Type", "application/json")
		body = encode(x.json, minify)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(x.status)
	_, _ = w.Write(body) // who does not listen any more need not be told
}

func minified(r *http.Request) bool { return strings.EqualFold(r.Header.Get("Clusto-Minify"), "true") }

// headerText returns a text in a form that a header can have: names that classic
// clusto accepted may contain anything.
func headerText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
