package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sandbox"
	"github.com/clusto/clusto/internal/script"
)

// remoteInterpreter is a session as package sandbox wants it.
type remoteInterpreter struct {
	session     *script.Session
	closeStore  func() error
	unversioned bool
}

// Run implements sandbox.Interpreter, with what cli.RunFile and the shell do.
func (i *remoteInterpreter) Run(ctx context.Context, src sandbox.Source) (sandbox.Result, error) {
	text := strings.Repeat("\n", cmp.Or(src.Line, 1)-1) + src.Text
	switch {
	case src.Dry:
		return i.trial(ctx, src.Name, text)
	case src.Atomic:
		return i.result(i.session.RunAtomic(ctx, src.Name, text))
	}
	return i.result(i.session.Run(ctx, src.Name, text))
}

// Eval implements sandbox.Interpreter.
func (i *remoteInterpreter) Eval(ctx context.Context, text string) (sandbox.Result, error) {
	return i.result(i.session.Eval(ctx, text))
}

func (i *remoteInterpreter) result(err error) (sandbox.Result, error) {
	return sandbox.Result{Versions: i.session.Versions(), InTransaction: i.session.InTransaction()}, err
}

// trial runs a script dry.
func (i *remoteInterpreter) trial(ctx context.Context, name, text string) (sandbox.Result, error) {
	if i.unversioned {
		return sandbox.Result{}, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "the database keeps no history, so a dry run cannot tell what %s changes", name),
			"set versioning = true in the section [clusto] of the server's configuration")
	}
	diff, err := i.session.Trial(ctx, name, text)
	if err != nil {
		return i.result(err)
	}
	var shown strings.Builder
	if err := diff.WriteText(&shown); err != nil {
		return sandbox.Result{}, err
	}
	data, err := json.Marshal(diff)
	if err != nil {
		return sandbox.Result{}, fmt.Errorf("show what %s would change: %w", name, err)
	}
	return sandbox.Result{Diff: data, DiffText: shown.String()}, nil
}

// Incomplete implements sandbox.Interpreter.
func (i *remoteInterpreter) Incomplete(text string) bool { return script.Incomplete(text) }

// Complete implements sandbox.Interpreter.
func (i *remoteInterpreter) Complete(text string, pos int) sandbox.Completion {
	c := i.session.Complete(text, pos)
	offer := sandbox.Completion{From: c.From, Candidates: []sandbox.Candidate{}}
	for _, name := range c.Candidates {
		offer.Candidates = append(offer.Candidates, sandbox.Candidate{Text: name})
	}
	return offer
}

// Help implements sandbox.Interpreter.
func (i *remoteInterpreter) Help(expr string) (string, error) { return i.session.Help(expr) }

// Close implements sandbox.Interpreter.
func (i *remoteInterpreter) Close() error {
	return errors.Join(i.session.Close(), i.closeStore())
}
