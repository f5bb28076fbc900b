package script

import (
	"fmt"
	"maps"
	"strings"

	startime "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
)

// predeclared returns the names that every script sees: Starlark's own, those of
// Python that scripts expect, the exceptions, and the classic API.
func predeclared() starlark.StringDict {
	d := maps.Clone(starlark.Universe)
	for name, fn := range map[string]builtinFunc{
		"callable": callable, "divmod": divMod, "filter": filter, "format": formatValue, "help": help,
		"isinstance": isInstance, "issubclass": isSubclass, "iter": iterCall, "len": length, "map": mapCall, "next": nextCall,
		"pow": power, "print": printCall, "repr": reprCall, "round": round, "setattr": setAttr, "sum": sum,
		"super": superCall, "type": typeCall,
	} {
		d[name] = starlark.NewBuiltin(name, fn)
	}
	for _, t := range basicTypes() {
		d[t.name] = t
	}
	d["unicode"], d["basestring"], d["long"], d["xrange"] = d["str"], d["str"], d["int"], d["range"]
	d["frozenset"] = d["set"]
	d["property"] = decorator("property", func(fn starlark.Callable) starlark.Value { return &property{get: fn} })
	d["classmethod"] = decorator("classmethod", func(fn starlark.Callable) starlark.Value { return &classFunc{fn} })
	d["staticmethod"] = decorator("staticmethod", func(fn starlark.Callable) starlark.Value { return &staticFunc{fn} })
	d["object"] = classObject
	for _, c := range exceptionClasses() {
		d[c.name] = c
	}
	maps.Copy(d, api())
	return d
}

// helpers returns what the front end has scripts call, for a script with the
// given names, together with what is predeclared.
func (e *Engine) helpers(globals *scope) starlark.StringDict {
	d := maps.Clone(e.builtins)
	d["@globals"] = globals
	for name, fn := range map[string]builtinFunc{
		"@scope": scopeCall, "@late": late(globals), "@class": defineClass, "@super": superHelper, "@import": importCall,
		"@from": fromCall, "@try": try, "@match": match, "@raise": raiseStmt, "@assert": assertStmt,
		"@mod": modulo, "@pow": power, "@format": formatValue, "@set": setLiteral, "@del": deleteItem,
		"@show": showValue,
	} {
		d[name] = starlark.NewBuiltin(name, fn)
	}
	return d
}

// scopeCall makes a namespace: @scope() or @scope(outer).
func scopeCall(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var outer *scope
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0, &outer); err != nil {
		return nil, err
	}
	return newScope(outer), nil
}

// late returns @late(name, members): what the module has under a name, or else the
// class.
func late(globals *scope) builtinFunc {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var name string
		var members *scope
		if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &name, &members); err != nil {
			return nil, err
		}
		if v, ok := globals.find(name); ok {
			return v, nil
		}
		if v, ok := members.find(name); ok {
			return v, nil
		}
		return nil, globals.undefined(name)
	}
}

// superHelper is super() in a method: @super(members of the class, self).
func superHelper(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var members *scope
	var self starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &members, &self); err != nil {
		return nil, err
	}
	c, err := classOfValue(self)
	if err != nil {
		return nil, err
	}
	return superOf(c, self, members.class)
}

// superCall is super(Class, self) of Python 2.
func superCall(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var after *class
	var self starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &after, &self); err != nil {
		return nil, err
	}
	c, err := classOfValue(self)
	if err != nil {
		return nil, err
	}
	return superOf(c, self, after)
}

// superOf returns self, which is of class c, seen from behind another class.
func superOf(c *class, self starlark.Value, after *class) (starlark.Value, error) {
	if after == nil || !c.is(after) {
		return nil, raise(classTypeError, fmt.Sprintf("super(): %s is not of the class that the method belongs to", str(self)))
	}
	return &superObject{self: self, after: after}, nil
}

// classOfValue returns the class of an entity or instance; a class is its own.
func classOfValue(v starlark.Value) (*class, error) {
	switch v := v.(type) {
	case *object:
		c, _, err := v.class()
		return c, err
	case *instance:
		return v.class, nil
	case *class:
		return v, nil
	}
	return nil, raise(classTypeError, fmt.Sprintf("want an entity or an instance, got %s", v.Type()))
}

// isInstance is isinstance(x, classes).
func isInstance(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v, classes starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &v, &classes); err != nil {
		return nil, err
	}
	for _, want := range asTuple(classes) {
		switch want := want.(type) {
		case *class:
			if _, isClass := v.(*class); isClass {
				continue
			}
			if want == classObject {
				return starlark.True, nil
			}
			if c, err := classOfValue(v); err == nil && c.is(want) {
				return starlark.True, nil
			}
		case *basicType:
			if want.holds(v) {
				return starlark.True, nil
			}
		case *datetimeClass:
			if _, isTime := v.(startime.Time); isTime {
				return starlark.True, nil
			}
		default:
			return nil, raise(classTypeError, fmt.Sprintf("isinstance() wants a class or several in brackets, not %s", want.Type()))
		}
	}
	return starlark.False, nil
}

// isSubclass is issubclass(c, classes).
func isSubclass(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var c *class
	var classes starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &c, &classes); err != nil {
		return nil, err
	}
	for _, want := range asTuple(classes) {
		if k, ok := want.(*class); ok && (k == classObject || c.is(k)) {
			return starlark.True, nil
		}
	}
	return starlark.False, nil
}

func asTuple(v starlark.Value) starlark.Tuple {
	if t, ok := v.(starlark.Tuple); ok {
		return t
	}
	return starlark.Tuple{v}
}

// typeCall is type(x): the class of x.
func typeCall(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	if _, isClass := v.(*class); !isClass {
		if c, err := classOfValue(v); err == nil {
			return c, nil
		}
	}
	if _, isTime := v.(startime.Time); isTime {
		return &datetimeClass{}, nil
	}
	for _, t := range basicTypes() {
		if t.holds(v) {
			return t, nil
		}
	}
	return &basicType{name: v.Type(), of: []string{v.Type()}}, nil
}

// printCall is print(…, sep=' ', end='\n').
func printCall(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sep, end := " ", "\n"
	var flush starlark.Value
	if err := starlark.UnpackArgs(b.Name(), nil, kwargs, "sep?", &sep, "end?", &end, "flush?", &flush); err != nil {
		return nil, err
	}
	parts := make([]string, len(args))
	for i, v := range args {
		parts[i] = str(v)
	}
	_, err := fmt.Fprint(envOf(t).out, strings.Join(parts, sep), end)
	return starlark.None, err
}

// showValue prints the value of an expression entered at a shell, and keeps it as _.
func showValue(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	if v == starlark.None {
		return v, nil
	}
	x := envOf(t)
	if x.session != nil {
		x.session.globals.names["_"] = v
	}
	_, err := fmt.Fprintln(x.out, repr(v))
	return starlark.None, err
}

func reprCall(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &v); err != nil {
		return nil, err
	}
	return starlark.String(repr(v)), nil
}

// length is len(x); an instance says itself how long it is.
func length(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 1 && len(kwargs) == 0 {
		if i, ok := args[0].(*instance); ok {
			if v, found, err := i.call("__len__"); found {
				return v, err
			}
		}
	}
	return starlark.Call(t, starlark.Universe["len"], args, kwargs)
}

// setAttr is setattr(x, name, value).
func setAttr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, v starlark.Value
	var name string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 3, &x, &name, &v); err != nil {
		return nil, err
	}
	to, ok := x.(starlark.HasSetField)
	if !ok {
		return nil, raise(classAttributeError, fmt.Sprintf("the attributes of a %s cannot be assigned", x.Type()))
	}
	return starlark.None, to.SetField(name, v)
}
