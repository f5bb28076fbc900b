package dialect

import "go.starlark.net/syntax"

// The functions of this file build nodes of Starlark's tree that have no text
// of their own: all their parts stand at pos, which is where the construct
// they are made for stands.

func ident(pos syntax.Position, name string) *syntax.Ident {
	return &syntax.Ident{NamePos: pos, Name: name}
}

func stringLit(pos syntax.Position, s string) *syntax.Literal {
	return &syntax.Literal{Token: syntax.STRING, TokenPos: pos, Raw: `""`, Value: s}
}

func intLit(pos syntax.Position, n int) *syntax.Literal {
	return &syntax.Literal{Token: syntax.INT, TokenPos: pos, Raw: "0", Value: int64(n)}
}

func call(pos syntax.Position, fn string, args ...syntax.Expr) *syntax.CallExpr {
	return &syntax.CallExpr{Fn: ident(pos, fn), Lparen: pos, Args: args, Rparen: pos}
}

func named(pos syntax.Position, name string, value syntax.Expr) syntax.Expr {
	return &syntax.BinaryExpr{X: ident(pos, name), OpPos: pos, Op: syntax.EQ, Y: value}
}

func dot(pos syntax.Position, x syntax.Expr, name string) *syntax.DotExpr {
	return &syntax.DotExpr{X: x, Dot: pos, NamePos: pos, Name: ident(pos, name)}
}

func tuple(pos syntax.Position, list ...syntax.Expr) *syntax.TupleExpr {
	return &syntax.TupleExpr{Lparen: pos, List: list, Rparen: pos}
}

func binary(x syntax.Expr, pos syntax.Position, op syntax.Token, y syntax.Expr) *syntax.BinaryExpr {
	return &syntax.BinaryExpr{X: x, OpPos: pos, Op: op, Y: y}
}

func assign(pos syntax.Position, lhs, rhs syntax.Expr) *syntax.AssignStmt {
	return &syntax.AssignStmt{OpPos: pos, Op: syntax.EQ, LHS: lhs, RHS: rhs}
}

func ifThen(pos syntax.Position, cond syntax.Expr, then ...syntax.Stmt) *syntax.IfStmt {
	return &syntax.IfStmt{If: pos, Cond: cond, True: then, ElsePos: pos}
}

func def(pos syntax.Position, name string, params []syntax.Expr, body []syntax.Stmt) *syntax.DefStmt {
	return &syntax.DefStmt{Def: pos, Name: ident(pos, name), Lparen: pos, Params: params, Rparen: pos, Body: body}
}

func pass(pos syntax.Position) syntax.Stmt {
	return &syntax.BranchStmt{Token: syntax.PASS, TokenPos: pos}
}

// unparen returns x without the brackets around it.
func unparen(x syntax.Expr) syntax.Expr {
	for {
		p, ok := x.(*syntax.ParenExpr)
		if !ok {
			return x
		}
		x = p.X
	}
}
