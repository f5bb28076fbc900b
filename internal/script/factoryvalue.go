package script

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/rackfactory"
)

// getFactory is get_factory(name, layout=None): the factory for a rack, by its attribute
// racklayout or rackfactory.
func getFactory(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which, layout starlark.Value = nil, starlark.None
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &which, "layout?", &layout); err != nil {
		return nil, err
	}
	return envOf(t).factory(which, layout, starlark.None, envOf(t).engine.RackSource())
}

// tableFactory is table_factory(rack, layout, name=None): the factory of a layout that
// is a table, for racks whose layout is called name.
func tableFactory(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which, layout starlark.Value
	var name starlark.Value = starlark.None
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "rack", &which, "layout", &layout, "name?", &name); err != nil {
		return nil, err
	}
	x := envOf(t)
	if x.engine.opt.Racks == nil {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "there are no tables of rack layouts here")
	}
	return x.factory(which, layout, name, x.engine.opt.Racks)
}

func (x *env) factory(which, layout, name starlark.Value, source rackfactory.Source) (starlark.Value, error) {
	rack, err := x.entity(which)
	if err != nil {
		return nil, err
	}
	v := &factoryValue{rack: x.wrap(rack), source: source}
	if layout != starlark.None {
		v.layout = str(layout)
	}
	if name != starlark.None {
		v.as = str(name)
	}
	f, err := v.open(x)
	if err != nil {
		return nil, err
	}
	if own, ok := f.(*scriptFactory); ok {
		return own.instance, nil
	}
	return v, nil
}

// factoryValue is a rack factory for scripts. It is opened anew for each call, as a
// Factory lives no longer than its transaction.
type factoryValue struct {
	rack   *object
	layout string // "": what the rack's attribute says
	as     string // what the rack's attribute shall say, if not layout
	source rackfactory.Source
}

func (v *factoryValue) String() string        { return "<rack factory of " + v.rack.name + ">" }
func (v *factoryValue) Type() string          { return "RackFactory" }
func (v *factoryValue) Freeze()               {}
func (v *factoryValue) Truth() starlark.Bool  { return starlark.True }
func (v *factoryValue) Hash() (uint32, error) { return v.rack.Hash() }
func (v *factoryValue) AttrNames() []string {
	return []string{"add_server", "connect_ports", "get_driver", "get_nic", "preview", "rack"}
}

func (v *factoryValue) open(x *env) (rackfactory.Factory, error) {
	rack, err := v.rack.now()
	if err != nil {
		return nil, err
	}
	if v.layout == "" {
		return rackfactory.Of(x.context(), v.source, rack)
	}
	f, err := v.source.Factory(x.context(), rack, v.layout)
	if clusto.KindOf(err) == clusto.ErrNotFound && clusto.Hint(err) == "" {
		err = clusto.WithHint(err, "known layouts: %s", strings.Join(v.source.Names(), ", "))
	}
	if lender, ok := f.(rackfactory.Lender); ok && err == nil && v.as != "" {
		f = lender.As(v.as)
	}
	return f, err
}

// Attr returns a method, or the rack.
func (v *factoryValue) Attr(name string) (starlark.Value, error) {
	if name == "rack" {
		return v.rack, nil
	}
	fn := map[string]factoryMethod{
		"connect_ports": factoryConnect, "add_server": factoryAdd, "get_driver": factoryDriver, "get_nic": factoryNIC, "preview": factoryPreview,
	}[name]
	if fn == nil {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		x := envOf(t)
		result, err := x.inGo(func() (any, error) {
			f, err := v.open(x)
			if err != nil {
				return nil, err
			}
			return fn(x, f, b.Name(), args, kwargs)
		})
		if err != nil {
			return nil, err
		}
		return x.fromGo(result)
	}), nil
}

type factoryMethod = func(x *env, f rackfactory.Factory, name string, args starlark.Tuple, kwargs []starlark.Tuple) (any, error)

func factoryConnect(x *env, f rackfactory.Factory, name string, args starlark.Tuple, kwargs []starlark.Tuple) (any, error) {
	if err := starlark.UnpackArgs(name, args, kwargs); err != nil {
		return nil, err
	}
	return nil, f.ConnectPorts(x.context())
}

func factoryAdd(x *env, f rackfactory.Factory, name string, args starlark.Tuple, kwargs []starlark.Tuple) (any, error) {
	var which starlark.Value
	var port int
	if err := starlark.UnpackArgs(name, args, kwargs, "server", &which, "switchport", &port); err != nil {
		return nil, err
	}
	server, err := x.entity(which)
	if err != nil {
		return nil, err
	}
	return nil, f.AddServer(x.context(), server, port)
}

func factoryDriver(x *env, f rackfactory.Factory, name string, args starlark.Tuple, kwargs []starlark.Tuple) (any, error) {
	var port int
	if err := starlark.UnpackArgs(name, args, kwargs, "switchport", &port); err != nil {
		return nil, err
	}
	return f.Driver(x.context(), port)
}

// factoryNIC is get_nic(switch, switchport): the type and number of the server's port that
// a port of the switch leads to.
func factoryNIC(x *env, f rackfactory.Factory, name string, args starlark.Tuple, kwargs []starlark.Tuple) (any, error) {
	var which starlark.Value
	var port int
	if err := starlark.UnpackArgs(name, args, kwargs, "switch", &which, "switchport", &port); err != nil {
		return nil, err
	}
	sw, err := x.entity(which)
	if err != nil {
		return nil, err
	}
	nic, err := f.NICFor(x.context(), sw, port)
	if err != nil {
		return nil, err
	}
	return [2]any{nic.Type, nic.Number}, nil
}

// factoryPreview is preview(): what connect_ports would do, as lines.
func factoryPreview(x *env, f rackfactory.Factory, name string, args starlark.Tuple, kwargs []starlark.Tuple) (any, error) {
	if err := starlark.UnpackArgs(name, args, kwargs); err != nil {
		return nil, err
	}
	p, ok := f.(rackfactory.Previewer)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "this rack factory has no preview")
	}
	preview, err := p.PreviewConnectPorts(x.context())
	if err != nil {
		return nil, err
	}
	return append(preview.Steps, preview.Notes...), nil
}
