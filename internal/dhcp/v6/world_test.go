package v6_test

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
)

// The inventory of the tests has one host, which has two addresses in a network.
var (
	hostMAC  = clusto.MAC{0x00, 0x16, 0x3e, 0x00, 0x00, 0x01}
	network  = netip.MustParsePrefix("2001:db8:1::/64")
	hostAddr = netip.MustParseAddr("2001:db8:1::10")
	nextAddr = netip.MustParseAddr("2001:db8:1::11")
	gateway  = netip.MustParseAddr("2001:db8:1::1")
	hostLL   = netip.MustParseAddr("fe80::216:3eff:fe00:1")
	serverID = []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, 1}
	allDHCP  = netip.MustParseAddr("ff02::1:2")
)

// world is a Decider that knows one host by its hardware address.
type world struct {
	reason dhcp.Reason // that the host gets
	addrs  []netip.Addr
	extra  []dhcp.Option
	boot   string
	asked  []dhcp.Client
}

func newWorld() *world {
	return &world{addrs: []netip.Addr{hostAddr, nextAddr}, extra: []dhcp.Option{
		{Code: uint16(dhcpv6.OptionDNSRecursiveNameServer), Data: net.ParseIP("2001:db8::53")},
		{Code: uint16(dhcpv6.OptionDomainSearchList), Data: []byte("\x04prod\x07example\x00")},
		{Code: uint16(dhcpv6.OptionInformationRefreshTime), Data: []byte{0, 0, 14, 16}},
		{Code: uint16(dhcpv6.OptionInfMaxRT), Data: []byte{0, 0, 0, 120}},
	}}
}

func (w *world) Decide(_ context.Context, _ clusto.Reader, c *dhcp.Client, a *dhcp.Answer, story *dhcp.Story) error {
	w.asked = append(w.asked, *c)
	*a = dhcp.Answer{}
	switch {
	case c.MAC != hostMAC:
		a.Reason = dhcp.UnknownClient
	case !network.Contains(c.Link):
		a.Reason = dhcp.NoNetwork
	default:
		a.Reason = w.reason
	}
	if a.Reason != dhcp.Answered && a.Reason != dhcp.NoAddress && a.Reason != dhcp.NoNetwork {
		return nil
	}
	story.Tell(dhcp.Step{Subject: "client", Text: "is web1", From: "web1"})
	a.Host = clusto.Entity{ID: 7, Name: "web1"}
	a.MAC, a.Network, a.Options, a.BootFile = c.MAC, dhcp.Network{Prefix: network}, w.extra, w.boot
	a.Lease, a.Renew, a.Rebind = time.Hour, 30*time.Minute, 48*time.Minute
	if a.Reason == dhcp.Answered {
		a.Addrs = w.addrs
	}
	return nil
}

// reader is a state of the inventory that nobody looks at.
type reader struct{ clusto.Reader }

// direct is what a packet of the host has when it comes without a relay.
func direct() v6.Meta {
	return v6.Meta{
		From: netip.AddrPortFrom(hostLL.WithZone("eth0"), v6.ClientPort),
		To:   netip.AddrPortFrom(allDHCP, v6.ServerPort),
		Via:  "eth0", Links: []netip.Addr{gateway},
	}
}

// handle answers a packet.
func handle(w *world, packet []byte, m v6.Meta) *v6.Outcome {
	out := new(v6.Outcome)
	h := v6.Handler{Decider: w, DUID: serverID}
	h.Handle(context.Background(), reader{}, packet, &m, out, nil)
	return out
}

// parse reads the message of an answer.
func parse(t *testing.T, b []byte) *dhcpv6.Message {
	t.Helper()
	d, err := dhcpv6.FromBytes(b)
	if err != nil {
		t.Fatalf("the answer % x: %v", b, err)
	}
	m, err := d.GetInnerMessage()
	if err != nil {
		t.Fatalf("the answer % x: %v", b, err)
	}
	return m
}

// message makes a message of the host.
func message(kind dhcpv6.MessageType, options ...dhcpv6.Option) *dhcpv6.Message {
	m := &dhcpv6.Message{MessageType: kind, TransactionID: dhcpv6.TransactionID{1, 2, 3}}
	m.AddOption(dhcpv6.OptClientID(duidLL(hostMAC)))
	for _, o := range options {
		m.AddOption(o)
	}
	return m
}

func duidLL(mac clusto.MAC) dhcpv6.DUID {
	return &dhcpv6.DUIDLL{HWType: iana.HWTypeEthernet, LinkLayerAddr: mac[:]}
}

// ours is the server identifier of the handler.
func ours() dhcpv6.Option { return dhcpv6.OptServerID(duidLL(clusto.MAC(serverID[4:]))) }

// another is a server identifier that is not the handler's.
func another() dhcpv6.Option { return dhcpv6.OptServerID(duidLL(clusto.MAC{2, 9})) }

// iaNA is an IA_NA that names addresses.
func iaNA(id byte, addrs ...string) dhcpv6.Option {
	ia := &dhcpv6.OptIANA{IaId: [4]byte{0, 0, 0, id}}
	for _, a := range addrs {
		ia.Options.Add(&dhcpv6.OptIAAddress{IPv6Addr: net.ParseIP(a)})
	}
	return ia
}

// wants is an option request option.
func wants(codes ...dhcpv6.OptionCode) dhcpv6.Option { return dhcpv6.OptRequestedOption(codes...) }

// quiet is a Decider that always says the same, at no cost.
type quiet struct{}

func (quiet) Decide(_ context.Context, _ clusto.Reader, c *dhcp.Client, a *dhcp.Answer, _ *dhcp.Story) error {
	a.Reason, a.MAC, a.Addrs = dhcp.Answered, c.MAC, append(a.Addrs[:0], hostAddr)
	a.Network.Prefix, a.Lease = network, time.Hour
	return nil
}
