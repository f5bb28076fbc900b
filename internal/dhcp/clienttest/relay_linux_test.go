package clienttest

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/clusto/clusto/internal/netns"
	"github.com/clusto/clusto/internal/testenv"
)

// TestRelays has the same clients get their addresses through ISC dhcrelay, one
// that says no more than where it stands, and one that adds what port a client is at
// (option 82).
func TestRelays(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "netns", "ip", "dhcrelay")
	l := newLab(t)
	relays := []struct {
		network network
		uplink  netip.Addr
		options []string
	}{
		{plain, netip.MustParseAddr("10.77.0.2"), nil},
		{marked, netip.MustParseAddr("10.77.0.3"), []string{"-a"}},
	}
	t.Run("clients", func(t *testing.T) {
		for _, r := range relays {
			space := l.relay(r.network, r.uplink, r.options...)
			for name, test := range map[string]func(*testing.T, *lab, *netns.Space, network){
				"dhclient": testRelayedDhclient, "udhcpc": testRelayedUdhcpc, "dhcpcd": testRelayedDhcpcd,
			} {
				t.Run(r.network.name+"/"+name, func(t *testing.T) {
					t.Parallel()
					test(t, l, space, r.network)
				})
			}
		}
	})
	l.alive()
}

// relay makes a router between the server's network and another one, on which a
// relay runs. It returns the router.
func (l *lab) relay(n network, uplink netip.Addr, options ...string) *netns.Space {
	l.Helper()
	const up = "up"
	s := newSpace(l.T)
	l.bridge(s, n)
	l.cable(l.T, l.server, s, up)
	err := s.IP(fmt.Sprintf("addr add %s/%d dev %s", uplink, lan.prefix.Bits(), up))
	if err == nil {
		err = l.server.IP(fmt.Sprintf("route add %s via %s", n.prefix, uplink))
	}
	if err == nil {
		err = s.Do(func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0) })
	}
	if err != nil {
		l.Fatal(err)
	}
	c := &client{T: l.T, space: s}
	args := append([]string{"-4", "-d", "-iu", up, "-id", bridge, "-pf", filepath.Join(l.TempDir(), "pid")}, options...)
	_, stop := c.start("dhcrelay", append(args, serverAddr)...)
	l.Cleanup(stop)
	return s
}

func testRelayedDhclient(t *testing.T, l *lab, relay *netns.Space, n network) {
	testenv.Require(t, "dhclient")
	h := host{n, 10}
	c := l.join(t, relay, h)
	stop := c.dhclient(15)
	defer func() { stop() }()
	await(t, "dhclient gets an address", func() bool { return c.says("done=BOUND") })
	c.wantAddr(h.addr())
	c.wantTold("new_dhcp_server_identifier="+serverAddr, "new_subnet_mask="+n.mask(), "new_routers="+n.gateway().String(), "new_host_name="+h.name())
	c.endDhclient(stop)
	c.fresh(h.mac())
	stop = c.dhclient(15)
	await(t, "dhclient confirms its lease", func() bool { return c.says("done=REBOOT") })
	c.wantAddr(h.addr())
}

// testRelayedUdhcpc has a client renew its lease as well: then it asks the server
// without the relay, from another network than that of the server's interface.
func testRelayedUdhcpc(t *testing.T, l *lab, relay *netns.Space, n network) {
	testenv.Require(t, "udhcpc")
	h := host{n, 11}
	c := l.join(t, relay, h)
	c.udhcpc()
	c.wantAddr(h.addr())
	c.wantTold("boot_file="+bootFile, "siaddr="+serverAddr, "router="+n.gateway().String(), "mask="+fmt.Sprint(n.prefix.Bits()))
	c.fresh(h.mac())
	tell, stop := c.stayingUdhcpc()
	defer stop()
	tell(syscall.SIGUSR1)
	await(t, "udhcpc renews its lease", func() bool { return c.says("done=renew") })
	c.wantAddr(h.addr())
}

func testRelayedDhcpcd(t *testing.T, l *lab, relay *netns.Space, n network) {
	testenv.Require(t, "dhcpcd")
	h := host{n, 12}
	c := l.join(t, relay, h)
	c.dhcpcd("duid")
	c.wantAddr(h.addr())
	c.wantTold("new_dhcp_server_identifier="+serverAddr, "new_host_name="+h.name())
}
