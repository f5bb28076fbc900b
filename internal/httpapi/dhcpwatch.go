package httpapi

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/feed"
)

// WatchDhcp answers watchDhcp, until the asker goes or the server stops. Packets
// tell of everything, so it is for who may administer clusto.
func (s *Server) WatchDhcp(w http.ResponseWriter, r *http.Request) {
	err := s.mayAdmin(r)
	if err == nil && s.options.WatchDHCP == nil {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "this server answers no DHCP, so there is nothing to watch"),
			"ask the one that runs clusto serve --dhcp, or switch it on there")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	watcher := s.options.WatchDHCP()
	defer watcher.Close()
	pass(s, w, r, watcher, "packets", func(out *stream, e *dhcp.Event) error { return out.event("packet", showPacket(e)) })
}

// pass passes on what a watcher sees, until nobody reads it or may any more. The
// missed are counted under the name of what they are.
func pass[E any](s *Server, w http.ResponseWriter, r *http.Request, watcher *feed.Watcher[E], what string, send func(*stream, E) error) {
	out := beginStream(w)
	if out.event("watching", struct{}{}) != nil {
		return
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case <-alive.C:
			if err = s.mayAdmin(r); err == nil { // still
				err = out.send(":\n\n")
			}
		case e := <-watcher.Events:
			err = send(out, e)
		}
		if n := watcher.Missed(); err == nil && n > 0 {
			err = out.event("missed", map[string]uint64{what: n})
		}
		if err != nil {
			return
		}
	}
}

// mayAdmin returns ErrDenied unless the user of a request may administer clusto.
func (s *Server) mayAdmin(r *http.Request) error {
	ctx := r.Context()
	return s.options.Store(ctx).View(ctx, clusto.Live, func(reader clusto.Reader) error { return access.MayAdmin(ctx, reader) })
}

// beginStream begins an answer that goes on.
func beginStream(w http.ResponseWriter) *stream {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	return &stream{w: w, control: http.NewResponseController(w)}
}

// event sends v as an event of a kind.
func (o *stream) event(kind string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return o.send("event: %s\ndata: %s\n\n", kind, text)
}
