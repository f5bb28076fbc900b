package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// Binary operators bind in this order, weakest first.
const (
	precOr = iota + 1
	precAnd
	precNot
	precCompare
	precBitOr
	precBitXor
	precBitAnd
	precShift
	precSum
	precProduct
)

// binaryOp says how strongly a binary operator binds and what it is in Starlark.
type binaryOp struct {
	prec int
	op   syntax.Token
}

var binaryOps = map[string]binaryOp{
	"or": {precOr, syntax.OR}, "and": {precAnd, syntax.AND},
	"<": {precCompare, syntax.LT}, ">": {precCompare, syntax.GT}, "<=": {precCompare, syntax.LE},
	">=": {precCompare, syntax.GE}, "==": {precCompare, syntax.EQL}, "!=": {precCompare, syntax.NEQ},
	"<>": {precCompare, syntax.NEQ}, "in": {precCompare, syntax.IN},
	"is": {precCompare, syntax.EQL}, "not": {precCompare, syntax.NOT_IN},
	"|": {precBitOr, syntax.PIPE}, "^": {precBitXor, syntax.CIRCUMFLEX}, "&": {precBitAnd, syntax.AMP},
	"<<": {precShift, syntax.LTLT}, ">>": {precShift, syntax.GTGT},
	"+": {precSum, syntax.PLUS}, "-": {precSum, syntax.MINUS},
	"*": {precProduct, syntax.STAR}, "/": {precProduct, syntax.SLASH},
	"//": {precProduct, syntax.SLASHSLASH}, "%": {precProduct, syntax.PERCENT},
}

// binary parses an expression of operators that bind at least as strongly as prec.
func (p *parser) binary(prec int) syntax.Expr {
	if t := p.peek(); t.is("not") && prec <= precNot {
		if !p.enter() {
			return p.bad()
		}
		defer p.leave()
		p.take()
		x := syntax.Expr(&syntax.UnaryExpr{OpPos: t.pos, Op: syntax.NOT, X: p.binary(precNot)})
		return p.operators(x, prec)
	}
	return p.operators(p.unary(), prec)
}

// operators parses the operators and operands after x.
func (p *parser) operators(x syntax.Expr, prec int) syntax.Expr {
	for n := 1; ; n++ {
		t := p.peek()
		op, ok := binaryOps[t.text]
		if t.kind != tokOp && t.kind != tokKeyword || !ok || op.prec < prec || t.is("not") && !p.after().is("in") {
			return x
		}
		if op.prec == precCompare {
			x = p.comparison(x)
		} else {
			p.take()
			x = operation(x, t.pos, op.op, p.binary(op.prec+1))
		}
		p.chain(n, "the expression")
	}
}

// operation returns x op y, where op is not a comparison.
func operation(x syntax.Expr, pos syntax.Position, op syntax.Token, y syntax.Expr) syntax.Expr {
	if op == syntax.PERCENT {
		return call(pos, helperMod, x, y)
	}
	return binary(x, pos, op, y)
}

// unary parses an operand with the signs before it.
func (p *parser) unary() syntax.Expr {
	t := p.peek()
	op, ok := map[string]syntax.Token{"-": syntax.MINUS, "+": syntax.PLUS, "~": syntax.TILDE}[t.text]
	if t.kind == tokOp && ok {
		if !p.enter() {
			return p.bad()
		}
		defer p.leave()
		p.take()
		return &syntax.UnaryExpr{OpPos: t.pos, Op: op, X: p.unary()}
	}
	x := p.primary()
	if t := p.peek(); t.is("**") {
		if !p.enter() {
			return p.bad()
		}
		defer p.leave()
		p.take()
		return call(t.pos, helperPow, x, p.unary())
	}
	return x
}

// maxComparisons is how many comparisons may stand in one chain, a < b < c.
const maxComparisons = 16

// comparison parses the comparisons after x. A chain a < b < c evaluates b
// once, and c only if a < b.
func (p *parser) comparison(x syntax.Expr) syntax.Expr {
	var links []link
	for {
		t := p.peek()
		op, ok := binaryOps[t.text]
		if t.kind != tokOp && t.kind != tokKeyword || !ok || op.prec != precCompare || t.is("not") && !p.after().is("in") {
			break
		}
		p.take()
		switch {
		case t.is("not"):
			p.take()
		case t.is("is") && p.accept("not"):
			op.op = syntax.NEQ
		}
		links = append(links, link{op.op, t.pos, p.binary(precBitOr)})
	}
	if len(links) > maxComparisons {
		p.fail(links[maxComparisons].pos, fmt.Sprintf("more than %d comparisons in one chain", maxComparisons), "join them with and")
	}
	return p.compare(x, links)
}

// link is one comparison of a chain and its right operand.
type link struct {
	op  syntax.Token
	pos syntax.Position
	y   syntax.Expr
}

// compare builds a chain of comparisons that begins with x. An operand that
// is compared twice is named by a comprehension over one element, which is
// the only way to name a value inside an expression without a function call.
func (p *parser) compare(x syntax.Expr, links []link) syntax.Expr {
	l := links[0]
	if len(links) == 1 {
		return binary(x, l.pos, l.op, l.y)
	}
	if isSimple(l.y) {
		return binary(binary(x, l.pos, l.op, l.y), l.pos, syntax.AND, p.compare(clone(l.y), links[1:]))
	}
	left, right := p.temp(), p.temp()
	id := func(name string) *syntax.Ident { return ident(l.pos, name) }
	both := binary(binary(id(left), l.pos, l.op, id(right)), l.pos, syntax.AND, p.compare(id(right), links[1:]))
	one := &syntax.Comprehension{Lbrack: l.pos, Body: both, Rbrack: l.pos, Clauses: []syntax.Node{&syntax.ForClause{
		For: l.pos, Vars: tuple(l.pos, id(left), id(right)), In: l.pos,
		X: tuple(l.pos, tuple(l.pos, x, l.y)),
	}}}
	return &syntax.IndexExpr{X: one, Lbrack: l.pos, Y: intLit(l.pos, 0), Rbrack: l.pos}
}

// isSimple reports whether x can be evaluated twice.
func isSimple(x syntax.Expr) bool {
	switch x.(type) {
	case *syntax.Ident, *syntax.Literal:
		return true
	}
	return false
}

// clone returns a copy of a simple expression: each place in the tree needs a
// node of its own.
func clone(x syntax.Expr) syntax.Expr {
	if id, ok := x.(*syntax.Ident); ok {
		return ident(id.NamePos, id.Name)
	}
	return x
}
