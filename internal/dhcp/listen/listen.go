// Package listen reads at which addresses a DHCP server listens, and opens its
// socket. Which of what it receives is meant for the server, each protocol decides
// by itself.
package listen

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp"
)

// At is where a server listens.
type At struct {
	Family    dhcp.Family
	Hosts     []netip.Addr // none means all addresses of this host
	Port      uint16
	Interface string // "" means any
}

// Parse reads addresses, each HOST:PORT, all with the same port. An interface may
// also be the zone of a HOST. It returns ErrInvalid if they cannot be listened on
// together.
func Parse(family dhcp.Family, addrs []string, iface string) (At, error) {
	a := At{Family: family, Interface: iface}
	protocol, network, example := a.words()
	if len(addrs) == 0 {
		return a, clusto.Errorf(clusto.ErrInvalid, "%s: no address to listen on; say HOST:PORT, such as %s", protocol, example)
	}
	for i, text := range addrs {
		udp, err := net.ResolveUDPAddr(network, text)
		if err != nil {
			return a, clusto.Errorf(clusto.ErrInvalid, "%s: listen on %s: %w; say HOST:PORT, such as %s", protocol, text, err, example)
		}
		addr := udp.AddrPort()
		if i > 0 && addr.Port() != a.Port {
			return a, clusto.Errorf(clusto.ErrInvalid, "%s: listen on %s and %s: one server has one port", protocol, addrs[0], text)
		}
		a.Port = addr.Port()
		host := addr.Addr().Unmap()
		a.Interface = cmp.Or(a.Interface, host.Zone())
		if host.IsValid() && !host.IsUnspecified() {
			a.Hosts = append(a.Hosts, host.WithZone(""))
		}
	}
	if len(a.Hosts) > 0 && len(a.Hosts) < len(addrs) {
		return a, clusto.Errorf(clusto.ErrInvalid, "%s: listen on %s: an address without a host is all of them, so that it stands alone",
			protocol, strings.Join(addrs, ", "))
	}
	return a, nil
}

// words returns how the protocol, the network of the standard library and an
// address are called.
func (a At) words() (protocol, network, example string) {
	if a.Family == dhcp.V6 {
		return "DHCPv6", "udp6", "[::]:547"
	}
	return "DHCPv4", "udp4", "10.0.0.1:67"
}

// Bind opens the socket. It is bound to all addresses of this host, since one that
// is bound to an address receives neither broadcasts nor what is sent to groups;
// the server leaves out what is not meant for it. With an interface the socket
// receives nothing from others.
func (a At) Bind() (*net.UDPConn, error) {
	addr := netip.IPv4Unspecified()
	if a.Family == dhcp.V6 {
		addr = netip.IPv6Unspecified()
	}
	if len(a.Hosts) == 1 && a.Hosts[0].IsLoopback() {
		addr = a.Hosts[0] // where there are no broadcasts and no groups
	}
	c, err := datagram.Bind(netip.AddrPortFrom(addr, a.Port), datagram.BindOptions{Interface: a.Interface, Broadcast: a.Family == dhcp.V4})
	if err == nil {
		return c, nil
	}
	protocol, _, _ := a.words()
	err = clusto.Errorf(clusto.ErrUnavailable, "%s: listen on %s: %w", protocol, a, err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, clusto.WithHint(err, "port %d needs the capability CAP_NET_BIND_SERVICE; or take another port with --listen", a.Port)
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, clusto.WithHint(err, "another program, such as dhcpd, Kea or dnsmasq, has port %d; stop it, or let each have an interface of its own", a.Port)
	}
	return nil, err
}

// String returns the addresses as people write them.
func (a At) String() string {
	if len(a.Hosts) == 0 {
		return fmt.Sprintf("port %d", a.Port)
	}
	texts := make([]string, len(a.Hosts))
	for i, host := range a.Hosts {
		texts[i] = netip.AddrPortFrom(host, a.Port).String()
	}
	return strings.Join(texts, ", ")
}
