package fleet_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// made is what makeOne makes through drivers.
type made struct {
	inv  *clusto.Inventory
	byID map[string]*clusto.Object
	err  error
}

// make makes an entity, and set gives it attributes.
func (m *made) make(ctx context.Context, class, name string, props map[string]clusto.Value) *clusto.Object {
	d, ok := m.inv.Drivers().Class(class)
	if m.err == nil && !ok {
		m.err = fmt.Errorf("no class %s", class)
	}
	if m.err != nil {
		return nil
	}
	o, err := m.inv.Create(ctx, d, name, props)
	m.err = err
	m.byID[name] = o
	return o
}

func (m *made) do(err error) {
	if m.err == nil {
		m.err = err
	}
}

func (m *made) insert(ctx context.Context, into, thing string, units ...any) {
	if m.err == nil {
		m.do(m.byID[into].Insert(ctx, m.byID[thing], units...))
	}
}

func (m *made) connect(ctx context.Context, portType, a string, portA int, b string, portB int) {
	if m.err == nil {
		m.do(port.Connect(ctx, port.End{Device: m.byID[a], Type: portType, Port: portA}, port.End{Device: m.byID[b], Type: portType, Port: portB}))
	}
}

func (m *made) address(ctx context.Context, to string, addr string) {
	if m.err != nil {
		return
	}
	net, err := resource.Of(m.byID["net-001"])
	m.do(err)
	_, err = net.Allocate(ctx, m.byID[to], resource.Request{Resource: addr})
	m.do(err)
}

// makeOne makes the fleet of one server by asking the drivers for everything.
func makeOne(ctx context.Context, inv *clusto.Inventory) error {
	m := &made{inv: inv, byID: map[string]*clusto.Object{}}
	text := clusto.String
	m.make(ctx, "BasicDatacenter", "dc-01", nil)
	m.make(ctx, "IPManager", "net-001", map[string]clusto.Value{
		"baseip": text("10.0.0.0"), "netmask": text("255.255.192.0"), "gateway": text("10.0.0.1"),
	})
	m.make(ctx, "SimpleEntityNameManager", fleet.NameManager, map[string]clusto.Value{"basename": text("s"), "digits": clusto.Int(7)})
	m.make(ctx, "APCRack", "rack-00001", nil)
	m.insert(ctx, "dc-01", "rack-00001")
	for i, d := range []struct{ class, name string }{
		{"PowerTowerXM", "rack-00001-pwr1"}, {"PowerTowerXM", "rack-00001-pwr2"},
		{"OpenGearCM4148", "rack-00001-ts1"}, {"Cisco4948", "rack-00001-sw1"},
	} {
		m.make(ctx, d.class, d.name, nil)
		m.insert(ctx, "rack-00001", d.name, 41+i)
		m.address(ctx, d.name, fmt.Sprintf("10.0.0.%d", 42+i))
	}
	for _, pool := range []string{"production", "web"} {
		m.make(ctx, "Pool", pool, nil)
	}
	if m.err != nil {
		return m.err
	}
	names, err := resource.Of(m.byID[fleet.NameManager])
	m.do(err)
	d, _ := inv.Drivers().Class("PenguinServer")
	server, err := names.NewEntity(ctx, d, "")
	if err != nil {
		return err
	}
	m.byID[server.Name] = server
	m.insert(ctx, "rack-00001", server.Name, 1)
	m.insert(ctx, "production", server.Name)
	m.insert(ctx, "web", server.Name)
	m.cables(ctx, server.Name)
	m.address(ctx, server.Name, "10.0.0.2")
	_, err = resource.Bind(ctx, server, netip.MustParseAddr("10.0.0.2"), "eth0", nil)
	m.do(err)
	return m.describe(ctx, server)
}

func (m *made) cables(ctx context.Context, server string) {
	const sw, ts, a, b = "rack-00001-sw1", "rack-00001-ts1", "rack-00001-pwr1", "rack-00001-pwr2"
	m.connect(ctx, port.Power, sw, 1, a, 21)
	m.connect(ctx, port.Power, ts, 1, b, 21)
	m.connect(ctx, port.Console, sw, 1, ts, 41)
	m.connect(ctx, port.Console, a, 1, ts, 42)
	m.connect(ctx, port.Console, b, 1, ts, 43)
	m.connect(ctx, port.Ethernet, ts, 1, sw, 41)
	m.connect(ctx, port.Ethernet, a, 1, sw, 42)
	m.connect(ctx, port.Ethernet, b, 1, sw, 43)
	m.connect(ctx, port.Power, server, 1, a, 1)
	m.connect(ctx, port.Console, server, 1, ts, 1)
	m.connect(ctx, port.Ethernet, server, 1, sw, 1)
}

// describe gives entities the attributes that no driver gives them.
func (m *made) describe(ctx context.Context, server *clusto.Object) error {
	text := clusto.String
	m.do(m.byID["dc-01"].AddAttrs(ctx,
		clusto.Attr{Key: "dhcp", Subkey: clusto.Sub("enabled"), Value: clusto.Int(1)},
		clusto.Attr{Key: "owner", Value: text("ops")}))
	for i, name := range []string{"pwr1", "pwr2", "ts1", "sw1"} {
		m.do(m.byID["rack-00001-"+name].AddAttr(ctx,
			clusto.Attr{Key: "system", Subkey: clusto.Sub("serial"), Value: text(fmt.Sprintf("D%d-000000", i))}))
	}
	for p := 1; p <= 2; p++ {
		end := port.End{Device: server, Type: port.Ethernet, Port: p}
		m.do(port.SetAttr(ctx, end, "mac", text(fleet.MAC(0, p).String())))
	}
	m.do(server.AddAttrs(ctx,
		clusto.Attr{Key: "system", Subkey: clusto.Sub("serial"), Value: text(fleet.Serial(0))},
		clusto.Attr{Key: "system", Subkey: clusto.Sub("memory"), Value: clusto.Int(16384)},
		clusto.Attr{Key: "system", Subkey: clusto.Sub("cpucount"), Value: clusto.Int(32)},
		clusto.Attr{Key: "system", Subkey: clusto.Sub("disk"), Value: clusto.Int(1000)},
		clusto.Attr{Key: "disk", Number: clusto.Num(0), Subkey: clusto.Sub("size"), Value: text("4T")},
		clusto.Attr{Key: "disk", Number: clusto.Num(0), Subkey: clusto.Sub("serial"), Value: text("WB3980023")},
		clusto.Attr{Key: "disk", Number: clusto.Num(1), Subkey: clusto.Sub("size"), Value: text("4T")},
		clusto.Attr{Key: "purchase", Subkey: clusto.Sub("order"), Value: text("PO-0")},
		clusto.Attr{Key: "purchase", Subkey: clusto.Sub("date"), Value: clusto.Time(time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC))},
		clusto.Attr{Key: "owner", Value: text("mail")},
		clusto.Attr{Key: "description", Value: text("one of many servers")},
		clusto.Attr{Key: "kernel", Value: text("6.12.38")},
		clusto.Attr{Key: "os", Value: text("debian-13")}))
	return m.err
}

// handOut takes the next name and puts the server into pools and into a new
// rack, and returns the rows that tell of it.
func handOut(ctx context.Context, inv *clusto.Inventory) (string, error) {
	manager, err := inv.Object(ctx, fleet.NameManager)
	if err != nil {
		return "", err
	}
	names, err := resource.Of(manager)
	if err != nil {
		return "", err
	}
	d, _ := inv.Drivers().Class("PenguinServer")
	server, err := names.NewEntity(ctx, d, "")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"production", "web"} {
		pool, err := inv.Object(ctx, name)
		if err != nil {
			return "", err
		}
		if err := pool.Insert(ctx, server); err != nil {
			return "", err
		}
	}
	net, err := resource.ManagerFor(ctx, inv, fleet.Addr(0))
	if err != nil {
		return "", err
	}
	given, err := net.Allocate(ctx, server, resource.Request{})
	if err != nil {
		return "", err
	}
	places, err := server.ReferringAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)})
	if err != nil {
		return "", err
	}
	answer := server.Name + " " + given.Key + fmt.Sprint(given.Number.Or(-1))
	for _, a := range places {
		answer += fmt.Sprintf(" %s", a.Name())
	}
	return answer, nil
}
