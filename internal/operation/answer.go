package operation

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// answer returns what a method returned as JSON: an entity is {"entity": NAME}, a driver
// {"driver": NAME}, a time {"time": …}, an attribute as the API has it; what has a text of
// its own, such as an address, is that.
func (r *runner) answer(ctx context.Context, result any) (api.Argument, error) {
	w := &answerWriter{referred: map[clusto.EntityID]bool{}}
	if _, err := w.plain(result, maxNesting); err != nil { // for what it refers to
		return nil, err
	}
	ids := slices.Sorted(maps.Keys(w.referred))
	entities, err := r.inv.Entities(ctx, ids...)
	if err != nil {
		return nil, err
	}
	w.names = make(map[clusto.EntityID]string, len(entities))
	for _, e := range entities {
		w.names[e.ID] = e.Name
	}
	v, err := w.plain(result, maxNesting)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// answerWriter makes JSON of what methods return. It goes over it twice: the first
// time it learns what values refer to, the second it knows the names.
type answerWriter struct {
	referred map[clusto.EntityID]bool
	names    map[clusto.EntityID]string
}

// plain returns v in what JSON has forms for.
func (w *answerWriter) plain(v any, depth int) (any, error) {
	if depth == 0 {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "it is nested more than %d deep", maxNesting)
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case *clusto.Object:
		if v == nil {
			return nil, nil
		}
		return map[string]any{keyEntity: v.Name}, nil
	case *clusto.Driver:
		if v == nil {
			return nil, nil
		}
		return map[string]any{keyDriver: v.Name}, nil
	case clusto.Value:
		return w.value(v), nil
	case clusto.Attr:
		return w.attr(v)
	case time.Time:
		return map[string]any{keyTime: v.UTC().Format(time.RFC3339Nano)}, nil
	case error:
		return v.Error(), nil
	case fmt.Stringer:
		return v.String(), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return clusto.FormatFloat(v), nil
		}
		return v, nil
	}
	return w.reflected(reflect.ValueOf(v), depth)
}

func (w *answerWriter) reflected(v reflect.Value, depth int) (any, error) {
	switch v.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.Interface(), nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return w.plain(v.Elem().Interface(), depth-1)
	case reflect.Slice, reflect.Array:
		items := make([]any, v.Len())
		for i := range items {
			item, err := w.plain(v.Index(i).Interface(), depth-1)
			if err != nil {
				return nil, err
			}
			items[i] = item
		}
		return items, nil
	case reflect.Map:
		members := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			member, err := w.plain(it.Value().Interface(), depth-1)
			if err != nil {
				return nil, err
			}
			members[fmt.Sprint(it.Key().Interface())] = member
		}
		return members, nil
	}
	return nil, clusto.Errorf(clusto.ErrUnsupported, "a %s has no form in JSON", v.Type())
}

// value returns the value of an attribute.
func (w *answerWriter) value(v clusto.Value) any {
	switch {
	case v.IsNone():
		return nil
	case v.Relation() != 0:
		w.referred[v.Relation()] = true
		return map[string]any{keyEntity: w.names[v.Relation()]}
	case v.Kind() == clusto.KindInt:
		return v.Int64()
	case v.Kind() == clusto.KindTime:
		return map[string]any{keyTime: v.Time().Format(time.RFC3339Nano)}
	case v.Kind() == clusto.KindJSON && json.Valid([]byte(v.Str())):
		return json.RawMessage(v.Str())
	}
	return v.Str()
}

// attr returns an attribute as the API has it.
func (w *answerWriter) attr(a clusto.Attr) (any, error) {
	out := api.Attr{Key: a.Key, Type: api.ValueType(a.Value.Kind())}
	if n, ok := a.Number.Get(); ok {
		out.Number = &n
	}
	if s, ok := a.Subkey.Get(); ok {
		out.Subkey = &s
	}
	v := w.value(a.Value)
	switch {
	case a.Value.Relation() != 0:
		v = w.names[a.Value.Relation()]
	case a.Value.Kind() == clusto.KindTime:
		v = clusto.FormatTime(a.Value.Time())
	}
	var err error
	out.Value, err = json.Marshal(v)
	return out, err
}
