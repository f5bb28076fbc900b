package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// view calls fn with the inventory as the user of the request may see it, at the
// version or time that at says; "" is now.
func (s *Server) view(ctx context.Context, at string, fn func(*clusto.Inventory) error) error {
	store := s.options.Store(ctx)
	version := clusto.Live
	if at != "" {
		err := store.View(ctx, clusto.Live, func(r clusto.Reader) (err error) {
			version, err = s.versionAt(ctx, r, at)
			return err
		})
		if err != nil {
			return err
		}
	}
	return store.View(ctx, version, func(r clusto.Reader) error {
		return fn(clusto.NewInventory(r, s.options.Drivers))
	})
}

// viewDriven is view for what depends on what drivers can do: those of the library
// are loaded before.
func (s *Server) viewDriven(ctx context.Context, at string, fn func(*clusto.Inventory) error) error {
	if err := s.options.Refresh(); err != nil {
		return err
	}
	return s.view(ctx, at, fn)
}

// versionAt returns the version that a text means.
func (s *Server) versionAt(ctx context.Context, r clusto.Reader, at string) (clusto.Version, error) {
	h, err := historyOf(ctx, r)
	if err != nil {
		return 0, err
	}
	return history.Resolve(ctx, h, at, s.options.Now())
}

// past is view with a history of what is there now.
func (s *Server) past(ctx context.Context, fn func(clusto.History) error) error {
	return s.options.Store(ctx).View(ctx, clusto.Live, func(r clusto.Reader) error {
		h, err := historyOf(ctx, r)
		if err != nil {
			return err
		}
		return fn(h)
	})
}

// historyOf returns r as a History, or ErrUnsupported if there is none: not one
// version.
func historyOf(ctx context.Context, r clusto.Reader) (clusto.History, error) {
	h, err := clusto.Past(r)
	if err != nil {
		return nil, err
	}
	newest, err := h.Version(ctx)
	if err == nil && newest == 0 {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "the database keeps no history"),
			"it is as classic clusto leaves one with versioning = 0; see versioning in the configuration")
	}
	return h, err
}

// readBody reads the JSON body of a request into v. A body may be missing if
// optional is set. It returns ErrInvalid for anything that v does not have.
func readBody(r *http.Request, v any, optional bool) error {
	if kind := r.Header.Get("Content-Type"); kind != "" {
		media, _, err := mime.ParseMediaType(kind)
		if err != nil || media != "application/json" {
			return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the body is said to be %q", kind), "send Content-Type: application/json")
		}
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	switch {
	case errors.Is(err, io.EOF) && optional:
		return nil
	case errors.Is(err, io.EOF):
		return clusto.Errorf(clusto.ErrInvalid, "the request has no body")
	case err != nil:
		return badBody(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return clusto.Errorf(clusto.ErrInvalid, "the body goes on behind its JSON object")
	}
	return nil
}

// badBody returns err, which reading a body gave, as ErrInvalid, unless it is not
// the body's fault.
func badBody(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return clusto.Errorf(clusto.ErrInvalid, "the body: %s cannot be a %s", cmp.Or(wrong.Field, "it"), wrong.Value)
	}
	text := strings.TrimPrefix(err.Error(), "json: ")
	if _, ok := errors.AsType[*time.ParseError](err); ok || strings.HasPrefix(text, "Time.") {
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the body: a time in it is none"), "write it as 2026-11-22T10:00:00Z")
	}
	return clusto.Errorf(clusto.ErrInvalid, "the body: %s", text)
}
