package script

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script/dialect"
)

// Error is what went wrong in a script, and where. Its kind, if it has one, is
// that of the error it wraps.
type Error struct {
	Msg   string
	Hint  string // the way out, or ""
	Calls []Call // the place, and what led to it: the outermost first
	err   error
}

// Call is a place in a script. Line and Col count from 1.
type Call struct {
	Func      string // "" at the top level
	File      string
	Line, Col int
	Source    string // the line, or "" if it is not known
}

// Error returns the place and the message, on one line.
func (e *Error) Error() string {
	if len(e.Calls) == 0 {
		return e.Msg
	}
	at := e.Calls[len(e.Calls)-1]
	return fmt.Sprintf("%s:%d:%d: %s", at.File, at.Line, at.Col, e.Msg)
}

// Unwrap returns what the script's error comes from.
func (e *Error) Unwrap() error { return e.err }

// Interrupted reports whether the script was stopped from outside, by Ctrl-C.
func (e *Error) Interrupted() bool {
	_, ok := errors.AsType[*interrupted](e.err)
	return ok
}

// render returns any error for a person.
func render(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Render()
	}
	if hint := clusto.Hint(err); hint != "" {
		return err.Error() + "\nhint: " + hint
	}
	return err.Error()
}

// shownCalls is how many calls of a long traceback are shown at each end.
const shownCalls = 10

// Render returns the error for a person: the calls, the line with a caret, the
// message and the hint.
func (e *Error) Render() string {
	var b strings.Builder
	if len(e.Calls) > 1 {
		b.WriteString("Traceback (most recent call last):\n")
	}
	for i, c := range e.Calls {
		if hidden := len(e.Calls) - 2*shownCalls; hidden > 0 && i >= shownCalls && i < shownCalls+hidden {
			if i == shownCalls {
				fmt.Fprintf(&b, "  ... %d more calls ...\n", hidden)
			}
			continue
		}
		c.render(&b, i == len(e.Calls)-1)
	}
	b.WriteString(e.Msg)
	if e.Hint != "" {
		b.WriteString("\nhint: " + e.Hint)
	}
	return b.String()
}

func (c Call) render(b *strings.Builder, last bool) {
	fmt.Fprintf(b, "  %s:%d:%d", c.File, c.Line, c.Col)
	if c.Func != "" {
		fmt.Fprintf(b, ": in %s", c.Func)
	}
	b.WriteString("\n")
	if c.Source == "" {
		return
	}
	text := strings.TrimLeft(c.Source, " \t")
	fmt.Fprintf(b, "      %s\n", text)
	if !last {
		return
	}
	b.WriteString("      ")
	skipped := len([]rune(c.Source)) - len([]rune(text))
	for i, r := range []rune(text) {
		if i >= c.Col-1-skipped {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	b.WriteString("^\n")
}

// explain returns an error of the interpreter or the front end as an *Error.
// Other errors stay as they are.
func (e *Engine) explain(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	out := &Error{Msg: message(err), Hint: clusto.Hint(err), err: err}
	if d, ok := errors.AsType[*dialect.Error](err); ok {
		out.Msg, out.Hint = d.Msg, d.Hint
		out.Calls = []Call{e.call("", d.File, d.Line, d.Col)}
		return out
	}
	if list, ok := errors.AsType[resolve.ErrorList](err); ok && len(list) > 0 {
		out.Msg = list[0].Msg
		out.Calls = []Call{e.callAt("", list[0].Pos)}
		return out
	}
	if s, ok := errors.AsType[syntax.Error](err); ok {
		out.Msg = s.Msg
		out.Calls = []Call{e.callAt("", s.Pos)}
		return out
	}
	stack := deepest(err)
	if stack == nil {
		return err
	}
	if out.Hint == "" {
		out.Hint = e.wayOut(out.Msg)
	}
	for _, frame := range stack {
		if frame.Pos.Filename() != "<builtin>" && frame.Pos.IsValid() {
			name := frame.Name
			if name == "<toplevel>" {
				name = ""
			}
			out.Calls = append(out.Calls, e.callAt(name, frame.Pos))
		}
	}
	return out
}

// waysOut are hints for what Python has and scripts have not, by a part of the message.
var waysOut = []struct{ part, hint string }{
	{"string has no .zfill", "use '%05d' % n"},
	{"string has no .ljust", "use '%-20s' % s"},
	{"string has no .rjust", "use '%20s' % s"},
	{"string has no .center", "use f'{s:^20}'"},
	{"string has no .encode", "a string is its bytes; leave it out"},
	{"string has no .decode", "a string is its bytes; leave it out"},
	{"dict has no .iteritems", "use items()"},
	{"dict has no .itervalues", "use values()"},
	{"dict has no .iterkeys", "use keys()"},
	{"dict has no .has_key", "use key in d"},
	{"list has no .sort", "use l = sorted(l)"},
	{"list has no .reverse", "use l = list(reversed(l))"},
	{"string value is not iterable", "use s.elems()"},
	{"format spec features not supported", "use '%04d' % n or f'{n:04d}'"},
	{"of frozen", "names and values of a library file do not change once it is loaded"},
	{"during iteration", "go over a copy: for x in list(l)"},
}

// notDefined is the error for a name that is nowhere.
var notDefined = regexp.MustCompile(`^NameError: name '(\w+)' is not defined`)

// wayOut returns the hint for a message, or "".
func (e *Engine) wayOut(msg string) string {
	if m := notDefined.FindStringSubmatch(msg); m != nil {
		if _, ok := e.opt.Drivers.Class(m[1]); ok {
			return "from clusto.drivers import " + m[1]
		}
		if m[1] == "clusto" || builtinModule(m[1]) != nil {
			return "import " + m[1]
		}
	}
	for _, w := range waysOut {
		if strings.Contains(msg, w.part) {
			return w.hint
		}
	}
	return ""
}

// message returns what went wrong without Starlark's own words for a stop.
func message(err error) string {
	if s, ok := errors.AsType[*stopError](err); ok {
		return s.Error()
	}
	return err.Error()
}

// deepest returns the longest stack of calls among the errors that err wraps,
// which is that of the place where it began.
func deepest(err error) starlark.CallStack {
	var stack starlark.CallStack
	if e, ok := err.(*starlark.EvalError); ok {
		stack = e.CallStack
	}
	var inner []error
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		inner = []error{u.Unwrap()}
	case interface{ Unwrap() []error }:
		inner = u.Unwrap()
	}
	for _, i := range inner {
		if i == nil {
			continue
		}
		if s := deepest(i); len(s) > len(stack) {
			stack = s
		}
	}
	return stack
}

func (e *Engine) callAt(name string, pos syntax.Position) Call {
	return e.call(name, pos.Filename(), int(pos.Line), int(pos.Col))
}

func (e *Engine) call(name, file string, line, col int) Call {
	c := Call{Func: name, File: file, Line: line, Col: col}
	n := 1
	for l := range strings.Lines(e.source(file)) {
		if n == line {
			c.Source = printable(strings.TrimRight(l, "\r\n"))
			break
		}
		n++
	}
	return c
}

// printable returns a line of a script as it can be shown: what a terminal could take
// for a command is replaced.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, line)
}
