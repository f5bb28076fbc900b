package script

import (
	"strings"

	"go.starlark.net/lib/json"
	"go.starlark.net/starlark"
)

// jsonModule is Starlark's module json, with dumps and loads as Python calls them.
func jsonModule() starlark.Value {
	members := starlark.StringDict{"dumps": starlark.NewBuiltin("dumps", jsonDumps), "loads": json.Module.Members["decode"]}
	for name, v := range json.Module.Members {
		members[name] = v
	}
	return fixed("json", members)
}

// jsonDumps is json.dumps(x, indent=None, sort_keys=False). Keys are always sorted.
func jsonDumps(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var indent starlark.Value = starlark.None
	var sorted bool
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x, "indent?", &indent, "sort_keys?", &sorted); err != nil {
		return nil, err
	}
	text, err := starlark.Call(t, json.Module.Members["encode"], starlark.Tuple{x}, nil)
	if err != nil || indent == starlark.None {
		return text, err
	}
	step, isText := starlark.AsString(indent)
	if !isText {
		n, err := starlark.AsInt32(indent)
		if err != nil {
			return nil, err
		}
		step = strings.Repeat(" ", min(max(n, 0), maxIndent))
	}
	return starlark.Call(t, json.Module.Members["indent"], starlark.Tuple{text},
		[]starlark.Tuple{{starlark.String("indent"), starlark.String(step)}})
}

// maxIndent is the most blanks by which a level of JSON is indented.
const maxIndent = 16
