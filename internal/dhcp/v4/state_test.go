package v4_test

import (
	"context"
	"net"
	"net/netip"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v4"
)

const (
	web1 = "02:00:00:00:00:01"
	web2 = "02:00:00:00:00:02"
	web3 = "02:00:00:00:00:03"
	web4 = "02:00:00:00:00:04"
	web5 = "02:00:00:00:00:05"
	web6 = "02:00:00:00:00:06"
	web7 = "02:00:00:00:00:07"
	who  = "02:99:00:00:00:01"
)

// relayed are suboptions of option 82: circuit eth1, link 10.0.1.1, and the relay
// as the server.
const (
	link82     = "0104 65746831 0504 0a000101"
	override82 = "0b04 0a000101"
	port82     = "1300"
)

func TestStates(t *testing.T) {
	const (
		discover, request = dhcpv4.MessageTypeDiscover, dhcpv4.MessageTypeRequest
		bootp             = dhcpv4.MessageTypeNone
	)
	type edits = []dhcpv4.Modifier
	here := on()
	for _, row := range []struct {
		name  string
		mac   string
		kind  dhcpv4.MessageType
		edits edits
		meta  v4.Meta
		want  string
	}{
		{"discover", web1, discover, nil, here, "DISCOVER OFFER 10.0.0.11 to 10.0.0.11:68 frame"},
		{"discover, wants one of its own", web1, discover, edits{addrOpt(50, "10.0.0.12")}, here, "DISCOVER OFFER 10.0.0.12 to 10.0.0.12:68 frame"},
		{"discover, wants another's", web1, discover, edits{addrOpt(50, "10.0.0.22")}, here, "DISCOVER OFFER 10.0.0.11 to 10.0.0.11:68 frame"},
		{"discover, has an address", web1, discover, edits{ciaddr("10.0.0.12")}, here, "DISCOVER OFFER 10.0.0.12 to 10.0.0.12:68"},
		{"discover, has another's", web1, discover, edits{ciaddr("10.0.0.22")}, here, "DISCOVER OFFER 10.0.0.11 to 10.0.0.11:68 frame"},
		{"discover, the server has its address", web1, discover, nil, on(func(m *v4.Meta) { m.Self = netip.MustParseAddr("10.0.0.11") }), "DISCOVER silent has the server's address"},
		{"discover, broadcast flag", web1, discover, edits{dhcpv4.WithBroadcast(true)}, here, "DISCOVER OFFER 10.0.0.11 to 255.255.255.255:68"},
		{"discover, no frames", web1, discover, nil, on(func(m *v4.Meta) { m.Frames = false }), "DISCOVER OFFER 10.0.0.11 to 255.255.255.255:68"},
		{"discover, relay", web1, discover, edits{giaddr}, here, "DISCOVER OFFER 10.0.1.11 to 10.0.1.1:67"},
		{"discover, relay, no address there", web2, discover, edits{giaddr}, here, "DISCOVER silent no address"},
		{"discover, link selection", web1, discover, edits{dhcpv4.WithGatewayIP(self.AsSlice()), opt(82, link82)},
			on(func(m *v4.Meta) { m.Self = relay }), "DISCOVER OFFER 10.0.1.11 to 10.0.0.1:67"},
		{"discover, subnet selection", web1, discover, edits{addrOpt(118, "10.0.1.0")}, here, "DISCOVER OFFER 10.0.1.11 to 10.0.1.11:68 frame"},
		{"discover, relay with a port", web1, discover, edits{giaddr, opt(82, port82)}, on(unicast("10.0.1.1:4000")), "DISCOVER OFFER 10.0.1.11 to 10.0.1.1:4000"},
		{"discover, rapid commit", web1, discover, edits{opt(80, "")}, here, "DISCOVER ACK 10.0.0.11 to 10.0.0.11:68 frame"},
		{"discover, unknown", who, discover, nil, here, "DISCOVER silent unknown client"},
		{"discover, disabled", web3, discover, nil, here, "DISCOVER silent disabled"},
		{"discover, several", web7, discover, nil, here, "DISCOVER silent several hosts"},
		{"discover, unknown network", web1, discover, nil, on(func(m *v4.Meta) { m.Self = everybody }), "DISCOVER silent no network"},
		{"bootp", web1, bootp, nil, here, "BOOTP BOOTREPLY 10.0.0.11 to 10.0.0.11:68 frame"},
		{"bootp, relay", web1, bootp, edits{giaddr}, here, "BOOTP BOOTREPLY 10.0.1.11 to 10.0.1.1:67"},

		{"select", web1, request, edits{addrOpt(54, "10.0.0.1"), addrOpt(50, "10.0.0.11")}, here, "REQUEST ACK 10.0.0.11 to 10.0.0.11:68 frame"},
		{"select, the second address", web1, request, edits{addrOpt(54, "10.0.0.1"), addrOpt(50, "10.0.0.12")}, here, "REQUEST ACK 10.0.0.12 to 10.0.0.12:68 frame"},
		{"select, relay", web1, request, edits{giaddr, addrOpt(54, "10.0.0.1"), addrOpt(50, "10.0.1.11")}, here, "REQUEST ACK 10.0.1.11 to 10.0.1.1:67"},
		{"select, relay as server", web1, request, edits{giaddr, opt(82, override82), addrOpt(54, "10.0.1.1"), addrOpt(50, "10.0.1.11")}, here, "REQUEST ACK 10.0.1.11 to 10.0.1.1:67"},
		{"select, another server", web1, request, edits{addrOpt(54, "10.0.0.9"), addrOpt(50, "10.0.0.11")}, here, "REQUEST silent for another server"},
		{"select, wrong address", web1, request, edits{addrOpt(54, "10.0.0.1"), addrOpt(50, "10.0.0.22")}, here, "REQUEST NAK to 255.255.255.255:68: asked for another address"},
		{"select, no address any more", web2, request, edits{giaddr, addrOpt(54, "10.0.0.1"), addrOpt(50, "10.0.1.22")}, here, "REQUEST NAK to 10.0.1.1:67: asked for another address"},
		{"select, unknown", who, request, edits{addrOpt(54, "10.0.0.1"), addrOpt(50, "10.0.0.11")}, here, "REQUEST silent unknown client"},
		{"select, with ciaddr alone", web1, request, edits{addrOpt(54, "10.0.0.1"), ciaddr("10.0.0.11")}, here, "REQUEST ACK 10.0.0.11 to 10.0.0.11:68"},

		{"reboot", web1, request, edits{addrOpt(50, "10.0.0.11")}, here, "REBOOT ACK 10.0.0.11 to 10.0.0.11:68 frame"},
		{"reboot, wrong address", web1, request, edits{addrOpt(50, "10.0.0.99")}, here, "REBOOT NAK to 255.255.255.255:68: asked for another address"},
		{"reboot, wrong network", web1, request, edits{addrOpt(50, "10.0.1.11")}, here, "REBOOT NAK to 255.255.255.255:68: asked for an address of another network"},
		{"reboot, wrong network, relay", web1, request, edits{giaddr, addrOpt(50, "10.0.0.11")}, here, "REBOOT NAK to 10.0.1.1:67: asked for an address of another network"},
		{"reboot, wrong network, no address there", web2, request, edits{giaddr, addrOpt(50, "10.0.0.22")}, here, "REBOOT NAK to 10.0.1.1:67: asked for an address of another network"},
		{"reboot, no address there", web2, request, edits{giaddr, addrOpt(50, "10.0.1.22")}, here, "REBOOT silent no address"},
		{"reboot, unknown", who, request, edits{addrOpt(50, "10.0.0.11")}, here, "REBOOT silent unknown client"},
		{"reboot, disabled", web3, request, edits{addrOpt(50, "10.0.0.33")}, here, "REBOOT silent disabled"},
		{"no address", web1, request, nil, here, "silent asks for no address"},

		{"renew", web1, request, edits{ciaddr("10.0.0.11")}, on(unicast("10.0.0.11:68")), "RENEW ACK 10.0.0.11 to 10.0.0.11:68"},
		{"renew from another network", web1, request, edits{ciaddr("10.0.1.11")}, on(unicast("10.0.1.11:68")), "RENEW ACK 10.0.1.11 to 10.0.1.11:68"},
		{"renew, moved", web1, request, edits{ciaddr("10.0.1.12")}, on(unicast("10.0.1.12:68")), "RENEW NAK to 10.0.1.12:68: asked for another address"},
		{"renew, unknown network", web1, request, edits{ciaddr("10.9.0.11")}, on(unicast("10.9.0.11:68")), "RENEW silent no network"},
		{"renew by a relay", web1, request, edits{giaddr, opt(82, override82), ciaddr("10.0.1.11")}, on(unicast("10.0.1.1:67")), "RENEW ACK 10.0.1.11 to 10.0.1.1:67"},
		{"rebind", web1, request, edits{ciaddr("10.0.0.11")}, here, "REBIND ACK 10.0.0.11 to 10.0.0.11:68"},
		{"rebind, wrong address", web1, request, edits{ciaddr("10.0.0.99")}, here, "REBIND NAK to 255.255.255.255:68: asked for another address"},
		{"rebind, wrong network", web1, request, edits{ciaddr("10.0.1.11")}, here, "REBIND NAK to 255.255.255.255:68: asked for an address of another network"},
		{"rebind, relay", web1, request, edits{giaddr, ciaddr("10.0.1.11")}, here, "REBIND ACK 10.0.1.11 to 10.0.1.1:67"},
		{"rebind, unknown", who, request, edits{ciaddr("10.0.0.11")}, here, "REBIND silent unknown client"},

		{"decline", web1, dhcpv4.MessageTypeDecline, edits{addrOpt(54, "10.0.0.1"), addrOpt(50, "10.0.0.11")}, here, "DECLINE silent"},
		{"decline, another server", web1, dhcpv4.MessageTypeDecline, edits{addrOpt(54, "10.0.0.9"), addrOpt(50, "10.0.0.11")}, here, "DECLINE silent for another server"},
		{"release", web1, dhcpv4.MessageTypeRelease, edits{addrOpt(54, "10.0.0.1"), ciaddr("10.0.0.11")}, on(unicast("10.0.0.11:68")), "RELEASE silent"},
		{"release, unknown", who, dhcpv4.MessageTypeRelease, edits{addrOpt(54, "10.0.0.1"), ciaddr("10.0.0.11")}, on(unicast("10.0.0.11:68")), "RELEASE silent unknown client"},
		{"inform", web1, dhcpv4.MessageTypeInform, edits{ciaddr("10.0.0.77")}, here, "INFORM ACK to 10.0.0.77:68"},
		{"inform, relay", web1, dhcpv4.MessageTypeInform, edits{giaddr, ciaddr("10.0.1.77")}, here, "INFORM ACK to 10.0.1.77:68"},
		{"inform without address, relay", web1, dhcpv4.MessageTypeInform, edits{giaddr}, here, "INFORM ACK to 10.0.1.1:67"},
		{"inform without address", web1, dhcpv4.MessageTypeInform, nil, here, "INFORM ACK to 255.255.255.255:68"},
		{"inform, no address there", web2, dhcpv4.MessageTypeInform, edits{giaddr, ciaddr("10.0.1.77")}, here, "INFORM ACK to 10.0.1.77:68"},
		{"inform, from elsewhere", web1, dhcpv4.MessageTypeInform, edits{ciaddr("192.0.2.77")}, on(unicast("192.0.2.77:68")), "INFORM ACK to 192.0.2.77:68"},
		{"inform, of somebody else", web1, dhcpv4.MessageTypeInform, edits{ciaddr("192.0.2.77")}, on(unicast("198.51.100.1:68")), "INFORM silent impossible source"},
		{"inform, of a neighbour", web1, dhcpv4.MessageTypeInform, edits{ciaddr("10.0.0.77")}, on(unicast("198.51.100.1:68")), "INFORM silent impossible source"},
		{"inform, of somebody else by broadcast", web1, dhcpv4.MessageTypeInform, edits{ciaddr("192.0.2.77")}, here, "INFORM silent impossible source"},
		{"inform, relay, of another network", web1, dhcpv4.MessageTypeInform, edits{giaddr, ciaddr("192.0.2.77")}, here, "INFORM ACK to 10.0.1.1:67"},
		{"inform, unknown relay", web1, dhcpv4.MessageTypeInform, edits{dhcpv4.WithGatewayIP(net.IP{192, 0, 2, 1}), ciaddr("192.0.2.77")}, here, "INFORM silent no network"},
		{"inform, disabled", web3, dhcpv4.MessageTypeInform, edits{ciaddr("10.0.0.77")}, here, "INFORM silent disabled"},
		{"inform, unknown", who, dhcpv4.MessageTypeInform, edits{ciaddr("10.0.0.77")}, here, "INFORM silent unknown client"},

		{"of a server", web1, dhcpv4.MessageTypeOffer, nil, here, "silent not a request"},
		{"lease query", web1, 10, nil, here, "silent not a request"},
		{"other port", web1, discover, edits{giaddr}, on(func(m *v4.Meta) { m.To = mustPort("255.255.255.255:1067") }), "DISCOVER OFFER 10.0.1.11 to 10.0.1.1:1067"},
	} {
		t.Run(row.name, func(t *testing.T) {
			out := v4.Answer(t.Context(), fake{}, inventory{}, packet(t, row.mac, row.kind, row.edits...), row.meta, nil)
			if got := answer(out); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
			if out.Told == v4.Nothing && len(out.Reply) > 0 || out.Told != v4.Nothing && parsed(t, out.Reply).OpCode != dhcpv4.OpcodeBootReply {
				t.Errorf("%s has %d octets", out.Told, len(out.Reply))
			}
		})
	}
}

func TestStory(t *testing.T) {
	var story dhcp.Story
	v4.Answer(t.Context(), fake{}, inventory{}, packet(t, web1, dhcpv4.MessageTypeDiscover), on(), &story)
	if len(story.Steps) != 1 || story.Steps[0].Text != web1 {
		t.Errorf("story: %+v", story)
	}
}

func TestNotReady(t *testing.T) {
	p := packet(t, web1, dhcpv4.MessageTypeDiscover)
	for _, row := range []struct {
		name    string
		decider dhcp.Decider
		reader  clusto.Reader
		want    string
		failed  bool
	}{
		{"no inventory", fake{}, nil, "DISCOVER silent inventory not loaded", false},
		{"failure", failing{}, inventory{}, "DISCOVER silent inventory failure", true},
	} {
		out := v4.Answer(context.Background(), row.decider, row.reader, p, on(), nil)
		if got := answer(out); got != row.want || (out.Err != nil) != row.failed || !out.Decided {
			t.Errorf("%s: %s, %v; want %s", row.name, got, out.Err, row.want)
		}
	}
}
