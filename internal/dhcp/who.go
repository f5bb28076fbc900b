package dhcp

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

const (
	keyBootstrap = "bootstrap" // with the subkey mac: what was learnt of a host at its switch port
	// typeSwitch is the type of what learns hardware addresses of others on its ports.
	typeSwitch = "networkswitch"
)

// claim is an attribute by which an entity may be who asks.
type claim struct {
	entity   clusto.EntityID
	portType string // "" if it is not of a port
	port     int
}

// who finds out which entity the client is. It returns false if that cannot be
// told, and sets the reason.
func (d *decision) who(ctx context.Context) (bool, error) {
	if d.c.MAC != (clusto.MAC{}) {
		if known, err := d.byMAC(ctx, subkeyMAC); known || err != nil || d.a.Reason != Answered {
			return known, err
		}
		known, err := d.byMAC(ctx, subkeyIPMIMAC)
		if d.byIPMI = known; known || err != nil || d.a.Reason != Answered {
			return known, err
		}
		d.tellUnknownMAC()
	}
	untrusted := false
	if len(d.c.CircuitID) > 0 || len(d.c.RemoteID) > 0 {
		known, trusted, err := d.byRelay(ctx)
		if known || err != nil || d.a.Reason != Answered {
			return known, err
		}
		untrusted = !trusted
	}
	if known, err := d.byID(ctx); known || err != nil || d.a.Reason != Answered {
		return known, err
	}
	d.a.Reason = UnknownClient
	if untrusted {
		d.a.Reason = UntrustedRelay
	}
	d.tellUnknown()
	return false, nil
}

// byMAC looks for the client's hardware address: on any port, or as
// bootstrap.mac. What switches have learnt on their ports does not count.
func (d *decision) byMAC(ctx context.Context, subkey string) (bool, error) {
	attrs, err := d.macAttrs(ctx, subkey)
	if err != nil {
		return false, err
	}
	d.claims = d.claims[:0]
	for i := range attrs {
		a := &attrs[i]
		if a.Key == keyBootstrap {
			d.claims = append(d.claims, claim{entity: a.Entity})
		} else if portType, ok := strings.CutPrefix(a.Key, port.KeyPrefix); ok {
			d.claims = append(d.claims, claim{a.Entity, portType, int(a.Number.Or(0))})
		}
	}
	if len(d.claims) == 0 {
		return false, nil
	}
	return d.settle(ctx, "its hardware address")
}

// settle chooses among claims. The host is who has them alone.
func (d *decision) settle(ctx context.Context, how string) (bool, error) {
	slices.SortFunc(d.claims, compareClaims)
	entities, err := d.claimants(ctx)
	if err != nil {
		return false, err
	}
	var host *clusto.Entity
	for i := range entities {
		if e := &entities[i]; e.Type == typeSwitch && !d.claimedOtherwise(e.ID) {
			continue
		} else if host == nil {
			host = e
		} else {
			d.a.Reason = SeveralHosts
			d.tellSeveral(how, entities)
			return false, nil
		}
	}
	if host == nil {
		d.tellLearnt(entities)
		return false, nil
	}
	d.a.Host, d.a.MAC = *host, d.c.MAC
	for _, c := range d.claims {
		if c.entity == host.ID {
			d.a.PortType, d.a.Port = c.portType, c.port
			break
		}
	}
	d.tellHost(how)
	return true, nil
}

// claimedOtherwise reports whether a switch has a claim that is not of a port.
func (d *decision) claimedOtherwise(id clusto.EntityID) bool {
	return slices.ContainsFunc(d.claims, func(c claim) bool { return c.entity == id && c.portType == "" })
}

// compareClaims puts ports before everything else, network ports before others,
// and lower numbers before higher ones.
func compareClaims(a, b claim) int {
	rank := func(c claim) int {
		switch c.portType {
		case port.Ethernet:
			return 0
		case "":
			return 2
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.portType, b.portType), cmp.Compare(a.port, b.port), cmp.Compare(a.entity, b.entity))
}
