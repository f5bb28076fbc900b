package query

// chain is the operators between the parentheses, from the left to the right.
// clusto-query groups them from the right whatever they are: there "a and b or
// c" is "a and (b or c)". Who moves a query over is told where that matters.
type chain struct {
	ops []link
}

// link is an operator of a chain: 'a' for and, 'o' for or, '-'.
type link struct {
	at   token
	kind byte
}

func (c *chain) add(t token, kind byte) { c.ops = append(c.ops, link{t, kind}) }

// warnings returns a warning if grouping from the right means something else:
// after "-" everything does, after "and" only "or".
func (c *chain) warnings(text string) []Warning {
	lastOr := -1
	for i, l := range c.ops {
		if l.kind == 'o' {
			lastOr = i
		}
	}
	for i, l := range c.ops {
		if l.kind == '-' && i < len(c.ops)-1 || l.kind == 'a' && i < lastOr {
			return []Warning{{columnOf(text, l.at.start),
				`clusto-query understood "` + l.at.text + `" as going before all that follows it; set parentheses to say what is meant`}}
		}
	}
	return nil
}
