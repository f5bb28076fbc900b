package v6_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// nest wraps a message of the host in that many relay messages.
func nest(t *testing.T, n int) dhcpv6.DHCPv6 {
	t.Helper()
	var d dhcpv6.DHCPv6 = message(solicit, iaNA(1))
	for i := range n {
		d = relay(t, d, gateway.String(), hostLL.String(), dhcpv6.OptInterfaceID(fmt.Append(nil, "port", i)))
	}
	return d
}

// relayed is what a packet of a relay has.
func relayed() v6.Meta {
	m := direct()
	m.From, m.To = netip.MustParseAddrPort("[2001:db8:1::1]:1547"), netip.MustParseAddrPort("[2001:db8::67]:547")
	return m
}

func TestRelays(t *testing.T) {
	t.Parallel()
	for n := range v6.MaxHops + 1 {
		out := handle(newWorld(), nest(t, n+1).ToBytes(), relayed())
		if out.Reason != dhcp.Answered {
			t.Fatalf("%d relays: %s", n+1, out.Reason)
		}
		d, err := dhcpv6.FromBytes(out.Reply)
		for i := n; err == nil && i >= 0; i-- {
			r, ok := d.(*dhcpv6.RelayMessage)
			if !ok || r.Type() != dhcpv6.MessageTypeRelayReply || int(r.HopCount) != i ||
				string(r.Options.InterfaceID()) != fmt.Sprint("port", i) || r.LinkAddr.String() != gateway.String() || r.PeerAddr.String() != hostLL.String() {
				t.Fatalf("%d relays, layer %d: %s", n+1, i, d.Summary())
			}
			d, err = dhcpv6.DecapsulateRelay(d)
		}
		if err != nil || d.Type() != dhcpv6.MessageTypeAdvertise {
			t.Errorf("%d relays: %v, %v", n+1, d, err)
		}
		if want := netip.MustParseAddrPort("[2001:db8:1::1]:547"); out.To != want {
			t.Errorf("%d relays: to %s, want %s", n+1, out.To, want)
		}
	}
}

func TestRelayLoops(t *testing.T) {
	t.Parallel()
	deep := nest(t, v6.MaxHops+2).ToBytes()
	high := nest(t, 1).ToBytes()
	high[1] = v6.MaxHops + 1
	group := nest(t, 1).ToBytes()
	group[2] = 0xff
	empty := nest(t, 1).ToBytes()[:34]
	cut := nest(t, 2).ToBytes()
	cut = cut[:len(cut)-1]
	lying := nest(t, 2).ToBytes()
	binary.BigEndian.PutUint16(lying[36:], 2) // the outer relay message option
	for _, row := range []struct {
		name   string
		packet []byte
		want   dhcp.Reason
	}{
		{"deep", deep, v6.TooManyHops},
		{"high", high, v6.TooManyHops},
		{"multicast link", group, v6.Malformed},
		{"no message", empty, v6.Malformed},
		{"cut", cut, v6.Malformed},
		{"lying length", lying, v6.Malformed},
		{"one byte", []byte{12}, v6.Malformed},
	} {
		if out := handle(newWorld(), row.packet, relayed()); out.Reason != row.want || len(out.Reply) > 0 {
			t.Errorf("%s: %q, want %q", row.name, out.Reason, row.want)
		}
	}
}

// TestRelayOptions checks what relays get back.
func TestRelayOptions(t *testing.T) {
	t.Parallel()
	r := relay(t, message(solicit, iaNA(1)), gateway.String(), hostLL.String(),
		&dhcpv6.OptRemoteID{EnterpriseNumber: 9, RemoteID: []byte("sw1")},
		&dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionRelayAgentSubscriberID, OptionData: []byte("me")},
		&dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionEchoRequest, OptionData: []byte{0, 37}},
		dhcpv6.OptRelayPort(0))
	out := handle(newWorld(), r.ToBytes(), relayed())
	if out.To != relayed().From {
		t.Errorf("to %s, want %s: the relay has a port of its own", out.To, relayed().From)
	}
	d, err := dhcpv6.FromBytes(out.Reply)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, o := range d.(*dhcpv6.RelayMessage).Options.Options {
		codes = append(codes, fmt.Sprint(uint16(o.Code())))
	}
	if got, want := strings.Join(codes, " "), "37 135 9"; got != want {
		t.Errorf("options %s, want %s", got, want)
	}
}

// TestOwnPort has a server on a port of its own answer to where requests come from.
func TestOwnPort(t *testing.T) {
	t.Parallel()
	meta := relayed()
	meta.To = netip.MustParseAddrPort("[::1]:10547")
	if out := handle(newWorld(), nest(t, 1).ToBytes(), meta); out.To != meta.From {
		t.Errorf("to %s, want %s", out.To, meta.From)
	}
}

// TestRelayPort has a relay that says its port wrongly dropped.
func TestRelayPort(t *testing.T) {
	t.Parallel()
	r := relay(t, message(solicit, iaNA(1)), gateway.String(), hostLL.String(), &dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionRelayPort})
	if out := handle(newWorld(), r.ToBytes(), relayed()); out.Reason != v6.Malformed {
		t.Errorf("%q, want %q", out.Reason, v6.Malformed)
	}
}
