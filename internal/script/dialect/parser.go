package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// The limits keep the tree so shallow that no walk over it (ours, Starlark's
// resolver or its compiler) can overflow the stack, which Go cannot recover.
const (
	maxSource = 1 << 20 // bytes of a script
	maxIndent = 50      // blocks inside each other
	maxDepth  = 100     // expressions inside each other
	maxChain  = 500     // operators, calls, elifs in a row: each makes the tree one deeper
)

// parser builds Starlark's syntax tree from tokens. It fails by noting the
// first error and going to the end of the tokens, so that every loop ends.
//
// Names are left as they are written; the scopes say what they will mean.
type parser struct {
	opt   Options
	file  *string
	src   string
	toks  []token // ends in tokEOF
	next  int     // index of the token that is read next
	err   *Error
	depth int // expressions that are being parsed
	scope *scope
	// handlers is the number of except clauses around.
	handlers int
	temps    int // hidden names made so far
	nonlocal []nonlocal
}

// peek returns the next token.
func (p *parser) peek() token { return p.toks[p.next] }

// after returns the token after the next one.
func (p *parser) after() token { return p.toks[min(p.next+1, len(p.toks)-1)] }

// take passes the next token and returns it.
func (p *parser) take() token {
	t := p.toks[p.next]
	if t.kind != tokEOF {
		p.next++
	}
	return t
}

// accept passes the next token if it is the operator or keyword text.
func (p *parser) accept(text string) bool {
	if p.peek().is(text) {
		p.take()
		return true
	}
	return false
}

// expect passes the operator or keyword text and returns where it stands.
func (p *parser) expect(text string) syntax.Position {
	t := p.peek()
	if !t.is(text) {
		hint := ""
		if t.is("=") {
			hint = "use == to compare"
		}
		p.fail(t.pos, fmt.Sprintf("expected '%s', got %s", text, t), hint)
		return t.pos
	}
	return p.take().pos
}

// expectName passes a name.
func (p *parser) expectName(what string) *syntax.Ident {
	t := p.peek()
	if t.kind != tokName {
		p.fail(t.pos, fmt.Sprintf("expected %s, got %s", what, t), "")
		return ident(t.pos, "_")
	}
	p.take()
	return ident(t.pos, t.text)
}

// fail notes an error, unless there is one already, and stops the parser.
func (p *parser) fail(pos syntax.Position, msg, hint string) {
	if p.err == nil {
		p.err = errorAt(pos, msg, hint)
	}
	p.next = len(p.toks) - 1
}

// unexpected fails at the next token.
func (p *parser) unexpected() {
	t := p.peek()
	msg, hint := "unexpected "+t.String(), unexpectedHints[t.text]
	if t.kind == tokIndent {
		hint = "a line is indented only after a line that ends in a colon"
	}
	p.fail(t.pos, msg, hint)
}

// unexpectedHints are the ways out for tokens that are often out of place.
var unexpectedHints = map[string]string{
	":=":    "assign on a line of its own",
	"=":     "use == to compare",
	"yield": "scripts have no generators; build a list and return it",
	"@":     "scripts have no matrix multiplication",
}

// enter is called when a nested expression begins. The caller calls leave at
// its end if enter returned true.
func (p *parser) enter() bool {
	if p.depth++; p.depth <= maxDepth {
		return true
	}
	p.depth--
	p.fail(p.peek().pos, "expressions are nested too deeply", fmt.Sprintf("at most %d inside each other; use variables for the inner ones", maxDepth))
	return false
}

func (p *parser) leave() { p.depth-- }

// chain fails if a chain of n links is too long.
func (p *parser) chain(n int, what string) {
	if n > maxChain {
		p.fail(p.peek().pos, fmt.Sprintf("%s has more than %d parts", what, maxChain), "split it")
	}
}

// temp returns a new name that no script can contain.
func (p *parser) temp() string {
	p.temps++
	return fmt.Sprintf("<%d>", p.temps)
}

// bad returns an expression to go on with after an error.
func (p *parser) bad() syntax.Expr { return ident(p.peek().pos, "None") }
