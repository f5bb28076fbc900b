package dialect

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// scanner splits a source into tokens.
type scanner struct {
	cursor
	toks    []token
	open    []token // brackets that are not closed yet
	indents []int   // widths of the blocks around the line; the first is that of the first line
	err     *Error
	more    bool // err is only that the source ends too early
}

// tabStop is how far apart tabs are, as in Python 2 (and in the documents
// that users copy from).
const tabStop = 8

// newScanner returns a scanner at the beginning of src.
func newScanner(file *string, src string) *scanner {
	s := &scanner{cursor: cursor{file: file, src: src, line: 1, col: 1}}
	if strings.HasPrefix(src, "\uFEFF") { // a byte order mark
		s.off = len("\uFEFF")
	}
	return s
}

// fail notes the first error.
func (s *scanner) fail(at cursor, msg, hint string) {
	if s.err == nil {
		s.err = errorAt(at.pos(), msg, hint)
	}
}

// all scans the source to its end.
func (s *scanner) all() {
	s.startLine()
	for s.err == nil && s.off < len(s.src) {
		s.token()
	}
	if s.err != nil {
		return
	}
	if len(s.open) > 0 {
		t := s.open[len(s.open)-1]
		s.err = errorAt(t.pos, fmt.Sprintf("'%s' was never closed", t.text), "")
		s.more = true
		return
	}
	s.endLine()
	for range max(len(s.indents)-1, 0) {
		s.emit(tokDedent, 0)
	}
	s.emit(tokEOF, 0)
}

// emit appends a token of n bytes and passes it.
func (s *scanner) emit(k kind, n int) {
	s.toks = append(s.toks, token{kind: k, text: s.src[s.off : s.off+n], off: s.off, pos: s.pos()})
	s.advance(n)
}

// endLine ends the logical line, if one has begun.
func (s *scanner) endLine() {
	if n := len(s.toks); n > 0 && s.toks[n-1].kind > tokDedent {
		s.emit(tokNewline, 0)
	}
}

// startLine passes blank and comment lines and the indentation of the next
// line, which opens or closes blocks.
func (s *scanner) startLine() {
	for s.off < len(s.src) {
		width, n := indentation(s.rest())
		s.advance(n)
		switch line, _, _ := strings.Cut(s.rest(), "\n"); {
		case strings.TrimSpace(line) == "" || line[0] == '#':
			s.advance(min(len(line)+1, len(s.rest())))
		default:
			s.indentTo(width)
			return
		}
	}
}

// indentation returns the width of the blanks that line begins with, and
// their number in bytes. A form feed starts again at the left margin.
func indentation(line string) (width, n int) {
	for ; n < len(line); n++ {
		switch line[n] {
		case ' ':
			width++
		case '\t':
			width += tabStop - width%tabStop
		case '\f':
			width = 0
		default:
			return width, n
		}
	}
	return width, n
}

// indentTo emits the indents and dedents that lead to a line of this width.
// The whole script may be indented: its first line is the left margin.
func (s *scanner) indentTo(width int) {
	if len(s.indents) == 0 {
		s.indents = append(s.indents, width)
	}
	if width > s.indents[len(s.indents)-1] {
		if len(s.indents) > maxIndent {
			s.fail(s.cursor, "too many levels of indentation", fmt.Sprintf("at most %d; move inner blocks to functions", maxIndent))
			return
		}
		s.indents = append(s.indents, width)
		s.emit(tokIndent, 0)
		return
	}
	if width < s.indents[0] {
		s.fail(s.cursor, "this line has less indentation than the first line of the script",
			"when pasting, take the first line with the blanks before it")
		return
	}
	for width < s.indents[len(s.indents)-1] {
		s.indents = s.indents[:len(s.indents)-1]
		s.emit(tokDedent, 0)
	}
	if width != s.indents[len(s.indents)-1] {
		s.fail(s.cursor, "unindent does not match any outer indentation level",
			fmt.Sprintf("a tab goes to the next multiple of %d columns", tabStop))
	}
}

// token scans one token, or passes what is between tokens.
func (s *scanner) token() {
	switch b := s.byteAt(0); {
	case b == '\n':
		if len(s.open) > 0 {
			s.advance(1)
			return
		}
		s.endLine()
		s.advance(1)
		s.startLine()
	case strings.IndexByte(" \t\r\f", b) >= 0:
		s.advance(1)
	case b == '#':
		line, _, _ := strings.Cut(s.rest(), "\n")
		s.advance(len(line))
	case b == '\\':
		s.continuation()
	case isDigit(b) || b == '.' && isDigit(s.byteAt(1)):
		s.emit(tokNumber, numberLen(s.rest()))
	case b == '\'' || b == '"':
		s.string(0)
	case isNameStart(s.rune()):
		s.word()
	default:
		s.operator()
	}
}

// continuation passes a backslash at the end of a line.
func (s *scanner) continuation() {
	rest := strings.TrimPrefix(s.rest()[1:], "\r")
	switch {
	case rest == "" || rest == "\n":
		s.fail(s.cursor, "the script ends after a line continuation", "")
		s.more = true
	case rest[0] == '\n':
		s.advance(len(s.rest()) - len(rest) + 1)
	default:
		s.fail(s.cursor, "unexpected character after line continuation", "nothing may follow a backslash, not even a blank")
	}
}

// word scans a name, a keyword, or a string with a prefix.
func (s *scanner) word() {
	n := strings.IndexFunc(s.rest(), func(r rune) bool { return !isNamePart(r) })
	if n < 0 {
		n = len(s.rest())
	}
	word := s.rest()[:n]
	switch {
	case (s.byteAt(n) == '\'' || s.byteAt(n) == '"') && stringPrefixes[strings.ToLower(word)]:
		s.string(n)
	case keywords[word]:
		s.emit(tokKeyword, n)
	default:
		s.emit(tokName, n)
	}
}

// string scans a string literal whose quote is prefix bytes ahead.
func (s *scanner) string(prefix int) {
	body := s.rest()[prefix:]
	quote := body[:1]
	long := strings.HasPrefix(body, strings.Repeat(quote, 3))
	if long {
		quote = body[:3]
	}
	for i := len(quote); i < len(body); i++ {
		switch {
		case body[i] == '\\':
			i++
			if strings.HasPrefix(body[i:], "\r\n") {
				i++
			}
		case strings.HasPrefix(body[i:], quote):
			s.emit(tokString, prefix+i+len(quote))
			return
		case body[i] == '\n' && !long:
			s.fail(s.cursor, "string was never closed", "a string over several lines begins and ends with three quotes")
			return
		}
	}
	if long {
		s.fail(s.cursor, "triple-quoted string was never closed", "")
		s.more = true
		return
	}
	s.fail(s.cursor, "string was never closed", "")
}

// operator scans an operator or refuses the character.
func (s *scanner) operator() {
	for _, op := range operators {
		if !strings.HasPrefix(s.rest(), op) {
			continue
		}
		s.bracket(op)
		if s.err == nil {
			s.emit(tokOp, len(op))
		}
		return
	}
	r := s.rune()
	msg := fmt.Sprintf("unexpected character %q", r)
	hint := ""
	switch {
	case r == utf8.RuneError:
		msg = "the script is not UTF-8 text"
	case strings.ContainsRune("‘’“”", r):
		hint = "use straight quotes: ' or \""
	case r == '\u00a0':
		hint = "this is a non-breaking space, often copied from a web page; type a blank instead"
	case r == '`':
		hint = "use repr(x)"
	case r == '!':
		hint = "use not"
	}
	s.fail(s.cursor, msg, hint)
}

// bracket keeps s.open.
func (s *scanner) bracket(op string) {
	switch op {
	case "(", "[", "{":
		s.open = append(s.open, token{kind: tokOp, text: op, off: s.off, pos: s.pos()})
	case ")", "]", "}":
		if len(s.open) == 0 || s.open[len(s.open)-1].text == "" {
			s.fail(s.cursor, fmt.Sprintf("unmatched '%s'", op), "")
			return
		}
		last := s.open[len(s.open)-1]
		if closer[last.text] != op {
			s.fail(s.cursor, fmt.Sprintf("'%s' does not match '%s'", op, last.text),
				fmt.Sprintf("'%s' was opened at line %d, column %d", last.text, last.pos.Line, last.pos.Col))
			return
		}
		s.open = s.open[:len(s.open)-1]
	}
}

// closer has the bracket that closes each bracket.
var closer = map[string]string{"(": ")", "[": "]", "{": "}"}
