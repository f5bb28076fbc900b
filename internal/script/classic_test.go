package script_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// This file asks the functions of the module clusto what classic clusto was
// asked about its database, and compares the answers.

// apiCase is a call and what classic answered.
type apiCase struct {
	KW       map[string]any     `json:"kw"`
	Pools    []string           `json:"pools"`
	Entities []string           `json:"entities"`
	Attrs    []map[string]any   `json:"attrs"`
	Answer   classictest.Answer `json:"answer"`
}

// differs are the cases in which classic is not followed, each with the answer that
// is right and the reason (behaviour.md, sections 2 and 3).
var differs = map[string]struct{ want, why string }{
	"get_by_mac('00-16-3e-00-00-01')":                        {`["node001"]`, "any spelling of a MAC address finds it"},
	"get_by_mac('00:16:3E:00:00:01')":                        {`["node001"]`, "any case of a MAC address finds it"},
	"get_by_mac('00:16:3e:aa:bb:01')":                        {`["node001"]`, "any case of a MAC address finds it"},
	"get('00-16-3e-00-00-01')":                               {`["node001"]`, "any spelling of a MAC address finds it"},
	"get('00:16:3E:00:00:01')":                               {`["node001"]`, "any case of a MAC address finds it"},
	"get('00:16:3e:aa:bb:01')":                               {`["node001"]`, "any case of a MAC address finds it"},
	"get_by_names(['node002', 'zzz', 'node001', 'node002'])": {`["node002", null, "node001", "node002"]`, "every slot of a repeated name is filled"},
	"get_from_pools([])":                                     {`[]`, "no pools have no members in common, which is no error"},
	"Driver.do_attr_query(value=None)":                       {`[["node001", "none", null, null, "string", null]]`, "no value finds attributes without a value, not the text None"},
}

// toRows shows attributes and entities as small.expected.json has them.
const toRows = `
from clusto.drivers import Driver, IPManager
def shown(v):
    if isinstance(v, Driver):
        return v.name
    return v
def rows(answer):
    if isinstance(answer, int):
        return answer
    return [[a.entity.name, a.key, a.number, a.subkey, a.datatype, shown(a.value)] for a in answer]
def names(answer):
    if answer == None:
        return None
    if isinstance(answer, Driver):
        return answer.name
    return [shown(o) for o in answer]
import json
`

func TestClassicAPI(t *testing.T) {
	var expected struct {
		Entities  []apiCase                     `json:"get_entities"`
		ByAttrs   []apiCase                     `json:"get_entities_attrs"`
		Pools     []apiCase                     `json:"get_from_pools"`
		Inside    []apiCase                     `json:"get_from_entities"`
		Queries   []apiCase                     `json:"do_attr_query"`
		Lookups   map[string]classictest.Answer `json:"lookups"`
		Adjacency json.RawMessage               `json:"adjacency"`
		Latest    json.RawMessage               `json:"latest_version"`
	}
	classictest.Expected(t, &expected)
	w := &world{t: t, out: &bytes.Buffer{}, store: openClassic(t)}
	w.start(nil)
	w.eval(toRows)

	for _, c := range expected.Entities {
		w.compare("names", "get_entities("+keywords(c.KW)+")", c.Answer)
	}
	for _, c := range expected.ByAttrs {
		w.compare("names", "get_entities(attrs="+literal(c.Attrs)+")", c.Answer)
	}
	for _, c := range expected.Pools {
		call := strings.TrimSuffix(literal(c.Pools)+", "+keywords(c.KW), ", ")
		w.compare("names", "get_from_pools("+call+")", c.Answer)
	}
	for _, c := range expected.Inside {
		objects := make([]string, len(c.Entities))
		for i, name := range c.Entities {
			objects[i] = fmt.Sprintf("get_by_name(%s)", literal(name))
		}
		w.compare("names", "get_from_entities(["+strings.Join(objects, ", ")+"])", c.Answer)
	}
	for _, c := range expected.Queries {
		call := strings.Replace(keywords(c.KW), "value='node002'", "value=get_by_name('node002')", 1)
		w.compare("rows", "Driver.do_attr_query("+call+")", c.Answer)
	}
	for question, answer := range expected.Lookups {
		w.compare("names", lookup(question), answer)
	}
	w.compare("names", "adjacency_map()", classictest.Answer{OK: expected.Adjacency})
	w.compare("names", "[get_latest_version_number()]", classictest.Answer{OK: json.RawMessage("[" + string(expected.Latest) + "]")})
}

// openClassic opens a copy of classic's database as classic left it.
func openClassic(t *testing.T) *sqlstore.Store {
	t.Helper()
	return dbtest.Open(t, classictest.Copy(t), sqlstore.Options{})
}

// lookup returns the call that a key of the lookups stands for: "get 'node001'",
// "get_by_ip 10.20.0.2", "IPManager.get_devices 10.20.0.2" or "get_by_names".
func lookup(question string) string {
	function, argument, ok := strings.Cut(question, " ")
	if !ok {
		return function + "(['node002', 'zzz', 'node001', 'node002'])"
	}
	if !strings.HasPrefix(argument, "'") {
		argument = "'" + argument + "'"
	}
	return function + "(" + argument + ")"
}

// compare evaluates call, shows it with the function show, and compares it
// with what classic answered, as multisets, or with what is right instead.
func (w *world) compare(show, call string, classic classictest.Answer) {
	w.t.Helper()
	if d, ok := differs[call]; ok {
		classic = classictest.Answer{OK: json.RawMessage(d.want)}
	}
	entry := fmt.Sprintf("print(json.encode(%s(%s)))", show, call)
	if classic.Error != "" {
		entry = fmt.Sprintf("try:\n    %s\nexcept %s as e:\n    print('[\"refused\"]')\n", entry, errorOf(classic.Error))
		classic.OK = json.RawMessage(`["refused"]`)
	}
	w.out.Reset()
	err := w.session.Eval(w.t.Context(), entry)
	if err != nil {
		w.t.Errorf("%s: %s", call, render(err))
		return
	}
	if diff := cmp.Diff(multiset(w.t, classic.OK), multiset(w.t, w.out.Bytes())); diff != "" {
		w.t.Errorf("%s (-classic +ours):\n%s", call, diff)
	}
}

// errorOf returns the exceptions that may stand for one of classic's: an address
// that is none at all is a wrong value, whatever managers there are.
func errorOf(class string) string {
	if class == "ResourceException" {
		return "(ResourceException, ValueError)"
	}
	return class
}

// multiset returns the members of a JSON list as sorted texts; what is no list
// is its one member.
func multiset(t testing.TB, text []byte) []string {
	t.Helper()
	var list []any
	if json.Unmarshal(text, &list) == nil {
		return classictest.Multiset(t, list)
	}
	var one any
	if err := json.Unmarshal(text, &one); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return []string{classictest.Canonical(t, one)}
}

// keywords returns arguments as a script writes them, in a fixed order.
func keywords(kw map[string]any) string {
	var parts []string
	for key, v := range kw {
		parts = append(parts, key+"="+literal(v))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// literal returns v as a script writes it.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case string:
		return "'" + v + "'"
	case []string:
		return literalList(v)
	case []any:
		return literalList(v)
	case []map[string]any:
		return literalList(v)
	case map[string]any:
		var parts []string
		for key, item := range v {
			parts = append(parts, "'"+key+"': "+literal(item))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func literalList[T any](list []T) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = literal(v)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
