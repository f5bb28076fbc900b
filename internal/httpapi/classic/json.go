package classic

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/clusto/clusto"
)

// object, record and list are what answers are made of, besides texts, numbers,
// truths and nil.
type (
	object = map[string]any
	record []member // an object whose keys are sorted already
	list   = []any
)

// member is a member of an object.
type member struct {
	key   string
	value any
}

// maxIndented is how deep objects and lists stand on lines of their own; what is
// deeper stays on one line. Without a limit the blanks before a value that is
// nested thousands of times grow with the square of its size.
const maxIndented = 32

// encode returns v as JSON in the form in which Python's json module writes it
// with sorted keys: in lines indented by four blanks, or all in one.
func encode(v any, minify bool) []byte {
	e := encoder{}
	if minify {
		e.value(v, maxIndented)
	} else {
		e.value(v, 0)
	}
	return e.out
}

type encoder struct{ out []byte }

func (e *encoder) value(v any, depth int) {
	switch v := v.(type) {
	case nil:
		e.out = append(e.out, "null"...)
	case bool:
		e.out = strconv.AppendBool(e.out, v)
	case int:
		e.out = strconv.AppendInt(e.out, int64(v), 10)
	case int64:
		e.out = strconv.AppendInt(e.out, v, 10)
	case json.Number:
		e.out = append(e.out, pythonNumber(v)...)
	case string:
		e.text(v)
	case list:
		e.members('[', ']', len(v), depth, func(i int) { e.value(v[i], depth+1) })
	case record:
		e.members('{', '}', len(v), depth, func(i int) { e.member(v[i], depth) })
	case object:
		keys := slices.Sorted(maps.Keys(v))
		e.members('{', '}', len(keys), depth, func(i int) { e.member(member{keys[i], v[keys[i]]}, depth) })
	default:
		panic(fmt.Sprintf("no JSON for a %T", v)) // a bug: answers are made here
	}
}

func (e *encoder) member(m member, depth int) {
	e.text(m.key)
	e.out = append(e.out, ": "...)
	e.value(m.value, depth+1)
}

// members writes n members between brackets.
func (e *encoder) members(first, last byte, n, depth int, write func(int)) {
	e.out = append(e.out, first)
	for i := range n {
		switch {
		case depth < maxIndented:
			if i > 0 {
				e.out = append(e.out, ',')
			}
			e.newline(depth + 1)
		case i > 0:
			e.out = append(e.out, ", "...)
		}
		write(i)
	}
	if n > 0 && depth < maxIndented {
		e.newline(depth)
	}
	e.out = append(e.out, last)
}

func (e *encoder) newline(depth int) {
	e.out = append(e.out, '\n')
	for range depth {
		e.out = append(e.out, "    "...)
	}
}

// escapes are the characters that Python writes with a letter.
var escapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\b': `\b`}

// text writes a text in ASCII.
func (e *encoder) text(s string) {
	e.out = append(e.out, '"')
	for _, r := range s {
		if r >= ' ' && r <= '~' && r != '"' && r != '\\' {
			e.out = append(e.out, byte(r))
			continue
		}
		if short, ok := escapes[r]; ok {
			e.out = append(e.out, short...)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			e.out = fmt.Appendf(e.out, `\u%04x`, unit)
		}
	}
	e.out = append(e.out, '"')
}

// pythonNumber returns a number as Python writes it after reading it.
func pythonNumber(n json.Number) string {
	if !strings.ContainsAny(n.String(), ".eE") {
		return n.String()
	}
	f, err := n.Float64()
	if err != nil || math.IsInf(f, 0) {
		return n.String()
	}
	return clusto.FormatFloat(f)
}

// decodeJSON reads one JSON text, and all of it.
func decodeJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() || strings.TrimSpace(text[d.InputOffset():]) != "" {
		return nil, fmt.Errorf("extra data after character %d", d.InputOffset())
	}
	return v, nil
}
