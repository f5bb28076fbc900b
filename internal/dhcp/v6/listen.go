package v6

import (
	"cmp"
	"net"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/listen"
)

// Bind opens the socket of a Server that listens on these addresses, HOST:PORT.
// With an interface, which may also be the zone of an address, the socket receives
// nothing from others.
func Bind(addrs []string, iface string) (*net.UDPConn, error) {
	at, err := listen.Parse(dhcp.V6, addrs, iface)
	if err != nil {
		return nil, err
	}
	return at.Bind()
}

// faces returns the interfaces on which l listens, in the order of their indexes:
// the one that is named, else those that have one of the addresses, else all but
// the loopback interface.
func faces(l *listen.At) ([]net.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b net.Interface) int { return cmp.Compare(a.Index, b.Index) })
	chosen := slices.DeleteFunc(all, func(face net.Interface) bool {
		switch {
		case l.Interface != "":
			return face.Name != l.Interface
		case len(l.Hosts) > 0:
			return !slices.ContainsFunc(addrsOf(&face), func(a netip.Addr) bool { return slices.Contains(l.Hosts, a) })
		}
		return face.Flags&net.FlagUp == 0 || face.Flags&net.FlagLoopback != 0
	})
	switch {
	case len(chosen) > 0:
		return chosen, nil
	case l.Interface != "":
		return nil, clusto.Errorf(clusto.ErrNotFound, "there is no interface %s", l.Interface)
	case len(l.Hosts) > 0:
		return nil, clusto.Errorf(clusto.ErrNotFound, "no interface has the address %s", l.Hosts[0])
	}
	return nil, nil // there may be some later
}

// addrsOf returns the IPv6 addresses of an interface, none if it has just gone.
func addrsOf(face *net.Interface) (addrs []netip.Addr) {
	list, err := face.Addrs()
	if err != nil {
		return nil
	}
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() == nil {
			if addr, ok := netip.AddrFromSlice(n.IP); ok {
				addrs = append(addrs, addr)
			}
		}
	}
	return addrs
}
