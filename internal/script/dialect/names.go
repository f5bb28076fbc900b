package dialect

import "go.starlark.net/syntax"

// name returns what the name id means in scope s: a variable of Starlark's,
// or an attribute of a namespace. A method sees a name of its class only if
// there is no other of that name: Python does not show it, but the document
// that users know has an import in a class body.
func (l *lowerer) name(id *syntax.Ident, s *scope) syntax.Expr {
	if isHidden(id.Name) || constants[id.Name] {
		return id
	}
	from := s
	inner := false // s is seen from a function in it
	var class *scope
	for ; s.kind != moduleScope; s = s.parent {
		if s.global[id.Name] {
			break
		}
		n := s.names[id.Name]
		if n != nil && s.kind == classScope && inner && class == nil {
			class = s
		}
		if n == nil || s.kind == classScope && inner {
			inner = inner || s.kind == functionScope
			continue
		}
		n.used = true
		if n.shared {
			return dot(id.NamePos, ident(id.NamePos, s.namespace()), id.Name)
		}
		return id
	}
	if l.module.names[id.Name] == nil {
		if l.known[id.Name] {
			return id
		}
		if class != nil {
			return call(id.NamePos, helperLate, stringLit(id.NamePos, id.Name), ident(id.NamePos, class.namespace()))
		}
		l.undefined(id, from)
	}
	return dot(id.NamePos, ident(id.NamePos, helperGlobals), id.Name)
}

// exprs resolves the names in each expression of list.
func (l *lowerer) exprs(list []syntax.Expr, s *scope) {
	for i, x := range list {
		list[i] = l.expr(x, s)
	}
}

// expr resolves the names in x, which may be nil.
func (l *lowerer) expr(x syntax.Expr, s *scope) syntax.Expr {
	switch x := x.(type) {
	case *syntax.Ident:
		return l.name(x, s)
	case *syntax.BinaryExpr:
		if x.Op != syntax.EQ { // else the name of an argument
			x.X = l.expr(x.X, s)
		}
		x.Y = l.expr(x.Y, s)
	case *syntax.UnaryExpr:
		x.X = l.expr(x.X, s)
	case *syntax.CallExpr:
		x.Fn = l.expr(x.Fn, s)
		l.exprs(x.Args, s)
	case *syntax.DotExpr:
		x.X = l.expr(x.X, s)
	case *syntax.IndexExpr:
		x.X = l.expr(x.X, s)
		x.Y = l.expr(x.Y, s)
	case *syntax.SliceExpr:
		x.X = l.expr(x.X, s)
		x.Lo, x.Hi, x.Step = l.expr(x.Lo, s), l.expr(x.Hi, s), l.expr(x.Step, s)
	case *syntax.CondExpr:
		x.Cond = l.expr(x.Cond, s)
		x.True, x.False = l.expr(x.True, s), l.expr(x.False, s)
	case *syntax.ParenExpr:
		x.X = l.expr(x.X, s)
	case *syntax.TupleExpr:
		l.exprs(x.List, s)
	case *syntax.ListExpr:
		l.exprs(x.List, s)
	case *syntax.DictExpr:
		l.exprs(x.List, s)
	case *syntax.DictEntry:
		x.Key, x.Value = l.expr(x.Key, s), l.expr(x.Value, s)
	case *syntax.Comprehension:
		l.comprehension(x, s)
	case *syntax.LambdaExpr:
		l.lambda(x, s)
	}
	return x
}

func (l *lowerer) lambda(x *syntax.LambdaExpr, s *scope) {
	for _, param := range x.Params {
		if b, ok := param.(*syntax.BinaryExpr); ok {
			b.Y = l.expr(b.Y, s)
		}
	}
	inner := newScope(functionScope, s, "lambda")
	for _, id := range paramIdents(x.Params) {
		inner.bind(id.Name)
	}
	x.Body = l.expr(x.Body, inner)
}

// comprehension resolves the names in a comprehension: its variables are its
// own, but its first list is evaluated outside.
func (l *lowerer) comprehension(x *syntax.Comprehension, s *scope) {
	inner := newScope(comprehensionScope, s, "")
	outer := s
	for _, clause := range x.Clauses {
		switch c := clause.(type) {
		case *syntax.ForClause:
			c.X = l.expr(c.X, outer)
			outer = inner
			bindVars(inner, c.Vars)
		case *syntax.IfClause:
			c.Cond = l.expr(c.Cond, inner)
		}
	}
	x.Body = l.expr(x.Body, inner)
}

// bindVars binds the variables of a comprehension in s.
func bindVars(s *scope, vars syntax.Expr) {
	switch x := vars.(type) {
	case *syntax.Ident:
		s.names[x.Name] = &local{}
	case *syntax.ParenExpr:
		bindVars(s, x.X)
	case *syntax.TupleExpr:
		for _, x := range x.List {
			bindVars(s, x)
		}
	case *syntax.ListExpr:
		for _, x := range x.List {
			bindVars(s, x)
		}
	}
}
