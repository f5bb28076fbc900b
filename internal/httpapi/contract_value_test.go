package httpapi_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/clusto/clusto"
)

// generator makes values and requests of schemas.
type generator struct {
	*rand.Rand
	words map[string][]string // what parameters and properties are filled with, by name
	mood  int                 // in how many of a thousand places something is odd
}

// moods are those of right requests, nearly right ones, and hostile ones.
var moods = []int{0, 60, 600}

// odd reports whether something is to be odd, once in n odd places.
func (g *generator) odd(n int) bool { return g.mood > 0 && g.IntN(1000) < g.mood && g.IntN(n) == 0 }

func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// vocabulary returns words that mean something in an inventory, by the names of
// parameters and properties.
func vocabulary(tb testing.TB, store clusto.Store) map[string][]string {
	tb.Helper()
	names := []string{"$made", "nothing-is-called-so"}
	err := store.View(tb.Context(), clusto.Live, func(r clusto.Reader) error {
		for e, err := range r.Find(tb.Context(), clusto.Match{}) {
			if err != nil {
				return err
			}
			names = append(names, e.Name)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	entities := []string{"entity", "container", "for", "content", "in", "about", "all", "any", "none", "server", "rack"}
	words := map[string][]string{
		"name":        append([]string{"new-1", "new-2", "neu ü", "a/b"}, names...),
		"driver":      {"basicserver", "basicnetworkswitch", "basicrack", "pool", "basicdatacenter", "basicpowerstrip", "simplenamemanager", "unknown"},
		"type":        {"server", "pool", "nic-eth", "pwr-nema-5", "console-serial"},
		"key":         {"system", "note", "owner", "colour", "dhcp", "_secret"},
		"subkey":      {"serial", "memory", ""},
		"number":      {"0", "1", "none"},
		"value":       {"web", "int:4", "relation:web", "442"},
		"attr":        {"system", "system.serial", "*", "port-*", "_*"},
		"manager":     {"net-prod", "net-mgmt", "aliases", "vlans", "srvnames", "licences"},
		"address":     {"10.2.0.7", "10.2.0.250", "192.168.1.1", "2001:db8::1", "255.255.255.255"},
		"resource":    {"10.2.0.9", "12", "alias-17", "node001"},
		"port":        {"1", "2", "17", "a1"},
		"first":       {"10.2.0.0/28", "10.2.0.240", "100"},
		"last":        {"10.2.0.244", "110"},
		"from":        {"1", "live~2", "yesterday", "10.2.0.4", "node001", "sw-01"},
		"compare":     {"1", "live~3"},
		"port_type":   {"nic-eth", "pwr-nema-5"},
		"within":      {"rk-01", "web"},
		"to":          {"2", "live", "10.2.0.99"},
		"at":          {"1", "3", "live", "live~1", "yesterday", "2 days ago", "2026-11-20 14:00", "2010-01-01"},
		"since":       {"0", "yesterday"},
		"until":       {"tomorrow", "yesterday"},
		"before":      {"1", "live~30"},
		"method":      {"attr_values", "set_port_attr", "get_ips", "contents", "free_ports"},
		"query":       {"type = server", "name ^ node", "attr system.memory >= 1 and pool = web", "not (rack = rk-01)", "(("},
		"format":      {"%name", "%name %type %attr(system.serial)", "%nonsense", "%"},
		"q":           {"node", "10.2", "web", "00:11"},
		"layout":      {"pod", "none"},
		"action":      {"read", "power", "read attr/system.serial", "write contents"},
		"as":          {"made", "other"},
		"os_port":     {"eth0"},
		"column":      {"name", "type"},
		"only":        {"cables", "units"},
		"description": {"because", "weil’s so ist"},
		"source":      {"print(1)"}, "text": {"1 + 1", "clusto."},
		"grant": {"read * in pool web", "write attr/* in pool web"},
		"file": {
			"", "{}\n", `{"name":"node001"}` + "\n", `{"name":"imp-1","driver":"basicserver","attrs":[{"key":"note","value":"x"}]}` + "\n",
			"name,driver\nimp-2,basicserver\n", "[", "{\"name\":1}\n", `{"name":"x","driver":"nothing","contents":["x"]}` + "\n",
		},
	}
	for _, property := range entities {
		words[property] = names
	}
	return words
}

// value returns a value of a schema, called name.
func (g *generator) value(name string, schema *openapi3.Schema, depth int) any {
	if g.odd(6) {
		return g.hostileValue()
	}
	switch {
	case len(schema.OneOf) > 0:
		return g.value(name, one(g.Rand, schema.OneOf).Value, depth)
	case len(schema.Enum) > 0:
		return one(g.Rand, schema.Enum)
	case schema.Type == nil:
		return g.anything()
	case schema.Type.Is("string"):
		return g.text(name, schema)
	case schema.Type.Is("integer"):
		return g.integer(schema)
	case schema.Type.Is("boolean"):
		return g.IntN(2) == 0
	case schema.Type.Is("array"):
		return g.array(name, schema, depth)
	}
	return g.object(name, schema, depth)
}

// anything returns a small value.
func (g *generator) anything() any {
	return one(g.Rand, []any{
		"text", 7, -1, 1.5, true, nil, []any{1, "a"}, map[string]any{"a": 1}, "2026-11-22 10:00:00",
		map[string]any{"entity": "web"}, map[string]any{"driver": "pool"}, map[string]any{"time": "2026-11-22T10:00:00Z"},
	})
}

// text returns a text that meets a schema, most of the time one with a meaning.
func (g *generator) text(name string, schema *openapi3.Schema) string {
	switch {
	case g.odd(3):
		return g.hostileText()
	case schema.Format == "date-time":
		return one(g.Rand, []string{"2026-11-22T10:00:00Z", "2030-01-01T00:00:00.5+02:00"})
	case len(g.words[name]) > 0:
		return one(g.Rand, g.words[name])
	}
	most := 12
	if schema.MaxLength != nil {
		most = min(most, int(*schema.MaxLength))
	}
	letters := make([]byte, int(schema.MinLength)+g.IntN(most))
	for i := range letters {
		letters[i] = byte('a' + g.IntN(26))
	}
	return string(letters)
}

// integer returns a number within the limits of a schema.
func (g *generator) integer(schema *openapi3.Schema) any {
	if g.odd(3) {
		return g.hostileNumber()
	}
	least, most := int64(0), int64(1<<40)
	if schema.Min != nil {
		least = int64(*schema.Min)
	}
	if schema.Max != nil {
		most = int64(*schema.Max)
	}
	switch g.IntN(4) {
	case 0:
		return least
	case 1:
		return most
	}
	return least + g.Int64N(min(most-least, 40)+1)
}

func (g *generator) array(name string, schema *openapi3.Schema, depth int) any {
	n := int(schema.MinItems) + g.IntN(3)
	if g.odd(8) {
		n = one(g.Rand, []int{0, 500})
	}
	list := []any{}
	for range n {
		list = append(list, g.value(name, schema.Items.Value, depth+1))
	}
	return list
}

func (g *generator) object(name string, schema *openapi3.Schema, depth int) any {
	object := map[string]any{}
	if extra := schema.AdditionalProperties.Schema; extra != nil {
		for range 1 + g.IntN(2) {
			object[g.text("subkey", openapi3.NewStringSchema())+"x"] = g.value(name, extra.Value, depth+1)
		}
	}
	properties := []string{}
	for property := range schema.Properties {
		properties = append(properties, property)
	}
	slices.Sort(properties)
	if schema.MaxProps != nil {
		g.Shuffle(len(properties), func(i, j int) { properties[i], properties[j] = properties[j], properties[i] })
		properties = properties[:1]
	}
	for _, property := range properties {
		must := slices.Contains(schema.Required, property) || schema.MaxProps != nil
		if must && !g.odd(12) || !must && g.IntN(3) == 0 && depth < 6 {
			object[property] = g.value(property, schema.Properties[property].Value, depth+1)
		}
	}
	if g.odd(8) {
		object[one(g.Rand, []string{"unknown", "", "Name", "dry-run"})] = g.anything()
	}
	return object
}

// hostileText returns a text that programs have trouble with.
func (g *generator) hostileText() string {
	switch g.IntN(12) {
	case 0:
		return strings.Repeat(one(g.Rand, []string{"a", "ü", "%", "/", " "}), one(g.Rand, []int{127, 128, 129, 255, 4096, 70_000}))
	case 1:
		random := make([]byte, 1+g.IntN(20))
		for i := range random {
			random[i] = byte(g.IntN(256))
		}
		return string(random)
	}
	return one(g.Rand, hostileTexts)
}

var hostileTexts = []string{
	"", " ", ".", "..", "../..", "/", "//", "a/b", "%", "%2F", "%00", "%zz", "\x00", "a\x00b", "\n", "a\r\nb: c", "\t", "a b", " a", "a ",
	"ü", "日本語", "🂡", "e\u0301", "\u202egnp", "\ufeff", "\ufffd", "\xff", "\xc3\x28", "a\xffb", "'", "''", `"`, `\`, "`", ";", "--", "' or 1=1 --",
	"$", "$made", "$(id)", "${HOME}", "{{1}}", "<script>", "null", "true", "false", "0", "-1", "1e9", "NaN", "Infinity", "9223372036854775807",
	"9223372036854775808", "-9223372036854775808", "0x10", "1_000", "١", "*", "?", "**", "%s%n%d", "_", "_contains", "#", "&", "=", "+", ",", ",,,",
	"live~-1", "live~99999999999999999999", "0001-01-01", "9999999-01-01", "99999999999 days ago", "::", "::ffff:1.2.3.4", "fe80::1%eth0", "256.1.1.1",
	"10.0.0.0/33", "0.0.0.0/0", "::/0", "not a cursor", "AAAAAAAAAAAA", `""`, `W/"x"`, `"x`, "*, *", "attr", "((((((((((", "name = ", "name ^ 'x", "%attr(", "%name%",
}

func (g *generator) hostileNumber() any {
	return one(g.Rand, []any{
		-1, 0, 1 << 31, int64(1) << 53, int64(1<<63 - 1), int64(-1 << 63), json.Number("9223372036854775808"), json.Number("-1e400"), json.Number("1e400"),
		1.5, json.Number("1.0"), json.Number("1e3"), json.Number("-0"), "1", true, nil,
	})
}

func (g *generator) hostileValue() any {
	switch g.IntN(4) {
	case 0:
		return g.hostileText()
	case 1:
		return g.hostileNumber()
	case 2:
		return one(g.Rand, []any{nil, []any{}, map[string]any{}, []any{nil}, []any{[]any{[]any{}}}, map[string]any{"": nil}, false})
	}
	deep := any("deep")
	for range one(g.Rand, []int{5, 200, 3000}) {
		deep = []any{deep}
	}
	return deep
}
