package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Script is a script to run on the server.
type Script = api.RunScriptJSONRequestBody

// Output is where goes what a script prints, as it comes. A nil writer discards.
type Output struct {
	Out, Err io.Writer
	// Notice takes what the server itself says, such as what a dry run would do.
	Notice io.Writer
}

// ScriptError says how a script ended that did not end well. It is one of clusto's
// kinds of error if the script ended with one.
type ScriptError struct{ Result api.ScriptResult }

func (e *ScriptError) Error() string { return cmp.Or(e.Result.Error, "the script ended with an error") }
func (e *ScriptError) Unwrap() error { return api.KindOf(e.Result.Kind) }

// Render returns the error for a person: the line with a caret, the message and the
// hint.
func (e *ScriptError) Render() string { return e.Error() }

// RunScript runs a script on the server. It returns how the script ended, and
// also *ScriptError if that was not well. It returns ErrUnavailable if the
// connection is lost meanwhile; a script is never run twice.
func (c *Client) RunScript(ctx context.Context, s Script, to Output) (*api.ScriptResult, error) {
	return c.frames(ctx, to)(rest.NewRunScriptRequest(c.base, s))
}

// Shell is a shell session on the server.
type Shell struct {
	// ID names the session.
	ID string
	// Greeting is what it says at first.
	Greeting string

	client *Client
}

// OpenShell begins a shell session on the server. It must be closed.
func (c *Client) OpenShell(ctx context.Context) (*Shell, error) {
	s, err := fetch[api.Shell](ctx, c, nil)(rest.NewOpenShellRequest(c.base))
	if err != nil {
		return nil, err
	}
	return &Shell{ID: s.Id, Greeting: s.Greeting, client: c}, nil
}

// Enter runs what was typed, and shows its values; or, if file is not "", what that
// has from a line on. It returns as [Client.RunScript] does.
func (s *Shell) Enter(ctx context.Context, text, file string, line int, to Output) (*api.ScriptResult, error) {
	return s.client.frames(ctx, to, s.ID)(
		rest.NewEnterShellRequest(s.client.base, s.ID, api.EnterShellJSONRequestBody{Text: text, Name: file, Line: line}))
}

// Complete returns what may stand at the end of text, the part of the entry before
// the cursor.
func (s *Shell) Complete(ctx context.Context, text string) (*api.Completions, error) {
	return fetch[api.Completions](ctx, s.client, nil, s.ID)(
		rest.NewCompleteShellRequest(s.client.base, s.ID, api.CompleteShellJSONRequestBody{Text: text}))
}

// Interrupt stops what runs. It is for another goroutine than that of Enter.
func (s *Shell) Interrupt(ctx context.Context) error {
	return s.client.tell(ctx, s.ID)(rest.NewInterruptShellRequest(s.client.base, s.ID))
}

// Close ends the session.
func (s *Shell) Close(ctx context.Context) error {
	return s.client.tell(ctx, s.ID)(rest.NewCloseShellRequest(s.client.base, s.ID))
}

// frames returns what sends a request and hands on the frames of its answer.
func (c *Client) frames(ctx context.Context, to Output, names ...string) func(*http.Request, error) (*api.ScriptResult, error) {
	return func(req *http.Request, err error) (*api.ScriptResult, error) {
		body, err := c.patient().stream(ctx, nil, "application/x-ndjson", names...)(req, err)
		if err != nil {
			return nil, err
		}
		defer body.Close()
		result, err := readFrames(body, to)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "%s: the connection was lost before the script ended", c.address),
				"clusto log tells what it changed until then")
		}
		if err != nil {
			return nil, err
		}
		if !result.Ok {
			return result, &ScriptError{*result}
		}
		return result, nil
	}
}

// readFrames writes what frames print and returns the result, or io.EOF if there is
// none.
func readFrames(r io.Reader, to Output) (*api.ScriptResult, error) {
	for frames := json.NewDecoder(r); ; {
		var f api.ScriptFrame
		if err := frames.Decode(&f); err != nil {
			if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
				return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "what the script prints is not understood: %w", wrong), skewHint)
			}
			return nil, err
		}
		for _, part := range []struct {
			w    io.Writer
			text string
		}{{to.Out, f.Out}, {to.Err, f.Err}, {to.Notice, f.Notice}} {
			if part.w == nil || part.text == "" {
				continue
			}
			if _, err := io.WriteString(part.w, part.text); err != nil {
				return nil, err
			}
		}
		if f.Result != nil {
			return f.Result, nil
		}
	}
}
