package dhcp_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
)

func TestOptions(t *testing.T) {
	set := func(setting string) string { return "set web1 dhcp." + setting + "\n" }
	testRules(t, []rule{
		{name: "names of people", setUp: set("nameservers=192.0.2.53, 192.0.2.54") + set("ntp_server=192.0.2.123") + set("MTU=9000") + set("search=example.com example.org"),
			want: []string{"6 c0000235c0000236", "42 192.0.2.123", "26 2328", "119 076578616d706c6503636f6d00076578616d706c65036f726700"}, not: []string{"bad"}},
		{name: "JSON list", setUp: set(`dns=json:["192.0.2.53","192.0.2.54"]`), want: []string{"6 c0000235c0000236"}},
		{name: "several attributes", setUp: "add web1 dhcp.dns#1=192.0.2.54\nadd web1 dhcp.name-servers#0=192.0.2.53\n", want: []string{"6 c0000235c0000236"}},
		{name: "twice the same", setUp: "add web1 dhcp.domain=example.com\nadd web1 dhcp.domain=example.com\n", want: []string{`15 "example.com"`}, not: []string{"bad"}},
		{name: "two where one is wanted", setUp: "add web1 dhcp.domain=example.com\nadd web1 dhcp.domain_name=example.org\n", want: []string{"bad 1"}, not: []string{"15 "}},
		{name: "routes", setUp: set("routes=10.0.0.0/8 192.0.2.2, default via 192.0.2.1"), want: []string{"121 080ac000020200c0000201"}},
		{name: "routes in JSON", setUp: set(`classless-static-routes=json:[["10.17.0.0/16","192.0.2.2"]]`), want: []string{"121 100a11c0000202"}},
		{name: "static routes", setUp: set("static_routes=10.0.0.1 192.0.2.2"), want: []string{"33 0a000001c0000202"}},
		{name: "by number with a form", setUp: set("option-224-ip=192.0.2.9") + set("option_225_u16=7") + set("option-226-text=7") + set("option-227-hex=0a:0b") + set("option-228=a text") + set("option-229=0x0102"),
			want: []string{"224 192.0.2.9", "225 0007", "226 37", "227 0a0b", `228 "a text"`, "229 0102"}, not: []string{"bad"}},
		{name: "by number with the form it has", setUp: set("option-42=192.0.2.123"), want: []string{"42 192.0.2.123"}},
		{name: "octets for any option", setUp: set("option-43=01:02") + set("dns=hex:c0:00:02:35"), want: []string{"43 0102", "6 192.0.2.53"}},
		{name: "a number of unknown size", setUp: set("option-224=7"), want: []string{"bad 1"}, not: []string{"224"}},
		{name: "no such option", setUp: set("domian=example.com"), want: []string{"bad 1"}},
		{name: "the server's own", setUp: set("server_id=192.0.2.9") + set("option-53=5") + set("option-82-hex=00"), want: []string{"bad 3"}},
		{name: "bad values", setUp: set("dns=ns1.example.com") + set("mtu=jumbo") + set("routes=10.0.0.1/8 192.0.2.1") + set("domain_search=a..b") + set("swap_server=2001:db8::1") + set("tcp_keepalive_interval=-1"), want: []string{"bad 6", "addrs [192.0.2.11]"}},
		{name: "an entity is no value", setUp: set("dns=@web2"), want: []string{"bad 1"}},
		{name: "a bad router is the manager's", setUp: set("routers=none"), want: []string{"bad 1", "3 192.0.2.1"}},
		{name: "nothing", setUp: "set web dhcp.dns=192.0.2.53\n" + set("dns=") + set("routers=") + set("hostname="), not: []string{"6 ", "3 ", "12 ", "bad"}},
		{name: "mask of its own", setUp: set("netmask=255.255.255.255") + set("broadcast=192.0.2.0"), want: []string{"1 255.255.255.255", "28 192.0.2.0"}},
		{name: "the host's name", setUp: "set web1 hostname=www.example.com", want: []string{`12 "www.example.com"`}},
		{name: "a name of no machine", setUp: "set web1 hostname=the_web server", not: []string{"12 "}},
		{name: "what is no option", setUp: set("client_id=x") + set("shared_network=x"), not: []string{"bad"}},
	})
}

func TestNearest(t *testing.T) {
	testRules(t, []rule{
		{name: "the nearest wins", setUp: `
set dc1 dhcp.domain=dc.example.com
set rack1 dhcp.domain_name=rack.example.com
set web dhcp.domain=pool.example.com
set office dhcp.domain=office.example.com
set dc1 dhcp.ntp_servers=192.0.2.123
set office dhcp.ntp=192.0.2.124
set office dhcp.dns=192.0.2.53`, want: []string{`15 "rack.example.com"`, "42 192.0.2.123", "6 192.0.2.53"}},
		{name: "own", setUp: "set rack1 dhcp.domain=rack.example.com\nset web1 dhcp.domain=own.example.com", want: []string{`15 "own.example.com"`}},
		{name: "rows decide among those as near", setUp: "set web dhcp.domain=pool.example.com\ncreate pool later\ninsert later web1\nset later dhcp.domain=later.example.com", want: []string{`15 "pool.example.com"`}},
		{name: "a bad one does not let farther ones through", setUp: "set web dhcp.dns=192.0.2.53\nset web1 dhcp.dns=x", want: []string{"bad 1"}, not: []string{"6 "}},
		{name: "next server", setUp: "set web dhcp.next_server=192.0.2.7\nset web1 dhcp.tftp_server=192.0.2.8", want: []string{"siaddr 192.0.2.7", `66 "192.0.2.8"`}},
		{name: "tftp server by name", setUp: "set web1 dhcp.tftp_server=boot.example.com\nset web1 dhcp.server_name=boot", want: []string{`66 "boot.example.com"`, "sname boot"}, not: []string{"siaddr"}},
	})
}

func TestTemplates(t *testing.T) {
	testRules(t, []rule{
		{name: "words", setUp: "set web1 hostname=www\nset web dhcp.root_path=%name %hostname %{ip}s %mac %gateway %network 100%%",
			want: []string{`17 "web1 www 192.0.2.11s 02:00:00:00:00:01 192.0.2.1 192.0.2.0/24 100%"`}},
		{name: "attributes", setUp: "set web1 system.serial=P123\nset dc1 site.code=sv3\nset web dhcp.root_path=/srv/%attr(site.code)/%{attr(system.serial)}",
			want: []string{`17 "/srv/sv3/P123"`}},
		{name: "an address in an attribute", setUp: "set dc1 dns.server#0=192.0.2.53\nset dc1 dns.server#1=192.0.2.54\nset web dhcp.dns=%attr(dns.server)", want: []string{"6 c0000235c0000236"}},
		{name: "no such attribute", setUp: "set web dhcp.root_path=/srv/%attr(site.code)", want: []string{"bad 1"}, not: []string{"17 "}},
		{name: "no such word", setUp: "set web dhcp.root_path=/srv/%serial", want: []string{"bad 1"}},
		{name: "boot file", setUp: "set web dhcp.filename=boot/%hostname.%domain.ipxe\nset web dhcp.domain=example.com", want: []string{"file boot/web1.example.com.ipxe"}},
	})
}

func TestBootFiles(t *testing.T) {
	const files = `
set web dhcp.filename=pxelinux.0
set web dhcp.filename-efi=any.efi
set web1 dhcp.bootfile-efi64=x64.efi
set web dhcp.ipxe_filename=http://192.0.2.5/%name.ipxe
set web dhcp.tftp_filename-http-arm64=http://192.0.2.5/arm64.efi
`
	client := func(arch int, vendor, user string) func(*dhcp.Client) {
		return func(c *dhcp.Client) {
			if arch >= 0 {
				c.Arch = []uint16{uint16(arch)}
			}
			c.Vendor, c.User = []byte(vendor), []byte(user)
		}
	}
	const pxe, http = "PXEClient:Arch:00007:UNDI:003000", "HTTPClient:Arch:00016:UNDI:003001"
	testRules(t, []rule{
		{name: "any", setUp: files, want: []string{"file pxelinux.0", `67 "pxelinux.0"`}, not: []string{"60 "}},
		{name: "BIOS", setUp: files, change: client(0, pxe, ""), want: []string{"file pxelinux.0"}, not: []string{"60 "}},
		{name: "EFI 64", setUp: files, change: client(7, pxe, ""), want: []string{"file x64.efi"}},
		{name: "EFI 64 by its other number", setUp: files, change: client(9, pxe, ""), want: []string{"file x64.efi"}},
		{name: "other EFI", setUp: files, change: client(11, pxe, ""), want: []string{"file any.efi"}},
		{name: "iPXE", setUp: files, change: client(7, pxe, "iPXE"), want: []string{"file http://192.0.2.5/web1.ipxe"}},
		{name: "iPXE with its length", setUp: files, change: client(0, pxe, "\x04iPXE"), want: []string{"file http://192.0.2.5/web1.ipxe"}},
		{name: "iPXE without a file of its own", setUp: "set web dhcp.filename-bios=x.0", change: client(0, pxe, "iPXE"), want: []string{"file x.0"}},
		{name: "HTTP", setUp: files, change: client(19, http, ""), want: []string{"file http://192.0.2.5/arm64.efi", `60 "HTTPClient"`}},
		{name: "HTTP without URL", setUp: files, change: client(16, http, ""), not: []string{"file", "60 ", "67 "}},
		{name: "HTTP by a URL for all", setUp: "set web dhcp.filename=http://192.0.2.5/x.efi", change: client(16, http, ""), want: []string{"file http://192.0.2.5/x.efi", `60 "HTTPClient"`}},
		{name: "vendor class of its own", setUp: "set web dhcp.filename=http://192.0.2.5/x.efi\nset web dhcp.vendor_class_identifier=HTTPClient:x", change: client(16, http, ""), want: []string{`60 "HTTPClient:x"`}},
		{name: "none for EFI", setUp: files + "set web1 dhcp.bootfile-efi64=", change: client(7, pxe, ""), not: []string{"file", "bad"}},
	})
}

func TestTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(office)
	for _, test := range []struct {
		settings             string
		lease, renew, rebind time.Duration
		bad                  int
	}{
		{"", time.Hour, 1600 * time.Second, 3150 * time.Second, 0},
		{"set web dhcp.lease_time=7200", 2 * time.Hour, time.Hour, 6300 * time.Second, 0},
		{"set web dhcp.lease-time=12h\nset web1 dhcp.renewal_time=1h", 12 * time.Hour, time.Hour, 10*time.Hour + 30*time.Minute, 0},
		{"set web1 dhcp.renewal_time=3400", time.Hour, 3400 * time.Second, 3400 * time.Second, 0},
		{"set web1 dhcp.lease_time=infinite", 4294967295 * time.Second, 4294967295 * time.Second, 4294967295 * time.Second, 0},
		{"set web1 dhcp.lease_time=60\nset web1 dhcp.rebinding_time=90", time.Minute, 30 * time.Second, 52 * time.Second, 1},
		{"set web1 dhcp.lease_time=soon", time.Hour, 1600 * time.Second, 3150 * time.Second, 1},
		{"set office dhcp.option-51=600", 10 * time.Minute, 5 * time.Minute, 525 * time.Second, 0},
	} {
		t.Run(test.settings, func(t *testing.T) {
			_, err := w.store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
				if err := w.run(tx, test.settings); err != nil {
					return err
				}
				var a dhcp.Answer
				client := from(web1, "192.0.2.1")
				if err := w.engine.Decide(t.Context(), tx, &client, &a, nil); err != nil {
					return err
				}
				if a.Lease != test.lease || a.Renew != test.renew || a.Rebind != test.rebind || a.BadSettings != test.bad {
					t.Errorf("got %s %s %s, %d bad; want %s %s %s, %d", a.Lease, a.Renew, a.Rebind, a.BadSettings, test.lease, test.renew, test.rebind, test.bad)
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Fatal(err)
			}
		})
	}
}

func TestDHCPv6(t *testing.T) {
	const six = `
create ipmanager six baseip=2001:db8:: netmask=64
ip web1 2001:db8::11
bind web1 2001:db8::12 eth0
set web dhcp6.name-servers=2001:db8::53
set web dhcp6.domain_search=example.com
set web dhcp.domain=not.example.com
set web dhcp6.filename=tftp://[2001:db8::5]/x.efi
`
	client := from(web1, "2001:db8::1")
	testRules(t, []rule{
		{name: "an answer", setUp: six, client: client, want: []string{"host web1 nic-eth/1", "network six 2001:db8::/64", "addrs [2001:db8::12 2001:db8::11]", "23 20010db8000000000000000000000053",
			"24 076578616d706c6503636f6d00", "file tftp://[2001:db8::5]/x.efi"}, not: []string{"1 ", "12 ", "15 ", "59 ", "39 ", "bad"}},
		{name: "full name", setUp: six + "set web1 dhcp6.domain=example.com", client: client, want: []string{"39 040477656231076578616d706c6503636f6d00"}},
		{name: "by DUID", setUp: six + "set web1 dhcp.duid=00:04:ab", client: dhcp.Client{Family: dhcp.V6, ID: []byte("\x00\x04\xab"), Link: client.Link}, want: []string{"host web1"}},
		{name: "not for DHCPv6", setUp: six + "set web dhcp6.enabled=0", client: client, want: []string{"no answer: disabled"}},
		{name: "for DHCPv6 only", setUp: six + "set web1 dhcp.enabled=0\nset web dhcp6.enabled=1", client: client, want: []string{"addrs [2001:db8::12 2001:db8::11]"}},
		{name: "no address, but options", setUp: "create ipmanager six baseip=2001:db8:: netmask=64\nset web dhcp6.dns=2001:db8::53", client: client,
			want: []string{"no answer: no address", "23 20010db8000000000000000000000053"}},
		{name: "ntp and boot parameters", setUp: six + "set web dhcp6.ntp=2001:db8::123, ntp.example.com\nset web dhcp6.boot_params=json:[\"a\",\"bc\"]", client: client,
			want: []string{"56 0001001020010db800000000000000000000012300030011036e7470076578616d706c6503636f6d00", "60 00016100026263"}},
		{name: "remote ID after the enterprise number", setUp: six + "connect web1 nic-eth/1 sw1 5", client: from("02:00:00:00:00:99", "2001:db8::1"),
			change: relayed("2001:db8::1", "Ethernet5", "\x00\x00\x00\x09sw1"), want: []string{"host web1 nic-eth/1"}},
	})
}
