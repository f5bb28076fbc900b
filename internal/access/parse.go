package access

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// maxLine is the longest grant in bytes.
const maxLine = 1000

// relations are the words that begin a place.
var relations = []string{"in", "on", "of"}

// SyntaxError says where a grant cannot be read. It is a clusto.ErrInvalid.
type SyntaxError struct {
	Line   string
	Column int // of the character where the trouble is, from 1
	Reason string
}

// Error returns the line, the column and the reason.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("grant %q, column %d: %s", e.Line, e.Column, e.Reason)
}

// Is makes every SyntaxError a clusto.ErrInvalid.
func (e *SyntaxError) Is(target error) bool { return target == clusto.ErrInvalid }

// Parse reads a grant:
//
//	grant = "admin" | "script"
//	      | "read" | "write" [object] {place}
//	      | "secret" ["attr/" keys] {place}
//	      | "act" [action] {place}
//	      | "allocate" {place}
//	object = "*" | "entity" | "contents" | "port" | "attr/" keys
//	action = "*" | "power" | "console" | "call/" pattern
//	keys   = pattern ["." pattern]
//	place  = "in" [type] name | "on" name | "of type" type | "of driver" driver
//
// In a pattern * stands for any text. A name with blanks, or one that is "in",
// "on" or "of", is in double quotes. Without object everything is meant. The
// errors are *SyntaxError.
func Parse(line string) (Grant, error) {
	p := &parser{line: line}
	g, err := p.grant()
	if err != nil {
		return Grant{}, err
	}
	return g, nil
}

// word is a part of a line.
type word struct {
	text   string
	quoted bool
	column int
}

func (w word) is(text string) bool { return !w.quoted && w.text == text }

// beginsPlace reports whether w is one of the words that begin a place.
func (w word) beginsPlace() bool { return !w.quoted && slices.Contains(relations, w.text) }

// parser reads one line, word by word.
type parser struct {
	line  string
	words []word
	end   int // the column behind the last word
}

func (p *parser) fail(column int, format string, args ...any) error {
	return &SyntaxError{Line: p.line, Column: column, Reason: fmt.Sprintf(format, args...)}
}

// unknown returns the error about a word that is none of known.
func (p *parser) unknown(w word, what string, known []string) error {
	err := p.fail(w.column, "%q is no %s; there are %s", w.text, what, strings.Join(known, ", "))
	if near := nearest.Names(w.text, known); len(near) > 0 {
		return clusto.WithHint(err, "%s", nearest.Question(near...))
	}
	return err
}

func isBlank(r rune) bool { return unicode.IsSpace(r) }

// split divides the line into words.
func (p *parser) split() error {
	switch {
	case len(p.line) > maxLine:
		return clusto.Errorf(clusto.ErrInvalid, "a grant of %d bytes is too long, the limit is %d", len(p.line), maxLine)
	case !utf8.ValidString(p.line):
		return p.fail(1, "the line is not UTF-8")
	}
	runes := []rune(p.line)
	for i := 0; i < len(runes); {
		switch r := runes[i]; {
		case r != ' ' && (unicode.IsControl(r) || isBlank(r)):
			return p.fail(i+1, "the character %U cannot be part of a grant", r)
		case r == ' ':
			i++
		case r == '"':
			w, next, ok := quoted(runes, i)
			if !ok {
				return p.fail(i+1, "the quote is not closed")
			}
			if next < len(runes) && runes[next] != ' ' {
				return p.fail(next+1, "a blank must follow the quote")
			}
			p.words, i = append(p.words, w), next
		default:
			from := i
			for i < len(runes) && !isBlank(runes[i]) && !unicode.IsControl(runes[i]) {
				i++
			}
			p.words = append(p.words, word{text: string(runes[from:i]), column: from + 1})
		}
	}
	p.end = len(runes) + 1
	return nil
}

// quoted reads the quoted word that begins at from, and returns where it ends.
func quoted(runes []rune, from int) (w word, next int, closed bool) {
	w = word{quoted: true, column: from + 1}
	for i := from + 1; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '"':
			return w, i + 1, true
		case unicode.IsControl(r):
			return w, i, false
		case r == '\\' && i+1 < len(runes) && (runes[i+1] == '"' || runes[i+1] == '\\'):
			i++
			w.text += string(runes[i])
		default:
			w.text += string(r)
		}
	}
	return w, len(runes), false
}

// next takes the next word, or returns an error that says what should be there.
func (p *parser) next(want string) (word, error) {
	if len(p.words) == 0 {
		return word{}, p.fail(p.end, "here should be %s", want)
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w, nil
}

func (p *parser) grant() (Grant, error) {
	if err := p.split(); err != nil {
		return Grant{}, err
	}
	w, err := p.next("one of " + strings.Join(verbs, ", "))
	if err != nil {
		return Grant{}, err
	}
	g := Grant{Verb: Verb(w.text)}
	if w.quoted || !slices.Contains(verbs, w.text) {
		return g, p.unknown(w, "verb", verbs)
	}
	if g.Verb == Admin || g.Verb == Script {
		if len(p.words) > 0 {
			return g, p.fail(p.words[0].column, "%s stands alone: it holds everywhere", g.Verb)
		}
		return g, nil
	}
	if g.What, err = p.what(g.Verb); err != nil {
		return g, err
	}
	if g.What.Kind == View && len(p.words) > 0 {
		return g, p.fail(p.words[0].column, "nothing comes after view: views are not at a place")
	}
	for len(p.words) > 0 {
		place, column, err := p.place()
		if err != nil {
			return g, err
		}
		if slices.ContainsFunc(g.Where, place.contradicts) {
			return g, p.fail(column, "there is another %q already", place.Relation)
		}
		if !slices.Contains(g.Where, place) {
			g.Where = append(g.Where, place)
		}
	}
	slices.SortStableFunc(g.Where, func(a, b Place) int { return cmp.Compare(rank(a.Relation), rank(b.Relation)) })
	return g, nil
}

// rank is the order of places in the canonical form.
func rank(r Relation) int { return slices.Index([]Relation{OfType, OfDriver, On, In}, r) }

// contradicts reports whether a place excludes another of a grant: a thing can be
// in several containers, but has one name, type and driver.
func (p Place) contradicts(other Place) bool {
	return p.Relation == other.Relation && p.Relation != In && p != other
}

// what reads the object of a verb.
func (p *parser) what(v Verb) (What, error) {
	known := objects[v]
	if len(known) == 0 {
		return What{}, nil
	}
	if len(p.words) == 0 || p.words[0].beginsPlace() {
		if v == Secret {
			return What{Kind: Attr, Name: "*"}, nil
		}
		return What{Kind: All}, nil
	}
	w := p.words[0]
	p.words = p.words[1:]
	kind, name, named := strings.Cut(w.text, "/")
	if w.quoted || !slices.Contains(known, kind) {
		return What{}, p.unknown(word{text: kind, column: w.column}, "object of "+string(v), known)
	}
	what := What{Kind: Kind(kind)}
	at := w.column + utf8.RuneCountInString(kind)
	if named {
		at++
	}
	switch what.Kind {
	case Attr:
		return p.keys(what, name, named, at)
	case Call:
		if what.Name = name; !pattern.MatchString(name) {
			return what, p.fail(at, "after call/ comes the name of a method, in which * stands for any text, such as call/remote_hands")
		}
	default:
		if named {
			return what, p.fail(at-1, "nothing comes after %s", kind)
		}
	}
	return what, nil
}

// pattern is what patterns for keys, subkeys and methods look like.
var pattern = regexp.MustCompile(`^[0-9A-Za-z_*-]+\z`)

// keys reads the keys that a grant about attributes names, at a column.
func (p *parser) keys(what What, name string, named bool, at int) (What, error) {
	const want = "after attr/ come a key and perhaps a subkey, in which * stands for any text, such as attr/dhcp.* or attr/*"
	key, subkey, dotted := strings.Cut(name, ".")
	switch {
	case !named || !pattern.MatchString(key):
		return what, p.fail(at, want)
	case dotted && !pattern.MatchString(subkey):
		return what, p.fail(at+len(key)+1, want)
	}
	what.Name, what.Subkey = key, subkey
	return what, nil
}

// place reads one condition on where a grant holds.
func (p *parser) place() (Place, int, error) {
	w, err := p.next("a place")
	switch {
	case err != nil:
	case w.is("in"):
		return p.container(w.column)
	case w.is("on"):
		name, err := p.name("the name of an entity")
		return Place{Relation: On, Name: name}, w.column, err
	case w.is("of"):
		of, err := p.next("type or driver")
		if err != nil {
			return Place{}, 0, err
		}
		if !of.is("type") && !of.is("driver") {
			return Place{}, 0, p.unknown(of, "word after of", []string{"type", "driver"})
		}
		name, err := p.name("the name of a " + of.text)
		return Place{Relation: Relation("of " + of.text), Name: name}, w.column, err
	default:
		err = p.unknown(w, "beginning of a place", relations)
	}
	return Place{}, 0, err
}

// container reads [type] name.
func (p *parser) container(column int) (Place, int, error) {
	name, err := p.name("the name of a container, perhaps after its type")
	place := Place{Relation: In, Name: name}
	if err == nil && len(p.words) > 0 && !p.words[0].beginsPlace() {
		place.Type = name
		place.Name, err = p.name("the name of a container")
	}
	return place, column, err
}

// name reads a name.
func (p *parser) name(want string) (string, error) {
	w, err := p.next(want)
	if err == nil && (w.beginsPlace() || w.text == "") {
		err = p.fail(w.column, "here should be %s; if it is called %q, put it in double quotes", want, w.text)
		if w.text == "" {
			err = p.fail(w.column, "here should be %s", want)
		}
	}
	return w.text, err
}
