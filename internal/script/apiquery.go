package script

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// attrFields are what a condition on an attribute may name.
var attrFields = []string{"key", "value", "number", "subkey"}

// attrMatch returns the condition that named arguments describe: what is not
// given may be anything, None asks for absence, number=True for presence
// (classic: Driver.do_attr_query).
func (x *env) attrMatch(fields []starlark.Tuple) (clusto.AttrMatch, error) {
	var m clusto.AttrMatch
	for _, kv := range fields {
		name, _ := starlark.AsString(kv[0])
		v := kv[1]
		switch name {
		case "key":
			s, ok := starlark.AsString(v)
			if !ok {
				return m, raise(classTypeError, "key must be a string, not "+v.Type())
			}
			m.Key = clusto.Is(s)
		case "subkey":
			s, ok := starlark.AsString(v)
			switch {
			case ok:
				m.Subkey = clusto.Is(s)
			case v == starlark.None:
				m.Subkey = clusto.IsAbsent[string]()
			case bool(v.Truth()):
				return m, raise(classTypeError, "subkey must be a string or None, not "+v.Type())
			}
		case "number":
			if err := matchNumber(&m, v); err != nil {
				return m, err
			}
		case "value":
			if v == starlark.None {
				m.Value = clusto.IsAbsent[clusto.Value]()
				continue
			}
			value, err := x.toValue(v)
			if err != nil {
				return m, fmt.Errorf("value: %w", err)
			}
			m.Value = clusto.Is(value)
		default:
			return m, raise(classTypeError, fmt.Sprintf("a condition on attributes has %s, not %s", strings.Join(attrFields, ", "), name))
		}
	}
	return m, nil
}

func matchNumber(m *clusto.AttrMatch, v starlark.Value) error {
	switch v := v.(type) {
	case starlark.Int:
		n, ok := v.Int64()
		if !ok {
			return raise(classValueError, "number is too large")
		}
		m.Number = clusto.Is(n)
	case starlark.Bool:
		m.Number = clusto.IsAbsent[int64]()
		if v {
			m.Number = clusto.IsPresent[int64]()
		}
	case starlark.NoneType:
		m.Number = clusto.IsAbsent[int64]()
	default:
		return raise(classTypeError, "number must be an int, True, False or None, not "+v.Type())
	}
	return nil
}

// getEntities returns the entities of the given types, drivers and names that have an
// attribute that meets one of the conditions.
func getEntities(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var types, drivers, names, attrs starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "clusto_types?", &types, "clusto_drivers?", &drivers, "attrs?", &attrs, "names?", &names); err != nil {
		return nil, err
	}
	x := envOf(t)
	m, err := x.match(types, drivers)
	if err != nil {
		return nil, err
	}
	if given(names) {
		if m.Names, err = texts(names); err != nil {
			return nil, err
		}
	}
	if given(attrs) {
		if m.Attrs, err = x.attrMatches(attrs); err != nil {
			return nil, err
		}
	}
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	found, err := inv.FindObjects(x.ctx, m)
	if err != nil {
		return nil, err
	}
	return x.fromGo(found)
}

// given reports whether an optional list was given: neither missing nor empty.
func given(v starlark.Value) bool { return v != nil && bool(v.Truth()) }

func (x *env) attrMatches(v starlark.Value) ([]clusto.AttrMatch, error) {
	list, ok := v.(starlark.Iterable)
	if !ok {
		return nil, raise(classTypeError, "attrs must be a list of dicts, not "+v.Type())
	}
	if d, ok := v.(*starlark.Dict); ok {
		list = starlark.Tuple{d}
	}
	var out []clusto.AttrMatch
	for item := range starlark.Elements(list) {
		d, ok := item.(*starlark.Dict)
		if !ok {
			return nil, raise(classTypeError, "attrs must be a list of dicts; it has a "+item.Type())
		}
		m, err := x.attrMatch(d.Items())
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// match returns the condition on types and drivers, each a name, a class, or a
// list of these. A name that no driver has is a NameError.
func (x *env) match(types, drivers starlark.Value) (clusto.Match, error) {
	var m clusto.Match
	var err error
	reg := x.engine.opt.Drivers
	if given(types) {
		if m.Types, err = names(types, (*clusto.Driver).EntityType); err != nil {
			return m, err
		}
		known := reg.Types()
		for _, typ := range m.Types {
			if !slices.Contains(known, typ) {
				return m, unknownName("type", typ, known)
			}
		}
	}
	if given(drivers) {
		if m.Drivers, err = names(drivers, func(d *clusto.Driver) string { return d.Name }); err != nil {
			return m, err
		}
		for _, name := range m.Drivers {
			if _, ok := reg.Driver(name); !ok {
				return m, unknownName("driver", name, driverNames(reg))
			}
		}
	}
	return m, nil
}

func driverNames(reg *clusto.Registry) []string {
	var all []string
	for _, d := range reg.Drivers() {
		all = append(all, d.Name)
	}
	return all
}

func unknownName(what, name string, known []string) error {
	return raise(classNameError, fmt.Sprintf("there is no %s %s", what, quote(name))+meant(name, known))
}

// names returns the names in v: strings as they are, classes as of says.
func names(v starlark.Value, of func(*clusto.Driver) string) ([]string, error) {
	list, ok := v.(starlark.Iterable)
	if _, single := v.(*class); single || !ok {
		list = starlark.Tuple{v}
	}
	var out []string
	for item := range starlark.Elements(list) {
		name, isText := starlark.AsString(item)
		if c, ok := item.(*class); ok && c.baseDriver() != nil {
			name, isText = of(c.baseDriver()), true
		}
		if !isText {
			return nil, raise(classTypeError, "want names or classes of drivers, not "+item.Type())
		}
		out = append(out, name)
	}
	return out, nil
}

// getFromContainers is get_from_pools and get_from_entities: what is in all of the
// given containers, which may be given by name. None given, nothing found.
func getFromContainers(param, driver string) builtinFunc {
	return func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var list starlark.Iterable
		var types, drivers starlark.Value
		deep := true
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, param, &list, "clusto_types?", &types, "clusto_drivers?", &drivers, "search_children?", &deep); err != nil {
			return nil, err
		}
		x := envOf(t)
		m, err := x.match(types, drivers)
		if err != nil {
			return nil, err
		}
		var containers []*clusto.Object
		for item := range starlark.Elements(list) {
			o, err := x.entity(item)
			if err != nil {
				return nil, err
			}
			if driver != "" && !o.Driver().Is(driver) {
				return nil, raise(classTypeError, fmt.Sprintf("%s is not a %s: its driver is %s", o.Name, driver, o.Entity.Driver))
			}
			containers = append(containers, o)
		}
		inv, err := x.inventory()
		if err != nil {
			return nil, err
		}
		found, err := inv.InAll(x.ctx, containers, deep, m)
		if err != nil {
			return nil, err
		}
		return x.fromGo(found)
	}
}

// entity returns an entity that is given as such or by its name.
func (x *env) entity(v starlark.Value) (*clusto.Object, error) {
	if name, ok := starlark.AsString(v); ok {
		return x.byName(name)
	}
	if o, ok := v.(*object); ok {
		return o.now()
	}
	return nil, raise(classTypeError, "want an entity or its name, not "+v.Type())
}

// adjacencyMap is adjacency_map(): a row [container, its type, content, its type] for
// each relation that puts one entity into another, a rack unit each.
func adjacencyMap(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	x := envOf(t)
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	entities, err := clusto.Collect(inv.Find(x.ctx, clusto.Match{}))
	if err != nil {
		return nil, err
	}
	byID := make(map[clusto.EntityID]clusto.Entity, len(entities))
	for _, e := range entities {
		byID[e.ID] = e
	}
	relations, err := clusto.Collect(inv.Attrs(x.ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)}))
	if err != nil {
		return nil, err
	}
	rows := make([][]string, 0, len(relations))
	for _, a := range relations {
		from, to := byID[a.Entity], byID[a.Value.Relation()]
		if from.ID != 0 && to.ID != 0 {
			rows = append(rows, []string{from.Name, from.Type, to.Name, to.Type})
		}
	}
	return x.fromGo(rows)
}

// driverName is get_driver_name(driver).
func driverName(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "driver", &v); err != nil {
		return nil, err
	}
	c, err := envOf(t).driverClassOf(v)
	if err != nil {
		return nil, err
	}
	return starlark.String(c.baseDriver().Name), nil
}

// typeName is get_type_name(type): a driver's, or the name itself if it is known.
func typeName(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "clusto_type", &v); err != nil {
		return nil, err
	}
	m, err := envOf(t).match(v, nil)
	if err != nil {
		return nil, err
	}
	if len(m.Types) != 1 {
		return nil, raise(classTypeError, "want one type")
	}
	return starlark.String(m.Types[0]), nil
}
