package v4

import (
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
		return l, clusto.Errorf(clusto.ErrInvalid, "dhcp: no address to listen on; say HOST:PORT, such as 10.0.0.1:67")
	}
	for i, text := range listen {
		udp, err := net.ResolveUDPAddr("udp4", text)
		if err != nil {
			return l, clusto.Errorf(clusto.ErrInvalid, "dhcp: listen on %s: %w; say HOST:PORT, such as 10.0.0.1:67", text, err)
		}
		addr := udp.AddrPort()
		if i > 0 && addr.Port() != l.port {
			return l, clusto.Errorf(clusto.ErrInvalid, "dhcp: listen on %s and %s: one server has one port", listen[0], text)
		}
		l.port = addr.Port()
		if host := addr.Addr().Unmap(); host.IsValid() && !host.IsUnspecified() {
			l.hosts = append(l.hosts, host)
		}
	}
	if len(l.hosts) > 0 && len(l.hosts) < len(listen) {
		return l, clusto.Errorf(clusto.ErrInvalid, "dhcp: listen on %s: an address without a host is all of them, so that it stands alone", strings.Join(listen, ", "))
	}
	if len(l.hosts) == 0 && !datagram.Located {
		return l, clusto.Errorf(clusto.ErrUnsupported, "dhcp: listen on %s: this system does not say by which interface a packet came; say which address is meant", listen[0])
	}
	return l, nil
}

// Bind opens the socket of a Server that listens on these addresses, HOST:PORT.
// It is bound to all addresses of this host, since one that is bound to an address
// receives no broadcasts; the Server leaves out what is not meant for it. With an
// interface the socket receives nothing from others.
func Bind(listen []string, iface string) (*net.UDPConn, error) {
	l, err := parseListen(listen, iface)
	if err != nil {
		return nil, err
	}
	addr := netip.IPv4Unspecified()
	if len(l.hosts) == 1 && l.hosts[0].IsLoopback() {
		addr = l.hosts[0] // where there are no broadcasts
	}
	c, err := datagram.Bind(netip.AddrPortFrom(addr, l.port), datagram.BindOptions{Interface: iface, Broadcast: true})
	if err == nil {
		return c, nil
	}
	err = clusto.Errorf(clusto.ErrUnavailable, "dhcp: listen on %s: %w", strings.Join(listen, ", "), err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, clusto.WithHint(err, "port %d needs the capability CAP_NET_BIND_SERVICE; or take another port with --listen", l.port)
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, clusto.WithHint(err, "another program, such as dhcpd or dnsmasq, has port %d; stop it, or let each have an interface of its own", l.port)
	}
	return nil, err
}

// self returns the address by which this server answers a message, or the zero
// Addr if the message is not meant for it.
func (l *listening) self(m *datagram.Message, links *datagram.Links) netip.Addr {
	link, known := links.Link(m.Interface)
	switch {
	case l.iface != "" && known && link.Name != l.iface: // the socket was bound by somebody else
		return netip.Addr{}
	case len(l.hosts) == 0:
		return m.Own
	case !m.Local.IsValid():
		return l.hosts[0] // it is not known where it was sent to
	case slices.Contains(l.hosts, m.Local):
		return m.Local
	case links.Own(m.Local):
		return netip.Addr{}
	}
	for _, host := range l.hosts {
		if links.Has(m.Interface, host) {
			return host
		}
	}
	if l.iface != "" {
		return l.hosts[0]
	}
	return netip.Addr{}
}
