//go:build linux

package app

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// relayOfTest is the relay of these tests, and bootingMAC the host behind it.
var (
	relayOfTest = netip.MustParseAddr("127.0.0.2")
	bootingMAC  = []byte{2, 0, 0, 0, 0, 1}
	bootingAddr = []byte{127, 0, 0, 11}
)

// TestRestartedDHCP restarts a server while a relay asks all the time: from the
// first answer on each request has one, and from the last process too.
func TestRestartedDHCP(t *testing.T) {
	addr := netip.MustParseAddrPort(freeAddr(t))
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(relayOfTest, addr.Port())))
	if err != nil {
		t.Skipf("no address %s: %v", relayOfTest, err)
	}
	defer c.Close()
	s := startServer(t, "--dhcp", addr.String())
	addBooting(t, s.dsn)
	var answered atomic.Uint32 // the last request that was
	ctx, end := context.WithCancel(t.Context())
	defer end()
	done := make(chan error, 1)
	go func() { done <- askDHCP(ctx, c, addr, &answered) }()
	for range 3 {
		awaitAnswers(t, &answered, done)
		s.restart(t)
		for _, pid := range s.before {
			awaitEnd(t, pid)
		}
		s.before = nil
	}
	awaitAnswers(t, &answered, done)
	end()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// addBooting adds the host that asks.
func addBooting(t *testing.T, dsn string) {
	t.Helper()
	store := dbtest.Open(t, dsn, sqlstore.Options{})
	_, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		ctx, inv := t.Context(), clusto.NewInventory(tx, all.Drivers())
		create := func(driver, name string, properties map[string]clusto.Value) (*clusto.Object, error) {
			d, _ := inv.Drivers().Driver(driver)
			return inv.Create(ctx, d, name, properties)
		}
		if _, err := create("ipmanager", "net", map[string]clusto.Value{"baseip": clusto.String("127.0.0.0"), "netmask": clusto.String("255.0.0.0")}); err != nil {
			return err
		}
		web, err := create("basicserver", "web1", nil)
		if err != nil {
			return err
		}
		_, err = web.Call(ctx, "bind_ip_to_osport", netip.AddrFrom4([4]byte(bootingAddr)).String(), "eth0", nil, "nic-eth", int64(1))
		if err == nil {
			_, err = web.Call(ctx, "set_port_attr", "nic-eth", int64(1), "mac", net.HardwareAddr(bootingMAC).String())
		}
		if err != nil {
			return err
		}
		return web.SetAttr(ctx, clusto.Attr{Key: "dhcp", Subkey: clusto.Sub("enabled"), Value: clusto.Int(1)})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// askDHCP asks again and again until ctx ends. Once there was an answer, each
// request must have one.
func askDHCP(ctx context.Context, c *net.UDPConn, to netip.AddrPort, answered *atomic.Uint32) error {
	reply := make([]byte, 2048)
	for n := uint32(1); ctx.Err() == nil; n++ {
		if _, err := c.WriteToUDPAddrPort(discover(n), to); err != nil {
			return err
		}
		wait := 10 * time.Second
		if answered.Load() == 0 {
			wait = 20 * time.Millisecond // nobody is known before the snapshot has the host
		}
		if err := c.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return err
		}
		for {
			size, err := c.Read(reply)
			if errors.Is(err, os.ErrDeadlineExceeded) && answered.Load() == 0 {
				break
			}
			if err != nil {
				return err
			}
			if size < 240 || binary.BigEndian.Uint32(reply[4:]) != n {
				continue // an answer that came late
			}
			if !bytes.Equal(reply[16:20], bootingAddr) {
				return errors.New("told a wrong address")
			}
			answered.Store(n)
			break
		}
	}
	return nil
}

// discover is a DHCPDISCOVER of the host through the relay.
func discover(n uint32) []byte {
	p := make([]byte, 240, 300)
	p[0], p[1], p[2], p[3] = 1, 1, 6, 1
	binary.BigEndian.PutUint32(p[4:], n)
	copy(p[24:], relayOfTest.AsSlice())
	copy(p[28:], bootingMAC)
	copy(p[236:], []byte{0x63, 0x82, 0x53, 0x63})
	return append(p, 53, 1, 1, 255)
}

// awaitAnswers waits until more requests have been answered.
func awaitAnswers(t *testing.T, answered *atomic.Uint32, done chan error) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(time.Minute)
	for first := answered.Load(); answered.Load() < first+20; {
		select {
		case <-tick.C:
		case err := <-done:
			t.Fatalf("no answer any more: %v", err)
		case <-giveUp:
			t.Fatal("no answers")
		}
	}
}
