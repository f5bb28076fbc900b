package history

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// valueJSON is a value as JSON has it.
type valueJSON struct {
	Type  clusto.Kind     `json:"type"`
	Value json.RawMessage `json:"value"`
	// Text is a JSON value as it is stored, if that cannot be told from Value:
	// spaces, say, are lost there.
	Text *string `json:"text,omitempty"`
}

// Data returns v as JSON has it: a number, a text, null, or a JSON value itself; a
// relation is the name of what it refers to, a datetime its ISO form in UTC.
func (v Value) Data() any {
	switch {
	case v.IsNone():
		return nil
	case v.Kind() == clusto.KindInt:
		return v.Int64()
	case v.Kind() == clusto.KindTime:
		return clusto.FormatTime(v.Time())
	case v.Kind() == clusto.KindJSON && json.Valid([]byte(v.Str())):
		return json.RawMessage(v.Str())
	case v.Kind() == clusto.KindRelation:
		return v.Name
	}
	return v.Str()
}

// MarshalJSON has the value beside its type.
func (v Value) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(v.Data())
	if err != nil {
		return nil, err
	}
	data := valueJSON{Type: v.Kind(), Value: text}
	if v.Kind() == clusto.KindJSON {
		if stored := v.Str(); storedForm(text) != stored {
			data.Text = &stored
		}
	}
	return json.Marshal(data)
}

// UnmarshalJSON reads what MarshalJSON writes. A relation then has the name of what
// it refers to, and no ID. It returns ErrInvalid if the value is not of its type.
func (v *Value) UnmarshalJSON(text []byte) error {
	var data valueJSON
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	read, err := data.read()
	if err != nil {
		return clusto.Errorf(clusto.ErrInvalid, "the value %s is not of the type %s: %w", data.Value, data.Type, err)
	}
	*v = read
	return nil
}

// read returns the value that d is.
func (d *valueJSON) read() (Value, error) {
	none := len(d.Value) == 0 || string(d.Value) == "null"
	switch {
	case d.Type == clusto.KindJSON && d.Text != nil:
		return Value{Value: clusto.StoredJSON(*d.Text)}, nil
	case d.Type == clusto.KindJSON:
		return Value{Value: clusto.StoredJSON(storedForm(d.Value))}, nil
	case d.Type == clusto.KindInt:
		n, err := strconv.ParseInt(string(d.Value), 10, 64)
		return Value{Value: clusto.Int(n)}, err
	case d.Type == clusto.KindString && none:
		return Value{}, nil
	}
	if none {
		return Value{}, clusto.Errorf(clusto.ErrInvalid, "there is none")
	}
	var s string
	if err := json.Unmarshal(d.Value, &s); err != nil {
		return Value{}, err
	}
	switch d.Type {
	case clusto.KindString:
		return Value{Value: clusto.String(s)}, nil
	case clusto.KindTime:
		t, err := time.Parse(clusto.TimeLayout, s)
		return Value{Value: clusto.Time(t)}, err
	case clusto.KindRelation:
		return Value{clusto.RelationTo(0), s}, nil
	}
	return Value{}, clusto.Errorf(clusto.ErrInvalid, "there is no such type")
}

// escaped are the characters that encoding/json escapes and classic clusto does not.
var escaped = strings.NewReplacer(`\\`, `\\`, `\u003c`, `<`, `\u003e`, `>`, `\u0026`, `&`)

// storedForm returns a JSON text, which may have come through encoding/json, in the
// form in which values are stored.
func storedForm(text []byte) string {
	text = []byte(escaped.Replace(string(bytes.TrimSpace(text))))
	v, err := clusto.JSON(text)
	if err != nil {
		return string(text)
	}
	return v.Str()
}
