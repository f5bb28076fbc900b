package operation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/operation"
)

// furnish makes a small inventory.
func (w *world) furnish() *world {
	w.Helper()
	w.do(`[
	  {"create": {"name": "dc", "driver": "basicdatacenter"}},
	  {"create": {"name": "r1", "driver": "basicrack", "in": [{"container": "dc"}]}},
	  {"create": {"name": "sw1", "driver": "basicnetworkswitch", "in": [{"container": "r1", "rack_units": [40]}]}},
	  {"create": {"name": "strip", "driver": "basicpowerstrip"}},
	  {"create": {"name": "web", "driver": "pool"}},
	  {"create": {"name": "net1", "driver": "ipmanager",
	    "properties": {"baseip": "10.0.0.0", "netmask": "255.255.255.0", "gateway": "10.0.0.1"}}},
	  {"create": {"name": "vlans", "driver": "simplenummanager", "properties": {"next": 100, "maxnum": 4000}}},
	  {"create": {"name": "names", "driver": "simpleentitynamemanager", "properties": {"basename": "node", "digits": 3}}},
	  {"create": {"name": "web1", "driver": "basicserver", "in": [{"container": "r1", "rack_units": [1]}, {"container": "web"}], "attrs": [
	    {"key": "system", "subkey": "memory", "value": 16384},
	    {"key": "note", "number": true, "value": "one"},
	    {"key": "note", "number": true, "value": "two"},
	    {"key": "uses", "type": "relation", "value": "sw1"},
	    {"key": "tags", "value": ["a", 1]}
	  ]}},
	  {"create": {"name": "web2", "driver": "basicserver"}}
	]`)
	return w
}

// TestOperations does each kind of operation, and looks at the difference and what
// it answers.
func TestOperations(t *testing.T) {
	for _, test := range []struct {
		name, do, diff, results string
	}{{
		name: "create",
		do: `[{"create": {"name": "web3", "driver": "basicserver", "properties": {"model": "x"},
		  "attrs": [{"key": "big", "value": 9223372036854775807}, {"key": "none"}, {"key": "yes", "value": true},
		    {"key": "n", "number": 5, "subkey": "s", "value": ""}, {"key": "o", "value": {"b": 1, "a": 1.5}},
		    {"key": "half", "type": "json", "value": 0.5}, {"key": "at", "type": "datetime", "value": "2026-11-22T10:00:00Z"}],
		  "in": [{"container": "r1", "rack_units": [3, 2]}]}}]`,
		diff: `
~ r1
    + _contains.ru#2 = web3
    + _contains.ru#3 = web3
+ web3 (server, basicserver)
    + at = 2026-11-22 10:00:00
    + big = 9223372036854775807
    + half = 0.5
    + model.property = x
    + n.s#5 = ""
    + none = None
    + o = {"b": 1, "a": 1.5}
    + yes = 1
`,
		results: `[{"entity":"web3"}]`,
	}, {
		name: "rename, and use under the new name",
		do:   `[{"rename": {"entity": "web1", "name": "www1"}}, {"set_attrs": {"entity": "www1", "attrs": [{"key": "a", "value": 1}]}}]`,
		diff: `
~ www1, was called web1
    + a = 1
`,
		results: `[{"entity":"www1"},{"entity":"www1"}]`,
	}, {
		name:    "swap names",
		do:      `[{"rename": {"entity": "web1", "name": "x"}}, {"rename": {"entity": "web2", "name": "web1"}}, {"rename": {"entity": "x", "name": "web2"}}]`,
		diff:    "\n~ web1, was called web2\n~ web2, was called web1\n",
		results: `[{"entity":"x"},{"entity":"web1"},{"entity":"web2"}]`,
	}, {
		name:    "set_driver",
		do:      `[{"set_driver": {"entity": "web2", "driver": "basicvirtualserver"}}]`,
		diff:    "\n~ web2 (server, basicvirtualserver; was server, basicserver)\n",
		results: `[{"entity":"web2"}]`,
	}, {
		name: "delete and make anew",
		do:   `[{"delete": {"entity": "web2"}}, {"create": {"name": "web2", "driver": "pool"}}]`,
		diff: `
- web2 (server, basicserver)
+ web2 (pool, pool)
`,
		results: `[{"entity":"web2"},{"entity":"web2"}]`,
	}, {
		name: "made and deleted leaves nothing",
		do:   `[{"create": {"name": "x", "driver": "pool"}}, {"delete": {"entity": "x"}}]`,
		diff: "\n", results: `[{"entity":"x"},{"entity":"x"}]`,
	}, {
		name: "set_attrs",
		do: `[{"set_attrs": {"entity": "web1", "attrs": [{"key": "system", "subkey": "memory", "value": 32768}, {"key": "tags", "value": ["a", 1]},
		  {"key": "note", "number": 0, "value": "uno"}, {"key": "uses", "type": "relation", "value": "web2"}, {"key": "empty", "subkey": "", "type": "string"}]}}]`,
		diff: `
~ web1
    + empty = None
    ~ note#0: one -> uno
    ~ system.memory: 16384 -> 32768
    ~ uses: sw1 -> web2
`,
		results: `[{"entity":"web1"}]`,
	}, {
		name:    "set_attrs to what is there",
		do:      `[{"set_attrs": {"entity": "web1", "attrs": [{"key": "system", "subkey": "memory", "value": 16384}]}}]`,
		diff:    "\n",
		results: `[{"entity":"web1"}]`,
	}, {
		name: "there and back again",
		do: `[{"set_attrs": {"entity": "web1", "attrs": [{"key": "system", "subkey": "memory", "value": 1}]}},
		  {"set_attrs": {"entity": "web1", "attrs": [{"key": "system", "subkey": "memory", "value": 16384}]}}]`,
		diff:    "\n",
		results: `[{"entity":"web1"},{"entity":"web1"}]`,
	}, {
		name:    "add_attrs",
		do:      `[{"add_attrs": {"entity": "web1", "attrs": [{"key": "note", "number": true, "value": "three"}, {"key": "note", "number": false, "value": "x"}]}}]`,
		diff:    "\n~ web1\n    + note = x\n    + note#2 = three\n",
		results: `[{"entity":"web1"}]`,
	}, {
		name:    "delete_attrs, all that can be seen",
		do:      `[{"delete_attrs": {"entity": "web1"}}, {"delete_attrs": {"entity": "r1", "key": "*"}}]`,
		results: `[{"count":5,"entity":"web1"},{"count":2,"entity":"r1"}]`,
		diff: `
~ r1
    - maxu.property = 45
    - minu.property = 1
~ web1
    - note#0 = one
    - note#1 = two
    - system.memory = 16384
    - tags = ["a", 1]
    - uses = sw1
`,
	}, {
		name: "delete_attrs by everything",
		do: `[{"delete_attrs": {"entity": "web1", "key": "n*e", "number": 1}}, {"delete_attrs": {"entity": "web1", "key": "note", "value": "nothing"}},
		  {"delete_attrs": {"entity": "web1", "subkey": "mem*"}}, {"delete_attrs": {"entity": "web1", "key": "uses", "type": "relation", "value": "sw1"}},
		  {"delete_attrs": {"entity": "web1", "subkey": "", "number": false}}, {"delete_attrs": {"entity": "web", "key": "_contains"}}]`,
		results: `[{"count":1,"entity":"web1"},{"entity":"web1"},{"count":1,"entity":"web1"},{"count":1,"entity":"web1"},{"count":1,"entity":"web1"},{"count":1,"entity":"web"}]`,
		diff: `
~ web
    - _contains#0 = web1
~ web1
    - note#1 = two
    - system.memory = 16384
    - tags = ["a", 1]
    - uses = sw1
`,
	}, {
		name: "insert and remove",
		do: `[{"insert": {"entity": "web2", "container": "web"}}, {"insert": {"entity": "web2", "container": "r1", "rack_units": [7]}},
		  {"remove": {"entity": "web1", "container": "web"}}, {"insert": {"entity": "web", "container": "dc"}}]`,
		results: `[{"entity":"web2"},{"entity":"web2"},{"entity":"web1"},{"entity":"web"}]`,
		diff: `
~ dc
    + _contains#1 = web
~ r1
    + _contains.ru#7 = web2
~ web
    - _contains#0 = web1
    + _contains#1 = web2
`,
	}, {
		name: "one unit of a device that takes two",
		do:   `[{"create": {"name": "big", "driver": "penguinserver2u", "in": [{"container": "r1", "rack_units": [7]}]}}]`,
		diff: `
+ big (server, penguinserver2u)
~ r1
    + _contains.ru#7 = big
    + _contains.ru#8 = big
`,
		results: `[{"entity":"big"}]`,
	}, {
		name: "cables",
		do: `[{"connect": {"from": {"entity": "web1", "type": "nic-eth", "port": "1"}, "to": {"entity": "sw1", "type": "nic-eth", "port": "12"}}},
		  {"connect": {"from": {"entity": "web2", "type": "nic-eth", "port": "1"}, "to": {"entity": "sw1", "type": "nic-eth", "port": "13"}}},
		  {"disconnect": {"entity": "sw1", "type": "nic-eth", "port": "12"}},
		  {"set_port_attrs": {"port": {"entity": "web1", "type": "nic-eth", "port": "2"}, "attrs": {"mac": "00:11:22:33:44:55", "vlan": 7, "to": {"entity": "sw1"}, "nothing": null}}},
		  {"set_port_attrs": {"port": {"entity": "web1", "type": "nic-eth", "port": "2"}, "attrs": {"vlan": null}}}]`,
		results: `[{"entity":"web1"},{"entity":"web2"},{"entity":"sw1"},{"entity":"web1"},{"entity":"web1"}]`,
		diff: `
~ sw1
    + port-nic-eth.connection#13 = web2
    + port-nic-eth.otherportnum#13 = 1
~ web1
    + port-nic-eth.mac#2 = 00:11:22:33:44:55
    + port-nic-eth.to#2 = sw1
~ web2
    + port-nic-eth.connection#1 = sw1
    + port-nic-eth.otherportnum#1 = 13
`,
	}, {
		name: "bind and release",
		do: `[{"bind": {"entity": "web1", "address": "10.0.0.9"}}, {"bind": {"entity": "web1", "address": "10.0.0.9", "os_port": "eth0"}},
		  {"bind": {"entity": "web2", "manager": "net1"}}, {"set_attrs": {"entity": "dc", "attrs": [{"key": "ipmanager", "type": "relation", "value": "net1"}]}},
		  {"bind": {"entity": "sw1", "os_port": "mgmt"}}, {"release": {"entity": "web2", "address": "10.0.0.2"}}, {"bind": {"entity": "web2", "address": "10.0.0.10", "manager": "net1"}}]`,
		results: `[{"entity":"web1","resource":"10.0.0.9"},{"entity":"web1","resource":"10.0.0.9"},{"entity":"web2","resource":"10.0.0.2"},{"entity":"dc"},` +
			`{"entity":"sw1","resource":"10.0.0.3"},{"count":1,"entity":"web2","resource":"10.0.0.2"},{"entity":"web2","resource":"10.0.0.10"}]`,
		diff: `
~ dc
    + ipmanager = net1
~ sw1
    + ip#2 = 10.0.0.3
    + ip.cidr#2 = 10.0.0.3/24
    + ip.ipstring#2 = 10.0.0.3
    + ip.manager#2 = net1
    + ip.osportname#2 = mgmt
~ web1
    + ip#0 = 10.0.0.9
    + ip.cidr#0 = 10.0.0.9/24
    + ip.ipstring#0 = 10.0.0.9
    + ip.manager#0 = net1
    + ip.osportname#0 = eth0
~ web2
    + ip#3 = 10.0.0.10
    + ip.cidr#3 = 10.0.0.10/24
    + ip.ipstring#3 = 10.0.0.10
    + ip.manager#3 = net1
`,
	}, {
		name: "allocate",
		do: `[{"allocate": {"manager": "vlans", "for": "web"}}, {"allocate": {"manager": "vlans", "for": "web", "resource": "200"}},
		  {"allocate": {"manager": "names", "driver": "basicserver", "as": "new"}}, {"allocate": {"manager": "names", "driver": "basicserver", "resource": "special"}},
		  {"insert": {"entity": "$new", "container": "web"}}, {"set_attrs": {"entity": "web2", "attrs": [{"key": "next", "type": "relation", "value": "$new"}]}},
		  {"rename": {"entity": "$new", "name": "fresh"}}, {"call": {"entity": "web", "method": "is_parent", "args": [{"entity": "$new"}]}},
		  {"deallocate": {"manager": "vlans", "entity": "web", "resource": "100"}}, {"deallocate": {"manager": "vlans", "entity": "web"}}, {"deallocate": {"manager": "vlans", "entity": "web"}}]`,
		results: `[{"entity":"web","resource":"100"},{"entity":"web","resource":"200"},{"entity":"node001","resource":"node001"},{"entity":"special","resource":"special"},` +
			`{"entity":"node001"},{"entity":"web2"},{"entity":"fresh"},{"entity":"web","value":true},` +
			`{"count":1,"entity":"web","resource":"100"},{"count":1,"entity":"web"},{"entity":"web"}]`,
		diff: `
+ fresh (server, basicserver)
+ special (server, basicserver)
~ web
    + _contains#1 = fresh
~ web2
    + next = fresh
`,
	}, {
		name: "reserve",
		do: `[{"reserve": {"manager": "net1", "first": "10.0.0.2", "last": "10.0.0.9", "reason": "routers"}}, {"bind": {"entity": "web1", "manager": "net1"}},
		  {"allocate": {"manager": "net1", "for": "web2", "resource": "10.0.0.5", "reserved": true}},
		  {"unreserve": {"manager": "net1", "first": "10.0.0.2", "last": "10.0.0.9"}}, {"reserve": {"manager": "vlans", "first": "300"}}]`,
		results: `[{"entity":"net1","resource":"10.0.0.2-10.0.0.9 (routers)"},{"entity":"web1","resource":"10.0.0.10"},{"entity":"web2","resource":"10.0.0.5"},` +
			`{"entity":"net1"},{"entity":"vlans","resource":"300"}]`,
		diff: `
~ vlans
    + reserved#0 = 300
~ web1
    + ip#0 = 10.0.0.10
    + ip.cidr#0 = 10.0.0.10/24
    + ip.ipstring#0 = 10.0.0.10
    + ip.manager#0 = net1
~ web2
    + ip#1 = 10.0.0.5
    + ip.cidr#1 = 10.0.0.5/24
    + ip.ipstring#1 = 10.0.0.5
    + ip.manager#1 = net1
`,
	}, {
		name: "call",
		do: `[{"call": {"entity": "web1", "method": "add_attr", "args": ["from", {"entity": "web2"}], "named": {"subkey": "call"}}},
		  {"call": {"entity": "web1", "method": "set_attr", "named": {"key": "at", "value": {"time": "2026-11-22T10:00:00Z"}}}},
		  {"call": {"entity": "web1", "method": "attr_values", "args": ["at"]}},
		  {"call": {"entity": "web1", "method": "attr_value", "args": ["from"]}},
		  {"call": {"entity": "web1", "method": "attrs", "args": ["tags"]}},
		  {"call": {"entity": "web", "method": "contents"}},
		  {"call": {"entity": "web1", "method": "port_types"}},
		  {"call": {"entity": "web1", "method": "get_connected", "args": ["nic-eth", 1]}},
		  {"call": {"entity": "net1", "method": "get_ip_manager", "args": ["10.0.0.77"]}},
		  {"call": {"entity": "names", "method": "allocate", "args": [{"driver": "pool"}]}}]`,
		results: `[{"entity":"web1","value":{"key":"from","subkey":"call","type":"relation","value":"web2"}},` +
			`{"entity":"web1","value":{"key":"at","type":"datetime","value":"2026-11-22T10:00:00"}},` +
			`{"entity":"web1","value":[{"time":"2026-11-22T10:00:00Z"}]},` +
			`{"entity":"web1","value":{"entity":"web2"}},` +
			`{"entity":"web1","value":[{"key":"tags","type":"json","value":["a",1]}]},` +
			`{"entity":"web","value":[{"entity":"web1"}]},` +
			`{"entity":"web1","value":["console-serial","nic-eth","pwr-nema-5"]},` +
			`{"entity":"web1","value":null},` +
			`{"entity":"net1","value":{"entity":"net1"}},` +
			`{"entity":"names","value":{"entity":"node001"}}]`,
		diff: `
+ node001 (pool, pool)
~ web1
    + at = 2026-11-22 10:00:00
    + from.call = web2
`,
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).furnish()
			done := w.do(test.do)
			if d := cmp.Diff(strings.TrimPrefix(test.diff, "\n"), diffText(t, &done.Diff)); d != "" {
				t.Errorf("difference (-want +got):\n%s", d)
			}
			if d := cmp.Diff(test.results, asText(t, done.Results)); d != "" {
				t.Errorf("results (-want +got):\n%s", d)
			}
		})
	}
}

// TestRefusals has for each operation what must not be done, and what is said.
func TestRefusals(t *testing.T) {
	w := newWorld(t).furnish()
	long := strings.Repeat("x", 100_000)
	for _, test := range []struct {
		do   string
		kind error
		says string // the text, or part of it
		hint string // part of it
	}{
		{`{}`, clusto.ErrInvalid, "does not say what to do", "create, rename"},
		{`{"create": {"name": "a", "driver": "pool"}, "delete": {"entity": "web1"}}`, clusto.ErrInvalid, "both create and delete", "two operations"},
		{`{"create": {"name": "web1", "driver": "pool"}}`, clusto.ErrExists, `"web1" exists already`, ""},
		{`{"create": {"name": "a/b", "driver": "pool"}}`, clusto.ErrInvalid, "contains a /", ""},
		{`{"create": {"name": "", "driver": "pool"}}`, clusto.ErrInvalid, "name is empty", ""},
		{`{"create": {"name": " a", "driver": "pool"}}`, clusto.ErrInvalid, "blank", ""},
		{`{"create": {"name": "a\u0000", "driver": "pool"}}`, clusto.ErrInvalid, "control character", ""},
		{`{"create": {"name": "` + long + `", "driver": "pool"}}`, clusto.ErrInvalid, "100000 characters", ""},
		{`{"create": {"name": "a", "driver": "basicservr"}}`, clusto.ErrInvalid, `no driver "basicservr"`, "did you mean basicserver"},
		{`{"create": {"name": "a", "driver": "pool", "properties": {"colour": "red"}}}`, clusto.ErrInvalid, "no property colour", ""},
		{`{"create": {"name": "a", "driver": "ipmanager", "properties": {"baseip": "x"}}}`, clusto.ErrInvalid, "", ""},
		{`{"create": {"name": "a", "driver": "ipmanager", "properties": {"baseip": "10.0.0.0", "netmask": "255.255.255.0"}}}`, clusto.ErrExists, "net1", ""},
		{`{"create": {"name": "a", "driver": "pool", "properties": {"x": {"driver": "pool"}}}}`, clusto.ErrInvalid, "property x: a driver cannot", ""},
		{`{"create": {"name": "a", "driver": "basicserver", "in": [{"container": "wob"}]}}`, clusto.ErrNotFound, `"wob" does not exist`, "did you mean web"},
		{`{"create": {"name": "a", "driver": "basicserver", "in": [{"container": "r1"}]}}`, clusto.ErrInvalid, "a goes into r1: into which unit?", "rack_units"},
		{`{"create": {"name": "a", "driver": "basicserver", "in": [{"container": "web", "rack_units": [1]}]}}`, clusto.ErrInvalid, "has no rack units", ""},
		{`{"create": {"name": "a", "driver": "basicserver", "in": [{"container": "r1", "rack_units": [1]}]}}`, clusto.ErrInUse, "unit 1 holds web1", ""},
		{`{"create": {"name": "a", "driver": "basicserver", "in": [{"container": "r1", "rack_units": [99]}]}}`, clusto.ErrInvalid, "there is no unit 99", ""},
		{`{"create": {"name": "a", "driver": "basicserver", "in": [{"container": "a"}]}}`, clusto.ErrInvalid, "into itself", ""},
		{`{"rename": {"entity": "web1", "name": "web2"}}`, clusto.ErrExists, `rename web1: "web2" exists already`, ""},
		{`{"rename": {"entity": "nope", "name": "x"}}`, clusto.ErrNotFound, `"nope" does not exist`, ""},
		{`{"rename": {"entity": "clustometa", "name": "x"}}`, clusto.ErrInvalid, "belongs to the database itself", ""},
		{`{"set_driver": {"entity": "web1", "driver": "x"}}`, clusto.ErrInvalid, `no driver "x"`, ""},
		{`{"delete": {"entity": "clustometa"}}`, clusto.ErrInvalid, "cannot be deleted", ""},
		{`{"delete": {"entity": ""}}`, clusto.ErrInvalid, "the name of an entity is missing", ""},
		{`{"delete": {"entity": "$x"}}`, clusto.ErrInvalid, "$x is not known", `"as": "x"`},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a b", "value": 1}]}}`, clusto.ErrInvalid, `web1: key "a b"`, ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "subkey": "b.c", "value": 1}]}}`, clusto.ErrInvalid, `subkey "b.c"`, ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "number": -1}]}}`, clusto.ErrInvalid, "web1: attribute a: the number -1", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "number": 1.0}]}}`, clusto.ErrInvalid, "the number 1.0", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "number": "1"}]}}`, clusto.ErrInvalid, `the number "1"`, ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "value": 1.5}]}}`, clusto.ErrInvalid, "1.5 is a fraction", "type json"},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "value": 1e3}]}}`, clusto.ErrInvalid, "1e3 is a fraction", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "value": 9223372036854775808}]}}`, clusto.ErrInvalid, "not a whole number from -9223372036854775808", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "int", "value": "12"}]}}`, clusto.ErrInvalid, `"12" is not a whole number`, ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "int"}]}}`, clusto.ErrInvalid, "is not a whole number", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "string", "value": 12}]}}`, clusto.ErrInvalid, "the value 12 of type string is not a text", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "datetime", "value": "yesterday"}]}}`, clusto.ErrInvalid, "not a datetime", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "datetime", "value": null}]}}`, clusto.ErrInvalid, "is not a text", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "relation", "value": "nope"}]}}`, clusto.ErrNotFound, `"nope" does not exist`, ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "relation", "value": {"entity": "web2"}}]}}`, clusto.ErrInvalid, "is not a text", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "json"}]}}`, clusto.ErrInvalid, "JSON value is missing", ""},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "type": "colour", "value": 1}]}}`, clusto.ErrInvalid, `"colour" is not a type`, "string, int"},
		{`{"add_attrs": {"entity": "web1", "attrs": [{"key": "a", "value": "\u0000"}]}}`, clusto.ErrInvalid, "without NUL", ""},
		{`{"set_attrs": {"entity": "web1", "attrs": [{"key": "` + long + `", "value": 1}]}}`, clusto.ErrInvalid, "is too long", ""},
		{`{"delete_attrs": {"entity": "web1", "number": "x"}}`, clusto.ErrInvalid, `web1: the number "x"`, ""},
		{`{"delete_attrs": {"entity": "web1", "type": "int"}}`, clusto.ErrInvalid, "a type int without a value", ""},
		{`{"insert": {"entity": "web1", "container": "web"}}`, clusto.ErrExists, "web1 is in web already", ""},
		{`{"insert": {"entity": "dc", "container": "r1", "rack_units": [5]}}`, clusto.ErrInvalid, "only devices go into a rack", ""},
		{`{"insert": {"entity": "dc", "container": "dc"}}`, clusto.ErrInvalid, "into itself", ""},
		{`{"insert": {"entity": "web2", "container": "r1", "rack_units": [1, 3]}}`, clusto.ErrInvalid, "not adjacent", ""},
		{`{"remove": {"entity": "web2", "container": "web"}}`, clusto.ErrNotFound, "web2 is not in web", ""},
		{`{"connect": {"from": {"entity": "web1", "type": "nic-eth", "port": "9"}, "to": {"entity": "sw1", "type": "nic-eth", "port": "1"}}}`, clusto.ErrNotFound, "it has nic-eth/1 to 2", ""},
		{`{"connect": {"from": {"entity": "web1", "type": "nic-eth", "port": "1"}, "to": {"entity": "strip", "type": "pwr-nema-5", "port": "1"}}}`, clusto.ErrInvalid, "different types", ""},
		{`{"connect": {"from": {"entity": "web", "type": "nic-eth", "port": "1"}, "to": {"entity": "sw1", "type": "nic-eth", "port": "1"}}}`, clusto.ErrUnsupported, "no method connect_ports", ""},
		{`{"disconnect": {"entity": "web1", "type": "nic-eth", "port": "1"}}`, clusto.ErrNotFound, "", ""},
		{`{"set_port_attrs": {"port": {"entity": "web1", "type": "nic-eth", "port": "1"}, "attrs": {"connection": 1}}}`, clusto.ErrInvalid, "belongs to the cable", ""},
		{`{"set_port_attrs": {"port": {"entity": "web1", "type": "nic-eth", "port": "1"}, "attrs": {"vlan": 1.5}}}`, clusto.ErrInvalid, "vlan: 1.5 is a fraction", ""},
		{`{"bind": {"entity": "web1", "address": "10.9.9.9"}}`, clusto.ErrNotFound, "", ""},
		{`{"bind": {"entity": "web1", "address": "10.9.9.9", "manager": "net1"}}`, clusto.ErrInvalid, "is not in 10.0.0.0/24", ""},
		{`{"bind": {"entity": "web1", "address": "nonsense"}}`, clusto.ErrInvalid, "nonsense", ""},
		{`{"bind": {"entity": "web1"}}`, clusto.ErrNotFound, "attribute ipmanager", "name the address or the manager"},
		{`{"bind": {"entity": "web1", "manager": "vlans"}}`, clusto.ErrInvalid, "vlans is not an IP manager", ""},
		{`{"bind": {"entity": "web", "address": "10.0.0.5"}}`, clusto.ErrUnsupported, "no method add_ip", ""},
		{`{"release": {"entity": "web1", "address": "10.0.0.5"}}`, clusto.ErrNotFound, "web1 does not have the address 10.0.0.5", "it has none"},
		{`{"release": {"entity": "web1", "address": "x"}}`, clusto.ErrInvalid, "", ""},
		{`{"allocate": {"manager": "web1", "for": "web2"}}`, clusto.ErrInvalid, "web1 is not a resource manager", ""},
		{`{"allocate": {"manager": "net1"}}`, clusto.ErrInvalid, "want either for", ""},
		{`{"allocate": {"manager": "net1", "for": "web1", "driver": "pool"}}`, clusto.ErrInvalid, "want either for", ""},
		{`{"allocate": {"manager": "net1", "for": "web1", "as": "x"}}`, clusto.ErrInvalid, "none is made for web1", ""},
		{`{"allocate": {"manager": "net1", "driver": "pool"}}`, clusto.ErrInvalid, "got driver, want entity", ""},
		{`{"allocate": {"manager": "names", "for": "web1"}}`, clusto.ErrInvalid, "got entity, want driver", ""},
		{`{"allocate": {"manager": "names", "driver": "pool", "resource": "web1"}}`, clusto.ErrExists, "web1", ""},
		{`{"allocate": {"manager": "vlans", "for": "web1", "resource": "5000"}}`, clusto.ErrInvalid, "maxnum", ""},
		{`{"allocate": {"manager": "vlans", "for": "web1", "resource": "x"}}`, clusto.ErrInvalid, "x is not a number", ""},
		{`{"deallocate": {"manager": "vlans", "entity": "web1", "resource": "100"}}`, clusto.ErrNotFound, "does not have 100", ""},
		{`{"deallocate": {"manager": "vlans", "entity": ""}}`, clusto.ErrInvalid, "whose resource", ""},
		{`{"reserve": {"manager": "net1", "first": "10.9.0.0"}}`, clusto.ErrInvalid, "", ""},
		{`{"reserve": {"manager": "net1", "first": ""}}`, clusto.ErrInvalid, "", ""},
		{`{"unreserve": {"manager": "net1", "first": "10.0.0.9"}}`, clusto.ErrNotFound, "", ""},
		{`{"call": {"entity": "web1", "method": "set_atr"}}`, clusto.ErrUnsupported, "no method set_atr", "did you mean set_attr"},
		{`{"call": {"entity": "web1", "method": "set_attr", "args": ["a"]}}`, clusto.ErrInvalid, "web1: set_attr(key, value, number=None, subkey=None): missing argument value", ""},
		{`{"call": {"entity": "web1", "method": "set_attr", "args": ["a", 1, 2, 3, 4]}}`, clusto.ErrInvalid, "at most 4", ""},
		{`{"call": {"entity": "web1", "method": "set_attr", "args": ["a"], "named": {"key": "b", "value": 1}}}`, clusto.ErrInvalid, "two values for key", ""},
		{`{"call": {"entity": "web1", "method": "set_attr", "args": ["a", {"entity": "nope"}]}}`, clusto.ErrNotFound, "set_attr: argument 2: \"nope\" does not exist", ""},
		{`{"call": {"entity": "web1", "method": "set_attr", "named": {"key": "a", "value": {"time": "x"}}}}`, clusto.ErrInvalid, "set_attr: value: \"x\" is not a datetime", ""},
		{`{"call": {"entity": "web1", "method": "set_attr", "args": [1, 1]}}`, clusto.ErrInvalid, "got int, want string", ""},
		{`{"call": {"entity": "web1", "method": "set_attr", "args": ["a", 99999999999999999999]}}`, clusto.ErrInvalid, "too large", ""},
		{`{"call": {"entity": "web1", "method": "set_attr", "args": ["a", ` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `]}}`, clusto.ErrInvalid, "nested more than", ""},
		{`{"apply_layout": {"rack": "r1"}}`, clusto.ErrNotFound, "has no attribute racklayout", ""},
		{`{"apply_layout": {"rack": "r1", "layout": "nope"}}`, clusto.ErrNotFound, `no rack layout "nope"`, "known layouts"},
		{`{"apply_layout": {"rack": "web1"}}`, clusto.ErrInvalid, "not a rack", ""},
		{`{"add_server": {"rack": "r1", "server": "web1", "switch_port": 1}}`, clusto.ErrNotFound, "has no attribute racklayout", ""},
		{`{"revert": {"versions": [9999]}}`, clusto.ErrNotFound, "no version 9999", ""},
		{`{"revert": {"versions": []}}`, clusto.ErrInvalid, "which version", ""},
		{`{"undelete": {"name": "web1"}}`, clusto.ErrNotFound, "", ""},
		{`{"redact": {"entity": "web1", "key": "note"}}`, clusto.ErrNotFound, "no old value of note of web1", "it has a value now"},
		{`{"redact": {"entity": "nobody", "key": "note"}}`, clusto.ErrNotFound, "nothing is or was called", ""},
	} {
		failed := w.refuse("[" + test.do + "]")
		what := test.do[:min(len(test.do), 150)]
		switch err := error(failed); {
		case !errors.Is(err, test.kind):
			t.Errorf("%s: %v is no %v", what, err, test.kind)
		case !strings.Contains(err.Error(), test.says), len(err.Error()) > 1000:
			t.Errorf("%s: says %q, want %q in it", what, err, test.says)
		case !strings.Contains(clusto.Hint(err), test.hint):
			t.Errorf("%s: hint %q, want %q in it", what, clusto.Hint(err), test.hint)
		case failed.Of != 1 || len(failed.Failed) != 1 || failed.Failed[0].Index != 0:
			t.Errorf("%s: %+v", what, failed)
		}
	}
}

// TestEveryError has several things wrong in one request.
func TestEveryError(t *testing.T) {
	w := newWorld(t).furnish()
	failed := w.refuse(`[
	  {"create": {"name": "ok", "driver": "pool"}},
	  {"create": {"name": "web3", "driver": "nope"}},
	  {"insert": {"entity": "web3", "container": "ok"}},
	  {"insert": {"entity": "web1", "container": "web"}},
	  {"insert": {"entity": "web2", "container": "ok"}},
	  {"allocate": {"manager": "names", "driver": "basicserver", "resource": "web1", "as": "new"}},
	  {"set_attrs": {"entity": "$new", "attrs": [{"key": "a", "value": 1}]}},
	  {"set_attrs": {"entity": "web2", "attrs": [{"key": "to", "type": "relation", "value": "$new"}]}},
	  {"rename": {"entity": "web2", "name": "sw1"}},
	  {"create": {"name": "web2", "driver": "pool"}},
	  {"set_attrs": {"entity": "ok", "attrs": [{"key": "b", "value": 1.5}]}},
	  {"call": {"entity": "ok", "method": "contents"}},
	  {}
	]`)
	var got []string
	for _, f := range failed.Failed {
		got = append(got, f.String())
	}
	want := []string{
		`operation 1, create: there is no driver "nope"`,
		`operation 2, insert: it needs web3, and operation 1, which had to see to that, failed`,
		`operation 3, insert: web1 is in web already`,
		`operation 5, allocate: "web1" exists already: a server with driver basicserver`,
		`operation 6, set_attrs: it needs $new, and operation 5, which had to see to that, failed`,
		`operation 7, set_attrs: it needs $new, and operation 5, which had to see to that, failed`,
		`operation 8, rename: rename web2: "sw1" exists already: a networkswitch with driver basicnetworkswitch`,
		`operation 9, create: it needs web2, and operation 8, which had to see to that, failed`,
		`operation 10, set_attrs: ok: attribute b: 1.5 is a fraction, and a number is a whole one`,
		`operation 12, unknown: it does not say what to do`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	because := slices.DeleteFunc(slices.Clone(failed.Failed), func(f operation.Failure) bool { _, ok := f.Because.Get(); return !ok })
	if len(because) != 4 || because[0].Because != clusto.Some(1) {
		t.Errorf("%+v", because)
	}
	if !errors.Is(failed, clusto.ErrInvalid) || errors.Is(failed, clusto.ErrExists) {
		t.Error("it is not of the kind of the first")
	}
}

// TestSeveral says what is there where one attribute was meant.
func TestSeveral(t *testing.T) {
	w := newWorld(t).furnish()
	w.do(`[{"add_attrs": {"entity": "web1", "attrs": [{"key": "x", "value": 1}, {"key": "x", "value": "two"}, {"key": "x", "type": "relation", "value": "sw1"}]}}]`)
	err := w.refuse(`[{"set_attrs": {"entity": "web1", "attrs": [{"key": "x", "value": 3}]}}]`)
	if want := "web1 has 3 attributes x, cannot set one: they are 1, two, sw1"; err.Error() != want || clusto.Hint(err) == "" {
		t.Errorf("got %q, want %q; hint %q", err, want, clusto.Hint(err))
	}
	if !errors.Is(err, clusto.ErrInvalid) {
		t.Error("it is not invalid")
	}
}

// TestNothing does an empty request.
func TestNothing(t *testing.T) {
	w := newWorld(t)
	done, err := w.try([]api.Operation{}, false)
	if err != nil || done.Version != 0 || !done.Diff.Empty() || asText(t, done) != `{"diff":{"entities":[],"redacted":[]},"dry_run":false,"results":[],"version":0}` {
		t.Errorf("%+v, %v", done, err)
	}
}
