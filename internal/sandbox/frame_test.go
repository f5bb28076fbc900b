package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/clusto/clusto"
)

// FuzzServe has a child read what no server sends. It may refuse it, and must end.
func FuzzServe(f *testing.F) {
	frames := func(list ...request) []byte {
		var b bytes.Buffer
		for _, r := range list {
			if err := writeFrame(&b, r); err != nil {
				f.Fatal(err)
			}
		}
		return b.Bytes()
	}
	open := request{ID: 1, Op: opOpen, Setting: &Setting{User: "ann", Subject: json.RawMessage(`{"a":1}`)}}
	f.Add(frames(open, request{ID: 2, Op: opEval, Text: "x"}, request{ID: 3, Op: opClose}, request{ID: 4, Op: opEval}))
	f.Add(frames(open, request{ID: 1, Op: opInterrupt}, request{ID: 2, Op: opRun}, request{ID: 2, Op: opComplete, Pos: -1}))
	f.Add(frames(request{Op: opHelp}, open, open))
	f.Add([]byte{0, 0, 0, 2, '{', '}'})
	f.Add([]byte{255, 255, 255, 255, 0})
	f.Add([]byte{0, 0, 0, 4, 'n', 'u', 'l', 'l'})
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		err := Serve(t.Context(), bytes.NewReader(in), &out, func(context.Context, Setting, Streams) (Interpreter, error) { return mute{}, nil })
		if err != nil && !errors.Is(err, clusto.ErrInvalid) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v", err)
		}
		for {
			var a answer
			if err := readFrame(&out, &a); err == io.EOF {
				return
			} else if err != nil {
				t.Fatalf("an answer: %v", err)
			}
		}
	})
}

// mute is an interpreter that does nothing.
type mute struct{}

func (mute) Run(context.Context, Source) (Result, error)  { return Result{}, nil }
func (mute) Eval(context.Context, string) (Result, error) { return Result{}, nil }
func (mute) Incomplete(string) bool                       { return false }
func (mute) Complete(string, int) Completion              { return Completion{} }
func (mute) Help(string) (string, error)                  { return "", nil }
func (mute) Close() error                                 { return nil }

func TestPartial(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "a": 0, "ä": 0, "\xc3": 1, "a\xc3": 1, "\xe4\xb8": 2, "\xf0\x9f\x90": 3, "🐘": 0,
		"\x80\x80\x80\x80": 0, "\xff": 0,
	} {
		if got := partial([]byte(text)); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
