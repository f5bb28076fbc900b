package dhcp

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
)

// place finds the network that the client is in and the host's addresses there.
func (d *decision) place(ctx context.Context) error {
	all, err := d.knownNetworks(ctx)
	if err != nil {
		return err
	}
	link := d.c.Link
	if !link.IsValid() {
		link = d.c.Relay
	}
	here := all.find(link)
	if here == nil {
		d.a.Reason = NoNetwork
		d.tellNoNetwork(link)
		return nil
	}
	d.takeNetwork(here)
	slices.SortFunc(d.host.addrs, func(a, b address) int { return cmp.Compare(a.number, b.number) })
	if d.takeAddrs(here) {
		d.tellPlace(link, here)
		return nil
	}
	for _, n := range here.shared {
		if n != here && n.family() == here.family() && d.takeAddrs(n) {
			d.takeNetwork(n)
			d.tellPlace(link, here)
			return nil
		}
	}
	d.a.Reason = NoAddress
	d.tellNoAddress(link)
	return nil
}

func (d *decision) takeNetwork(n *network) {
	d.net = n
	d.a.Network = n.Network
}

// takeAddrs sets the host's addresses in n, those bound to the port that asks
// first, and reports whether there are any. An address bound to another port is
// taken only if there is no other, and then alone. Those of the management
// controller are its own: others do not get them, and it gets no others.
func (d *decision) takeAddrs(n *network) bool {
	for rank := boundHere; rank <= boundElsewhere; rank++ {
		for i := range d.host.addrs {
			a := &d.host.addrs[i]
			if d.isIn(a, n) && isManagement(a.osPort) == d.a.BMC && d.bound(a.osPort) == rank {
				d.a.Addrs = append(d.a.Addrs, a.addr)
			}
			if rank == boundElsewhere && len(d.a.Addrs) > 0 {
				return true
			}
		}
	}
	return len(d.a.Addrs) > 0
}

// isIn reports whether an address belongs to n, and not to a network inside it.
func (d *decision) isIn(a *address, n *network) bool {
	return n.Prefix.Contains(a.addr) &&
		(!n.hasInside || a.manager == n.Manager.ID || d.networks.find(a.addr) == n)
}

// boundTo returns what an address of the host is bound to.
func (d *decision) boundTo(addr netip.Addr) string {
	for _, a := range d.host.addrs {
		if a.addr == addr {
			return a.osPort
		}
	}
	return ""
}
