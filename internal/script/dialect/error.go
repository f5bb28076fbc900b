package dialect

import (
	"fmt"
	"strings"

	"go.starlark.net/syntax"
)

// Error is a mistake in a script, or a warning about one, at a place in what
// the user wrote. Line and Col count from 1; Col counts characters, not bytes,
// and a tab is one character.
type Error struct {
	File      string
	Line, Col int
	Msg       string
	Hint      string // the way out, or ""
	Err       error  // what caused it, if that was not the text itself; or nil
	Undefined string // in a warning: the name that nothing defines
}

// Error returns "file:line:col: msg" without the hint.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
}

// Unwrap returns the error of Options.StarNames, if that is what went wrong.
func (e *Error) Unwrap() error { return e.Err }

// Render returns the message for a person: Error's line, then the line of src
// with a caret under the column, then the hint. src is the text that was
// parsed. The result has no newline at its end.
func (e *Error) Render(src string) string {
	var b strings.Builder
	b.WriteString(e.Error())
	if line, ok := sourceLine(src, e.Line); ok {
		fmt.Fprintf(&b, "\n    %s\n    %s^", line, caretPad(line, e.Col))
	}
	if e.Hint != "" {
		b.WriteString("\nhint: " + e.Hint)
	}
	return b.String()
}

// sourceLine returns line n of src without its line ending.
func sourceLine(src string, n int) (string, bool) {
	i := 1
	for line := range strings.Lines(src) {
		if i == n {
			return strings.TrimRight(line, "\r\n"), true
		}
		i++
	}
	return "", false
}

// caretPad returns what stands before the caret: a tab for each tab of line,
// so that the caret is under its character however wide the terminal's tabs
// are, and a blank for each other character.
func caretPad(line string, col int) string {
	var b strings.Builder
	for _, r := range line {
		if col--; col < 1 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// errorAt returns an Error at pos.
func errorAt(pos syntax.Position, msg, hint string) *Error {
	return &Error{File: pos.Filename(), Line: int(pos.Line), Col: int(pos.Col), Msg: msg, Hint: hint}
}
