package script

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	startime "go.starlark.net/lib/time"
	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// toGo returns a value of a script as the method tables want it, or ErrInvalid.
func (x *env) toGo(v starlark.Value) (any, error) {
	switch v := v.(type) {
	case nil, starlark.NoneType:
		return nil, nil
	case starlark.String:
		return string(v), nil
	case starlark.Bytes:
		return string(v), nil
	case starlark.Bool:
		return bool(v), nil
	case starlark.Int:
		n, ok := v.Int64()
		if !ok {
			return nil, clusto.Errorf(clusto.ErrInvalid, "the number %s is too large: at most %d", v, int64(math.MaxInt64))
		}
		return n, nil
	case starlark.Float:
		return float64(v), nil
	case startime.Time:
		return time.Time(v), nil
	case *object:
		return v.now()
	case *class:
		if v.driver != nil {
			return v.driver, nil
		}
	case *attribute:
		return v.attr, nil
	case *starlark.Dict, *starlark.List, starlark.Tuple, *starlark.Set:
		return x.containerToGo(v)
	case *superObject:
		return x.toGo(v.self)
	}
	return nil, clusto.Errorf(clusto.ErrInvalid, "a %s cannot be used here; use a string, an int, a list, a dict, an entity or a driver", v.Type())
}

// containerToGo returns a list or dict; one that contains itself is refused.
func (x *env) containerToGo(v starlark.Value) (any, error) {
	if x.nesting++; x.nesting > maxNesting {
		x.nesting--
		return nil, clusto.Errorf(clusto.ErrInvalid, "lists and dicts are nested more than %d deep, or contain themselves", maxNesting)
	}
	defer func() { x.nesting-- }()
	if d, ok := v.(*starlark.Dict); ok {
		return x.dictToGo(d)
	}
	return x.listToGo(v.(starlark.Iterable))
}

func (x *env) listToGo(v starlark.Iterable) ([]any, error) {
	list := []any{}
	it := v.Iterate()
	defer it.Done()
	var item starlark.Value
	for it.Next(&item) {
		g, err := x.toGo(item)
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

func (x *env) dictToGo(d *starlark.Dict) (map[string]any, error) {
	m := make(map[string]any, d.Len())
	for _, item := range d.Items() {
		key, ok := starlark.AsString(item[0])
		if !ok {
			return nil, clusto.Errorf(clusto.ErrInvalid, "the key %s of a dict must be a string here", item[0])
		}
		g, err := x.toGo(item[1])
		if err != nil {
			return nil, err
		}
		m[key] = g
	}
	return m, nil
}

// toValue returns a value of a script as an attribute's value.
func (x *env) toValue(v starlark.Value) (clusto.Value, error) {
	if isStoredAsText(v) {
		return clusto.String(str(v)), nil
	}
	g, err := x.toGo(v)
	if err != nil {
		return clusto.Value{}, err
	}
	return clusto.ValueOf(g)
}

// fromValue returns an attribute's value for scripts.
func (x *env) fromValue(v clusto.Value) (starlark.Value, error) {
	if v.IsNone() {
		return starlark.None, nil
	}
	switch v.Kind() {
	case clusto.KindInt:
		return starlark.MakeInt64(v.Int64()), nil
	case clusto.KindTime:
		return startime.Time(v.Time()), nil
	case clusto.KindJSON:
		return fromJSON(x.thread, v.Str()), nil
	case clusto.KindRelation:
		inv, err := x.inventory()
		if err != nil {
			return nil, err
		}
		objects, err := inv.Objects(x.ctx, v.Relation())
		if err != nil {
			return nil, err
		}
		return x.wrap(objects[0]), nil
	}
	return starlark.String(v.Str()), nil
}

// fromGo returns what a method in Go returned for scripts: lists for slices,
// tuples for arrays, dicts for maps.
func (x *env) fromGo(v any) (starlark.Value, error) {
	switch v := v.(type) {
	case nil:
		return starlark.None, nil
	case starlark.Value:
		return v, nil
	case *clusto.Object:
		if v == nil {
			return starlark.None, nil
		}
		return x.wrap(v), nil
	case *clusto.Driver:
		if v == nil {
			return starlark.None, nil
		}
		return x.engine.classOf(v), nil
	case clusto.Value:
		return x.fromValue(v)
	case clusto.Attr:
		return &attribute{env: x, attr: v}, nil
	case time.Time:
		return startime.Time(v), nil
	case time.Duration:
		return startime.Duration(v), nil
	case error:
		return starlark.String(v.Error()), nil
	case fmt.Stringer:
		return starlark.String(v.String()), nil
	}
	return x.fromReflect(reflect.ValueOf(v))
}

func (x *env) fromReflect(v reflect.Value) (starlark.Value, error) {
	switch v.Kind() {
	case reflect.Bool:
		return starlark.Bool(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return starlark.MakeInt64(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return starlark.MakeUint64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return starlark.Float(v.Float()), nil
	case reflect.String:
		return starlark.String(v.String()), nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return starlark.None, nil
		}
		return x.fromGo(v.Elem().Interface())
	case reflect.Slice:
		items, err := x.items(v)
		return starlark.NewList(items), err
	case reflect.Array:
		items, err := x.items(v)
		return starlark.Tuple(items), err
	case reflect.Map:
		return x.fromMap(v)
	}
	return nil, clusto.Errorf(clusto.ErrUnsupported, "a %s cannot be shown to scripts", v.Type())
}

func (x *env) items(v reflect.Value) ([]starlark.Value, error) {
	items := make([]starlark.Value, v.Len())
	for i := range items {
		item, err := x.fromGo(v.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return items, nil
}

// fromMap returns a dict with sorted keys.
func (x *env) fromMap(v reflect.Value) (starlark.Value, error) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.CanInt() && b.CanInt() {
			return cmp.Compare(a.Int(), b.Int())
		}
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	d := starlark.NewDict(len(keys))
	for _, k := range keys {
		key, err := x.fromGo(k.Interface())
		if err != nil {
			return nil, err
		}
		value, err := x.fromGo(v.MapIndex(k).Interface())
		if err != nil {
			return nil, err
		}
		if err := d.SetKey(key, value); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// constant returns a constant of a driver for scripts; what is no plain value is
// not shown.
func constant(v any) starlark.Value {
	c, err := (&env{}).fromGo(v)
	if err != nil {
		return starlark.None
	}
	return c
}
