package format_test

import (
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/clusto/clusto/internal/script/format"
)

// eval evaluates a Starlark expression.
func eval(t *testing.T, src string) starlark.Value {
	t.Helper()
	env := starlark.StringDict{"big": starlark.MakeInt(1).Lsh(70)}
	v, err := starlark.EvalOptions(&syntax.FileOptions{}, &starlark.Thread{}, "x", src, env)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// quoted shows strings within quotes of Python's kind.
var quoted = format.Funcs{Repr: func(v starlark.Value) (string, error) {
	if s, ok := starlark.AsString(v); ok {
		return "'" + s + "'", nil
	}
	return v.String(), nil
}}

// TestPercent has the answers of Python 3.
func TestPercent(t *testing.T) {
	t.Parallel()
	tests := []struct{ format, arg, want string }{
		{"%s %r", "('a', 1)", "a 1"},
		{"%04d", "7", "0007"},
		{"%-10s|", "'web'", "web       |"},
		{"%10s|", "'é'", "         é|"},
		{"%5.2f", "3.14159", " 3.14"},
		{"%x %X %o %#x %#o", "(255, 255, 8, 255, 8)", "ff FF 10 0xff 0o10"},
		{"%(name)s-%(n)03d", "{'name': 'web', 'n': 5}", "web-005"},
		{"100%%", "()", "100%"},
		{"%%", "{}", "%"},
		{"%+d % d %d", "(5, 5, -5)", "+5  5 -5"},
		{"%05d", "-42", "-0042"},
		{"%-5d|", "42", "42   |"},
		{"%.3s", "'abcdef'", "abc"},
		{"%c%c", "('x', 65)", "xA"},
		{"%*d %-*d|", "(5, 42, 5, 42)", "   42 42   |"},
		{"%.*f", "(2, 3.14159)", "3.14"},
		{"%e %E %g %G", "(12345.678, 0.00012, 1e10, 1e-10)", "1.234568e+04 1.200000E-04 1e+10 1E-10"},
		{"%g %g %g", "(100000.0, 1000000.0, 0.0001)", "100000 1e+06 0.0001"},
		{"%d", "3.99", "3"},
		{"%d", "True", "1"},
		{"%i %u", "(1, 2)", "1 2"},
		{"%f", "1", "1.000000"},
		{"%.0f %#.0f", "(2.5, 2.0)", "2 2."},
		{"%08.3f", "-3.14159", "-003.142"},
		{"%a", "'\u00e9'", "'\\xe9'"},
		{"%ld", "5", "5"},
		{"%+.2e", "0.0", "+0.00e+00"},
		{"%x", "-255", "-ff"},
		{"%.5d", "42", "00042"},
		{"%s", "[1, 2]", "[1, 2]"},
		{"%s", "None", "None"},
		{"%5s|%-5s|", "(True, None)", " True|None |"},
		{"%(a)s %(a)s", "{'a': 1, 'b': 2}", "1 1"},
		{"%d", "big", "1180591620717411303424"},
		{"", "()", ""},
		{"%5c|", "'x'", "    x|"},
		{"%05s|", "'x'", "    x|"},
		{"%#X", "10", "0XA"},
		{"%(a(b))s", "{'a(b)': 1}", "1"},
	}
	for _, tt := range tests {
		got, err := quoted.Percent(tt.format, eval(t, tt.arg))
		if err != nil || got != tt.want {
			t.Errorf("%q %% %s = %q, %v, want %q", tt.format, tt.arg, got, err, tt.want)
		}
	}
}

// TestValue has the answers of Python 3.
func TestValue(t *testing.T) {
	t.Parallel()
	tests := []struct{ value, spec, want string }{
		{"'web'", ">8", "     web"},
		{"'web'", "*^9", "***web***"},
		{"'web'", ".2", "we"},
		{"'web'", "8s", "web     "},
		{"5", "03d", "005"},
		{"5", "", "5"},
		{"1234567", ",", "1,234,567"},
		{"1234567", "_", "1_234_567"},
		{"255", "#x", "0xff"},
		{"255", "#010b", "0b11111111"},
		{"255", "X", "FF"},
		{"65", "c", "A"},
		{"-5", "=+6", "-    5"},
		{"-5", "06", "-00005"},
		{"5", "+", "+5"},
		{"5", " d", " 5"},
		{"3.14159", ".2f", "3.14"},
		{"3.0", ".3", "3.0"},
		{"0.5", ".1%", "50.0%"},
		{"1e20", "", "1e+20"},
		{"1e20", ".3", "1e+20"},
		{"1234567.891", ",.2f", "1,234,567.89"},
		{"5", ".1f", "5.0"},
		{"3.14159", "010.3f", "000003.142"},
		{"3.14159", "<10.1f", "3.1       "},
		{"True", "", "True"},
		{"True", "d", "1"},
		{"True", "5", "    1"},
		{"12345", "e", "1.234500e+04"},
		{"12345.0", "g", "12345"},
		{"123456.5", "016,.2f", "0,000,123,456.50"},
		{"1234.5", ",.1%", "123,450.0%"},
		{"1234", "08,", "0,001,234"},
		{"65535", "_x", "ffff"},
		{"'é'", "→>3", "→→é"},
		{"None", "", "None"},
		{"1e6", "g", "1e+06"},
		{"float('inf')", "f", "inf"},
		{"-0.5", "+.0f", "-0"},
		{"3", "n", "3"},
		{"'x'", "05", "x0000"},
		{"'a'", "=>4", "===a"},
	}
	for _, tt := range tests {
		got, err := quoted.Value(eval(t, tt.value), tt.spec)
		if err != nil || got != tt.want {
			t.Errorf("format(%s, %q) = %q, %v, want %q", tt.value, tt.spec, got, err, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ format, arg, want string }{
		{"%d", "'x'", "%d requires a number, not string"},
		{"%x", "1.5", "%x requires a number, not float"},
		{"%f", "None", "%f requires a number, not NoneType"},
		{"%c", "'xy'", "%c requires a number or one character, not string"},
		{"%c", "-1", "%c: the number is not the code of a character"},
		{"%s %s", "1", "the format has more conversions than there are values"},
		{"%s", "(1, 2)", "the format \"%s\" has fewer conversions than there are values"},
		{"x", "1", "the format \"x\" has fewer conversions than there are values"},
		{"%(a)s", "1", "%(a) in a format requires a dict, not int"},
		{"%(a)s", "{}", "key \"a\" of the format is not in the dict"},
		{"%(a", "{}", "%( without ) in a format"},
		{"50%", "()", "the format ends within a conversion; write %% for a percent sign"},
		{"%y", "1", "unknown conversion %y in a format; write %% for a percent sign"},
		{"%99999999d", "1", "a width or precision in a format is more than 65536"},
		{"%*d", "('a', 1)", "* in a format requires a number up to 65536, not \"a\""},
	}
	for _, tt := range tests {
		_, err := quoted.Percent(tt.format, eval(t, tt.arg))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q %% %s: got %v, want %s", tt.format, tt.arg, err, tt.want)
		}
	}
	specs := []struct{ value, spec, want string }{
		{"'x'", "d", `format specification "d" does not fit a value of type string`},
		{"1.5", "d", `format specification "d" does not fit a value of type float`},
		{"1", "s", `format specification "s" does not fit a value of type int`},
		{"1", ".2d", `format specification ".2d" does not fit a value of type int`},
		{"1", "xyz", `invalid format specification "xyz"`},
		{"1", ".f", `format specification ".f": a precision is missing after the dot`},
		{"1", "99999999", "a width or precision in a format is more than 65536"},
		{"255", ",x", `format specification ",x" does not fit a value of type int`},
		{"'x'", "=5", `format specification "=5" does not fit a value of type string`},
	}
	for _, tt := range specs {
		_, err := quoted.Value(eval(t, tt.value), tt.spec)
		if err == nil || err.Error() != tt.want {
			t.Errorf("format(%s, %q): got %v, want %s", tt.value, tt.spec, err, tt.want)
		}
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	tests := []struct{ value, spec, conv, want string }{
		{"'é'", "", "", "é"},
		{"'é'", ">4", "s", "   é"},
		{"'é'", "5", "r", "'é'  "},
		{"'é'", "", "a", `'\xe9'`},
		{"7", "03", "", "007"},
		{"7", "3", "s", "7  "},
	}
	for _, tt := range tests {
		got, err := quoted.Field(eval(t, tt.value), tt.spec, tt.conv)
		if err != nil || got != tt.want {
			t.Errorf("Field(%s, %q, %q) = %q, %v, want %q", tt.value, tt.spec, tt.conv, got, err, tt.want)
		}
	}
}

// TestFuncsErrors passes on the errors of Str and Repr.
func TestFuncsErrors(t *testing.T) {
	t.Parallel()
	bad := errors.New("bad")
	fail := func(starlark.Value) (string, error) { return "", bad }
	f := format.Funcs{Str: fail, Repr: fail}
	for _, src := range []string{"%s", "%r", "%a"} {
		if _, err := f.Percent(src, starlark.None); !errors.Is(err, bad) {
			t.Errorf("%s: got %v", src, err)
		}
	}
	for _, conv := range []string{"", "s", "r", "a"} {
		if _, err := f.Field(starlark.None, "5", conv); !errors.Is(err, bad) {
			t.Errorf("!%s: got %v", conv, err)
		}
	}
}

// FuzzPercent checks that no format can hurt: the output is bounded by the
// widths and precisions.
func FuzzPercent(f *testing.F) {
	f.Add("%s %(a)-5.2f %*d %%", ">5", "x")
	f.Add("%#x%c%+e", "é^+#010,.3g", "")
	f.Fuzz(func(t *testing.T, text, spec, s string) {
		args := starlark.Tuple{starlark.String(s), starlark.MakeInt(len(s)), starlark.Float(1.5), starlark.None}
		for _, v := range append(args, args) {
			got, err := format.Funcs{}.Percent(text, v)
			if limit := (1<<17)*(1+strings.Count(text, "%")) + len(text)*(1+len(s)*4); err == nil && len(got) > limit {
				t.Errorf("%q gives %d bytes", text, len(got))
			}
			_, _ = format.Funcs{}.Value(v, spec)
		}
	})
}
