package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// attrs returns attributes as the API has them. What they point to is allocated
// for all of them together: a list has tens of thousands.
func (n names) attrs(attrs []clusto.Attr) []api.Attr {
	shown := make([]api.Attr, len(attrs))
	numbers, subkeys := make([]int64, len(attrs)), make([]string, len(attrs))
	values := make([]byte, 0, typicalValue*len(attrs))
	for i, a := range attrs {
		start := len(values)
		values = n.appendValue(values, a.Value)
		shown[i] = api.Attr{Key: a.Key, Type: api.ValueType(a.Value.Kind()), Value: values[start:len(values):len(values)]}
		var there bool
		if numbers[i], there = a.Number.Get(); there {
			shown[i].Number = &numbers[i]
		}
		if subkeys[i], there = a.Subkey.Get(); there {
			shown[i].Subkey = &subkeys[i]
		}
	}
	return shown
}

// typicalValue is how many bytes most values have at most in JSON.
const typicalValue = 16

// value returns a value as JSON, see appendValue.
func (n names) value(v clusto.Value) json.RawMessage { return n.appendValue(nil, v) }

// appendValue appends a value as JSON: numbers with every digit, texts without what
// is not UTF-8, a stored JSON text as it is or, if it is none, as a text.
func (n names) appendValue(b []byte, v clusto.Value) []byte {
	switch {
	case v.IsNone():
		return append(b, "null"...)
	case v.Kind() == clusto.KindInt:
		return strconv.AppendInt(b, v.Int64(), 10)
	case v.Kind() == clusto.KindRelation:
		return appendText(b, n.of(v.Relation()))
	case v.Kind() == clusto.KindJSON:
		if text := strings.ToValidUTF8(v.Str(), "\uFFFD"); json.Valid([]byte(text)) {
			return append(b, text...)
		}
	}
	return appendText(b, v.Text())
}

const hexDigits = "0123456789abcdef"

// appendText appends a text in JSON. What is no UTF-8 becomes U+FFFD, as
// encoding/json has it; the characters of HTML stay as they are.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	plain := 0 // where what needs no change begins
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				b = append(append(b, s[plain:i]...), `\ufffd`...)
			case r == '\u2028' || r == '\u2029': // no JavaScript before 2019 takes these
				b = append(append(b, s[plain:i]...), `\u202`...)
				b = append(b, hexDigits[r&0xf])
			default:
				i += size
				continue
			}
			i += size
			plain = i
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = appendEscaped(append(b, s[plain:i]...), c)
		i++
		plain = i
	}
	return append(append(b, s[plain:]...), '"')
}

// appendEscaped appends a character that must not stand in JSON as it is.
func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}

// valuesMeant returns the values that a person may mean by text: the kind and
// the value, as in string:442, or a value as it is shown, which may be of
// several kinds: 442 is a number and a text. It returns ErrInvalid if a value is
// not of the kind that is named, and ErrNotFound for a relation to nothing.
func valuesMeant(ctx context.Context, inv *clusto.Inventory, text string) ([]clusto.Value, error) {
	kind, rest, named := strings.Cut(text, ":")
	if named {
		switch kind := clusto.Kind(kind); kind {
		case clusto.KindString, clusto.KindInt, clusto.KindTime, clusto.KindJSON, clusto.KindRelation:
			v, err := valueOfKind(ctx, inv, kind, rest)
			return []clusto.Value{v}, err
		}
	}
	meant := []clusto.Value{clusto.String(text)}
	for _, kind := range []clusto.Kind{clusto.KindInt, clusto.KindTime, clusto.KindRelation} {
		v, err := valueOfKind(ctx, inv, kind, text)
		switch {
		case err == nil:
			meant = append(meant, v)
		case !errors.Is(err, clusto.ErrInvalid) && !errors.Is(err, clusto.ErrNotFound):
			return nil, err
		}
	}
	return meant, nil
}

// valueOfKind returns the value of a kind that text stands for.
func valueOfKind(ctx context.Context, inv *clusto.Inventory, kind clusto.Kind, text string) (clusto.Value, error) {
	switch kind {
	case clusto.KindInt:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "%q is not a number of 64 bits", text)
		}
		return clusto.Int(n), nil
	case clusto.KindTime:
		for _, layout := range []string{time.RFC3339, clusto.TimeLayout} {
			if t, err := time.Parse(layout, text); err == nil {
				return clusto.Time(t), nil
			}
		}
		return clusto.Value{}, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%q is not a time", text), "write it as %s, in UTC", clusto.TimeLayout)
	case clusto.KindJSON:
		return clusto.JSON([]byte(text))
	case clusto.KindRelation:
		e, err := inv.Entity(ctx, text)
		return clusto.RelationTo(e.ID), err
	}
	return clusto.String(text), nil
}
