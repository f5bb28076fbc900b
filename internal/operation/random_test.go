package operation_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/operation"
)

// words are what random requests are made of: names, some of nothing, and texts
// that are hard to bear.
var words = []string{
	"web1", "web2", "sw1", "r1", "web", "net1", "vlans", "names", "dc", "strip", "new1", "new2", "new3", "$a", "$b", "clustometa",
	"a", "b", "", "basicserver", "pool", "ipmanager", "basicrack", "nic-eth", "1", "2", "10.0.0.7", "10.0.0.0/28", "x/y", "a\u0000",
	"note", "system", "memory", "*", "_contains", "ip", "mac", "insert", "attrs", "set_attr", "allocate", "ünïcode %s", "eth0", "201001",
}

// values are JSON values that random requests have where any value may stand.
var values = []string{
	`1`, `-1`, `"x"`, `""`, `null`, `true`, `false`, `1.5`, `1e400`, `99999999999999999999`, `[]`, `{}`, `[1, [2, {"a": null}]]`,
	`{"entity": "web1"}`, `{"entity": "$a"}`, `{"entity": 1}`, `{"time": "2026-11-22"}`, `{"time": "x"}`, `{"driver": "pool"}`, `"2026-11-22T10:00:00Z"`,
}

// dice makes random requests.
type dice struct{ *rand.Rand }

func (d dice) one(list []string) string { return list[d.IntN(len(list))] }

// fill gives v, a part of an operation, random content.
func (d dice) fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[json.RawMessage]() {
		if d.IntN(4) != 0 {
			v.SetBytes([]byte(d.one(values)))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(d.one(words))
	case reflect.Bool:
		v.SetBool(d.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(d.IntN(12)) - 1)
	case reflect.Pointer:
		if d.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			d.fill(v.Elem())
		}
	case reflect.Slice:
		n := d.IntN(3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			d.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range d.IntN(3) {
			member := reflect.New(v.Type().Elem()).Elem()
			d.fill(member)
			v.SetMapIndex(reflect.ValueOf(d.one(words)), member)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if omit := strings.Contains(v.Type().Field(i).Tag.Get("json"), "omitempty"); !omit || d.IntN(2) == 0 {
				d.fill(v.Field(i))
			}
		}
	}
}

// operation returns a random operation of a random kind.
func (d dice) operation() api.Operation {
	var op api.Operation
	all := reflect.ValueOf(&op).Elem()
	field := all.Field(d.IntN(all.NumField()))
	field.Set(reflect.New(field.Type().Elem()))
	d.fill(field.Elem())
	return op
}

// sensible returns an operation that has a chance to succeed.
func (d dice) sensible() string {
	thing := func() string { return d.one([]string{"web1", "web2", "sw1", "new1", "new2", "$a", "$b"}) }
	n := d.IntN(9) + 1
	return d.one([]string{
		fmt.Sprintf(`{"create": {"name": %q, "driver": "basicserver"}}`, d.one([]string{"web1", "web2"})),
		`{"create": {"name": "sw1", "driver": "basicnetworkswitch"}}`,
		fmt.Sprintf(`{"create": {"name": "new%d", "driver": "basicserver", "attrs": [{"key": "k", "number": true, "value": %d}], "in": [{"container": "web"}]}}`, n%4, n),
		fmt.Sprintf(`{"rename": {"entity": %q, "name": "new%d"}}`, thing(), n%4),
		fmt.Sprintf(`{"set_driver": {"entity": %q, "driver": "basicvirtualserver"}}`, thing()),
		fmt.Sprintf(`{"delete": {"entity": %q}}`, thing()),
		fmt.Sprintf(`{"add_attrs": {"entity": %q, "attrs": [{"key": "note", "number": true, "value": %d}]}}`, thing(), n),
		fmt.Sprintf(`{"set_attrs": {"entity": %q, "attrs": [{"key": "system", "subkey": "memory", "value": %d}]}}`, thing(), n),
		fmt.Sprintf(`{"set_attrs": {"entity": %q, "attrs": [{"key": "to", "type": "relation", "value": %q}]}}`, thing(), thing()),
		fmt.Sprintf(`{"delete_attrs": {"entity": %q, "key": "n*"}}`, thing()),
		fmt.Sprintf(`{"insert": {"entity": %q, "container": "r1", "rack_units": [%d]}}`, thing(), n+1),
		fmt.Sprintf(`{"insert": {"entity": %q, "container": "web"}}`, thing()),
		fmt.Sprintf(`{"remove": {"entity": %q, "container": "web"}}`, thing()),
		fmt.Sprintf(`{"connect": {"from": {"entity": %q, "type": "nic-eth", "port": "1"}, "to": {"entity": "sw1", "type": "nic-eth", "port": "%d"}}}`, thing(), n),
		fmt.Sprintf(`{"disconnect": {"entity": "sw1", "type": "nic-eth", "port": "%d"}}`, n),
		fmt.Sprintf(`{"bind": {"entity": %q, "manager": "net1"}}`, thing()),
		fmt.Sprintf(`{"bind": {"entity": %q, "address": "10.0.0.%d", "os_port": "eth0"}}`, thing(), n),
		fmt.Sprintf(`{"release": {"entity": %q, "address": "10.0.0.%d"}}`, thing(), n),
		fmt.Sprintf(`{"allocate": {"manager": "names", "driver": "basicserver", "as": %q}}`, d.one([]string{"a", "b"})),
		fmt.Sprintf(`{"allocate": {"manager": "vlans", "for": %q}}`, thing()),
		fmt.Sprintf(`{"deallocate": {"manager": "vlans", "entity": %q}}`, thing()),
		fmt.Sprintf(`{"undelete": {"name": "new%d"}}`, n%4),
		fmt.Sprintf(`{"revert": {"versions": [%d]}}`, n+3),
		fmt.Sprintf(`{"redact": {"entity": %q, "key": "system"}}`, thing()),
	})
}

// checkAlike does operations in a dry run and really: both must say the same,
// and what fails must leave nothing.
func (w *world) checkAlike(ops func() []api.Operation) (done bool) {
	w.Helper()
	before := w.newest()
	would, dryErr := w.try(ops(), true)
	if now := w.newest(); now != before {
		w.Fatalf("a dry run of %s made version %d", asText(w, ops()), now)
	}
	did, err := w.try(ops(), false)
	if (err == nil) != (dryErr == nil) || err != nil && err.Error() != dryErr.Error() {
		w.Fatalf("%s:\na dry run says\n%v\nand a real one\n%v", asText(w, ops()), dryErr, err)
	}
	if err != nil {
		if _, ok := errors.AsType[*operation.Errors](err); !ok {
			w.Fatalf("%s: %v, which is no Errors", asText(w, ops()), err)
		}
		if now := w.newest(); now != before {
			w.Fatalf("%s failed and made version %d", asText(w, ops()), now)
		}
		return false
	}
	w.agree(would, did)
	return true
}

// TestRandom does many requests that may succeed, and many that hardly can.
func TestRandom(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).furnish()
			d := dice{rand.New(rand.NewPCG(seed, 1))}
			done := 0
			for range 100 {
				var ops []api.Operation
				for range 1 + d.IntN(3) {
					if d.IntN(8) == 0 {
						ops = append(ops, d.operation())
					} else {
						ops = append(ops, operations(t, "["+d.sensible()+"]")...)
					}
				}
				if w.checkAlike(func() []api.Operation { return ops }) {
					done++
				}
			}
			if done < 10 {
				t.Errorf("only %d of 100 were done", done)
			}
		})
	}
}

// FuzzApply reads any text as operations and does them on a small inventory.
func FuzzApply(f *testing.F) {
	d := dice{rand.New(rand.NewPCG(1, 1))}
	for range 40 {
		text, err := json.Marshal([]api.Operation{d.operation(), d.operation()})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
		f.Add("[" + d.sensible() + "," + d.sensible() + "]")
	}
	small := newWorld(f).furnish()
	f.Fuzz(func(t *testing.T, text string) {
		w := &world{TB: t, store: small.store, env: small.env}
		var ops []api.Operation
		if len(text) > 10_000 || json.Unmarshal([]byte(text), &ops) != nil || len(ops) > 20 {
			t.Skip("no request")
		}
		before := w.newest()
		first, err := w.try(ops, true)
		second, again := w.try(ops, true)
		if fmt.Sprint(err) != fmt.Sprint(again) {
			t.Fatalf("%s: a dry run says\n%v\nand then\n%v", text, err, again)
		}
		if err == nil && diffText(t, &first.Diff)+asText(t, first.Results) != diffText(t, &second.Diff)+asText(t, second.Results) {
			t.Fatalf("%s: two dry runs differ", text)
		}
		if err != nil {
			if _, ok := errors.AsType[*operation.Errors](err); !ok || clusto.KindOf(err) == nil {
				t.Fatalf("%s: %v, which is no Errors, or of no kind", text, err)
			}
		}
		if now := w.newest(); now != before {
			t.Fatalf("%s made version %d in a dry run", text, now)
		}
	})
}

// TestKinds compares the kinds of operations with those that requests may have.
func TestKinds(t *testing.T) {
	w := newWorld(t)
	all := reflect.TypeFor[api.Operation]()
	for i := range all.NumField() {
		var op api.Operation
		v := reflect.ValueOf(&op).Elem().Field(i)
		v.Set(reflect.New(v.Type().Elem()))
		name, _, _ := strings.Cut(all.Field(i).Tag.Get("json"), ",")
		_, err := w.try([]api.Operation{op}, true)
		failed, ok := errors.AsType[*operation.Errors](err)
		if !ok || failed.Failed[0].Name != name {
			t.Errorf("%s without content: %v", name, err)
		}
	}
}
