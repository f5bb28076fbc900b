package basic

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// queryParams are the parameters of every method that asks for attributes
// (classic: drivers/base/driver.py, attr_filter).
const queryParams = "key=?, value=?, number=?, subkey=?, ignore_hidden=True, merge_container_attrs=False, regex=False, clusto_types=None, clusto_drivers=None"

// query is a question about the attributes of an entity.
type query struct {
	match  clusto.AttrMatch
	merged bool
	// targets limits to relations to entities of these types and drivers.
	targets clusto.Match
	// key, subkey and value are patterns, or nil.
	key, subkey, value *regexp.Regexp
}

// queryMethod declares a method that takes a query.
func queryMethod[T any](name, doc string, fn func(context.Context, *clusto.Object, query) (T, error)) *clusto.Method {
	return clusto.M(name, queryParams, doc, func(ctx context.Context, o *clusto.Object,
		key, value, number, subkey any, ignoreHidden, merged, regex bool, types, drivers []any) (T, error) {
		q, err := newQuery(o.Inventory(), key, value, number, subkey, ignoreHidden, regex, types, drivers)
		if err != nil {
			var none T
			return none, err
		}
		q.merged = merged
		return fn(ctx, o, q)
	})
}

func newQuery(inv *clusto.Inventory, key, value, number, subkey any, ignoreHidden, regex bool, types, drivers []any) (query, error) {
	var q query
	var err error
	if q.targets, err = matchOf(inv.Drivers(), types, drivers); err != nil {
		return q, err
	}
	if q.match, err = attrMatch(key, value, number, subkey, ignoreHidden); err != nil || !regex {
		return q, err
	}
	return q, q.usePatterns()
}

// usePatterns makes patterns of the conditions on texts.
func (q *query) usePatterns() error {
	var err error
	if q.match.Key.Op == clusto.Equal {
		q.key, err = pattern(q.match.Key.Arg)
		q.match.Key = clusto.Cond[string]{}
	}
	if err == nil && q.match.Subkey.Op == clusto.Equal {
		q.subkey, err = pattern(q.match.Subkey.Arg)
		q.match.Subkey = clusto.Cond[string]{}
	}
	if err == nil && q.match.Value.Op == clusto.Equal && q.match.Value.Arg.Kind() == clusto.KindString {
		q.value, err = pattern(q.match.Value.Arg.Str())
		q.match.Value = clusto.Cond[clusto.Value]{}
	}
	return err
}

// pattern compiles a regular expression that matches at the beginning of a
// text, as Python's re.match does.
func pattern(text string) (*regexp.Regexp, error) {
	re, err := regexp.Compile("^(?:" + text + ")")
	if err != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "regular expression %q: %w", text, err)
	}
	return re, nil
}

// given reports whether an argument says anything: classic's () does not.
func given(arg any) bool {
	list, isList := arg.([]any)
	return arg != clusto.NotGiven && (!isList || len(list) > 0)
}

// attrMatch returns the condition that classic's arguments make.
func attrMatch(key, value, number, subkey any, ignoreHidden bool) (clusto.AttrMatch, error) {
	m := clusto.AttrMatch{Visible: ignoreHidden}
	if given(key) && key != nil {
		name, ok := key.(string)
		if !ok {
			return m, clusto.Errorf(clusto.ErrInvalid, "key is a %s, want a text", clusto.WordFor(key))
		}
		m.Key = clusto.Is(name)
		m.Visible = ignoreHidden && !strings.HasPrefix(name, "_")
	}
	if given(subkey) {
		switch s := subkey.(type) {
		case nil:
			m.Subkey = clusto.IsAbsent[string]()
		case string:
			m.Subkey = clusto.Is(s)
		default:
			return m, clusto.Errorf(clusto.ErrInvalid, "subkey is a %s, want a text or None", clusto.WordFor(subkey))
		}
	}
	var err error
	if given(number) {
		if m.Number, err = numberCond(number); err != nil {
			return m, err
		}
	}
	if given(value) {
		v, err := clusto.ValueOf(value)
		if err != nil {
			return m, err
		}
		m.Value = clusto.Is(v)
		if v.IsNone() {
			m.Value = clusto.IsAbsent[clusto.Value]()
		}
	}
	return m, nil
}

// everywhere answers a query about the attributes of all entities (classic:
// Driver.do_attr_query). They come in the order in which they were made.
func everywhere(ctx context.Context, inv *clusto.Inventory, key, value, number, subkey any, ignoreHidden, glob, count bool) (any, error) {
	m, err := attrMatch(key, value, number, subkey, ignoreHidden)
	if err != nil {
		return nil, err
	}
	if glob && m.Key.Op == clusto.Equal {
		m.Key = clusto.Like(m.Key.Arg)
	}
	if glob && m.Subkey.Op == clusto.Equal {
		m.Subkey = clusto.Like(m.Subkey.Arg)
	}
	attrs, err := clusto.Collect(inv.Attrs(ctx, m))
	if count {
		return len(attrs), err
	}
	return attrs, err
}

// numberCond returns the condition that a number argument makes: True is any
// number, False and None are none.
func numberCond(number any) (clusto.Cond[int64], error) {
	switch n := number.(type) {
	case nil:
		return clusto.IsAbsent[int64](), nil
	case bool:
		if n {
			return clusto.IsPresent[int64](), nil
		}
		return clusto.IsAbsent[int64](), nil
	case int:
		return clusto.Is(int64(n)), nil
	case int64:
		return clusto.Is(n), nil
	}
	return clusto.Cond[int64]{}, clusto.Errorf(clusto.ErrInvalid, "number is a %s, want True, False, None or a number", clusto.WordFor(number))
}

// run answers q about o.
func (q query) run(ctx context.Context, o *clusto.Object) ([]clusto.Attr, error) {
	ask := o.Attrs
	if q.merged {
		ask = o.MergedAttrs
	}
	attrs, err := ask(ctx, q.match)
	if err != nil {
		return nil, err
	}
	attrs = slices.DeleteFunc(attrs, func(a clusto.Attr) bool { return !q.fits(a) })
	return q.limitTargets(ctx, o.Inventory(), attrs)
}

// fits reports whether a meets the patterns of q.
func (q query) fits(a clusto.Attr) bool {
	if q.key != nil && !q.key.MatchString(a.Key) {
		return false
	}
	if subkey, ok := a.Subkey.Get(); q.subkey != nil && (!ok || !q.subkey.MatchString(subkey)) {
		return false
	}
	return q.value == nil || a.Value.Kind() == clusto.KindString && !a.Value.IsNone() && q.value.MatchString(a.Value.Str())
}

// limitTargets returns those of attrs that refer to entities of the types and
// drivers that q names.
func (q query) limitTargets(ctx context.Context, inv *clusto.Inventory, attrs []clusto.Attr) ([]clusto.Attr, error) {
	if q.targets.Types == nil && q.targets.Drivers == nil {
		return attrs, nil
	}
	var ids []clusto.EntityID
	for _, a := range attrs {
		if id := a.Value.Relation(); id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	entities, err := inv.Entities(ctx, ids...)
	if err != nil {
		return nil, err
	}
	wanted := map[clusto.EntityID]bool{}
	for _, e := range entities {
		wanted[e.ID] = q.targets.Admits(e)
	}
	return slices.DeleteFunc(attrs, func(a clusto.Attr) bool { return !wanted[a.Value.Relation()] }), nil
}

// matchOf returns the condition that clusto_types and clusto_drivers make. Both
// take names and drivers. It returns ErrNotFound for a name that is unknown.
func matchOf(known *clusto.Registry, types, drivers []any) (clusto.Match, error) {
	var m clusto.Match
	for _, t := range types {
		switch t := t.(type) {
		case *clusto.Driver:
			m.Types = append(m.Types, t.EntityType())
		case string:
			if !slices.Contains(known.Types(), t) {
				return m, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no type %q", t),
					"types: %s", strings.Join(known.Types(), ", "))
			}
			m.Types = append(m.Types, t)
		default:
			return m, clusto.Errorf(clusto.ErrInvalid, "clusto_types takes names of types and drivers, not a %s", clusto.WordFor(t))
		}
	}
	for _, d := range drivers {
		switch d := d.(type) {
		case *clusto.Driver:
			m.Drivers = append(m.Drivers, d.Name)
		case string:
			found, ok := known.Driver(d)
			if !ok {
				return m, clusto.Errorf(clusto.ErrNotFound, "there is no driver %q", d)
			}
			m.Drivers = append(m.Drivers, found.Name)
		default:
			return m, clusto.Errorf(clusto.ErrInvalid, "clusto_drivers takes names and drivers, not a %s", clusto.WordFor(d))
		}
	}
	return m, nil
}
