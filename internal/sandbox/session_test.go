//go:build linux

package sandbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sandbox"
)

func TestSession(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{})
	for entry, want := range map[string]string{
		"echo Grüße, 世界 🐘":    "Grüße, 世界 🐘",
		"bytes Grüße, 世界 🐘":   "Grüße, 世界 🐘",
		"echo a\xffb\xe4":     "a�b�",
		"both":                "1<2>3",
		"echo":                "",
		"nice":                "10",
		"echo \x00\x1b[31m\n": "\x00\x1b[31m\n",
	} {
		if got := eval(t, s, entry); got != want {
			t.Errorf("%q: got %q, want %q", entry, got, want)
		}
	}
	if got := s.Opening(); got != nil {
		t.Errorf("it said %v when it was opened", got)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{})
	var said said
	text := strings.Repeat("\x01", 1<<20) // six bytes each on the way
	got, err := s.Run(t.Context(), sandbox.Source{Name: "a.clusto", Line: 3, Text: text, Atomic: true}, said.take)
	if err != nil {
		t.Fatal(err)
	}
	if want := "a.clusto:3 atomic=true dry=false 1048576 bytes"; said.String() != want {
		t.Errorf("got %q, want %q", said.String(), want)
	}
	want := sandbox.Result{Versions: []clusto.Version{7, 8}, Diff: []byte(`{"a":1}`), DiffText: "a"}
	if d := cmp.Diff(got, want); d != "" {
		t.Error(d)
	}
	for _, src := range []sandbox.Source{{Line: -1}, {Line: 1 << 30}, {Text: strings.Repeat("x", 33<<20)}} {
		if _, err := s.Run(t.Context(), src, nil); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("line %d, %d bytes: got %v, want that it is refused", src.Line, len(src.Text), err)
		}
	}
	if got := eval(t, s, "echo on"); got != "on" {
		t.Errorf("after what was refused: got %q", got)
	}
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{})
	for text, want := range map[string]bool{"if x:": true, "x": false} {
		if got, err := s.Incomplete(t.Context(), text); err != nil || got != want {
			t.Errorf("%q: got %t, %v, want %t", text, got, err, want)
		}
	}
	got, err := s.Complete(t.Context(), "größe", 4)
	want := sandbox.Completion{From: 4, Candidates: []sandbox.Candidate{{Text: "grö…", Description: "more"}}}
	if d := cmp.Diff(got, want); err != nil || d != "" {
		t.Error(err, d)
	}
	if _, err := s.Complete(t.Context(), "long "+strings.Repeat("x", 17<<20), 17<<20); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("an answer that is too long: got %v", err)
	}
	if got, err := s.Help(t.Context(), "x"); got != "about x" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := s.Help(t.Context(), ""); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("got %v, want what the child said", err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{})
	_, err := s.Eval(t.Context(), "fail", nil)
	e, ok := errors.AsType[*sandbox.ScriptError](err)
	if !ok || e.Render() != "there:\n  ouch\n  ^\nit hurts" || e.Error() != "it hurts" || e.Interrupted() {
		t.Errorf("got %#v", err)
	}
	if clusto.KindOf(err) != clusto.ErrInUse || clusto.Hint(err) != "do not" {
		t.Errorf("got the kind %v and the hint %q", clusto.KindOf(err), clusto.Hint(err))
	}
	_, err = s.Eval(t.Context(), "nonsense "+strings.Repeat("ü", 1<<17), nil)
	if _, ok := errors.AsType[*sandbox.ScriptError](err); ok || err.Error() != "what is nonsense?" || clusto.KindOf(err) != nil {
		t.Errorf("got %#v", err)
	}
	_, err = s.Eval(t.Context(), strings.Repeat("ü", 1<<17), nil)
	if err == nil || len(err.Error()) > 66<<10 || !strings.HasSuffix(err.Error(), "ü…") {
		t.Errorf("got an error of %d bytes", len(err.Error()))
	}
}

func TestOpening(t *testing.T) {
	t.Parallel()
	opt := options(sandbox.Limits{})
	opt.Setting.LibDir = "dubious"
	s, err := sandbox.Start(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s.Opening(), []sandbox.Event{{Notice: true, Text: "the library is dubious"}}); d != "" {
		t.Error(d)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	opt.Setting.LibDir = "broken"
	if _, err := sandbox.Start(t.Context(), opt); !errors.Is(err, clusto.ErrNotFound) || clusto.Hint(err) != "make one" {
		t.Errorf("got %v, want what the child said", err)
	}
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	opt := options(sandbox.Limits{Grace: short})
	opt.Setting.LibDir = "slow"
	if _, err := sandbox.Start(t.Context(), opt); !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(err.Error(), "not ready") {
		t.Errorf("one that does not get ready: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	opt.Setting.Limits.Grace = 0
	if _, err := sandbox.Start(ctx, opt); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits for it: got %v", err)
	}
	opt.Path = "/nonexistent/clusto"
	if _, err := sandbox.Start(t.Context(), opt); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("no program: got %v", err)
	}
	opt.Path = "/bin/true"
	if _, err := sandbox.Start(t.Context(), opt); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("another program: got %v", err)
	}
	opt.Path, opt.Args = "/bin/echo", []string{"certainly not a frame"}
	if _, err := sandbox.Start(t.Context(), opt); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("a program that talks: got %v", err)
	}
	for _, limits := range []sandbox.Limits{{Memory: 1 << 20}, {Entry: -1}, {CPU: 1}, {Output: -1}} {
		opt.Setting.Limits = limits
		if _, err := sandbox.Start(t.Context(), opt); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%+v: got %v", limits, err)
		}
	}
}

// TestSecrets checks that others on the machine see nothing of the database, and that
// the server's environment stays with it.
func TestSecrets(t *testing.T) {
	t.Setenv("CLUSTODSN", "postgresql://root:s3cret@db/clusto")
	s := start(t, sandbox.Limits{})
	if got, want := eval(t, s, "given"), `["clusto" "child"] [] postgresql://ann:s3cret@db/clusto`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	opt := options(sandbox.Limits{})
	opt.Env = []string{"PGPASSFILE=/home/ann/.pgpass"}
	other, err := sandbox.Start(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if got, want := eval(t, other, "given"), `["PGPASSFILE=/home/ann/.pgpass"]`; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s in it", got, want)
	}
	if got := opt.Setting.LogValue().String(); strings.Contains(got, "s3cret") {
		t.Errorf("in the log: %s", got)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{})
	result, err := s.Eval(t.Context(), "begin", nil)
	if err != nil || !result.InTransaction {
		t.Errorf("got %+v, %v", result, err)
	}
	if s.Err() != nil {
		t.Errorf("got %v", s.Err())
	}
	if err := s.Close(); !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), "given up") {
		t.Errorf("got %v, want what was given up", err)
	}
	<-s.Done()
	if err := s.Close(); err != nil {
		t.Errorf("once more: %v", err)
	}
	if _, err := s.Eval(t.Context(), "echo", nil); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("in a closed session: got %v", err)
	}
	if !errors.Is(s.Err(), clusto.ErrUnavailable) {
		t.Errorf("got %v", s.Err())
	}
}
