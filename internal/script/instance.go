package script

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// instance is an object of a class that is no driver: a rack factory, an
// exception, whatever a script needs.
type instance struct {
	class  *class
	fields *scope
	env    *env  // where it was made; its methods are called there
	cause  error // of an exception that stands for an error of Go, else nil
}

var (
	_ starlark.HasSetField = (*instance)(nil)
	_ starlark.Comparable  = (*instance)(nil)
	_ starlark.Container   = (*instance)(nil)
	_ starlark.Iterable    = (*instance)(nil)
)

func (c *class) instantiate(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	i := &instance{class: c, fields: newScope(nil), env: envOf(t)}
	if c.is(classBaseException) {
		i.fields.names["args"] = args
	}
	init, _ := c.find("__init__", nil)
	if init == nil {
		if len(args)+len(kwargs) > 0 && !c.is(classBaseException) {
			return nil, raise(classTypeError, c.name+"() takes no arguments: the class has no __init__")
		}
		return i, nil
	}
	v, err := starlark.Call(t, &bound{recv: i, fn: init}, args, kwargs)
	if err != nil {
		return nil, err
	}
	if v != starlark.None {
		return nil, raise(classTypeError, c.name+".__init__ must not return a value")
	}
	return i, nil
}

func (i *instance) Type() string { return i.class.name }
func (i *instance) Freeze()      { i.fields.Freeze() }

// String returns what __repr__ returns, or a text that names the class.
func (i *instance) String() string {
	if s, ok := i.text("__repr__"); ok {
		return s
	}
	if i.class.is(classBaseException) {
		args, _ := i.fields.names["args"].(starlark.Tuple)
		if len(args) == 1 {
			return i.class.name + "(" + repr(args[0]) + ")"
		}
		return i.class.name + repr(args)
	}
	return "<" + i.class.name + " object>"
}

// message returns what str shows: __str__, or for exceptions the text they were
// made with.
func (i *instance) message() string {
	if s, ok := i.text("__str__"); ok {
		return s
	}
	if i.class.is(classBaseException) {
		args, _ := i.fields.names["args"].(starlark.Tuple)
		switch len(args) {
		case 0:
			return ""
		case 1:
			return str(args[0])
		}
		return repr(args)
	}
	return i.String()
}

// text calls a method of the script that returns a text. What it fails with is
// shown instead, as there is no other way to tell.
func (i *instance) text(method string) (string, bool) {
	v, ok, err := i.call(method)
	if !ok {
		return "", false
	}
	if err != nil {
		return fmt.Sprintf("<%s: %s: %v>", i.class.name, method, err), true
	}
	s, isText := starlark.AsString(v)
	if !isText {
		s = fmt.Sprintf("<%s: %s returned a %s, not a string>", i.class.name, method, v.Type())
	}
	return s, true
}

// call runs a method that the language itself looks for, such as __iter__, and
// reports whether the class has it.
func (i *instance) call(method string, args ...starlark.Value) (v starlark.Value, ok bool, err error) {
	fn, _ := i.class.find(method, nil)
	if fn == nil {
		return nil, false, nil
	}
	v, err = starlark.Call(i.thread(), &bound{recv: i, fn: fn}, args, nil)
	return v, true, err
}

// thread returns the thread to call methods on. What belongs to a library file is
// shared, so it gets one of its own.
func (i *instance) thread() *starlark.Thread {
	if i.fields.frozen {
		x := i.env.engine.newEnv(i.class.name, i.env.out)
		x.module = i.class.name
		return x.thread
	}
	return i.env.thread
}

// Truth returns what __bool__ says, else whether __len__ is not 0, else True.
func (i *instance) Truth() starlark.Bool {
	for _, method := range []string{"__bool__", "__nonzero__", "__len__"} {
		if v, ok, err := i.call(method); ok {
			return err != nil || v.Truth()
		}
	}
	return starlark.True
}

// Hash returns a number by which an instance is found in dicts.
func (i *instance) Hash() (uint32, error) {
	if fn, _ := i.class.find("__eq__", nil); fn != nil {
		return 0, fmt.Errorf("unhashable: %s", i.class.name)
	}
	return starlark.String(i.class.name).Hash()
}

// comparisons are the methods that compare, by operator.
var comparisons = map[syntax.Token]string{
	syntax.EQL: "__eq__", syntax.NEQ: "__ne__", syntax.LT: "__lt__", syntax.LE: "__le__", syntax.GT: "__gt__", syntax.GE: "__ge__",
}

// CompareSameType compares by the class's methods; without them an instance
// equals itself only.
func (i *instance) CompareSameType(op syntax.Token, other starlark.Value, _ int) (bool, error) {
	if v, ok, err := i.call(comparisons[op], other); ok {
		return err == nil && bool(v.Truth()), err
	}
	switch op {
	case syntax.EQL:
		return starlark.Value(i) == other, nil
	case syntax.NEQ:
		if v, ok, err := i.call("__eq__", other); ok {
			return err == nil && !bool(v.Truth()), err
		}
		return starlark.Value(i) != other, nil
	}
	return false, raise(classTypeError, fmt.Sprintf("%s has no %s, so it cannot be ordered", i.class.name, comparisons[op]))
}

// Has answers "x in instance".
func (i *instance) Has(x starlark.Value) (bool, error) {
	v, ok, err := i.call("__contains__", x)
	if !ok {
		return false, raise(classTypeError, i.class.name+" has no __contains__, so it cannot be asked what is in it")
	}
	return err == nil && bool(v.Truth()), err
}

// Iterate goes through what __iter__ returns.
func (i *instance) Iterate() starlark.Iterator {
	v, ok, err := i.call("__iter__")
	if !ok {
		err = raise(classTypeError, i.class.name+" has no __iter__, so it cannot be iterated over")
	}
	return i.env.iterate(v, err)
}

// Attr returns a field, or a member of the class.
func (i *instance) Attr(name string) (starlark.Value, error) {
	if v, ok := i.fields.names[name]; ok {
		return v, nil
	}
	if name == "__class__" {
		return i.class, nil
	}
	if v, err := i.member(name, nil); v != nil || err != nil {
		return v, err
	}
	if name == "message" && i.class.is(classBaseException) {
		return starlark.String(i.message()), nil
	}
	v, _, err := i.call("__getattr__", starlark.String(name))
	return v, err
}

// member returns a member of the class, or of those behind after, as the
// instance sees it.
func (i *instance) member(name string, after *class) (starlark.Value, error) {
	v, _ := i.class.find(name, after)
	switch v := v.(type) {
	case nil:
		return nil, nil
	case *property:
		return starlark.Call(i.thread(), v.get, starlark.Tuple{i}, nil)
	case *classFunc:
		return &bound{recv: i.class, fn: v.fn}, nil
	case *staticFunc:
		return v.fn, nil
	case *starlark.Function:
		return &bound{recv: i, fn: v}, nil
	}
	return v, nil
}

// AttrNames returns the names of the fields and members.
func (i *instance) AttrNames() []string { return append(i.fields.AttrNames(), i.class.AttrNames()...) }

// SetField assigns a field.
func (i *instance) SetField(name string, v starlark.Value) error {
	if p, _ := i.class.find(name, nil); p != nil {
		if p, ok := p.(*property); ok {
			return p.assign(i.thread(), i, name, v)
		}
	}
	return i.fields.SetField(name, v)
}
