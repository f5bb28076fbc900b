package sandbox

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

// ScriptError is what went wrong in a script that ran in a child.
type ScriptError struct {
	msg         string
	rendered    string
	kind        error // or nil
	interrupted bool
}

// Error returns the place and the message, on one line.
func (e *ScriptError) Error() string { return e.msg }

// Render returns the error for a person: the line with a caret, the message and the
// hint.
func (e *ScriptError) Render() string { return e.rendered }

// Is reports whether target is the error's kind, or context.Canceled if the script was
// interrupted.
func (e *ScriptError) Is(target error) bool {
	return e.kind != nil && target == e.kind || e.interrupted && target == context.Canceled
}

// Interrupted reports whether the script was stopped from outside.
func (e *ScriptError) Interrupted() bool { return e.interrupted }

// fault is an error on its way from the child.
type fault struct {
	Message     string `json:"message"`
	Rendered    string `json:"rendered,omitempty"`
	Hint        string `json:"hint,omitempty"`
	Kind        string `json:"kind,omitempty"` // the text of one of clusto.ErrorKinds
	Interrupted bool   `json:"interrupted,omitempty"`
}

// maxMessage is how much of a message is sent: the text of an exception is the
// script's.
const maxMessage = 64 << 10

// faultOf returns err as it is sent, or nil for none.
func faultOf(err error) *fault {
	if err == nil {
		return nil
	}
	f := &fault{Message: cut(err.Error()), Hint: cut(clusto.Hint(err))}
	if kind := clusto.KindOf(err); kind != nil {
		f.Kind = kind.Error()
	}
	if r, ok := errors.AsType[interface {
		error
		Render() string
	}](err); ok {
		f.Rendered = cut(r.Render())
	}
	if i, ok := errors.AsType[interface {
		error
		Interrupted() bool
	}](err); ok {
		f.Interrupted = i.Interrupted()
	} else {
		f.Interrupted = errors.Is(err, context.Canceled)
	}
	if f.Interrupted && f.Rendered == "" {
		f.Rendered = "interrupted"
	}
	return f
}

// err returns a fault as an error, or nil for none.
func (f *fault) err() error {
	if f == nil {
		return nil
	}
	var kind error
	for _, k := range clusto.ErrorKinds() {
		if k.Error() == f.Kind {
			kind = k
		}
	}
	var err error
	switch {
	case f.Rendered != "":
		err = &ScriptError{msg: f.Message, rendered: f.Rendered, kind: kind, interrupted: f.Interrupted}
	case kind != nil:
		err = clusto.Errorf(kind, "%s", f.Message)
	default:
		err = errors.New(f.Message)
	}
	if f.Hint != "" {
		err = clusto.WithHint(err, "%s", f.Hint)
	}
	return err
}

// cut returns the beginning of a text that is too long to be sent.
func cut(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	end := maxMessage
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
