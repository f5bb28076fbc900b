package format

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
)

// asInt returns v as a whole number: an int, a bool, or a float that is cut.
func asInt(v starlark.Value, cut bool) (*big.Int, bool) {
	switch v := v.(type) {
	case starlark.Int:
		return v.BigInt(), true
	case starlark.Bool:
		if v {
			return big.NewInt(1), true
		}
		return new(big.Int), true
	case starlark.Float:
		if x := float64(v); cut && !math.IsNaN(x) && !math.IsInf(x, 0) {
			n, _ := big.NewFloat(x).Int(nil)
			return n, true
		}
	}
	return nil, false
}

// asFloat returns v as a float.
func asFloat(v starlark.Value) (float64, bool) {
	if b, ok := v.(starlark.Bool); ok {
		v = starlark.MakeInt(0)
		if b {
			v = starlark.MakeInt(1)
		}
	}
	return starlark.AsFloat(v)
}

// sign returns the sign to print: for a number that is not negative it is
// what the flag asks for, '+', ' ' or nothing.
func sign(negative bool, flag byte) string {
	switch {
	case negative:
		return "-"
	case flag == '+' || flag == ' ':
		return string(flag)
	}
	return ""
}

// digits returns the digits of n without a sign, in the base that verb (d, b,
// o, x or X) names, and the prefix of that base.
func digits(n *big.Int, verb byte) (text, prefix string) {
	n = new(big.Int).Abs(n)
	switch verb {
	case 'b':
		return n.Text(2), "0b"
	case 'o':
		return n.Text(8), "0o"
	case 'x':
		return n.Text(16), "0x"
	case 'X':
		return strings.ToUpper(n.Text(16)), "0X"
	}
	return n.Text(10), ""
}

// defaultPrecision is the number of digits when a format does not say.
const defaultPrecision = 6

// float returns the digits of x without a sign for the verbs e, f, g and
// their capitals. alt keeps a decimal point.
func float(x float64, verb byte, precision int, alt bool) string {
	if precision < 0 {
		precision = defaultPrecision
	}
	x = math.Abs(x)
	lower := verb | 0x20
	text := ""
	switch {
	case math.IsInf(x, 0):
		text = "inf"
	case math.IsNaN(x):
		text = "nan"
	case lower == 'g':
		text = strconv.FormatFloat(x, 'g', max(precision, 1), 64)
	default:
		text = strconv.FormatFloat(x, lower, precision, 64)
		if alt && precision == 0 {
			mantissa, exponent, _ := strings.Cut(text, "e")
			text = mantissa + "."
			if exponent != "" {
				text += "e" + exponent
			}
		}
	}
	if verb != lower {
		text = strings.ToUpper(text)
	}
	return text
}

// whole returns how many digits stand before the decimal point or exponent.
func whole(text string) int {
	if end := strings.IndexAny(text, ".eE%"); end >= 0 {
		return end
	}
	return len(text)
}

// group puts sep between groups of size digits before the decimal point.
func group(text, sep string, size int) string {
	var b strings.Builder
	n := whole(text)
	for i := range n {
		if i > 0 && (n-i)%size == 0 {
			b.WriteString(sep)
		}
		b.WriteByte(text[i])
	}
	return b.String() + text[n:]
}
