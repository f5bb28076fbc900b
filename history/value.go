package history

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// Value is a value with the name that what it refers to had then.
type Value struct {
	clusto.Value
	Name string // of a relation; else ""
}

// timeLayout is how people are shown a datetime.
const timeLayout = "2006-01-02 15:04:05"

// Text returns v for people, on one line.
func (v Value) Text() string {
	switch {
	case v.IsNone():
		return "None"
	case v.Relation() != 0:
		return v.Name
	case v.Kind() == clusto.KindTime:
		t := v.Time()
		if t.Nanosecond() != 0 {
			return t.Format(timeLayout + ".000000")
		}
		return t.Format(timeLayout)
	}
	text := v.Value.Text()
	if v.Kind() == clusto.KindString && (text == "" || strings.ContainsFunc(text, unicode.IsControl)) {
		return strconv.Quote(text)
	}
	return text
}

// Data returns v as JSON has it: a number, a text, null, or what a JSON value
// holds; a relation is the name of what it refers to.
func (v Value) Data() any {
	switch {
	case v.IsNone():
		return nil
	case v.Kind() == clusto.KindInt:
		return v.Int64()
	case v.Kind() == clusto.KindJSON:
		var decoded any
		if json.Unmarshal([]byte(v.Str()), &decoded) == nil {
			return decoded
		}
	case v.Kind() == clusto.KindString:
		return v.Str()
	}
	return v.Text()
}

// shown returns the text of v as the value of an attribute: an address as such,
// and not as the number under which it is stored.
func shown(a clusto.Attr, v Value) string {
	_, hasSubkey := a.Subkey.Get()
	if _, numbered := a.Number.Get(); a.Key == resource.KeyIP && numbered && !hasSubkey {
		if addr, err := resource.ValueAddr(v.Value); err == nil {
			return addr.String()
		}
	}
	return v.Text()
}
