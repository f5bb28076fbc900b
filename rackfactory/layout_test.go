package rackfactory_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/rackfactory"
)

// classicLayout is a layout of testdata/classic/layouts.json. Units and outlets
// are there one value or a list of two.
type classicLayout struct {
	Fixed        map[string]classicDevice `json:"fixed"`
	RackDriver   string                   `json:"rack_driver"`
	ServerDriver string                   `json:"server_driver"`
	ServerPorts  [][]any                  `json:"server_ports"`
	Outlets      map[string]any           `json:"switchport_to_outlet"`
	Units        map[string]any           `json:"switchport_to_ru"`
}

type classicDevice struct {
	Name    string  `json:"name"`
	Driver  string  `json:"driver"`
	Unit    any     `json:"ru"`
	Ports   [][]any `json:"ports"`
	Address struct {
		OSPort string `json:"osport"`
		Port   []any  `json:"port"`
	} `json:"address"`
}

// TestShippedLayoutsAreClassics builds the tables of layouts.json out of the
// shipped layouts.
func TestShippedLayoutsAreClassics(t *testing.T) {
	text, err := os.ReadFile("../testdata/classic/layouts.json")
	if err != nil {
		t.Fatal(err)
	}
	var classic struct {
		Layouts map[string]classicLayout `json:"layouts"`
	}
	if err := json.Unmarshal(text, &classic); err != nil {
		t.Fatal(err)
	}
	layouts := open(t, rackfactory.Options{})
	if got, want := layouts.Names(), []string{"201001", "4444", "53532U", "54542U", "5555"}; !cmp.Equal(got, want) {
		t.Fatalf("Names() = %v, want %v", got, want)
	}
	for name, want := range classic.Layouts {
		l, err := layouts.Layout(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(inClassicForm(l), want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
		for _, slot := range l.Slots {
			if diff := cmp.Diff(cablesOf(slot), classicCables(want, slot)); diff != "" {
				t.Errorf("%s: cables of the server on switch port %d (-got +want):\n%s", name, slot.SwitchPort, diff)
			}
		}
	}
}

// inClassicForm returns a layout as layouts.json has it. The ports of servers
// are those of the first slot, written back as the rule they came from.
func inClassicForm(l *rackfactory.Layout) classicLayout {
	c := classicLayout{
		RackDriver: l.Rack, ServerDriver: l.Slots[0].Driver,
		Fixed: map[string]classicDevice{}, Outlets: map[string]any{}, Units: map[string]any{},
	}
	for _, d := range l.Devices {
		device := classicDevice{Name: d.Name, Driver: d.Driver, Unit: numbers(d.Units)}
		device.Address.OSPort = d.Address.OSPort
		if d.Address.Type != "" {
			device.Address.Port = []any{d.Address.Type, float64(d.Address.Port)}
		}
		for _, cable := range d.Cables {
			device.Ports = append(device.Ports, []any{cable.Type, float64(cable.Port), cable.To, portValue(cable.ToPort)})
		}
		c.Fixed[d.Role] = device
	}
	for port := 1; port <= 48; port++ {
		slot, nic, ok := l.Slot(port)
		if !ok {
			continue
		}
		c.Units[strconv.Itoa(port)] = numbers(slot.Units)
		if nic.Number == 1 {
			c.Outlets[strconv.Itoa(port)] = texts(slot.Outlets)
		}
	}
	first := l.Slots[0]
	for _, cable := range first.Cables {
		to := any("<switchport>")
		switch n, _ := strconv.Atoi(cable.ToPort); {
		case cable.ToPort == first.Outlets[0]:
			to = "<outlet>"
		case n != first.SwitchPort:
			to = fmt.Sprintf("<switchport>+%d", n-first.SwitchPort)
		}
		c.ServerPorts = append(c.ServerPorts, []any{cable.Type, float64(cable.Port), cable.To, to})
	}
	return c
}

// classicCables returns the cables that layouts.json gives to the server of a
// slot; a second outlet feeds a second power supply.
func classicCables(c classicLayout, slot rackfactory.Slot) []string {
	var cables []string
	for _, p := range c.ServerPorts {
		to := fmt.Sprint(p[3])
		switch {
		case to == "<outlet>":
			for i, outlet := range slot.Outlets {
				cables = append(cables, fmt.Sprintf("%v %d %v %v", p[0], i+1, p[2], outlet))
			}
			continue
		case to == "<switchport>":
			to = strconv.Itoa(slot.SwitchPort)
		case to == "<switchport>+20":
			to = strconv.Itoa(slot.SwitchPort + 20)
		}
		cables = append(cables, fmt.Sprintf("%v %v %v %v", p[0], p[1], p[2], to))
	}
	return cables
}

func cablesOf(slot rackfactory.Slot) []string {
	var cables []string
	for _, c := range slot.Cables {
		cables = append(cables, fmt.Sprintf("%v %v %v %v", c.Type, c.Port, c.To, c.ToPort))
	}
	return cables
}

func numbers(list []int) any {
	if len(list) == 1 {
		return float64(list[0])
	}
	all := make([]any, len(list))
	for i, n := range list {
		all[i] = float64(n)
	}
	return all
}

func texts(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	all := make([]any, len(list))
	for i, s := range list {
		all[i] = s
	}
	return all
}

func portValue(port string) any {
	if n, err := strconv.Atoi(port); err == nil {
		return float64(n)
	}
	return port
}

func open(t *testing.T, opts rackfactory.Options) *rackfactory.Layouts {
	t.Helper()
	layouts, err := rackfactory.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return layouts
}

// small is a correct layout, for tests to spoil.
const small = `rack: apcrack
devices:
  switch:
    name: <rack>-sw1
    driver: cisco4948
    unit: 36
    address: {as: Vlan442}
    ports:
      pwr-nema-5 1: power aa8
  power:
    name: <rack>-pwr1
    driver: powertowerxm
    unit: 41
servers:
  - driver: penguinserver
    ports:
      nic-eth 1: switch <port>
      pwr-nema-5 1: power <outlet>
    units:
      1-3: 1-3
      5: 7
    outlets:
      1-3: bb1-bb3
      5: bb5
  - driver: penguinserver2u
    ports:
      nic-eth 1: switch <port>
      pwr-nema-5 1: power <outlet>
      pwr-nema-5 2: power <outlet2>
    units:
      6: [9, 10]
    outlets:
      6: [aa1, aa2]
`

func TestParseLayoutErrors(t *testing.T) {
	tests := []struct {
		name, old, new string
		want           string
	}{
		{"nothing", small, "", "l.yaml:1: the file is empty"},
		{"no mapping", small, "- 1", `l.yaml:1: a layout is written as lines of "key: value"`},
		{"yaml", "rack: apcrack", "rack: [", "l.yaml: yaml: line"},
		{"two documents", "rack: apcrack", "rack: apcrack\n---", "l.yaml:2: one file holds one layout"},
		{"unknown key", "    unit: 36", "    units: 36", `l.yaml:6: unknown key "units": device switch has the keys name, driver, unit, side, address, ports`},
		{"unknown key of a group", "    outlets:\n      1-3", "    outlet:\n      1-3", `l.yaml:22: unknown key "outlet": an item of servers has the keys driver, ports, units, sides, outlets`},
		{"twice", "rack: apcrack", "rack: apcrack\nrack: basicrack", `l.yaml:2: "rack" stands here and on line 1; remove one`},
		{"no name", "    name: <rack>-sw1\n", "", "l.yaml:3: device switch has no name; write one such as <rack>-switch1"},
		{"no driver", "    driver: cisco4948\n", "", "l.yaml:3: device switch has no driver"},
		{"no unit", "    unit: 36\n", "", "l.yaml:3: device switch has no unit"},
		{"unit 0", "unit: 36", "unit: 0", `l.yaml:6: rack unit: "0" is not a number from 1`},
		{"unit in words", "unit: 36", "unit: top", `l.yaml:6: rack unit: "top" is not a number from 1`},
		{"value missing", "unit: 36", "unit:", "l.yaml:6: a value is missing here"},
		{"units apart", "unit: 36", "unit: [36, 38]", "l.yaml:6: rack units [36 38] are not adjacent"},
		{"address", "{as: Vlan442}", "{port: nic-eth 1}", "l.yaml:7: the address has no name of the system's port"},
		{"port", "nic-eth 1: switch <port>", "nic-eth: switch <port>", `l.yaml:17: "nic-eth" is not a port; write its type and its number`},
		{"cable", "power aa8", "aa8", `l.yaml:9: "aa8" is not a device and its port`},
		{"unknown device", "power aa8", "strip aa8", `l.yaml:9: there is no device "strip"; the devices are switch, power`},
		{"placeholder", "switch <port>\n", "switch <prot>\n", `l.yaml:17: switch port 1: "<prot>" is not known here; <port>, <port>+20, <outlet> and <outlet2> are`},
		{"not on its port", "switch <port>\n", "switch 7\n", "l.yaml:20: the server on switch port 1 is not connected to it; its ports want a line \"nic-eth 1: switch <port>\""},
		{"outlet placeholder", "power <outlet>\n    units:\n      1-3", "power <outletx>\n    units:\n      1-3", `switch port 1: "<outletx>" is not known here`},
		{"sum", "switch <port>\n", "switch <port>-20\n", `switch port 1: "-20" follows <port>; only a sum such as <port>+20 is possible`},
		{"range", "1-3: 1-3", "1-3: 3-1", `l.yaml:20: rack unit: "3-1" is not a range`},
		{"long range", "1-3: 1-3", "1-2000000000: 1-3", `l.yaml:20: switch port: "1-2000000000" is not a range`},
		{"lengths", "1-3: 1-3", "1-3: 1-4", "l.yaml:20: 3 switch ports (1-3) but 4 rack units"},
		{"lengths of outlets", "1-3: bb1-bb3", "1-3: bb1-bb4", "l.yaml:23: 3 switch ports (1-3) but 4 outlets"},
		{"outlet banks", "bb1-bb3", "bb1-ba3", `l.yaml:23: "bb1-ba3" is not a range of outlets: bb1 and ba3 differ in more than their number`},
		{"port twice", "      5: 7", "      3: 7", "l.yaml:21: switch port 3 has its rack unit on line 20 already"},
		{"two servers in a unit", "      5: 7", "      5: 3", "l.yaml:21: the server on switch port 5: rack unit 3 is given to the server on switch port 3 on line 20"},
		{"unit of a device", "      5: 7", "      5: 36", "l.yaml:21: the server on switch port 5: rack unit 36 is given to device switch on line 3"},
		{"two devices in a unit", "unit: 41", "unit: 36", "device power: rack unit 36 is given to device switch on line 3"},
		{"outlet twice", "      5: bb5", "      5: bb3", "the server on switch port 5: power pwr-nema-5/bb3 is given to the server on switch port 3"},
		{"outlet of a device", "      5: bb5", "      5: aa8", "the server on switch port 5: power pwr-nema-5/aa8 is given to switch"},
		{"no outlet", "      5: bb5\n", "", "switch port 5: its cable wants outlet 1, and it has 0; add it under outlets"},
		{"outlet without unit", "      5: 7\n", "", "switch port 5 has an outlet but no rack unit"},
		{"second outlet", "      pwr-nema-5 2: power <outlet2>\n", "", "switch port 6 has 2 outlets (aa1, aa2), but the ports of these servers name 1"},
		{"no driver of servers", "  - driver: penguinserver\n    ports", "  - ports", "l.yaml:15: these servers have no driver"},
		{"servers no list", "  - driver: penguinserver\n", "    driver: penguinserver\n", "l.yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(small, tt.old, tt.new, 1)
			if text == small {
				t.Fatalf("%q is not in the layout", tt.old)
			}
			_, err := rackfactory.ParseLayout("racklayouts/l.yaml", []byte(text))
			if !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q", err, tt.want)
			}
		})
	}
	l, err := rackfactory.ParseLayout("racklayouts/l.yaml", []byte(small))
	if err != nil || l.Name != "l" || len(l.Slots) != 5 {
		t.Errorf("the correct layout: %+v, %v", l, err)
	}
}

func FuzzParseLayout(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := rackfactory.ParseLayout("l.yaml", text)
		if err != nil {
			if !errors.Is(err, clusto.ErrInvalid) {
				t.Errorf("%v is not an ErrInvalid", err)
			}
			return
		}
		for _, s := range l.Slots {
			if got, _, ok := l.Slot(s.SwitchPort); !ok || len(s.Units) == 0 || got.Driver == "" {
				t.Errorf("slot %+v cannot be used", s)
			}
		}
	})
}

func TestLibrary(t *testing.T) {
	files := fstest.MapFS{}
	library := func(name, text string, at int64) {
		files[name] = &fstest.MapFile{Data: []byte(text), ModTime: time.Unix(at, 0)}
	}
	library("mine.yaml", small, 1)
	library("201001.yaml", small, 1)
	library("README", "not a layout", 1)
	var log strings.Builder
	layouts := open(t, rackfactory.Options{Library: files, Log: textLog(&log)})
	if got := layouts.Names(); len(got) != 6 {
		t.Errorf("Names() = %v", got)
	}
	slots := func(name string, want int) {
		t.Helper()
		if l, err := layouts.Layout(name); err != nil || len(l.Slots) != want {
			t.Errorf("layout %s: %v; want %d slots", name, err, want)
		}
	}
	slots("mine", 5)
	slots("201001", 5)
	slots("5555", 20)
	if want := "level=INFO msg=\"a rack layout of the library replaces the shipped one\" layout=201001\n"; log.String() != want {
		t.Errorf("log %q, want %q", &log, want)
	}

	library("mine.yaml", strings.Replace(small, "      5: 7\n", "", 1), 2) // outlet without unit
	log.Reset()
	slots("mine", 5)
	slots("mine", 5)
	if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "mine.yaml:15: switch port 5 has an outlet but no rack unit") {
		t.Errorf("log %q", &log)
	}

	delete(files, "201001.yaml")
	slots("201001", 30)
	delete(files, "mine.yaml")
	if _, err := layouts.Layout("mine"); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("removed layout: %v", err)
	}

	library("new.yaml", "", 3)
	if _, err := layouts.Layout("new"); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("broken new layout: %v", err)
	}
	if _, err := rackfactory.New(rackfactory.Options{Library: files}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("New with a broken layout: %v", err)
	}
}
