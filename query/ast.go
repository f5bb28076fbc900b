package query

import (
	"strconv"
	"strings"
)

// node is a part of a query.
type node interface {
	// print writes the node's canonical text.
	print(b *strings.Builder)
}

// anyOf is what is in any of its parts.
type anyOf struct{ of []node }

// allOf is what is in all of its parts, but for those that are taken away.
type allOf struct{ of []term }

// term is a part of allOf. The first is never taken away.
type term struct {
	node
	minus bool
}

// negation is everything but what it is about.
type negation struct{ of node }

// condition is a field, an operator, and the values it is compared with, of
// which any may match.
type condition struct {
	field      field
	op         operator
	negated    bool // as in != and "not in"
	values     []literal
	start, end int // in the query, in bytes
}

// field is what a condition is about.
type field struct {
	name string // canonical, such as "type"
	attr attrName
}

// isAttr reports whether the field is an attribute of the user's.
func (f *field) isAttr() bool { return f.attr.key.text != "" }

// attrName names attributes: key.subkey#number, where what is left out may be anything.
type attrName struct {
	key, subkey part // subkey.text is "" if none was given, unless quoted
	number      int64
	numbered    bool
}

// part is a key or a subkey; one without quotes may hold "*" for any text.
type part struct {
	text   string
	quoted bool
}

// pattern reports whether p stands for several keys.
func (p part) pattern() bool { return !p.quoted && strings.Contains(p.text, "*") }

// given reports whether p was written at all.
func (p part) given() bool { return p.text != "" || p.quoted }

func (p part) print(b *strings.Builder) {
	if p.quoted {
		b.WriteString(quoted(p.text))
		return
	}
	b.WriteString(p.text)
}

// String returns the name as it stands in a query.
func (a attrName) String() string {
	var b strings.Builder
	a.key.print(&b)
	if a.subkey.given() {
		b.WriteByte('.')
		a.subkey.print(&b)
	}
	if a.numbered {
		b.WriteString("#" + strconv.FormatInt(a.number, 10))
	}
	return b.String()
}

func (f *field) print(b *strings.Builder) {
	b.WriteString(f.name)
	if f.isAttr() {
		b.WriteString(" " + f.attr.String())
	}
}

func (n *anyOf) print(b *strings.Builder) {
	for i, part := range n.of {
		if i > 0 {
			b.WriteString(" or ")
		}
		if _, nested := part.(*anyOf); nested {
			printIn(b, part)
		} else {
			part.print(b)
		}
	}
}

func (n *allOf) print(b *strings.Builder) {
	for i, t := range n.of {
		switch {
		case t.minus:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" and ")
		}
		printTight(b, t.node)
	}
}

func (n *negation) print(b *strings.Builder) {
	b.WriteString("not ")
	printTight(b, n.of)
}

// printTight writes a part so that what stands before and after it does not
// change its meaning.
func printTight(b *strings.Builder, n node) {
	switch n.(type) {
	case *anyOf, *allOf:
		printIn(b, n)
	default:
		n.print(b)
	}
}

// printIn writes a part in parentheses.
func printIn(b *strings.Builder, n node) {
	b.WriteByte('(')
	n.print(b)
	b.WriteByte(')')
}

func (c *condition) print(b *strings.Builder) {
	c.field.print(b)
	op := c.op.String()
	switch {
	case c.negated && c.op == opEqual:
		op = "!="
	case c.negated:
		op = "not " + op
	}
	b.WriteString(" " + op)
	switch {
	case c.op.takesList() && (c.op == opIn || len(c.values) > 1):
		b.WriteString(" (")
		for i := range c.values {
			if i > 0 {
				b.WriteString(", ")
			}
			c.values[i].print(b)
		}
		b.WriteByte(')')
	case c.op != opExists:
		b.WriteByte(' ')
		c.values[0].print(b)
	}
}

// textOf returns the canonical text of a part.
func textOf(n node) string {
	var b strings.Builder
	n.print(&b)
	return b.String()
}
