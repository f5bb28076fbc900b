package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Traps returns what came of the traps that the server received, the latest of
// them, at most limit; 0 is the server's default.
func (c *Client) Traps(ctx context.Context, limit int) (*api.TrapReport, error) {
	return fetch[api.TrapReport](ctx, c, api.ListTrapsParams{Limit: limit})(rest.NewListTrapsRequest(c.base, nil))
}

// TrapEvent is what came of a trap, or says how many were missed. The first one
// says that traps are watched from then on: it is zero.
type TrapEvent struct {
	api.TrapOutcome
	// Missed is how many outcomes came faster than they were read, and are not
	// shown. If it is not 0 there is no outcome.
	Missed int `json:"-"`
}

// WatchTraps returns what comes of the traps that the server receives from now on,
// until ctx or the connection ends, whose error is the last. It returns
// ErrUnsupported if the server receives no traps.
func (c *Client) WatchTraps(ctx context.Context) iter.Seq2[TrapEvent, error] {
	return func(yield func(TrapEvent, error) bool) {
		req, err := rest.NewWatchTrapsRequest(c.base)
		body, err := c.stream(ctx, nil, "text/event-stream")(req, err)
		if err != nil {
			yield(TrapEvent{}, err)
			return
		}
		defer body.Close()
		events := newEventReader(body, c.options.MaxAnswer)
		for {
			e, err := events.next()
			var told TrapEvent
			if err == nil {
				told, err = e.trap(c)
			}
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield(TrapEvent{}, err)
			}
			if err != nil || !yield(told, nil) {
				return
			}
		}
	}
}

// trap returns what an event tells.
func (e sseEvent) trap(c *Client) (told TrapEvent, err error) {
	switch e.kind {
	case "outcome":
		err = json.Unmarshal(e.data, &told.TrapOutcome)
	case "missed":
		var missed struct{ Outcomes int }
		err = json.Unmarshal(e.data, &missed)
		told.Missed = missed.Outcomes
	}
	if err != nil {
		err = c.foreign(err)
	}
	return told, err
}
