package format

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// Percent returns format % arg as Python's strings do. arg is a tuple of
// values, a dict for formats with names, or the only value. All conversions
// of Python are known: %s %r %a %c %d %i %u %x %X %o %e %E %f %F %g %G %%,
// with the flags - + 0 # and blank, a width and a precision, which may be *.
func (f Funcs) Percent(format string, arg starlark.Value) (string, error) {
	p := percent{f: f, arg: arg}
	if args, ok := arg.(starlark.Tuple); ok {
		p.args = args
		p.isTuple = true
	} else {
		p.args = starlark.Tuple{arg}
	}
	for rest := format; ; {
		before, after, found := strings.Cut(rest, "%")
		p.out.WriteString(before)
		if !found {
			break
		}
		var err error
		if rest, err = p.conversion(after); err != nil {
			return "", err
		}
	}
	if _, mapping := arg.(starlark.Mapping); p.next < len(p.args) && (p.isTuple || !mapping) {
		return "", fmt.Errorf("the format %q has fewer conversions than there are values", format)
	}
	return p.out.String(), nil
}

// percent is the work of one Percent.
type percent struct {
	f       Funcs
	out     strings.Builder
	arg     starlark.Value
	args    starlark.Tuple
	isTuple bool
	next    int // index of the next value in args
}

// take returns the next value.
func (p *percent) take() (starlark.Value, error) {
	if p.next >= len(p.args) {
		return nil, errors.New("the format has more conversions than there are values")
	}
	p.next++
	return p.args[p.next-1], nil
}

// conversion is one %-conversion.
type conversion struct {
	key                           string
	named                         bool
	minus, plus, space, zero, alt bool
	width, precision              int // -1 if absent
	verb                          byte
}

// conversion formats the conversion that rest begins with and returns what follows it.
func (p *percent) conversion(rest string) (string, error) {
	c, rest, err := p.parse(rest)
	if err != nil {
		return "", err
	}
	if c.verb == '%' {
		p.out.WriteByte('%')
		return rest, nil
	}
	v, err := p.value(c)
	if err != nil {
		return "", err
	}
	text, err := p.f.convert(c, v)
	p.out.WriteString(text)
	return rest, err
}

// value returns the value that c formats.
func (p *percent) value(c conversion) (starlark.Value, error) {
	if !c.named {
		return p.take()
	}
	m, ok := p.arg.(starlark.Mapping)
	if !ok {
		return nil, fmt.Errorf("%%(%s) in a format requires a dict, not %s", c.key, p.arg.Type())
	}
	v, found, err := m.Get(starlark.String(c.key))
	if err == nil && !found {
		err = fmt.Errorf("key %q of the format is not in the dict", c.key)
	}
	p.next = len(p.args)
	return v, err
}

// parse parses a conversion behind its percent sign.
func (p *percent) parse(s string) (c conversion, rest string, err error) {
	if strings.HasPrefix(s, "(") {
		depth, i := 1, 1
		for ; i < len(s) && depth > 0; i++ {
			depth += map[byte]int{'(': 1, ')': -1}[s[i]]
		}
		if depth > 0 {
			return c, "", errors.New("%( without ) in a format")
		}
		c.key, c.named, s = s[1:i-1], true, s[i:]
	}
	s = c.flags(s)
	if c.width, s, err = p.size(s); err != nil {
		return c, "", err
	}
	if c.width < -1 { // a negative * aligns to the left
		c.width, c.minus = -c.width, true
	}
	c.precision = -1
	if strings.HasPrefix(s, ".") {
		if c.precision, s, err = p.size(s[1:]); err != nil {
			return c, "", err
		}
		c.precision = max(c.precision, 0)
	}
	if s = strings.TrimLeft(s, "hlL"); s == "" {
		return c, "", errors.New("the format ends within a conversion; write %% for a percent sign")
	}
	c.verb = s[0]
	return c, s[1:], nil
}

// flags parses the flags of a conversion.
func (c *conversion) flags(s string) string {
	for ; s != ""; s = s[1:] {
		switch s[0] {
		case '-':
			c.minus = true
		case '+':
			c.plus = true
		case ' ':
			c.space = true
		case '0':
			c.zero = true
		case '#':
			c.alt = true
		default:
			return s
		}
	}
	return s
}

// size parses a width or precision, which may be a value.
func (p *percent) size(s string) (int, string, error) {
	if !strings.HasPrefix(s, "*") {
		return number(s)
	}
	v, err := p.take()
	if err != nil {
		return 0, "", err
	}
	n, err := starlark.AsInt32(v)
	if err != nil || n > maxWidth || n < -maxWidth {
		return 0, "", fmt.Errorf("* in a format requires a number up to %d, not %s", maxWidth, v)
	}
	return n, s[1:], nil
}

// convert formats v.
func (f Funcs) convert(c conversion, v starlark.Value) (string, error) {
	switch c.verb {
	case 's', 'r', 'a':
		show := map[byte]func(starlark.Value) (string, error){'s': f.str, 'r': f.repr, 'a': f.ascii}[c.verb]
		s, err := show(v)
		return c.pad("", truncate(s, c.precision), false), err
	case 'c':
		s, ok := starlark.AsString(v)
		if ok && utf8.RuneCountInString(s) == 1 {
			return c.pad("", s, false), nil
		}
		s, err := character(v)
		return c.pad("", s, false), err
	case 'd', 'i', 'u', 'x', 'X', 'o':
		return c.integer(v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		x, ok := asFloat(v)
		if !ok {
			return "", fmt.Errorf("%%%c requires a number, not %s", c.verb, v.Type())
		}
		return c.pad(sign(x < 0, c.signFlag()), float(x, c.verb, c.precision, c.alt), true), nil
	}
	r, _ := utf8.DecodeRuneInString(string(c.verb))
	return "", fmt.Errorf("unknown conversion %%%c in a format; write %%%% for a percent sign", r)
}

// integer formats v for the verbs d, i, u, x, X and o.
func (c conversion) integer(v starlark.Value) (string, error) {
	verb := c.verb
	if verb == 'i' || verb == 'u' {
		verb = 'd'
	}
	n, ok := asInt(v, verb == 'd')
	if !ok {
		return "", fmt.Errorf("%%%c requires a number, not %s", c.verb, v.Type())
	}
	text, prefix := digits(n, verb)
	if missing := c.precision - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if !c.alt {
		prefix = ""
	}
	return c.pad(sign(n.Sign() < 0, c.signFlag())+prefix, text, true), nil
}

func (c conversion) signFlag() byte {
	switch {
	case c.plus:
		return '+'
	case c.space:
		return ' '
	}
	return 0
}

// pad fills text to the width; numbers may be filled with zeros.
func (c conversion) pad(prefix, text string, isNumber bool) string {
	switch {
	case c.minus:
		return pad(prefix, text, ' ', '<', c.width)
	case c.zero && isNumber:
		return pad(prefix, text, '0', '=', c.width)
	}
	return pad(prefix, text, ' ', '>', c.width)
}
