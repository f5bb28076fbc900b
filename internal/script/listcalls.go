package script

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// setLiteral is {a, b}.
func setLiteral(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Iterable
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &list); err != nil {
		return nil, err
	}
	set := starlark.NewSet(0)
	for v := range starlark.Elements(list) {
		if err := set.Insert(v); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// deleteItem is del x[key].
func deleteItem(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, key starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &key); err != nil {
		return nil, err
	}
	switch x := x.(type) {
	case *starlark.Dict:
		_, found, err := x.Delete(key)
		if err == nil && !found {
			err = raise(classKeyError, repr(key))
		}
		return starlark.None, err
	case *starlark.List:
		i, err := starlark.AsInt32(key)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			i += x.Len()
		}
		if i < 0 || i >= x.Len() {
			return nil, raise(classIndexError, fmt.Sprintf("list index %s out of range: the list has %d", key, x.Len()))
		}
		rest := make([]starlark.Value, 0, x.Len())
		for j := range x.Len() {
			if j != i {
				rest = append(rest, x.Index(j))
			}
		}
		if err := x.Clear(); err != nil {
			return nil, err
		}
		for _, v := range rest {
			if err := x.Append(v); err != nil {
				return nil, err
			}
		}
		return starlark.None, nil
	}
	return nil, raise(classTypeError, fmt.Sprintf("del x[key] wants a dict or a list, not %s", x.Type()))
}

func callable(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	_, ok := v.(starlark.Callable)
	return starlark.Bool(ok), nil
}

// mapCall is map(fn, list, …), a list as in Python 2.
func mapCall(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) < 2 || len(kwargs) > 0 {
		return nil, raise(classTypeError, "map(fn, list, …) wants a function and lists")
	}
	rows, err := starlark.Call(t, starlark.Universe["zip"], args[1:], nil)
	if err != nil {
		return nil, err
	}
	out := starlark.NewList(nil)
	for row := range starlark.Elements(rows.(*starlark.List)) {
		v, err := starlark.Call(t, args[0], row.(starlark.Tuple), nil)
		if err != nil {
			return nil, err
		}
		if err := out.Append(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// filter is filter(fn, list); None for fn keeps what is true.
func filter(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fn starlark.Value
	var list starlark.Iterable
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &fn, &list); err != nil {
		return nil, err
	}
	out := starlark.NewList(nil)
	for v := range starlark.Elements(list) {
		keep := v
		if fn != starlark.None {
			var err error
			if keep, err = starlark.Call(t, fn, starlark.Tuple{v}, nil); err != nil {
				return nil, err
			}
		}
		if keep.Truth() {
			if err := out.Append(v); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// sum is sum(list, start=0), of whatever can be added.
func sum(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Iterable
	var total starlark.Value = starlark.MakeInt(0)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "list", &list, "start?", &total); err != nil {
		return nil, err
	}
	for v := range starlark.Elements(list) {
		if truth, ok := v.(starlark.Bool); ok {
			v = boolInt(truth)
		}
		var err error
		if total, err = starlark.Binary(syntax.PLUS, total, v); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func boolInt(b starlark.Bool) starlark.Int {
	if b {
		return starlark.MakeInt(1)
	}
	return starlark.MakeInt(0)
}

// iterCall is iter(x): a list that next() takes from.
func iterCall(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Iterable
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	return starlark.Call(t, starlark.Universe["list"], starlark.Tuple{x}, nil)
}

// nextCall is next(x, default): the first thing of a list, which is taken out.
func nextCall(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x *starlark.List
	var otherwise starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &x, &otherwise); err != nil {
		return nil, err
	}
	if x.Len() == 0 {
		if otherwise != nil {
			return otherwise, nil
		}
		return nil, raise(classStopIteration, "")
	}
	first := x.Index(0)
	_, err := deleteItem(t, b, starlark.Tuple{x, starlark.MakeInt(0)}, nil)
	return first, err
}
