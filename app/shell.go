package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/shell"
)

// historyFile is where the shell keeps what was typed, in the home directory.
const historyFile = ".clusto_history"

// runShell opens the prompt, or runs what comes from a pipe. The shell decides
// itself what Ctrl-C means, so signals have their usual effect from here on.
func (p *program) runShell(ctx context.Context, s cli.Setting) (err error) {
	ctx = context.WithoutCancel(ctx)
	p.releaseSignals()
	if s.IsServer() {
		return p.shellOnServer(ctx, s)
	}
	w, err := p.openWorkshop(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.store.Close()) }()
	session := w.engine.Session(nil)
	defer func() { err = closeSession(s, session, err) }()
	sh, err := shell.New(interpreter{session}, shellOptions(s))
	if err != nil {
		return err
	}
	return sh.Run(ctx)
}

// historyPath returns where to keep what was typed, or "" for a user without a
// home.
func historyPath() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, historyFile)
}

// promptName begins the names of what is typed at a prompt.
const promptName = "<shell "

// interpreter is a session as the shell wants it.
type interpreter struct{ session *script.Session }

// Run implements shell.Interpreter. A statement of a file is run with empty lines
// before it, so that errors name the right one.
func (i interpreter) Run(ctx context.Context, e shell.Entry) error {
	if strings.HasPrefix(e.Name, promptName) {
		return i.session.Eval(ctx, e.Text)
	}
	return i.session.Run(ctx, e.Name, strings.Repeat("\n", e.Line-1)+e.Text)
}

// Incomplete implements shell.Interpreter.
func (i interpreter) Incomplete(src string) bool { return script.Incomplete(src) }

// Complete implements shell.Interpreter.
func (i interpreter) Complete(text string) (word string, candidates []shell.Candidate) {
	c := i.session.Complete(text, len(text))
	for _, name := range c.Candidates {
		candidates = append(candidates, shell.Candidate{Text: name})
	}
	return text[c.From:], candidates
}
