package v4_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v4"
)

// Addresses of the world of the tests: a server in 10.0.0.0/24, a relay in
// 10.0.1.0/24, and hosts that have addresses in both.
var (
	self      = netip.MustParseAddr("10.0.0.1")
	relay     = netip.MustParseAddr("10.0.1.1")
	everybody = netip.MustParseAddr("255.255.255.255")
	networks  = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("10.0.1.0/24"), netip.MustParsePrefix("127.0.0.0/8")}
)

// host is what the fake decider knows of one.
type host struct {
	name     string
	addrs    []string
	reason   dhcp.Reason
	bootFile string
	options  []dhcp.Option
}

var hosts = map[string]host{
	"02:00:00:00:00:01": {name: "web1", addrs: []string{"10.0.0.11", "10.0.0.12", "10.0.1.11", "127.0.0.11", "127.0.0.12"}},
	"02:00:00:00:00:02": {name: "web2", addrs: []string{"10.0.0.22"}, bootFile: "pxelinux.0"},
	"02:00:00:00:00:03": {name: "web3", reason: dhcp.Disabled},
	"02:00:00:00:00:04": {name: "web4", addrs: []string{"10.0.0.44"}, bootFile: "http://10.0.0.5/boot.efi"},
	"02:00:00:00:00:05": {name: "web5", addrs: []string{"10.0.0.55"}, bootFile: strings.Repeat("long/", 30) + "boot.efi",
		options: []dhcp.Option{{Code: 15, Data: []byte(strings.Repeat("x", 100))}, {Code: 17, Data: []byte(strings.Repeat("y", 200))},
			{Code: 18, Data: []byte(strings.Repeat("z", 300))}}},
	"02:00:00:00:00:06": {name: "web6", addrs: []string{"10.0.0.66"}, bootFile: "own",
		options: []dhcp.Option{{Code: 43, Data: []byte("own")}, {Code: 60, Data: []byte("own")}, {Code: 66, Data: []byte("tftp")}}},
	"02:00:00:00:00:07": {name: "web7", reason: dhcp.SeveralHosts},
	"id:ff0102":         {name: "ib1", addrs: []string{"10.0.0.77"}},
}

// fake decides by the table of hosts.
type fake struct{}

func (fake) Decide(_ context.Context, _ clusto.Reader, c *dhcp.Client, a *dhcp.Answer, story *dhcp.Story) error {
	*a = dhcp.Answer{}
	key := c.MAC.String()
	if c.MAC == (clusto.MAC{}) {
		key = "id:" + hex.EncodeToString(c.ID)
	}
	h, ok := hosts[key]
	story.Tell(dhcp.Step{Subject: "client", Text: key})
	if !ok {
		a.Reason = dhcp.UnknownClient
		return nil
	}
	a.Host, a.MAC, a.Reason = clusto.Entity{ID: 1, Name: h.name}, c.MAC, h.reason
	if h.reason != "" {
		return nil
	}
	i := slices.IndexFunc(networks, func(p netip.Prefix) bool { return p.Contains(c.Link) })
	if i < 0 {
		a.Reason = dhcp.NoNetwork
		return nil
	}
	a.Network.Prefix = networks[i]
	for _, text := range h.addrs {
		if addr := netip.MustParseAddr(text); networks[i].Contains(addr) {
			a.Addrs = append(a.Addrs, addr)
		}
	}
	if len(a.Addrs) == 0 {
		a.Reason = dhcp.NoAddress
		return nil
	}
	gateway := networks[i].Addr().Next().As4()
	a.Options = append([]dhcp.Option{
		{Code: 1, Data: net.CIDRMask(networks[i].Bits(), 32)}, {Code: 3, Data: gateway[:]},
		{Code: 6, Data: []byte{10, 0, 0, 53}}, {Code: 12, Data: []byte(h.name)},
	}, h.options...)
	a.Lease, a.Renew, a.Rebind = time.Hour, 30*time.Minute, 50*time.Minute
	if a.BootFile = h.bootFile; a.BootFile != "" {
		a.NextServer = netip.MustParseAddr("10.0.0.5")
	}
	return nil
}

// failing decides nothing.
type failing struct{}

func (failing) Decide(_ context.Context, _ clusto.Reader, _ *dhcp.Client, a *dhcp.Answer, _ *dhcp.Story) error {
	*a = dhcp.Answer{Reason: dhcp.InventoryFailure}
	return errors.New("the disk is gone")
}

// inventory is a Reader that nobody asks.
type inventory struct{ clusto.Reader }

// on is a packet that came on the server's interface by broadcast.
func on(edits ...func(*v4.Meta)) v4.Meta {
	m := v4.Meta{
		From: netip.MustParseAddrPort("0.0.0.0:68"), To: netip.AddrPortFrom(everybody, 67),
		Self: self, Interface: 7, Via: "eth0", Frames: true,
	}
	for _, edit := range edits {
		edit(&m)
	}
	return m
}

func unicast(from string) func(*v4.Meta) {
	return func(m *v4.Meta) {
		m.From, m.To = netip.MustParseAddrPort(from), netip.AddrPortFrom(self, 67)
	}
}

// packet returns a request of a client.
func packet(t testing.TB, mac string, kind dhcpv4.MessageType, edits ...dhcpv4.Modifier) []byte {
	t.Helper()
	hw, err := net.ParseMAC(mac)
	if err != nil {
		t.Fatal(err)
	}
	p, err := dhcpv4.New(append([]dhcpv4.Modifier{
		dhcpv4.WithHwAddr(hw), dhcpv4.WithTransactionID(dhcpv4.TransactionID{1, 2, 3, 4}),
	}, edits...)...)
	if err != nil {
		t.Fatal(err)
	}
	if kind != dhcpv4.MessageTypeNone {
		p.UpdateOption(dhcpv4.OptMessageType(kind))
	}
	return p.ToBytes()
}

// opt sets an option to octets in hexadecimal digits.
func opt(code uint8, digits string) dhcpv4.Modifier {
	data, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		panic(err)
	}
	return dhcpv4.WithOption(dhcpv4.OptGeneric(dhcpv4.GenericOptionCode(code), data))
}

func addrOpt(code uint8, addr string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptGeneric(dhcpv4.GenericOptionCode(code), netip.MustParseAddr(addr).AsSlice()))
}

func ciaddr(addr string) dhcpv4.Modifier { return dhcpv4.WithClientIP(net.ParseIP(addr)) }

func giaddr(p *dhcpv4.DHCPv4) { p.GatewayIPAddr = relay.AsSlice() }

// answer is what came of a packet, in short: OFFER 10.0.0.11 to 10.0.0.11:68 frame.
func answer(out *v4.Outcome) string {
	if out.Told == v4.Nothing {
		return strings.TrimSpace(fmt.Sprintf("%s silent %s", out.Kind, out.Reason))
	}
	s := fmt.Sprintf("%s %s", out.Kind, out.Told)
	if out.Addr.IsValid() {
		s += " " + out.Addr.String()
	}
	s += " to " + out.To.String()
	if out.Hardware != (datagram.HardwareAddr{}) {
		s += " frame"
	}
	if out.Reason != dhcp.Answered {
		s += ": " + string(out.Reason)
	}
	return s
}

// parsed returns a reply as another implementation reads it.
func parsed(t testing.TB, reply []byte) *dhcpv4.DHCPv4 {
	t.Helper()
	p, err := dhcpv4.FromBytes(reply)
	if err != nil {
		t.Fatalf("%v\n%s", err, hex.Dump(reply))
	}
	return p
}

func mustPort(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }
