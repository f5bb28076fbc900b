package v6_test

import (
	"bytes"
	"context"
	"net/netip"
	"testing"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// FuzzHandle answers any bytes: what comes out is a message that another library
// reads, with the same relay layers, transaction and client as what went in.
func FuzzHandle(f *testing.F) {
	for _, m := range []*dhcpv6.Message{
		message(solicit, iaNA(1)), message(request, ours(), iaNA(1, hostAddr.String())), message(renew, ours(), iaNA(1, "2001:db8::9")),
		message(confirm, iaNA(1, hostAddr.String())), message(release, ours(), iaNA(1)), message(inform), message(solicit, &dhcpv6.OptIAPD{}, &dhcpv6.OptIATA{}),
	} {
		f.Add(m.ToBytes())
		r, err := dhcpv6.EncapsulateRelay(m, dhcpv6.MessageTypeRelayForward, gateway.AsSlice(), hostLL.AsSlice())
		if err != nil {
			f.Fatal(err)
		}
		r.AddOption(dhcpv6.OptInterfaceID([]byte("port 1")))
		r.AddOption(dhcpv6.OptRelayPort(0))
		f.Add(r.ToBytes())
	}
	w := newWorld()
	h := v6.Handler{Decider: w, DUID: serverID}
	var out v6.Outcome
	f.Fuzz(func(t *testing.T, packet []byte) {
		kept := bytes.Clone(packet)
		for _, m := range []v6.Meta{direct(), relayed()} {
			w.asked = w.asked[:0]
			h.Handle(context.Background(), reader{}, packet, &m, &out, nil)
			if !bytes.Equal(kept, packet) {
				t.Fatal("the packet was changed")
			}
			if (len(out.Reply) == 0) != (out.To == netip.AddrPort{}) || len(out.Reply) == 0 && out.Reason == dhcp.Answered {
				t.Fatalf("%d bytes to %s: %q", len(out.Reply), out.To, out.Reason)
			}
			if len(out.Reply) > 0 {
				mirrored(t, packet, out.Reply)
			}
		}
	})
}

// mirrored checks that reply answers packet.
func mirrored(t *testing.T, packet, reply []byte) {
	t.Helper()
	d, err := dhcpv6.FromBytes(reply)
	if err != nil && odd(packet) {
		return
	}
	if err != nil {
		t.Fatalf("% x: %v", reply, err)
	}
	for packet[0] == byte(dhcpv6.MessageTypeRelayForward) {
		r, ok := d.(*dhcpv6.RelayMessage)
		if !ok || !bytes.Equal(r.ToBytes()[1:34], packet[1:34]) {
			t.Fatalf("% x: no Relay-reply to % x", d.ToBytes(), packet)
		}
		inner := option(packet[34:], dhcpv6.OptionRelayMsg)
		if want, got := option(packet[34:], dhcpv6.OptionInterfaceID), option(r.ToBytes()[34:], dhcpv6.OptionInterfaceID); !bytes.Equal(want, got) {
			t.Fatalf("interface ID % x, want % x", got, want)
		}
		packet, d = inner, r.Options.RelayMessage()
	}
	m, ok := d.(*dhcpv6.Message)
	if !ok || m.Type() != dhcpv6.MessageTypeAdvertise && m.Type() != dhcpv6.MessageTypeReply || !bytes.Equal(m.TransactionID[:], packet[1:4]) {
		t.Fatalf("% x: no answer to % x", d.ToBytes(), packet)
	}
	b := m.ToBytes()
	if want, got := option(packet[4:], dhcpv6.OptionClientID), option(b[4:], dhcpv6.OptionClientID); !bytes.Equal(want, got) {
		t.Fatalf("client identifier % x, want % x", got, want)
	}
	if got := option(b[4:], dhcpv6.OptionServerID); !bytes.Equal(got, serverID) {
		t.Fatalf("server identifier % x", got)
	}
}

// odd reports whether a packet has what is repeated as it came and what the other
// library does not read: a DUID with a wrong length, or an option that a relay
// wants to see again.
func odd(packet []byte) bool {
	for packet[0] == byte(dhcpv6.MessageTypeRelayForward) {
		if option(packet[34:], dhcpv6.OptionEchoRequest) != nil {
			return true
		}
		packet = option(packet[34:], dhcpv6.OptionRelayMsg)
	}
	_, err := dhcpv6.DUIDFromBytes(option(packet[4:], dhcpv6.OptionClientID))
	return err != nil
}

// option returns the first option with the code in b.
func option(b []byte, code dhcpv6.OptionCode) []byte {
	for len(b) >= 4 {
		n := 4 + int(b[2])<<8 + int(b[3])
		if n > len(b) {
			break
		}
		if int(b[0])<<8+int(b[1]) == int(code) {
			return b[4:n]
		}
		b = b[n:]
	}
	return nil
}

// TestNoAllocations keeps the path of a request free of garbage.
func TestNoAllocations(t *testing.T) {
	packet := relayPacket(t)
	m := relayed()
	h := v6.Handler{Decider: quiet{}, DUID: serverID}
	out := new(v6.Outcome)
	if n := testing.AllocsPerRun(100, func() { h.Handle(context.Background(), reader{}, packet, &m, out, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if len(out.Reply) == 0 {
		t.Errorf("no answer: %s", out.Reason)
	}
}

// relayPacket is a Solicit that came through a relay.
func relayPacket(tb testing.TB) []byte {
	tb.Helper()
	r, err := dhcpv6.EncapsulateRelay(message(solicit, iaNA(1), wants(23, 24, 59)), dhcpv6.MessageTypeRelayForward, gateway.AsSlice(), hostLL.AsSlice())
	if err != nil {
		tb.Fatal(err)
	}
	r.AddOption(dhcpv6.OptInterfaceID([]byte("Gi1/0/7")))
	return r.ToBytes()
}
