package history

import (
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
	case v.Kind() == clusto.KindRelation:
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
