package dialect

import "go.starlark.net/syntax"

// isPrintStmt reports whether print is a statement of Python 2 here. With a
// bracket after it, it is a call of Python 3 if the line ends with the
// closing bracket; else the bracket is only the beginning of the first value:
//
//	print ("%s racks") % n
func (p *parser) isPrintStmt() bool {
	t := p.after()
	switch t.kind {
	case tokName, tokNumber, tokString:
		return true
	case tokNewline, tokEOF:
		return false
	case tokKeyword:
		return t.text == "not" || t.text == "lambda"
	}
	switch t.text {
	case "{", "~", ">>":
		return true
	case "-", "+", "[":
		// "print -x" prints; "print - x" and "print[0]" would be strange
		return t.off > p.peek().off+len("print")
	case "(":
		end := p.toks[p.closing(p.next+1)+1]
		return end.is("%") || end.is("+") || end.is("*") || end.is(",")
	}
	return false
}

// closing returns the index of the bracket that closes the one at i.
func (p *parser) closing(i int) int {
	depth := 0
	for ; p.toks[i].kind != tokEOF; i++ {
		if p.toks[i].kind != tokOp {
			continue
		}
		switch p.toks[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i - 1
}

// print parses a print statement. A comma at its end leaves the line open.
func (p *parser) print() syntax.Stmt {
	t := p.take()
	c := call(t.pos, "print")
	if to := p.peek(); to.is(">>") {
		p.fail(to.pos, "print >> is not available in scripts", "use print(...)")
		return pass(t.pos)
	}
	for p.err == nil {
		c.Args = append(c.Args, p.test())
		if !p.peek().is(",") {
			break
		}
		comma := p.take()
		if p.endsList() {
			c.Args = append(c.Args, named(comma.pos, "end", stringLit(comma.pos, " ")))
			break
		}
	}
	if len(c.Args) > maxArgs {
		p.fail(t.pos, "too many values to print", "print them in several statements")
	}
	return &syntax.ExprStmt{X: c}
}
