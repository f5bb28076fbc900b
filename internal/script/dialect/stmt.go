package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// script parses the whole script.
func (p *parser) script() []syntax.Stmt {
	var body []syntax.Stmt
	for p.peek().kind != tokEOF {
		body = p.stmt(body)
	}
	return body
}

// stmt parses the statements of one logical line, or one statement with its
// blocks, and appends them to out.
func (p *parser) stmt(out []syntax.Stmt) []syntax.Stmt {
	if parse := compound(p.peek()); parse != nil {
		return append(out, parse(p))
	}
	return p.line(out)
}

// line parses simple statements separated by semicolons.
func (p *parser) line(out []syntax.Stmt) []syntax.Stmt {
	for {
		out = p.simple(out)
		if !p.accept(";") {
			break
		}
		if p.peek().kind == tokNewline {
			break
		}
	}
	if t := p.peek(); t.kind == tokNewline {
		p.take()
	} else if t.kind != tokEOF {
		p.refuse(p.toks[max(p.next-1, 0)])
		p.unexpected()
	}
	return out
}

// simple parses one simple statement. It can be none in Starlark's tree, or
// several.
func (p *parser) simple(out []syntax.Stmt) []syntax.Stmt {
	t := p.peek()
	if t.kind == tokName {
		switch {
		case t.text == "print" && p.isPrintStmt():
			return append(out, p.print())
		case t.text == "nonlocal" && p.after().kind == tokName:
			return append(out, p.declare())
		}
		return append(out, p.exprStmt())
	}
	if t.kind != tokKeyword {
		return append(out, p.exprStmt())
	}
	switch t.text {
	case "pass":
		return append(out, pass(p.take().pos))
	case "break", "continue":
		return append(out, p.branch())
	case "return":
		return append(out, p.returnStmt())
	case "import":
		return p.importStmt(out)
	case "from":
		return append(out, p.fromStmt())
	case "raise":
		return append(out, p.raise())
	case "assert":
		return append(out, p.assert())
	case "del":
		return p.del(out)
	case "global":
		return append(out, p.declare())
	}
	return append(out, p.exprStmt())
}

// branch parses break and continue.
func (p *parser) branch() syntax.Stmt {
	t := p.take()
	if p.scope.loops == 0 {
		p.fail(t.pos, fmt.Sprintf("'%s' outside a loop", t.text), "")
	}
	op := syntax.BREAK
	if t.text == "continue" {
		op = syntax.CONTINUE
	}
	return &syntax.BranchStmt{Token: op, TokenPos: t.pos}
}

func (p *parser) returnStmt() syntax.Stmt {
	t := p.take()
	if p.scope.kind != functionScope {
		p.fail(t.pos, "'return' outside a function", "")
	}
	r := &syntax.ReturnStmt{Return: t.pos}
	if !p.endsList() {
		r.Result = p.exprList()
	}
	return r
}

// raise parses raise, raise e, raise e from cause, and Python 2's raise E, "text".
func (p *parser) raise() syntax.Stmt {
	t := p.take()
	if k := p.peek(); k.kind == tokNewline || k.is(";") || k.kind == tokEOF {
		if p.handlers == 0 {
			p.fail(t.pos, "'raise' without an exception outside 'except'", "say what to raise: raise ValueError(\"text\")")
		}
		return &syntax.ExprStmt{X: call(t.pos, helperRaise, ident(t.pos, errorVar))}
	}
	args := []syntax.Expr{p.test()}
	if p.accept(",") {
		args = append(args, p.test())
		if c := p.peek(); c.is(",") {
			p.fail(c.pos, "raise with a traceback is not available in scripts", "leave the third part out")
		}
	} else if from := p.peek(); p.accept("from") {
		args = append(args, named(from.pos, "cause", p.test()))
	}
	return &syntax.ExprStmt{X: call(t.pos, helperRaise, args...)}
}

// assert parses assert cond, message. The message is evaluated only if cond
// is false.
func (p *parser) assert() syntax.Stmt {
	t := p.take()
	cond := p.test()
	var args []syntax.Expr
	if p.accept(",") {
		args = append(args, p.test())
	}
	not := &syntax.UnaryExpr{OpPos: t.pos, Op: syntax.NOT, X: cond}
	return ifThen(t.pos, not, &syntax.ExprStmt{X: call(t.pos, helperAssert, args...)})
}

// del parses del x[k], y[l].
func (p *parser) del(out []syntax.Stmt) []syntax.Stmt {
	t := p.take()
	targets := []syntax.Expr{p.exprList()}
	if tup, ok := unparen(targets[0]).(*syntax.TupleExpr); ok {
		targets = tup.List
	}
	if len(targets) == 0 { // del () deletes nothing; the block must not be empty
		return append(out, pass(t.pos))
	}
	for _, x := range targets {
		switch x := unparen(x).(type) {
		case *syntax.IndexExpr:
			out = append(out, &syntax.ExprStmt{X: call(x.Lbrack, helperDel, x.X, x.Y)})
		case *syntax.DotExpr:
			p.fail(t.pos, "an attribute cannot be deleted with del", "use entity.del_attrs(key=...), or assign None")
		case *syntax.SliceExpr:
			p.fail(t.pos, "a slice cannot be deleted", "assign what shall stay: x = x[:2] + x[5:]")
		default:
			p.fail(t.pos, describe(x)+" cannot be deleted", "del x[key] is available; for a name assign None")
		}
	}
	return out
}

// declare parses global and nonlocal.
func (p *parser) declare() syntax.Stmt {
	t := p.take()
	if p.scope.kind != functionScope && t.text == "nonlocal" {
		p.fail(t.pos, "'nonlocal' outside a function", "")
		return pass(t.pos)
	}
	for {
		id := p.expectName("a name")
		p.checkName(id)
		if p.scope.names[id.Name] != nil && p.scope.kind != moduleScope {
			p.fail(id.NamePos, id.Name+" is assigned before its '"+t.text+"' declaration", "declare it first in the function")
		}
		switch {
		case p.scope.kind == moduleScope:
		case t.text == "global":
			p.scope.global = with(p.scope.global, id.Name)
			p.scope.module().bind(id.Name)
		default:
			p.scope.outer = with(p.scope.outer, id.Name)
			p.nonlocal = append(p.nonlocal, nonlocal{p.scope, id})
		}
		if !p.accept(",") {
			return pass(t.pos)
		}
	}
}

// with returns the set with name in it.
func with(set map[string]bool, name string) map[string]bool {
	if set == nil {
		set = map[string]bool{}
	}
	set[name] = true
	return set
}
