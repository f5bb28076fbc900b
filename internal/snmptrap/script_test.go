package snmptrap_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
)

const scriptedLayout = `
from rackfactory import RackFactory
from clusto.drivers import *

class Mixed(RackFactory):
    LAYOUT_NAME = 'mixed'
    EXTENDS = '201001'

    def get_driver(self, switchport):
        if switchport == 7:
            return None
        return super().get_driver(switchport)

    def add_server(self, server, switchport):
        super().add_server(server, switchport)
        server.set_attr('by', self.rack.name)
`

// TestScriptedFactory has a rack factory that is a script decide in memory as well.
func TestScriptedFactory(t *testing.T) {
	t.Parallel()
	lib := t.TempDir()
	if err := os.Mkdir(filepath.Join(lib, "racklayouts"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lib, "racklayouts", "mixed.py"), []byte(scriptedLayout), 0o644); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.setUp(base)
	w.setUp("set r1 racklayout mixed")
	engine, err := script.New(script.Options{Store: w.store, Drivers: w.drivers, LibDir: lib, Racks: w.layouts})
	if err != nil {
		t.Fatal(err)
	}
	m := &memory{world: w}
	var events []string
	d, err := snmptrap.New(snmptrap.Options{
		Store: w.store, Drivers: w.drivers, Factories: engine.RackSource(), Listen: snmp.Options{Addr: "127.0.0.1:0"},
		View: m.view, Events: func(e snmptrap.Event) { events = append(events, e.String()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	m.handle(d, parseTrap(t, "127.0.0.11: learnt 1 442 02:00:00:00:00:01"), &events)
	m.handle(d, parseTrap(t, "127.0.0.11: learnt 1 442 02:00:00:00:00:01"), &events)
	m.handle(d, parseTrap(t, "127.0.0.11: learnt 7 442 02:00:00:00:00:02"), &events)
	for i, want := range []string{"created s0001", "unchanged at s0001", "not in layout"} {
		if i >= len(events) || !strings.Contains(events[i], want) {
			t.Errorf("%q, want %q at %d", events, want, i)
		}
	}
	if s := d.Stats(); s.InMemory != 3 { // the second twice, and the third again
		t.Errorf("%+v", s)
	}
}
