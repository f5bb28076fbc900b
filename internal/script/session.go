package script

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script/dialect"
)

// Session is one user's interpreter: variables, and the transaction that is
// open. It belongs to one goroutine at a time. Close ends it.
type Session struct {
	engine  *Engine
	env     *env
	out     io.Writer
	globals *scope
	imports map[string]importedName // names that came from the library, for Refresh

	held   *held  // the transaction that is open, or nil
	depth  int    // begin_transaction calls that wait for their commit
	atomic bool   // one transaction for all, begin_transaction only counts
	once   bool   // the current statement did what cannot be done again
	nested bool   // the current statement is one of several in a transaction
	ending ending // what shall become of that transaction after the statement

	description string          // of the statement that runs
	memory      *memory         // to run it again; nil if it cannot be
	warned      map[string]bool // warnings that it gave

	settings settings
	entries  int              // chunks from the shell so far
	made     []clusto.Version // by the call of Run, or the like, that is under way or was last
	trial    *trial           // not nil while Trial runs
}

// settings are what scripts set with SESSION.
type settings struct {
	user        string
	description string         // for the next version; then forgotten
	version     clusto.Version // to read at; 0 is live
}

// ending says what to do with a transaction at the end of a statement.
type ending int

const (
	goOn ending = iota
	commitIt
	rollItBack
)

// Session returns a new session whose output goes to out; nil means where the
// engine's goes.
func (e *Engine) Session(out io.Writer) *Session {
	if out == nil {
		out = e.opt.Out
	}
	s := &Session{engine: e, out: out, imports: map[string]importedName{}, settings: settings{user: e.opt.User}}
	s.globals = newScope(nil)
	s.globals.last = e.builtins
	s.globals.names["SESSION"] = &sessionObject{s}
	s.globals.names["__name__"] = starlark.String("__main__")
	s.env = e.newEnv("session", out)
	s.env.session = s
	s.env.open = s.begin
	return s
}

// Close ends the session. It gives up the transaction that is open, and returns
// ErrInvalid if there is one: a commit is missing.
func (s *Session) Close() error {
	s.depth = 0
	if s.held == nil {
		return nil
	}
	_ = s.abandon(errRolledBack) // which is all that can come of it
	return clusto.Errorf(clusto.ErrInvalid, "begin_transaction() without commit(): the changes are given up")
}

// Versions returns the numbers of the versions that the last call of Run, RunAtomic
// or Eval made, in their order.
func (s *Session) Versions() []clusto.Version { return slices.Clone(s.made) }

// InTransaction reports whether begin_transaction waits for its commit.
func (s *Session) InTransaction() bool { return s.depth > 0 }

// Run executes a script, each statement of the top level a transaction of its own.
// file is its name for messages; who gives a file in parts puts empty lines in place
// of what was run before. It stops at the first error, which is an [*Error] if the
// script is to blame.
func (s *Session) Run(ctx context.Context, file, src string) error {
	return s.run(ctx, file, src, dialect.Options{StarNames: s.env.starNames})
}

// RunAtomic executes a script in one transaction.
func (s *Session) RunAtomic(ctx context.Context, file, src string) error {
	s.atomic = true
	defer func() { s.atomic = false }()
	return s.run(ctx, file, src, dialect.Options{StarNames: s.env.starNames})
}

// Eval executes what a user entered at a shell: as Run, and the value of each
// expression statement that is not None is printed. It begins with
// [Engine.Refresh].
func (s *Session) Eval(ctx context.Context, src string) error {
	s.engine.Refresh()
	s.env.ctx = ctx // that of the last entry may be over
	s.rebind()
	s.entries++
	return s.run(ctx, fmt.Sprintf("<shell %d>", s.entries), src, dialect.Options{StarNames: s.env.starNames, Show: true})
}

func (s *Session) run(ctx context.Context, file, src string, opt dialect.Options) error {
	s.engine.rememberPart(file, src)
	s.env.ctx = ctx
	s.made = nil
	var doubts []*dialect.Error
	opt.Warn = func(doubt *dialect.Error) { doubts = append(doubts, doubt) }
	parsed, err := dialect.Parse(file, src, opt)
	if err != nil {
		return s.engine.explain(err)
	}
	statements, err := s.compile(parsed)
	if err != nil {
		return s.engine.explain(err)
	}
	if s.atomic {
		all := statement{description: file, run: func() error { return s.each(statements) }}
		if s.trial != nil {
			all.run = s.trial.around(s, all.run)
		}
		return s.engine.explain(s.execute(ctx, all))
	}
	for _, st := range statements {
		st.description = describe(src, file, st.line)
		if err := s.execute(ctx, st); err != nil {
			return s.engine.explain(err)
		}
	}
	s.doubt(doubts, src)
	return nil
}

// doubt warns of names that functions of src mention and that nothing has
// defined by the end of it. A later entry may still define them.
func (s *Session) doubt(doubts []*dialect.Error, src string) {
	for _, d := range doubts {
		if _, defined := s.globals.find(d.Undefined); !defined {
			s.engine.warn("%s", d.Render(src))
		}
	}
}

func (s *Session) each(statements []statement) error {
	for _, st := range statements {
		if err := st.run(); err != nil {
			return err
		}
	}
	return nil
}

// statement is a statement of the top level, ready to run.
type statement struct {
	line        int
	description string
	run         func() error
}

// compile prepares the statements of a script.
func (s *Session) compile(f *syntax.File) ([]statement, error) {
	predeclared := s.engine.helpers(s.globals)
	var out []statement
	for _, group := range statements(f.Stmts) {
		part := &syntax.File{Path: f.Path, Stmts: group, Options: f.Options}
		program, err := starlark.FileProgram(part, predeclared.Has)
		if err != nil {
			return nil, err
		}
		out = append(out, statement{
			line: startLine(group),
			run: func() error {
				_, err := program.Init(s.env.thread, predeclared)
				return err
			},
		})
	}
	return out, nil
}

// statements groups what the front end made of each statement of the top
// level: functions that stand for blocks come before what calls them, and a loop
// with an else block is three.
func statements(list []syntax.Stmt) [][]syntax.Stmt {
	var groups [][]syntax.Stmt
	from := 0
	for i := 0; i < len(list); i++ {
		if _, isDef := list[i].(*syntax.DefStmt); isDef && i+1 < len(list) {
			continue
		}
		if isHiddenAssign(list[i]) {
			i = min(i+2, len(list)-1)
		}
		groups = append(groups, list[from:i+1])
		from = i + 1
	}
	return groups
}

// isHiddenAssign reports whether s assigns a name that no script can write.
func isHiddenAssign(s syntax.Stmt) bool {
	a, ok := s.(*syntax.AssignStmt)
	if !ok {
		return false
	}
	id, ok := a.LHS.(*syntax.Ident)
	return ok && strings.HasPrefix(id.Name, "<")
}

// startLine returns the line on which a statement begins.
func startLine(group []syntax.Stmt) int {
	first, last := syntax.Start(group[0]), syntax.Start(group[len(group)-1])
	return int(min(first.Line, last.Line))
}

// maxDescription is how much of a statement's text becomes its version's description.
const maxDescription = 80

// describe returns what stands in the log for the statement on a line of src.
func describe(src, file string, line int) string {
	text := ""
	n := 1
	for l := range strings.Lines(src) {
		if n == line {
			text = strings.TrimSpace(l)
			break
		}
		n++
	}
	if r := []rune(text); len(r) > maxDescription {
		text = string(r[:maxDescription-1]) + "…"
	}
	return fmt.Sprintf("%s (%s:%d)", text, file, line)
}
