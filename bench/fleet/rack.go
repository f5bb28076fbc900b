package fleet

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/apc"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/driver/cisco"
	"github.com/clusto/clusto/driver/opengear"
	"github.com/clusto/clusto/driver/penguin"
	"github.com/clusto/clusto/driver/servertech"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// slot is a device that every rack has, above its servers.
type slot struct {
	suffix string // of its name
	driver *clusto.Driver
}

// The devices of a rack by their place in slots.
const (
	stripA = iota
	stripB
	consoles
	network
)

var slots = [...]slot{
	stripA:   {"pwr1", servertech.PowerTowerXM},
	stripB:   {"pwr2", servertech.PowerTowerXM},
	consoles: {"ts1", opengear.CM4148},
	network:  {"sw1", cisco.Catalyst4948},
}

func rackName(rack int) string { return fmt.Sprintf("rack-%05d", rack+1) }

func deviceName(rack int, s slot) string { return rackName(rack) + "-" + s.suffix }

// rack makes the next rack with all that is in it.
func (l *loader) rack(ctx context.Context) error {
	if l.racks*PerRack%PerDatacenter == 0 {
		if err := l.openDatacenter(ctx); err != nil {
			return err
		}
	}
	if l.racks%racksPerNetwork == 0 {
		if err := l.openNetwork(ctx); err != nil {
			return err
		}
	}
	name := rackName(l.racks)
	rack, err := l.create(ctx, apc.Rack, name)
	if err != nil {
		return err
	}
	l.addAt(l.datacenter, clusto.KeyContains, l.stands, "", clusto.RelationTo(rack))
	l.stands++
	var devices [len(slots)]clusto.EntityID
	for i, s := range slots {
		if devices[i], err = l.create(ctx, s.driver, deviceName(l.racks, s)); err != nil {
			return err
		}
		l.addAt(rack, clusto.KeyContains, int64(PerRack+1+i), clusto.SubkeyUnit, clusto.RelationTo(devices[i]))
		l.addSub(devices[i], "system", "serial", clusto.String(fmt.Sprintf("D%d-%06d", i, l.racks)))
		l.address(devices[i], l.racks, PerRack+i)
	}
	l.cableDevices(devices)
	for i := l.racks * PerRack; i < min((l.racks+1)*PerRack, l.Servers); i++ {
		if err := l.server(ctx, i, rack, devices); err != nil {
			return err
		}
	}
	l.racks++
	return l.flush(ctx)
}

// create makes an entity with its driver's default properties.
func (l *loader) create(ctx context.Context, d *clusto.Driver, name string) (clusto.EntityID, error) {
	e, err := l.tx.Create(ctx, name, d.EntityType(), d.Name)
	if err != nil {
		return 0, err
	}
	for _, p := range d.AllProperties() {
		if !p.Default.IsNone() {
			l.addSub(e.ID, p.Name, clusto.SubkeyProperty, p.Default)
		}
	}
	return e.ID, nil
}

func (l *loader) openDatacenter(ctx context.Context) error {
	if l.datacenter != 0 {
		if err := l.tx.SetCounter(ctx, l.datacenter, clusto.KeyContains, l.stands-1); err != nil {
			return err
		}
	}
	var err error
	l.stands = 0
	if l.datacenter, err = l.make(ctx, basic.Datacenter, DatacenterOf(l.racks*PerRack), nil); err != nil {
		return err
	}
	l.addSub(l.datacenter, "dhcp", "enabled", clusto.Int(1))
	l.add(l.datacenter, "owner", clusto.String("ops"))
	return nil
}

func (l *loader) openNetwork(ctx context.Context) error {
	base := networkBase(l.racks)
	var err error
	l.network, err = l.make(ctx, basic.IPManager, fmt.Sprintf("net-%03d", l.racks/racksPerNetwork+1), map[string]clusto.Value{
		"baseip": clusto.String(base.String()), "netmask": clusto.String("255.255.192.0"), "gateway": clusto.String(base.Next().String()),
	})
	if err != nil {
		return err
	}
	last := hostAddr(base, 1<<hostBits-2)
	return l.tx.AddFreeRanges(ctx, clusto.FreeRange{
		Manager: l.network, First: hostAddr(base, firstHost+racksPerNetwork*addressesPerRack), Last: last,
	})
}

// networkBase returns the first address of the network that a rack is in.
func networkBase(rack int) netip.Addr {
	return hostAddr(netip.AddrFrom4([4]byte{10}), rack/racksPerNetwork<<hostBits)
}

func hostAddr(base netip.Addr, n int) netip.Addr {
	b := base.As4()
	n += int(b[1])<<16 + int(b[2])<<8 + int(b[3])
	return netip.AddrFrom4([4]byte{b[0], byte(n >> 16), byte(n >> 8), byte(n)})
}

// addrAt returns the address of what has a place in a rack: servers first, then
// the devices.
func addrAt(rack, place int) netip.Addr {
	return hostAddr(networkBase(rack), firstHost+rack%racksPerNetwork*addressesPerRack+place)
}

// address gives the address of a place in a rack to an entity, and returns the
// number of the attributes that hold it.
func (l *loader) address(to clusto.EntityID, rack, place int) int64 {
	addr := addrAt(rack, place)
	n := l.addresses
	l.addresses++
	l.addAt(to, resource.KeyIP, n, "", resource.IPValue(addr))
	l.addAt(to, resource.KeyIP, n, resource.SubkeyManager, clusto.RelationTo(l.network))
	l.addAt(to, resource.KeyIP, n, resource.SubkeyIPString, clusto.String(addr.String()))
	l.addAt(to, resource.KeyIP, n, resource.SubkeyCIDR, clusto.String(netip.PrefixFrom(addr, networkPrefixBits).String()))
	return n
}

// cable joins two ports of a type.
func (l *loader) cable(portType string, a clusto.EntityID, portA int, b clusto.EntityID, portB int) {
	key := port.KeyPrefix + portType
	l.addAt(a, key, int64(portA), port.SubkeyConnection, clusto.RelationTo(b))
	l.addAt(a, key, int64(portA), clusto.SubkeyOtherPort, clusto.Int(int64(portB)))
	l.addAt(b, key, int64(portB), port.SubkeyConnection, clusto.RelationTo(a))
	l.addAt(b, key, int64(portB), clusto.SubkeyOtherPort, clusto.Int(int64(portA)))
}

// cableDevices cables what is in a rack beside its servers, behind the ports
// that the servers use.
func (l *loader) cableDevices(d [len(slots)]clusto.EntityID) {
	const behind = PerRack + 1
	l.cable(port.Power, d[network], 1, d[stripA], PerRack/2+1)
	l.cable(port.Power, d[consoles], 1, d[stripB], PerRack/2+1)
	l.cable(port.Console, d[network], 1, d[consoles], behind)
	l.cable(port.Console, d[stripA], 1, d[consoles], behind+1)
	l.cable(port.Console, d[stripB], 1, d[consoles], behind+2)
	l.cable(port.Ethernet, d[consoles], 1, d[network], behind)
	l.cable(port.Ethernet, d[stripA], 1, d[network], behind+1)
	l.cable(port.Ethernet, d[stripB], 1, d[network], behind+2)
}

// cableServer cables the server with a place in a rack.
func (l *loader) cableServer(server clusto.EntityID, place int, d [len(slots)]clusto.EntityID) {
	strip := d[stripA]
	if place >= PerRack/2 {
		strip = d[stripB]
	}
	l.cable(port.Power, server, 1, strip, place%(PerRack/2)+1)
	l.cable(port.Console, server, 1, d[consoles], place+1)
	l.cable(port.Ethernet, server, 1, d[network], place+1)
}

// server makes server number i.
func (l *loader) server(ctx context.Context, i int, rack clusto.EntityID, devices [len(slots)]clusto.EntityID) error {
	server, err := l.create(ctx, penguin.Server, Name(i))
	if err != nil {
		return err
	}
	place := i % PerRack
	l.addAt(rack, clusto.KeyContains, int64(place+1), clusto.SubkeyUnit, clusto.RelationTo(server))
	l.cableServer(server, place, devices)
	n := l.address(server, l.racks, place)
	l.addAt(server, resource.KeyIP, n, resource.SubkeyOSPort, clusto.String("eth0"))
	for g, p := range poolsOf(i) {
		l.addAt(l.pools[g][p], clusto.KeyContains, l.members[g][p], "", clusto.RelationTo(server))
		l.members[g][p]++
	}
	l.describe(server, i)
	return nil
}
