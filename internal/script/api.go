package script

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// apiFuncs are the functions of the module clusto, under their classic names.
func apiFuncs() map[string]builtinFunc {
	return map[string]builtinFunc{
		"get_by_name": getByName, "get_by_names": getByNames, "get_by_attr": getByAttr, "get_by_mac": getByMAC,
		"get_by_serial": getBySerial, "get_by_ip": getByIP, "get": get, "get_entities": getEntities, "query": queryCall,
		"get_from_pools": getFromContainers("pools", "pool"), "get_from_entities": getFromContainers("entities", ""),
		"get_or_create": getOrCreate, "rename": rename, "change_driver": changeDriver, "delete_entity": deleteEntity,
		"begin_transaction": beginTransaction, "commit": commitTransaction, "rollback_transaction": rollbackTransaction,
		"transaction": transactionCall, "on_commit": onCommit,
		"get_latest_version_number": latestVersion, "adjacency_map": adjacencyMap,
		"get_driver_name": driverName, "get_type_name": typeName,
		"init_clusto": nothing, "flush": nothing, "clear": clearSession,
	}
}

// api returns the functions as values.
func api() starlark.StringDict {
	d := starlark.StringDict{}
	for name, fn := range apiFuncs() {
		d[name] = starlark.NewBuiltin(name, fn)
	}
	return d
}

// getByName returns the entity of that name. With assert_driver it must be of that
// driver (classic: get_by_name).
func getByName(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var want starlark.Value = starlark.None
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &name, "assert_driver?", &want); err != nil {
		return nil, err
	}
	x := envOf(t)
	o, err := x.byName(name)
	if err != nil {
		return nil, err
	}
	if c, ok := want.(*class); ok && !x.engine.classOf(o.Driver()).is(c) {
		return nil, raise(classTypeError, fmt.Sprintf("%s is a %s, not a %s", name, o.Entity.Driver, c.name))
	}
	return x.wrap(o), nil
}

// byName returns the entity of that name, or ErrNotFound with a hint.
func (x *env) byName(name string) (*clusto.Object, error) {
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	o, err := inv.Object(x.ctx, name)
	if clusto.KindOf(err) == clusto.ErrNotFound {
		return nil, clusto.Errorf(clusto.ErrNotFound, "%s does not exist", quote(name))
	}
	return o, err
}

// getByNames returns the entities of those names, None where there is none. A name that
// stands twice is found twice.
func getByNames(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Iterable
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "names", &list); err != nil {
		return nil, err
	}
	x := envOf(t)
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	names, err := texts(list)
	if err != nil {
		return nil, err
	}
	found, err := inv.FindObjects(x.ctx, clusto.Match{Names: names})
	if err != nil {
		return nil, err
	}
	out := make([]starlark.Value, len(names))
	for i, name := range names {
		out[i] = starlark.None
		if j := slices.IndexFunc(found, func(o *clusto.Object) bool { return o.Name == name }); j >= 0 {
			out[i] = x.wrap(found[j])
		}
	}
	return starlark.NewList(out), nil
}

// texts returns the strings of a list, or of one string.
func texts(v starlark.Value) ([]string, error) {
	if s, ok := starlark.AsString(v); ok {
		return []string{s}, nil
	}
	list, ok := v.(starlark.Iterable)
	if !ok {
		return nil, raise(classTypeError, "want a string or a list of strings, not "+v.Type())
	}
	out := []string{}
	for item := range starlark.Elements(list) {
		s, ok := starlark.AsString(item)
		if !ok {
			return nil, raise(classTypeError, "want a list of strings; it has a "+item.Type())
		}
		out = append(out, s)
	}
	return out, nil
}

// getByAttr returns the entities with an attribute: key, value, number, subkey.
func getByAttr(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	for i, v := range args {
		if i >= len(attrFields) {
			return nil, raise(classTypeError, "get_by_attr takes "+strings.Join(attrFields, ", "))
		}
		kwargs = append(kwargs, starlark.Tuple{starlark.String(attrFields[i]), v})
	}
	x := envOf(t)
	m, err := x.attrMatch(kwargs)
	if err != nil {
		return nil, err
	}
	return x.findBy(m)
}

func (x *env) findBy(m clusto.AttrMatch) (starlark.Value, error) {
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	found, err := inv.ByAttr(x.ctx, m)
	if err != nil {
		return nil, err
	}
	return x.fromGo(found)
}

// getByMAC returns the entities that carry a hardware address, in whatever spelling.
func getByMAC(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "mac", &text); err != nil {
		return nil, err
	}
	mac, err := clusto.ParseMAC(text)
	if err != nil {
		return nil, err
	}
	return envOf(t).findBy(clusto.AttrMatch{Subkey: clusto.Is("mac"), MAC: &mac})
}

func getBySerial(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var serial string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "serial", &serial); err != nil {
		return nil, err
	}
	return envOf(t).findBy(serialMatch(serial))
}

func serialMatch(serial string) clusto.AttrMatch {
	return clusto.AttrMatch{Key: clusto.Is("system"), Subkey: clusto.Is("serial"), Value: clusto.Is(clusto.String(serial))}
}

// getByIP returns the entities that an address is bound to.
func getByIP(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "ip", &text); err != nil {
		return nil, err
	}
	return envOf(t).findByIP(text)
}

func (x *env) findByIP(text string) (starlark.Value, error) {
	addr, err := resource.ParseAddr(text)
	if err != nil {
		return starlark.NewList(nil), nil
	}
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	found, err := resource.Devices(x.ctx, inv, addr)
	if err != nil {
		return nil, err
	}
	return x.fromGo(found)
}

// serialForm is what get takes for a serial number (classic: get).
var serialForm = regexp.MustCompile(`^P\d{10}$`)

// get looks for whatever a term may be: a name, a serial number, an address, a
// hardware address. Nothing found for one of the latter is [], a term that is none of
// these is None (classic: get).
func get(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var term string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "term", &term); err != nil {
		return nil, err
	}
	x := envOf(t)
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	o, err := inv.Object(x.ctx, term)
	if err == nil {
		return x.fromGo([]*clusto.Object{o})
	}
	if clusto.KindOf(err) != clusto.ErrNotFound {
		return nil, err
	}
	if serialForm.MatchString(term) {
		return x.findBy(serialMatch(term))
	}
	if addr, err := resource.ParseAddr(term); err == nil {
		if _, err := resource.ManagerFor(x.ctx, inv, addr); err != nil {
			if clusto.KindOf(err) == clusto.ErrNotFound {
				return starlark.None, nil
			}
			return nil, err
		}
		return x.findByIP(term)
	}
	if mac, err := clusto.ParseMAC(term); err == nil {
		return x.findBy(clusto.AttrMatch{Subkey: clusto.Is("mac"), MAC: &mac})
	}
	return starlark.None, nil
}

// latestVersion is get_latest_version_number().
func latestVersion(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
		return nil, err
	}
	x := envOf(t)
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	v, err := inv.Version(x.ctx)
	return starlark.MakeInt64(int64(v)), err
}

// nothing is what classic had for its database sessions and is done by itself here.
func nothing(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, nil
}

// clearSession is clear(): it gives up the transaction that is open, as classic's did.
func clearSession(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if s := envOf(t).session; s != nil && s.depth > 0 {
		return rollbackTransaction(t, b, args, kwargs)
	}
	return starlark.None, nil
}
