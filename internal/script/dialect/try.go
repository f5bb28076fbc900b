package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// The blocks of a try statement become functions, which @try calls. Such a
// function returns how its block was left:
//
//	None       by its end
//	(value,)   by return value
//	True       by break
//	False      by continue
//
// and the code after the call of @try goes on accordingly.

// jumpVar holds what @try returned.
const jumpVar = "<jump>"

// brokenVar returns the variable that says whether the loop at pos was left by break.
func brokenVar(pos syntax.Position) string { return fmt.Sprintf("<broken %d:%d>", pos.Line, pos.Col) }

// jumps says how a lifted block is left, other than by its end.
type jumps struct{ returns, breaks, continues bool }

// try lowers a try statement:
//
//	def f.try(): ...
//	def f.except(error): ...
//	jump = @try(f.try, f.except, f.else, f.finally)
//	if jump == True: break
//	if jump == False: continue
//	if jump != None: return jump[0]
func (l *lowerer) try(out []syntax.Stmt, t *tryStmt, at place) []syntax.Stmt {
	var j jumps
	inner := place{scope: at.scope, lifted: &j}
	pos := t.TokenPos
	lift := func(part string, params []syntax.Expr, body []syntax.Stmt) syntax.Expr {
		if body == nil {
			return ident(pos, "None")
		}
		name := at.scope.title + "." + part
		out = append(out, def(syntax.Start(body[0]), name, params, body))
		return ident(pos, name)
	}
	args := []syntax.Expr{
		lift("try", nil, l.block(t.body, inner)),
		lift("except", []syntax.Expr{ident(pos, errorVar)}, l.handlers(t.handlers, inner)),
		lift("else", nil, l.block(t.orElse, inner)),
		lift("finally", nil, l.block(t.final, inner)),
	}
	run := call(pos, helperTry, args...)
	if j == (jumps{}) {
		return append(out, &syntax.ExprStmt{X: run})
	}
	out = append(out, assign(pos, ident(pos, jumpVar), run))
	return l.follow(out, j, pos, at)
}

// follow appends the statements that go on as jumpVar says.
func (l *lowerer) follow(out []syntax.Stmt, j jumps, pos syntax.Position, at place) []syntax.Stmt {
	jump := func() syntax.Expr { return ident(pos, jumpVar) }
	is := func(op syntax.Token, value string) syntax.Expr { return binary(jump(), pos, op, ident(pos, value)) }
	if j.breaks {
		stmt := &syntax.BranchStmt{Token: syntax.BREAK, TokenPos: pos}
		out = append(out, ifThen(pos, is(syntax.EQL, "True"), l.branch(nil, stmt, at)...))
	}
	if j.continues {
		stmt := &syntax.BranchStmt{Token: syntax.CONTINUE, TokenPos: pos}
		out = append(out, ifThen(pos, is(syntax.EQL, "False"), l.branch(nil, stmt, at)...))
	}
	if j.returns {
		value := &syntax.IndexExpr{X: jump(), Lbrack: pos, Y: intLit(pos, 0), Rbrack: pos}
		stmt := l.returnStmt(&syntax.ReturnStmt{Return: pos, Result: value}, at)
		out = append(out, ifThen(pos, is(syntax.NEQ, "None"), stmt))
	}
	return out
}

// handlers returns the body of the function that handles an exception, or nil
// if there are no except clauses:
//
//	if @match(error, T): e = error; ...
//	elif ...
//	else: @raise(error)
func (l *lowerer) handlers(list []handler, at place) []syntax.Stmt {
	if len(list) == 0 {
		return nil
	}
	last := list[len(list)-1].pos
	chain := []syntax.Stmt{&syntax.ExprStmt{X: call(last, helperRaise, ident(last, errorVar))}}
	for i := len(list) - 1; i >= 0; i-- {
		h := list[i]
		var body []syntax.Stmt
		if h.target != nil {
			pos := h.target.NamePos
			body = append(body, assign(pos, l.name(h.target, at.scope), ident(pos, errorVar)))
		}
		body = append(body, l.block(h.body, at)...)
		if h.types == nil {
			chain = body
			continue
		}
		match := call(h.pos, helperMatch, ident(h.pos, errorVar), l.expr(h.types, at.scope))
		clause := ifThen(h.pos, match, body...)
		clause.False = chain
		chain = []syntax.Stmt{clause}
	}
	return chain
}

// returnStmt lowers return, which leaves a lifted block with a tuple.
func (l *lowerer) returnStmt(r *syntax.ReturnStmt, at place) syntax.Stmt {
	if r.Result != nil {
		r.Result = l.expr(r.Result, at.scope)
	}
	if at.lifted == nil {
		return r
	}
	at.lifted.returns = true
	if r.Result == nil {
		r.Result = ident(r.Return, "None")
	}
	return &syntax.ReturnStmt{Return: r.Return, Result: tuple(r.Return, r.Result)}
}

// branch lowers pass, break and continue.
func (l *lowerer) branch(out []syntax.Stmt, b *syntax.BranchStmt, at place) []syntax.Stmt {
	leave := func(code string) []syntax.Stmt {
		return append(out, &syntax.ReturnStmt{Return: b.TokenPos, Result: ident(b.TokenPos, code)})
	}
	lifted := at.lifted != nil && !at.inLoop
	switch {
	case b.Token == syntax.BREAK && lifted:
		at.lifted.breaks = true
		return leave("True")
	case b.Token == syntax.CONTINUE && lifted:
		at.lifted.continues = true
		return leave("False")
	case b.Token == syntax.BREAK && at.broken != "":
		out = append(out, assign(b.TokenPos, ident(b.TokenPos, at.broken), ident(b.TokenPos, "True")))
	}
	return append(out, b)
}
