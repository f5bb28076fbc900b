package script

import (
	"errors"
	"fmt"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// goMethod is a method of a driver that is written in Go, on an entity or not
// yet on one.
type goMethod struct {
	method *clusto.Method
	class  *class
	self   *object // nil: the entity is the first argument
}

var _ starlark.Callable = (*goMethod)(nil)

func (m *goMethod) Name() string          { return m.method.Name }
func (m *goMethod) String() string        { return "<method " + m.class.name + "." + m.method.Name + ">" }
func (m *goMethod) Type() string          { return "method" }
func (m *goMethod) Freeze()               {}
func (m *goMethod) Truth() starlark.Bool  { return starlark.True }
func (m *goMethod) Hash() (uint32, error) { return starlark.String(m.method.Name).Hash() }

func (m *goMethod) CallInternal(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	self := m.self
	if self == nil && !m.method.OnClass {
		if len(args) == 0 {
			return nil, raise(classTypeError, fmt.Sprintf("%s is a method of entities; call it on one", m.method.Name))
		}
		var ok bool
		if self, ok = args[0].(*object); !ok {
			return nil, raise(classTypeError, fmt.Sprintf("%s.%s wants an entity first, not %s", m.class.name, m.method.Name, args[0].Type()))
		}
		args = args[1:]
	}
	return envOf(t).callMethod(m.method, self, args, kwargs)
}

// callMethod calls a method that is written in Go. In a try block the call has a
// nested transaction, so that one that fails leaves nothing behind.
func (x *env) callMethod(m *clusto.Method, self *object, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	result, err := x.inGo(func() (any, error) {
		arranged, err := x.arrange(m, args, kwargs)
		if err != nil {
			return nil, err
		}
		var on *clusto.Object
		if self != nil && !m.OnClass {
			if on, err = self.now(); err != nil {
				return nil, err
			}
		}
		return m.Call(x.context(), x.inv, on, arranged)
	})
	if err != nil {
		return nil, err
	}
	return x.fromGo(result)
}

// arrange returns the arguments in the order of the method's parameters.
func (x *env) arrange(m *clusto.Method, args starlark.Tuple, kwargs []starlark.Tuple) ([]any, error) {
	positional, err := x.listToGo(args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	for i, v := range args {
		if i < len(m.Params) && m.Params[i].Name == paramValue && isStoredAsText(v) {
			positional[i] = str(v)
		}
	}
	named := make(map[string]any, len(kwargs))
	for _, kv := range kwargs {
		name, _ := starlark.AsString(kv[0])
		if named[name], err = x.toGo(kv[1]); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", m.Name, name, err)
		}
		if name == paramValue && isStoredAsText(kv[1]) {
			named[name] = str(kv[1])
		}
	}
	return m.Arrange(positional, named)
}

// paramValue is what methods call the parameter that is an attribute's value.
const paramValue = "value"

// isStoredAsText reports whether v, as an attribute's value, is its text: a tuple
// is, in classic's databases. The empty one stands for no argument there.
func isStoredAsText(v starlark.Value) bool {
	t, ok := v.(starlark.Tuple)
	return ok && len(t) > 0
}

// inGo calls fn, which changes the inventory, in a nested transaction if a try
// block is around.
func (x *env) inGo(fn func() (any, error)) (any, error) {
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	x.inside++
	defer func() { x.inside-- }()
	if tx, err := inv.Tx(); x.trying > 0 && err == nil {
		return x.nested(tx, fn)
	}
	return fn()
}

// nested calls fn in a transaction inside tx, which is undone if fn fails.
func (x *env) nested(tx clusto.Tx, fn func() (any, error)) (result any, err error) {
	outer := x.inv
	x.inside++
	defer func() {
		x.inside--
		x.use(outer)
	}()
	err = tx.Nest(x.ctx, func(inner clusto.Tx) error {
		if !isWatchedBy(inner, x) {
			inner = watched{inner, x}
		}
		x.use(clusto.NewInventory(inner, x.engine.opt.Drivers))
		result, err = fn()
		return err
	})
	return result, err
}

// create makes an entity: Driver('name', property=value). As in classic, what is
// no property is ignored, but with a warning. An entity that exists already,
// given itself, is returned as it is.
func (c *class) create(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	x := envOf(t)
	d := c.baseDriver()
	if len(args) == 1 {
		if o, ok := args[0].(*object); ok {
			return o, nil
		}
	}
	var name string
	props := map[string]clusto.Value{}
	for _, kv := range kwargs {
		key, _ := starlark.AsString(kv[0])
		if key == "name" && len(args) == 0 {
			args = starlark.Tuple{kv[1]}
			continue
		}
		if _, ok := d.Property(key); !ok {
			x.warnUnknownProperty(c, key)
			continue
		}
		v, err := x.toValue(kv[1])
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", c.name, key, err)
		}
		props[key] = v
	}
	if len(args) != 1 {
		return nil, raise(classTypeError, fmt.Sprintf("%s wants one argument without a name, which is what the entity is called, got %d", c.name, len(args)))
	}
	name, ok := starlark.AsString(args[0])
	if !ok {
		return nil, raise(classTypeError, fmt.Sprintf("%s: the name must be a string, not %s", c.name, args[0].Type()))
	}
	return x.createNamed(d, name, props)
}

func (x *env) warnUnknownProperty(c *class, key string) {
	text := fmt.Sprintf("%s has no property %s; it is ignored", c.name, key)
	var known []string
	for _, p := range c.baseDriver().AllProperties() {
		known = append(known, p.Name)
	}
	hint := meant(key, known)
	if hint == "" {
		hint = fmt.Sprintf(" (store it with set_attr(key='%s', value=…))", key)
	}
	x.warn(text + hint)
}

// createNamed makes an entity.
func (x *env) createNamed(d *clusto.Driver, name string, props map[string]clusto.Value) (starlark.Value, error) {
	if _, err := x.inventory(); err != nil {
		return nil, err
	}
	result, err := x.inGo(func() (any, error) { return x.inv.Create(x.context(), d, name, props) })
	if errors.Is(err, clusto.ErrExists) {
		return nil, clusto.WithHint(err, "use get_by_name('%s'), or get_or_create('%s', %s)", name, name, d.Class)
	}
	if err != nil {
		return nil, err
	}
	return x.fromGo(result)
}
