package script

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// help is help(x): what x is and can do.
func help(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0, &v); err != nil {
		return nil, err
	}
	x := envOf(t)
	_, err := fmt.Fprintln(x.out, x.help(v))
	return starlark.None, err
}

// help returns what help shows about v; nil is help itself.
func (x *env) help(v starlark.Value) string {
	switch v := v.(type) {
	case nil:
		return generalHelp
	case *object:
		c, _, err := v.class()
		if err != nil {
			return err.Error()
		}
		return v.String() + "\n" + classHelp(c)
	case *instance:
		return classHelp(v.class)
	case *class:
		return classHelp(v)
	case *goMethod:
		return entry(v.method.Signature(), v.method.Doc)
	case *bound:
		if f, ok := v.fn.(*starlark.Function); ok {
			return functionHelp(f, 1)
		}
	case *starlark.Function:
		return functionHelp(v, 0)
	case *starlark.Builtin:
		if text, ok := apiHelp[v.Name()]; ok {
			return text
		}
		return v.Name() + "(…)"
	case *module:
		return v.name + " has\n  " + strings.Join(v.AttrNames(), "\n  ")
	}
	return fmt.Sprintf("%s: a %s", repr(v), v.Type())
}

const generalHelp = `get_by_name('NAME') finds an entity. To make one, say a server:

  from clusto.drivers import PenguinServer
  server = PenguinServer('NAME')

After import clusto, clusto.drivers, help(clusto) lists the functions and
help(clusto.drivers) the drivers. help(x) tells what x can do: an entity, a
driver, a function. dir(x) lists its names. The Tab key completes.`

func entry(signature, doc string) string {
	if doc == "" {
		return signature
	}
	return signature + "\n    " + strings.Join(strings.Fields(doc), " ")
}

func functionHelp(f *starlark.Function, skip int) string {
	return entry(signature(f, skip), f.Doc())
}

// signature returns a function as people write it, without its first skip parameters.
func signature(f *starlark.Function, skip int) string {
	name := f.Name()[strings.LastIndexByte(f.Name(), '.')+1:]
	m := clusto.Method{Name: name, Params: params(f, skip)}
	text := strings.TrimSuffix(m.Signature(), ")")
	for i, extra := range []bool{f.HasVarargs(), f.HasKwargs()} {
		if !extra {
			continue
		}
		if !strings.HasSuffix(text, "(") {
			text += ", "
		}
		last, _ := f.Param(f.NumParams() - 1)
		if i == 0 && f.HasKwargs() {
			last, _ = f.Param(f.NumParams() - 2)
		}
		text += strings.Repeat("*", i+1) + last
	}
	return text + ")"
}

// classHelp lists what a class offers, each name once, under the class that has it.
func classHelp(c *class) string {
	var b strings.Builder
	b.WriteString(c.name)
	if c.doc != "" {
		b.WriteString(": " + strings.Join(strings.Fields(c.doc), " "))
	}
	if d := c.baseDriver(); d != nil {
		fmt.Fprintf(&b, "\ndriver %s, type %s", d.Name, d.EntityType())
		writeProperties(&b, d)
		writePorts(&b, d)
	}
	seen := map[string]bool{}
	for _, k := range c.order {
		lines := k.memberHelp(seen)
		if len(lines) > 0 {
			fmt.Fprintf(&b, "\nfrom %s:\n  %s", k.name, strings.Join(lines, "\n  "))
		}
	}
	return b.String()
}

func writeProperties(b *strings.Builder, d *clusto.Driver) {
	for i, p := range d.AllProperties() {
		sep := ", "
		if i == 0 {
			sep = "\nproperties: "
		}
		b.WriteString(sep + p.Name)
		if !p.Default.IsNone() {
			b.WriteString("=" + p.Default.Text())
		}
	}
}

func writePorts(b *strings.Builder, d *clusto.Driver) {
	for i, group := range d.AllPorts() {
		sep := ", "
		if i == 0 {
			sep = "\nports: "
		}
		fmt.Fprintf(b, "%s%s 1-%d", sep, group.Type, group.Count)
	}
}

// memberHelp returns a line for each member of c that is not in seen.
func (c *class) memberHelp(seen map[string]bool) []string {
	var lines []string
	add := func(name, line string) {
		if !seen[name] && !strings.HasPrefix(name, "_") {
			seen[name] = true
			lines = append(lines, line)
		}
	}
	for _, m := range c.methods() {
		if c.members == nil {
			add(m.Name, m.Signature()+docLine(m.Doc))
		}
	}
	if c.members == nil {
		return lines
	}
	for _, name := range c.members.AttrNames() {
		v := c.members.names[name]
		skip := 1
		switch w := v.(type) {
		case *classFunc:
			v = w.fn
		case *staticFunc:
			v, skip = w.fn, 0
		case *property:
			add(name, name)
		}
		if f, ok := v.(*starlark.Function); ok {
			add(name, signature(f, skip)+docLine(f.Doc()))
		}
	}
	return lines
}

// docLine returns the first sentence of a text, to stand behind a signature.
func docLine(doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	if doc == "" {
		return ""
	}
	if first, _, more := strings.Cut(doc, ". "); more {
		doc = first + "."
	}
	return "  - " + doc
}

// Help returns what help(x) shows for an expression, such as "rack.insert".
func (s *Session) Help(expr string) (string, error) {
	var text string
	err := s.look(func() error {
		v := s.value(expr)
		if v == nil {
			return errors.New("nothing is known about " + expr)
		}
		text = s.env.help(v)
		return nil
	})
	return text, err
}

// apiHelp is what help shows about the functions of the classic API.
var apiHelp = map[string]string{
	"get_by_name":               "get_by_name(name, assert_driver=None)\n    The entity of that name, or LookupError.",
	"get_by_names":              "get_by_names(names)\n    The entities of those names, None for each that does not exist.",
	"get_by_attr":               "get_by_attr(key, value, number, subkey)\n    The entities with such an attribute; what is not given may be anything.",
	"get_by_mac":                "get_by_mac(mac)\n    The entities that carry a hardware address, however it is written.",
	"get_by_serial":             "get_by_serial(serial)\n    The entities whose system.serial this is.",
	"get_by_ip":                 "get_by_ip(ip)\n    The entities that an address is bound to.",
	"get":                       "get(term)\n    The entities that a name, serial number, address or hardware address leads to.",
	"get_entities":              "get_entities(clusto_types=(), clusto_drivers=(), attrs=(), names=())\n    The entities that are of one of the types, of one of the drivers, and have one of the attributes.",
	"query":                     "query(text, merge_container_attrs=False)\n    The entities that a query selects, sorted by name, such as query('type = server - pool = retired').",
	"get_from_pools":            "get_from_pools(pools, clusto_types=(), clusto_drivers=(), search_children=True)\n    What is in all of the pools.",
	"get_from_entities":         "get_from_entities(entities, clusto_types=(), clusto_drivers=(), search_children=True)\n    What is in all of the entities.",
	"get_or_create":             "get_or_create(name, driver, property=value)\n    The entity of that name, made if it does not exist.",
	"rename":                    "rename(oldname, newname)\n    Give an entity another name. It keeps its history.",
	"change_driver":             "change_driver(name, newdriver)\n    Give an entity another driver.",
	"delete_entity":             "delete_entity(entity)\n    Delete an entity, its attributes, and what refers to it.",
	"begin_transaction":         "begin_transaction()\n    What follows is one version, up to commit().",
	"commit":                    "commit()\n    End what begin_transaction() began.",
	"rollback_transaction":      "rollback_transaction()\n    Undo everything since begin_transaction().",
	"transaction":               "transaction(fn, …)\n    Call fn; if it raises an exception, what it changed is undone.",
	"on_commit":                 "on_commit(fn, …)\n    Call fn once the transaction is committed.",
	"get_latest_version_number": "get_latest_version_number()\n    The number of the newest version.",
	"adjacency_map":             "adjacency_map()\n    A row [container, type, content, type] for each thing in another.",
	"get_driver_name":           "get_driver_name(driver)\n    The name of a driver.",
	"get_type_name":             "get_type_name(driver)\n    The type of a driver's entities.",
	"history.log":               "history.log(name=None, since=None, until=None, user=None, grep=None, limit=None)\n    The versions, the newest first, as dicts: of all, or about what is or was called so.",
	"history.show":              "history.show(version=None)\n    What a version changed, as a dict.",
	"history.diff":              "history.diff(a, b=None, name=None)\n    What is different between two versions, as a dict; None is now.",
	"history.blame":             "history.blame(entity)\n    Which version made each attribute of an entity, as a dict.",
	"history.version":           "history.version(when)\n    The number of the version that was the newest at a time, such as '2 days ago'.",
	"history.at":                "history.at(version, fn, …)\n    Call fn with the inventory as it was at a version or time.",
	"history.revert":            "history.revert(version, …)\n    Undo versions together; if later changes stand in the way, all of them are listed.",
	"history.undelete":          "history.undelete(name, new_name=None, version=None)\n    Bring back what was deleted, as far as it is free; 'left' lists what is not.",
	"get_factory":               "get_factory(name, layout=None)\n    The rack factory for a rack.",
}
