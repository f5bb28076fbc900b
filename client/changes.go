package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Now stands for the newest version as the one since which changes are followed.
const Now = -1

// ChangesOptions are how changes are followed.
type ChangesOptions struct {
	// Diff has each event tell all that its version changed.
	Diff bool
	// Lost, if it is not nil, is told each time why the connection was lost,
	// before the wait until it is made again.
	Lost func(err error, wait time.Duration)
}

// Event is a version that was made.
type Event struct {
	// LogEntry is the version and in short what it changed. With a Diff it has only
	// what is known about the version itself.
	api.LogEntry
	// Diff is all that it changed; nil unless that was asked for.
	Diff *api.Diff
}

// UnmarshalJSON reads an event as the change stream has it.
func (e *Event) UnmarshalJSON(data []byte) error {
	var form struct {
		Entities json.RawMessage `json:"entities"`
	}
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	if form.Entities == nil {
		return json.Unmarshal(data, &e.LogEntry)
	}
	var shown api.Shown
	if err := json.Unmarshal(data, &shown); err != nil {
		return err
	}
	e.VersionInfo, e.Diff = shown.VersionInfo, shown.Diff
	return nil
}

// Changes returns each version after since, oldest first, and then each new one as
// it is made, until ctx ends, whose error is the last. since is a version, 0 for
// all, or Now. Each version comes exactly once.
//
// A connection that is lost is made again until ctx ends, with waits as Retry has
// them; only the first is given up after Retry.Attempts. What the server refuses
// ends the sequence.
func (c *Client) Changes(ctx context.Context, since int64, o ChangesOptions) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if since < 0 {
			// Without a version to begin at, what is made while a lost connection is
			// made again would be missing.
			server, err := c.Server(ctx)
			if err != nil {
				yield(Event{}, err)
				return
			}
			since = server.Newest
		}
		f := &follower{client: c, options: o, last: since, yield: yield}
		if err := f.run(ctx); err != nil {
			yield(Event{}, err)
		}
	}
}

// errStopped ends following because the caller wants no more.
var errStopped = errors.New("stopped")

// follower follows changes for one caller.
type follower struct {
	client  *Client
	options ChangesOptions
	yield   func(Event, error) bool

	last     int64 // the last version that was handed on
	reached  bool  // there was a connection
	failures int   // since the last event, or the connection before the first
	wait     time.Duration
}

// run follows until ctx ends or the caller wants no more, which is no error.
func (f *follower) run(ctx context.Context) error {
	for {
		err := f.connect(ctx)
		switch {
		case errors.Is(err, errStopped):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !temporaryError(err):
			return err
		}
		f.failures++
		if !f.reached && f.failures >= f.client.options.Retry.Attempts {
			return err
		}
		wait := max(f.client.options.Retry.wait(f.failures), f.wait)
		if refused, ok := errors.AsType[*Error](err); ok {
			wait = max(wait, refused.RetryAfter)
		}
		if f.options.Lost != nil {
			f.options.Lost(err, wait)
		}
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
}

// temporaryError reports whether a change stream that ended with err may go on
// later.
func temporaryError(err error) bool {
	if lost, ok := errors.AsType[*fault](err); ok {
		return !lost.final || lost.silent
	}
	if refused, ok := errors.AsType[*Error](err); ok {
		return refused.Status == http.StatusTooManyRequests || refused.Status >= http.StatusInternalServerError
	}
	return false
}

// connect follows over one connection until that ends, which is always an error.
func (f *follower) connect(ctx context.Context) error {
	req, err := rest.NewStreamChangesRequest(f.client.base, nil)
	if err != nil {
		return err
	}
	last := strconv.FormatInt(f.last, 10)
	addParams(req, api.StreamChangesParams{Diff: f.options.Diff, LastEventID: last})
	query := req.URL.Query()
	query.Set("since", last) // also if it is 0, which is not the same as nothing
	req.URL.RawQuery = query.Encode()
	req.Header.Set("Accept", "text/event-stream, application/problem+json")
	res, err := f.client.open(ctx, req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if mediaType(res.Header) != "text/event-stream" {
		return f.client.notClusto(res, nil)
	}
	f.reached = true
	return f.read(res)
}

// read hands on the events of an answer.
func (f *follower) read(res *http.Response) error {
	events := newEventReader(res.Body, f.client.options.MaxAnswer)
	for {
		e, err := events.next()
		f.wait = events.wait
		if err != nil {
			return f.ended(res, err)
		}
		if err := f.take(e); err != nil {
			return err
		}
	}
}

// take hands on an event, or returns what it says of the end of the stream.
func (f *follower) take(e sseEvent) error {
	switch e.kind {
	case "end":
		var p api.Problem
		if err := json.Unmarshal(e.data, &p); err != nil {
			return f.client.foreign(err)
		}
		return newError(p.Status, p, 0)
	case "version":
	default:
		return nil // of a later version of the API
	}
	var event Event
	if err := json.Unmarshal(e.data, &event); err != nil {
		return f.client.foreign(err)
	}
	f.failures = 0
	if int64(event.Version) <= f.last {
		return nil // it was there before the connection was lost
	}
	f.last = int64(event.Version)
	if !f.yield(event, nil) {
		return errStopped
	}
	return nil
}

// foreign returns the error for an event that cannot be read.
func (c *Client) foreign(err error) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "an event of %s is not understood: %w", c.address, err), skewHint)
}

// ended returns why a stream is at its end.
func (f *follower) ended(res *http.Response, err error) error {
	if _, lost := errors.AsType[*broken](err); lost || errors.Is(err, io.EOF) {
		return f.client.faultOf(res.Request, err)
	}
	return err
}
