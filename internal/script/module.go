package script

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/lib/math"
	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// module is what an import gives. Its members are looked up when they are used,
// so that it always shows what is loaded now.
type module struct {
	name string
	get  func(name string) (starlark.Value, error) // nil, nil: there is none
	list func() []string
}

var _ starlark.HasAttrs = (*module)(nil)

func (m *module) String() string        { return "<module '" + m.name + "'>" }
func (m *module) Type() string          { return "module" }
func (m *module) Freeze()               {}
func (m *module) Truth() starlark.Bool  { return starlark.True }
func (m *module) Hash() (uint32, error) { return starlark.String(m.name).Hash() }
func (m *module) AttrNames() []string   { return m.list() }

func (m *module) Attr(name string) (starlark.Value, error) {
	if name == "__name__" {
		return starlark.String(m.name), nil
	}
	return m.get(name)
}

// fixed returns a module with members that do not change.
func fixed(name string, members starlark.StringDict) *module {
	return &module{
		name: name,
		get:  func(name string) (starlark.Value, error) { return members[name], nil },
		list: members.Keys,
	}
}

// functions returns a module of functions.
func functions(name string, fns map[string]builtinFunc) *module {
	members := starlark.StringDict{}
	for n, fn := range fns {
		members[n] = starlark.NewBuiltin(n, fn)
	}
	return fixed(name, members)
}

// importModule returns the module of that name. Dots before it are passed over.
func (x *env) importModule(name string) (starlark.Value, error) {
	name = strings.TrimLeft(name, ".")
	switch {
	case name == "clusto":
		return x.clustoModule(), nil
	case name == "clusto.drivers", strings.HasPrefix(name, "clusto.drivers."):
		return x.engine.driversModule(), nil
	case name == "clusto.exceptions":
		return exceptionsModule(), nil
	}
	found, err := x.engine.lib.module(x, name)
	if found != nil || err != nil {
		return found, err
	}
	if m := builtinModule(name); m != nil {
		return m, nil
	}
	if x.engine.isDriverModule(name) {
		return x.engine.driversModule(), nil
	}
	return nil, raise(classImportError, fmt.Sprintf("no module named %s%s", name, x.engine.lib.looked()))
}

// builtinModule returns a module that Go provides, or nil.
func builtinModule(name string) starlark.Value {
	switch name {
	case "json":
		return jsonModule()
	case "math":
		return math.Module
	case "time":
		return timeModule()
	case "datetime":
		return datetimeModule()
	case "history":
		return historyModule()
	case "re":
		return reModule()
	case "smtplib":
		return functions(name, map[string]builtinFunc{"SMTP": smtpClass})
	case "smtp":
		return functions(name, map[string]builtinFunc{"send": smtpSend})
	case "http":
		return functions(name, map[string]builtinFunc{"get": httpCall("GET"), "post": httpCall("POST")})
	case "dns":
		return functions(name, map[string]builtinFunc{"lookup": lookup})
	case "socket":
		return socketModule()
	case "rackfactory_tables":
		return functions(name, map[string]builtinFunc{"get_factory": getFactory, "table_factory": tableFactory})
	}
	return nil
}

// isDriverModule reports whether a driver's class has the name of the module, as the
// modules of classic clusto have, from which people import siblings.
func (e *Engine) isDriverModule(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return slices.ContainsFunc(e.opt.Drivers.Drivers(), func(d *clusto.Driver) bool {
		return strings.EqualFold(d.Class, last) || d.Name == last
	})
}

// driversModule has every driver and mixin under the name of its class.
func (e *Engine) driversModule() *module {
	reg := e.opt.Drivers
	return &module{
		name: "clusto.drivers",
		get: func(name string) (starlark.Value, error) {
			if d, ok := reg.Class(name); ok {
				return e.classOf(d), nil
			}
			if m, ok := reg.Mixin(name); ok {
				return e.mixinClass(m), nil
			}
			if e.isDriverModule(name) {
				return e.driversModule(), nil
			}
			return nil, nil
		},
		list: func() []string {
			var all []string
			for _, d := range reg.Drivers() {
				all = append(all, d.Class)
			}
			for _, m := range reg.Mixins() {
				all = append(all, m.Class)
			}
			slices.Sort(all)
			return slices.Compact(all)
		},
	}
}

func exceptionsModule() *module {
	members := starlark.StringDict{}
	for _, c := range exceptionClasses() {
		members[c.name] = c
	}
	return fixed("clusto.exceptions", members)
}

// clustoModule is the module clusto: the classic API.
func (x *env) clustoModule() *module {
	members := api()
	e := x.engine
	if x.session != nil {
		members["SESSION"] = &sessionObject{x.session}
	}
	own := []string{"driverlist", "drivers", "exceptions", "typelist"}
	return &module{
		name: "clusto",
		get: func(name string) (starlark.Value, error) {
			switch name {
			case "drivers":
				return e.driversModule(), nil
			case "exceptions":
				return exceptionsModule(), nil
			case "driverlist":
				return e.driverList(), nil
			case "typelist":
				return e.typeList(), nil
			}
			return members[name], nil
		},
		list: func() []string { return append(members.Keys(), own...) },
	}
}

// driverList is driverlist: the classes by the names of their drivers.
func (e *Engine) driverList() starlark.Value {
	all := e.opt.Drivers.Drivers()
	d := starlark.NewDict(len(all))
	for _, driver := range all {
		_ = d.SetKey(starlark.String(driver.Name), e.classOf(driver)) // a new dict takes every string
	}
	return d
}

// typeList is typelist: for each type the class of its driver that is nearest to the
// root.
func (e *Engine) typeList() starlark.Value {
	best := map[string]*clusto.Driver{}
	depth := func(d *clusto.Driver) (n int) {
		for range d.Chain {
			n++
		}
		return n
	}
	for _, driver := range e.opt.Drivers.Drivers() {
		typ := driver.EntityType()
		if old := best[typ]; old == nil || depth(driver) < depth(old) {
			best[typ] = driver
		}
	}
	d := starlark.NewDict(len(best))
	for _, typ := range e.opt.Drivers.Types() {
		_ = d.SetKey(starlark.String(typ), e.classOf(best[typ]))
	}
	return d
}

// starNames returns what from name import * binds.
func (x *env) starNames(name string) ([]string, error) {
	m, err := x.importModule(name)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, n := range m.(starlark.HasAttrs).AttrNames() {
		if !strings.HasPrefix(n, "_") {
			names = append(names, n)
		}
	}
	return names, nil
}

// importCall is import a.b: @import("a.b") returns a.
func importCall(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &name); err != nil {
		return nil, err
	}
	x := envOf(t)
	m, err := x.importModule(name)
	if err != nil {
		return nil, err
	}
	parts := strings.Split(name, ".")
	if parts[0] == "clusto" {
		return x.clustoModule(), nil
	}
	for i := len(parts) - 2; i >= 0; i-- {
		m = fixed(strings.Join(parts[:i+1], "."), starlark.StringDict{parts[i+1]: m})
	}
	return m, nil
}

// fromCall is from m import a, b: @from("m", ("a", "b")) returns a tuple.
func fromCall(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var wanted starlark.Tuple
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &name, &wanted); err != nil {
		return nil, err
	}
	x := envOf(t)
	m, err := x.importModule(name)
	if err != nil {
		return nil, err
	}
	out := make(starlark.Tuple, len(wanted))
	for i, w := range wanted {
		member, _ := starlark.AsString(w)
		v, err := m.(starlark.HasAttrs).Attr(member)
		if err != nil {
			return nil, err
		}
		if v == nil {
			return nil, cannotImport(member, name, m.(starlark.HasAttrs).AttrNames())
		}
		if x.session != nil {
			x.session.note(name, member, v)
		}
		out[i] = v
	}
	return out, nil
}

func cannotImport(member, module string, known []string) error {
	return raise(classImportError, fmt.Sprintf("cannot import %s from %s", member, module)+meant(member, known))
}

// importedName is a name that a session has from a module of the library.
type importedName struct {
	module, name string
	value        starlark.Value
}

// note remembers an import, so that it can follow when the file is loaded again.
func (s *Session) note(module, name string, v starlark.Value) {
	s.imports[module+" "+name] = importedName{module, name, v}
}

// rebind gives names that came from a module the value that it has now. Names that were
// assigned something else since stay.
func (s *Session) rebind() {
	modules := map[string]starlark.HasAttrs{}
	for key, imp := range s.imports {
		if !replaceable(imp.value) {
			continue
		}
		m := modules[imp.module]
		if m == nil {
			found, err := s.env.importModule(imp.module)
			if err != nil {
				continue // the names stay as they were
			}
			m = found.(starlark.HasAttrs)
			modules[imp.module] = m
		}
		v, err := m.Attr(imp.name)
		if err != nil || v == nil || v == imp.value {
			continue
		}
		for name, old := range s.globals.names {
			if replaceable(old) && old == imp.value {
				s.globals.names[name] = v
			}
		}
		imp.value = v
		s.imports[key] = imp
	}
}

// replaceable reports whether v is told apart by identity.
func replaceable(v starlark.Value) bool {
	switch v.(type) {
	case *class, *starlark.Function, *instance, *starlark.List, *starlark.Dict, *bound:
		return true
	}
	return false
}
