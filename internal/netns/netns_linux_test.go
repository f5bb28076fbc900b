package netns_test

import (
	"errors"
	"net"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/netns"
	"github.com/clusto/clusto/internal/testenv"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func space(t *testing.T) *netns.Space {
	t.Helper()
	s, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestJoin(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "netns", "ip")
	a, b := space(t), space(t)
	if err := netns.Join(a, "left", b, "right"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.IP("addr add 192.0.2.1/24 dev left"), b.IP("addr add 192.0.2.2/24 dev right")); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Addrs("right"); err != nil || len(got) != 1 || got[0] != "192.0.2.2" {
		t.Errorf("addresses %v, %v", got, err)
	}
	var server net.PacketConn
	err := a.Do(func() (err error) {
		server, err = net.ListenPacket("udp4", "192.0.2.1:4000")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	err = b.Do(func() error {
		c, err := net.Dial("udp4", "192.0.2.1:4000")
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Write([]byte("hello"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 10)
	if n, from, err := server.ReadFrom(buffer); err != nil || string(buffer[:n]) != "hello" {
		t.Errorf("got %q from %v, %v", buffer[:n], from, err)
	}
	if _, err := net.InterfaceByName("left"); err == nil {
		t.Error("the interface is to be seen outside of its namespace")
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "netns", "ip")
	s, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sleep", "1000")
	if err := s.Start(cmd); err != nil {
		t.Fatal(err)
	}
	s.Close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Errorf("the process ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the process outlives its namespace")
	}
}
