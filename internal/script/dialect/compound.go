package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// compound returns the parser of the statement with blocks that begins with
// t, or nil.
func compound(t token) func(*parser) syntax.Stmt {
	if t.kind != tokKeyword && t.kind != tokOp {
		return nil
	}
	switch t.text {
	case "if":
		return (*parser).ifStmt
	case "for":
		return (*parser).forStmt
	case "while":
		return (*parser).whileStmt
	case "def":
		return (*parser).defStmt
	case "class":
		return (*parser).classStmt
	case "@":
		return (*parser).decorated
	case "try":
		return (*parser).tryStmt
	}
	return nil
}

// The statements below are not Starlark's. They exist between parsing and
// lowering; the embedded statement only makes them statements.

// defStmt is a function and its decorators.
type defStmt struct {
	*syntax.DefStmt
	decorators []syntax.Expr
	scope      *scope
}

// classStmt is a class.
type classStmt struct {
	*syntax.BranchStmt // where "class" stands
	name               *syntax.Ident
	bases              []syntax.Expr
	decorators         []syntax.Expr
	scope              *scope
	body               []syntax.Stmt
}

// loopStmt is a for or while with an else block, which runs unless the loop
// is left by break.
type loopStmt struct {
	syntax.Stmt
	orElse []syntax.Stmt
}

// tryStmt is a try with its clauses.
type tryStmt struct {
	*syntax.BranchStmt // where "try" stands
	body               []syntax.Stmt
	handlers           []handler
	orElse, final      []syntax.Stmt // nil if absent
}

// handler is one except clause.
type handler struct {
	pos    syntax.Position
	types  syntax.Expr   // nil: all exceptions
	target *syntax.Ident // nil: not named
	body   []syntax.Stmt
}

// block parses the colon and the block after the head of a statement.
func (p *parser) block(what string, head syntax.Position) []syntax.Stmt {
	p.expect(":")
	if p.peek().kind != tokNewline {
		if t := p.peek(); compound(t) != nil {
			p.fail(t.pos, fmt.Sprintf("'%s' on the same line as '%s'", t.text, what), "put it on a line of its own")
		}
		return p.line(nil)
	}
	p.take()
	if t := p.peek(); t.kind != tokIndent {
		p.fail(t.pos, fmt.Sprintf("expected an indented block after '%s' on line %d", what, head.Line), "write pass for an empty block")
		return []syntax.Stmt{pass(head)}
	}
	p.take()
	var body []syntax.Stmt
	for k := p.peek().kind; k != tokDedent && k != tokEOF; k = p.peek().kind {
		body = p.stmt(body)
	}
	if p.peek().kind == tokDedent {
		p.take()
	}
	if len(body) == 0 {
		body = append(body, pass(head))
	}
	return body
}

// ifStmt parses if and its elifs, each of which is the else of the one before.
func (p *parser) ifStmt() syntax.Stmt {
	t := p.take()
	first := &syntax.IfStmt{If: t.pos, Cond: p.test()}
	first.True = p.block("if", t.pos)
	last := first
	for n := 1; p.peek().is("elif"); n++ {
		t := p.take()
		next := &syntax.IfStmt{If: t.pos, Cond: p.test()}
		next.True = p.block("elif", t.pos)
		last.ElsePos, last.False = t.pos, []syntax.Stmt{next}
		last = next
		p.chain(n, "the if statement")
	}
	if t := p.peek(); t.is("else") {
		p.take()
		if p.peek().is("if") {
			p.fail(p.peek().pos, "'else if' is not available", "write elif")
		}
		last.ElsePos, last.False = t.pos, p.block("else", t.pos)
	}
	return first
}

func (p *parser) forStmt() syntax.Stmt {
	t := p.take()
	vars := p.loopVars()
	p.target(vars)
	p.expect("in")
	f := &syntax.ForStmt{For: t.pos, Vars: vars, X: p.exprList()}
	f.Body = p.loopBody("for", t.pos)
	return p.loopElse(f)
}

func (p *parser) whileStmt() syntax.Stmt {
	t := p.take()
	w := &syntax.WhileStmt{While: t.pos, Cond: p.test()}
	w.Body = p.loopBody("while", t.pos)
	return p.loopElse(w)
}

func (p *parser) loopBody(what string, head syntax.Position) []syntax.Stmt {
	p.scope.loops++
	defer func(s *scope) { s.loops-- }(p.scope)
	return p.block(what, head)
}

// loopElse parses the else block of a loop, if there is one.
func (p *parser) loopElse(loop syntax.Stmt) syntax.Stmt {
	t := p.peek()
	if !p.accept("else") {
		return loop
	}
	return &loopStmt{loop, p.block("else", t.pos)}
}

// decorated parses decorators and what they decorate.
func (p *parser) decorated() syntax.Stmt {
	var decorators []syntax.Expr
	for p.peek().is("@") {
		p.take()
		decorators = append(decorators, p.test())
		if p.peek().kind != tokNewline {
			p.unexpected()
		}
		p.take()
		p.chain(len(decorators), "the list of decorators")
	}
	var stmt syntax.Stmt
	switch t := p.peek(); {
	case t.is("def"):
		d := p.defStmt().(*defStmt)
		d.decorators = decorators
		stmt = d
	case t.is("class"):
		c := p.classStmt().(*classStmt)
		c.decorators = decorators
		stmt = c
	default:
		p.fail(t.pos, "a decorator must be followed by def or class", "")
		stmt = pass(t.pos)
	}
	return stmt
}

func (p *parser) defStmt() syntax.Stmt {
	t := p.take()
	name := p.expectName("a function name")
	p.bind(name)
	d := &defStmt{DefStmt: &syntax.DefStmt{Def: t.pos, Name: name}}
	d.Lparen = p.expect("(")
	d.Params = p.params(")", true)
	d.Rparen = p.expect(")")
	if p.accept("->") {
		p.test()
	}
	d.scope = newScope(functionScope, p.scope, p.scope.qualify(name.Name))
	d.scope.params = paramIdents(d.Params)
	for _, id := range d.scope.params {
		d.scope.bind(id.Name)
	}
	d.Body = p.scoped(d.scope, "def", t.pos)
	return d
}

// scoped parses a block that is a scope of its own.
func (p *parser) scoped(s *scope, what string, head syntax.Position) []syntax.Stmt {
	p.scope = s
	defer func() { p.scope = s.parent }()
	return p.block(what, head)
}

func (p *parser) classStmt() syntax.Stmt {
	t := p.take()
	name := p.expectName("a class name")
	p.bind(name)
	c := &classStmt{BranchStmt: &syntax.BranchStmt{Token: syntax.PASS, TokenPos: t.pos}, name: name}
	if p.accept("(") {
		for p.err == nil && !p.peek().is(")") {
			if k := p.peek(); k.kind == tokName && p.after().is("=") || k.is("*") || k.is("**") {
				p.fail(k.pos, "only base classes may stand here", "metaclasses are not available in scripts")
			}
			c.bases = append(c.bases, p.test())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	}
	c.scope = newScope(classScope, p.scope, p.scope.qualify(name.Name))
	c.body = p.scoped(c.scope, "class", t.pos)
	return c
}

// tryStmt parses try with its except, else and finally clauses. Names that
// they assign are shared, as the blocks become functions.
func (p *parser) tryStmt() syntax.Stmt {
	t := p.take()
	s := &tryStmt{BranchStmt: &syntax.BranchStmt{Token: syntax.PASS, TokenPos: t.pos}}
	p.scope.trying++
	defer func(s *scope) { s.trying-- }(p.scope)
	s.body = p.block("try", t.pos)
	for p.peek().is("except") {
		if n := len(s.handlers); n > 0 && s.handlers[n-1].types == nil {
			p.fail(s.handlers[n-1].pos, "an 'except' for all exceptions must be the last one", "")
		}
		s.handlers = append(s.handlers, p.except())
		p.chain(len(s.handlers), "the try statement")
	}
	if e := p.peek(); e.is("else") && len(s.handlers) > 0 {
		p.take()
		s.orElse = p.block("else", e.pos)
	}
	if e := p.peek(); e.is("finally") {
		p.take()
		s.final = p.block("finally", e.pos)
	}
	if s.handlers == nil && s.final == nil {
		p.fail(p.peek().pos, fmt.Sprintf("expected 'except' or 'finally' for the 'try' on line %d, got %s", t.pos.Line, p.peek()), "")
	}
	return s
}

// except parses one except clause: except:, except T:, except T as e: and
// Python 2's except T, e:.
func (p *parser) except() handler {
	h := handler{pos: p.take().pos}
	if !p.peek().is(":") {
		h.types = p.test()
		if p.accept("as") || p.accept(",") {
			h.target = p.expectName("a name for the exception")
			p.bind(h.target)
		}
		if c := p.peek(); c.is(",") {
			p.fail(c.pos, "several exceptions need brackets", "except (A, B) as e:")
		}
	}
	p.handlers++
	defer func() { p.handlers-- }()
	h.body = p.block("except", h.pos)
	return h
}
