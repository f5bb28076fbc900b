package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/shell"
)

// runOnServer runs a script on the server that the setting names.
func (p *program) runOnServer(ctx context.Context, s cli.Setting, sc cli.Script) (err error) {
	c, end, err := p.connect(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	_, err = c.RunScript(ctx, client.Script{File: sc.Name, Source: sc.Text, Atomic: sc.Atomic}, outputOf(s))
	return err
}

// outputOf returns where goes what a script on a server prints.
func outputOf(s cli.Setting) client.Output {
	return client.Output{Out: s.Stdout, Err: s.Stderr, Notice: s.Stderr}
}

// shellOnServer opens the prompt of a session on the server that the setting names.
func (p *program) shellOnServer(ctx context.Context, s cli.Setting) (err error) {
	c, end, err := p.connect(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	session, err := c.OpenShell(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close(ctx)) }()
	fmt.Fprint(s.Stderr, session.Greeting)
	sh, err := shell.New(serverInterpreter{session, outputOf(s)}, shellOptions(s))
	if err != nil {
		return err
	}
	return sh.Run(ctx)
}

// shellOptions returns how the shell talks to its user.
func shellOptions(s cli.Setting) shell.Options {
	return shell.Options{
		In:       s.Stdin,
		Out:      s.Stdout,
		Err:      s.Stderr,
		Version:  cli.Version(),
		Database: s.DSN,
		History:  historyPath(),
		Dumb:     os.Getenv("TERM") == "dumb",
		NoColor:  os.Getenv("NO_COLOR") != "",
	}
}

// serverInterpreter is a session on a server as the shell wants it.
type serverInterpreter struct {
	session *client.Shell
	to      client.Output
}

// Run implements shell.Interpreter. The end of ctx ends the request, and with it the
// entry.
func (i serverInterpreter) Run(ctx context.Context, e shell.Entry) error {
	name := e.Name
	if strings.HasPrefix(name, promptName) {
		name = ""
	}
	_, err := i.session.Enter(ctx, e.Text, name, e.Line, i.to)
	return err
}

// Incomplete implements shell.Interpreter.
func (i serverInterpreter) Incomplete(src string) bool { return script.Incomplete(src) }

// Complete implements shell.Interpreter.
func (i serverInterpreter) Complete(text string) (word string, candidates []shell.Candidate) {
	found, err := i.session.Complete(context.Background(), text)
	if err != nil {
		return "", nil // a completion has no place for errors
	}
	for _, c := range found.Candidates {
		candidates = append(candidates, shell.Candidate{Text: c.Text, Description: c.Description})
	}
	return found.Word, candidates
}
