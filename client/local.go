package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/clusto/clusto/api"
)

// Local returns a client of a server in this process, without a port. The handler
// finds in each request's context, by api.LocalUser, that it comes from here, and
// everything else that the caller's context has. Nothing is sent twice, and
// nothing is limited but by the context.
//
// When a request ends, by its answer being read, closed, or by its context, its
// handler has returned. A handler's panic becomes one of the caller.
func Local(handler http.Handler) *Client {
	return &Client{
		address: "http://localhost",
		base:    "http://localhost" + prefix,
		options: Options{Timeout: -1, Retry: Retry{Attempts: 1}}.withDefaults(),
		http:    &http.Client{Transport: localTransport{handler}, CheckRedirect: sameServer},
	}
}

// localTransport answers requests by calling a handler.
type localTransport struct{ handler http.Handler }

// RoundTrip runs the handler in a goroutine of its own until the answer's body
// is closed or at its end.
func (t localTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if _, ok := api.LocalUser(ctx); !ok {
		ctx = api.WithLocalUser(ctx, "")
	}
	ctx, cancel := context.WithCancel(ctx)
	served := req.Clone(ctx)
	served.RequestURI, served.RemoteAddr = req.URL.RequestURI(), "local"
	if served.Body == nil {
		served.Body = http.NoBody
	}
	body, w := io.Pipe()
	e := &localAnswer{header: http.Header{}, begun: make(chan struct{}), body: w, cancel: cancel, done: make(chan struct{})}
	go e.serve(t.handler, served)
	stop := context.AfterFunc(req.Context(), func() { _ = w.CloseWithError(context.Cause(req.Context())) })
	answer := &localBody{localAnswer: e, reader: body, stop: stop}
	select {
	case <-e.begun:
	case <-req.Context().Done():
	}
	if req.Context().Err() != nil { // also if the handler has given up because of it
		_ = answer.Close()
		return nil, context.Cause(req.Context())
	}
	return e.response(req, answer), nil
}

// localAnswer is the answer of a handler while it is made: an http.ResponseWriter.
type localAnswer struct {
	header http.Header
	body   *io.PipeWriter
	cancel context.CancelFunc
	begun  chan struct{} // closed once status and sent are there
	done   chan struct{} // closed once the handler has returned

	once   sync.Once
	status int
	sent   http.Header // the header as it was when the answer began

	panicked string // what the handler panicked with, and where; set before done is closed
}

func (e *localAnswer) serve(handler http.Handler, req *http.Request) {
	defer close(e.done)
	defer e.cancel()
	defer func() {
		value := recover()
		_ = req.Body.Close()
		switch value {
		case nil:
			e.WriteHeader(http.StatusOK)
			_ = e.body.Close()
			return
		case http.ErrAbortHandler:
		default:
			e.panicked = fmt.Sprintf("the handler panicked: %v\n%s", value, debug.Stack())
		}
		e.WriteHeader(http.StatusInternalServerError)
		_ = e.body.CloseWithError(io.ErrUnexpectedEOF)
	}()
	handler.ServeHTTP(e, req)
}

// Header returns the header of the answer, until that begins.
func (e *localAnswer) Header() http.Header { return e.header }

// WriteHeader begins the answer.
func (e *localAnswer) WriteHeader(status int) {
	if status < http.StatusOK {
		return // what comes before the answer is for the network
	}
	e.once.Do(func() {
		e.status, e.sent = status, e.header.Clone()
		close(e.begun)
	})
}

// Write hands a part of the answer to whoever reads it.
func (e *localAnswer) Write(part []byte) (int, error) {
	e.WriteHeader(http.StatusOK)
	return e.body.Write(part)
}

// Flush begins the answer; what is written is never kept.
func (e *localAnswer) Flush() { e.WriteHeader(http.StatusOK) }

// SetReadDeadline does nothing: there is no connection that could be slow.
func (e *localAnswer) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: there is no connection that could be slow.
func (e *localAnswer) SetWriteDeadline(time.Time) error { return nil }

// EnableFullDuplex does nothing: reading and writing do not wait for each other.
func (e *localAnswer) EnableFullDuplex() error { return nil }

func (e *localAnswer) response(req *http.Request, body io.ReadCloser) *http.Response {
	length := int64(-1)
	if n, err := strconv.ParseInt(e.sent.Get("Content-Length"), 10, 64); err == nil {
		length = n
	}
	return &http.Response{
		Status:     strconv.Itoa(e.status) + " " + http.StatusText(e.status),
		StatusCode: e.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: e.sent, Body: body, ContentLength: length, Request: req,
	}
}

// localBody is the body of an answer.
type localBody struct {
	*localAnswer
	reader *io.PipeReader
	stop   func() bool
}

// Read returns what the handler writes. At the end of that the handler has
// returned.
func (b *localBody) Read(p []byte) (int, error) {
	n, err := b.reader.Read(p)
	if err != nil {
		b.end()
	}
	if errors.Is(err, io.ErrClosedPipe) {
		err = http.ErrBodyReadAfterClose
	}
	return n, err
}

// Close tells the handler that nobody listens any more, and waits for it.
func (b *localBody) Close() error {
	b.cancel()
	err := b.reader.Close()
	b.end()
	return err
}

func (b *localBody) end() {
	<-b.done
	b.stop()
	if text := b.panicked; text != "" {
		b.panicked = ""
		panic(text)
	}
}
