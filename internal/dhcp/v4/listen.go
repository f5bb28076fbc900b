package v4

import (
	"net"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/listen"
)

// parseListen reads HOST:PORT of each.
func parseListen(addrs []string, iface string) (listen.At, error) {
	at, err := listen.Parse(dhcp.V4, addrs, iface)
	if err == nil && len(at.Hosts) == 0 && !datagram.Located {
		err = clusto.Errorf(clusto.ErrUnsupported, "DHCPv4: listen on %s: this system does not say by which interface a packet came; say which address is meant", addrs[0])
	}
	return at, err
}

// Bind opens the socket of a Server that listens on these addresses, HOST:PORT.
// With an interface the socket receives nothing from others.
func Bind(addrs []string, iface string) (*net.UDPConn, error) {
	at, err := parseListen(addrs, iface)
	if err != nil {
		return nil, err
	}
	return at.Bind()
}

// self returns the address by which a server that listens at l answers a message,
// or the zero Addr if the message is not meant for it.
func self(l *listen.At, m *datagram.Message, links *datagram.Links) netip.Addr {
	link, known := links.Link(m.Interface)
	switch {
	case l.Interface != "" && known && link.Name != l.Interface: // the socket was bound by somebody else
		return netip.Addr{}
	case len(l.Hosts) == 0:
		return m.Own
	case !m.Local.IsValid():
		return l.Hosts[0] // it is not known where it was sent to
	case slices.Contains(l.Hosts, m.Local):
		return m.Local
	case links.Own(m.Local):
		return netip.Addr{}
	}
	for _, host := range l.Hosts {
		if links.Has(m.Interface, host) {
			return host
		}
	}
	if l.Interface != "" {
		return l.Hosts[0]
	}
	return netip.Addr{}
}
