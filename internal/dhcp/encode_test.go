package dhcp

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/rfc1035label"

	"github.com/clusto/clusto"
)

// made returns the option that texts make, as another library reads a packet
// with it.
func made(t *testing.T, code uint8, f *form, texts ...string) dhcpv4.Options {
	t.Helper()
	data, err := f.make(nil, texts)
	if err != nil {
		t.Fatal(err)
	}
	return dhcpv4.Options{code: data}
}

// TestEncodings compares with how another library reads options.
func TestEncodings(t *testing.T) {
	addrs := func(o dhcpv4.Options, code dhcpv4.OptionCode) string {
		var list dhcpv4.IPs
		if err := list.FromBytes(o.Get(code)); err != nil {
			return err.Error()
		}
		return list.String()
	}
	if got := addrs(made(t, 6, formIPs, "192.0.2.53, 192.0.2.54", "192.0.2.55"), dhcpv4.OptionDomainNameServer); got != "192.0.2.53, 192.0.2.54, 192.0.2.55" {
		t.Error(got)
	}
	var routes dhcpv4.Routes
	err := routes.FromBytes(made(t, 121, formRoutes, "10.0.0.0/8 192.0.2.1, 10.1.2.128/25 via 192.0.2.2", "default 192.0.2.3").Get(dhcpv4.OptionClasslessStaticRoute))
	if want := "route to 10.0.0.0/8 via 192.0.2.1; route to 10.1.2.128/25 via 192.0.2.2; route to 0.0.0.0/0 via 192.0.2.3"; err != nil || routes.String() != want {
		t.Errorf("%s, %v; want %s", routes.String(), err, want)
	}
	labels, err := rfc1035label.FromBytes(made(t, 119, formSearch, "eng.example.com. example.org").Get(dhcpv4.OptionDNSDomainSearchList))
	if want := []string{"eng.example.com", "example.org"}; err != nil || !slices.Equal(labels.Labels, want) {
		t.Errorf("%v, %v; want %v", labels, err, want)
	}
	var mtu dhcpv4.Uint16
	if err := mtu.FromBytes(made(t, 26, formU16, "9000").Get(dhcpv4.OptionInterfaceMTU)); err != nil || mtu != 9000 {
		t.Error(mtu, err)
	}
	var lease dhcpv4.Duration
	if err := lease.FromBytes(made(t, 51, formSeconds, "12h").Get(dhcpv4.OptionIPAddressLeaseTime)); err != nil || time.Duration(lease) != 12*time.Hour {
		t.Error(lease, err)
	}
	var mask dhcpv4.IPMask
	if err := mask.FromBytes(made(t, 1, formIP, "255.255.252.0").Get(dhcpv4.OptionSubnetMask)); err != nil || net.IPMask(mask).String() != "fffffc00" {
		t.Error(mask, err)
	}
}

// TestEncodings6 does so for DHCPv6.
func TestEncodings6(t *testing.T) {
	read := func(code dhcpv6.OptionCode, f *form, texts ...string) dhcpv6.Option {
		t.Helper()
		data, err := f.make(nil, texts)
		if err != nil {
			t.Fatal(err)
		}
		o, err := dhcpv6.ParseOption(code, data)
		if err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		return o
	}
	for _, test := range []struct {
		option dhcpv6.Option
		want   []string
	}{
		{read(dhcpv6.OptionDNSRecursiveNameServer, formIP6s, "2001:db8::53 2001:db8::54"), []string{"2001:db8::53", "2001:db8::54"}},
		{read(dhcpv6.OptionDomainSearchList, formSearch, "example.com, example.org"), []string{"example.com", "example.org"}},
		{read(dhcpv6.OptionBootfileParam, formTexts, "root=/dev/ram0", "quiet"), []string{"root=/dev/ram0", "quiet"}},
		{read(dhcpv6.OptionNTPServer, formNTP6, "2001:db8::123, ntp.example.com, ff02::101"), []string{"2001:db8::123", "ntp.example.com", "ff02::101"}},
		{read(dhcpv6.OptionFQDN, formFQDN6, "web1.example.com"), []string{"web1.example.com"}},
	} {
		for _, want := range test.want {
			if !strings.Contains(test.option.String(), want) {
				t.Errorf("%s: no %s", test.option, want)
			}
		}
	}
}

// TestDictionaries: names are not ambiguous, and each is found however written.
func TestDictionaries(t *testing.T) {
	e, err := New(Options{Drivers: &clusto.Registry{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range e.dictionaries {
		for name, def := range d.byName {
			for _, written := range []string{name, strings.ReplaceAll(name, "_", "-"), strings.ToUpper(name)} {
				if found, err := d.lookUp(written); err != nil || found != def {
					t.Errorf("%s: %v, %v; want %s", written, found, err, def.name)
				}
			}
			if def.form == nil && def.slot != slotServer {
				t.Errorf("%s has no form", name)
			}
			if err := (clusto.Attr{Key: keyDHCP, Subkey: clusto.Sub(name)}).Validate(); err != nil {
				t.Errorf("%s cannot be written: %v", name, err)
			}
		}
	}
}

// FuzzEncode: whatever a value is, it makes an option or an error, and all forms
// that are read by another library are understood there.
func FuzzEncode(f *testing.F) {
	for _, text := range []string{"192.0.2.1, 192.0.2.2", "10.0.0.0/8 192.0.2.1", "example.com example.org", "2001:db8::1", "hex:0a:0b", "12h", "a,,b", "-1", "%", ".", "default via 192.0.2.1"} {
		f.Add(text)
	}
	all := append(slices.Clone(forms), formSIP, formNTP6, formFQDN6, formSeconds, formAny)
	f.Fuzz(func(t *testing.T, text string) {
		for _, form := range all {
			prefix := []byte{1, 2, 3}
			data, err := form.make(prefix, []string{text})
			if err != nil {
				continue
			}
			if !bytes.HasPrefix(data, []byte{1, 2, 3}) {
				t.Errorf("%s of %q: %x lost what was before it", form.name, text, data)
			}
			checkRead(t, form, text, data[len(prefix):])
		}
		if pieces, err := parseTemplate(text); err == nil && !strings.Contains(text, "%") && len(pieces) > 1 {
			t.Errorf("%q makes %d pieces", text, len(pieces))
		}
	})
}

func checkRead(t *testing.T, f *form, text string, data []byte) {
	if strings.HasPrefix(text, "hex:") {
		return
	}
	var err error
	switch f {
	case formIPs:
		var list dhcpv4.IPs
		err = list.FromBytes(data)
	case formRoutes:
		var routes dhcpv4.Routes
		err = routes.FromBytes(data)
	case formSearch, formDomain:
		_, err = rfc1035label.FromBytes(data)
	case formIP6s:
		_, err = dhcpv6.ParseOption(dhcpv6.OptionDNSRecursiveNameServer, data)
	}
	if err != nil {
		t.Errorf("%s of %q: %x: %v", f.name, text, data, err)
	}
}

// FuzzCircuit: no circuit or remote ID is more than it can be.
func FuzzCircuit(f *testing.F) {
	for _, c := range circuits {
		f.Add([]byte(c.id))
	}
	f.Fuzz(func(t *testing.T, id []byte) {
		c := parseCircuit(id)
		for _, p := range c.ports {
			if p.number < 0 || p.number > 1<<16 || p.module < 0 {
				t.Errorf("%x: port %+v", id, p)
			}
		}
		r := parseRemote(id)
		for _, name := range append(c.names, r.names...) {
			if name == "" || len(name) > len(id) {
				t.Errorf("%x: name %q", id, name)
			}
		}
		portNumber(nil, c, "sw1")
	})
}

// circuits are circuit IDs as switches send them, and the port that is meant.
var circuits = []struct {
	who, id string
	port    int
}{
	{"Cisco binary", "\x00\x04\x00\x64\x00\x18", 24},
	{"Cisco binary, a stack's second member", "\x00\x04\x00\x64\x02\x18", 0},
	{"Cisco text", "\x01\x08Gi1/0/24", 24},
	{"Cisco text, second member", "\x01\x08Gi2/0/24", 0},
	{"Nexus", "Ethernet1/24", 24},
	{"Arista", "Ethernet24", 24},
	{"Arista with VLAN", "Ethernet24:vlan100", 24},
	{"Arista with VLAN before", "Vlan100:Ethernet24", 24},
	{"Juniper", "ge-0/0/23.0", 24},
	{"Juniper with VLAN", "ge-0/0/23.0:servers", 24},
	{"Juniper with name", "sw1:xe-0/0/23.0", 24},
	{"HP ProCurve", "\x00\x18", 24},
	{"HP ProCurve above 8 bits", "\x01\x18", 280},
	{"HP Comware verbose", "\x01\x13sw1 eth 1/0/24:100 ", 24},
	{"SONiC", "Ethernet92:Vlan10", 92},
	{"Cumulus", "swp24", 24},
	{"Dell", "te1/0/24", 24},
	{"a name and a number", "sw1:24", 24},
	{"Linux relay", "eth0", 0},
	{"nothing", "", 0},
	{"noise", "\xff\xfe\xfd", 0},
}

func TestCircuits(t *testing.T) {
	for _, c := range circuits {
		if got := portNumber(nil, parseCircuit([]byte(c.id)), "sw1"); got != c.port {
			t.Errorf("%s: %q is port %d, want %d", c.who, c.id, got, c.port)
		}
	}
}

func TestRemotes(t *testing.T) {
	mac := clusto.MAC{0, 0x1c, 0x73, 1, 2, 3}
	for _, test := range []struct {
		id   string
		want remote
	}{
		{"\x00\x06\x00\x1c\x73\x01\x02\x03", remote{mac: mac}},
		{"\x00\x1c\x73\x01\x02\x03", remote{mac: mac}},
		{"001c.7301.0203", remote{mac: mac}},
		{"\x01\x0e001c.7301.0203", remote{mac: mac}},
		{"\xc0\x00\x02\x02", remote{addr: netip.MustParseAddr("192.0.2.2")}},
		{"192.0.2.2", remote{addr: netip.MustParseAddr("192.0.2.2")}},
		{"sw1", remote{names: []string{"sw1"}}},
		{"\x01\x03sw1", remote{names: []string{"sw1"}}},
		{"", remote{}},
	} {
		got := parseRemote([]byte(test.id))
		if got.mac != test.want.mac || got.addr != test.want.addr || !slices.Equal(got.names, test.want.names) {
			t.Errorf("%q: %+v, want %+v", test.id, got, test.want)
		}
	}
}

// TestDocumented: the tables of docs/dhcp.md have every option with all its names.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/dhcp.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range [][]definition{options4, options6} {
		for _, def := range table {
			names := "`" + plain(def.name) + "` | "
			if def.also != nil {
				names += "`" + strings.Join(def.also, "`, `") + "`"
			}
			if row := fmt.Sprintf("| %d | %s | %s |", def.code, names, def.form.name); !strings.Contains(string(text), row) {
				t.Errorf("docs/dhcp.md has no line\n%s", row)
			}
		}
	}
}
