package script

import (
	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// getOrCreate returns the entity of that name, or makes it.
func getOrCreate(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) != 2 {
		return nil, raise(classTypeError, "get_or_create(name, Driver, property=…) wants a name and a driver")
	}
	name, ok := starlark.AsString(args[0])
	if !ok {
		return nil, raise(classTypeError, "the name must be a string, not "+args[0].Type())
	}
	x := envOf(t)
	o, err := x.byName(name)
	switch {
	case err == nil:
		return x.wrap(o), nil
	case clusto.KindOf(err) != clusto.ErrNotFound:
		return nil, err
	}
	c, err := x.driverClassOf(args[1])
	if err != nil {
		return nil, err
	}
	return c.create(t, args[:1], kwargs)
}

// driverClassOf returns the class of a driver that is given as such or by name.
func (x *env) driverClassOf(v starlark.Value) (*class, error) {
	if c, ok := v.(*class); ok && c.baseDriver() != nil {
		return c, nil
	}
	name, ok := starlark.AsString(v)
	if !ok {
		return nil, raise(classTypeError, "want a driver or its name, not "+v.Type())
	}
	reg := x.engine.opt.Drivers
	d, ok := reg.Driver(name)
	if !ok {
		return nil, unknownName("driver", name, driverNames(reg))
	}
	return x.engine.classOf(d), nil
}

// rename is rename(oldname, newname). The entity stays what it is.
func rename(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	var name string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "oldname", &which, "newname", &name); err != nil {
		return nil, err
	}
	x := envOf(t)
	result, err := x.inGo(func() (any, error) {
		o, err := x.entity(which)
		if err != nil {
			return nil, err
		}
		return o.Rename(x.ctx, name)
	})
	if err != nil {
		return nil, err
	}
	return x.fromGo(result)
}

// changeDriver is change_driver(name, newdriver).
func changeDriver(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which, driver starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "thingname", &which, "newdriver", &driver); err != nil {
		return nil, err
	}
	x := envOf(t)
	c, err := x.driverClassOf(driver)
	if err != nil {
		return nil, err
	}
	result, err := x.inGo(func() (any, error) {
		o, err := x.entity(which)
		if err != nil {
			return nil, err
		}
		return o.ChangeDriver(x.ctx, c.baseDriver())
	})
	if err != nil {
		return nil, err
	}
	return x.fromGo(result)
}

// deleteEntity is delete_entity(entity).
func deleteEntity(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "entity", &which); err != nil {
		return nil, err
	}
	x := envOf(t)
	_, err := x.inGo(func() (any, error) {
		o, err := x.entity(which)
		if err != nil {
			return nil, err
		}
		return nil, o.Delete(x.ctx)
	})
	return starlark.None, err
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
