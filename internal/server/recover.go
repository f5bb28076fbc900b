package server

import (
	"fmt"
	"net/http"
	"runtime/debug"
)

// recovered answers for a handler that panics.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			what := recover()
			if what == nil {
				return
			}
			if what == http.ErrAbortHandler { // how a handler gives up an answer on purpose
				panic(what)
			}
			s.metrics.panics.Inc()
			s.log.ErrorContext(r.Context(), "a handler panicked", "method", r.Method, "path", cut(r.URL.Path, 500),
				"err", fmt.Sprint(what), "stack", string(debug.Stack()))
			if p := w.(*response); p.status != 0 {
				panic(http.ErrAbortHandler) // the client must see that the answer is not whole
			}
			Problem(w, r, http.StatusInternalServerError, "internal error", "the server's log tells more under the request's ID")
		}()
		next.ServeHTTP(w, r)
	})
}
