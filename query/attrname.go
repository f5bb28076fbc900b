package query

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/clusto/clusto"
)

// isBareKey reports whether a key or subkey needs no quotes; "*" stands for any text.
func isBareKey(text string) bool {
	for i, r := range text {
		if !unicode.IsLetter(r) && r != '_' && r != '*' && (i == 0 || !unicode.IsNumber(r) && r != '-') {
			return false
		}
	}
	return text != ""
}

// attrName reads key.subkey#number, whose pieces follow each other without
// blanks. Before the number, ":" is as good as "#", as in clusto-query.
func (p *parser) attrName(after token) (attrName, error) {
	first := p.peek()
	if first.kind != tokenWord && first.kind != tokenQuoted {
		return attrName{}, p.errorAt(first, "an attribute is written key, key.subkey or key.subkey#number",
			"want the name of an attribute after %s, not %s", after.text, show(first))
	}
	var name attrName
	pieces := p.pieces()
	if err := p.namePart(&name.key, &pieces); err != nil {
		return name, err
	}
	if name.key.text == "" {
		return name, p.errorAt(first, "", "the key of an attribute is not empty")
	}
	if len(pieces) > 0 && pieces[0].text == "." {
		pieces = pieces[1:]
		if err := p.namePart(&name.subkey, &pieces); err != nil {
			return name, err
		}
	}
	if len(pieces) > 1 && (pieces[0].text == "#" || pieces[0].text == ":") && pieces[0].kind == tokenSymbol {
		n, err := strconv.ParseInt(pieces[1].text, 10, 64)
		if err != nil || n < 0 || pieces[1].kind != tokenWord {
			return name, p.errorAt(pieces[1], "", "%s is not the number of an attribute", show(pieces[1]))
		}
		name.number, name.numbered = n, true
		pieces = pieces[2:]
	}
	if len(pieces) > 0 {
		return name, p.errorAt(pieces[0], "an attribute is written key, key.subkey or key.subkey#number; other names go in quotes",
			"%s does not belong into the name of an attribute", show(pieces[0]))
	}
	return name, nil
}

// namePart takes a key or a subkey from pieces.
func (p *parser) namePart(to *part, pieces *[]token) error {
	if len(*pieces) == 0 {
		end := p.tokens[p.at-1].end
		return p.errorIn(end, end, "an attribute is written key, key.subkey or key.subkey#number", "the name of the attribute breaks off")
	}
	t := (*pieces)[0]
	if t.kind != tokenQuoted && !isBareKey(t.text) {
		return p.errorAt(t, "put it in quotes: "+quoted(t.text), "%s is not the key of an attribute", show(t))
	}
	*to = part{t.text, t.kind == tokenQuoted}
	*pieces = (*pieces)[1:]
	return nil
}

// pieces takes the tokens that follow each other without blanks, words taken
// apart at their marks.
func (p *parser) pieces() []token {
	var all []token
	for {
		t := p.take()
		if t.kind == tokenQuoted {
			all = append(all, t)
		} else {
			all = append(all, apart(t)...)
		}
		next := p.peek()
		if next.start != t.end || next.kind != tokenWord && next.kind != tokenQuoted {
			return all
		}
	}
}

// apart splits a word at ".", "#" and ":", which become symbols.
func apart(t token) []token {
	var all []token
	for from := 0; from < len(t.text); {
		n := strings.IndexAny(t.text[from:], ".#:")
		switch {
		case n < 0:
			n = len(t.text) - from
		case n == 0:
			all = append(all, token{tokenSymbol, t.text[from : from+1], t.start + from, t.start + from + 1})
			from++
			continue
		}
		all = append(all, token{tokenWord, t.text[from : from+n], t.start + from, t.start + from + n})
		from += n
	}
	return all
}

// match returns the condition on the names of attributes.
func (a attrName) match() clusto.AttrMatch {
	var m clusto.AttrMatch
	m.Key = a.key.cond()
	if a.subkey.given() {
		m.Subkey = a.subkey.cond()
	}
	if a.numbered {
		m.Number = clusto.Is(a.number)
	}
	return m
}

func (p part) cond() clusto.Cond[string] {
	if p.pattern() {
		return clusto.Like(p.text)
	}
	return clusto.Is(p.text)
}
