package operation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/convert"
)

// isNothing reports whether a JSON value is not there, or null.
func isNothing(text json.RawMessage) bool {
	text = bytes.TrimSpace(text)
	return len(text) == 0 || string(text) == "null"
}

// value returns the value of an attribute that a request gives, whose type is typ, or
// follows from it if that is "".
func (r *runner) value(ctx context.Context, typ api.ValueType, text json.RawMessage) (clusto.Value, error) {
	switch typ {
	case "":
		return untyped(text)
	case api.ValueJSON:
		if len(bytes.TrimSpace(text)) == 0 {
			return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "the JSON value is missing")
		}
		return convert.ParseJSON(text)
	case api.ValueInt:
		return integer(text)
	case api.ValueString, api.ValueDatetime, api.ValueRelation:
	default:
		return clusto.Value{}, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%q is not a type of values", typ),
			"the types are string, int, datetime, json and relation")
	}
	if isNothing(text) && typ == api.ValueString {
		return clusto.Value{}, nil
	}
	var s *string
	if err := json.Unmarshal(text, &s); err != nil || s == nil {
		return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "the value %s of type %s is not a text", excerpt(text), typ)
	}
	switch typ {
	case api.ValueDatetime:
		t, err := convert.ParseTime(*s)
		return clusto.Time(t), err
	case api.ValueRelation:
		o, err := r.object(ctx, *s)
		if err != nil {
			return clusto.Value{}, err
		}
		return clusto.RelationTo(o.ID), nil
	}
	return clusto.String(*s), nil
}

// untyped returns the value of a JSON text whose type follows from it.
func untyped(text json.RawMessage) (clusto.Value, error) {
	if isNothing(text) {
		return clusto.Value{}, nil
	}
	switch c := bytes.TrimSpace(text)[0]; c {
	case '{', '[':
		return convert.ParseJSON(text)
	case '"':
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "the value %s: %w", excerpt(text), err)
		}
		return clusto.String(s), nil
	case 't', 'f':
		var b bool
		if err := json.Unmarshal(text, &b); err != nil {
			return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "the value %s: %w", excerpt(text), err)
		}
		return clusto.Bool(b), nil
	}
	return integer(text)
}

// integer returns the whole number that a JSON text is.
func integer(text json.RawMessage) (clusto.Value, error) {
	number := string(bytes.TrimSpace(text))
	n, err := strconv.ParseInt(number, 10, 64)
	switch {
	case err == nil:
		return clusto.Int(n), nil
	case number == "true", number == "false":
		return clusto.Bool(number == "true"), nil
	case json.Valid(text) && strings.ContainsAny(number, ".eE") && number[0] != '"' && number[0] != '[' && number[0] != '{':
		return clusto.Value{}, clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "%s is a fraction, and a number is a whole one", excerpt(text)),
			"give it as a text, or with the type json")
	}
	return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "%s is not a whole number from %d to %d", excerpt(text), int64(-1<<63), int64(1<<63-1))
}

// number returns the number of an attribute that a request gives, and whether the
// next one is wanted.
func number(text json.RawMessage) (n clusto.Number, next bool, err error) {
	switch s := string(bytes.TrimSpace(text)); s {
	case "", "null", "false":
		return n, false, nil
	case "true":
		return n, true, nil
	default:
		i, err := strconv.ParseInt(s, 10, 64)
		if err != nil || i < 0 {
			return n, false, clusto.Errorf(clusto.ErrInvalid, "the number %s is not a whole one from 0 on, true or false", excerpt(text))
		}
		return clusto.Num(i), false, nil
	}
}

// subkey returns the subkey that a request gives: an empty one is none.
func subkey(s *string) clusto.Subkey {
	if s == nil || *s == "" {
		return clusto.Subkey{}
	}
	return clusto.Sub(*s)
}

// maxNesting is how deep lists and objects may be nested in an argument.
const maxNesting = 100

// argument returns an argument of a method as the method tables want it.
func (r *runner) argument(ctx context.Context, text json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var decoded any
	if !json.Valid(text) || d.Decode(&decoded) != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "%q is not JSON", excerpt(text))
	}
	return r.decoded(ctx, decoded, maxNesting)
}

// decoded returns a JSON value that was decoded as the method tables want it.
func (r *runner) decoded(ctx context.Context, v any, depth int) (any, error) {
	if depth == 0 {
		return nil, clusto.Errorf(clusto.ErrInvalid, "lists and objects are nested more than %d deep", maxNesting)
	}
	switch v := v.(type) {
	case json.Number:
		return plainNumber(v)
	case []any:
		for i := range v {
			item, err := r.decoded(ctx, v[i], depth-1)
			if err != nil {
				return nil, err
			}
			v[i] = item
		}
	case map[string]any:
		if len(v) == 1 {
			if thing, ok, err := r.thing(ctx, v); ok || err != nil {
				return thing, err
			}
		}
		for key := range v {
			member, err := r.decoded(ctx, v[key], depth-1)
			if err != nil {
				return nil, err
			}
			v[key] = member
		}
	}
	return v, nil
}

// plainNumber returns a number as an int64, or a float64 if it is a fraction.
func plainNumber(n json.Number) (any, error) {
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	if !strings.ContainsAny(n.String(), ".eE") {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the number %s is too large", excerpt([]byte(n.String())))
	}
	f, err := n.Float64()
	if err != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the number %s is too large", excerpt([]byte(n.String())))
	}
	return f, nil
}

// Keys of objects that stand for what JSON has no form for.
const (
	keyEntity = "entity"
	keyDriver = "driver"
	keyTime   = "time"
)

// thing returns what an object with one member stands for, if it is for something.
func (r *runner) thing(ctx context.Context, object map[string]any) (thing any, ok bool, err error) {
	for key, member := range object {
		text, isText := member.(string)
		if !isText {
			return nil, false, nil
		}
		switch key {
		case keyEntity:
			thing, err = r.object(ctx, text)
		case keyDriver:
			thing, err = r.driver(text)
		case keyTime:
			var t time.Time
			t, err = convert.ParseTime(text)
			thing = t
		default:
			return nil, false, nil
		}
	}
	return thing, true, err
}

// argumentValue returns an argument as the value of an attribute.
func (r *runner) argumentValue(ctx context.Context, text json.RawMessage) (clusto.Value, error) {
	if kind := bytes.TrimSpace(text); len(kind) > 0 && kind[0] != '{' {
		return untyped(text)
	}
	arg, err := r.argument(ctx, text)
	if err != nil {
		return clusto.Value{}, err
	}
	switch arg.(type) {
	case *clusto.Object, time.Time:
		return clusto.ValueOf(arg)
	case *clusto.Driver:
		return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "a driver cannot be the value of an attribute")
	}
	return untyped(text)
}

// excerptLen is how much of a wrong value an error quotes.
const excerptLen = 60

// excerpt returns a JSON text, or its beginning, for an error.
func excerpt(text []byte) string {
	s := strings.ToValidUTF8(string(bytes.TrimSpace(text)), "\ufffd")
	if runes := []rune(s); len(runes) > excerptLen {
		return fmt.Sprintf("%s…", string(runes[:excerptLen]))
	}
	return s
}

// referredTo returns the names of the entities that attributes refer to.
func referredTo(attrs []api.NewAttr) []string {
	var names []string
	for _, a := range attrs {
		names = append(names, reference(a.Type, a.Value)...)
	}
	return names
}

// reference returns the name of the entity that a value refers to, if it does.
func reference(typ api.ValueType, value json.RawMessage) []string {
	var name string
	if typ != api.ValueRelation || json.Unmarshal(value, &name) != nil {
		return nil
	}
	return []string{name}
}

// entitiesIn returns the names of the entities that arguments are.
func entitiesIn(args map[string]api.Argument) []string {
	var names []string
	for _, arg := range args {
		names = append(names, entitiesAmong([]api.Argument{arg})...)
	}
	return names
}

// entitiesAmong is entitiesIn for a list of arguments.
func entitiesAmong(args []api.Argument) []string {
	var names []string
	for _, arg := range args {
		var object struct{ Entity string }
		if text := bytes.TrimSpace(arg); len(text) > 0 && text[0] == '{' && json.Unmarshal(text, &object) == nil && object.Entity != "" {
			names = append(names, object.Entity)
		}
	}
	return names
}
