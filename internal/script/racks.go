package script

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/rackfactory"
)

// RackSource returns the rack layouts of the library that are classes, then those of
// Options.Racks, as one source.
func (e *Engine) RackSource() rackfactory.Source {
	sources := rackfactory.Sources{scriptSource{e}}
	if e.opt.Racks != nil {
		sources = append(sources, e.opt.Racks)
	}
	return sources
}

// collectLayouts notes the rack factories that a file defines: classes with a
// LAYOUT_NAME, and those in a dict called LAYOUTS. l.mu is held.
func (l *library) collectLayouts(v *loaded) {
	maps.DeleteFunc(l.layouts, func(_ string, f layoutClass) bool { return f.origin == v.origin })
	for _, value := range v.names.names {
		c, ok := value.(*class)
		if !ok || c.baseDriver() != nil {
			continue
		}
		if name, _ := c.find("LAYOUT_NAME", nil); name != nil {
			if text, ok := starlark.AsString(name); ok {
				l.layouts[text] = layoutClass{v.origin, c}
			}
		}
	}
	if d, ok := v.names.names["LAYOUTS"].(*starlark.Dict); ok {
		for _, item := range d.Items() {
			if c, ok := item[1].(*class); ok {
				l.layouts[str(item[0])] = layoutClass{v.origin, c}
			}
		}
	}
}

// layoutClass is a rack factory that a file of the library defines.
type layoutClass struct {
	origin string
	class  *class
}

func (l *library) layout(name string) (*class, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.layouts[name]
	return f.class, ok
}

// scriptSource is the rack factories that are classes of the library.
type scriptSource struct{ engine *Engine }

// Names implements rackfactory.Source.
func (s scriptSource) Names() []string {
	s.engine.lib.mu.Lock()
	defer s.engine.lib.mu.Unlock()
	return slices.Sorted(maps.Keys(s.engine.lib.layouts))
}

// Factory implements rackfactory.Source. As in classic, the class is called with the
// name of the rack and its datacenter, which is None if the rack is in none.
func (s scriptSource) Factory(ctx context.Context, rack *clusto.Object, layout string) (rackfactory.Factory, error) {
	c, ok := s.engine.lib.layout(layout)
	if !ok {
		return nil, &rackfactory.UnknownLayoutError{Layout: layout}
	}
	above, err := rack.Parents(ctx, true, clusto.Match{Types: []string{"datacenter"}})
	if err != nil {
		return nil, err
	}
	x := fromContext(ctx)
	if x == nil || x.engine != s.engine {
		x = s.engine.newEnv("rack factory "+layout, s.engine.opt.Out)
	}
	f := &scriptFactory{env: x, rack: rack}
	v, err := f.do(ctx, func() (starlark.Value, error) {
		var datacenter starlark.Value = starlark.None
		if len(above) > 0 {
			datacenter = x.wrap(above[0])
		}
		return starlark.Call(x.thread, c, starlark.Tuple{starlark.String(rack.Name), datacenter}, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("rack factory %s: %w", layout, err)
	}
	f.instance = v.(starlark.HasAttrs)
	return f, nil
}

// scriptFactory is a rack factory that is an instance of a script's class.
type scriptFactory struct {
	env      *env
	rack     *clusto.Object
	instance starlark.HasAttrs
}

var (
	_ rackfactory.Factory   = (*scriptFactory)(nil)
	_ rackfactory.Previewer = (*scriptFactory)(nil)
)

// do runs fn in the transaction of the rack.
func (f *scriptFactory) do(ctx context.Context, fn func() (starlark.Value, error)) (starlark.Value, error) {
	leave := f.env.enter(ctx, f.rack.Inventory())
	defer leave()
	outermost := f.env.stop == nil
	v, err := f.env.bounded(ctx, fn)
	if err != nil && outermost {
		err = f.env.engine.explain(err)
	}
	return v, err
}

// call calls a method of the instance. ok is false if it has none of that name.
func (f *scriptFactory) call(ctx context.Context, method string, args ...any) (result any, ok bool, err error) {
	_, err = f.do(ctx, func() (starlark.Value, error) {
		fn, err := f.instance.Attr(method)
		if fn == nil || err != nil {
			return nil, err
		}
		ok = true
		values := make(starlark.Tuple, len(args))
		for i, arg := range args {
			if values[i], err = f.env.fromGo(arg); err != nil {
				return nil, err
			}
		}
		v, err := starlark.Call(f.env.thread, fn, values, nil)
		if err != nil {
			return nil, err
		}
		result, err = f.env.toGo(v)
		return v, err
	})
	return result, ok, err
}

// must calls a method that a rack factory must have.
func (f *scriptFactory) must(ctx context.Context, method string, args ...any) (any, error) {
	v, ok, err := f.call(ctx, method, args...)
	if err == nil && !ok {
		err = clusto.Errorf(clusto.ErrUnsupported, "%s has no method %s", f.instance.Type(), method)
	}
	return v, err
}

// Rack implements rackfactory.Factory.
func (f *scriptFactory) Rack() *clusto.Object { return f.rack }

// ConnectPorts implements rackfactory.Factory.
func (f *scriptFactory) ConnectPorts(ctx context.Context) error {
	_, err := f.must(ctx, "connect_ports")
	return err
}

// AddServer implements rackfactory.Factory.
func (f *scriptFactory) AddServer(ctx context.Context, server *clusto.Object, switchPort int) error {
	_, err := f.must(ctx, "add_server", server, switchPort)
	return err
}

// Driver implements rackfactory.Factory. A class that returns None, or finds no entry in
// its tables, gives the port to no server.
func (f *scriptFactory) Driver(ctx context.Context, switchPort int) (*clusto.Driver, error) {
	v, err := f.must(ctx, "get_driver", switchPort)
	if err != nil {
		return nil, err
	}
	d, ok := v.(*clusto.Driver)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrNotFound, "%s gives switch port %d to no server", f.instance.Type(), switchPort)
	}
	return d, nil
}

// NICFor implements rackfactory.Factory: by a method get_nic(switch, switchport), which
// returns the type and number of the server's port, or else the first network port.
func (f *scriptFactory) NICFor(ctx context.Context, sw *clusto.Object, switchPort int) (rackfactory.NIC, error) {
	if _, err := f.Driver(ctx, switchPort); err != nil {
		return rackfactory.NIC{}, err
	}
	v, ok, err := f.call(ctx, "get_nic", sw, switchPort)
	if err != nil || !ok {
		return rackfactory.NIC{Type: "nic-eth", Number: 1}, err
	}
	if pair, isList := v.([]any); isList && len(pair) == 2 {
		typ, isText := pair[0].(string)
		number, isInt := pair[1].(int64)
		if isText && isInt {
			return rackfactory.NIC{Type: typ, Number: int(number)}, nil
		}
	}
	return rackfactory.NIC{}, clusto.Errorf(clusto.ErrInvalid, "%s.get_nic must return a pair such as ('nic-eth', 1)", f.instance.Type())
}

// PreviewConnectPorts implements rackfactory.Previewer.
func (f *scriptFactory) PreviewConnectPorts(ctx context.Context) (rackfactory.Preview, error) {
	v, err := f.must(ctx, "preview")
	if err != nil {
		return rackfactory.Preview{}, err
	}
	var p rackfactory.Preview
	lines, _ := v.([]any)
	for _, line := range lines {
		p.Steps = append(p.Steps, fmt.Sprint(line))
	}
	return p, nil
}

// PreviewAddServer implements rackfactory.Previewer; a class cannot be asked that.
func (f *scriptFactory) PreviewAddServer(context.Context, *clusto.Object, int) (rackfactory.Preview, error) {
	return rackfactory.Preview{}, clusto.Errorf(clusto.ErrUnsupported, "%s cannot say beforehand what it would do with a server", f.instance.Type())
}
