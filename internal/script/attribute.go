package script

import (
	"fmt"
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/clusto/clusto"
)

// attribute is one attribute of an entity, as attrs() returns it.
type attribute struct {
	env  *env
	attr clusto.Attr
}

var (
	_ starlark.HasAttrs   = (*attribute)(nil)
	_ starlark.Comparable = (*attribute)(nil)
)

func (a *attribute) Type() string         { return "Attribute" }
func (a *attribute) Freeze()              {}
func (a *attribute) Truth() starlark.Bool { return starlark.True }
func (a *attribute) Hash() (uint32, error) {
	return starlark.String(a.attr.Key).Hash()
}

// String returns the attribute as classic's shell shows it:
// node003.fromcli|None|None|string 7, which is name, key, number, subkey, kind
// and value.
func (a *attribute) String() string {
	number, subkey, value := "None", "None", "None"
	if n, ok := a.attr.Number.Get(); ok {
		number = strconv.FormatInt(n, 10)
	}
	if s, ok := a.attr.Subkey.Get(); ok {
		subkey = s
	}
	if v, err := a.env.fromValue(a.attr.Value); err == nil {
		value = str(v)
	}
	return fmt.Sprintf("%s.%s|%s|%s|%s %s", a.owner(), a.attr.Key, number, subkey, a.attr.Value.Kind(), value)
}

func (a *attribute) owner() string {
	o, err := a.env.object(a.attr.Entity, "")
	if err != nil {
		return "?"
	}
	return o.Name
}

// Attr returns a field.
func (a *attribute) Attr(name string) (starlark.Value, error) {
	switch name {
	case "key":
		return starlark.String(a.attr.Key), nil
	case "value":
		return a.env.fromValue(a.attr.Value)
	case "number":
		if n, ok := a.attr.Number.Get(); ok {
			return starlark.MakeInt64(n), nil
		}
		return starlark.None, nil
	case "subkey":
		if s, ok := a.attr.Subkey.Get(); ok {
			return starlark.String(s), nil
		}
		return starlark.None, nil
	case "datatype":
		return starlark.String(a.attr.Value.Kind()), nil
	case "entity":
		o, err := a.env.object(a.attr.Entity, "the owner")
		if err != nil {
			return nil, err
		}
		return a.env.wrap(o), nil
	case "version":
		return starlark.MakeInt64(int64(a.attr.Version)), nil
	}
	return nil, nil
}

// AttrNames returns the names of the fields.
func (a *attribute) AttrNames() []string {
	return []string{"datatype", "entity", "key", "number", "subkey", "value", "version"}
}

// CompareSameType compares as classic does: attributes are equal if key, subkey
// and value are, and ordered by key alone (classic: schema.py, Attribute).
func (a *attribute) CompareSameType(op syntax.Token, other starlark.Value, _ int) (bool, error) {
	b := other.(*attribute)
	equal := a.attr.Key == b.attr.Key && a.attr.Subkey == b.attr.Subkey && a.attr.Value.Equal(b.attr.Value)
	switch op {
	case syntax.EQL:
		return equal, nil
	case syntax.NEQ:
		return !equal, nil
	case syntax.LT:
		return a.attr.Key < b.attr.Key, nil
	case syntax.LE:
		return a.attr.Key <= b.attr.Key, nil
	case syntax.GT:
		return a.attr.Key > b.attr.Key, nil
	}
	return a.attr.Key >= b.attr.Key, nil
}
