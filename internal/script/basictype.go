package script

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/clusto/clusto"
)

// basicType is a type of the language as scripts use it: str(x), isinstance(x, str),
// type(x).__name__, sorted(names, key=str.lower).
type basicType struct {
	name    string
	of      []string    // what Starlark calls the types of its values
	convert builtinFunc // nil: it cannot be called
}

var (
	_ starlark.Callable   = (*basicType)(nil)
	_ starlark.Comparable = (*basicType)(nil)
)

// basicTypes returns the types that scripts see by name.
func basicTypes() []*basicType {
	return []*basicType{
		{"bool", []string{"bool"}, universe("bool")},
		{"int", []string{"int", "bool"}, number("int")},
		{"float", []string{"float"}, number("float")},
		{"str", []string{"string"}, strCall},
		{"bytes", []string{"bytes"}, universe("bytes")},
		{"list", []string{"list"}, universe("list")},
		{"tuple", []string{"tuple"}, universe("tuple")},
		{"dict", []string{"dict"}, universe("dict")},
		{"set", []string{"set"}, universe("set")},
		{"range", []string{"range"}, rangeCall},
	}
}

func universe(name string) builtinFunc {
	return func(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return starlark.Call(t, starlark.Universe[name], args, kwargs)
	}
}

// number returns int() or float(), which pass over blanks around the digits, as
// Python's do.
func number(name string) builtinFunc {
	return func(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			args = starlark.Tuple{starlark.MakeInt(0)}
		}
		if s, ok := args[0].(starlark.String); ok {
			args = slices.Clone(args)
			args[0] = starlark.String(strings.TrimSpace(string(s)))
		}
		return starlark.Call(t, starlark.Universe[name], args, kwargs)
	}
}

// maxRange limits ranges: functions such as list and sorted run through one at a
// stroke, in which nothing can stop them, and want memory for all of it.
const maxRange = 10_000_000

// rangeCall is range(start, stop, step).
func rangeCall(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := starlark.Call(t, starlark.Universe["range"], args, kwargs)
	if err == nil && starlark.Len(v) > maxRange {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "a range has at most %d numbers, not %d", maxRange, starlark.Len(v)),
			"count in a while loop")
	}
	return v, err
}

func strCall(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value = starlark.String("")
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0, &v); err != nil {
		return nil, err
	}
	return starlark.String(str(v)), nil
}

func (t *basicType) Name() string          { return t.name }
func (t *basicType) String() string        { return "<type '" + t.name + "'>" }
func (t *basicType) Type() string          { return "type" }
func (t *basicType) Freeze()               {}
func (t *basicType) Truth() starlark.Bool  { return starlark.True }
func (t *basicType) Hash() (uint32, error) { return starlark.String(t.name).Hash() }

// holds reports whether v is a value of the type.
func (t *basicType) holds(v starlark.Value) bool { return slices.Contains(t.of, v.Type()) }

// CompareSameType compares by name.
func (t *basicType) CompareSameType(op syntax.Token, other starlark.Value, _ int) (bool, error) {
	u, ok := other.(*basicType)
	same := ok && t.name == u.name
	switch op {
	case syntax.EQL:
		return same, nil
	case syntax.NEQ:
		return !same, nil
	}
	return false, raise(classTypeError, "types have no order")
}

func (t *basicType) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if t.convert == nil {
		return nil, raise(classTypeError, t.name+" cannot be called")
	}
	return t.convert(thread, starlark.NewBuiltin(t.name, t.convert), args, kwargs)
}

// Attr returns __name__, or a method of the type that takes its value as the first
// argument.
func (t *basicType) Attr(name string) (starlark.Value, error) {
	if name == "__name__" {
		return starlark.String(t.name), nil
	}
	if !slices.Contains(t.AttrNames(), name) {
		return nil, nil
	}
	return starlark.NewBuiltin(t.name+"."+name, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 || !t.holds(args[0]) {
			return nil, raise(classTypeError, fmt.Sprintf("%s wants a %s first", b.Name(), t.name))
		}
		fn, err := args[0].(starlark.HasAttrs).Attr(name)
		if err != nil {
			return nil, err
		}
		return starlark.Call(thread, fn, args[1:], kwargs)
	}), nil
}

// AttrNames returns the names that Attr knows.
func (t *basicType) AttrNames() []string {
	names := []string{"__name__"}
	examples := map[string]starlark.HasAttrs{
		"str": starlark.String(""), "list": starlark.NewList(nil), "dict": starlark.NewDict(0), "set": starlark.NewSet(0),
	}
	if v, ok := examples[t.name]; ok {
		names = append(names, v.AttrNames()...)
	}
	return names
}
