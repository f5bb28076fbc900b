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
