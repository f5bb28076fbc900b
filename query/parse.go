package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// Query is a query that was read. It can be run many times, also by several
// goroutines at once.
type Query struct {
	text     string
	root     node
	warnings []Warning
}

// Parse reads a query. What it does not understand it returns as an [*Error],
// which is a clusto.ErrInvalid, perhaps with a hint.
func Parse(text string) (*Query, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, tokens: tokens}
	if p.peek().kind == tokenEnd {
		return nil, p.errorAt(p.peek(), `write "name exists" for everything`, "the query is empty")
	}
	root, err := p.expression()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, p.unexpectedAfterCondition(t)
	}
	q := &Query{text: text, root: root, warnings: p.warnings}
	if n := q.Explain(Options{}).questions(); n > maxConditions {
		return nil, p.errorIn(0, 0, `write "name in (a, b)" for "name = a or name = b"`, "%d conditions are more than %d", n, maxConditions)
	}
	return q, nil
}

// maxConditions is how many conditions a query may have; those that are asked
// together, such as "name = a or name = b", count once.
const maxConditions = 500

// String returns the query in its canonical form, which reads as the same query.
func (q *Query) String() string { return textOf(q.root) }

// Text returns the query as it was written.
func (q *Query) Text() string { return q.text }

// Warnings returns what in the query may not mean what it looks like: where
// clusto-query, which knows no precedence, understood it in another way.
func (q *Query) Warnings() []Warning { return slices.Clone(q.warnings) }

// maxDepth is how deep parentheses may be nested.
const maxDepth = 100

// parser reads tokens from the left to the right.
type parser struct {
	text     string
	tokens   []token
	at       int
	depth    int
	warnings []Warning
}

func (p *parser) peek() token { return p.tokens[p.at] }

// take returns the next token and goes past it; the end stays.
func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// is reports whether t is one of the words or symbols, in any case.
func (t token) is(words ...string) bool {
	return (t.kind == tokenWord || t.kind == tokenSymbol) && slices.Contains(words, strings.ToLower(t.text))
}

// expression reads: all { "or" all }.
func (p *parser) expression() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorAt(p.peek(), "", "more than %d parentheses and negations inside each other", maxDepth)
	}
	defer func() { p.depth-- }()
	var of []node
	var joined chain
	for {
		part, err := p.all(&joined)
		if err != nil {
			return nil, err
		}
		of = append(of, part)
		if !p.peek().is(orWords...) {
			break
		}
		joined.add(p.take(), 'o')
	}
	p.warnings = append(p.warnings, joined.warnings(p.text)...)
	if len(of) == 1 {
		return of[0], nil
	}
	return &anyOf{of}, nil
}

// all reads: unary { ("and" | "-") unary }.
func (p *parser) all(joined *chain) (node, error) {
	first, err := p.unary()
	if err != nil {
		return nil, err
	}
	of := []term{{node: first}}
	for {
		t := p.peek()
		minus := t.is("-")
		if !minus && !t.is(andWords...) {
			break
		}
		p.take()
		part, err := p.unary()
		if err != nil {
			return nil, err
		}
		of = append(of, term{part, minus})
		joined.add(t, map[bool]byte{true: '-', false: 'a'}[minus])
	}
	if len(of) == 1 {
		return first, nil
	}
	return &allOf{of}, nil
}

// unary reads: "not" unary | "(" expression ")" | condition.
func (p *parser) unary() (node, error) {
	t := p.peek()
	switch {
	case t.is(notWords...):
		if p.depth++; p.depth > maxDepth {
			return nil, p.errorAt(t, "", "more than %d parentheses and negations inside each other", maxDepth)
		}
		defer func() { p.depth-- }()
		p.take()
		of, err := p.unary()
		if err != nil {
			return nil, err
		}
		return &negation{of}, nil
	case t.is("("):
		p.take()
		inner, err := p.expression()
		if err != nil {
			return nil, err
		}
		if !p.peek().is(")") {
			return nil, p.unclosed(t)
		}
		p.take()
		return inner, nil
	}
	return p.condition()
}

// unclosed is the error for what stands where a ")" is missing.
func (p *parser) unclosed(open token) error {
	if p.peek().kind == tokenEnd {
		return p.errorAt(open, "", `the "(" is never closed`)
	}
	return p.unexpectedAfterCondition(p.peek())
}

func (p *parser) unexpectedAfterCondition(t token) error {
	switch {
	case t.is(")"):
		return p.errorAt(t, "", `there is no "(" for this ")"`)
	case t.kind == tokenWord && !t.is(Fields()...):
		joins := []string{"and", "or"}
		if near := nearest.Names(t.text, joins); near != nil {
			return p.errorAt(t, nearest.Question(near...), `want "and", "or", "-" or the end, not %s`, show(t))
		}
		return p.errorAt(t, "put a value of several words in quotes", `want "and", "or", "-" or the end, not %s`, show(t))
	}
	return p.errorAt(t, "", `want "and", "or", "-" or the end, not %s`, show(t))
}

// condition reads: field [ "not" ] operator [ value | "(" value { "," value } ")" ].
func (p *parser) condition() (node, error) {
	c := &condition{start: p.peek().start}
	var err error
	if c.field, err = p.field(); err != nil {
		return nil, err
	}
	if err := p.operator(c); err != nil {
		return nil, err
	}
	if c.op != opExists {
		if err := p.values(c); err != nil {
			return nil, err
		}
	}
	c.end = p.tokens[p.at-1].end
	return c, p.check(c)
}

// field reads the word of a field, and the name of an attribute after it.
func (p *parser) field() (field, error) {
	t := p.take()
	if t.kind != tokenWord {
		return field{}, p.errorAt(t, "a condition looks like: name = web1, or: attr system.memory >= 32G", "want a condition, not %s", show(t))
	}
	word := strings.ToLower(t.text)
	if name, ok := fieldAliases[word]; ok {
		word = name
	}
	switch {
	case word == fieldAttr, word == fieldOwn, word == fieldMerged:
		name, err := p.attrName(t)
		return field{word, name}, err
	case slices.Contains(Fields(), word):
		return field{name: word}, nil
	}
	known := Fields()
	hint := "one of " + strings.Join(known, ", ")
	if strings.ContainsAny(t.text, ".#:") {
		hint = "an attribute is written attr " + t.text
	} else if near := nearest.Names(t.text, known); near != nil {
		hint = nearest.Question(near...)
	} else if p.peek().kind != tokenEnd {
		hint = fmt.Sprintf("an attribute is written attr %s; other fields are %s", t.text, strings.Join(known, ", "))
	}
	return field{}, p.errorAt(t, hint, "there is no field %s", show(t))
}

// operator reads the operator of c.
func (p *parser) operator(c *condition) error {
	t := p.take()
	if t.is("not") {
		c.negated = true
		t = p.take()
	}
	if t.is(unequal...) {
		c.op, c.negated = opEqual, !c.negated
		return nil
	}
	op, ok := operatorOf(strings.ToLower(t.text))
	if ok && t.kind != tokenQuoted {
		c.op = op
		return nil
	}
	hint := "one of " + strings.Join(Operators(), " ")
	if near := nearest.Names(t.text, Operators()); near != nil && t.kind == tokenWord {
		hint = nearest.Question(near...)
	}
	return p.errorAt(t, hint, "want an operator after %s, not %s", &c.field, show(t))
}

// String returns the field as it stands in a query.
func (f *field) String() string {
	var b strings.Builder
	f.print(&b)
	return b.String()
}

// values reads what c compares with.
func (p *parser) values(c *condition) error {
	open := p.peek()
	if !c.op.takesList() || !open.is("(") {
		v, err := p.value(c)
		c.values = []literal{v}
		return err
	}
	p.take()
	for {
		v, err := p.value(c)
		if err != nil {
			return err
		}
		c.values = append(c.values, v)
		switch t := p.take(); {
		case t.is(")"):
			return nil
		case t.kind == tokenEnd:
			return p.errorAt(open, "", `the "(" is never closed`)
		case !t.is(","):
			return p.errorAt(t, "put a value of several words in quotes", `want "," or ")" in a list, not %s`, show(t))
		}
	}
}

// value reads one value.
func (p *parser) value(c *condition) (literal, error) {
	t := p.take()
	switch t.kind {
	case tokenQuoted:
		return newLiteral(t.text, true, t.start, t.end), nil
	case tokenWord:
		if text, end, ok := p.ago(t); ok {
			return newLiteral(text, false, t.start, end), nil
		}
		return newLiteral(t.text, false, t.start, t.end), nil
	case tokenEnd:
		return literal{}, p.errorAt(t, "", "want a value after %s %s", &c.field, c.op)
	}
	return literal{}, p.errorAt(t, fmt.Sprintf("put it in quotes if it is part of the value: %s", quoted(t.text)),
		"want a value after %s %s, not %s", &c.field, c.op, show(t))
}

// ago reads the rest of "2 days ago", of which t was the first word.
func (p *parser) ago(t token) (text string, end int, ok bool) {
	if p.at+1 >= len(p.tokens) || !p.tokens[p.at+1].is("ago") {
		return "", 0, false
	}
	text = strings.ToLower(t.text + " " + p.peek().text + " ago")
	if when := parseMoment(text); !when.ago() {
		return "", 0, false
	}
	p.take()
	return text, p.take().end, true
}

// show returns a token as an error names it.
func show(t token) string {
	switch t.kind {
	case tokenEnd:
		return "the end"
	case tokenQuoted:
		return quoted(t.text)
	}
	return `"` + t.text + `"`
}

// errorAt returns an error about a token.
func (p *parser) errorAt(t token, hint, format string, args ...any) error {
	return p.errorIn(t.start, t.end, hint, format, args...)
}

// errorIn returns an error about part of the text.
func (p *parser) errorIn(start, end int, hint, format string, args ...any) error {
	err := &Error{Text: p.text, Offset: start, End: end, Message: fmt.Sprintf(format, args...)}
	if hint == "" {
		return err
	}
	return hinted(err, "%s", hint)
}

func hinted(err *Error, format string, args ...any) error {
	return clusto.WithHint(err, format, args...)
}

// columnOf returns the column of a byte of text, in characters from 1.
func columnOf(text string, offset int) int { return utf8.RuneCountInString(text[:offset]) + 1 }
