package script

import (
	"strings"
	"time"

	startime "go.starlark.net/lib/time"
	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// maxNesting is how deeply values inside each other are shown.
const maxNesting = 50

// str returns a value as str() and print show it.
func str(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.String:
		return string(v)
	case *instance:
		return v.message()
	case startime.Time:
		return timeText(time.Time(v))
	}
	return repr(v)
}

// repr returns a value as Python's repr and shell show it.
func repr(v starlark.Value) string {
	var b strings.Builder
	writeRepr(&b, v, 0)
	return b.String()
}

func writeRepr(b *strings.Builder, v starlark.Value, depth int) {
	if depth > maxNesting {
		b.WriteString("...")
		return
	}
	switch v := v.(type) {
	case starlark.String:
		b.WriteString(quote(string(v)))
	case *starlark.List:
		writeItems(b, "[", v, "]", depth)
	case starlark.Float:
		b.WriteString(clusto.FormatFloat(float64(v)))
	case starlark.Tuple:
		end := ")"
		if len(v) == 1 {
			end = ",)"
		}
		writeItems(b, "(", v, end, depth)
	case *starlark.Set:
		if v.Len() == 0 {
			b.WriteString("set()")
			return
		}
		writeItems(b, "{", v, "}", depth)
	case *starlark.Dict:
		b.WriteString("{")
		for i, item := range v.Items() {
			if i > 0 {
				b.WriteString(", ")
			}
			writeRepr(b, item[0], depth+1)
			b.WriteString(": ")
			writeRepr(b, item[1], depth+1)
		}
		b.WriteString("}")
	case startime.Time:
		b.WriteString("datetime(" + timeText(time.Time(v)) + ")")
	default:
		b.WriteString(v.String())
	}
}

func writeItems(b *strings.Builder, begin string, v starlark.Iterable, end string, depth int) {
	b.WriteString(begin)
	first := true
	for item := range starlark.Elements(v) {
		if !first {
			b.WriteString(", ")
		}
		first = false
		writeRepr(b, item, depth+1)
	}
	b.WriteString(end)
}

// timeText returns a time as Python's str shows it: 2012-02-29 23:59:58, with six
// digits of a fraction if there is one.
func timeText(t time.Time) string {
	if t.Nanosecond() != 0 {
		return t.UTC().Format("2006-01-02 15:04:05.000000")
	}
	return t.UTC().Format(time.DateTime)
}

// quote returns a text as Python writes it: in single quotes, unless it contains
// one and no double quote.
func quote(s string) string {
	q := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = '"'
	}
	var b strings.Builder
	b.WriteByte(q)
	for _, r := range s {
		switch {
		case r == rune(q) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			const digits = "0123456789abcdef"
			b.WriteString(`\x`)
			b.WriteByte(digits[r>>4])
			b.WriteByte(digits[r&15])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte(q)
	return b.String()
}
