package classic

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/clusto/clusto"
)

// What clients know in Python's words.

var integerForm = regexp.MustCompile(`^[+-]?[0-9]+$`)

// pythonInt reads a whole number as Python's int does: blanks around it and a
// sign are accepted. It returns ErrInvalid in Python's words.
func pythonInt(text string) (*big.Int, error) {
	trimmed := strings.TrimSpace(text)
	if len(trimmed) > maxDigits || !integerForm.MatchString(trimmed) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "invalid literal for int() with base 10: %s", pythonRepr(text))
	}
	n, _ := new(big.Int).SetString(trimmed, 10)
	return n, nil
}

// maxDigits is how long a number may be: reading one takes time that grows with
// the square of its length.
const maxDigits = 1000

// pythonInt64 is pythonInt for numbers that attributes can hold.
func pythonInt64(text string) (int64, error) {
	n, err := pythonInt(text)
	if err == nil && !n.IsInt64() {
		err = clusto.Errorf(clusto.ErrInvalid, "%s is too large, an integer has 64 bits", n)
	}
	if err != nil {
		return 0, err
	}
	return n.Int64(), nil
}

// pythonRepr returns a text in quotes as Python shows one: single quotes, unless
// there is one in it and no double one; what is not ASCII as the bytes of UTF-8.
func pythonRepr(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	out := []byte{quote}
	for _, b := range []byte(s) {
		switch {
		case b == quote || b == '\\':
			out = append(out, '\\', b)
		case b == '\n':
			out = append(out, `\n`...)
		case b == '\r':
			out = append(out, `\r`...)
		case b == '\t':
			out = append(out, `\t`...)
		case b < ' ' || b > '~':
			out = fmt.Appendf(out, `\x%02x`, b)
		default:
			out = append(out, b)
		}
	}
	return string(append(out, quote))
}

// truth reads a parameter that is true or false. Apiserver took every text but
// none for true, "False" too.
func truth(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "0", "false", "no", "off", "none", "n", "f":
		return false
	}
	return true
}
