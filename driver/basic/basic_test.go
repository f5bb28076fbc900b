package basic_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/port"
)

// world is a transaction in which a test makes and changes entities.
type world struct {
	t   *testing.T
	ctx context.Context
	inv *clusto.Inventory
}

// inWorld runs fn in a transaction on a new database, which it returns.
func inWorld(t *testing.T, fn func(w world), drivers ...*clusto.Driver) clusto.Store {
	t.Helper()
	store := classictest.New(t)
	again(t, store, fn, drivers...)
	return store
}

// again runs fn in another transaction.
func again(t *testing.T, store clusto.Store, fn func(w world), drivers ...*clusto.Driver) {
	t.Helper()
	registry := all.Drivers()
	for _, d := range drivers {
		if _, err := registry.Register(d); err != nil {
			t.Fatal(err)
		}
	}
	_, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		fn(world{t, t.Context(), clusto.NewInventory(tx, registry)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// make makes entities of a driver.
func (w world) make(driver string, names ...string) []*clusto.Object {
	w.t.Helper()
	d, ok := w.inv.Drivers().Driver(driver)
	if !ok {
		w.t.Fatalf("no driver %s", driver)
	}
	var made []*clusto.Object
	for _, name := range names {
		o, err := w.inv.Create(w.ctx, d, name, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		made = append(made, o)
	}
	return made
}

// one makes one entity.
func (w world) one(driver, name string) *clusto.Object {
	w.t.Helper()
	return w.make(driver, name)[0]
}

// call calls a method and fails the test if that fails.
func (w world) call(o *clusto.Object, name string, args ...any) any {
	w.t.Helper()
	v, err := o.Call(w.ctx, name, args...)
	if err != nil {
		w.t.Fatalf("%s.%s%v: %v", o, name, args, err)
	}
	return v
}

// refused calls a method and checks that it fails with an error of a kind whose
// text contains text.
func (w world) refused(kind error, text string, o *clusto.Object, name string, args ...any) {
	w.t.Helper()
	v, err := o.Call(w.ctx, name, args...)
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), text) {
		w.t.Errorf("%s.%s%v = %v, %v; want %v: %s", o, name, args, v, err, kind, text)
	}
}

// rows returns an entity's attributes with a key, as classic's answers have them.
func (w world) rows(o *clusto.Object, key string) []string {
	w.t.Helper()
	attrs, err := o.Attrs(w.ctx, clusto.AttrMatch{Key: clusto.Is(key)})
	if err != nil {
		w.t.Fatal(err)
	}
	rows, err := classictest.Rows(w.ctx, w.inv, false, attrs)
	if err != nil {
		w.t.Fatal(err)
	}
	return classictest.Multiset(w.t, rows)
}

func names(v any) string {
	var all []string
	for _, o := range v.([]*clusto.Object) {
		all = append(all, o.Name)
	}
	return strings.Join(all, " ")
}

func TestInsert(t *testing.T) {
	inWorld(t, func(w world) {
		dc, zone, cage := w.make("basicdatacenter", "dc1", "dc2"), w.one("basiczone", "z1"), w.one("basiccage", "cage1")
		w.call(dc[0], "insert", zone)
		w.refused(clusto.ErrInUse, "z1 cannot be inserted into dc2: it is in dc1", dc[1], "insert", zone)
		w.refused(clusto.ErrExists, "z1 is in dc1 already", dc[0], "insert", zone)
		w.call(dc[1], "insert", cage)
		w.call(zone, "insert", cage) // one place of each driver
		w.refused(clusto.ErrInvalid, "dc1 contains z1", zone, "insert", dc[0])
		w.refused(clusto.ErrInvalid, "into itself", zone, "insert", zone)

		server := w.make("basicserver", "s1", "vm1")
		w.call(server[0], "insert", server[1]) // anything may contain what is nowhere
		w.refused(clusto.ErrInUse, "vm1 cannot be inserted into vm2: it is in s1", w.one("basicvirtualserver", "vm2"), "insert", server[1])
	})
}

func TestPools(t *testing.T) {
	inWorld(t, func(w world) {
		s := w.make("basicserver", "s1", "s2", "s3")
		pool, unique, exclusive := w.make("pool", "a", "b", "top"), w.make("unique_pool", "u1", "u2"), w.make("exclusive_pool", "x1", "x2")
		w.call(pool[0], "insert", s[0])
		w.call(pool[1], "insert", s[0])
		w.refused(clusto.ErrExists, "s1 is in a already", pool[0], "insert", s[0])
		w.call(unique[0], "insert", s[0])
		w.refused(clusto.ErrInUse, "s1 cannot be inserted into u2: it is in u1", unique[1], "insert", s[0])
		w.refused(clusto.ErrInUse, "it is in a", exclusive[0], "insert", s[0])
		w.call(exclusive[0], "insert", s[1])
		w.refused(clusto.ErrInUse, "s2 cannot be inserted into a: it is in x1", pool[0], "insert", s[1])
		w.refused(clusto.ErrInUse, "it is in x1", exclusive[1], "insert", s[1])
		w.call(pool[2], "insert", pool[0])
		w.call(pool[2], "insert", pool[1])
		w.refused(clusto.ErrInvalid, "top contains a", pool[0], "insert", pool[2])
		if got := names(w.call(pool[0], "get_pools", s[0])); got != "a b u1 top" {
			t.Errorf("get_pools = %s", got)
		}
		if got := names(w.call(pool[0], "get_pools", s[0], false)); got != "a b u1" {
			t.Errorf("get_pools directly = %s", got)
		}
		if w.call(pool[2], "is_parent", s[0]) != true || w.call(pool[2], "is_parent", s[1]) != false {
			t.Error("is_parent is wrong")
		}
		w.call(pool[0], "insert", s[2])
		w.call(pool[1], "insert", s[2])
		w.call(unique[0], "insert", s[2])
		if got := names(w.call(s[0], "siblings")); got != "s3" {
			t.Errorf("siblings = %s", got)
		}
		w.call(pool[0], "remove", s[0])
		w.refused(clusto.ErrNotFound, "s1 is not in a", pool[0], "remove", s[0])
	})
}

// TestRack repeats what classic wrote into rk-01 and compares each row.
func TestRack(t *testing.T) {
	inWorld(t, func(w world) {
		rack := w.one("basicrack", "rk-01")
		w.call(rack, "insert", w.one("basicpowerstrip", "pdu-01"), []any{int64(2), int64(1)})
		for i, name := range []string{"node001", "node002", "renamed-04", "node005"} {
			w.call(rack, "insert", w.one("basicserver", name), []int64{3, 4, 6, 7}[i])
		}
		w.call(rack, "insert", w.one("basicserver", "node006"), []any{int64(10), int64(11)})
		w.call(rack, "insert", w.one("basicnetworkswitch", "sw-01"), int64(20))
		w.call(rack, "insert", w.one("basicconsoleserver", "con-01"), int64(21))
		var want []string
		err := classictest.Open(t).View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			classic := world{t, t.Context(), clusto.NewInventory(r, all.Drivers())}
			o, err := classic.inv.Object(t.Context(), "rk-01")
			if err != nil {
				return err
			}
			want = classic.rows(o, clusto.KeyContains)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, w.rows(rack, clusto.KeyContains)); diff != "" {
			t.Errorf("-classic +ours\n%s", diff)
		}
	})
}

func TestRackRefuses(t *testing.T) {
	inWorld(t, func(w world) {
		rack := w.make("basicrack", "r1", "r2")
		s := w.make("basicserver", "s1", "s2")
		two := w.one("penguinserver2u", "two")
		w.call(rack[0], "insert", s[0], int64(45))
		w.refused(clusto.ErrInUse, "insert s2 into r1: unit 45 holds s1", rack[0], "insert", s[1], int64(45))
		w.refused(clusto.ErrInvalid, "there is no unit 46; the rack has 1 to 45", rack[0], "insert", s[1], int64(46))
		w.refused(clusto.ErrInvalid, "there is no unit 0", rack[0], "insert", s[1], int64(0))
		w.refused(clusto.ErrInvalid, "rack units [1 3] are not adjacent", rack[0], "insert", s[1], []any{int64(3), int64(1)})
		w.refused(clusto.ErrInvalid, "rack units [3 3] are not adjacent", rack[0], "insert", s[1], []any{int64(3), int64(3)})
		w.refused(clusto.ErrInvalid, "into which unit?", rack[0], "insert", s[1], []any{})
		w.refused(clusto.ErrInvalid, "a PenguinServer2U takes 2 rack units, not 1", rack[0], "insert", two, int64(1))
		w.refused(clusto.ErrInvalid, "only devices go into a rack, and p is a Pool", rack[0], "insert", w.one("pool", "p"), int64(1))
		w.refused(clusto.ErrInUse, "s1 cannot be inserted into r2: it is in r1", rack[1], "insert", s[0], int64(1))
		w.call(rack[0], "insert", two, []any{int64(1), int64(2)})
		if got := w.call(rack[0], "get_device_in", int64(2)).(*clusto.Object); got.Name != "two" {
			t.Errorf("unit 2 holds %s", got)
		}
		if got := w.call(rack[0], "get_device_in", int64(7)).(*clusto.Object); got != nil {
			t.Errorf("unit 7 holds %s", got)
		}
		place := w.call(rack[1], "get_rack_and_u", two).(map[string]any)
		if place["rack"].(*clusto.Object).Name != "r1" || !slices.Equal(place["RU"].([]int64), []int64{1, 2}) {
			t.Errorf("two is at %v", place)
		}
		if place := w.call(rack[1], "get_rack_and_u", s[1]); place != nil {
			t.Errorf("s2 is at %v", place)
		}
		w.call(rack[0], "remove", two)
		if got := w.rows(rack[0], clusto.KeyContains); len(got) != 1 {
			t.Errorf("after remove: %s", got)
		}
	})
}

func TestAttributes(t *testing.T) {
	inWorld(t, func(w world) {
		o := w.one("basicserver", "s1")
		w.call(o, "add_attr", "auto", "x", true)
		w.call(o, "add_attr", "auto", "y", true)
		w.call(o, "del_attrs", "auto", "y")
		w.call(o, "add_attr", "auto", "z", true) // numbers are not given back
		w.call(o, "add_attr", "nothing")
		w.call(o, "add_attr", "_secret", int64(1))
		w.call(o, "set_attr", "role", "web", nil, "kind")
		w.call(o, "set_attr", "role", "db", nil, "kind")
		for key, want := range map[string][]string{
			"auto":    {`["auto",0,null,"string","x"]`, `["auto",2,null,"string","z"]`},
			"nothing": {`["nothing",null,null,"string",null]`},
			"role":    {`["role",null,"kind","string","db"]`},
		} {
			if diff := cmp.Diff(want, w.rows(o, key)); diff != "" {
				t.Errorf("%s: -want +got\n%s", key, diff)
			}
		}
		w.refused(clusto.ErrInvalid, "letters, digits", o, "add_attr", "bad.key", "x")
		w.refused(clusto.ErrInvalid, "number is a string", o, "attrs", "auto", clusto.NotGiven, "1")
		w.refused(clusto.ErrNotFound, `there is no type "bogus"`, o, "contents", false, "bogus")
		w.refused(clusto.ErrInvalid, "2 attributes match", o, "attr_value", "auto")
		if got := fmt.Sprint(w.call(o, "attr_keys")); got != "[auto auto nothing role]" {
			t.Errorf("attr_keys = %s", got)
		}
		if got := fmt.Sprint(w.call(o, "attr_key_tuples", "auto")); got != "[[auto 0 <nil>] [auto 2 <nil>]]" {
			t.Errorf("attr_key_tuples = %s", got)
		}
		w.call(o, "del_attrs")
		if got := w.rows(o, "_secret"); len(got) != 1 {
			t.Errorf("del_attrs took hidden attributes: %s", got)
		}
		if w.call(o, "has_attr") != false || w.call(o, "has_attr", "_secret") != true {
			t.Error("has_attr is wrong")
		}
	})
}

func TestNamesOfDevices(t *testing.T) {
	inWorld(t, func(w world) {
		o := w.one("basicserver", "s1")
		if got := w.call(o, "hostname"); got != "s1" {
			t.Errorf("hostname = %v", got)
		}
		w.call(o, "set_attr", "hostname", "www")
		if got := w.call(o, "hostname"); got != "www" {
			t.Errorf("hostname = %v", got)
		}
		for _, name := range []string{"a.example.com", "b.example.com", "a.example.com"} {
			w.call(o, "add_fqdn", name)
		}
		w.call(o, "remove_fqdn", "a.example.com")
		w.refused(clusto.ErrNotFound, "s1 has no fqdn a.example.com", o, "remove_fqdn", "a.example.com")
		if diff := cmp.Diff([]string{`["fqdn",1,null,"string","b.example.com"]`}, w.rows(o, "fqdn")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestBindIP compares the rows with those of node006 in classic's database.
func TestBindIP(t *testing.T) {
	inWorld(t, func(w world) {
		net := w.one("ipmanager", "net-prod")
		for key, v := range map[string]string{"netmask": "255.255.255.0", "baseip": "10.20.0.0"} {
			w.call(net, "set_attr", key, v, nil, "property")
		}
		o := w.one("basicserver", "node006")
		w.call(o, "bind_ip_to_osport", "10.20.0.201", "eth0", nil, "nic-eth", int64(1))
		w.call(o, "bind_ip_to_osport", "10.20.0.201", "eth0", net)
		want := []string{
			`["ip",0,"cidr","string","10.20.0.201/24"]`, `["ip",0,"ipstring","string","10.20.0.201"]`, `["ip",0,"manager","relation","net-prod"]`,
			`["ip",0,"osportname","string","eth0"]`, `["ip",0,null,"int",-1978400567]`,
		}
		if diff := cmp.Diff(want, w.rows(o, "ip")); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if diff := cmp.Diff([]string{`["port-nic-eth",1,"osportname","string","eth0"]`}, w.rows(o, "port-nic-eth")); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		w.refused(clusto.ErrNotFound, "no IP manager covers 10.9.9.9", o, "bind_ip_to_osport", "10.9.9.9", "eth0")
		w.refused(clusto.ErrInvalid, "is a network, not an address", o, "bind_ip_to_osport", "10.20.0.0/24", "eth0")
		w.refused(clusto.ErrInvalid, "porttype and portnum", o, "bind_ip_to_osport", "10.20.0.9", "eth0", nil, "nic-eth")
		w.refused(clusto.ErrInvalid, "s2 is not an IP manager", o, "add_ip", nil, w.one("basicserver", "s2"))
		w.refused(clusto.ErrInvalid, "give an address", o, "add_ip")
		w.call(o, "add_ip", nil, net)
		w.call(o, "add_ip", "10.20.0.77")
		if got := fmt.Sprint(w.call(o, "get_ips")); got != "[10.20.0.201 10.20.0.1 10.20.0.77]" {
			t.Errorf("get_ips = %s", got)
		}
		if w.call(o, "has_ip", "10.20.0.77") != true || w.call(o, "has_ip", "10.20.0.78") != false {
			t.Error("has_ip is wrong")
		}
		if got := w.call(net, "count"); got != 3 {
			t.Errorf("count = %v", got)
		}
		w.call(net, "set_resource_attr", o, "10.20.0.77", "note", "test")
		if got := fmt.Sprint(w.call(net, "get_resource_attr_values", o, "10.20.0.77", "note")); !strings.Contains(got, "test") {
			t.Errorf("get_resource_attr_values = %s", got)
		}
		w.call(net, "del_resource_attr", o, "10.20.0.77", "note")
		if got := w.call(net, "get_resource_attrs", o, "10.20.0.77").([]clusto.Attr); len(got) != 4 {
			t.Errorf("get_resource_attrs = %v", got)
		}
		w.call(net, "deallocate", o)
		if got := w.rows(o, "ip"); len(got) > 0 {
			t.Errorf("after deallocate: %s", got)
		}
	})
}

// Deleting what a port mentions beside its cable leaves the cable.
func TestDeleteMentioned(t *testing.T) {
	inWorld(t, func(w world) {
		d := w.make("basicserver", "web1", "spare")
		sw := w.one("basicnetworkswitch", "sw1")
		w.call(d[0], "connect_ports", "nic-eth", 1, sw, 3)
		w.call(sw, "add_port_attr", "nic-eth", 3, "reserved", d[1])
		if err := d[1].Delete(w.ctx); err != nil {
			t.Fatal(err)
		}
		peer, ok, err := port.Peer(w.ctx, port.End{Device: sw, Type: "nic-eth", Port: 3})
		if !ok || err != nil || peer.Port != 1 {
			t.Errorf("sw1 nic-eth/3 leads to %v, %v, %v, want web1 nic-eth/1", peer, ok, err)
		}
	})
}

// What every allocation counts on cannot be taken away.
func TestMetaStays(t *testing.T) {
	inWorld(t, func(w world) {
		meta, err := w.inv.Object(w.ctx, clusto.MetaEntity)
		if err != nil {
			t.Fatal(err)
		}
		_, renamed := meta.Rename(w.ctx, "other")
		_, changed := meta.ChangeDriver(w.ctx, w.one("pool", "p").Driver())
		for what, err := range map[string]error{"rename": renamed, "change of driver": changed, "delete": meta.Delete(w.ctx)} {
			if !errors.Is(err, clusto.ErrInvalid) {
				t.Errorf("%s: got error %v, want ErrInvalid", what, err)
			}
		}
	})
}
