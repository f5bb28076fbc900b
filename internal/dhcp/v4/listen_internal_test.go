package v4

import (
	"net/netip"
	"testing"

	"github.com/clusto/clusto/internal/datagram"
	"github.com/clusto/clusto/internal/dhcp/listen"
)

// TestSelf checks which messages are meant for the server, and by which address
// it answers them.
func TestSelf(t *testing.T) {
	links, err := datagram.Look()
	if err != nil {
		t.Fatal(err)
	}
	loopback := netip.MustParseAddr("127.0.0.1")
	index := 0
	for i := range 100 {
		if links.Has(i, loopback) {
			index = i
		}
	}
	if index == 0 {
		t.Skip("no interface has 127.0.0.1")
	}
	none, other := netip.Addr{}, netip.MustParseAddr("10.9.9.9")
	one, two := []netip.Addr{loopback}, []netip.Addr{other, loopback}
	for _, row := range []struct {
		name  string
		hosts []netip.Addr
		iface string
		local netip.Addr
		index int
		want  netip.Addr
	}{
		{"to its address", one, "", loopback, index, loopback},
		{"to the second", two, "", loopback, index, loopback},
		{"to its address by another interface", one, "", loopback, index + 1, loopback},
		{"to another of this host", []netip.Addr{other}, "", loopback, index, none},
		{"broadcast", one, "", everybody, index, loopback},
		{"broadcast, the second", two, "", everybody, index, loopback},
		{"broadcast by another interface", one, "", everybody, index + 1, none},
		{"broadcast by the chosen interface", []netip.Addr{other}, "eth7", everybody, index + 99, other},
		{"not by the chosen interface", one, "eth7", loopback, index, none},
		{"all", nil, "", everybody, index, loopback},
		{"not known where", two, "", none, 0, other},
	} {
		l := listen.At{Hosts: row.hosts, Interface: row.iface}
		m := &datagram.Message{Local: row.local, Interface: row.index, Own: loopback}
		if got := self(&l, m, links); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}
