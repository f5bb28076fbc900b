package dialect

import (
	"go.starlark.net/syntax"
)

// lowerer turns the parsed script into Starlark's statements and resolves
// its names.
type lowerer struct {
	opt    Options
	module *scope
	known  map[string]bool
	late   []undefined
	seen   map[string]bool // names in late
}

// place is where a statement stands.
type place struct {
	scope *scope
	// lifted is not nil in a block that has become a function of its own. It
	// collects the jumps that leave the block.
	lifted *jumps
	inLoop bool   // in a loop that is inside the lifted block
	broken string // the variable to set before break, or ""
}

// block lowers the statements of a block. The result is not empty if in is not.
func (l *lowerer) block(in []syntax.Stmt, at place) []syntax.Stmt {
	var out []syntax.Stmt
	for _, s := range in {
		out = l.stmt(out, s, at)
	}
	return out
}

// stmt lowers one statement and appends the result to out.
func (l *lowerer) stmt(out []syntax.Stmt, s syntax.Stmt, at place) []syntax.Stmt {
	switch s := s.(type) {
	case *defStmt:
		return l.def(out, s, at)
	case *classStmt:
		return l.class(out, s, at)
	case *tryStmt:
		return l.try(out, s, at)
	case *loopStmt:
		return l.loopElse(out, s, at)
	case *syntax.ReturnStmt:
		return append(out, l.returnStmt(s, at))
	case *syntax.BranchStmt:
		return l.branch(out, s, at)
	case *syntax.IfStmt:
		s.Cond = l.expr(s.Cond, at.scope)
		s.True = l.block(s.True, at)
		s.False = l.block(s.False, at)
	case *syntax.ForStmt:
		at.broken = ""
		l.loop(s, at)
	case *syntax.WhileStmt:
		at.broken = ""
		l.loop(s, at)
	case *syntax.AssignStmt:
		s.RHS = l.expr(s.RHS, at.scope)
		s.LHS = l.expr(s.LHS, at.scope)
	case *syntax.ExprStmt:
		s.X = l.expr(s.X, at.scope)
	}
	return append(out, s)
}

// loop lowers a for or while statement.
func (l *lowerer) loop(s syntax.Stmt, at place) {
	at.inLoop = true
	switch s := s.(type) {
	case *syntax.ForStmt:
		s.X = l.expr(s.X, at.scope)
		s.Vars = l.expr(s.Vars, at.scope)
		s.Body = l.block(s.Body, at)
	case *syntax.WhileStmt:
		s.Cond = l.expr(s.Cond, at.scope)
		s.Body = l.block(s.Body, at)
	}
}

// loopElse lowers a loop with an else block:
//
//	broken = False
//	for ...: ... broken = True; break ...
//	if not broken: orElse
func (l *lowerer) loopElse(out []syntax.Stmt, s *loopStmt, at place) []syntax.Stmt {
	pos := syntax.Start(s.Stmt)
	inner := at
	inner.broken = brokenVar(pos)
	out = append(out, assign(pos, ident(pos, inner.broken), ident(pos, "False")))
	l.loop(s.Stmt, inner)
	not := &syntax.UnaryExpr{OpPos: pos, Op: syntax.NOT, X: ident(pos, inner.broken)}
	return append(out, s.Stmt, ifThen(pos, not, l.block(s.orElse, at)...))
}

// def lowers a function. A shared name is assigned after the definition,
// with the decorators applied:
//
//	def Title(...): ...
//	namespace.name = decorator(Title)
func (l *lowerer) def(out []syntax.Stmt, d *defStmt, at place) []syntax.Stmt {
	for i, param := range d.Params {
		if b, ok := param.(*syntax.BinaryExpr); ok {
			b.Y = l.expr(b.Y, at.scope)
			d.Params[i] = b
		}
	}
	body := l.block(d.Body, place{scope: d.scope})
	d.DefStmt.Body = append(l.prologue(d, body), body[docLen(body):]...)
	target := l.name(ident(d.Name.NamePos, d.Name.Name), at.scope)
	d.DefStmt.Name = ident(d.Name.NamePos, d.scope.title)
	out = append(out, d.DefStmt)
	value := syntax.Expr(ident(d.Name.NamePos, d.scope.title))
	if id, ok := target.(*syntax.Ident); ok && id.Name == d.scope.title && d.decorators == nil {
		return out
	}
	return append(out, assign(d.Name.NamePos, target, l.decorate(value, d.decorators, at)))
}

// prologue returns the documentation of a function, if it has one, and the
// statements that make its namespace, if it needs one.
func (l *lowerer) prologue(d *defStmt, body []syntax.Stmt) []syntax.Stmt {
	out := append([]syntax.Stmt(nil), body[:docLen(body)]...)
	if !d.scope.shares() {
		return out
	}
	space := d.scope.namespace()
	out = append(out, assign(d.Def, ident(d.Def, space), call(d.Def, helperScope)))
	for _, id := range d.scope.params {
		if n := d.scope.names[id.Name]; n.shared {
			out = append(out, assign(id.NamePos, dot(id.NamePos, ident(id.NamePos, space), id.Name), ident(id.NamePos, id.Name)))
		}
	}
	return out
}

// docLen returns 1 if body begins with a documentation string, else 0.
func docLen(body []syntax.Stmt) int {
	if len(body) > 0 {
		if e, ok := body[0].(*syntax.ExprStmt); ok {
			if _, ok := text(e.X); ok {
				return 1
			}
		}
	}
	return 0
}

// decorate applies decorators to x, the last one first.
func (l *lowerer) decorate(x syntax.Expr, decorators []syntax.Expr, at place) syntax.Expr {
	for i := len(decorators) - 1; i >= 0; i-- {
		pos := syntax.Start(decorators[i])
		x = &syntax.CallExpr{Fn: l.expr(decorators[i], at.scope), Lparen: pos, Args: []syntax.Expr{x}, Rparen: pos}
	}
	return x
}

// class lowers a class: its body becomes a function that fills and returns a
// namespace.
//
//	def Title(): members = @scope(@globals); ...; return members
//	Name = @class("Name", (Base,), Title(), "documentation")
func (l *lowerer) class(out []syntax.Stmt, c *classStmt, at place) []syntax.Stmt {
	pos := c.name.NamePos
	doc := syntax.Expr(ident(pos, "None"))
	if n := docLen(c.body); n > 0 {
		doc = c.body[0].(*syntax.ExprStmt).X
		c.body = c.body[n:]
	}
	space := c.scope.namespace()
	body := []syntax.Stmt{assign(c.TokenPos, ident(pos, space), call(pos, helperScope, ident(pos, helperGlobals)))}
	body = append(body, l.block(c.body, place{scope: c.scope})...)
	body = append(body, &syntax.ReturnStmt{Return: pos, Result: ident(pos, space)})
	out = append(out, def(c.TokenPos, c.scope.title, nil, body))

	bases := tuple(pos)
	for _, b := range c.bases {
		bases.List = append(bases.List, l.expr(b, at.scope))
	}
	value := syntax.Expr(call(pos, helperClass, stringLit(pos, c.name.Name), bases, call(pos, c.scope.title), doc))
	return append(out, assign(pos, l.name(ident(pos, c.name.Name), at.scope), l.decorate(value, c.decorators, at)))
}
