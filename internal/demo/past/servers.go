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

// fill puts new servers into a rack, one at each of the ports of its switch.
func (s *site) fill(ctx context.Context, h hall, rackName string, ports []int, r role) error {
	rack, err := s.inv.Object(ctx, rackName)
	if err != nil {
		return err
	}
	factory, err := rackfactory.Of(ctx, s.Factories, rack)
	if err != nil {
		return err
	}
	byPool := map[string][]string{}
	for _, p := range ports {
		d, err := factory.Driver(ctx, p)
		if err != nil {
			return err
		}
		server, err := s.named(ctx, r.name+"names", d)
		if err != nil {
			return err
		}
		if err := factory.AddServer(ctx, server, p); err != nil {
			return err
		}
		if err := s.equip(ctx, h, server, r); err != nil {
			return err
		}
		environment := environments[s.random.IntN(len(environments))]
		byPool[environment] = append(byPool[environment], server.Name)
		byPool[r.pool] = append(byPool[r.pool], server.Name)
		s.servers[r.name] = append(s.servers[r.name], server.Name)
		s.byRack[rackName] = append(s.byRack[rackName], server.Name)
	}
	for _, pool := range []string{"production", "staging", "development", r.pool} {
		if err := s.put(ctx, pool, byPool[pool]...); err != nil {
			return err
		}
	}
	return nil
}

// named makes an entity that a manager names.
func (s *site) named(ctx context.Context, manager string, d *clusto.Driver) (*clusto.Object, error) {
	o, err := s.inv.Object(ctx, manager)
	if err != nil {
		return nil, err
	}
	names, err := resource.Of(o)
	if err != nil {
		return nil, err
	}
	return names.NewEntity(ctx, d, "")
}

// equip gives a server what it is and an address.
func (s *site) equip(ctx context.Context, h hall, server *clusto.Object, r role) error {
	if err := s.identify(ctx, server); err != nil {
		return err
	}
	system := func(subkey string, v clusto.Value) clusto.Attr {
		return clusto.Attr{Key: "system", Subkey: clusto.Sub(subkey), Value: v}
	}
	attrs := []clusto.Attr{
		system("memory", clusto.Int(r.memory)),
		system("cpucount", clusto.Int(r.cpus)),
		system("disk", clusto.Int(r.disk)),
		{Key: "os", Value: clusto.String(r.os)},
		{Key: "owner", Value: clusto.String(r.owner)},
		{Key: "purpose", Value: clusto.String(r.purpose)},
	}
	for p := 1; p <= 2; p++ {
		attrs = append(attrs, clusto.Attr{
			Key: port.KeyPrefix + port.Ethernet, Number: clusto.Num(p), Subkey: clusto.Sub("mac"), Value: clusto.String(s.mac(p)),
		})
	}
	if err := server.AddAttrs(ctx, attrs...); err != nil {
		return err
	}
	net, err := s.inv.Object(ctx, "net-"+h.prefix+"-"+r.name)
	if err != nil {
		return err
	}
	manager, err := resource.Of(net)
	if err != nil {
		return err
	}
	_, err = manager.Allocate(ctx, server, resource.Request{})
	return err
}

// mac returns the hardware address of a port, 1 or 2, of the machine that was
// identified last.
func (c *company) mac(p int) string {
	n := 2*c.machines + p - 1
	return clusto.MAC{0x02, 0x16, 0x3e, byte(n >> 16), byte(n >> 8), byte(n)}.String()
}

// identify gives a new machine a serial number, and the order it came with.
func (s *site) identify(ctx context.Context, device *clusto.Object) error {
	s.machines++
	return device.AddAttrs(ctx,
		clusto.Attr{Key: "system", Subkey: clusto.Sub("serial"), Value: clusto.String(fmt.Sprintf("%c%07X", device.Name[0]-'a'+'A', uint32(s.machines)*2654435761>>4))},
		clusto.Attr{Key: "purchase", Subkey: clusto.Sub("order"), Value: clusto.String(fmt.Sprintf("PO-%d", 4100+s.machines/60))},
		clusto.Attr{Key: "purchase", Subkey: clusto.Sub("date"), Value: clusto.Time(s.at.Truncate(24*time.Hour).AddDate(0, 0, -30))},
	)
}
