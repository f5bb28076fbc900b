package bench_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clusto/clusto/bench/dhcp/hosts"
	dhcpload "github.com/clusto/clusto/bench/dhcp/load"
	"github.com/clusto/clusto/internal/netns"
)

// The ends of the cable between a server and its clients, and the address from
// which the clients' relay asks.
const (
	serverNIC = "server0"
	clientNIC = "client0"
)

var relayAddr = netip.MustParseAddr("10.0.0.2")

// dhcpSite is a server on a network of its own.
type dhcpSite struct {
	peer        *dhcpPeer
	hosts       int
	dir         string
	command     []string
	network     *netns.Space // the server's
	clients     *netns.Space
	server      *service
	found       dhcpFound
	environment []string
	log         string
}

// newDHCPSite makes the network of a server, and what the server reads.
func newDHCPSite(b *testing.B, p *dhcpPeer, programs map[string]string, n int) *dhcpSite {
	b.Helper()
	s := &dhcpSite{peer: p, hosts: n, dir: b.TempDir(), network: newSpace(b, 0), clients: newSpace(b, 1)}
	s.log = filepath.Join(s.dir, "log")
	if err := netns.Join(s.network, serverNIC, s.clients, clientNIC); err != nil {
		b.Fatal(err)
	}
	bits := hosts.Network.Bits()
	if err := s.network.IP(fmt.Sprintf("addr add %s/%d brd + dev %s", hosts.Gateway, bits, serverNIC)); err != nil {
		b.Fatal(err)
	}
	if err := s.clients.IP(fmt.Sprintf("addr add %s/%d brd + dev %s", relayAddr, bits, clientNIC)); err != nil {
		b.Fatal(err)
	}
	p.prepare(b, s, programs)
	return s
}

// newSpace makes a namespace in which everything runs on one core.
func newSpace(b *testing.B, core int) *netns.Space {
	b.Helper()
	s, err := netns.New()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	err = s.Do(func() error {
		var one unix.CPUSet
		one.Set(core)
		return unix.SchedSetaffinity(0, &one)
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// file writes a file that the server reads, and returns its path.
func (s *dhcpSite) file(b *testing.B, name, text string) string {
	b.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// options returns those that every load on the server has.
func (s *dhcpSite) options(o dhcpload.Options) dhcpload.Options {
	o.Server, o.Relay, o.Clients = hosts.Gateway, relayAddr, s.hosts
	o.MAC, o.Addr = hosts.MAC(0), hosts.Addr(0)
	return o
}

// mostPatience is how long a server may take to start.
const mostPatience = 5 * time.Minute

// start starts the server and measures how long it is until it answers the last
// host. It reports false if it does not answer.
func (s *dhcpSite) start(b *testing.B) bool {
	b.Helper()
	log, err := os.Create(s.log)
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(s.command[0], s.command[1:]...)
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), s.environment...)
	cmd.Stdout, cmd.Stderr = log, log
	began := time.Now()
	if err := s.network.Start(cmd); err != nil {
		b.Fatal(err)
	}
	s.server = &service{pid: cmd.Process.Pid}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()                          // how does not matter
	})
	err = s.clients.Do(func() error { return dhcpload.Await(s.options(dhcpload.Options{}), mostPatience) })
	s.found.start = time.Since(began)
	if err != nil {
		text, _ := os.ReadFile(s.log)
		b.Errorf("%s with %d hosts: %v; its log ends with\n%s", s.peer.title, s.hosts, err, text[max(0, len(text)-2000):])
	}
	return err == nil
}

// preferThis has the kernel give this process and those that it starts from now on
// the processor before others, where that is possible: they make a session of their
// own, see sched(7) about autogroups.
func preferThis() {
	if _, err := unix.Setsid(); err == nil {
		_ = os.WriteFile("/proc/self/autogroup", []byte("-20"), 0) // without it there is more noise
	}
}
