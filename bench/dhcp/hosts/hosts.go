// Package hosts fills a database with many hosts in one network, for what answers
// DHCP: each has the eighteen attributes that a server usually has, is in a rack and
// in one pool, which says how all of them boot. The rows are written as drivers would
// have written them.
package hosts

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// Network is the network of all hosts, Gateway its gateway.
var (
	Network = netip.MustParsePrefix("10.0.0.0/8")
	Gateway = netip.MustParseAddr("10.0.0.1")
)

// Limit is how many hosts there can be.
const Limit = 1_000_000

const (
	bootFile = "pxelinux.0"
	perRack  = 40
	atOnce   = 4000 // in a transaction; a multiple of perRack
)

// Name returns the name of host number i, counting from 0.
func Name(i int) string { return fmt.Sprintf("h%07d", i) }

// Addr returns the address of host number i.
func Addr(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(1 + i>>16), byte(i >> 8), byte(i)})
}

// MAC returns the hardware address of host number i.
func MAC(i int) clusto.MAC { return clusto.MAC{0x02, 0x10, 0, byte(i >> 16), byte(i >> 8), byte(i)} }

// Load makes hosts in a database that has none.
func Load(ctx context.Context, store clusto.Store, hosts int) error {
	if hosts < 1 || hosts > Limit {
		return clusto.Errorf(clusto.ErrInvalid, "%d hosts: want 1 to %d", hosts, Limit)
	}
	l := &loader{drivers: all.Drivers()}
	if err := l.update(ctx, store, l.places); err != nil {
		return err
	}
	for first := 0; first < hosts; first += atOnce {
		last := min(first+atOnce, hosts)
		if err := l.update(ctx, store, func(ctx context.Context) error { return l.hosts(ctx, first, last) }); err != nil {
			return err
		}
	}
	return nil
}

// loader makes hosts in one transaction after the other.
type loader struct {
	drivers       *clusto.Registry
	tx            clusto.Tx
	network, pool clusto.EntityID
	rows          []clusto.Attr // to be added
}

// update runs fn in a transaction and adds the rows that it notes.
func (l *loader) update(ctx context.Context, store clusto.Store, fn func(context.Context) error) error {
	_, err := store.Update(ctx, clusto.Change{User: "bench"}, func(tx clusto.Tx) error {
		l.tx, l.rows = tx, l.rows[:0]
		if err := fn(ctx); err != nil {
			return err
		}
		return tx.AddAttrs(ctx, l.rows...)
	})
	return err
}

// places makes what there is one of.
func (l *loader) places(ctx context.Context) error {
	inv := clusto.NewInventory(l.tx, l.drivers)
	network, err := inv.Create(ctx, basic.IPManager, "net", map[string]clusto.Value{
		"baseip": clusto.String(Network.Addr().String()), "netmask": clusto.String("255.0.0.0"), "gateway": clusto.String(Gateway.String()),
	})
	if err != nil {
		return err
	}
	pool, err := inv.Create(ctx, basic.Pool, "pxeboot-servers", nil)
	if err != nil {
		return err
	}
	l.network, l.pool = network.ID, pool.ID
	for key, value := range map[string]clusto.Value{
		"enabled": clusto.Int(1), "tftp_server": clusto.String(Gateway.String()), "tftp_filename": clusto.String(bootFile),
		"domain_name_servers": clusto.String(Gateway.String()),
	} {
		l.sub(pool.ID, "dhcp", key, value)
	}
	return nil
}

// hosts makes the hosts from first up to last, which are whole racks.
func (l *loader) hosts(ctx context.Context, first, last int) error {
	if err := l.lookAhead(ctx, first, last); err != nil {
		return err
	}
	var rack clusto.Entity
	for i := first; i < last; i++ {
		if i%perRack == 0 {
			var err error
			if rack, err = l.tx.Create(ctx, rackName(i), basic.Rack.EntityType(), basic.Rack.Name); err != nil {
				return err
			}
		}
		host, err := l.tx.Create(ctx, Name(i), basic.Server.EntityType(), basic.Server.Name)
		if err != nil {
			return err
		}
		l.at(rack.ID, clusto.KeyContains, i%perRack+1, clusto.SubkeyUnit, clusto.RelationTo(host.ID))
		l.at(l.pool, clusto.KeyContains, i, "", clusto.RelationTo(host.ID))
		l.describe(host.ID, i)
	}
	meta, err := l.tx.Entity(ctx, clusto.MetaEntity)
	if err != nil {
		return err
	}
	if err := l.tx.SetCounter(ctx, meta.ID, resource.KeyIP, int64(last)); err != nil {
		return err
	}
	return l.tx.SetCounter(ctx, l.pool, clusto.KeyContains, int64(last-1))
}

func rackName(i int) string { return fmt.Sprintf("rack-%05d", i/perRack) }

// lookAhead asks at once whether all names are free: the transaction remembers it.
func (l *loader) lookAhead(ctx context.Context, first, last int) error {
	var names []string
	for i := first; i < last; i++ {
		if i%perRack == 0 {
			names = append(names, rackName(i))
		}
		names = append(names, Name(i))
	}
	e, taken, err := clusto.First(l.tx.Find(ctx, clusto.Match{Names: names}))
	if err == nil && taken {
		err = clusto.Errorf(clusto.ErrExists, "there are hosts already, such as %s", e.Name)
	}
	return err
}

// describe notes the eighteen attributes of a host.
func (l *loader) describe(host clusto.EntityID, i int) {
	text := clusto.String
	addr := Addr(i)
	l.at(host, resource.KeyIP, i, "", resource.IPValue(addr))
	l.at(host, resource.KeyIP, i, resource.SubkeyManager, clusto.RelationTo(l.network))
	l.at(host, resource.KeyIP, i, resource.SubkeyIPString, text(addr.String()))
	l.at(host, resource.KeyIP, i, resource.SubkeyCIDR, text(netip.PrefixFrom(addr, Network.Bits()).String()))
	l.at(host, resource.KeyIP, i, resource.SubkeyOSPort, text("eth0"))
	ethernet := port.KeyPrefix + port.Ethernet
	l.at(host, ethernet, 1, "mac", text(MAC(i).String()))
	l.at(host, ethernet, 1, "osportname", text("eth0"))
	l.sub(host, "system", "serial", text(fmt.Sprintf("P%08X", uint32(i)*2654435761)))
	l.sub(host, "system", "memory", clusto.Int(16384<<(i%5)))
	l.sub(host, "system", "cpucount", clusto.Int(int64(8<<(i%4))))
	l.sub(host, "system", "disk", clusto.Int(int64(1000*(1+i%8))))
	l.at(host, "disk", 0, "size", text("4T"))
	l.at(host, "disk", 0, "serial", text(fmt.Sprintf("W%08X", uint32(i)*2246822519)))
	l.sub(host, "purchase", "order", text(fmt.Sprintf("PO-%d", i/perRack)))
	l.plain(host, "owner", text("web"))
	l.plain(host, "kernel", text("6.12.48"))
	l.plain(host, "os", text("debian-13"))
	l.plain(host, "description", text("one of many servers"))
}

// plain notes an attribute with a key only.
func (l *loader) plain(of clusto.EntityID, key string, v clusto.Value) {
	l.rows = append(l.rows, clusto.Attr{Entity: of, Key: key, Value: v})
}

// sub notes an attribute with a subkey.
func (l *loader) sub(of clusto.EntityID, key, subkey string, v clusto.Value) {
	l.rows = append(l.rows, clusto.Attr{Entity: of, Key: key, Subkey: clusto.Sub(subkey), Value: v})
}

// at notes an attribute with a number and, unless it is "", a subkey.
func (l *loader) at(of clusto.EntityID, key string, number int, subkey string, v clusto.Value) {
	a := clusto.Attr{Entity: of, Key: key, Number: clusto.Num(int64(number)), Value: v}
	if subkey != "" {
		a.Subkey = clusto.Sub(subkey)
	}
	l.rows = append(l.rows, a)
}
