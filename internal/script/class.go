package script

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// class is a driver, a mixin of drivers, or a class that a script defines.
// Calling it makes an entity or an instance.
type class struct {
	name    string
	doc     string
	bases   []*class
	order   []*class       // where members are looked for: the class itself first
	members *scope         // what the script defined; nil for what Go defines
	driver  *clusto.Driver // nil for mixins and plain classes
	mixin   *clusto.Mixin  // nil for all else
}

var (
	_ starlark.Callable    = (*class)(nil)
	_ starlark.HasSetField = (*class)(nil)
)

func (c *class) Name() string          { return c.name }
func (c *class) String() string        { return "<class '" + c.name + "'>" }
func (c *class) Type() string          { return "type" }
func (c *class) Truth() starlark.Bool  { return starlark.True }
func (c *class) Hash() (uint32, error) { return starlark.String(c.name).Hash() }

func (c *class) Freeze() {
	if c.members == nil || c.members.frozen {
		return
	}
	c.members.Freeze()
	for _, b := range c.bases {
		b.Freeze()
	}
}

// newClass returns a class that a script defines. It returns an error if the
// bases cannot be put in an order.
func newClass(name, doc string, bases []*class, members *scope) (*class, error) {
	c := &class{name: name, doc: doc, bases: bases, members: members}
	lists := make([][]*class, 0, len(bases)+1)
	for _, b := range bases {
		lists = append(lists, slices.Clone(b.order))
	}
	lists = append(lists, slices.Clone(bases))
	order, err := merge(lists)
	if err != nil {
		return nil, fmt.Errorf("class %s: %w", name, err)
	}
	c.order = append([]*class{c}, order...)
	return c, nil
}

// merge joins the orders of the bases so that each class stands before its own
// bases (Python's C3).
func merge(lists [][]*class) ([]*class, error) {
	var out []*class
	for {
		lists = slices.DeleteFunc(lists, func(l []*class) bool { return len(l) == 0 })
		if len(lists) == 0 {
			return out, nil
		}
		next := candidate(lists)
		if next == nil {
			return nil, errors.New("the bases cannot be put in an order that suits all of them")
		}
		out = append(out, next)
		for i, l := range lists {
			if l[0] == next {
				lists[i] = l[1:]
			}
		}
	}
}

// candidate returns the first head of a list that is in no tail.
func candidate(lists [][]*class) *class {
	for _, l := range lists {
		inTail := func(other []*class) bool { return slices.Contains(other[1:], l[0]) }
		if !slices.ContainsFunc(lists, inTail) {
			return l[0]
		}
	}
	return nil
}

// classOf returns the class of a driver.
func (e *Engine) classOf(d *clusto.Driver) *class {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.driverClass(d)
}

// mixinClass returns the class of a mixin.
func (e *Engine) mixinClass(m *clusto.Mixin) *class {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.mixinClassLocked(m)
}

func (e *Engine) mixinClassLocked(m *clusto.Mixin) *class {
	c := e.mixins[m]
	if c == nil {
		c = &class{name: m.Class, doc: m.Doc, mixin: m}
		c.order = []*class{c}
		e.mixins[m] = c
	}
	return c
}

// driverClass returns the class of a driver; e.mu is held.
func (e *Engine) driverClass(d *clusto.Driver) *class {
	if c := e.classes[d]; c != nil {
		return c
	}
	c := &class{name: d.Class, doc: d.Doc, driver: d}
	c.order = []*class{c}
	for _, m := range d.Mixins {
		c.bases = append(c.bases, e.mixinClassLocked(m))
	}
	c.order = append(c.order, c.bases...)
	if d.Base != nil {
		base := e.driverClass(d.Base)
		c.bases = append([]*class{base}, c.bases...)
		for _, k := range base.order {
			if !slices.Contains(c.order, k) {
				c.order = append(c.order, k)
			}
		}
	}
	e.classes[d] = c
	return c
}

// own returns what c itself, not its bases, has under a name: a value of the
// script, a *clusto.Method or a constant.
func (c *class) own(name string) (value starlark.Value, method *clusto.Method) {
	if c.members != nil {
		return c.members.names[name], nil
	}
	methods := c.methods()
	if i := slices.IndexFunc(methods, func(m *clusto.Method) bool { return m.Name == name }); i >= 0 {
		return nil, methods[i]
	}
	if c.driver != nil {
		if v, ok := c.driver.Constants[name]; ok {
			return constant(v), nil
		}
		if name == "rack_units" && c.driver.RackUnits != 0 {
			return starlark.MakeInt(c.driver.Units()), nil
		}
		if name == "rack_width" && c.driver.Width != "" {
			return starlark.String(c.driver.Width), nil
		}
		if name == "_driver_name" {
			return starlark.String(c.driver.Name), nil
		}
		if name == "_clusto_type" {
			return starlark.String(c.driver.EntityType()), nil
		}
	}
	return nil, nil
}

func (c *class) methods() []*clusto.Method {
	switch {
	case c.driver != nil:
		return c.driver.Methods
	case c.mixin != nil:
		return c.mixin.Methods
	}
	return nil
}

// find looks for a member in c and its bases, behind the class after if that
// is not nil. A class that was defined anew while a method of the old one runs is
// not among the bases; then those of the old one count.
func (c *class) find(name string, after *class) (value starlark.Value, method *clusto.Method) {
	order := c.order
	if after != nil {
		if !slices.Contains(order, after) {
			order = after.order
		}
		order = order[slices.Index(order, after)+1:]
	}
	for _, k := range order {
		if v, m := k.own(name); v != nil || m != nil {
			return v, m
		}
	}
	return nil, nil
}

// baseDriver returns the driver that c is or extends, or nil.
func (c *class) baseDriver() *clusto.Driver {
	for _, k := range c.order {
		if k.driver != nil {
			return k.driver
		}
	}
	return nil
}

// is reports whether c is k or extends it. Drivers are compared by name, so that
// what was defined before a file was loaded again still counts.
func (c *class) is(k *class) bool {
	if slices.Contains(c.order, k) {
		return true
	}
	d := c.baseDriver()
	return k.driver != nil && d != nil && d.Is(k.driver.Name)
}

// Attr returns a member of the class.
func (c *class) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__":
		return starlark.String(c.name), nil
	case "__doc__":
		return starlark.String(c.doc), nil
	case "__bases__":
		bases := make(starlark.Tuple, len(c.bases))
		for i, b := range c.bases {
			bases[i] = b
		}
		return bases, nil
	}
	v, m := c.find(name, nil)
	if m != nil {
		return &goMethod{method: m, class: c}, nil
	}
	switch w := v.(type) {
	case *classFunc:
		return &bound{recv: c, fn: w.fn}, nil
	case *staticFunc:
		return w.fn, nil
	case nil:
		return nil, nil
	}
	return v, nil
}

// SetField assigns a member of a class that the script defined and that is no
// driver, whose members are registered.
func (c *class) SetField(name string, v starlark.Value) error {
	if c.members == nil || c.driver != nil {
		return raise(classTypeError, fmt.Sprintf("%s.%s cannot be assigned: a driver does not change once it is defined", c.name, name))
	}
	return c.members.SetField(name, v)
}

// AttrNames returns the names of the members, also of the bases.
func (c *class) AttrNames() []string {
	seen := map[string]bool{"__name__": true, "__doc__": true}
	for _, k := range c.order {
		if k.members != nil {
			for name := range k.members.names {
				seen[name] = true
			}
			continue
		}
		for _, m := range k.methods() {
			seen[m.Name] = true
		}
		if k.driver != nil {
			for name := range k.driver.Constants {
				seen[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// CallInternal makes an entity or an instance.
func (c *class) CallInternal(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if c.mixin != nil {
		return nil, raise(classTypeError, c.name+" is a part of drivers; it makes no entities")
	}
	if c.baseDriver() != nil {
		return c.create(t, args, kwargs)
	}
	return c.instantiate(t, args, kwargs)
}
