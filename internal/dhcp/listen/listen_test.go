package listen_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/listen"
)

func TestParse(t *testing.T) {
	hosts := func(texts ...string) (addrs []netip.Addr) {
		for _, text := range texts {
			addrs = append(addrs, netip.MustParseAddr(text))
		}
		return addrs
	}
	for _, row := range []struct {
		family dhcp.Family
		addrs  string
		iface  string
		want   listen.At
		text   string
	}{
		{dhcp.V4, "10.0.0.1:67", "", listen.At{Hosts: hosts("10.0.0.1"), Port: 67}, "10.0.0.1:67"},
		{dhcp.V4, "10.0.0.1:67 10.0.0.2:67", "eth0", listen.At{Hosts: hosts("10.0.0.1", "10.0.0.2"), Port: 67, Interface: "eth0"}, "10.0.0.1:67, 10.0.0.2:67"},
		{dhcp.V4, ":6767", "", listen.At{Port: 6767}, "port 6767"},
		{dhcp.V4, "0.0.0.0:67", "", listen.At{Port: 67}, "port 67"},
		{dhcp.V6, "[::]:547", "", listen.At{Port: 547}, "port 547"},
		{dhcp.V6, "[fe80::1%lo]:547", "", listen.At{Hosts: hosts("fe80::1"), Port: 547, Interface: "lo"}, "[fe80::1]:547"},
	} {
		row.want.Family = row.family
		got, err := listen.Parse(row.family, strings.Fields(row.addrs), row.iface)
		if err != nil {
			t.Errorf("%s: %v", row.addrs, err)
			continue
		}
		if diff := cmp.Diff(row.want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.addrs, diff)
		}
		if got.String() != row.text {
			t.Errorf("%s is written %s, want %s", row.addrs, got, row.text)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, row := range []struct {
		family dhcp.Family
		addrs  string
		want   string // what the error names
	}{
		{dhcp.V4, "", "say HOST:PORT, such as 10.0.0.1:67"},
		{dhcp.V6, "", "say HOST:PORT, such as [::]:547"},
		{dhcp.V4, "10.0.0.1", "10.0.0.1"},
		{dhcp.V4, "[2001:db8::1]:67", "2001:db8::1"},
		{dhcp.V4, "10.0.0.1:67 10.0.0.2:68", "one server has one port"},
		{dhcp.V4, "10.0.0.1:67 :67", "stands alone"},
	} {
		_, err := listen.Parse(row.family, strings.Fields(row.addrs), "")
		if !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%q: %v, want one that says %q", row.addrs, err, row.want)
		}
	}
}
