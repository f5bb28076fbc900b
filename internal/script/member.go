package script

import (
	"fmt"

	"go.starlark.net/starlark"
)

// bound is a function with its first argument fixed.
type bound struct {
	recv starlark.Value
	fn   starlark.Value
}

var _ starlark.Callable = (*bound)(nil)

func (b *bound) Name() string {
	if c, ok := b.fn.(starlark.Callable); ok {
		return c.Name()
	}
	return "method"
}
func (b *bound) String() string        { return "<bound method " + b.Name() + ">" }
func (b *bound) Type() string          { return "method" }
func (b *bound) Freeze()               { b.recv.Freeze(); b.fn.Freeze() }
func (b *bound) Truth() starlark.Bool  { return starlark.True }
func (b *bound) Hash() (uint32, error) { return starlark.String(b.Name()).Hash() }

func (b *bound) CallInternal(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	all := make(starlark.Tuple, 0, len(args)+1)
	return starlark.Call(t, b.fn, append(append(all, b.recv), args...), kwargs)
}

// classFunc is what @classmethod makes of a function.
type classFunc struct{ fn starlark.Callable }

// staticFunc is what @staticmethod makes of a function.
type staticFunc struct{ fn starlark.Callable }

// property is what @property makes of a function.
type property struct {
	get starlark.Callable
	set starlark.Callable // nil: cannot be assigned
}

func (f *classFunc) String() string         { return "<classmethod>" }
func (f *classFunc) Type() string           { return "classmethod" }
func (f *classFunc) Freeze()                { f.fn.Freeze() }
func (f *classFunc) Truth() starlark.Bool   { return starlark.True }
func (f *classFunc) Hash() (uint32, error)  { return 0, fmt.Errorf("unhashable: classmethod") }
func (f *staticFunc) String() string        { return "<staticmethod>" }
func (f *staticFunc) Type() string          { return "staticmethod" }
func (f *staticFunc) Freeze()               { f.fn.Freeze() }
func (f *staticFunc) Truth() starlark.Bool  { return starlark.True }
func (f *staticFunc) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: staticmethod") }
func (p *property) String() string          { return "<property>" }
func (p *property) Type() string            { return "property" }
func (p *property) Truth() starlark.Bool    { return starlark.True }
func (p *property) Hash() (uint32, error)   { return 0, fmt.Errorf("unhashable: property") }
func (p *property) AttrNames() []string     { return []string{"setter"} }

func (p *property) Freeze() {
	p.get.Freeze()
	if p.set != nil {
		p.set.Freeze()
	}
}

// Attr has what stands in @x.setter.
func (p *property) Attr(name string) (starlark.Value, error) {
	if name != "setter" {
		return nil, nil
	}
	return starlark.NewBuiltin("setter", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var fn starlark.Callable
		if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &fn); err != nil {
			return nil, err
		}
		return &property{get: p.get, set: fn}, nil
	}), nil
}

// assign calls the setter.
func (p *property) assign(t *starlark.Thread, self starlark.Value, name string, v starlark.Value) error {
	if p.set == nil {
		return raise(classAttributeError, fmt.Sprintf("property %s cannot be assigned: it has no setter", name))
	}
	_, err := starlark.Call(t, p.set, starlark.Tuple{self, v}, nil)
	return err
}

// decorator returns the builtin that wraps a function.
func decorator(name string, wrap func(starlark.Callable) starlark.Value) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var fn starlark.Callable
		if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &fn); err != nil {
			return nil, err
		}
		return wrap(fn), nil
	})
}

// superObject is super(): the object seen from behind a class.
type superObject struct {
	self  starlark.Value // an object, an Instance, or in class methods a Class
	after *class
}

func (s *superObject) String() string        { return "<super of " + s.after.name + ">" }
func (s *superObject) Type() string          { return "super" }
func (s *superObject) Freeze()               {}
func (s *superObject) Truth() starlark.Bool  { return starlark.True }
func (s *superObject) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: super") }

func (s *superObject) AttrNames() []string {
	if a, ok := s.self.(starlark.HasAttrs); ok {
		return a.AttrNames()
	}
	return nil
}

func (s *superObject) Attr(name string) (starlark.Value, error) {
	switch self := s.self.(type) {
	case *object:
		return self.member(name, s.after)
	case *instance:
		v, err := self.member(name, s.after)
		if v == nil && err == nil && name == "__init__" {
			return self.class.baseInit(self), nil
		}
		return v, err
	case *class:
		v, m := self.find(name, s.after)
		if m != nil {
			return &goMethod{method: m, class: self}, nil
		}
		if w, ok := v.(*classFunc); ok {
			return &bound{recv: self, fn: w.fn}, nil
		}
		return v, nil
	}
	return nil, nil
}

// baseInit returns the __init__ of a class whose bases have none: exceptions
// keep their arguments, all else takes none.
func (c *class) baseInit(i *instance) starlark.Value {
	return starlark.NewBuiltin("__init__", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if c.is(classBaseException) {
			return starlark.None, i.fields.SetField("args", args)
		}
		if len(args)+len(kwargs) > 0 {
			return nil, raise(classTypeError, "object.__init__() takes no arguments")
		}
		return starlark.None, nil
	})
}
