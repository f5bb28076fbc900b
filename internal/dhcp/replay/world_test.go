package replay_test

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	v4 "github.com/clusto/clusto/internal/dhcp/v4"
	v6 "github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// The inventory of the tests has one host, in a network of each family.
var (
	hostMAC   = clusto.MAC{0x00, 0x16, 0x3e, 0x00, 0x00, 0x01}
	network6  = netip.MustParsePrefix("2001:db8:1::/64")
	host6     = netip.MustParseAddr("2001:db8:1::10")
	gateway6  = netip.MustParseAddr("2001:db8:1::1")
	hostLL    = netip.MustParseAddr("fe80::216:3eff:fe00:1")
	allDHCP6  = netip.MustParseAddr("ff02::1:2")
	network4  = netip.MustParsePrefix("10.0.1.0/24")
	host4     = netip.MustParseAddr("10.0.1.10")
	server4   = netip.MustParseAddr("10.0.1.1")
	broadcast = netip.MustParseAddr("255.255.255.255")
	duid      = []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, 1}
	began     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// world is a Decider that knows one host.
type world struct{}

func (world) Decide(_ context.Context, _ clusto.Reader, c *dhcp.Client, a *dhcp.Answer, story *dhcp.Story) error {
	*a = dhcp.Answer{Lease: time.Hour, Renew: 30 * time.Minute, Rebind: 45 * time.Minute}
	switch {
	case c.MAC != hostMAC:
		a.Reason = dhcp.UnknownClient
		return nil
	case c.Family == dhcp.V6 && network6.Contains(c.Link):
		a.Network.Prefix, a.Addrs = network6, []netip.Addr{host6}
		a.Options = []dhcp.Option{{Code: 23, Data: net.ParseIP("2001:db8::53")}}
	case c.Family == dhcp.V4 && network4.Contains(c.Link):
		a.Network.Prefix, a.Addrs = network4, []netip.Addr{host4}
		a.Options = []dhcp.Option{{Code: 1, Data: []byte{255, 255, 255, 0}}, {Code: 3, Data: server4.AsSlice()}, {Code: 15, Data: []byte("example.com")}}
	default:
		a.Reason = dhcp.NoNetwork
	}
	a.Host = clusto.Entity{ID: 7, Name: "web1"}
	story.Tell(dhcp.Step{Subject: "client", Text: "is web1", From: "web1"})
	return nil
}

// reader is a state of the inventory that nobody looks at.
type reader struct{ clusto.Reader }

// solicit is a message of the host.
func solicit(t testing.TB) *dhcpv6.Message {
	t.Helper()
	m, err := dhcpv6.NewSolicit(hostMAC[:])
	if err != nil {
		t.Fatal(err)
	}
	m.TransactionID = dhcpv6.TransactionID{1, 2, 3}
	m.UpdateOption(dhcpv6.OptClientID(&dhcpv6.DUIDLL{HWType: 1, LinkLayerAddr: hostMAC[:]}))
	return m
}

// discover is a message of the host.
func discover(t testing.TB) *dhcpv4.DHCPv4 {
	t.Helper()
	m, err := dhcpv4.NewDiscovery(hostMAC[:], dhcpv4.WithTransactionID(dhcpv4.TransactionID{1, 2, 3, 4}), dhcpv4.WithBroadcast(true))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// served answers a packet as a server does, and tells of it.
func served(packet []byte, at time.Time, from, to netip.AddrPort) *dhcp.Event {
	e := &dhcp.Event{At: at, Family: dhcp.V6, From: from, To: to, Packet: packet}
	if from.Addr().Is4() {
		m := v4.Meta{At: at, From: from, To: to, Self: server4}
		out := v4.Answer(context.Background(), world{}, reader{}, packet, m, nil)
		e.Family, e.Response, e.Dest, e.Reason = dhcp.V4, out.Reply, out.To, out.Reason
		return e
	}
	var out v6.Outcome
	h := v6.Handler{Decider: world{}, DUID: duid}
	m := v6.Meta{At: at, From: from, To: to, Links: []netip.Addr{gateway6}}
	h.Handle(context.Background(), reader{}, packet, &m, &out, nil)
	e.Response, e.Dest, e.Reason = out.Reply, out.To, out.Reason
	return e
}

// direct6 and direct4 are from where and to where the host asks.
func direct6() (from, to netip.AddrPort) {
	return netip.AddrPortFrom(hostLL, 546), netip.AddrPortFrom(allDHCP6, 547)
}

func direct4() (from, to netip.AddrPort) {
	return netip.AddrPortFrom(netip.IPv4Unspecified(), 68), netip.AddrPortFrom(broadcast, 67)
}
