// Package format formats values as Python does: the operator % of strings
// (Funcs.Percent) and the format specifications of f-strings and of format()
// (Funcs.Value). It knows nothing but Starlark's values; how a value looks as
// a text is up to Funcs, as the interpreter has values with __str__.
package format

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// Funcs says how values look as texts. The zero value shows them as Starlark
// does.
type Funcs struct {
	Str  func(starlark.Value) (string, error) // str(x); nil means Starlark's
	Repr func(starlark.Value) (string, error) // repr(x); nil means Starlark's
}

func (f Funcs) str(v starlark.Value) (string, error) {
	if f.Str != nil {
		return f.Str(v)
	}
	if s, ok := starlark.AsString(v); ok {
		return s, nil
	}
	return v.String(), nil
}

func (f Funcs) repr(v starlark.Value) (string, error) {
	if f.Repr != nil {
		return f.Repr(v)
	}
	return v.String(), nil
}

// ascii returns repr(v) with escapes for what is not ASCII.
func (f Funcs) ascii(v starlark.Value) (string, error) {
	s, err := f.repr(v)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String(), nil
}

// Field formats a value of an f-string: conv is "", "s", "r" or "a", the
// letter after the exclamation mark, and spec is what follows the colon.
func (f Funcs) Field(v starlark.Value, spec, conv string) (string, error) {
	var s string
	var err error
	switch conv {
	case "":
		return f.Value(v, spec)
	case "s":
		s, err = f.str(v)
	case "r":
		s, err = f.repr(v)
	case "a":
		s, err = f.ascii(v)
	default:
		return "", fmt.Errorf("unknown conversion !%s; there are !s, !r and !a", conv)
	}
	if err != nil {
		return "", err
	}
	return f.Value(starlark.String(s), spec)
}

// maxWidth limits widths and precisions, so that a slip of the pen does not
// fill the memory.
const maxWidth = 1 << 16

// number parses the decimal number that s begins with; absent is -1.
func number(s string) (n int, rest string, err error) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		if n = n*10 + int(s[i]-'0'); n > maxWidth {
			return 0, "", fmt.Errorf("a width or precision in a format is more than %d", maxWidth)
		}
		i++
	}
	if i == 0 {
		return -1, s, nil
	}
	return n, s[i:], nil
}

// pad fills text to width characters. The alignment is one of < > ^, or =,
// which fills between prefix and text.
func pad(prefix, text string, fill rune, align byte, width int) string {
	n := width - utf8.RuneCountInString(prefix) - utf8.RuneCountInString(text)
	if n <= 0 {
		return prefix + text
	}
	f := string(fill)
	switch align {
	case '<':
		return prefix + text + strings.Repeat(f, n)
	case '^':
		return strings.Repeat(f, n/2) + prefix + text + strings.Repeat(f, n-n/2)
	case '=':
		return prefix + strings.Repeat(f, n) + text
	}
	return strings.Repeat(f, n) + prefix + text
}

// truncate returns at most n characters of s; -1 means all.
func truncate(s string, n int) string {
	if n < 0 {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// character returns the character whose code v is.
func character(v starlark.Value) (string, error) {
	i, ok := v.(starlark.Int)
	if !ok {
		return "", fmt.Errorf("%%c requires a number or one character, not %s", v.Type())
	}
	n, ok := i.Int64()
	if !ok || n < 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return "", errors.New("%c: the number is not the code of a character")
	}
	return string(rune(n)), nil
}
