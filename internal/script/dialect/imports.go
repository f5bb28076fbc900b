package dialect

import (
	"strings"
	"unicode"

	"go.starlark.net/syntax"
)

// importStmt parses import a, b.c, d.e as f.
func (p *parser) importStmt(out []syntax.Stmt) []syntax.Stmt {
	p.take()
	for {
		pos := p.peek().pos
		module := p.moduleName()
		value := syntax.Expr(call(pos, helperImport, stringLit(pos, module)))
		top, path, _ := strings.Cut(module, ".")
		target := ident(pos, top)
		if p.accept("as") {
			target = p.expectName("a name")
			for path != "" {
				var name string
				name, path, _ = strings.Cut(path, ".")
				value = dot(pos, value, name)
			}
		}
		p.bind(target)
		out = append(out, assign(pos, target, value))
		if !p.accept(",") {
			return out
		}
	}
}

// moduleName parses a name with dots.
func (p *parser) moduleName() string {
	name := p.expectName("a module name").Name
	for n := 1; p.accept("."); n++ {
		name += "." + p.expectName("a module name").Name
		p.chain(n, "the module name")
	}
	return name
}

// fromStmt parses from m import a, b as c; also with brackets and *.
func (p *parser) fromStmt() syntax.Stmt {
	from := p.take()
	pos := p.peek().pos
	module := ""
	for n := 1; p.peek().is(".") || p.peek().is("..."); n++ { // a relative import
		module += p.take().text
		p.chain(n, "the module name")
	}
	if !p.peek().is("import") {
		module += p.moduleName()
	}
	p.expect("import")
	var names, targets []*syntax.Ident
	if star := p.peek(); p.accept("*") {
		names = p.starNames(module, pos, star.pos)
		targets = names
	} else {
		names, targets = p.importedNames()
	}
	if module == "__future__" || p.err != nil {
		return pass(from.pos)
	}
	return p.fromImport(pos, module, names, targets)
}

// importedNames parses a, b as c, which may stand in brackets.
func (p *parser) importedNames() (names, targets []*syntax.Ident) {
	brackets := p.accept("(")
	for p.err == nil && (!brackets || !p.peek().is(")")) {
		name := p.expectName("a name to import")
		target := name
		if p.accept("as") {
			target = p.expectName("a name")
		}
		names = append(names, name)
		targets = append(targets, target)
		if !p.accept(",") {
			break
		}
	}
	if brackets {
		p.expect(")")
	}
	if len(names) == 0 {
		p.fail(p.peek().pos, "nothing to import", "")
	}
	return names, targets
}

// starNames asks what from m import * binds.
func (p *parser) starNames(module string, pos, star syntax.Position) []*syntax.Ident {
	if p.opt.StarNames == nil {
		p.fail(star, "import * is not available here", "name what you need: from "+module+" import a, b")
		return nil
	}
	list, err := p.opt.StarNames(module)
	if err != nil {
		p.fail(pos, err.Error(), "")
		if p.err.Err == nil {
			p.err.Err = err
		}
		return nil
	}
	ids := make([]*syntax.Ident, len(list))
	for i, name := range list {
		ids[i] = ident(star, name)
	}
	return ids
}

// fromImport returns targets = @from(module, names).
func (p *parser) fromImport(pos syntax.Position, module string, names, targets []*syntax.Ident) syntax.Stmt {
	lhs, list := tuple(pos), tuple(pos)
	for i, id := range names {
		p.bind(targets[i])
		list.List = append(list.List, stringLit(id.NamePos, id.Name))
		lhs.List = append(lhs.List, ident(targets[i].NamePos, targets[i].Name))
	}
	value := call(pos, helperFrom, stringLit(pos, module), list)
	if len(names) == 0 { // * of a module that offers nothing
		return &syntax.ExprStmt{X: value}
	}
	return assign(pos, lhs, value)
}

// load turns Starlark's load("m", "a", c="b") into from m import a, b as c.
// It returns nil if x is something else.
func (p *parser) load(x syntax.Expr) syntax.Stmt {
	c, ok := x.(*syntax.CallExpr)
	if !ok || len(c.Args) < 2 {
		return nil
	}
	if id, ok := c.Fn.(*syntax.Ident); !ok || id.Name != "load" {
		return nil
	}
	module, ok := text(c.Args[0])
	ok = ok && module != ""
	var names, targets []*syntax.Ident
	for _, arg := range c.Args[1:] {
		var target *syntax.Ident
		if b, ok := arg.(*syntax.BinaryExpr); ok && b.Op == syntax.EQ {
			target, arg = b.X.(*syntax.Ident), b.Y
		}
		name, isText := text(arg)
		ok = ok && isText && isName(name)
		id := ident(syntax.Start(arg), name)
		if target == nil {
			target = id
		}
		names, targets = append(names, id), append(targets, target)
	}
	if !ok {
		p.fail(syntax.Start(c), "load takes strings only: a module and names", `load("module", "name", other="name")`)
		return nil
	}
	return p.fromImport(syntax.Start(c), module, names, targets)
}

// isName reports whether a script can write s as a name. Those that begin with @
// or < are the front end's own.
func isName(s string) bool {
	for i, c := range s {
		if c != '_' && !unicode.IsLetter(c) && (i == 0 || !unicode.IsDigit(c)) {
			return false
		}
	}
	return s != ""
}

// text returns the value of a string literal.
func text(x syntax.Expr) (string, bool) {
	lit, ok := x.(*syntax.Literal)
	if !ok || lit.Token != syntax.STRING {
		return "", false
	}
	s, ok := lit.Value.(string)
	return s, ok
}
