package dhcp_test

import (
	"encoding/hex"
	"testing"

	"github.com/clusto/clusto/internal/dhcp"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		family      dhcp.Family
		code        uint16
		data        string
		name, value string
	}{
		{dhcp.V4, 1, "ffffff00", "subnet-mask", "255.255.255.0"},
		{dhcp.V4, 3, "0a0000010a000002", "routers", "10.0.0.1, 10.0.0.2"},
		{dhcp.V4, 12, "776562", "host-name", "web"},
		{dhcp.V4, 12, "01", "host-name", "01"},
		{dhcp.V4, 2, "fffffff0", "time-offset", "-16"},
		{dhcp.V4, 13, "0100", "boot-size", "256"},
		{dhcp.V4, 21, "0a00000100000000", "policy-filter", "10.0.0.1 0.0.0.0"},
		{dhcp.V4, 121, "180a0102c0000201" + "00c0000202", "classless-static-routes", "10.1.2.0/24 via 192.0.2.1, 0.0.0.0/0 via 192.0.2.2"},
		{dhcp.V4, 119, "03777777076578616d706c6500" + "0161" + "00", "domain-search", "www.example, a"},
		{dhcp.V4, 3, "0a00", "routers", "0a00"},
		{dhcp.V4, 224, "010203", "", "010203"},
		{dhcp.V4, 224, "6162", "", "ab"},
	} {
		data, _ := hex.DecodeString(c.data)
		name, value := dhcp.Describe(c.family, dhcp.Option{Code: c.code, Data: data})
		if name != c.name || value != c.value {
			t.Errorf("option %d %s is %q %q, want %q %q", c.code, c.data, name, value, c.name, c.value)
		}
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add(uint16(121), []byte{24, 10, 1, 2, 192, 0, 2, 1}, false)
	f.Add(uint16(24), []byte{1, 'a', 0}, true)
	f.Fuzz(func(_ *testing.T, code uint16, data []byte, six bool) {
		family := dhcp.V4
		if six {
			family = dhcp.V6
		}
		dhcp.Describe(family, dhcp.Option{Code: code, Data: data})
	})
}
