package classic

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// TestEncode compares with what Python's json.dumps writes.
func TestEncode(t *testing.T) {
	number, err := decodeJSON(`[1, -0.0, 1.50, 1e3, 1e16, 12345678901234567890123, 1e999]`)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		v             any
		lines, minify string
	}{
		{nil, "null", "null"},
		{true, "true", "true"},
		{list{}, "[]", "[]"},
		{object{}, "{}", "{}"},
		{"<&>/é\u2028😀\"\\\n\r\t\f\b\x00\x1f\x7f", `"<&>/\u00e9\u2028\ud83d\ude00\"\\\n\r\t\f\b\u0000\u001f\u007f"`, `"<&>/\u00e9\u2028\ud83d\ude00\"\\\n\r\t\f\b\u0000\u001f\u007f"`},
		{"\xff", `"\ufffd"`, `"\ufffd"`},
		{object{"b": int64(-5), "a": list{"x", object{}}}, "{\n    \"a\": [\n        \"x\",\n        {}\n    ],\n    \"b\": -5\n}", `{"a": ["x", {}], "b": -5}`},
		{number, "[\n    1,\n    -0.0,\n    1.5,\n    1000.0,\n    1e+16,\n    12345678901234567890123,\n    1e999\n]", "[1, -0.0, 1.5, 1000.0, 1e+16, 12345678901234567890123, 1e999]"},
	} {
		if got := string(encode(test.v, false)); got != test.lines {
			t.Errorf("got %s, want %s", got, test.lines)
		}
		if got := string(encode(test.v, true)); got != test.minify {
			t.Errorf("got %s, want %s", got, test.minify)
		}
	}
}

// TestEncodeDeep checks that an answer is not much longer than what it shows.
func TestEncodeDeep(t *testing.T) {
	const depth = 9000
	v, err := decodeJSON(strings.Repeat("[", depth) + strings.Repeat("]", depth))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(encode(v, false)); got > 4*depth {
		t.Errorf("%d bytes for %d", got, 2*depth)
	}
}

func TestDecodeJSON(t *testing.T) {
	for _, text := range []string{"", "{", "1 2", "[1],", "nul", "{'a': 1}", strings.Repeat("[", 100_000)} {
		if v, err := decodeJSON(text); err == nil {
			t.Errorf("%.20q: %v", text, v)
		}
	}
}

func TestStrptime(t *testing.T) {
	at := func(year int, month time.Month, day, hour, minute, second, micros int) time.Time {
		return time.Date(year, month, day, hour, minute, second, micros*1000, time.UTC)
	}
	for _, test := range []struct {
		text, mask string
		want       time.Time // zero means ErrInvalid
	}{
		{"2012-02-29T23:59:58.5", "", at(2012, 2, 29, 23, 59, 58, 500000)},
		{"2012-02-29T23:59:58", "", at(2012, 2, 29, 23, 59, 58, 0)},
		{"2012-02-29T23:59:58", defaultMask, time.Time{}},
		{"2011-02-29T23:59:58.0", defaultMask, time.Time{}},
		{"2012-2-9T3:4:5.000001", defaultMask, at(2012, 2, 9, 3, 4, 5, 1)},
		{"9 Aug 99", "%d %b %y", at(1999, 8, 9, 0, 0, 0, 0)},
		{"August 9, 2068 12:01 am", "%B %d, %Y %I:%M %p", at(2068, 8, 9, 0, 1, 0, 0)},
		{"12 PM", "%I %p", at(1900, 1, 1, 12, 0, 0, 0)},
		{"68 69", "%y %S", time.Time{}},
		{"68", "%y", at(2068, 1, 1, 0, 0, 0, 0)},
		{"69", "%y", at(1969, 1, 1, 0, 0, 0, 0)},
		{"Wed Feb 29 23:59:58 2012", "%c", at(2012, 2, 29, 23, 59, 58, 0)},
		{"02/29/12  23:59", "%x %H:%M", at(2012, 2, 29, 23, 59, 0, 0)},
		{"2012 060", "%Y %j", at(2012, 2, 29, 0, 0, 0, 0)},
		{"2012-02-29T23:59:58+01:30", "%Y-%m-%dT%H:%M:%S%z", at(2012, 2, 29, 22, 29, 58, 0)},
		{"2012-02-29T23:59:58 -0100 UTC", "%Y-%m-%dT%H:%M:%S %z %Z", at(2012, 3, 1, 0, 59, 58, 0)},
		{"100% 2012", "100%% %Y", at(2012, 1, 1, 0, 0, 0, 0)},
		{"(2012)", "(%Y)", at(2012, 1, 1, 0, 0, 0, 0)},
		{"2012x", "%Y", time.Time{}},
		{"2012 2012", "%Y %Y", time.Time{}},
		{"2012", "%Q", time.Time{}},
		{"2012", "%Y%", time.Time{}},
		{"2012", "\xff%Y", time.Time{}},
		{"2012", strings.Repeat("%Y", 1000), time.Time{}},
		{"12013", "%m%Y", at(2013, 1, 1, 0, 0, 0, 0)},
	} {
		got, err := parseTime(test.text, test.mask)
		if test.want.IsZero() {
			if !errors.Is(err, clusto.ErrInvalid) {
				t.Errorf("%q as %q: %v, %v", test.text, test.mask, got, err)
			}
		} else if err != nil || !got.Equal(test.want) {
			t.Errorf("%q as %q: got %v, %v, want %v", test.text, test.mask, got, err, test.want)
		}
	}
}

func TestPythonInt(t *testing.T) {
	for text, want := range map[string]string{
		"5": "5", " +5\n": "5", "-007": "-7", "99999999999999999999": "99999999999999999999",
		"": "", "5L": "", "0x5": "", "5.0": "", "٥": "", "1_000": "", strings.Repeat("9", 2000): "",
	} {
		n, err := pythonInt(text)
		if got := ""; err == nil {
			if got = n.String(); got != want {
				t.Errorf("%q: %s", text, got)
			}
		} else if want != "" || !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPythonRepr(t *testing.T) {
	for s, want := range map[string]string{
		"a": `'a'`, "it's": `"it's"`, `"it's"`: `'"it\'s"'`, "a\\\n\r\t\x00é": `'a\\\n\r\t\x00\xc3\xa9'`,
	} {
		if got := pythonRepr(s); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}

func TestHeaderText(t *testing.T) {
	if got := headerText("a\r\nSet-Cookie: é\x7f"); got != "a  Set-Cookie: é " {
		t.Errorf("%q", got)
	}
}
