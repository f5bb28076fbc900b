package v4_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v4"
)

// TestRefused checks packets that are not worth a decision.
func TestRefused(t *testing.T) {
	discover := func(edits ...dhcpv4.Modifier) []byte { return packet(t, web1, dhcpv4.MessageTypeDiscover, edits...) }
	change := func(p []byte, at int, octets ...byte) []byte {
		p = bytes.Clone(p)
		copy(p[at:], octets)
		return p
	}
	plain := discover()
	for _, row := range []struct {
		name   string
		packet []byte
		meta   v4.Meta
		want   dhcp.Reason
	}{
		{"empty", nil, on(), v4.Malformed},
		{"short", plain[:239], on(), v4.Malformed},
		{"no cookie", change(plain, 236, 1, 2, 3, 4), on(), v4.Malformed},
		{"a reply", change(plain, 0, 2), on(), v4.NotARequest},
		{"unknown operation", change(plain, 0, 0), on(), v4.NotARequest},
		{"hops", change(plain, 3, 16), on(), dhcp.Answered},
		{"too many hops", change(plain, 3, 17), on(), v4.TooManyHops},
		{"length of the hardware address", change(plain, 2, 7), on(), v4.Malformed},
		{"length of another's", change(plain, 1, 6, 17), on(), v4.Malformed},
		{"group address", change(plain, 28, 1), on(), v4.Malformed},
		{"no hardware address", change(plain, 28, 0, 0, 0, 0, 0, 0), on(), v4.Malformed},
		{"option too long", append(bytes.Clone(plain[:240]), 53, 1, 1, 12, 9, 'x'), on(), v4.Malformed},
		{"option without length", append(bytes.Clone(plain[:240]), 53, 1, 1, 12), on(), v4.Malformed},
		{"no end", append(bytes.Clone(plain[:240]), 53, 1, 1), on(), dhcp.Answered},
		{"two types", append(bytes.Clone(plain[:240]), 53, 1, 1, 53, 1, 1), on(), v4.Malformed},
		{"type 0", append(bytes.Clone(plain[:240]), 53, 1, 0), on(), v4.Malformed},
		{"requested address", discover(opt(50, "0a0000")), on(), v4.Malformed},
		{"suboption too long", discover(opt(82, "0109 65")), on(), v4.Malformed},
		{"link selection", discover(opt(82, "0503 0a0001")), on(), v4.Malformed},
		{"overload", discover(opt(52, "0101")), on(), v4.Malformed},
		{"overloaded field", change(discover(opt(52, "01")), 108, 12, 200), on(), v4.Malformed},
		{"too long", append(bytes.Clone(plain), make([]byte, 2048)...), on(), v4.Oversized},
		{"group as relay", discover(dhcpv4.WithGatewayIP([]byte{224, 0, 0, 1})), on(), v4.Spoofed},
		{"everybody as relay", discover(dhcpv4.WithGatewayIP([]byte{255, 255, 255, 255})), on(), v4.Spoofed},
		{"group as client", discover(ciaddr("239.1.2.3")), on(), v4.Spoofed},
		{"this as relay", discover(dhcpv4.WithGatewayIP([]byte{0, 0, 0, 1})), on(), v4.Spoofed},
		{"itself as relay", discover(dhcpv4.WithGatewayIP(self.AsSlice())), on(), v4.Looping},
		{"its own", discover(), on(unicast("10.0.0.1:67")), v4.OwnPacket},
	} {
		out := v4.Answer(t.Context(), fake{}, inventory{}, row.packet, row.meta, nil)
		if out.Reason != row.want || (out.Told == v4.Nothing) != (row.want != dhcp.Answered) {
			t.Errorf("%s: %q, told %q; want %q", row.name, out.Reason, out.Told, row.want)
		}
	}
}

func TestClient(t *testing.T) {
	long := bytes.Repeat([]byte("c"), 300)
	for _, row := range []struct {
		name  string
		edits []dhcpv4.Modifier
		want  dhcp.Client
	}{
		{"nothing", nil, dhcp.Client{Link: self}},
		{
			"all",
			[]dhcpv4.Modifier{
				giaddr, opt(12, "77"), opt(55, "0103ff"), opt(60, "7031"), opt(61, "ff01"), opt(77, "7531"),
				opt(93, "00070009"), opt(97, "000102"), opt(82, "0101 43 0201 52"),
			},
			dhcp.Client{
				Hostname: []byte("w"), Wants: []uint16{1, 3, 255}, Vendor: []byte("p1"), ID: []byte{0xff, 1}, User: []byte("u1"),
				Arch: []uint16{7, 9}, UUID: []byte{1, 2}, Relay: relay, Link: relay, CircuitID: []byte("C"), RemoteID: []byte("R"),
			},
		},
		{"name of the domain", []dhcpv4.Modifier{opt(81, "000000 7732")}, dhcp.Client{Link: self, Hostname: []byte("w2")}},
		{"encoded name", []dhcpv4.Modifier{opt(81, "040000 027732")}, dhcp.Client{Link: self}},
		{"long option", []dhcpv4.Modifier{dhcpv4.WithOption(dhcpv4.OptGeneric(dhcpv4.OptionUserClassInformation, long))}, dhcp.Client{Link: self, User: long}},
		{"short client ID", []dhcpv4.Modifier{opt(61, "01")}, dhcp.Client{Link: self}},
	} {
		row.want.Family, row.want.Via, row.want.MAC = dhcp.V4, "eth0", clusto.MAC{2, 0, 0, 0, 0, 1}
		out := v4.Answer(t.Context(), fake{}, inventory{}, packet(t, web1, dhcpv4.MessageTypeDiscover, row.edits...), on(), nil)
		if len(out.Client.Arch) == 0 {
			out.Client.Arch = nil
		}
		if diff := cmp.Diff(row.want, out.Client, cmp.Comparer(func(a, b interface{ String() string }) bool { return a.String() == b.String() })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

// TestOverloadedRequest checks options in the fields file and sname.
func TestOverloadedRequest(t *testing.T) {
	p := packet(t, web1, dhcpv4.MessageTypeDiscover, opt(52, "03"))
	copy(p[108:], []byte{12, 2, 'a', 'b', 12, 0, 255})
	copy(p[44:], []byte{12, 1, 'c', 52, 1, 3, 255})
	if out := v4.Answer(t.Context(), fake{}, inventory{}, p, on(), nil); string(out.Client.Hostname) != "abc" {
		t.Errorf("host name %q, %s", out.Client.Hostname, out.Reason)
	}
}
