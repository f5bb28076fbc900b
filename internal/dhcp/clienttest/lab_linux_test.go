package clienttest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/clusto/clusto/bench/dhcp/load"
	"github.com/clusto/clusto/internal/netns"
	"github.com/clusto/clusto/internal/testenv"
)

// serverAddr is where the server listens, and its identifier.
const serverAddr = "10.77.0.1"

// lab is a server, and a network that clients can be joined to.
type lab struct {
	*testing.T
	server *netns.Space
	dsn    string
	log    string
	ended  chan struct{} // closed when the server has ended
	cables atomic.Int32
}

// bridge is the name of an interface that joins those of many clients.
const bridge = "lan"

// newLab makes a lab whose server answers.
func newLab(t *testing.T) *lab {
	t.Helper()
	testenv.Require(t, "netns", "ip")
	l := &lab{T: t, server: newSpace(t), dsn: fill(t), log: filepath.Join(t.TempDir(), "server.log"), ended: make(chan struct{})}
	l.bridge(l.server, lan)
	l.start()
	probe := host{lan, firstHost + hostsPerNetwork - 1}
	c := l.join(t, l.server, probe)
	mac, err := net.ParseMAC(probe.mac())
	if err != nil {
		t.Fatal(err)
	}
	err = c.space.Do(func() error {
		return load.Await(load.Options{
			Server: netip.MustParseAddr(serverAddr), Interface: nic, MAC: [6]byte(mac), Addr: netip.MustParseAddr(probe.addr()), Clients: 1,
		}, 20*time.Second)
	})
	if err != nil {
		t.Fatalf("%v; its log:\n%s", err, l.output())
	}
	return l
}

func newSpace(t *testing.T) *netns.Space {
	t.Helper()
	s, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// bridge makes an interface in a space that has the gateway's address of a network.
func (l *lab) bridge(s *netns.Space, n network) {
	l.Helper()
	err := s.IP(
		"link add name "+bridge+" type bridge",
		fmt.Sprintf("addr add %s/%d brd + dev %s", n.gateway(), n.prefix.Bits(), bridge),
		"link set "+bridge+" up")
	if err != nil {
		l.Fatal(err)
	}
}

// start starts the server, which is told to stop when the test ends.
func (l *lab) start() {
	l.Helper()
	log, err := os.Create(l.log)
	if err != nil {
		l.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(os.Args[0], "dhcpd", "--listen", serverAddr+":67")
	cmd.Env = append(os.Environ(), asClusto+"=1", "CLUSTODSN="+l.dsn)
	cmd.Stdout, cmd.Stderr = log, log
	if err := l.server.Start(cmd); err != nil {
		l.Fatal(err)
	}
	var failure error
	go func() {
		failure = cmd.Wait()
		close(l.ended)
	}()
	l.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		<-l.ended
		if failure != nil {
			l.Errorf("the server ended with %v", failure)
		}
		if l.Failed() {
			l.Logf("the server's log:\n%s", l.output())
		}
	})
}

func (l *lab) output() []byte {
	text, err := os.ReadFile(l.log)
	if err != nil {
		l.Error(err)
	}
	return bytes.TrimSpace(text)
}

// alive checks that the server has not ended.
func (l *lab) alive() {
	l.Helper()
	select {
	case <-l.ended:
		l.Error("the server has ended")
	default:
	}
}

// cable joins an interface of a space to the bridge of another.
func (l *lab) cable(t *testing.T, to *netns.Space, s *netns.Space, name string) {
	t.Helper()
	end := fmt.Sprintf("cable%d", l.cables.Add(1))
	if err := errors.Join(netns.Join(to, end, s, name), to.IP("link set "+end+" master "+bridge)); err != nil {
		t.Fatal(err)
	}
}

// await waits until something is so.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for giveUp := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(giveUp) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// script writes a shell script that a program is to run, and returns its path.
func script(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+strings.TrimSpace(text)+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}
