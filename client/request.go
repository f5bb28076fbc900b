package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// sender sends a request that package rest made, or returns why that could not.
type sender = func(*http.Request, error) error

// fetch returns what reads the JSON answer of a request with parameters. names
// are the names in its path.
func fetch[T any](ctx context.Context, c *Client, params any, names ...string) func(*http.Request, error) (*T, error) {
	return func(req *http.Request, err error) (*T, error) {
		answer := new(T)
		err = c.send(ctx, params, decode(c, answer), names...)(req, err)
		if err != nil {
			return nil, err
		}
		return answer, nil
	}
}

// change returns what sends a change that knows no condition.
func (c *Client) change(ctx context.Context, ch Change, params any, names ...string) func(*http.Request, error) (*api.Changed, error) {
	return func(req *http.Request, err error) (*api.Changed, error) {
		if err := ch.unconditional(); err != nil {
			return nil, err
		}
		return fetch[api.Changed](ctx, c, params, names...)(req, err)
	}
}

// tell returns what sends a request whose answer is empty.
func (c *Client) tell(ctx context.Context, names ...string) sender {
	return c.send(ctx, nil, unread, names...)
}

// unread takes in an answer that says nothing.
func unread(*http.Response) error { return nil }

// send returns what sends a request with parameters, and has read take the answer
// in. read is called again if the connection is lost while it reads.
func (c *Client) send(ctx context.Context, params any, read func(*http.Response) error, names ...string) sender {
	return func(req *http.Request, err error) error {
		return c.exchange(ctx, params, func() error { return c.once(ctx, req, read) }, names...)(req, err)
	}
}

// exchange returns what has once send a request with parameters, until it is
// answered or sending it again is of no use.
func (c *Client) exchange(ctx context.Context, params any, once func() error, names ...string) sender {
	return func(req *http.Request, err error) error {
		if err := inPath(names); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		addParams(req, params)
		for attempt := 1; ; attempt++ {
			err := once()
			if err == nil || ctx.Err() != nil {
				return err
			}
			wait, again := c.options.Retry.again(req, attempt, err)
			if !again || !sleep(ctx, wait) {
				return err
			}
		}
	}
}

// inPath returns ErrInvalid for names that a path cannot have.
func inPath(names []string) error {
	for _, name := range names {
		switch name {
		case "":
			return clusto.Errorf(clusto.ErrInvalid, "the name is empty")
		case ".", "..":
			return clusto.Errorf(clusto.ErrInvalid, "%q cannot be named in a request", name)
		}
	}
	return nil
}

// sleep waits and returns true, or returns false when ctx is at its end.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once sends a request once.
func (c *Client) once(ctx context.Context, req *http.Request, read func(*http.Response) error) error {
	res, err := c.open(ctx, req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	err = read(res)
	if _, ours := errors.AsType[*broken](err); ours {
		return c.faultOf(res.Request, err)
	}
	return err
}

// open sends a request once and returns its answer if that is no refusal. Reading
// its body returns *broken if the connection is lost. The body must be closed.
func (c *Client) open(ctx context.Context, req *http.Request) (*http.Response, error) {
	watch, ctx := watchSilence(ctx, c.options.Timeout)
	req, err := c.prepare(ctx, req, watch)
	if err != nil {
		watch.stop()
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		defer watch.stop()
		return nil, c.faultOf(req, err)
	}
	res.Body = &watchedBody{ReadCloser: res.Body, watch: watch}
	if err := c.refusal(res); err != nil {
		_ = res.Body.Close()
		return nil, err
	}
	return res, nil
}

// prepare returns a copy of req to be sent.
func (c *Client) prepare(ctx context.Context, req *http.Request, watch *silence) (*http.Request, error) {
	original := req
	req = original.Clone(ctx)
	if original.GetBody != nil {
		body, err := original.GetBody()
		if err != nil {
			return nil, err
		}
		req.Body = body
	}
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = &watchedBody{ReadCloser: req.Body, watch: watch, request: true}
	}
	req.Header.Set("User-Agent", c.options.UserAgent)
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json, application/problem+json")
	}
	switch o := c.options; {
	case o.Token != "":
		req.Header.Set("Authorization", "Bearer "+o.Token)
	case o.User != "":
		req.SetBasicAuth(o.User, o.Password)
	}
	return req, nil
}

// decode returns what reads a JSON answer into v.
func decode(c *Client, v any) func(*http.Response) error {
	return func(res *http.Response) error {
		if kind := mediaType(res.Header); kind != "application/json" {
			return c.notClusto(res, nil)
		}
		body, err := io.ReadAll(io.LimitReader(res.Body, c.options.MaxAnswer+1))
		if err != nil {
			return err
		}
		if int64(len(body)) > c.options.MaxAnswer {
			return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the answer has more than %d bytes", c.options.MaxAnswer),
				"ask for less at once, or allow more in Options.MaxAnswer")
		}
		if err := json.Unmarshal(body, v); err != nil {
			return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "the answer of %s to %s %s is not understood: %w",
				c.address, res.Request.Method, res.Request.URL.Path, err), skewHint)
		}
		return nil
	}
}

const skewHint = "the server may be of another version of clusto than this program"

func mediaType(header http.Header) string {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}
