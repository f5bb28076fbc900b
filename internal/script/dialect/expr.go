package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// exprList parses expressions separated by commas: a tuple, unless it is one
// expression without a comma.
func (p *parser) exprList() syntax.Expr {
	x := p.test()
	if !p.peek().is(",") {
		return x
	}
	list := []syntax.Expr{x}
	for p.accept(",") && !p.endsList() {
		list = append(list, p.test())
	}
	return &syntax.TupleExpr{List: list}
}

// endsList reports whether the next token cannot begin another element.
func (p *parser) endsList() bool {
	t := p.peek()
	switch t.kind {
	case tokEOF, tokNewline:
		return true
	case tokOp:
		switch t.text {
		case ")", "]", "}", "=", ":", ";":
			return true
		}
		return augmented[t.text] != 0 || t.text == "**="
	}
	return t.is("in") || t.is("for")
}

// test parses one expression: everything but a tuple without brackets.
func (p *parser) test() syntax.Expr {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	if p.peek().is("lambda") {
		return p.lambda()
	}
	x := p.binary(precOr)
	if t := p.peek(); t.is("if") {
		p.take()
		cond := p.binary(precOr)
		elsePos := p.expect("else")
		return &syntax.CondExpr{If: t.pos, Cond: cond, True: x, ElsePos: elsePos, False: p.test()}
	}
	return x
}

func (p *parser) lambda() syntax.Expr {
	pos := p.take().pos
	params := p.params(":", false)
	p.expect(":")
	return &syntax.LambdaExpr{Lambda: pos, Params: params, Body: p.test()}
}

// primary parses an operand with the calls, selectors and indices after it.
func (p *parser) primary() syntax.Expr {
	x := p.atom()
	for n := 1; ; n++ {
		t := p.peek()
		switch {
		case t.is("."):
			p.take()
			name := p.expectName("a name after '.'")
			x = &syntax.DotExpr{X: x, Dot: t.pos, NamePos: name.NamePos, Name: name}
		case t.is("("):
			x = p.call(x)
		case t.is("["):
			x = p.index(x)
		default:
			return x
		}
		p.chain(n, "the expression")
	}
}

// index parses the brackets of x[i] and x[lo:hi:step].
func (p *parser) index(x syntax.Expr) syntax.Expr {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	lbrack := p.take().pos
	var parts [3]syntax.Expr
	n := 0
	if !p.peek().is(":") {
		parts[0] = p.exprList()
	}
	for p.peek().is(":") && n < 2 {
		p.take()
		n++
		if t := p.peek(); !t.is(":") && !t.is("]") {
			parts[n] = p.test()
		}
	}
	rbrack := p.expect("]")
	if n == 0 {
		return &syntax.IndexExpr{X: x, Lbrack: lbrack, Y: parts[0], Rbrack: rbrack}
	}
	return &syntax.SliceExpr{X: x, Lbrack: lbrack, Lo: parts[0], Hi: parts[1], Step: parts[2], Rbrack: rbrack}
}

// atom parses an operand without what may follow it.
func (p *parser) atom() syntax.Expr {
	t := p.peek()
	switch {
	case t.kind == tokName:
		p.take()
		return ident(t.pos, t.text)
	case t.kind == tokNumber:
		p.take()
		tok, value, msg, hint := numberValue(t.text)
		if msg != "" {
			p.fail(t.pos, msg, hint)
		}
		return &syntax.Literal{Token: tok, TokenPos: t.pos, Raw: t.text, Value: value}
	case t.kind == tokString:
		return p.strings()
	case t.is("("):
		return p.paren()
	case t.is("["):
		return p.list()
	case t.is("{"):
		return p.braces()
	}
	p.refuse(t)
	p.unexpected()
	return p.bad()
}

// paren parses (), (x), (x, y) and (x for ...), which is a list here.
func (p *parser) paren() syntax.Expr {
	lparen := p.take().pos
	if p.peek().is(")") {
		return &syntax.TupleExpr{Lparen: lparen, Rparen: p.take().pos}
	}
	x := p.exprList()
	if t := p.peek(); t.is("for") {
		return p.comprehension(lparen, x, false, ")")
	}
	rparen := p.expect(")")
	if tup, ok := x.(*syntax.TupleExpr); ok && !tup.Lparen.IsValid() {
		tup.Lparen, tup.Rparen = lparen, rparen
		return tup
	}
	return &syntax.ParenExpr{Lparen: lparen, X: x, Rparen: rparen}
}

func (p *parser) list() syntax.Expr {
	lbrack := p.take().pos
	var list []syntax.Expr
	for !p.peek().is("]") {
		list = append(list, p.test())
		if len(list) == 1 && p.peek().is("for") {
			return p.comprehension(lbrack, list[0], false, "]")
		}
		if !p.accept(",") {
			break
		}
	}
	return &syntax.ListExpr{Lbrack: lbrack, List: list, Rbrack: p.expect("]")}
}

// braces parses a dict, a set, or a comprehension of one.
func (p *parser) braces() syntax.Expr {
	lbrace := p.take().pos
	var keys, entries []syntax.Expr
	for !p.peek().is("}") {
		key := p.test()
		if colon := p.peek(); colon.is(":") && keys == nil {
			p.take()
			entry := &syntax.DictEntry{Key: key, Colon: colon.pos, Value: p.test()}
			entries = append(entries, entry)
		} else if entries == nil {
			keys = append(keys, key)
		} else {
			p.expect(":")
		}
		if p.peek().is("for") && len(keys)+len(entries) == 1 {
			if keys != nil {
				return call(lbrace, helperSet, p.comprehension(lbrace, key, false, "}"))
			}
			return p.comprehension(lbrace, entries[0], true, "}")
		}
		if !p.accept(",") {
			break
		}
	}
	rbrace := p.expect("}")
	if keys != nil {
		return call(lbrace, helperSet, &syntax.ListExpr{Lbrack: lbrace, List: keys, Rbrack: rbrace})
	}
	return &syntax.DictExpr{Lbrace: lbrace, List: entries, Rbrace: rbrace}
}

// comprehension parses the clauses after body and the closing bracket.
func (p *parser) comprehension(lbrack syntax.Position, body syntax.Expr, curly bool, end string) syntax.Expr {
	c := p.clauses(lbrack, body, curly)
	c.Rbrack = p.expect(end)
	return c
}

// clauses parses the clauses of a comprehension.
func (p *parser) clauses(lbrack syntax.Position, body syntax.Expr, curly bool) *syntax.Comprehension {
	c := &syntax.Comprehension{Curly: curly, Lbrack: lbrack, Body: body}
	for p.peek().is("for") || p.peek().is("if") {
		t := p.take()
		if t.text == "if" {
			c.Clauses = append(c.Clauses, &syntax.IfClause{If: t.pos, Cond: p.binary(precOr)})
		} else {
			vars := p.loopVars()
			p.namesOnly(vars)
			in := p.expect("in")
			c.Clauses = append(c.Clauses, &syntax.ForClause{For: t.pos, Vars: vars, In: in, X: p.binary(precOr)})
		}
		p.chain(len(c.Clauses), "the comprehension")
	}
	c.Rbrack = p.peek().pos
	return c
}

// loopVars parses what stands between for and in.
func (p *parser) loopVars() syntax.Expr {
	x := p.primary()
	if !p.peek().is(",") {
		return x
	}
	list := []syntax.Expr{x}
	for p.accept(",") && !p.peek().is("in") {
		list = append(list, p.primary())
	}
	return &syntax.TupleExpr{List: list}
}

// namesOnly refuses variables of a comprehension that are not names.
func (p *parser) namesOnly(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.Ident:
		p.checkName(x)
	case *syntax.ParenExpr:
		p.namesOnly(x.X)
	case *syntax.TupleExpr:
		for _, x := range x.List {
			p.namesOnly(x)
		}
	case *syntax.ListExpr:
		for _, x := range x.List {
			p.namesOnly(x)
		}
	default:
		p.fail(syntax.Start(x), fmt.Sprintf("expected a variable, got %s", describe(x)), "")
	}
}
