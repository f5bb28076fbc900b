package dhcp_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
)

// office is a network, and a server in a rack and a pool.
const office = `
create ipmanager office baseip=192.0.2.0 netmask=24 gateway=192.0.2.1
create basicserver web1
create basicserver web2
create basicnetworkswitch sw1
create basicrack rack1
create basicdatacenter dc1
create pool web
insert dc1 rack1
insert rack1 web1 4
insert web web1
set web1 dhcp.enabled=1
set web2 dhcp.enabled=1
port web1 nic-eth/1 mac=02:00:00:00:00:01
port web2 nic-eth/1 mac=02:00:00:00:00:02
ip web1 192.0.2.11
ip web2 192.0.2.12
`

const web1 = "02:00:00:00:00:01"

type rule struct {
	name   string
	setUp  string
	client dhcp.Client
	change func(*dhcp.Client)
	want   []string // lines that show has
	not    []string // beginnings of lines that it has not
}

// errUndo ends a transaction whose changes are not wanted.
var errUndo = errors.New("undo")

// testRules tests each rule in an inventory that is the same again after it.
func testRules(t *testing.T, rules []rule) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(office)
	for _, r := range rules {
		t.Run(strings.ReplaceAll(r.name, " ", "-"), func(t *testing.T) {
			_, err := w.store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
				if err := w.run(tx, r.setUp); err != nil {
					return err
				}
				r.test(t, w.engine, tx)
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Fatal(err)
			}
		})
	}
}

func (r *rule) test(t *testing.T, e *dhcp.Engine, state clusto.Reader) {
	c := r.client
	if !c.Link.IsValid() {
		c = from(web1, "192.0.2.1")
	}
	if r.change != nil {
		r.change(&c)
	}
	var story dhcp.Story
	var a, silent dhcp.Answer
	if err := errors.Join(e.Decide(t.Context(), state, &c, &a, &story), e.Decide(t.Context(), state, &c, &silent, nil)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(show(&a), "\n"), "\n")
	for _, want := range r.want {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in\n%s", want, show(&a))
		}
	}
	for _, not := range r.not {
		if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, not) }); i >= 0 {
			t.Errorf("a line %q in\n%s", lines[i], show(&a))
		}
	}
	if !slices.IsSortedFunc(a.Options, func(x, y dhcp.Option) int { return int(x.Code) - int(y.Code) }) {
		t.Errorf("the options do not rise:\n%s", show(&a))
	}
	if diff := cmp.Diff(show(&a), show(&silent)); diff != "" {
		t.Errorf("with a story another answer: %s", diff)
	}
	failed := slices.ContainsFunc(story.Steps, func(s dhcp.Step) bool { return s.Failed })
	if failed != (a.Reason != dhcp.Answered) {
		t.Errorf("the reason is %q, and the story %+v", a.Reason, story.Steps)
	}
}

func relayed(relay, circuit, remote string) func(*dhcp.Client) {
	return func(c *dhcp.Client) {
		c.Relay = netip.MustParseAddr(relay)
		c.CircuitID, c.RemoteID = []byte(circuit), []byte(remote)
	}
}

func TestWho(t *testing.T) {
	stranger := from("02:00:00:00:00:99", "192.0.2.1")
	const cabled = `
create basicnetworkswitch sw2
connect web1 nic-eth/1 sw1 5
port sw1 nic-eth/5 mac=02:00:00:00:00:98
set sw1 bootstrap.mac=00:1c:73:00:00:01
ip sw1 192.0.2.2
`
	const trusted = "192.0.2.1"
	testRules(t, []rule{
		{name: "a port", want: []string{"host web1 nic-eth/1", "addrs [192.0.2.11]"}},
		{name: "another port", setUp: "port web1 nic-eth/2 mac=0200.0000.0099", client: stranger, want: []string{"host web1 nic-eth/2"}},
		{name: "bootstrap", setUp: "set web1 bootstrap.mac=02-00-00-00-00-99", client: stranger, want: []string{"host web1"}},
		{name: "port before bootstrap", setUp: "set web1 bootstrap.mac=" + web1, want: []string{"host web1 nic-eth/1"}},
		{name: "unknown", client: stranger, want: []string{"no answer: unknown client"}, not: []string{"host"}},
		{name: "two hosts", setUp: "set web2 bootstrap.mac=" + web1, want: []string{"no answer: several hosts"}, not: []string{"host"}},
		{name: "a switch has learnt it", setUp: "port sw1 nic-eth/7 mac=" + web1, want: []string{"host web1 nic-eth/1"}},
		{name: "only a switch has learnt it", setUp: "port sw1 nic-eth/7 mac=02:00:00:00:00:99", client: stranger, want: []string{"no answer: unknown client"}},
		{name: "a switch itself", setUp: "set sw1 bootstrap.mac=02:00:00:00:00:99\nset sw1 dhcp.enabled=1\nip sw1 192.0.2.99", client: stranger, want: []string{"host sw1", "addrs [192.0.2.99]"}},
		{name: "serial or other attributes", setUp: "set web1 system.mac=02:00:00:00:00:99", client: stranger, want: []string{"no answer: unknown client"}},

		{name: "text circuit, switch by name", setUp: cabled, client: stranger, change: relayed(trusted, "Gi1/0/5", "sw1"), want: []string{"host web1 nic-eth/1", "addrs [192.0.2.11]"}},
		{name: "switch in the circuit", setUp: cabled, client: stranger, change: relayed(trusted, "sw1:Ethernet5", ""), want: []string{"host web1 nic-eth/1"}},
		{name: "binary circuit, switch by address in octets", setUp: cabled, client: stranger, change: relayed(trusted, "\x00\x04\x00\x64\x00\x05", "\x00\x06\x00\x1c\x73\x00\x00\x01"), want: []string{"host web1 nic-eth/1"}},
		{name: "switch by hardware address as text", setUp: cabled, client: stranger, change: relayed(trusted, "swp5", "001c.7300.0001"), want: []string{"host web1 nic-eth/1"}},
		{name: "switch by address", setUp: cabled, client: stranger, change: relayed(trusted, "\x00\x05", "\xc0\x00\x02\x02"), want: []string{"host web1 nic-eth/1"}},
		{name: "the relay is the switch", setUp: cabled, client: stranger, change: relayed("192.0.2.2", "ge-0/0/4.0", ""), want: []string{"host web1 nic-eth/1"}},
		{name: "osname of the switch port", setUp: cabled + "port sw1 nic-eth/5 osname=xe-3/1/17", client: stranger, change: relayed(trusted, "xe-3/1/17.0:vlan100", "sw1"), want: []string{"host web1 nic-eth/1"}},
		{name: "another member of a stack", setUp: cabled, client: stranger, change: relayed(trusted, "Gi2/0/5", "sw1"), want: []string{"no answer: unknown client"}},
		{name: "counted from three", setUp: cabled + "set sw1 dhcp.circuit_offset=2", client: stranger, change: relayed(trusted, "\x00\x04\x00\x64\x01\x07", "sw1"), want: []string{"host web1 nic-eth/1"}},
		{name: "nothing connected", setUp: cabled, client: stranger, change: relayed(trusted, "Gi1/0/6", "sw1"), want: []string{"no answer: unknown client"}},
		{name: "no such switch", setUp: cabled, client: stranger, change: relayed(trusted, "Gi1/0/5", "sw9"), want: []string{"no answer: unknown client"}},
		{name: "untrusted relay", setUp: cabled, client: stranger, change: relayed("203.0.113.1", "Gi1/0/5", "sw1"), want: []string{"no answer: untrusted relay"}},
		{name: "the address counts more than the place", setUp: cabled, client: from("02:00:00:00:00:02", "192.0.2.1"), change: relayed(trusted, "Gi1/0/5", "sw1"), want: []string{"host web2 nic-eth/1"}},

		{name: "client identifier in digits", setUp: "set web1 dhcp.client_id=01:02:00:00:00:00:99", client: stranger, change: func(c *dhcp.Client) { c.ID = []byte("\x01\x02\x00\x00\x00\x00\x99") }, want: []string{"host web1"}},
		{name: "client identifier as text", setUp: "port web1 nic-eth/2 client_id=blade-7", client: stranger, change: func(c *dhcp.Client) { c.ID = []byte("\x00blade-7") }, want: []string{"host web1 nic-eth/2"}},
		{name: "DUID in a client identifier", setUp: "set web1 dhcp.duid=0003000102000000ABCD", client: stranger, change: func(c *dhcp.Client) {
			c.ID = []byte("\xff\x00\x00\x00\x01\x00\x03\x00\x01\x02\x00\x00\x00\xab\xcd")
		}, want: []string{"host web1"}},
		{name: "client identifier from an untrusted place", setUp: "set web1 dhcp.client_id=blade-7", client: stranger, change: func(c *dhcp.Client) {
			relayed("203.0.113.1", "Gi1/0/5", "sw1")(c)
			c.ID = []byte("\x00blade-7")
		}, want: []string{"host web1"}},
	})
}

func TestEnabled(t *testing.T) {
	testRules(t, []rule{
		{name: "own", want: []string{"host web1 nic-eth/1"}, not: []string{"no answer"}},
		{name: "own no beats the pool", setUp: "set web1 dhcp.enabled=0\nset web dhcp.enabled=1", want: []string{"no answer: disabled", "host web1 nic-eth/1"}},
		{name: "own yes beats the pool", setUp: "set web dhcp.enabled=0", not: []string{"no answer"}},
		{name: "text", setUp: "set web1 dhcp.enabled=no", want: []string{"no answer: disabled"}},
		{name: "the manager has no say", setUp: "set web1 dhcp.enabled=0\nset office dhcp.enabled=1", want: []string{"no answer: disabled"}},
	})
}

func TestPlace(t *testing.T) {
	testRules(t, []rule{
		{name: "bound to the port", setUp: "bind web1 192.0.2.50 eth0 nic-eth/1\nbind web1 192.0.2.51 eth1 nic-eth/2\nport web1 nic-eth/2 mac=02:00:00:00:00:99", client: from("02:00:00:00:00:99", "192.0.2.1"),
			want: []string{"addrs [192.0.2.51 192.0.2.11]"}},
		{name: "by osname", setUp: "bind web1 192.0.2.50 enp3s0\nport web1 nic-eth/1 osname=enp3s0", want: []string{"addrs [192.0.2.50 192.0.2.11]"}},
		{name: "by the number", setUp: "bind web1 192.0.2.50 eth1\nbind web1 192.0.2.51 eth0", want: []string{"addrs [192.0.2.51 192.0.2.11]"}},
		{name: "an alias", setUp: "bind web1 192.0.2.50 eth0:1\nport web1 nic-eth/1 osname=eth0", want: []string{"addrs [192.0.2.50 192.0.2.11]"}},
		{name: "only bound elsewhere", setUp: "bind web2 192.0.2.12 eth5\nbind web2 192.0.2.13 eth6", client: from("02:00:00:00:00:02", "192.0.2.1"), want: []string{"addrs [192.0.2.12]"}},
		{name: "another network", setUp: "create ipmanager lab baseip=198.51.100.0 netmask=25\nip web1 198.51.100.9", client: from(web1, "198.51.100.126"),
			want: []string{"network lab 198.51.100.0/25", "addrs [198.51.100.9]", "1 255.255.255.128", "28 198.51.100.127"}, not: []string{"3 "}},
		{name: "no manager", client: from(web1, "198.51.100.1"), want: []string{"no answer: no network", "host web1 nic-eth/1"}},
		{name: "no address there", setUp: "create ipmanager lab baseip=198.51.100.0 netmask=25", client: from(web1, "198.51.100.1"),
			want: []string{"no answer: no address", "network lab 198.51.100.0/25", "1 255.255.255.128"}},
		{name: "nested, the narrowest", setUp: "create ipmanager part baseip=192.0.2.128 netmask=25\nip web1 192.0.2.200", client: from(web1, "192.0.2.129"),
			want: []string{"network part 192.0.2.128/25", "addrs [192.0.2.200]"}},
		{name: "nested, the wider", setUp: "create ipmanager part baseip=192.0.2.128 netmask=25\nip web1 192.0.2.200", want: []string{"network office 192.0.2.0/24", "addrs [192.0.2.11]"}},
		{name: "nested later", setUp: "ip web1 192.0.2.200\ncreate ipmanager part baseip=192.0.2.128 netmask=25", want: []string{"addrs [192.0.2.11 192.0.2.200]"}},
		{name: "one wire", setUp: "create ipmanager second baseip=198.51.100.0 netmask=24 gateway=198.51.100.1\nset office dhcp.shared_network=floor1\nset second dhcp.shared-network=floor1", client: from(web1, "198.51.100.1"),
			want: []string{"network office 192.0.2.0/24", "addrs [192.0.2.11]", "3 192.0.2.1"}},
		{name: "other wires", setUp: "create ipmanager second baseip=198.51.100.0 netmask=24\nset office dhcp.shared_network=floor1\nset second dhcp.shared_network=floor2", client: from(web1, "198.51.100.1"),
			want: []string{"no answer: no address", "network second 198.51.100.0/24"}},
		{name: "management is not for the host", setUp: "create ipmanager mgmt baseip=198.51.100.0 netmask=24\nbind web1 198.51.100.9 ipmi", client: from(web1, "198.51.100.1"), want: []string{"no answer: no address"}},
	})
}

func TestController(t *testing.T) {
	classic := func(c *dhcp.Client) { c.Vendor = []byte("udhcp 0.9.9-pre") }
	const ipmi = "bind web1 192.0.2.60 ipmi\n"
	bmc := from("02:00:00:00:00:99", "192.0.2.1")
	testRules(t, []rule{
		{name: "learns", setUp: ipmi + "set dc1 dhcp.update_ipmi=1\nset web1 bootstrap.mac=02:00:00:00:00:99", client: bmc, change: classic,
			want: []string{"host web1 bmc learn", "addrs [192.0.2.60]"}, not: []string{"12 "}},
		{name: "knows it already", setUp: ipmi + "set dc1 dhcp.update_ipmi=1\nport web1 nic-eth/1 ipmi-mac=0200.0000.0099", client: bmc, change: classic,
			want: []string{"host web1 nic-eth/1 bmc", "addrs [192.0.2.60]"}},
		{name: "known by ipmi-mac alone", setUp: ipmi + "port web1 nic-eth/1 ipmi-mac=02:00:00:00:00:99", client: bmc, want: []string{"host web1 nic-eth/1 bmc", "addrs [192.0.2.60]"}},
		{name: "not asked to tell them apart", setUp: ipmi, change: classic, want: []string{"host web1 nic-eth/1", "addrs [192.0.2.11]"}},
		{name: "another vendor class", setUp: ipmi + "set dc1 dhcp.update_ipmi=1", change: func(c *dhcp.Client) { c.Vendor = []byte("udhcp 1.36.1") }, want: []string{"host web1 nic-eth/1"}},
		{name: "named vendor classes", setUp: ipmi + "set dc1 dhcp.update_ipmi=1\nset dc1 dhcp.bmc_vendor=json:[\"iDRAC*\",\"OpenBMC\"]", change: func(c *dhcp.Client) { c.Vendor = []byte("iDRAC9") },
			want: []string{"host web1 nic-eth/1 bmc learn"}},
		{name: "no address of its own", setUp: "set dc1 dhcp.update_ipmi=1", change: classic, want: []string{"no answer: no address", "host web1 nic-eth/1 bmc learn"}},
		{name: "a port of its own", setUp: "bind web1 192.0.2.60 ipmi nic-eth/2\nport web1 nic-eth/2 mac=02:00:00:00:00:99", client: bmc, want: []string{"host web1 nic-eth/2 bmc", "addrs [192.0.2.60]"}},
		{name: "no boot file", setUp: ipmi + "set web1 dhcp.filename=x.0\nport web1 nic-eth/1 ipmi-mac=02:00:00:00:00:99", client: bmc, not: []string{"file", "67 "}},
	})
}

// TestUpdateIPMI: the configuration says so for all, an attribute otherwise.
func TestUpdateIPMI(t *testing.T) {
	w := newWorld(t)
	w.setUp(office + "bind web1 192.0.2.60 ipmi\nset web2 dhcp.update_ipmi=0")
	e := w.newEngine(dhcp.Options{UpdateIPMI: true, BMCVendors: []string{"Super*"}})
	for host, want := range map[string]bool{web1: true, "02:00:00:00:00:02": false} {
		c := from(host, "192.0.2.1")
		c.Vendor = []byte("Supermicro")
		if a := w.decide(e, c, nil); a.BMC != want || a.Learn != want {
			t.Errorf("%s: BMC %t, learn %t; want %t", a.Host.Name, a.BMC, a.Learn, want)
		}
	}
}
