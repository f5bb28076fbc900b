package dhcp

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// subkeyOffset is of attributes dhcp.* of switches: what the number of the first
// port in a binary circuit ID is more than 1. That of Catalyst 3560 and 3750 is 3.
const subkeyOffset = "circuit_offset"

// enterpriseNumber is how long the number is that comes first in a remote ID of
// DHCPv6 (RFC 4649 section 3).
const enterpriseNumber = 4

// byRelay looks for what is connected to the switch port that the relay names,
// if the relay is one that is to be believed.
func (d *decision) byRelay(ctx context.Context) (known, trusted bool, err error) {
	all, err := d.knownNetworks(ctx)
	if err != nil {
		return false, false, err
	}
	if !d.c.Relay.IsValid() || all.find(d.c.Relay) == nil {
		d.tellUntrusted()
		return false, false, nil
	}
	where := parseCircuit(d.c.CircuitID)
	sw, err := d.findSwitch(ctx, where)
	if err != nil {
		return false, true, err
	}
	if sw == nil {
		d.tellNoSwitch()
		return false, true, nil
	}
	known, err = d.atPort(ctx, *sw, where)
	return known, true, err
}

// findSwitch returns the switch that remote ID or circuit ID name, else that
// which the relay is, or nil.
func (d *decision) findSwitch(ctx context.Context, where circuit) (*clusto.Entity, error) {
	ids := [][]byte{d.c.RemoteID}
	if d.c.Family == V6 && len(d.c.RemoteID) > enterpriseNumber {
		ids = append(ids, d.c.RemoteID[enterpriseNumber:])
	}
	var names []string
	for _, id := range ids {
		said := parseRemote(id)
		if said.mac != (clusto.MAC{}) {
			if sw, err := d.switchBy(ctx, clusto.AttrMatch{Subkey: clusto.Is(subkeyMAC), MAC: &said.mac}); sw != nil || err != nil {
				return sw, err
			}
		}
		if said.addr.IsValid() {
			if sw, err := d.switchAt(ctx, said.addr); sw != nil || err != nil {
				return sw, err
			}
		}
		names = append(names, said.names...)
	}
	for _, name := range append(names, where.names...) {
		e, err := d.r.Entity(ctx, name)
		if err == nil && e.Type == typeSwitch {
			return &e, nil
		}
		if err != nil && !errors.Is(err, clusto.ErrNotFound) {
			return nil, err
		}
	}
	return d.switchAt(ctx, d.c.Relay)
}

func (d *decision) switchAt(ctx context.Context, addr netip.Addr) (*clusto.Entity, error) {
	return d.switchBy(ctx, clusto.AttrMatch{
		Key: clusto.Is(resource.KeyIP), Subkey: clusto.IsAbsent[string](), Value: clusto.Is(resource.IPValue(addr)),
	})
}

// switchBy returns the switch with an attribute that m selects, if there is one
// and no other. Addresses that its ports have learnt are no attributes of it: what
// is connected there is.
func (d *decision) switchBy(ctx context.Context, m clusto.AttrMatch) (*clusto.Entity, error) {
	attrs, err := clusto.Collect(d.r.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	var ids []clusto.EntityID
	for _, a := range attrs {
		if !slices.Contains(ids, a.Entity) {
			ids = append(ids, a.Entity)
		}
	}
	entities, err := d.r.Entities(ctx, ids...)
	if err != nil {
		return nil, err
	}
	entities = slices.DeleteFunc(entities, func(e clusto.Entity) bool { return e.Type != typeSwitch })
	if len(entities) != 1 {
		return nil, nil
	}
	return &entities[0], nil
}

// atPort looks for what is connected to the port of a switch.
func (d *decision) atPort(ctx context.Context, sw clusto.Entity, where circuit) (bool, error) {
	attrs, err := clusto.Collect(d.r.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{sw.ID}}))
	if err != nil {
		return false, err
	}
	number := portNumber(attrs, where, sw.Name)
	if number == 0 {
		d.tellNoPort(sw, where)
		return false, nil
	}
	d.claims = d.claims[:0]
	var other claim
	for _, a := range attrs {
		if a.Key != port.KeyPrefix+port.Ethernet || a.Number != clusto.Num(number) {
			continue
		}
		switch a.Subkey.Or("") {
		case port.SubkeyConnection:
			other.entity = a.Value.Relation()
		case clusto.SubkeyOtherPort:
			other.port = int(a.Value.Int64())
		}
	}
	if other.entity == 0 {
		d.tellFreePort(sw, number)
		return false, nil
	}
	other.portType = port.Ethernet
	peers, err := d.r.Entities(ctx, other.entity)
	if err != nil {
		return false, err
	}
	if peers[0].Type == typeSwitch {
		d.tellFreePort(sw, number)
		return false, nil
	}
	d.a.Host, d.a.MAC, d.a.PortType, d.a.Port = peers[0], d.c.MAC, other.portType, other.port
	d.tellHost("its place: " + sw.Name + " " + port.Ethernet + "/" + strconv.Itoa(number))
	return true, nil
}

// portNumber returns the number of the switch port that a circuit ID means, 0
// if that is not sure. A port counts that the switch's attributes osname or
// osportname call so. Else it is the number in the name; but of a slot or a member
// after the first that says nothing.
func portNumber(attrs []clusto.Attr, where circuit, name string) int {
	offset := 0
	for _, a := range attrs {
		if a.Key == keyDHCP && plain(a.Subkey.Or("")) == subkeyOffset {
			offset, _ = strconv.Atoi(a.Value.Text())
		}
		subkey := a.Subkey.Or("")
		if a.Key != port.KeyPrefix+port.Ethernet || subkey != subkeyOSName && subkey != resource.SubkeyOSPort {
			continue
		}
		for _, p := range where.ports {
			unit, _, _ := strings.Cut(p.text, ".")
			if p.text != "" && (strings.EqualFold(p.text, a.Value.Text()) || strings.EqualFold(unit, a.Value.Text())) {
				return int(a.Number.Or(0))
			}
		}
	}
	for _, p := range where.ports {
		switch {
		case p.text == name, p.module > 1:
			continue
		case p.raw >= 0:
			return max(p.raw-offset, 0)
		}
		return p.number
	}
	return 0
}
