package format

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// spec is a format specification: [[fill]align][sign][#][0][width][,][.precision][verb].
type spec struct {
	text             string // as written
	fill             rune
	align            byte // < > ^ = or 0
	sign             byte // + - blank or 0
	alt              bool
	zero             bool   // fill and align come from a 0 before the width
	width, precision int    // -1 if absent
	sep              string // between groups of digits
	verb             byte   // 0 if absent
}

// parseSpec parses a format specification.
func parseSpec(text string) (s spec, err error) {
	s = spec{text: text, fill: ' ', precision: -1}
	rest := text
	if r, n := utf8.DecodeRuneInString(rest); len(rest) > n && isAlign(rest[n]) {
		s.fill, s.align, rest = r, rest[n], rest[n+1:]
	} else if rest != "" && isAlign(rest[0]) {
		s.align, rest = rest[0], rest[1:]
	}
	if rest != "" && strings.IndexByte("+- ", rest[0]) >= 0 {
		s.sign, rest = rest[0], rest[1:]
	}
	rest, s.alt = strings.CutPrefix(rest, "#")
	zero := false
	if rest, zero = strings.CutPrefix(rest, "0"); zero && s.align == 0 {
		s.fill, s.align, s.zero = '0', '=', true
	}
	if s.width, rest, err = number(rest); err != nil {
		return s, err
	}
	if rest != "" && (rest[0] == ',' || rest[0] == '_') {
		s.sep, rest = rest[:1], rest[1:]
	}
	if after, dot := strings.CutPrefix(rest, "."); dot {
		if s.precision, rest, err = number(after); err != nil {
			return s, err
		}
		if s.precision < 0 {
			return s, fmt.Errorf("format specification %q: a precision is missing after the dot", text)
		}
	}
	if len(rest) == 1 {
		s.verb, rest = rest[0], ""
	}
	if rest != "" {
		return s, fmt.Errorf("invalid format specification %q", text)
	}
	return s, nil
}

func isAlign(b byte) bool { return strings.IndexByte("<>^=", b) >= 0 }

// Value returns format(v, spec) of Python: f"{v:spec}".
func (f Funcs) Value(v starlark.Value, text string) (string, error) {
	if text == "" {
		return f.str(v)
	}
	s, err := parseSpec(text)
	if err != nil {
		return "", err
	}
	_, isFloat := v.(starlark.Float)
	_, isInt := v.(starlark.Int)
	if _, isBool := v.(starlark.Bool); isBool { // as in Python, only an empty specification gives True
		isInt = true
	}
	switch {
	case isFloat, isInt && s.verb != 0 && strings.IndexByte("eEfFgG%", s.verb) >= 0:
		x, ok := asFloat(v)
		if !ok {
			return "", fmt.Errorf("%s is too large for format specification %q", v, text)
		}
		return s.float(x, v)
	case isInt:
		return s.integer(v)
	}
	return s.string(f, v)
}

func (s spec) string(f Funcs, v starlark.Value) (string, error) {
	if s.zero {
		s.align = '<'
	}
	if s.verb != 0 && s.verb != 's' || s.sign != 0 || s.alt || s.align == '=' || s.sep != "" {
		return "", s.unfit(v)
	}
	text, err := f.str(v)
	return pad("", truncate(text, s.precision), s.fill, s.alignOr('<'), s.width), err
}

// unfit returns the error that the specification does not go with v.
func (s spec) unfit(v starlark.Value) error {
	return fmt.Errorf("format specification %q does not fit a value of type %s", s.text, v.Type())
}

func (s spec) alignOr(align byte) byte {
	if s.align != 0 {
		return s.align
	}
	return align
}

func (s spec) integer(v starlark.Value) (string, error) {
	if s.precision >= 0 {
		return "", s.unfit(v)
	}
	verb := s.verb
	switch verb {
	case 0, 'n':
		verb = 'd'
	case 'c':
		text, err := character(v)
		return pad("", text, s.fill, s.alignOr('<'), s.width), err
	case 'b', 'd', 'o', 'x', 'X':
	default:
		return "", s.unfit(v)
	}
	n, ok := asInt(v, false)
	if !ok {
		return "", s.unfit(v)
	}
	text, prefix := digits(n, verb)
	if !s.alt {
		prefix = ""
	}
	size := 4
	if verb == 'd' {
		size = 3
	}
	if s.sep == "," && verb != 'd' {
		return "", s.unfit(v)
	}
	return s.number(sign(n.Sign() < 0, s.sign)+prefix, text, size), nil
}

func (s spec) float(x float64, v starlark.Value) (string, error) {
	text := ""
	switch s.verb {
	case 0:
		text = strings.TrimPrefix(v.String(), "-")
		if s.precision >= 0 {
			text = float(x, 'g', s.precision, s.alt)
			if strings.Trim(text, "0123456789") == "" {
				text += ".0"
			}
		}
	case 'n':
		text = float(x, 'g', s.precision, s.alt)
	case '%':
		text = float(x*100, 'f', s.precision, s.alt) + "%"
	case 'e', 'E', 'f', 'F', 'g', 'G':
		text = float(x, s.verb, s.precision, s.alt)
	default:
		return "", s.unfit(v)
	}
	return s.number(sign(x < 0, s.sign), text, 3), nil
}

// number groups the digits and fills to the width. Zeros are grouped too.
func (s spec) number(prefix, text string, size int) string {
	if s.sep != "" {
		if s.fill == '0' && s.align == '=' {
			n := whole(text)
			missing := 0
			for d := n; len(prefix)+d+(d-1)/size+len(text)-n < s.width; d++ {
				missing++
			}
			text = strings.Repeat("0", missing) + text
		}
		text = group(text, s.sep, size)
	}
	return pad(prefix, text, s.fill, s.alignOr('>'), s.width)
}
