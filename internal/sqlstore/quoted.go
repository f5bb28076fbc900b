package sqlstore

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

// cutOff ends a description that was too long for the rest.
const cutOff = "…"

// withoutValues returns a description in which clusto.RedactedValue stands for
// what it quotes of values, as they are or as a script writes them. What is in a
// JSON value can be written in too many ways: of the description nothing is left.
func withoutValues(description string, values []clusto.Value) string {
	if description == "" {
		return ""
	}
	var texts []string
	for _, v := range values {
		switch v.Kind() {
		case clusto.KindJSON:
			return clusto.RedactedValue
		case clusto.KindString, clusto.KindInt, clusto.KindTime:
			texts = append(texts, spellings(v.Text())...)
		}
	}
	// The longest first: a value may be part of another.
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, text := range slices.Compact(texts) {
		description = withoutEnd(withoutText(description, text), text)
	}
	return description
}

// spellings returns text as it is, and as it may stand between quotes in a script.
func spellings(text string) []string {
	if text == "" {
		return nil
	}
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`)
	escaped := escape.Replace(text)
	return []string{text, escaped, strings.ReplaceAll(escaped, `'`, `\'`), strings.ReplaceAll(escaped, `"`, `\"`)}
}

// withoutText returns s with clusto.RedactedValue for text wherever that is not
// part of a longer word or number.
func withoutText(s, text string) string {
	var b strings.Builder
	for from := 0; ; {
		i := strings.Index(s[from:], text)
		if i < 0 {
			break
		}
		i += from
		if end := i + len(text); !joined(s[:i], text) && !joined(text, s[end:]) {
			b.WriteString(s[:i] + clusto.RedactedValue)
			s, from = s[end:], 0
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		from = i + size
	}
	return b.String() + s
}

// withoutEnd returns s without the beginning of text at the place where s was cut
// off.
func withoutEnd(s, text string) string {
	kept, rest, found := strings.Cut(s, cutOff)
	if !found {
		return s
	}
	for n := len(text) - 1; n > 0; n-- {
		before, ends := strings.CutSuffix(kept, text[:n])
		if ends && !joined(before, text) {
			return before + clusto.RedactedValue + cutOff + rest
		}
	}
	return s
}

// joined reports whether the last letter or digit of a and the first of b would
// be in one word.
func joined(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	inWord := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	return inWord(last) && inWord(first)
}
