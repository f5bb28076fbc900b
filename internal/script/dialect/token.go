package dialect

import (
	"unicode"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// kind is the kind of a token.
type kind uint8

const (
	tokEOF     kind = iota
	tokNewline      // end of a logical line
	tokIndent
	tokDedent
	tokName
	tokKeyword
	tokNumber
	tokString // with prefix and quotes
	tokOp
)

// token is one word of the source. Indents and dedents have no text.
type token struct {
	kind kind
	text string
	off  int // byte offset in the source
	pos  syntax.Position
}

// String describes the token for error messages.
func (t token) String() string {
	switch t.kind {
	case tokEOF:
		return "end of script"
	case tokNewline:
		return "end of line"
	case tokIndent:
		return "indentation"
	case tokDedent:
		return "end of block"
	case tokString:
		return "string"
	}
	return "'" + t.text + "'"
}

// is reports whether the token is the operator or keyword text.
func (t token) is(text string) bool {
	return (t.kind == tokOp || t.kind == tokKeyword) && t.text == text
}

// keywords cannot be names. True, False and None are names that cannot be
// assigned; print, exec, async, await and nonlocal are names too, since
// Python 2 programs use some of them so.
var keywords = set(
	"and", "as", "assert", "break", "class", "continue", "def", "del", "elif", "else", "except",
	"finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "not", "or",
	"pass", "raise", "return", "try", "while", "with", "yield",
)

// operators are tried in this order, so a longer one stands before its beginning.
var operators = []string{
	"**=", "//=", "<<=", ">>=", "...",
	"==", "!=", "<>", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "**", "//", "<<", ">>",
	"+", "-", "*", "/", "%", "&", "|", "^", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "@",
}

// set returns a set of words.
func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

func isNameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }
func isNamePart(r rune) bool  { return isNameStart(r) || unicode.IsDigit(r) }
func isDigit(b byte) bool     { return '0' <= b && b <= '9' }

// cursor is a place in a source that knows its line and column.
type cursor struct {
	file *string
	src  string
	off  int
	line int32
	col  int32
}

// advance moves the cursor over n bytes.
func (c *cursor) advance(n int) {
	for _, r := range c.src[c.off : c.off+n] {
		if r == '\n' {
			c.line++
			c.col = 1
		} else {
			c.col++
		}
	}
	c.off += n
}

// rest returns what the cursor has not passed yet.
func (c *cursor) rest() string { return c.src[c.off:] }

// byteAt returns the byte n bytes ahead, or 0 behind the end.
func (c *cursor) byteAt(n int) byte {
	if c.off+n >= len(c.src) {
		return 0
	}
	return c.src[c.off+n]
}

// rune returns the character at the cursor.
func (c *cursor) rune() rune {
	r, _ := utf8.DecodeRuneInString(c.rest())
	return r
}

// pos returns the cursor as a position of Starlark's.
func (c *cursor) pos() syntax.Position { return syntax.MakePosition(c.file, c.line, c.col) }
