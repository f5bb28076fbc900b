package script

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/clusto/clusto/internal/script/format"
)

// formats shows values in formats as str and repr do.
func formats() format.Funcs {
	return format.Funcs{
		Str:  func(v starlark.Value) (string, error) { return str(v), nil },
		Repr: func(v starlark.Value) (string, error) { return repr(v), nil },
	}
}

// modulo is the % operator: @mod(x, y). A text on the left is a format.
func modulo(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &y); err != nil {
		return nil, err
	}
	text, ok := x.(starlark.String)
	if !ok {
		return starlark.Binary(syntax.PERCENT, x, y)
	}
	out, err := formats().Percent(string(text), y)
	return starlark.String(out), err
}

// formatValue is one value of an f-string: @format(value, spec, conversion). The function
// format(value, spec) is the same without conversion.
func formatValue(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var spec, conversion string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v, &spec, &conversion); err != nil {
		return nil, err
	}
	out, err := formats().Field(v, spec, conversion)
	return starlark.String(out), err
}
