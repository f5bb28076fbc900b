package v6

import (
	"cmp"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
)

// listening is where a server listens.
type listening struct {
	hosts []netip.Addr // none means all addresses
	port  uint16
	iface string
}

// parseListen reads HOST:PORT of each.
func parseListen(listen []string, iface string) (listening, error) {
	l := listening{iface: iface}
	if len(listen) == 0 {
		return l, clusto.Errorf(clusto.ErrInvalid, "DHCPv6: no address to listen on; say HOST:PORT, such as [::]:547")
	}
	for i, text := range listen {
		udp, err := net.ResolveUDPAddr("udp6", text)
		if err != nil {
			return l, clusto.Errorf(clusto.ErrInvalid, "DHCPv6: listen on %s: %w; say HOST:PORT, such as [::]:547", text, err)
		}
		addr := udp.AddrPort()
		if i > 0 && addr.Port() != l.port {
			return l, clusto.Errorf(clusto.ErrInvalid, "DHCPv6: listen on %s and %s: one server has one port", listen[0], text)
		}
		l.port = addr.Port()
		host := addr.Addr()
		l.iface = cmp.Or(l.iface, host.Zone())
		if host.IsValid() && !host.IsUnspecified() {
			l.hosts = append(l.hosts, host.WithZone(""))
		}
	}
	if len(l.hosts) > 0 && len(l.hosts) < len(listen) {
		return l, clusto.Errorf(clusto.ErrInvalid, "DHCPv6: listen on %s: an address without a host is all of them, so that it stands alone", strings.Join(listen, ", "))
	}
	return l, nil
}

// Bind opens the socket of a Server that listens on these addresses, HOST:PORT.
// It is bound to all addresses of this host, since one that is bound to an address
// receives nothing that is sent to the groups of DHCPv6; the Server leaves out what
// is not meant for it. With an interface the socket receives nothing from others.
func Bind(listen []string, iface string) (*net.UDPConn, error) {
	l, err := parseListen(listen, iface)
	if err != nil {
		return nil, err
	}
	addr := netip.IPv6Unspecified()
	if len(l.hosts) == 1 && l.hosts[0].IsLoopback() {
		addr = l.hosts[0] // where nothing is sent to groups
	}
	c, err := datagram.Bind(netip.AddrPortFrom(addr, l.port), datagram.BindOptions{Interface: iface})
	if err == nil {
		return c, nil
	}
	err = clusto.Errorf(clusto.ErrUnavailable, "DHCPv6: listen on %s: %w", strings.Join(listen, ", "), err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, clusto.WithHint(err, "port %d needs the capability CAP_NET_BIND_SERVICE; or take another port with --listen", l.port)
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, clusto.WithHint(err, "another program, such as dhcpd or kea, has port %d; stop it, or let each have an interface of its own", l.port)
	}
	return nil, err
}

// faces returns the interfaces that are listened on, in the order of their
// indexes: the one that is named, else those that have one of the addresses, else
// all but the loopback interface.
func (l listening) faces() ([]net.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b net.Interface) int { return cmp.Compare(a.Index, b.Index) })
	chosen := slices.DeleteFunc(all, func(face net.Interface) bool {
		switch {
		case l.iface != "":
			return face.Name != l.iface
		case len(l.hosts) > 0:
			return !slices.ContainsFunc(addrsOf(&face), func(a netip.Addr) bool { return slices.Contains(l.hosts, a) })
		}
		return face.Flags&net.FlagUp == 0 || face.Flags&net.FlagLoopback != 0
	})
	switch {
	case len(chosen) > 0:
		return chosen, nil
	case l.iface != "":
		return nil, clusto.Errorf(clusto.ErrNotFound, "there is no interface %s", l.iface)
	case len(l.hosts) > 0:
		return nil, clusto.Errorf(clusto.ErrNotFound, "no interface has the address %s", l.hosts[0])
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
