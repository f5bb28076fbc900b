package dhcp

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// Subkeys of attributes of ports.
const (
	subkeyMAC     = "mac"
	subkeyIPMIMAC = "ipmi-mac"
	subkeyOSName  = "osname"
)

// host is what is read of the attributes of the entity that a client is.
type host struct {
	addrs    []address
	named    string        // its attribute hostname
	fqdn     string        // its first attribute fqdn
	osNames  []string      // what its operating system calls the port that asks
	ipmiMAC  clusto.Value  // that its port nic-eth 1 has
	writes   []clusto.Attr // dhcp.*
	writes6  []clusto.Attr // dhcp6.*
	settings [2]settings   // what they say
}

// address is one that a host has.
type address struct {
	addr    netip.Addr
	number  int64 // of its attributes
	osPort  string
	manager clusto.EntityID
}

// reset empties h and keeps its memory.
func (h *host) reset() {
	*h = host{addrs: h.addrs[:0], osNames: h.osNames[:0], writes: h.writes[:0], writes6: h.writes6[:0]}
}

// readHost reads the attributes of the host, all with one question.
func (d *decision) readHost(ctx context.Context) error {
	attrs, err := d.hostAttrs(ctx)
	if err != nil {
		return err
	}
	h := &d.host
	for i := range attrs {
		a := &attrs[i]
		switch a.Key {
		case resource.KeyIP:
			h.readAddress(a)
		case keyDHCP:
			h.writes = append(h.writes, *a)
		case keyDHCP6:
			if d.c.Family == V6 {
				h.writes6 = append(h.writes6, *a)
			}
		case "hostname":
			if h.named == "" && a.Subkey == (clusto.Subkey{}) {
				h.named = a.Value.Text()
			}
		case "fqdn":
			if h.fqdn == "" && a.Subkey == (clusto.Subkey{}) {
				h.fqdn = a.Value.Text()
			}
		default:
			if strings.HasPrefix(a.Key, port.KeyPrefix) {
				d.readPort(a)
			}
		}
	}
	h.addrs = slices.DeleteFunc(h.addrs, func(a address) bool { return !a.addr.IsValid() })
	if len(h.writes) > 0 {
		h.settings[0] = d.e.dictionaries[0].read(written{d.a.Host, h.writes})
	}
	if len(h.writes6) > 0 {
		h.settings[1] = d.e.dictionaries[1].read(written{d.a.Host, h.writes6})
	}
	return nil
}

// readAddress reads a row of the attribute ip.
func (h *host) readAddress(a *clusto.Attr) {
	number, numbered := a.Number.Get()
	if !numbered {
		return
	}
	subkey, beside := a.Subkey.Get()
	if beside && subkey != resource.SubkeyOSPort && subkey != resource.SubkeyManager {
		return
	}
	i := slices.IndexFunc(h.addrs, func(known address) bool { return known.number == number })
	if i < 0 {
		i = len(h.addrs)
		h.addrs = append(h.addrs, address{number: number})
	}
	switch {
	case !beside:
		if addr, err := resource.ValueAddr(a.Value); err == nil {
			h.addrs[i].addr = addr
		}
	case subkey == resource.SubkeyOSPort:
		h.addrs[i].osPort = a.Value.Text()
	default:
		h.addrs[i].manager = a.Value.Relation()
	}
}

// readPort reads an attribute of a port.
func (d *decision) readPort(a *clusto.Attr) {
	subkey := a.Subkey.Or("")
	number := a.Number.Or(0)
	if subkey == subkeyIPMIMAC && number == 1 && a.Key == port.KeyPrefix+port.Ethernet {
		d.host.ipmiMAC = a.Value
	}
	if (subkey == subkeyOSName || subkey == resource.SubkeyOSPort) && number == int64(d.a.Port) && a.Key[len(port.KeyPrefix):] == d.a.PortType {
		d.host.osNames = append(d.host.osNames, a.Value.Text())
	}
}

// How well an address fits the port that asks, the best first.
const (
	boundHere      = iota
	boundPart      // to an alias of the interface, such as eth0:1
	unbound        // to no port
	boundElsewhere // to another port
)

// bound says how well an address fits the port that asks by what it is bound to.
func (d *decision) bound(osPort string) int {
	if osPort == "" {
		return unbound
	}
	for _, name := range d.host.osNames {
		if osPort == name {
			return boundHere
		}
		if base, _, _ := strings.Cut(osPort, ":"); base == name {
			return boundPart
		}
	}
	if len(d.host.osNames) == 0 && d.a.PortType == port.Ethernet && d.a.Port > 0 {
		// Nothing says what the operating system calls the port. Linux counts from
		// 0, clusto from 1.
		if number, ok := strings.CutPrefix(osPort, "eth"); ok && number == strconv.Itoa(d.a.Port-1) {
			return boundHere
		}
	}
	return boundElsewhere
}

// managementPorts are what addresses of management controllers are bound to.
var managementPorts = []string{"ipmi", "bmc", "ilo", "idrac", "drac", "imm", "xcc"}

// isManagement reports whether a name is that of a management controller's port.
func isManagement(osPort string) bool {
	return slices.ContainsFunc(managementPorts, func(name string) bool { return strings.EqualFold(name, osPort) })
}

// hostname returns what the host is called: its attribute hostname, else its name.
func (d *decision) hostname() string {
	if d.host.named != "" {
		return d.host.named
	}
	return d.a.Host.Name
}
