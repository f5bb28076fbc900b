package dialect

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// strings parses string literals that stand next to each other, which are one.
func (p *parser) strings() syntax.Expr {
	first := p.peek()
	var parts []syntax.Expr // literals, and calls that format values
	plain := true
	bytes := -1 // the kind of the first literal: 1 is bytes
	for p.peek().kind == tokString {
		t := p.take()
		prefix, body, start := splitString(t.text)
		isBytes := strings.Contains(prefix, "b")
		if b := btoi(isBytes); bytes >= 0 && bytes != b {
			p.fail(t.pos, "bytes and string literals next to each other", "give both the prefix b, or none")
			return p.bad()
		} else {
			bytes = b
		}
		if strings.Contains(prefix, "f") {
			plain = false
			parts = append(parts, p.formatted(t, prefix, body, start)...)
			continue
		}
		parts = append(parts, p.literal(t, t.text[start:start+len(body)], start, strings.Contains(prefix, "r"), isBytes))
	}
	parts = joinLiterals(parts)
	if plain {
		lit := parts[0].(*syntax.Literal)
		last := p.toks[max(p.next-1, 0)]
		if end := last.off + len(last.text); end > first.off && last.kind == tokString {
			lit.Raw = p.src[first.off:end]
		}
		return lit
	}
	list := &syntax.ListExpr{Lbrack: first.pos, List: parts, Rbrack: first.pos}
	join := dot(first.pos, stringLit(first.pos, ""), "join")
	return &syntax.CallExpr{Fn: join, Lparen: first.pos, Args: []syntax.Expr{list}, Rparen: first.pos}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// literal returns a literal with the decoded value of body, which begins
// start bytes behind the beginning of the token.
func (p *parser) literal(t token, body string, start int, raw, bytes bool) *syntax.Literal {
	value, msg, off := unquote(body, raw, bytes)
	if msg != "" {
		at := p.cursorAt(t)
		at.advance(start + off)
		p.fail(at.pos(), msg, "")
	}
	lit := &syntax.Literal{Token: syntax.STRING, TokenPos: t.pos, Raw: t.text, Value: value}
	if bytes {
		lit.Token = syntax.BYTES
	}
	return lit
}

// cursorAt returns a cursor at the beginning of a token.
func (p *parser) cursorAt(t token) cursor {
	return cursor{file: p.file, src: p.src, off: t.off, line: t.pos.Line, col: t.pos.Col}
}

// joinLiterals joins literals that stand next to each other. The result is
// not empty.
func joinLiterals(parts []syntax.Expr) []syntax.Expr {
	var out []syntax.Expr
	for _, x := range parts {
		lit, ok := x.(*syntax.Literal)
		if ok && len(out) > 0 {
			if last, ok := out[len(out)-1].(*syntax.Literal); ok {
				last.Value = last.Value.(string) + lit.Value.(string)
				continue
			}
		}
		out = append(out, x)
	}
	return out
}

// formatted parses an f-string into its texts and its values, which become
// calls of @format.
func (p *parser) formatted(t token, prefix, body string, start int) []syntax.Expr {
	f := fstring{p: p, tok: t, raw: strings.Contains(prefix, "r"), cursor: p.cursorAt(t)}
	f.src = p.src[:t.off+start+len(body)]
	f.advance(start)
	return f.parts(false)
}

// fstring parses one f-string. Its source ends before the closing quote.
type fstring struct {
	cursor
	p   *parser
	tok token
	raw bool
}

// parts parses to the end of the f-string or, in a format specification, to
// the brace that closes the value.
func (f *fstring) parts(spec bool) []syntax.Expr {
	parts := []syntax.Expr{stringLit(f.pos(), "")}
	from := f.cursor
	text := func() {
		lit := f.p.literal(token{off: from.off, pos: from.pos()}, f.src[from.off:f.off], 0, f.raw, false)
		parts = append(parts, lit)
	}
	for f.off < len(f.src) && f.p.err == nil {
		switch b := f.byteAt(0); {
		case b == '\\' && !f.raw:
			f.advance(1)
			_, n, _ := escape(f.rest()+" ", false)
			f.advance(min(max(n, 0), len(f.rest())))
		case !spec && (b == '{' || b == '}') && f.byteAt(1) == b:
			f.advance(1)
			text()
			f.advance(1)
			from = f.cursor
		case b == '{':
			text()
			parts = append(parts, f.value()...)
			from = f.cursor
		case b == '}' && spec:
			text()
			return joinLiterals(parts)
		case b == '}':
			f.fail("single '}' in an f-string", "write }} for the character")
		default:
			_, n := utf8.DecodeRuneInString(f.rest())
			f.advance(n)
		}
	}
	text()
	return joinLiterals(parts)
}

func (f *fstring) fail(msg, hint string) { f.p.fail(f.pos(), msg, hint) }

// value parses {x}, {x!r}, {x:spec} and {x=}.
func (f *fstring) value() []syntax.Expr {
	if !f.p.enter() {
		return nil
	}
	defer f.p.leave()
	open := f.cursor
	f.advance(1)
	x := f.expr()
	args := []syntax.Expr{x, stringLit(open.pos(), ""), stringLit(open.pos(), "")}
	var out []syntax.Expr
	if f.byteAt(0) == '=' {
		f.advance(1)
		for f.byteAt(0) == ' ' {
			f.advance(1)
		}
		out = append(out, stringLit(open.pos(), f.src[open.off+1:f.off]))
		if f.byteAt(0) == '}' {
			args[2] = stringLit(open.pos(), "r")
		}
	}
	if f.byteAt(0) == '!' {
		c := f.byteAt(1)
		if c != 'r' && c != 's' && c != 'a' {
			f.fail("a conversion is !r, !s or !a", "")
			return nil
		}
		args[2] = stringLit(open.pos(), string(c))
		f.advance(2)
	}
	if f.byteAt(0) == ':' {
		f.advance(1)
		spec := f.parts(true)
		args[1] = spec[0]
		if len(spec) > 1 || !isSimple(spec[0]) {
			list := &syntax.ListExpr{Lbrack: open.pos(), List: spec, Rbrack: open.pos()}
			args[1] = &syntax.CallExpr{Fn: dot(open.pos(), stringLit(open.pos(), ""), "join"), Lparen: open.pos(), Args: []syntax.Expr{list}, Rparen: open.pos()}
		}
	}
	if f.byteAt(0) != '}' {
		f.p.fail(open.pos(), "'{' is not closed in the f-string", "write {{ for the character")
		return nil
	}
	f.advance(1)
	return append(out, call(open.pos(), helperFormat, args...))
}

// expr parses the expression that begins at the cursor, which it leaves
// before the character that ends it.
func (f *fstring) expr() syntax.Expr {
	s := &scanner{cursor: f.cursor}
	s.open = []token{{}} // the brace before the expression: no newline ends it
	for s.err == nil && s.off < len(s.src) && !(len(s.open) == 1 && endsValue(s.rest())) {
		s.token()
	}
	if s.err != nil {
		f.p.fail(syntax.MakePosition(s.file, int32(s.err.Line), int32(s.err.Col)), s.err.Msg, s.err.Hint)
		return f.p.bad()
	}
	f.cursor = s.cursor
	s.emit(tokEOF, 0)
	if len(s.toks) == 1 {
		f.fail("empty expression in an f-string", "")
		return f.p.bad()
	}
	toks, next := f.p.toks, f.p.next
	f.p.toks, f.p.next = s.toks, 0
	x := f.p.exprList()
	if f.p.err == nil && f.p.peek().kind != tokEOF {
		f.p.unexpected()
	}
	f.p.toks, f.p.next = toks, next
	if f.p.err != nil {
		f.p.next = len(toks) - 1
	}
	return x
}

// endsValue reports whether rest begins with what ends an expression in an
// f-string.
func endsValue(rest string) bool {
	switch rest[0] {
	case '}', ':':
		return true
	case '!', '=':
		return len(rest) < 2 || rest[1] != '='
	}
	return false
}
