package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// augmented has the assignments with an operator. **= is not among them, as
// Starlark has no operator for it.
var augmented = map[string]syntax.Token{
	"+=": syntax.PLUS_EQ, "-=": syntax.MINUS_EQ, "*=": syntax.STAR_EQ, "/=": syntax.SLASH_EQ,
	"//=": syntax.SLASHSLASH_EQ, "%=": syntax.PERCENT_EQ, "&=": syntax.AMP_EQ, "|=": syntax.PIPE_EQ,
	"^=": syntax.CIRCUMFLEX_EQ, "<<=": syntax.LTLT_EQ, ">>=": syntax.GTGT_EQ,
}

// exprStmt parses an assignment or an expression for its effect.
func (p *parser) exprStmt() syntax.Stmt {
	start := p.peek()
	x := p.exprList()
	t := p.peek()
	switch {
	case t.is("="):
		return p.assignment(x)
	case t.kind == tokOp && (augmented[t.text] != 0 || t.text == "**="):
		return p.augment(x)
	case t.is(":") && start.kind == tokName && p.isAnnotation(x):
		return p.annotated(x)
	}
	if p.err != nil {
		return pass(start.pos)
	}
	if load := p.load(x); load != nil {
		return load
	}
	if p.opt.Show && p.scope.kind == moduleScope {
		x = call(syntax.Start(x), helperShow, x)
	}
	return &syntax.ExprStmt{X: x}
}

// assignment parses x = y and x = y = z, which evaluates z once.
func (p *parser) assignment(x syntax.Expr) syntax.Stmt {
	targets := []syntax.Expr{x}
	eq := p.peek().pos
	var value syntax.Expr
	for p.accept("=") {
		value = p.exprList()
		targets = append(targets, value)
		p.chain(len(targets), "the assignment")
	}
	targets = targets[:len(targets)-1]
	for _, x := range targets {
		p.target(x)
	}
	if len(targets) == 1 {
		return assign(eq, x, value)
	}
	values := binary(tuple(eq, value), eq, syntax.STAR, intLit(eq, len(targets)))
	return assign(eq, tuple(eq, targets...), values)
}

// target checks that x can be assigned, and binds its names.
func (p *parser) target(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.Ident:
		p.bind(x)
	case *syntax.DotExpr, *syntax.IndexExpr:
	case *syntax.ParenExpr:
		p.target(x.X)
	case *syntax.TupleExpr:
		if len(x.List) == 0 {
			p.fail(syntax.Start(x), "cannot assign to ()", "")
		}
		for _, x := range x.List {
			p.target(x)
		}
	case *syntax.ListExpr:
		if len(x.List) == 0 {
			p.fail(syntax.Start(x), "cannot assign to []", "")
		}
		for _, x := range x.List {
			p.target(x)
		}
	case *syntax.SliceExpr:
		p.fail(x.Lbrack, "cannot assign to a slice", "build the whole list: x = x[:2] + new + x[5:]")
	default:
		p.fail(syntax.Start(x), "cannot assign to "+describe(x), "")
	}
}

// bind checks that id can be assigned, and binds it in the scope.
func (p *parser) bind(id *syntax.Ident) {
	p.checkName(id)
	p.scope.bind(id.Name)
}

// checkName refuses names that have one meaning for ever.
func (p *parser) checkName(id *syntax.Ident) {
	if constants[id.Name] {
		p.fail(id.NamePos, "cannot assign to "+id.Name, "choose another name")
	}
}

// constants are names that cannot be assigned.
var constants = set("True", "False", "None")

// augment parses x += y. x %= y and x **= y are written out, since % and **
// are calls of helpers.
func (p *parser) augment(x syntax.Expr) syntax.Stmt {
	t := p.take()
	y := p.exprList()
	switch x := unparen(x).(type) {
	case *syntax.Ident:
		p.bind(x)
	case *syntax.DotExpr, *syntax.IndexExpr:
	default:
		p.fail(syntax.Start(x), fmt.Sprintf("cannot use %s with %s", t.text, describe(x)), "")
	}
	helper := map[string]string{"%=": helperMod, "**=": helperPow}[t.text]
	if helper == "" {
		return &syntax.AssignStmt{OpPos: t.pos, Op: augmented[t.text], LHS: unparen(x), RHS: y}
	}
	again := repeat(unparen(x))
	if again == nil {
		p.fail(t.pos, fmt.Sprintf("%s is available for names and their attributes and elements only", t.text), "write it out: x = x "+t.text[:len(t.text)-1]+" y")
		return pass(t.pos)
	}
	return assign(t.pos, x, call(t.pos, helper, again, y))
}

// repeat returns a copy of a target that can be evaluated twice, or nil.
func repeat(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.Ident, *syntax.Literal:
		return clone(x)
	case *syntax.DotExpr:
		if y := repeat(x.X); y != nil {
			return dot(x.Dot, y, x.Name.Name)
		}
	case *syntax.IndexExpr:
		if y, i := repeat(x.X), repeat(x.Y); y != nil && i != nil {
			return &syntax.IndexExpr{X: y, Lbrack: x.Lbrack, Y: i, Rbrack: x.Rbrack}
		}
	}
	return nil
}

// isAnnotation reports whether x can have a type: x: int = 1.
func (p *parser) isAnnotation(x syntax.Expr) bool {
	switch x.(type) {
	case *syntax.Ident, *syntax.DotExpr, *syntax.IndexExpr:
		after := p.after()
		return after.kind != tokNewline && after.kind != tokEOF
	}
	return false
}

// annotated parses x: int = 1. The type is passed over.
func (p *parser) annotated(x syntax.Expr) syntax.Stmt {
	pos := p.take().pos
	p.test()
	if p.peek().is("=") {
		return p.assignment(x)
	}
	p.target(x)
	if id, ok := x.(*syntax.Ident); ok {
		p.scope.declare(id.Name)
	}
	return pass(pos)
}

// describe names the kind of expression for error messages.
func describe(x syntax.Expr) string {
	switch x := unparen(x).(type) {
	case *syntax.Ident:
		return x.Name
	case *syntax.Literal:
		return "a literal"
	case *syntax.CallExpr:
		if id, ok := x.Fn.(*syntax.Ident); ok && isHidden(id.Name) {
			return "an expression"
		}
		return "a call"
	case *syntax.DotExpr:
		return "an attribute"
	case *syntax.IndexExpr:
		return "an element"
	case *syntax.SliceExpr:
		return "a slice"
	case *syntax.TupleExpr:
		return "a tuple"
	case *syntax.ListExpr:
		return "a list"
	case *syntax.DictExpr:
		return "a dict"
	case *syntax.Comprehension:
		return "a comprehension"
	case *syntax.LambdaExpr:
		return "a lambda"
	}
	return "an expression"
}
