package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// maxArgs is Starlark's limit of arguments of each kind.
const maxArgs = 255

// call parses the arguments of a call of fn.
func (p *parser) call(fn syntax.Expr) syntax.Expr {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	c := &syntax.CallExpr{Fn: fn, Lparen: p.take().pos}
	var a arguments
	for p.err == nil && !p.peek().is(")") {
		p.argument(&a)
		if !p.accept(",") {
			break
		}
	}
	c.Rparen = p.expect(")")
	if id, ok := fn.(*syntax.Ident); ok && id.Name == "super" && a.empty() {
		return p.super(id.NamePos)
	}
	c.Args = append(append(append(a.positional, a.named...), a.star...), a.starStar...)
	return c
}

// super gives super() its arguments.
func (p *parser) super(pos syntax.Position) syntax.Expr {
	self, class := p.scope.self()
	if self == nil {
		p.fail(pos, "super() outside a method", "use it in a function of a class, whose first parameter is self")
		return p.bad()
	}
	return call(pos, helperSuper, ident(pos, class.namespace()), ident(pos, self.Name))
}

// arguments are the arguments of a call in the order that Starlark wants.
type arguments struct {
	positional, named, star, starStar []syntax.Expr
}

func (a *arguments) empty() bool {
	return len(a.positional)+len(a.named)+len(a.star)+len(a.starStar) == 0
}

// argument parses one argument.
func (p *parser) argument(a *arguments) {
	t := p.peek()
	switch {
	case t.is("*"):
		p.take()
		if len(a.star) > 0 {
			p.fail(t.pos, "a second *argument", "join them: f(*(a + b))")
		}
		a.star = append(a.star, &syntax.UnaryExpr{OpPos: t.pos, Op: syntax.STAR, X: p.test()})
	case t.is("**"):
		p.take()
		if len(a.starStar) > 0 {
			p.fail(t.pos, "a second **argument", "join them: f(**(a | b))")
		}
		a.starStar = append(a.starStar, &syntax.UnaryExpr{OpPos: t.pos, Op: syntax.STARSTAR, X: p.test()})
	case t.kind == tokName && p.after().is("="):
		p.take()
		eq := p.take()
		for _, other := range a.named {
			if other.(*syntax.BinaryExpr).X.(*syntax.Ident).Name == t.text {
				p.fail(t.pos, "argument "+t.text+" is repeated", "")
			}
		}
		a.named = append(a.named, binary(ident(t.pos, t.text), eq.pos, syntax.EQ, p.test()))
	default:
		x := p.test()
		if p.peek().is("for") {
			x = p.clauses(syntax.Start(x), x, false) // a list, as there are no generators
		}
		switch {
		case len(a.named)+len(a.starStar) > 0:
			p.fail(t.pos, "positional argument after a named one", "give it a name too, or put it first")
		case len(a.star) > 0:
			p.fail(t.pos, "positional argument after a *argument", "put it first, or join them: f(*(a + [b]))")
		}
		a.positional = append(a.positional, x)
	}
	if len(a.positional) > maxArgs || len(a.named) > maxArgs {
		p.fail(t.pos, fmt.Sprintf("more than %d arguments", maxArgs), "pass a list or a dict")
	}
}

// params parses the parameters of a def or lambda up to the token end, which
// is not passed.
func (p *parser) params(end string, isDef bool) []syntax.Expr {
	l := paramList{seen: map[string]bool{}}
	for p.err == nil && !p.peek().is(end) {
		p.param(&l, isDef)
		if !p.accept(",") {
			break
		}
	}
	if l.star != nil && l.star.X == nil && l.keywords == 0 {
		p.fail(l.star.OpPos, "a bare * must be followed by named parameters", "")
	}
	return l.params
}

// paramList is a list of parameters that is being parsed.
type paramList struct {
	params   []syntax.Expr
	seen     map[string]bool
	optional bool              // one has a default value
	star     *syntax.UnaryExpr // *args or *
	starStar bool
	keywords int // parameters after star
}

func (p *parser) param(l *paramList, isDef bool) {
	t := p.peek()
	if l.starStar {
		p.fail(t.pos, "a parameter after the ** parameter", "put it before")
		return
	}
	switch {
	case t.is("/"): // the parameters before it have no names for callers
		p.take()
	case t.is("*"):
		p.take()
		if l.star != nil {
			p.fail(t.pos, "a second * parameter", "")
		}
		l.star = &syntax.UnaryExpr{OpPos: t.pos, Op: syntax.STAR}
		if p.peek().kind == tokName {
			l.star.X = p.paramName(l, isDef)
		}
		l.params = append(l.params, l.star)
	case t.is("**"):
		p.take()
		l.starStar = true
		l.params = append(l.params, &syntax.UnaryExpr{OpPos: t.pos, Op: syntax.STARSTAR, X: p.paramName(l, isDef)})
	case t.is("("):
		p.fail(t.pos, "a parameter cannot be a tuple", "take one parameter and unpack it: a, b = pair")
	default:
		id := p.paramName(l, isDef)
		eq := p.peek()
		if l.star != nil {
			l.keywords++
		}
		if eq.is("=") {
			p.take()
			l.optional = true
			l.params = append(l.params, binary(id, eq.pos, syntax.EQ, p.test()))
			return
		}
		if l.optional && l.star == nil {
			p.fail(t.pos, "parameter "+id.Name+" without a default value after one with", "")
		}
		l.params = append(l.params, id)
	}
}

// paramName parses the name of a parameter; the annotation of a def's
// parameter is passed over.
func (p *parser) paramName(l *paramList, isDef bool) *syntax.Ident {
	id := p.expectName("a parameter")
	p.checkName(id)
	if l.seen[id.Name] {
		p.fail(id.NamePos, "parameter "+id.Name+" is repeated", "")
	}
	l.seen[id.Name] = true
	if isDef && p.accept(":") {
		p.test()
	}
	return id
}

// paramIdents returns the names that parameters bind.
func paramIdents(params []syntax.Expr) []*syntax.Ident {
	var ids []*syntax.Ident
	for _, x := range params {
		switch x := x.(type) {
		case *syntax.Ident:
			ids = append(ids, x)
		case *syntax.BinaryExpr:
			ids = append(ids, x.X.(*syntax.Ident))
		case *syntax.UnaryExpr:
			if id, ok := x.X.(*syntax.Ident); ok {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
