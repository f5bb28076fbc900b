package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
)

// keepAlive is how often a stream says that it is still there: well before the
// shortest time after which proxies close what is silent.
const keepAlive = 15 * time.Second

// streamWrite is how long a reader of a stream may leave unread what is sent to it.
const streamWrite = 30 * time.Second

// StreamChanges answers streamChanges, until the asker goes or the server stops.
func (s *Server) StreamChanges(w http.ResponseWriter, r *http.Request, params api.StreamChangesParams) {
	ctx := r.Context()
	store := s.options.Store(ctx)
	follower, ok := store.(clusto.Follower)
	if !ok {
		s.fail(w, r, clusto.Errorf(clusto.ErrUnsupported, "the changes of this database cannot be followed"))
		return
	}
	since, err := s.streamFrom(ctx, store, r, params)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := beginStream(w)
	if err := out.send(": from version %d\n\n", since); err != nil {
		return
	}
	// The sequence is read in a goroutine of its own, so that silence can be
	// broken; it ends with the context.
	ctx, stop := context.WithCancel(ctx)
	changes, gone := read(follower.Changes(ctx, since), ctx.Done())
	defer func() { stop(); <-gone }()
	s.pump(ctx, out, store, changes, params.Diff)
}

// streamFrom returns the version after which a stream begins.
func (s *Server) streamFrom(ctx context.Context, store clusto.Store, r *http.Request, params api.StreamChangesParams) (clusto.Version, error) {
	var newest clusto.Version
	err := store.View(ctx, clusto.Live, func(r clusto.Reader) (err error) {
		newest, err = r.Version(ctx)
		return err
	})
	since := newest
	switch {
	case params.LastEventID != "":
		n, errID := strconv.ParseInt(params.LastEventID, 10, 64)
		if errID != nil || n < 0 {
			return 0, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "Last-Event-ID %.40q is not a version", params.LastEventID), "it is the id of the last event")
		}
		since = clusto.Version(n)
	case r.URL.Query().Has("since"):
		since = clusto.Version(params.Since)
	}
	if err == nil && since > newest {
		// What is read from may be behind by what others have just committed.
		err = store.View(ctx, since, func(clusto.Reader) error { newest = since; return nil })
		if errors.Is(err, clusto.ErrNotFound) {
			err = nil
		}
	}
	if err == nil && (since < 0 || since > newest) {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no version %d yet", since), "the newest is %d", newest)
	}
	return since, err
}

// change is a version, or why there are no more.
type change struct {
	info clusto.VersionInfo
	err  error
}

// read hands on what seq yields until done is closed; gone is closed when it has
// ended.
func read(seq iter.Seq2[clusto.VersionInfo, error], done <-chan struct{}) (changes <-chan change, gone <-chan struct{}) {
	c, g := make(chan change), make(chan struct{})
	go func() {
		defer close(g)
		defer close(c)
		for info, err := range seq {
			select {
			case c <- change{info, err}:
			case <-done:
				return
			}
		}
	}()
	return c, g
}

// pump sends changes until there are no more, or nobody reads them.
func (s *Server) pump(ctx context.Context, out *stream, store clusto.Store, changes <-chan change, diff bool) {
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		select {
		case <-alive.C:
			if out.send(":\n\n") != nil {
				return
			}
		case c, more := <-changes:
			if !more {
				return
			}
			if err := s.sendChange(ctx, out, store, c, diff); err != nil {
				return
			}
		}
	}
}

// sendChange sends one change as an event. What ends the stream is its last event.
func (s *Server) sendChange(ctx context.Context, out *stream, store clusto.Store, c change, diff bool) error {
	var event any
	err := c.err
	if err == nil {
		event, err = told(ctx, store, c.info.Version, diff)
	}
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		text, errText := json.Marshal(api.Problem{
			Type: "urn:clusto:problem:" + api.KindName(err), Title: http.StatusText(statusOf(err)), Status: statusOf(err),
			Kind: api.KindName(err), Detail: s.told(err), Hint: clusto.Hint(err),
		})
		if errText != nil {
			return errText
		}
		_ = out.send("event: end\ndata: %s\n\n", text) // it ends in any case
		return err
	}
	text, err := json.Marshal(event)
	if err != nil {
		return err
	}
	return out.send("id: %d\nevent: version\ndata: %s\n\n", c.info.Version, text)
}

// told returns what is told of a version: as in the log, or all that it changed.
func told(ctx context.Context, store clusto.Store, v clusto.Version, diff bool) (event any, err error) {
	err = store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		h, err := clusto.Past(r)
		if err != nil {
			return err
		}
		if diff {
			event, err = history.Show(ctx, h, v)
			return err
		}
		entries, err := history.Brief(ctx, h, clusto.VersionMatch{Only: []clusto.Version{v}})
		if err == nil && len(entries) != 1 {
			err = clusto.Errorf(clusto.ErrNotFound, "version %d was pruned", v)
		}
		if err == nil {
			event = entries[0]
		}
		return err
	})
	return event, err
}

// stream is an answer that goes on.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// send sends a piece at once. It returns an error if nobody reads it.
func (o *stream) send(format string, args ...any) error {
	// What cannot be limited in time, or flushed, as in a test, is sent all the same.
	_ = o.control.SetWriteDeadline(time.Now().Add(streamWrite))
	if _, err := strings.NewReader(fmt.Sprintf(format, args...)).WriteTo(o.w); err != nil {
		return err
	}
	return o.control.Flush()
}
