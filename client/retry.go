package client

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Retry is how often and when a request is sent again.
//
// A GET, and a POST that carries an Idempotency-Key (which every POST that
// changes the inventory does), is sent again if the connection was lost or the
// server, or a proxy before it, answers 502, 503 or 504. Every other request is
// sent again only if it surely has not been worked on: the server could not be
// connected to, or answered 429 with Retry-After. What Retry-After says is kept to;
// if it is more than MaxWait, the error is returned at once. A server that is
// silent for Options.Timeout is not asked again.
type Retry struct {
	// Attempts is how often a request is sent at most; 0 means 4, 1 once.
	Attempts int
	// Wait is the wait before the second attempt; each later one is twice as
	// long, up to MaxWait, and each is shortened by up to a half at random. 0 means 200 ms.
	Wait time.Duration
	// MaxWait limits each wait; 0 means 15 s.
	MaxWait time.Duration
}

func (r Retry) withDefaults() Retry {
	return Retry{
		Attempts: cmp.Or(r.Attempts, 4),
		Wait:     cmp.Or(r.Wait, 200*time.Millisecond),
		MaxWait:  cmp.Or(r.MaxWait, 15*time.Second),
	}
}

// wait returns how long to wait after so many attempts that went wrong.
func (r Retry) wait(attempts int) time.Duration {
	wait := r.MaxWait
	if attempts < 32 { // or the shift would overflow
		wait = min(r.Wait<<(attempts-1), r.MaxWait)
	}
	if wait <= 0 {
		wait = r.MaxWait
	}
	return wait - rand.N(wait/2+1)
}

// again returns whether a request that went wrong with err, as the attempt of that
// number, is sent again, and after what wait.
func (r Retry) again(req *http.Request, attempt int, err error) (time.Duration, bool) {
	if attempt >= r.Attempts || !replayable(req) {
		return 0, false
	}
	if refused, ok := errors.AsType[*Error](err); ok {
		switch {
		case refused.Status == http.StatusTooManyRequests && refused.RetryAfter > 0:
		case refused.Status == http.StatusConflict && refused.RetryAfter > 0 && repeatable(req):
			// The first attempt with this Idempotency-Key is still at work.
		case slices.Contains(temporary, refused.Status) && repeatable(req):
		default:
			return 0, false
		}
		return max(r.wait(attempt), refused.RetryAfter), refused.RetryAfter <= r.MaxWait
	}
	lost, ok := errors.AsType[*fault](err)
	if !ok || lost.final || !lost.unsent && !repeatable(req) {
		return 0, false
	}
	return r.wait(attempt), true
}

// temporary are answers of a server, or a proxy before it, that may be others soon.
var temporary = []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// repeatable reports whether a request has no other effect when it is worked on
// twice.
func repeatable(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodPost && req.Header.Get(idempotencyKey) != ""
}

// replayable reports whether the body of a request can be had again.
func replayable(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
}

// retryAfter returns how long an answer asks to wait, at now, or 0.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(time.Duration(seconds)*time.Second, 0)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
