package datagram

import (
	"net/netip"
	"testing"
)

func TestAlike(t *testing.T) {
	one, two := netip.MustParseAddrPort("10.0.0.1:67"), netip.MustParseAddrPort("10.0.0.2:67")
	sized := func(to netip.AddrPort, sizes ...int) (all []*Message) {
		for _, n := range sizes {
			all = append(all, &Message{Peer: to, Data: make([]byte, n)})
		}
		return all
	}
	var hundred []int
	for range 100 {
		hundred = append(hundred, 300)
	}
	var large []int
	for range 60 {
		large = append(large, 1472)
	}
	elsewhere := sized(one, 300, 300)
	elsewhere[1].Interface = 2
	for _, row := range []struct {
		name     string
		messages []*Message
		want     int
	}{
		{"one", sized(one, 300), 1},
		{"same", sized(one, 300, 300, 300), 3},
		{"the last is shorter", sized(one, 300, 300, 200, 200), 3},
		{"longer", sized(one, 300, 301), 1},
		{"another peer", append(sized(one, 300, 300), sized(two, 300)...), 2},
		{"another interface", elsewhere, 1},
		{"empty", sized(one, 0, 0), 1},
		{"empty after others", sized(one, 300, 0), 1},
		{"many", sized(one, hundred...), maxSegments},
		{"large", sized(one, large...), maxTogether / 1472},
	} {
		if got := alike(row.messages); got != row.want {
			t.Errorf("%s: %d, want %d", row.name, got, row.want)
		}
	}
}
