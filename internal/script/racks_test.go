package script_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/rackfactory"
)

const ownLayout = `
from rackfactory import RackFactory
from clusto.drivers import *

class Mixed(RackFactory):
    '''The table, but big servers in the first place.'''
    LAYOUT_NAME = 'mixed'
    EXTENDS = '201001'

    def get_driver(self, switchport):
        if switchport == 1:
            return PenguinServer2U
        if switchport == 47:
            return None
        return super().get_driver(switchport)

    def add_server(self, server, switchport):
        super().add_server(server, switchport)
        server.set_attr('by', self.rack.name)
`

func TestRackTables(t *testing.T) {
	w := newWorld(t, nil)
	w.eval(`from clusto.drivers import *
from rackfactory import get_factory
dc = BasicDatacenter('dc'); rack = APCRack('r1')
dc.insert(rack)
rack.set_attr('racklayout', '201001')
f = get_factory('r1')`)
	since := w.version()
	if got := w.eval("steps = f.preview()\nassert len(steps) > 5\nf"); !strings.Contains(got, "rack factory of r1") {
		t.Error(got)
	}
	if w.version() != since {
		t.Error("a preview changed something")
	}
	w.eval("f.connect_ports()\nassert f.rack == rack and get_factory(rack).get_driver(3) == PenguinServer")
	w.eval("s = BasicServer('s')\nget_factory('r1', layout='201001').add_server('s', 3)\nassert s in rack")
	if got := w.fails("get_factory('r1', layout='nope')"); !strings.Contains(got, "known layouts: 201001") {
		t.Error(got)
	}
	if got := w.fails("get_factory('s')"); !strings.Contains(got, "not a rack") {
		t.Error(got)
	}
	w.fails("f.get_driver(48)")
}

func TestRackClass(t *testing.T) {
	w, _ := withLibrary(t, map[string]string{"racklayouts/mixed.py": ownLayout})
	if got := w.takeWarnings(); got != "" {
		t.Fatalf("warnings: %s", got)
	}
	w.eval(`from clusto.drivers import *
from rackfactory import get_factory
dc = BasicDatacenter('dc'); rack = APCRack('r1')
dc.insert(rack)
rack.set_attr('racklayout', 'mixed')
f = get_factory('r1')
assert type(f).__name__ == 'Mixed' and f.datacenter == dc and f.LAYOUT_NAME == 'mixed'
f.connect_ports()
assert rack.attr_value('racklayout') == 'mixed' and f.get_nic('r1-sw1', 3) == ('nic-eth', 1)
assert f.get_driver(1) == PenguinServer2U and f.get_driver(2) == PenguinServer
s = PenguinServer('s')
f.add_server(s, 2)
assert s.attr_value('by') == 'r1' and s in rack`)

	// The same factory, as the trap daemon uses it.
	source := w.engine.RackSource()
	if !strings.Contains(strings.Join(source.Names(), " "), "mixed") {
		t.Errorf("names: %v", source.Names())
	}
	_, err := w.store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, w.engine.Drivers())
		f, err := rackfactory.For(t.Context(), source, inv, "r1")
		if err != nil {
			return err
		}
		d, err := f.Driver(t.Context(), 1)
		if err != nil || d.Name != "penguinserver2u" {
			t.Errorf("Driver(1) = %v, %v", d, err)
		}
		if _, err := f.Driver(t.Context(), 47); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("Driver(47): %v", err)
		}
		sw, err := inv.Object(t.Context(), "r1-sw1")
		if err != nil {
			return err
		}
		nic, err := f.NICFor(t.Context(), sw, 3)
		if diff := cmp.Diff(rackfactory.NIC{Type: "nic-eth", Number: 1}, nic); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if err := f.ConnectPorts(t.Context()); err != nil {
			return err
		}
		d, err = f.Driver(t.Context(), 3)
		if err != nil {
			return err
		}
		server, err := inv.Create(t.Context(), d, "s3", nil)
		if err != nil {
			return err
		}
		return f.AddServer(t.Context(), server, 3)
	})
	if err != nil {
		t.Fatal(render(err))
	}
	w.eval("assert get_by_name('s3') in rack and get_by_name('s3').attr_value('by') == 'r1'")
}

// TestClassicRackFactory: a factory file in classic's form, with a dict of classes.
func TestClassicRackFactory(t *testing.T) {
	w, _ := withLibrary(t, map[string]string{"rackfactory.py": `
from clusto.drivers import *
import clusto

def get_factory(name, layout=None):
    rack = clusto.get_by_name(name)
    if not layout:
        layout = rack.attr_value(key='racklayout')
    factory = LAYOUTS.get(str(layout), None)
    if factory:
        factory = factory(name, rack.parents(clusto_types=['datacenter'])[0])
    return factory

class Plain(object):
    def __init__(self, name, datacenter):
        self.rack = clusto.get_or_create(name, APCRack)
        self.datacenter = datacenter
    def connect_ports(self):
        if not self.rack in self.datacenter:
            self.datacenter.insert(self.rack)
    def add_server(self, server, switchport):
        self.rack.insert(server, switchport)
    def get_driver(self, switchport):
        return PenguinServer

LAYOUTS = {}
for factory in [Plain]:
    LAYOUTS['plain'] = factory
`})
	w.eval("from clusto.drivers import *\nfrom rackfactory import get_factory\ndc = BasicDatacenter('dc'); r = APCRack('r'); dc.insert(r); r.set_attr('racklayout', 'plain')\nf = get_factory('r')\nf.connect_ports()\nf.add_server(BasicServer('s'), 4)\nassert get_by_name('s') in r")
	if got := w.engine.RackSource().Names(); !strings.Contains(strings.Join(got, " "), "plain") {
		t.Errorf("names: %v", got)
	}
}
