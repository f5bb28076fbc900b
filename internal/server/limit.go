package server

import (
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

// limited refuses requests that are too many or too large.
func (s *Server) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limits := s.settings.Load()
		if q := requestOf(r.Context()); q.from.IsValid() {
			if wait, ok := s.rates.addresses.allow(network(q.from)); !ok {
				s.tooMany(w, r, "address", wait)
				return
			}
		}
		if most := limits.MaxBody; most > 0 && r.ContentLength > most {
			s.metrics.refused.WithLabelValues("size").Inc()
			Problem(w, r, http.StatusRequestEntityTooLarge,
				"the body has "+strconv.FormatInt(r.ContentLength, 10)+" bytes; the most is "+strconv.FormatInt(most, 10),
				"send it in parts, or have [http] max_body of the server made larger")
			return
		}
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = s.limitedBody(w, r, limits)
		}
		next.ServeHTTP(w, r)
	})
}

// limitedBody returns the body of r, which must have been read within the time
// and have no more than the size that are allowed.
func (s *Server) limitedBody(w http.ResponseWriter, r *http.Request, limits *Settings) io.ReadCloser {
	body := r.Body
	if limits.MaxBody > 0 {
		body = http.MaxBytesReader(w, body, limits.MaxBody)
	}
	if limits.ReadTimeout <= 0 {
		return body
	}
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Now().Add(limits.ReadTimeout)) != nil {
		return body // a connection without deadlines
	}
	return &timedBody{ReadCloser: body, control: control}
}

// timedBody is a body that must be read by a deadline, which then ends: net/http
// goes on reading, to notice a client that goes away.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// tooMany answers a request that came too soon.
func (s *Server) tooMany(w http.ResponseWriter, r *http.Request, whose string, wait time.Duration) {
	s.metrics.refused.WithLabelValues("rate of " + whose).Inc()
	seconds := strconv.Itoa(max(1, int(math.Ceil(wait.Seconds()))))
	w.Header().Set("Retry-After", seconds)
	Problem(w, r, http.StatusTooManyRequests, "too many requests of this "+whose, "try again in "+seconds+" s")
}

// PerUser returns a handler that notes for the log which user makes a request,
// and refuses those of a user who makes too many. A request of "" passes.
func (s *Server) PerUser(user func(*http.Request) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := user(r)
		if q := requestOf(r.Context()); q != nil {
			q.signedIn(name)
		}
		if name != "" {
			if wait, ok := s.rates.users.allow(name); !ok {
				s.tooMany(w, r, "user", wait)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
