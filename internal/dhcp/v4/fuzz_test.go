package v4_test

import (
	"context"
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v4"
)

// anyone decides as fake, and takes whoever that does not know for one of its hosts.
type anyone struct{ fake }

func (a anyone) Decide(ctx context.Context, r clusto.Reader, c *dhcp.Client, answer *dhcp.Answer, story *dhcp.Story) error {
	if hosts[c.MAC.String()].name == "" {
		known := *c
		known.MAC = clusto.MAC{2, 0, 0, 0, 0, c.MAC[5]%6 + 1}
		c = &known
	}
	return a.fake.Decide(ctx, r, c, answer, story)
}

// FuzzAnswer answers any bytes: nothing panics, and what is sent is a sound answer
// of the allowed size to who asked.
func FuzzAnswer(f *testing.F) {
	for _, mac := range []string{web1, web2, web4, web5, who} {
		f.Add(packet(f, mac, dhcpv4.MessageTypeDiscover, wants(1, 3, 6, 67)), false, uint32(0))
		f.Add(packet(f, mac, dhcpv4.MessageTypeRequest, giaddr, opt(82, link82), addrOpt(50, "10.0.1.11")), false, uint32(0x0a000101))
		f.Add(packet(f, mac, dhcpv4.MessageTypeRequest, ciaddr("10.0.0.11"), opt(61, "ff0102"), opt(57, "05dc")), true, uint32(0x0a00000b))
		f.Add(packet(f, mac, dhcpv4.MessageTypeDiscover, class("PXEClient"), opt(97, "000102"), opt(52, "03")), true, uint32(0))
		f.Add(packet(f, mac, dhcpv4.MessageTypeNone), false, uint32(0))
		f.Add(packet(f, mac, dhcpv4.MessageTypeInform, ciaddr("10.0.0.11"), opt(82, port82), giaddr), true, uint32(0x0a00000b))
	}
	f.Fuzz(func(t *testing.T, packet []byte, direct bool, from uint32) {
		m := on()
		if direct {
			m = on(unicast("0.0.0.0:68"))
		}
		m.From = netip.AddrPortFrom(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, from))), 68)
		out := v4.Answer(t.Context(), anyone{}, inventory{}, packet, m, nil)
		if out.Told == v4.Nothing {
			if len(out.Reply) > 0 || out.To.IsValid() {
				t.Fatalf("nothing is told, in %d octets to %s", len(out.Reply), out.To)
			}
			return
		}
		checkAnswer(t, packet, m, out)
	})
}

// checkAnswer checks what must be so whatever was asked.
func checkAnswer(t *testing.T, packet []byte, m v4.Meta, out *v4.Outcome) {
	t.Helper()
	limit := 548
	if size := sizeOption(packet); size > 576 {
		limit = min(size, 1500) - 28
	}
	p := parsed(t, out.Reply)
	if len(out.Reply) < 300 || len(out.Reply) > limit {
		t.Errorf("%d octets, at most %d are allowed", len(out.Reply), limit)
	}
	if [4]byte(packet[4:8]) != p.TransactionID || string(packet[28:44]) != string(out.Reply[28:44]) {
		t.Errorf("answer to somebody else: %s", p.Summary())
	}
	giaddr, ciaddr := netip.AddrFrom4([4]byte(packet[24:28])), netip.AddrFrom4([4]byte(packet[12:16]))
	to := out.To.Addr()
	switch {
	case out.Told == v4.NAK && out.Addr.IsValid():
		t.Errorf("a NAK with the address %s", out.Addr)
	case out.Kind == v4.Inform && to == ciaddr:
	case !giaddr.IsUnspecified():
		if to != giaddr || to.IsMulticast() {
			t.Errorf("relayed by %s, answered to %s", giaddr, to)
		}
	case to == everybody, to == out.Addr:
	case out.Kind == v4.Renew && out.Told == v4.NAK && to == ciaddr:
	default:
		t.Errorf("%s %s of %s is sent to %s", out.Kind, out.Told, out.Addr, to)
	}
	if p.GatewayIPAddr.IsUnspecified() != giaddr.IsUnspecified() || out.From != m.Self {
		t.Errorf("giaddr %s, from %s", p.GatewayIPAddr, out.From)
	}
}

// sizeOption returns the maximum size that the client tells, 0 if none.
func sizeOption(packet []byte) int {
	p, err := dhcpv4.FromBytes(packet)
	if err != nil { // such as of a client that marks no end, of which the other implementation does not tell more
		return 1500
	}
	if data := p.GetOneOption(dhcpv4.OptionMaximumDHCPMessageSize); len(data) == 2 {
		return int(binary.BigEndian.Uint16(data))
	}
	return 1500 // it may stand in one of the fields that the other implementation does not read
}
