package clusto

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns the Value of a JSON text, in the form in which classic clusto
// stores it. It returns ErrInvalid if text is not JSON.
func JSON(text []byte) (Value, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return Value{}, Errorf(ErrInvalid, "%.60q is not JSON: %w", text, err)
	}
	return StoredJSON(classicJSON(compact.Bytes())), nil
}

// StoredJSON returns the Value of a JSON text as a database holds it, unchecked:
// what is stored is shown as it is.
func StoredJSON(text string) Value { return Value{kind: KindJSON, text: text} }

// jsonOf returns the Value of a list or a map. It returns ErrInvalid if
// something in it has no form in JSON, such as an entity or a time.
func jsonOf(v any) (Value, error) {
	if err := checkJSON(v); err != nil {
		return Value{}, err
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return Value{}, Errorf(ErrInvalid, "json value: %w", err)
	}
	return JSON(text.Bytes())
}

// checkJSON returns ErrInvalid if v holds what JSON has no form for. The
// encoder would write the fields of a Go value.
func checkJSON(v any) error {
	switch v := v.(type) {
	case nil, bool, int, int64, float64, string:
		return nil
	case []any:
		return checkAll(slices.Values(v))
	case map[string]any:
		return checkAll(maps.Values(v))
	}
	return Errorf(ErrInvalid, "a stored list or map holds a value of type %s; use texts, numbers, truths, lists and maps", kindName(reflect.TypeOf(v)))
}

func checkAll(members func(func(any) bool)) error {
	for v := range members {
		if err := checkJSON(v); err != nil {
			return err
		}
	}
	return nil
}

// classicJSON returns compact JSON as Python's json.dumps writes it: a blank
// after each comma and colon between values, and in texts nothing but ASCII.
func classicJSON(compact []byte) string {
	var out strings.Builder
	inText := false
	for i := 0; i < len(compact); {
		r, size := utf8.DecodeRune(compact[i:])
		switch {
		case r == '\\': // only in texts; what it escapes belongs to it
			size++
			out.Write(compact[i : i+size])
		case r > '~':
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&out, `\u%04x`, unit)
			}
		default:
			out.WriteRune(r)
			if r == '"' {
				inText = !inText
			}
			if !inText && (r == ',' || r == ':') {
				out.WriteByte(' ')
			}
		}
		i += size
	}
	return out.String()
}

// canonicalJSON returns text with sorted keys and no spaces, or text itself if
// it is not JSON.
func canonicalJSON(text string) string {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var decoded any
	if decoder.Decode(&decoded) != nil {
		return text
	}
	out, err := json.Marshal(decoded)
	if err != nil {
		return text
	}
	return string(out)
}
