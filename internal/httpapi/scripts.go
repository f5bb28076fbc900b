package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/sandbox"
)

// startScripts starts a session of scripts for the user of a request, if they may
// run scripts.
func (s *Server) startScripts(ctx context.Context) (*sandbox.Session, error) {
	if s.options.Scripts == nil {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "this server runs no scripts"),
			"run it on a machine that reaches the database")
	}
	if err := s.mayScript(ctx); err != nil {
		return nil, err
	}
	return s.options.Scripts(ctx)
}

// mayScript returns ErrDenied unless the user of a request may run scripts.
func (s *Server) mayScript(ctx context.Context) error {
	return s.options.Store(ctx).View(ctx, clusto.Live, func(r clusto.Reader) error { return access.MayScript(ctx, r) })
}

// RunScript answers runScript.
func (s *Server) RunScript(w http.ResponseWriter, r *http.Request) {
	var body api.RunScriptJSONRequestBody
	if !s.read(w, r, &body, false) {
		return
	}
	ctx := r.Context()
	session, err := s.startScripts(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer func() {
		if err := session.Close(); err != nil {
			s.options.Log.Debug("script session", "request", s.options.RequestID(ctx), "err", err)
		}
	}()
	out := newFrames(w)
	out.events(session.Opening())
	source := sandbox.Source{Name: body.File, Text: body.Source, Atomic: body.Atomic, Dry: body.DryRun}
	if source.Name == "" {
		source.Name = "script"
	}
	result, err := session.Run(ctx, source, out.event)
	s.options.Ran(ctx)
	out.end(result, err)
}

// frames is an answer that is written while a script runs.
type frames struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func newFrames(w http.ResponseWriter) *frames {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	return &frames{w: w, control: http.NewResponseController(w)}
}

func (f *frames) events(of []sandbox.Event) {
	for _, e := range of {
		f.event(e)
	}
}

// event sends what a script has to say.
func (f *frames) event(e sandbox.Event) {
	if e.Notice {
		f.send(api.ScriptFrame{Notice: e.Text})
		return
	}
	f.send(api.ScriptFrame{Out: e.Text})
}

// send sends a frame at once. Who does not read on is noticed by the end of the
// request's context, which ends the script.
func (f *frames) send(frame api.ScriptFrame) {
	text, err := json.Marshal(frame)
	if err != nil {
		text = []byte(`{"notice":"what the script printed cannot be shown\n"}`)
	}
	// A script may take its time, and no limit on the whole answer holds; one on
	// each piece does. What cannot be limited or flushed, as in a test, is sent all the same.
	_ = f.control.SetWriteDeadline(time.Now().Add(streamWrite))
	_, _ = f.w.Write(append(text, '\n'))
	_ = f.control.Flush()
}

// end sends the result.
func (f *frames) end(result sandbox.Result, err error) {
	shown := &api.ScriptResult{Ok: err == nil, InTransaction: result.InTransaction, Cut: result.Cut}
	for _, v := range result.Versions {
		shown.Versions = append(shown.Versions, int64(v))
	}
	if len(result.Diff) > 0 {
		shown.Diff = new(history.Diff)
		if errDiff := json.Unmarshal(result.Diff, shown.Diff); errDiff != nil && err == nil {
			shown.Ok, err = false, errDiff
		}
	}
	if err != nil {
		shown.Error, shown.Kind = scriptFailure(err)
	}
	f.send(api.ScriptFrame{Result: shown})
}

// interrupted is the kind of error of what was stopped from outside.
const interrupted = "interrupted"

// scriptFailure returns what went wrong with a script, as people read it, and its
// kind.
func scriptFailure(err error) (text, kind string) {
	kind = api.KindName(err)
	if failed, ok := errors.AsType[*sandbox.ScriptError](err); ok {
		if failed.Interrupted() {
			kind = interrupted
		}
		return failed.Render(), kind
	}
	text = err.Error()
	if hint := clusto.Hint(err); hint != "" {
		text += "\n" + hint
	}
	return text, kind
}
