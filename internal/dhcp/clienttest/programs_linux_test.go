package clienttest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/clusto/clusto/internal/testenv"
)

// stranger is a hardware address that is nowhere in the inventory.
const stranger = "02:99:00:00:00:01"

// TestClients has the clients that people run get their addresses directly.
func TestClients(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	t.Run("clients", func(t *testing.T) {
		t.Run("dhclient", func(t *testing.T) {
			t.Parallel()
			testDhclient(t, l)
		})
		t.Run("udhcpc", func(t *testing.T) {
			t.Parallel()
			testUdhcpc(t, l)
		})
		t.Run("dhcpcd", func(t *testing.T) {
			t.Parallel()
			testDhcpcd(t, l)
		})
		t.Run("strangers", func(t *testing.T) {
			t.Parallel()
			testStrangers(t, l)
		})
	})
	l.alive()
}

// dhclient starts ISC dhclient, which stays, until the returned function is called.
// It gives up after a number of seconds.
func (c *client) dhclient(seconds int, options ...string) (stop func()) {
	c.Helper()
	conf := filepath.Join(c.dir, "dhclient.conf")
	err := os.WriteFile(conf, fmt.Appendf(nil, `timeout %d; retry 1; initial-interval 1;
request subnet-mask, broadcast-address, routers, domain-name, domain-name-servers, host-name, tftp-server-name, bootfile-name;
`, seconds), 0o644)
	if err != nil {
		c.Fatal(err)
	}
	hook := script(c.T, c.dir, "dhclient-hook", `
env | grep -E '^(reason|new_|old_)' | sort >>`+c.told+`
case $reason in
PREINIT) ip link set "$interface" up ;;
BOUND|RENEW|REBIND|REBOOT)
	ip addr replace "$new_ip_address/$new_subnet_mask" dev "$interface"
	ip route replace default via $new_routers ;;
RELEASE|EXPIRE|FAIL|STOP|TIMEOUT) ip addr flush dev "$interface" ;;
esac
echo done=$reason >>`+c.told)
	args := append([]string{"-4", "-d", "-v", "-cf", conf, "-lf", filepath.Join(c.dir, "leases"), "-pf", filepath.Join(c.dir, "pid"), "-sf", hook}, options...)
	_, stop = c.start("dhclient", append(args, nic)...)
	return stop
}

// endDhclient ends dhclient when it has written its lease down.
func (c *client) endDhclient(stop func()) {
	c.Helper()
	await(c.T, "dhclient writes its lease down", func() bool {
		text, err := os.ReadFile(filepath.Join(c.dir, "leases"))
		return err == nil && bytes.Contains(text, []byte("\n}\n"))
	})
	stop()
}

func testDhclient(t *testing.T, l *lab) {
	testenv.Require(t, "dhclient")
	h := host{lan, 10}
	c := l.join(t, l.server, h)

	stop := c.dhclient(15)
	defer func() { stop() }()
	await(t, "dhclient gets an address", func() bool { return c.says("done=BOUND") })
	c.wantAddr(h.addr())
	c.wantTold("new_dhcp_server_identifier="+serverAddr, "new_subnet_mask="+lan.mask(), "new_dhcp_lease_time=3600", "new_routers="+lan.gateway().String(),
		"new_domain_name="+domain, "new_host_name="+h.name(), "new_broadcast_address=10.77.255.255")
	c.endDhclient(stop)

	c.fresh(h.mac()) // the lease is remembered: a REQUEST without server identifier (INIT-REBOOT)
	stop = c.dhclient(15)
	await(t, "dhclient confirms its lease", func() bool { return c.says("done=REBOOT") })
	c.wantAddr(h.addr())
	stop()

	stop = c.dhclient(15, "-r")
	await(t, "dhclient gives its address back", func() bool { return c.says("done=RELEASE") })
	stop()
	c.wantAddr("")
	if err := os.Remove(filepath.Join(c.dir, "leases")); err != nil {
		t.Error(err)
	}
	c.fresh(h.mac())
	stop = c.dhclient(15)
	await(t, "dhclient gets an address again", func() bool { return c.says("done=BOUND") })
	c.wantAddr(h.addr())
}

// udhcpcHook returns the path of a script that does what udhcpc says.
func (c *client) udhcpcHook() string {
	c.Helper()
	return script(c.T, c.dir, "udhcpc-hook", `
env | grep -E '^[a-z_0-9]+=' | sort >>`+c.told+`
case $1 in
bound|renew)
	ip addr replace "$ip/$mask" dev "$interface"
	ip route replace default via $router ;;
deconfig) ip addr flush dev "$interface"; ip link set "$interface" up ;;
esac
echo done=$1 >>`+c.told)
}

// udhcpc runs BusyBox's udhcpc until it has an address or gives up.
func (c *client) udhcpc(options ...string) {
	c.Helper()
	args := append([]string{"-i", nic, "-n", "-q", "-f", "-t", "4", "-T", "2", "-s", c.udhcpcHook()}, options...)
	c.run("udhcpc", append(args, "-V", "PXEClient:Arch:00007:UNDI:003016", "-O", "bootfile", "-O", "tftp", "-O", "hostname")...)
}

// stayingUdhcpc has udhcpc stay when it has its address, so that it can be told to
// do more.
func (c *client) stayingUdhcpc() (tell func(os.Signal), stop func()) {
	c.Helper()
	cmd, stop := c.start("udhcpc", "-i", nic, "-n", "-f", "-t", "4", "-T", "2", "-s", c.udhcpcHook())
	await(c.T, "udhcpc gets an address", func() bool { return c.says("done=bound") })
	return func(s os.Signal) {
		c.Helper()
		if err := cmd.Process.Signal(s); err != nil {
			c.Error(err)
		}
	}, stop
}

func testUdhcpc(t *testing.T, l *lab) {
	testenv.Require(t, "udhcpc")
	h := host{lan, 11}
	c := l.join(t, l.server, h)
	c.udhcpc()
	c.wantAddr(h.addr())
	c.wantTold("boot_file="+bootFile, "siaddr="+serverAddr, "tftp="+serverAddr, "bootfile="+bootFile, "hostname="+h.name(), "serverid="+serverAddr)

	c.fresh(h.mac())
	c.udhcpc("-B") // answers are to be broadcast
	c.wantAddr(h.addr())

	c.fresh(h.mac())
	c.udhcpc("-r", host{lan, 12}.addr()) // somebody else's
	c.wantAddr(h.addr())

	c.fresh(h.mac())
	tell, stop := c.stayingUdhcpc()
	defer stop()
	tell(syscall.SIGUSR1)
	await(t, "udhcpc renews its lease", func() bool { return c.says("done=renew") })
	c.wantAddr(h.addr())
	tell(syscall.SIGUSR2)
	await(t, "udhcpc gives its address back", func() bool { return c.says("done=deconfig") })
}

// dhcpcd runs dhcpcd until it has configured the interface. It tells its identity
// as the first line of its configuration says.
func (c *client) dhcpcd(identity string) {
	c.Helper()
	conf := filepath.Join(c.dir, "dhcpcd.conf")
	text := identity + "\nnoarp\nnoipv6\nnoipv4ll\noption domain_name_servers, host_name, bootfile_name, tftp_server_name\nrequire dhcp_server_identifier\n"
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		c.Fatal(err)
	}
	hook := script(c.T, c.dir, "dhcpcd-hook", "env | grep -E '^(reason|new_)' | sort >>"+c.told)
	c.run("dhcpcd", "-4", "-1", "-B", "-t", "15", "-f", conf, "-c", hook, nic)
}

// testDhcpcd has one network card come with several client identifiers, as it does
// when firmware boots a system: it is the same host.
func testDhcpcd(t *testing.T, l *lab) {
	testenv.Require(t, "dhcpcd")
	h := host{lan, 13}
	c := l.join(t, l.server, h)
	for _, identity := range []string{"duid", "clientid"} {
		c.fresh(h.mac())
		c.dhcpcd(identity)
		c.wantAddr(h.addr())
		c.wantTold("new_dhcp_server_identifier="+serverAddr, "new_host_name="+h.name())
	}
}

// testStrangers has clients ask that are not in the inventory.
func testStrangers(t *testing.T, l *lab) {
	c := l.join(t, l.server, host{lan, 14})
	if testenv.Missing(t, "udhcpc") == "" {
		c.fresh(stranger)
		cmd, stop := c.start("udhcpc", "-i", nic, "-n", "-q", "-f", "-t", "2", "-T", "1", "-s", c.udhcpcHook())
		if err := cmd.Wait(); err == nil {
			t.Error("udhcpc is content although it is unknown")
		}
		stop()
		c.wantAddr("")
	}
	if testenv.Missing(t, "dhclient") == "" {
		c.fresh(stranger)
		stop := c.dhclient(2, "-1")
		await(t, "dhclient gives up", func() bool { return c.says("done=FAIL") })
		stop()
		c.wantAddr("")
	}
}
