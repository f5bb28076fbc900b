package v6_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
	"github.com/insomniacslk/dhcp/rfc1035label"
)

var sameAddrs = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

// TestClient checks what is told of a client to the Decider.
func TestClient(t *testing.T) {
	t.Parallel()
	uuid := &dhcpv6.DUIDUUID{UUID: [16]byte{0xaa, 15: 0xbb}}
	m := &dhcpv6.Message{MessageType: solicit}
	for _, o := range []dhcpv6.Option{
		dhcpv6.OptClientID(uuid), iaNA(1),
		wants(dhcpv6.OptionBootfileURL, dhcpv6.OptionDNSRecursiveNameServer),
		&dhcpv6.OptVendorClass{EnterpriseNumber: 343, Data: [][]byte{[]byte("PXEClient:Arch:00007"), []byte("more")}},
		&dhcpv6.OptUserClass{UserClasses: [][]byte{[]byte("iPXE")}},
		dhcpv6.OptClientArchType(iana.EFI_X86_64, iana.EFI_BC),
		&dhcpv6.OptFQDN{DomainName: &rfc1035label.Labels{Labels: []string{"web1.example.com"}}},
	} {
		m.AddOption(o)
	}
	w := newWorld()
	handle(w, m.ToBytes(), direct())
	want := []dhcp.Client{{
		Family: dhcp.V6, MAC: hostMAC, ID: uuid.ToBytes(), UUID: uuid.UUID[:],
		Vendor: []byte("PXEClient:Arch:00007"), User: []byte("iPXE"), Arch: []uint16{7, 9}, Hostname: []byte("web1.example.com"),
		Link: gateway, Wants: []uint16{59, 23}, Via: "eth0",
	}}
	if diff := cmp.Diff(want, w.asked, sameAddrs); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// TestHardware checks by which hardware addresses a client is looked for.
func TestHardware(t *testing.T) {
	t.Parallel()
	llt := dhcpv6.OptClientID(&dhcpv6.DUIDLLT{HWType: iana.HWTypeEthernet, Time: 5, LinkLayerAddr: hostMAC[:]})
	other := clusto.MAC{0x02, 0, 0, 0, 0, 9}
	for _, row := range []struct {
		name string
		duid dhcpv6.Option
		from string
		want []clusto.MAC
	}{
		{"DUID-LL", dhcpv6.OptClientID(duidLL(hostMAC)), "fe80::1", []clusto.MAC{hostMAC}},
		{"DUID-LLT", llt, "fe80::1", []clusto.MAC{hostMAC}},
		{"link-local address before the DUID", dhcpv6.OptClientID(duidLL(other)), hostLL.String(), []clusto.MAC{hostMAC}},
		{"DUID if the link-local address is unknown", llt, "fe80::ff:fe00:9", []clusto.MAC{other, hostMAC}},
		{"neither", dhcpv6.OptClientID(&dhcpv6.DUIDEN{EnterpriseNumber: 9, EnterpriseIdentifier: []byte{1}}), "fe80::1", []clusto.MAC{{}}},
		{"infiniband", dhcpv6.OptClientID(&dhcpv6.DUIDLL{HWType: iana.HWTypeInfiniband, LinkLayerAddr: make(net.HardwareAddr, 20)}), "fe80::1", []clusto.MAC{{}}},
	} {
		m := &dhcpv6.Message{MessageType: solicit}
		m.AddOption(row.duid)
		meta, w := direct(), newWorld()
		meta.From = netip.AddrPortFrom(netip.MustParseAddr(row.from), 546)
		handle(w, m.ToBytes(), meta)
		var got []clusto.MAC
		for _, c := range w.asked {
			got = append(got, c.MAC)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

// TestLinks has a client looked for in each network of its interface.
func TestLinks(t *testing.T) {
	t.Parallel()
	meta := direct()
	meta.Links = []netip.Addr{netip.MustParseAddr("2001:db8:7::1"), gateway, netip.MustParseAddr("2001:db8:8::1")}
	w := newWorld()
	out := handle(w, message(solicit, iaNA(1)).ToBytes(), meta)
	if out.Reason != dhcp.Answered || out.Client.Link != gateway || len(w.asked) != 2 {
		t.Errorf("%q in %s after %d questions", out.Reason, out.Client.Link, len(w.asked))
	}
}

// relay wraps a message as a relay does.
func relay(t *testing.T, d dhcpv6.DHCPv6, link, peer string, options ...dhcpv6.Option) *dhcpv6.RelayMessage {
	t.Helper()
	r, err := dhcpv6.EncapsulateRelay(d, dhcpv6.MessageTypeRelayForward, net.ParseIP(link), net.ParseIP(peer))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		r.AddOption(o)
	}
	return r
}

// TestRelayedClient checks what relays tell of a client.
func TestRelayedClient(t *testing.T) {
	t.Parallel()
	m := &dhcpv6.Message{MessageType: solicit}
	id := &dhcpv6.DUIDEN{EnterpriseNumber: 9, EnterpriseIdentifier: []byte{1}}
	m.AddOption(dhcpv6.OptClientID(id))
	// A switch that only adds its port (RFC 6221), a router, and another relay.
	snooper := relay(t, m, "::", "fe80::5",
		dhcpv6.OptInterfaceID([]byte("Gi1/0/7")), &dhcpv6.OptRemoteID{EnterpriseNumber: 9, RemoteID: []byte("sw1")},
		dhcpv6.OptClientLinkLayerAddress(iana.HWTypeEthernet, hostMAC[:]))
	router := relay(t, snooper, gateway.String(), "fe80::6", dhcpv6.OptInterfaceID([]byte("vlan7")))
	outer := relay(t, router, "2001:db8:ffff::1", "2001:db8:1::1")
	meta := direct()
	meta.From, meta.To = netip.MustParseAddrPort("[2001:db8:ffff::1]:547"), netip.MustParseAddrPort("[2001:db8::67]:547")
	w := newWorld()
	out := handle(w, outer.ToBytes(), meta)
	want := []dhcp.Client{{
		Family: dhcp.V6, MAC: hostMAC, ID: id.ToBytes(), Relay: meta.From.Addr(), Link: gateway,
		CircuitID: []byte("Gi1/0/7"), RemoteID: []byte("sw1"), Via: "eth0",
	}}
	if diff := cmp.Diff(want, w.asked, sameAddrs, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if out.To != meta.From || out.Reason != dhcp.Answered {
		t.Errorf("%q, to %s", out.Reason, out.To)
	}
}
