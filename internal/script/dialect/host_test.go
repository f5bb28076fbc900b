package dialect_test

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto/internal/script/dialect"
)

// host is the smallest interpreter that fulfils the contract of the package
// comment.
type host struct {
	thread  *starlark.Thread
	globals *namespace
	out     strings.Builder
	modules map[string]starlark.StringDict
	pre     starlark.StringDict
	warned  []string
}

// builtin is a function that the host predeclares.
type builtin func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

func newHost() *host {
	h := &host{thread: &starlark.Thread{Name: "test"}, modules: map[string]starlark.StringDict{}, pre: starlark.StringDict{}}
	for name, v := range starlark.Universe {
		h.pre[name] = v
	}
	h.globals = &namespace{names: starlark.StringDict{}, outer: h.pre}
	h.pre["@globals"] = h.globals
	h.pre["@set"] = starlark.Universe["set"]
	object := &class{host: h, name: "object"}
	exception := &class{host: h, name: "Exception", bases: []*class{object}}
	h.pre["object"], h.pre["Exception"] = object, exception
	for _, name := range []string{"ValueError", "KeyError", "RuntimeError", "AssertionError"} {
		h.pre[name] = &class{host: h, name: name, bases: []*class{exception}}
	}
	for name, fn := range map[string]builtin{
		"print": h.print, "@class": h.class, "@try": h.try,
		"@show":        h.show,
		"@scope":       h.scope,
		"@late":        h.late,
		"@super":       h.super,
		"property":     h.property,
		"staticmethod": h.staticmethod,
		"@import":      h.importModule,
		"@from":        h.from,
		"@match":       h.match,
		"@raise":       h.raise,
		"@assert":      h.assert,
		"@mod":         h.mod,
		"@pow":         h.pow,
		"@format":      h.format,
		"@del":         h.del,
	} {
		h.pre[name] = starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return fn(args, kwargs)
		})
	}
	return h
}

// run parses and runs src and returns what it printed.
func (h *host) run(file, src string, opt dialect.Options) (string, error) {
	opt.StarNames = func(module string) ([]string, error) {
		m, ok := h.modules[module]
		if !ok {
			return nil, fmt.Errorf("no module named %s", module)
		}
		return m.Keys(), nil
	}
	opt.Warn = func(e *dialect.Error) { h.warned = append(h.warned, e.Error()+"; "+e.Hint) }
	f, err := dialect.Parse(file, src, opt)
	if err != nil {
		return "", err
	}
	prog, err := starlark.FileProgram(f, h.pre.Has)
	if err != nil {
		return "", err
	}
	h.out.Reset()
	_, err = prog.Init(h.thread, h.pre)
	return h.out.String(), err
}

func (h *host) print(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	end := "\n"
	for _, kv := range kwargs {
		end = string(kv[1].(starlark.String))
	}
	for i, x := range args {
		if i > 0 {
			h.out.WriteByte(' ')
		}
		s, ok := starlark.AsString(x)
		if !ok {
			s = x.String()
		}
		h.out.WriteString(s)
	}
	h.out.WriteString(end)
	return starlark.None, nil
}

func (h *host) show(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	if args[0] != starlark.None {
		fmt.Fprintln(&h.out, "=>", args[0])
	}
	return starlark.None, nil
}

func (h *host) scope(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	ns := &namespace{names: starlark.StringDict{}, local: true}
	if len(args) > 0 {
		ns.parent = args[0].(*namespace)
	}
	return ns, nil
}

func (h *host) late(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	name, _ := starlark.AsString(args[0])
	if v, err := h.globals.Attr(name); err == nil {
		return v, nil
	}
	return args[1].(*namespace).Attr(name)
}

func (h *host) super(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return super{args[0].(*namespace).class, args[1].(*instance)}, nil
}

func (h *host) property(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return property{get: args[0].(starlark.Callable)}, nil
}

func (h *host) staticmethod(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return property{static: args[0].(starlark.Callable)}, nil
}

func (h *host) importModule(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	name, _ := starlark.AsString(args[0])
	top, _, _ := strings.Cut(name, ".")
	if m, ok := h.modules[top]; ok {
		return &namespace{names: m}, nil
	}
	return nil, fmt.Errorf("no module named %s", name)
}

func (h *host) from(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	name, _ := starlark.AsString(args[0])
	var values starlark.Tuple
	for _, n := range args[1].(starlark.Tuple) {
		v, ok := h.modules[name][string(n.(starlark.String))]
		if !ok {
			return nil, fmt.Errorf("cannot import name %s from %s", n, name)
		}
		values = append(values, v)
	}
	return values, nil
}

func (h *host) match(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	types, ok := args[1].(starlark.Tuple)
	if !ok {
		types = starlark.Tuple{args[1]}
	}
	for _, t := range types {
		if args[0].(*instance).class.derives(t.(*class)) {
			return starlark.True, nil
		}
	}
	return starlark.False, nil
}

func (h *host) raise(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	switch x := args[0].(type) {
	case *instance:
		return nil, &raised{x}
	case *class:
		v, err := starlark.Call(h.thread, x, args[1:], nil)
		if err != nil {
			return nil, err
		}
		return nil, &raised{v.(*instance)}
	}
	return nil, fmt.Errorf("cannot raise %s", args[0].Type())
}

func (h *host) assert(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return nil, &raised{&instance{class: h.pre["AssertionError"].(*class), args: args}}
}

func (h *host) mod(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	if s, ok := args[0].(starlark.String); ok { // the real one is another package
		return starlark.String(fmt.Sprintf("%s%%%s", string(s), args[1])), nil
	}
	x, ok1 := args[0].(starlark.Int)
	y, ok2 := args[1].(starlark.Int)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("unknown binary op: %s %% %s", args[0].Type(), args[1].Type())
	}
	return x.Mod(y), nil
}

func (h *host) pow(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, _ := starlark.AsFloat(args[0])
	y, _ := starlark.AsFloat(args[1])
	return starlark.MakeInt(int(math.Pow(x, y))), nil
}

func (h *host) format(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	spec, conv := string(args[1].(starlark.String)), string(args[2].(starlark.String))
	s, ok := starlark.AsString(args[0])
	if !ok || conv == "r" {
		s = args[0].String()
	}
	if spec != "" {
		s += "|" + spec
	}
	return starlark.String(s), nil
}

func (h *host) del(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	_, _, err := args[0].(*starlark.Dict).Delete(args[1])
	return starlark.None, err
}

// raised is an exception on its way.
type raised struct{ value *instance }

func (r *raised) Error() string { return r.value.String() }

func (h *host) try(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	v, err := starlark.Call(h.thread, args[0], nil, nil)
	if err == nil && v == starlark.None && args[2] != starlark.None {
		v, err = starlark.Call(h.thread, args[2], nil, nil)
	} else if err != nil && args[1] != starlark.None {
		v, err = starlark.Call(h.thread, args[1], starlark.Tuple{h.exception(err)}, nil)
	}
	if args[3] != starlark.None {
		if fv, ferr := starlark.Call(h.thread, args[3], nil, nil); ferr != nil || fv != starlark.None {
			return fv, ferr
		}
	}
	return v, err
}

func (h *host) exception(err error) *instance {
	if r, ok := errors.AsType[*raised](err); ok {
		return r.value
	}
	name := "RuntimeError"
	if strings.Contains(err.Error(), "key") {
		name = "KeyError"
	}
	return &instance{class: h.pre[name].(*class), args: starlark.Tuple{starlark.String(err.Error())}}
}

// namespace is what @scope returns, and @globals.
type namespace struct {
	names  starlark.StringDict
	parent *namespace
	outer  starlark.StringDict
	local  bool
	class  *class
}

func (n *namespace) String() string        { return "namespace" }
func (n *namespace) Type() string          { return "namespace" }
func (n *namespace) Freeze()               {}
func (n *namespace) Truth() starlark.Bool  { return true }
func (n *namespace) Hash() (uint32, error) { return 0, errors.New("unhashable") }
func (n *namespace) AttrNames() []string   { return n.names.Keys() }

func (n *namespace) SetField(name string, v starlark.Value) error {
	n.names[name] = v
	return nil
}

func (n *namespace) Attr(name string) (starlark.Value, error) {
	if v, ok := n.names[name]; ok {
		return v, nil
	}
	if v, ok := n.outer[name]; ok {
		return v, nil
	}
	if n.parent != nil {
		return n.parent.Attr(name)
	}
	if n.local {
		return nil, fmt.Errorf("local variable %s referenced before assignment", name)
	}
	return nil, fmt.Errorf("undefined: %s", name)
}

// class is a class of a script.
type class struct {
	host    *host
	name    string
	bases   []*class
	members *namespace
	doc     starlark.Value
}

func (h *host) class(args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	name, _ := starlark.AsString(args[0])
	c := &class{host: h, name: name, members: args[2].(*namespace), doc: args[3]}
	c.members.class = c
	for _, b := range args[1].(starlark.Tuple) {
		c.bases = append(c.bases, b.(*class))
	}
	return c, nil
}

func (c *class) String() string        { return "<class " + c.name + ">" }
func (c *class) Type() string          { return "class" }
func (c *class) Freeze()               {}
func (c *class) Truth() starlark.Bool  { return true }
func (c *class) Hash() (uint32, error) { return starlark.String(c.name).Hash() }
func (c *class) Name() string          { return c.name }
func (c *class) AttrNames() []string   { return nil }

func (c *class) Attr(name string) (starlark.Value, error) {
	if name == "__doc__" {
		return c.doc, nil
	}
	return c.find(name), nil
}

func (c *class) find(name string) starlark.Value {
	if c.members != nil {
		if v, ok := c.members.names[name]; ok {
			return v
		}
	}
	for _, b := range c.bases {
		if v := b.find(name); v != nil {
			return v
		}
	}
	return nil
}

func (c *class) derives(from *class) bool {
	if c == from {
		return true
	}
	for _, b := range c.bases {
		if b.derives(from) {
			return true
		}
	}
	return false
}

func (c *class) CallInternal(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x := &instance{class: c, args: args, fields: starlark.StringDict{}}
	if init, ok := c.find("__init__").(starlark.Callable); ok {
		if _, err := starlark.Call(t, init, append(starlark.Tuple{x}, args...), kwargs); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// instance is an instance of a class.
type instance struct {
	class  *class
	args   starlark.Tuple
	fields starlark.StringDict
}

func (x *instance) String() string {
	var args []string
	for _, a := range x.args {
		args = append(args, a.String())
	}
	return x.class.name + "(" + strings.Join(args, ", ") + ")"
}
func (x *instance) Type() string          { return x.class.name }
func (x *instance) Freeze()               {}
func (x *instance) Truth() starlark.Bool  { return true }
func (x *instance) Hash() (uint32, error) { return 0, errors.New("unhashable") }
func (x *instance) AttrNames() []string   { return x.fields.Keys() }

func (x *instance) SetField(name string, v starlark.Value) error {
	x.fields[name] = v
	return nil
}

func (x *instance) Attr(name string) (starlark.Value, error) {
	if v, ok := x.fields[name]; ok {
		return v, nil
	}
	return bind(x, x.class.find(name))
}

func bind(x *instance, v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case property:
		if v.static != nil {
			return v.static, nil
		}
		return starlark.Call(x.class.host.thread, v.get, starlark.Tuple{x}, nil)
	case *starlark.Function:
		return starlark.NewBuiltin(v.Name(), func(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.Call(t, v, append(starlark.Tuple{x}, args...), kwargs)
		}), nil
	}
	return v, nil
}

// property is @property or @staticmethod.
type property struct{ get, static starlark.Callable }

func (property) String() string        { return "property" }
func (property) Type() string          { return "property" }
func (property) Freeze()               {}
func (property) Truth() starlark.Bool  { return true }
func (property) Hash() (uint32, error) { return 0, errors.New("unhashable") }

// super is what @super returns.
type super struct {
	class *class
	self  *instance
}

func (super) String() string        { return "super" }
func (super) Type() string          { return "super" }
func (super) Freeze()               {}
func (super) Truth() starlark.Bool  { return true }
func (super) Hash() (uint32, error) { return 0, errors.New("unhashable") }
func (super) AttrNames() []string   { return nil }

func (s super) Attr(name string) (starlark.Value, error) {
	for _, b := range s.class.bases {
		if v := b.find(name); v != nil {
			return bind(s.self, v)
		}
	}
	return nil, nil
}
