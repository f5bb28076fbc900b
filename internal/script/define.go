package script

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// defineClass is the class statement: @class(name, bases, members, doc). A
// class with a driver among its bases becomes a driver of the registry.
func defineClass(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var baseValues starlark.Tuple
	var members *scope
	var docValue starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 4, &name, &baseValues, &members, &docValue); err != nil {
		return nil, err
	}
	x := envOf(t)
	bases := make([]*class, len(baseValues))
	for i, v := range baseValues {
		base, ok := v.(*class)
		if !ok {
			return nil, raise(classTypeError, fmt.Sprintf("class %s cannot extend %s, which is no class", name, str(v)))
		}
		bases[i] = base
	}
	doc, _ := starlark.AsString(docValue)
	members.outer = nil // names of the module are no members
	c, err := newClass(name, strings.TrimSpace(doc), bases, members)
	if err != nil {
		return nil, raise(classTypeError, err.Error())
	}
	members.class = c
	if c.baseDriver() == nil {
		return c, nil
	}
	if err := x.register(c); err != nil {
		return nil, fmt.Errorf("class %s: %w", name, err)
	}
	return c, nil
}

// register makes a class a driver.
func (x *env) register(c *class) error {
	d, err := x.driverOf(c)
	if err != nil {
		return err
	}
	e := x.engine
	replaced, err := e.opt.Drivers.Register(d)
	if err != nil {
		return err
	}
	c.driver = d
	e.mu.Lock()
	old := e.classes[replaced]
	e.classes[d] = c
	delete(e.classes, replaced)
	e.mu.Unlock()
	if x.loading != nil {
		x.loading.defined = append(x.loading.defined, definition{d, replaced, old})
	}
	switch {
	case replaced != nil && replaced.Origin != d.Origin:
		x.warn(fmt.Sprintf("driver %s of %s now replaces the one of %s", d.Name, d.Origin, replaced.Origin))
	case replaced == nil && d.Origin == clusto.OriginShell:
		x.warn(fmt.Sprintf("driver %s exists only until this session ends; its entities stay, as plain ones. "+
			"To keep it, put the class into a file in the drivers directory of the library", d.Name))
	}
	return nil
}

// definition is a driver that a file defined, and what it replaced, or nil.
type definition struct {
	driver, replaced *clusto.Driver
	class            *class // of what was replaced
}

// takeBack undoes the definitions of a file that failed later on.
func (e *Engine) takeBack(list []definition) {
	for _, d := range slices.Backward(list) {
		e.opt.Drivers.Unregister(d.driver, d.replaced)
		e.mu.Lock()
		delete(e.classes, d.driver)
		if d.replaced != nil && d.class != nil {
			e.classes[d.replaced] = d.class
		}
		e.mu.Unlock()
	}
}

// driverOf returns the driver that a class describes.
func (x *env) driverOf(c *class) (*clusto.Driver, error) {
	d := &clusto.Driver{Name: strings.ToLower(c.name), Class: c.name, Doc: c.doc, Origin: clusto.OriginShell, Constants: map[string]any{}}
	if x.module != "" {
		d.Origin = x.module
	}
	for _, base := range c.bases {
		driver := base.baseDriver()
		switch {
		case base.mixin != nil:
			d.Mixins = append(d.Mixins, base.mixin)
		case driver == nil:
		case d.Base == nil || driver.Is(d.Base.Name):
			d.Base = driver
		case !d.Base.Is(driver.Name):
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "it extends two drivers, %s and %s", d.Base.Name, driver.Name),
				"a driver extends one driver; besides it, mixins and plain classes")
		}
	}
	if _, init := c.members.names["__init__"]; init {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "a driver cannot have __init__"),
			"use _properties for what is stored, and a @classmethod to make entities")
	}
	for _, name := range c.members.AttrNames() {
		if err := x.describeMember(d, name, c.members.names[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	x.addMethods(d, c)
	return d, nil
}

// describeMember puts a member that says something about the driver where it belongs.
func (x *env) describeMember(d *clusto.Driver, name string, v starlark.Value) error {
	switch name {
	case "_driver_name":
		return text(v, &d.Name)
	case "_clusto_type":
		return text(v, &d.Type)
	case "_properties":
		return x.properties(d, v)
	case "_portmeta":
		return x.ports(d, v)
	case "_portmap":
		return x.portNames(d, v)
	case "rack_units":
		return x.rackUnits(d, v)
	case "rack_width":
		var width string
		err := text(v, &width)
		d.Width = clusto.Width(width)
		return err
	}
	switch v.(type) {
	case starlark.Callable, *classFunc, *staticFunc, *property:
		return nil
	}
	if g, err := x.toGo(v); err == nil && !strings.HasPrefix(name, "__") {
		d.Constants[name] = g
	}
	return nil
}

// rackUnits reads how many units a device takes; none is at the side of the rack.
func (x *env) rackUnits(d *clusto.Driver, v starlark.Value) error {
	g, err := x.toGo(v)
	n, ok := g.(int64)
	switch {
	case err != nil:
		return err
	case !ok || n < 0:
		return clusto.Errorf(clusto.ErrInvalid, "want how many units the device takes, or 0 if it hangs at the side of the rack, got %s", v)
	case n == 0:
		n = clusto.NoUnits
	}
	d.RackUnits = int(n)
	return nil
}

func text(v starlark.Value, to *string) error {
	s, ok := starlark.AsString(v)
	if !ok || s == "" {
		return clusto.Errorf(clusto.ErrInvalid, "want a text, got %s", v)
	}
	*to = s
	return nil
}

func (x *env) properties(d *clusto.Driver, v starlark.Value) error {
	dict, ok := v.(*starlark.Dict)
	if !ok {
		return clusto.Errorf(clusto.ErrInvalid, "want a dict of names and default values, got %s", v.Type())
	}
	d.Properties = []clusto.Property{}
	for _, item := range dict.Items() {
		name, ok := starlark.AsString(item[0])
		if !ok {
			return clusto.Errorf(clusto.ErrInvalid, "%s is no name", item[0])
		}
		value, err := x.toValue(item[1])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		d.Properties = append(d.Properties, clusto.Property{Name: name, Default: value})
	}
	return nil
}

// ports reads _portmeta: {'nic-eth': {'numports': 2}}, or in short {'nic-eth': 2}.
func (x *env) ports(d *clusto.Driver, v starlark.Value) error {
	dict, ok := v.(*starlark.Dict)
	if !ok {
		return clusto.Errorf(clusto.ErrInvalid, "want a dict such as {'nic-eth': {'numports': 2}}, got %s", v.Type())
	}
	d.Ports = []clusto.PortGroup{}
	for _, item := range dict.Items() {
		name, _ := starlark.AsString(item[0])
		count := item[1]
		if meta, ok := count.(*starlark.Dict); ok {
			count, _, _ = meta.Get(starlark.String("numports")) // a string is always hashable
		}
		n, ok := count.(starlark.Int)
		number, small := n.Int64()
		if name == "" || !ok || !small || number < 0 || number > maxPorts {
			return clusto.Errorf(clusto.ErrInvalid, "want a dict such as {'nic-eth': {'numports': 2}}, got %s", dict)
		}
		d.Ports = append(d.Ports, clusto.PortGroup{Type: name, Count: int(number)})
	}
	return nil
}

// maxPorts is more than any device has; a larger number is a slip that would fill
// every list of free ports.
const maxPorts = 100_000

// portNames reads _portmap: {'aa1': 1}.
func (x *env) portNames(d *clusto.Driver, v starlark.Value) error {
	dict, ok := v.(*starlark.Dict)
	if !ok {
		return clusto.Errorf(clusto.ErrInvalid, "want a dict such as {'aa1': 1}, got %s", v.Type())
	}
	d.PortNames = map[string]int{}
	for _, item := range dict.Items() {
		name, isText := starlark.AsString(item[0])
		n, err := starlark.AsInt32(item[1])
		if !isText || err != nil {
			return clusto.Errorf(clusto.ErrInvalid, "want a dict such as {'aa1': 1}, got %s", dict)
		}
		d.PortNames[strings.ToLower(strings.TrimPrefix(name, "."))] = n
	}
	return nil
}

// addMethods gives the driver the methods of its class and of plain classes that
// it extends, those that Go may call included.
func (x *env) addMethods(d *clusto.Driver, c *class) {
	for _, k := range c.order {
		if k.members == nil || k != c && k.baseDriver() != nil {
			continue
		}
		for _, name := range k.members.AttrNames() {
			known := slices.ContainsFunc(d.Methods, func(m *clusto.Method) bool { return m.Name == name })
			if known || strings.HasPrefix(name, "_") {
				continue
			}
			if m := x.engine.memberMethod(c, name, k.members.names[name]); m != nil {
				d.Methods = append(d.Methods, m)
			}
		}
	}
}

// memberMethod returns a member of a class as a method that Go can call, or nil
// if it is none.
func (e *Engine) memberMethod(c *class, name string, v starlark.Value) *clusto.Method {
	m := &clusto.Method{Name: name}
	var fn starlark.Callable
	skip := 1 // self or cls
	switch v := v.(type) {
	case *classFunc:
		fn, m.OnClass = v.fn, true
	case *staticFunc:
		fn, m.OnClass, skip = v.fn, true, 0
	case *class:
		return nil
	case starlark.Callable:
		fn = v
	default:
		return nil
	}
	if f, ok := fn.(*starlark.Function); ok {
		m.Doc = strings.TrimSpace(f.Doc())
		m.Params = params(f, skip)
	}
	m.Call = func(ctx context.Context, inv *clusto.Inventory, self *clusto.Object, args []any) (any, error) {
		x := fromContext(ctx)
		if x == nil || x.engine != e {
			x = e.newEnv(c.name+"."+name, e.opt.Out)
		}
		leave := x.enter(ctx, inv)
		defer leave()
		var first starlark.Tuple
		switch {
		case skip == 0:
		case m.OnClass:
			first = starlark.Tuple{c}
		case self == nil:
			return nil, clusto.Errorf(clusto.ErrInvalid, "%s is a method of entities; call it on one", name)
		default:
			first = starlark.Tuple{x.wrap(self)}
		}
		return x.callFromGo(ctx, fn, first, m.Params, args)
	}
	return m
}

// params returns the parameters of a function behind the first skip, without
// *args and **kwargs, which Go does not use.
func params(f *starlark.Function, skip int) []clusto.Param {
	n := f.NumParams()
	if f.HasVarargs() {
		n--
	}
	if f.HasKwargs() {
		n--
	}
	var list []clusto.Param
	for i := skip; i < n; i++ {
		name, _ := f.Param(i)
		p := clusto.Param{Name: name}
		if v := f.ParamDefault(i); v != nil {
			p.Optional, p.Default = true, shownDefault(v)
		}
		list = append(list, p)
	}
	return list
}

// shownDefault returns a default value as signatures show it. The function itself
// has the true one.
func shownDefault(v starlark.Value) any {
	switch v := v.(type) {
	case starlark.NoneType:
		return nil
	case starlark.Bool:
		return bool(v)
	case starlark.String:
		return string(v)
	}
	return shown(repr(v))
}

// shown is a default value as text, which is no text itself.
type shown string

// callFromGo calls a script's function for Go.
func (x *env) callFromGo(ctx context.Context, fn starlark.Callable, first starlark.Tuple, params []clusto.Param, args []any) (any, error) {
	var kwargs []starlark.Tuple
	for i, p := range params {
		if i >= len(args) || args[i] == clusto.NotGiven {
			continue
		}
		v, err := x.fromGo(args[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		kwargs = append(kwargs, starlark.Tuple{starlark.String(p.Name), v})
	}
	outermost := x.stop == nil
	v, err := x.bounded(ctx, func() (starlark.Value, error) { return starlark.Call(x.thread, fn, first, kwargs) })
	if err != nil {
		if outermost {
			err = x.engine.explain(err)
		}
		return nil, err
	}
	return x.toGo(v)
}
