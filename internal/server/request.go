package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"time"
)

// request is what the server knows of a request.
type request struct {
	id    string
	began time.Time
	from  netip.Addr // the client; not valid if it came by a Unix socket
	route string     // the pattern of the mux that it met

	mu   sync.Mutex // guards what follows
	user string
}

type requestKey struct{}

// requestOf returns the request that ctx belongs to, or nil.
func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// RequestID returns the identity of the request that ctx belongs to, which its
// answer and its lines in the log have too, or "".
func RequestID(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return r.id
	}
	return ""
}

// ClientAddr returns the address that the request which ctx belongs to came
// from. It is not valid for a Unix socket.
func ClientAddr(ctx context.Context) netip.Addr {
	if r := requestOf(ctx); r != nil {
		return r.from
	}
	return netip.Addr{}
}

// Client returns where the request that ctx belongs to came from, for people and
// records: an address, or "unix" for a Unix socket. It is "" without a request.
func Client(ctx context.Context) string {
	q := requestOf(ctx)
	switch {
	case q == nil:
		return ""
	case q.from.IsValid():
		return q.from.String()
	}
	return "unix"
}

// header is where a request's identity is.
const header = "X-Request-Id"

// saneID is what an identity that a client made may look like: nothing that
// could break a line of a log.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify returns what is known of r as it comes, and r with the client's
// address and a context that carries it.
func (s *Server) identify(r *http.Request) (*request, *http.Request) {
	q := &request{id: r.Header.Get(header), began: time.Now()}
	if !saneID.MatchString(q.id) {
		q.id = rand.Text()[:16]
	}
	q.from = clientOf(r, s.settings.Load().TrustedProxies)
	in := r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
	if direct, _ := peer(r); q.from.IsValid() && q.from != direct {
		in.RemoteAddr = netip.AddrPortFrom(q.from, 0).String()
	}
	return q, in
}

// peer returns the address of who connected, which is not valid for a Unix
// socket, and whether it was one.
func peer(r *http.Request) (addr netip.Addr, unix bool) {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && local.Network() == "unix" {
		return netip.Addr{}, true
	}
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	return ap.Addr().Unmap().WithZone(""), false
}

// clientOf returns the address of the client: who connected, or, if that is a
// trusted proxy, the last one of X-Forwarded-For that is not.
func clientOf(r *http.Request, trusted Networks) netip.Addr {
	addr, unix := peer(r)
	if unix && !trusted.Unix || !unix && !trusted.Contains(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
		if !trusted.Contains(addr) {
			break
		}
	}
	return addr
}

// signedIn notes who makes the request.
func (q *request) signedIn(user string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.user = user
}

func (q *request) signedInAs() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.user
}

// LogHandler returns a handler that adds the identity of the request to what is
// logged with the context of one.
func LogHandler(next slog.Handler) slog.Handler {
	if h, ok := next.(logHandler); ok {
		return h
	}
	return logHandler{next}
}

type logHandler struct{ slog.Handler }

func (h logHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := RequestID(ctx); id != "" {
		record = record.Clone()
		record.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, record)
}

func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
