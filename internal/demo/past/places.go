package past

import (
	"context"
	"fmt"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
	"github.com/clusto/clusto/resource"
)

// make makes an entity by the class of its driver.
func (s *site) make(ctx context.Context, class, name string, props map[string]clusto.Value) (*clusto.Object, error) {
	d, ok := s.Drivers.Class(class)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrNotFound, "there is no driver %s", class)
	}
	return s.inv.Create(ctx, d, name, props)
}

// put puts things into a container, all by their names.
func (s *site) put(ctx context.Context, container string, things ...string) error {
	return s.each(ctx, things, container, func(into, o *clusto.Object) error { return into.Insert(ctx, o) })
}

// take takes things out of a container.
func (s *site) take(ctx context.Context, container string, things ...string) error {
	return s.each(ctx, things, container, func(from, o *clusto.Object) error { return from.Remove(ctx, o) })
}

// each does something with a container and each of some things.
func (s *site) each(ctx context.Context, things []string, container string, do func(container, thing *clusto.Object) error) error {
	if len(things) == 0 {
		return nil
	}
	c, err := s.inv.Object(ctx, container)
	if err != nil {
		return err
	}
	objects, err := s.inv.FindObjects(ctx, clusto.Match{Names: things})
	if err != nil {
		return err
	}
	if len(objects) != len(things) {
		return clusto.Errorf(clusto.ErrNotFound, "of %q there are only %v", things, objects)
	}
	for _, o := range objects {
		if err := do(c, o); err != nil {
			return err
		}
	}
	return nil
}

// network makes an IP manager.
func (s *site) network(ctx context.Context, name, base, mask, about string) error {
	gateway := base[:len(base)-1] + "1"
	net, err := s.make(ctx, "IPManager", name, map[string]clusto.Value{
		"baseip": clusto.String(base), "netmask": clusto.String(mask), "gateway": clusto.String(gateway),
	})
	if err != nil {
		return err
	}
	return net.AddAttr(ctx, clusto.Attr{Key: "description", Value: clusto.String(about)})
}

// mask returns a netmask of at least 16 bits.
func mask(bits int) string {
	host := 1<<(32-bits) - 1
	return fmt.Sprintf("255.255.%d.%d", 255-host>>8, 255-host&255)
}

// networks opens the datacenters and their networks.
func (w *writer) networks(ctx context.Context) error {
	_, err := w.change(ctx, mara, "the address plan: 10.0.0.0/8 for everything of ours", func(ctx context.Context, s *site) error {
		return s.network(ctx, "net-ours", "10.0.0.0", "255.0.0.0", "all networks of the company")
	})
	for _, h := range halls {
		if err != nil {
			return err
		}
		_, err = w.change(ctx, mara, fmt.Sprintf("%s: networks for each kind of server", h.name), func(ctx context.Context, s *site) error {
			return s.hall(ctx, h)
		})
	}
	return err
}

// hall makes the networks and rows of a datacenter, and the datacenter itself if
// it is not there.
func (s *site) hall(ctx context.Context, h hall) error {
	if err := s.network(ctx, "net-"+h.prefix, fmt.Sprintf("10.%d.0.0", h.net), "255.255.0.0", "all networks in "+h.name); err != nil {
		return err
	}
	if err := s.network(ctx, "net-"+h.prefix+"-oob", fmt.Sprintf("10.%d.0.0", h.net), mask(25), "switches, power strips and console servers"); err != nil {
		return err
	}
	for _, r := range roles {
		if err := s.network(ctx, "net-"+h.prefix+"-"+r.name, fmt.Sprintf("10.%d.%d.0", h.net, r.block), mask(r.prefix), r.purpose); err != nil {
			return err
		}
	}
	there, err := s.inv.Exists(ctx, h.name)
	if err == nil && !there {
		_, err = s.make(ctx, "BasicDatacenter", h.name, nil)
	}
	if err != nil {
		return err
	}
	oob, err := s.inv.Object(ctx, "net-"+h.prefix+"-oob")
	if err != nil {
		return err
	}
	for i := 1; i < h.first+h.racks; i += h.perRow {
		row, err := s.make(ctx, "BasicZone", h.row(i), nil)
		if err != nil {
			return err
		}
		if err := row.AddAttr(ctx, clusto.Attr{Key: rackfactory.KeyManager, Value: clusto.RelationTo(oob.ID)}); err != nil {
			return err
		}
		if err := s.put(ctx, h.name, row.Name); err != nil {
			return err
		}
	}
	return nil
}

// pools makes the pools and the managers of names.
func (w *writer) pools(ctx context.Context) error {
	_, err := w.change(ctx, yuki, "pools for what servers are for, and names for them", func(ctx context.Context, s *site) error {
		for _, r := range roles {
			pool, err := s.make(ctx, "Pool", r.pool, nil)
			if err != nil {
				return err
			}
			if err := pool.AddAttr(ctx, clusto.Attr{Key: "description", Value: clusto.String(r.purpose)}); err != nil {
				return err
			}
			if _, err := s.make(ctx, "SimpleEntityNameManager", r.name+"names", map[string]clusto.Value{
				"basename": clusto.String(r.name), "digits": clusto.Int(3),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = w.change(ctx, tomas, "pools for production, staging, development, and for what is installed anew", func(ctx context.Context, s *site) error {
		for _, name := range []string{"production", "staging", "development", "pxeboot"} {
			pool, err := s.make(ctx, "Pool", name, nil)
			if err != nil {
				return err
			}
			attrs := []clusto.Attr{{Key: "environment", Value: clusto.String(name)}}
			if name == "pxeboot" {
				attrs = []clusto.Attr{
					{Key: "dhcp", Subkey: clusto.Sub("enabled"), Value: clusto.Int(1)},
					{Key: "dhcp", Subkey: clusto.Sub("filename"), Value: clusto.String("debian-installer/amd64/grubx64.efi")},
				}
			}
			if err := pool.AddAttrs(ctx, attrs...); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// build builds the rows: the racks with their fixed devices and, some hours later,
// their servers.
func (w *writer) build(ctx context.Context) error {
	_, err := w.change(ctx, jonas, "the two racks that were there before stand in row a", func(ctx context.Context, s *site) error {
		if err := s.take(ctx, halls[0].name, "sv3-001", "sv3-002"); err != nil {
			return err
		}
		return s.put(ctx, halls[0].row(1), "sv3-001", "sv3-002")
	})
	if err != nil {
		return err
	}
	for _, h := range halls {
		for i := h.first; i < h.first+h.racks; i++ {
			r := roles[plan[(i-1)%len(plan)]]
			if err := w.buildRack(ctx, h, i, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// layouts are the layouts of racks, by turns.
var layouts = []string{"201001", "201001", "5555", "201001", "53532U"}

// buildRack builds a rack and fills it.
func (w *writer) buildRack(ctx context.Context, h hall, i int, r role) error {
	name, layout := h.rack(i), layouts[i%len(layouts)]
	_, err := w.change(ctx, jonas, fmt.Sprintf("%s: a rack of layout %s in %s", name, layout, h.row(i)), func(ctx context.Context, s *site) error {
		return s.rack(ctx, h, i, layout)
	})
	if err != nil {
		return err
	}
	w.wait(time.Duration(60+w.random.IntN(120)) * time.Minute)
	ports := w.portsOf(layout)
	_, err = w.change(ctx, r.who, fmt.Sprintf("%s: %d servers, %s", name, len(ports), r.purpose), func(ctx context.Context, s *site) error {
		return s.fill(ctx, h, name, ports, r)
	})
	w.wait(time.Duration(20+w.random.IntN(180)) * time.Minute)
	return err
}

// portsOf returns the switch ports of a layout that get a server at once. Racks
// are seldom full.
func (w *writer) portsOf(layout string) []int {
	places := 20
	if layout == "201001" {
		places = 30
	}
	var ports []int
	for p := 1; p <= places-w.random.IntN(4); p++ {
		if w.random.IntN(14) > 0 {
			ports = append(ports, p)
		}
	}
	return ports
}

// rack makes a rack with its fixed devices, and connects its switch to its row's.
func (s *site) rack(ctx context.Context, h hall, i int, layout string) error {
	rack, err := s.make(ctx, "APCRack", h.rack(i), nil)
	if err != nil {
		return err
	}
	if err := rack.AddAttr(ctx, clusto.Attr{Key: rackfactory.KeyLayout, Value: clusto.String(layout)}); err != nil {
		return err
	}
	if err := s.put(ctx, h.row(i), rack.Name); err != nil {
		return err
	}
	factory, err := rackfactory.Of(ctx, s.Factories, rack)
	if err != nil {
		return err
	}
	if err := factory.ConnectPorts(ctx); err != nil {
		return err
	}
	for _, suffix := range []string{"sw1", "pwr1", "ts1"} {
		device, err := s.inv.Object(ctx, rack.Name+"-"+suffix)
		if err != nil {
			return err
		}
		if err := s.identify(ctx, device); err != nil {
			return err
		}
	}
	return s.uplink(ctx, h, i, rack)
}

// The ports of uplinks, and where the switches and firewalls of rows stand.
const (
	uplinkPort   = 48
	coreUnit     = 44
	firewallUnit = 45
)

// uplink connects the switch of a rack to that of its row, which stands in the
// first rack that the row gets, with what is in front of the row.
func (s *site) uplink(ctx context.Context, h hall, i int, rack *clusto.Object) error {
	there, err := s.inv.Exists(ctx, h.core(i))
	if err != nil {
		return err
	}
	if !there {
		if err := s.front(ctx, h, i, rack); err != nil {
			return err
		}
	}
	core, err := s.inv.Object(ctx, h.core(i))
	if err != nil {
		return err
	}
	sw, err := s.inv.Object(ctx, rack.Name+"-sw1")
	if err != nil {
		return err
	}
	return port.Connect(ctx,
		port.End{Device: sw, Type: port.Ethernet, Port: uplinkPort},
		port.End{Device: core, Type: port.Ethernet, Port: (i-1)%h.perRow + 1})
}

// front makes the switch, the firewall and the load balancer of a row.
func (s *site) front(ctx context.Context, h hall, i int, rack *clusto.Object) error {
	n := 1 + (i-1)/h.perRow
	oob, err := s.inv.Object(ctx, "net-"+h.prefix+"-oob")
	if err != nil {
		return err
	}
	manager, err := resource.Of(oob)
	if err != nil {
		return err
	}
	var made []*clusto.Object
	for j, d := range []struct{ class, name string }{
		{"Cisco4948", h.core(i)},
		{"BasicFirewall", fmt.Sprintf("%s-fw%d", h.prefix, n)},
		{"Netscaler10010", fmt.Sprintf("%s-lb%d", h.prefix, n)},
	} {
		o, err := s.make(ctx, d.class, d.name, nil)
		if err != nil {
			return err
		}
		if err := rack.Insert(ctx, o, []int64{coreUnit, firewallUnit, coreUnit - 1}[j]); err != nil {
			return err
		}
		if _, err := manager.Allocate(ctx, o, resource.Request{}); err != nil {
			return err
		}
		if err := s.identify(ctx, o); err != nil {
			return err
		}
		made = append(made, o)
	}
	for j, o := range made[1:] {
		err := port.Connect(ctx, port.End{Device: o, Type: port.Ethernet, Port: 1}, port.End{Device: made[0], Type: port.Ethernet, Port: uplinkPort - j})
		if err != nil {
			return err
		}
	}
	return nil
}
