package dialect

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// stringPrefixes are the letters that may stand before a quote, in lower case.
var stringPrefixes = set("r", "b", "u", "f", "br", "rb", "ur", "fr", "rf")

// maxDigits is the length of the longest number. Python has the same limit,
// since reading a decimal number takes time that grows faster than its length.
const maxDigits = 4300

// numberLen returns the length of the number that text begins with. Letters
// that follow without a blank belong to it and are refused later: "12abc".
func numberLen(text string) int {
	for i := 1; i < len(text); i++ {
		b := text[i]
		exponent := (b == '+' || b == '-') && (text[i-1] == 'e' || text[i-1] == 'E') && !isHex(text)
		if !exponent && b != '.' && !(b < utf8.RuneSelf && isNamePart(rune(b))) {
			return i
		}
	}
	return len(text)
}

// isHex reports whether the number is hexadecimal, where e is a digit.
func isHex(text string) bool {
	return len(text) > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')
}

// numberValue returns the value of a number literal for syntax.Literal. msg is
// "" if the literal is right.
func numberValue(raw string) (tok syntax.Token, value any, msg, hint string) {
	text := strings.ToLower(raw)
	switch {
	case len(text) > maxDigits:
		return 0, nil, fmt.Sprintf("the number has more than %d digits", maxDigits), ""
	case !isHex(text) && strings.HasSuffix(text, "j"):
		return 0, nil, "complex numbers are not available in scripts", ""
	}
	if len(text) > 1 && strings.HasSuffix(text, "l") { // a long integer of Python 2
		text = text[:len(text)-1]
	}
	if digits := strings.TrimLeft(text, "0"); len(digits) < len(text) && digits != "" && strings.Trim(digits, "01234567") == "" {
		return 0, nil, "an octal number is written 0o" + digits, "write 0o" + digits + ", or without the zero for a decimal number"
	}
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return syntax.INT, n, "", ""
	}
	if n, ok := new(big.Int).SetString(text, 0); ok {
		return syntax.INT, n, "", ""
	}
	if strings.ContainsAny(text, ".e") && strings.Trim(text, "0123456789._e+-") == "" {
		if x, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64); err == nil {
			return syntax.FLOAT, x, "", ""
		}
	}
	return 0, nil, fmt.Sprintf("invalid number %s", raw), ""
}

// splitString takes a string token apart: the prefix in lower case, the body
// between the quotes, and where the body begins.
func splitString(raw string) (prefix, body string, start int) {
	q := strings.IndexAny(raw, `'"`)
	n := 1
	if len(raw) >= q+6 && strings.HasPrefix(raw[q:], strings.Repeat(raw[q:q+1], 3)) {
		n = 3
	}
	return strings.ToLower(raw[:q]), raw[q+n : len(raw)-n], q + n
}

// escapes are the one-letter escapes.
var escapes = map[byte]string{
	'\n': "", '\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// unquote decodes the body of a string with Python's rules: an unknown escape
// stays as it is written, and \xHH is a character in a string but a byte in
// bytes. On error msg is not "" and off is the place in body.
func unquote(body string, raw, bytes bool) (value, msg string, off int) {
	if raw || strings.IndexByte(body, '\\') < 0 {
		return strings.ReplaceAll(body, "\r\n", "\n"), "", 0
	}
	var b strings.Builder
	for i := 0; i < len(body); {
		if strings.HasPrefix(body[i:], "\r\n") {
			i++
		}
		if body[i] != '\\' || i+1 == len(body) {
			b.WriteByte(body[i])
			i++
			continue
		}
		text, n, msg := escape(body[i+1:], bytes)
		if msg != "" {
			return "", msg, i
		}
		b.WriteString(text)
		i += 1 + n
	}
	return b.String(), "", 0
}

// escape decodes the escape whose backslash stands before s and returns how
// many bytes of s it has.
func escape(s string, bytes bool) (text string, n int, msg string) {
	if t, ok := escapes[s[0]]; ok {
		return t, 1, ""
	}
	if strings.HasPrefix(s, "\r\n") {
		return "", 2, ""
	}
	digits := 0
	switch c := s[0]; {
	case '0' <= c && c <= '7':
		for n < min(3, len(s)) && '0' <= s[n] && s[n] <= '7' {
			n++
		}
		code, _ := strconv.ParseUint(s[:n], 8, 16) // three octal digits always fit
		return character(code, bytes), n, ""
	case c == 'x':
		digits = 2
	case c == 'u' && !bytes:
		digits = 4
	case c == 'U' && !bytes:
		digits = 8
	case c == 'N' && !bytes:
		return "", 0, `\N{...} is not available in scripts; write the character itself, or its number, such as \u20ac`
	default:
		return `\`, 0, ""
	}
	if len(s) < 1+digits {
		return "", 0, fmt.Sprintf(`\%c needs %d hexadecimal digits`, s[0], digits)
	}
	code, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	if err != nil {
		return "", 0, fmt.Sprintf(`\%c needs %d hexadecimal digits`, s[0], digits)
	}
	if !bytes && (code > utf8.MaxRune || !utf8.ValidRune(rune(code))) {
		return "", 0, fmt.Sprintf(`\%s is not a character`, s[:1+digits])
	}
	return character(code, bytes), 1 + digits, ""
}

// character returns the character, or the byte, with the given code.
func character(code uint64, bytes bool) string {
	if bytes {
		return string([]byte{byte(code)})
	}
	return string(rune(code))
}
