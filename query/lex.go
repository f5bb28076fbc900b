package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind uint8

const (
	tokenEnd    kind = iota
	tokenWord        // letters, digits and the marks of wordMarks
	tokenQuoted      // a text in quotes; its text is without them
	tokenSymbol      // one of symbols
)

// token is a piece of a query.
type token struct {
	kind       kind
	text       string
	start, end int // in bytes
}

// wordMarks are what a word may hold besides letters and digits: what stands in
// names, addresses, times, numbers of attributes and patterns.
const wordMarks = "_./:#*@+-"

// symbols are the operators that are no words, longer ones before what they begin with.
var symbols = [...]string{"==", "!=", "<>", "<=", ">=", "=", "<", ">", "^", ",", "(", ")", "&", "|", "~", "-"}

// maxText is how long the text of a query may be, in bytes: long lists of
// names are meant to fit, other people's files are not.
const maxText = 1 << 20

// lex splits text into tokens; the last one is tokenEnd.
func lex(text string) ([]token, error) {
	switch {
	case len(text) > maxText:
		return nil, &Error{Text: text[:0], Message: "the query is longer than 1 MiB"}
	case !utf8.ValidString(text):
		at := strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError })
		return nil, &Error{Text: text, Offset: at, End: at + 1, Message: "the query is not in UTF-8"}
	}
	var tokens []token
	for at := 0; ; {
		at = skipBlanks(text, at)
		t, err := next(text, at)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == tokenEnd {
			return tokens, nil
		}
		at = t.end
	}
}

func skipBlanks(text string, at int) int {
	return len(text) - len(strings.TrimLeftFunc(text[at:], unicode.IsSpace))
}

// next returns the token that begins at at.
func next(text string, at int) (token, error) {
	rest := text[at:]
	switch {
	case rest == "":
		return token{tokenEnd, "", at, at}, nil
	case rest[0] == '\'' || rest[0] == '"':
		return lexQuoted(text, at)
	}
	if n := wordLen(rest); n > 0 {
		return token{tokenWord, rest[:n], at, at + n}, nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return token{tokenSymbol, s, at, at + len(s)}, nil
		}
	}
	_, size := utf8.DecodeRuneInString(rest)
	return token{}, hinted(&Error{Text: text, Offset: at, End: at + size, Message: "what does " + rest[:size] + " mean here?"},
		`put a text that has other marks than %s in quotes: "…"`, wordMarks)
}

// wordLen returns the length of the word that s begins with, or 0. A minus
// begins a word only before a digit.
func wordLen(s string) int {
	if s[0] == '-' && (len(s) == 1 || s[1] < '0' || s[1] > '9') {
		return 0
	}
	n := strings.IndexFunc(s, func(r rune) bool { return !isWordRune(r) })
	if n < 0 {
		return len(s)
	}
	return n
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(wordMarks, r)
}

// lexQuoted returns the text in quotes that begins at at. In it, \\, \", \',
// \n, \r and \t are what they usually are; a backslash before anything else is
// just a backslash, so that regular expressions are not doubled.
func lexQuoted(text string, at int) (token, error) {
	quote := text[at]
	var b strings.Builder
	for i := at + 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			return token{tokenQuoted, b.String(), at, i + 1}, nil
		case c == '\\' && i+1 < len(text):
			if plain, ok := escapes[text[i+1]]; ok {
				b.WriteByte(plain)
				i++
				continue
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return token{}, &Error{Text: text, Offset: at, End: len(text), Message: "the quote " + string(quote) + " is never closed"}
}

// escapes are what may follow a backslash, and what the two mean.
var escapes = map[byte]byte{'\\': '\\', '"': '"', '\'': '\'', 'n': '\n', 'r': '\r', 't': '\t'}

// quoted returns s so that lexQuoted reads it.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + `"`
}

// isWord reports whether s is read as one word.
func isWord(s string) bool { return s != "" && utf8.ValidString(s) && wordLen(s) == len(s) }
