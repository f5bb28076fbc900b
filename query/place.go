package query

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// want is what may stand at a place of a query.
type want uint8

const (
	wantField     want = iota // or "not", or "("
	wantAttr                  // the name of an attribute
	wantOperator              // or "not" before it
	wantNegated               // an operator behind "not"
	wantValue                 // what to compare with
	wantSeparator             // "," or ")" in a list
	wantJoin                  // "and", "or", "-" or the end
)

// place is where in a query something is to be completed.
type place struct {
	want     want
	from, to int    // what the candidates stand in place of, in bytes
	begun    string // of it, without quotes
	field    string // of the condition that the place is in
	attr     string // the name of its attribute, as written
	op       operator
	list     bool // the value is one of a list
}

// placeAt returns the place of text that ends at a byte: what was begun there, and
// what comes before. What does not belong anywhere is passed over.
func placeAt(text string, at int) place {
	tokens, open := looseTokens(text[:at])
	p := place{from: at, to: at}
	for i := 0; i < len(tokens); i++ {
		first, begun := tokens[i], tokens[i].text
		for p.want == wantAttr && i+1 < len(tokens) && tokens[i+1].start == tokens[i].end && tokens[i+1].kind != tokenSymbol {
			i++
			begun += tokens[i].text
		}
		last := tokens[i]
		switch {
		case i == len(tokens)-1 && (open || last.end == at && last.begins()):
			p.from, p.to, p.begun = first.start, endOf(text, last.start, at), begun
		case p.want == wantAttr:
			p.attr, p.want = text[first.start:last.end], wantOperator
		default:
			p.pass(last)
		}
	}
	return p
}

// begins reports whether a token may be the begin of a longer one.
func (t token) begins() bool {
	return t.kind == tokenWord || t.kind == tokenSymbol && !slices.Contains([]string{"(", ")", ",", "&", "|", "~", "-"}, t.text)
}

// endOf returns where the token ends that begins at from and was written up to at.
func endOf(text string, from, at int) int {
	t, err := next(text, from)
	if err != nil || t.end < at || t.kind == tokenQuoted && strings.ContainsRune(text[from:t.end], '\n') {
		return at
	}
	return t.end
}

// looseTokens splits text into tokens as lex does, whatever stands in it. open says
// that the last one is a text whose quote is not closed.
func looseTokens(text string) (tokens []token, open bool) {
	for at := 0; ; {
		at = skipBlanks(text, at)
		if at == len(text) {
			return tokens, false
		}
		t, err := next(text, at)
		switch {
		case err == nil:
		case text[at] == '"' || text[at] == '\'':
			return append(tokens, token{tokenQuoted, text[at+1:], at, len(text)}), true
		default:
			_, size := utf8.DecodeRuneInString(text[at:])
			t = token{tokenSymbol, text[at : at+size], at, at + size}
		}
		tokens = append(tokens, t)
		at = t.end
	}
}

// pass goes past a token.
func (p *place) pass(t token) {
	switch p.want {
	case wantField:
		p.passField(t)
	case wantOperator, wantNegated:
		p.passOperator(t)
	case wantValue:
		p.passValue(t)
	case wantSeparator:
		switch {
		case t.is(")"):
			p.want = wantJoin
		case t.is(","):
			p.want = wantValue
		}
	case wantJoin:
		if t.is("-") || t.is(andWords...) || t.is(orWords...) {
			*p = place{from: p.from, to: p.to, begun: p.begun}
		}
	}
}

func (p *place) passField(t token) {
	word := strings.ToLower(t.text)
	switch {
	case t.is("(") || t.is(notWords...) || t.kind == tokenSymbol:
		return
	case slices.Contains(attrColumns, word):
		p.want = wantAttr
	default:
		p.want = wantOperator
	}
	if alias, ok := fieldAliases[word]; ok {
		word = alias
	}
	p.field = word
}

func (p *place) passOperator(t token) {
	switch op, ok := operatorOf(strings.ToLower(t.text)); {
	case t.is("not"):
		p.want = wantNegated
	case t.is(unequal...):
		p.op, p.want = opEqual, wantValue
	case ok && op == opExists:
		p.want = wantJoin
	case ok:
		p.op, p.want = op, wantValue
	}
}

func (p *place) passValue(t token) {
	switch {
	case t.is("(") && p.op.takesList() && !p.list:
		p.list = true
	case p.list && t.is(")"):
		p.want = wantJoin
	case p.list:
		p.want = wantSeparator
	default:
		p.want = wantJoin
	}
}
