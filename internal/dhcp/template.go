package dhcp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

// piece is a text of a template, or what stands in its place.
type piece struct {
	text string
	word string // "" for a text; else one of words, or "attr"
	attr attrName
}

// attrName is the attribute that %attr(key.subkey#number) means.
type attrName struct {
	key    string
	subkey clusto.Subkey
	number clusto.Number
}

// words are what a template may say about the host.
var words = []string{"name", "hostname", "ip", "mac", "network", "gateway", "domain"}

// wordAttr is followed by the name of an attribute.
const wordAttr = "attr"

// parseTemplate takes a text apart in which %name, %{name} or %attr(key.subkey)
// stand for what is known of the host, and %% for a percent sign.
func parseTemplate(text string) ([]piece, error) {
	var pieces []piece
	for {
		before, after, found := strings.Cut(text, "%")
		if before != "" {
			pieces = append(pieces, piece{text: before})
		}
		if !found {
			return pieces, nil
		}
		if rest, ok := strings.CutPrefix(after, "%"); ok {
			pieces, text = append(pieces, piece{text: "%"}), rest
			continue
		}
		p, rest, err := parseWord(after)
		if err != nil {
			return nil, err
		}
		pieces, text = append(pieces, p), rest
	}
}

// parseWord reads what stands after a percent sign and returns what follows it.
func parseWord(text string) (piece, string, error) {
	inside, braces := strings.CutPrefix(text, "{")
	end := strings.IndexFunc(inside, func(r rune) bool { return r < 'a' || r > 'z' })
	if end < 0 {
		end = len(inside)
	}
	p, rest := piece{word: inside[:end]}, inside[end:]
	switch {
	case p.word == wordAttr && strings.HasPrefix(rest, "("):
		name, after, closed := strings.Cut(rest[1:], ")")
		var err error
		if p.attr, err = parseAttrName(name); err != nil || !closed {
			return p, "", badWord(text)
		}
		rest = after
	case !slices.Contains(words, p.word):
		return p, "", badWord(text)
	}
	if braces {
		var closed bool
		if rest, closed = strings.CutPrefix(rest, "}"); !closed {
			return p, "", badWord(text)
		}
	}
	return p, rest, nil
}

func badWord(text string) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%.20q after a %% says nothing", text),
		"there are %%%s and %%attr(key.subkey); a percent sign is %%%%", strings.Join(words, ", %"))
}

// parseAttrName reads key, key.subkey or key.subkey#number.
func parseAttrName(text string) (attrName, error) {
	var name attrName
	text, number, numbered := strings.Cut(text, "#")
	if numbered {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return name, clusto.Errorf(clusto.ErrInvalid, "%q is not a number", number)
		}
		name.number = clusto.Num(n)
	}
	key, subkey, has := strings.Cut(text, ".")
	if has {
		name.subkey = clusto.Sub(subkey)
	}
	name.key = key
	if key == "" || has && subkey == "" {
		return name, clusto.Errorf(clusto.ErrInvalid, "%q is not the name of an attribute", text)
	}
	return name, nil
}

// match selects the attributes that n means: of any number if it names none.
func (n attrName) match(entities []clusto.EntityID) clusto.AttrMatch {
	m := clusto.AttrMatch{Entities: entities, Key: clusto.Is(n.key), Subkey: clusto.Exactly(n.subkey)}
	if number, ok := n.number.Get(); ok {
		m.Number = clusto.Is(number)
	}
	return m
}

func (n attrName) String() string {
	return clusto.Attr{Key: n.key, Subkey: n.subkey, Number: n.number}.Name()
}
