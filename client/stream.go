package client

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// stream returns what sends a request whose answer is read as it comes. It is
// sent again until the answer has begun.
func (c *Client) stream(ctx context.Context, params any, kind string, names ...string) func(*http.Request, error) (io.ReadCloser, error) {
	return func(req *http.Request, err error) (io.ReadCloser, error) {
		if err == nil && kind != "" {
			req.Header.Set("Accept", kind+", application/problem+json")
		}
		var body *streamed
		err = c.exchange(ctx, params, func() error {
			res, err := c.open(ctx, req)
			if err != nil {
				return err
			}
			if kind != "" && mediaType(res.Header) != kind {
				defer res.Body.Close()
				return c.notClusto(res, nil)
			}
			body = &streamed{ReadCloser: res.Body, client: c, req: res.Request}
			return nil
		}, names...)(req, err)
		if err != nil {
			return nil, err
		}
		return body, nil
	}
}

// streamed is the body of an answer that is read as it comes.
type streamed struct {
	io.ReadCloser
	client *Client
	req    *http.Request
}

// Read returns ErrUnavailable if the connection is lost.
func (s *streamed) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if lost, ok := errors.AsType[*broken](err); ok {
		err = s.client.faultOf(s.req, lost)
	}
	return n, err
}
