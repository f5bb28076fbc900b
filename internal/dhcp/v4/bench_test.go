package v4_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v4"
	"github.com/clusto/clusto/internal/racetest"
)

// table decides by a map alone, so that what is measured is the protocol.
type table map[clusto.MAC]*dhcp.Answer

func (t table) Decide(_ context.Context, _ clusto.Reader, c *dhcp.Client, a *dhcp.Answer, _ *dhcp.Story) error {
	if found := t[c.MAC]; found != nil {
		*a = *found
	} else {
		*a = dhcp.Answer{Reason: dhcp.UnknownClient}
	}
	return nil
}

func newTable(n int) table {
	t := table{}
	for i := range uint32(n) {
		var mac clusto.MAC
		mac[0] = 2
		binary.BigEndian.PutUint32(mac[2:], i)
		t[mac] = &dhcp.Answer{
			Addrs: []netip.Addr{netip.AddrFrom4([4]byte{10, 128 | byte(i>>16), byte(i >> 8), byte(i)})},
			Lease: time.Hour, Renew: 30 * time.Minute, Rebind: 50 * time.Minute,
			NextServer: self, BootFile: "pxelinux.0",
			Options: []dhcp.Option{
				{Code: 1, Data: []byte{255, 0, 0, 0}}, {Code: 3, Data: []byte{10, 0, 0, 1}}, {Code: 6, Data: []byte{10, 0, 0, 1}},
				{Code: 12, Data: fmt.Appendf(nil, "web%d", i)}, {Code: 15, Data: []byte("example.com")},
			},
		}
	}
	return t
}

// exchange are the two packets of a client that PXE boots through a relay.
func exchange(t testing.TB) [][]byte {
	edits := []dhcpv4.Modifier{
		giaddr, wants(1, 3, 6, 12, 15, 28, 42, 43, 51, 54, 58, 59, 60, 66, 67, 97, 121), class("PXEClient:Arch:00007:UNDI:003016"),
		opt(61, "01020000000001"), opt(57, "05dc"), opt(93, "0007"), opt(94, "010300"), opt(97, "0000112233445566778899aabbccddeeff"),
		opt(82, "0104 65746831"),
	}
	const mac = "02:00:00:00:00:01"
	return [][]byte{
		packet(t, mac, dhcpv4.MessageTypeDiscover, edits...),
		packet(t, mac, dhcpv4.MessageTypeRequest, append(edits, addrOpt(54, "10.0.0.1"), addrOpt(50, "10.128.0.1"))...),
	}
}

// BenchmarkHandle answers a packet in memory.
func BenchmarkHandle(b *testing.B) {
	h := v4.Handler{Decider: newTable(1000)}
	for i, p := range exchange(b) {
		b.Run([]string{"discover", "request"}[i], func(b *testing.B) {
			var out v4.Outcome
			m, r := on(), clusto.Reader(inventory{})
			b.ReportAllocs()
			for b.Loop() {
				h.Handle(context.Background(), r, p, &m, &out, nil)
			}
			if out.Told == v4.Nothing {
				b.Fatalf("no answer: %s", out.Reason)
			}
		})
	}
}

// TestAllocs checks that answering allocates nothing.
func TestAllocs(t *testing.T) {
	if racetest.On {
		t.Skip("the race detector allocates")
	}
	h := v4.Handler{Decider: newTable(2)}
	packets := append(exchange(t), packet(t, "02:00:00:00:00:01", dhcpv4.MessageTypeRequest, addrOpt(50, "10.1.1.1")),
		packet(t, who, dhcpv4.MessageTypeDiscover), packet(t, web1, dhcpv4.MessageTypeNone), []byte("rubbish"))
	var out v4.Outcome
	m, r := on(), clusto.Reader(inventory{})
	for i, p := range packets {
		if n := testing.AllocsPerRun(100, func() { h.Handle(t.Context(), r, p, &m, &out, nil) }); n > 0 {
			t.Errorf("packet %d: %v allocations", i, n)
		}
	}
}
