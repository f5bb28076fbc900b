package server

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// leastCompressed is from how many bytes on an answer is worth being compressed:
// less fits in one packet.
const leastCompressed = 1400

// compressed compresses answers for clients that understand it, except event
// streams, of which each event is to arrive at once.
func (s *Server) compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(leastCompressed),
		gzhttp.ContentTypeFilter(func(kind string) bool {
			return !strings.HasPrefix(kind, "text/event-stream") && gzhttp.DefaultContentTypeFilter(kind)
		}))
	if err != nil {
		return nil, err
	}
	compressing := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			next.ServeHTTP(w, r)
			return
		}
		compressing.ServeHTTP(w, r)
	}), nil
}
