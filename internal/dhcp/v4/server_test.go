package v4_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v4"
	"github.com/clusto/clusto/internal/logqueue"
)

// relayAddr is that of the relay of these tests, in a network of web1.
var relayAddr = netip.MustParseAddr("127.0.0.2")

// patience is far longer than anything here takes.
const patience = 20 * time.Second

// buffer takes the log of several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// start runs a server, and returns it and a function that stops it.
func start(t *testing.T, o v4.Options) (*v4.Server, func()) {
	t.Helper()
	if o.Listen == nil {
		o.Listen = []string{"127.0.0.1:0"}
	}
	if o.Decider == nil {
		o.Decider = fake{}
	}
	if o.View == nil {
		o.View = func() clusto.Reader { return inventory{} }
	}
	s, err := v4.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(stop)
	return s, stop
}

// asRelay returns a socket where the server expects a relay to be, or one at
// another port if that is taken by the server's own.
func asRelay(t *testing.T, s *v4.Server) *net.UDPConn {
	t.Helper()
	port := s.Addr().Port()
	if s.Addr().Addr().IsUnspecified() {
		port = 0
	}
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(relayAddr, port)))
	if err != nil {
		t.Skipf("no address %s: %v", relayAddr, err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// ask sends packets and returns as many answers.
func ask(t *testing.T, c *net.UDPConn, s *v4.Server, packets ...[]byte) (replies []*dhcpv4.DHCPv4) {
	t.Helper()
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), s.Addr().Port())
	for _, p := range packets {
		if _, err := c.WriteToUDPAddrPort(p, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2000)
	for range packets {
		n, from, err := c.ReadFromUDPAddrPort(b)
		if err != nil {
			t.Fatal(err)
		}
		if from != to {
			t.Errorf("answer from %s, want %s", from, to)
		}
		replies = append(replies, parsed(t, b[:n]))
	}
	return replies
}

// relayed makes a request one of the relay of these tests, which says that it may
// have another port than relays have.
func relayed(p *dhcpv4.DHCPv4) {
	p.GatewayIPAddr = relayAddr.AsSlice()
	opt(82, port82)(p)
}

func TestServer(t *testing.T) {
	for _, listen := range []string{"127.0.0.1:0", "0.0.0.0:0"} {
		t.Run(listen, func(t *testing.T) {
			if listen == "0.0.0.0:0" && runtime.GOOS != "linux" {
				t.Skip("it is not known where a packet came")
			}
			var events []string
			var mu sync.Mutex
			s, stop := start(t, v4.Options{Listen: []string{listen}, Workers: 2, Observe: func(e *dhcp.Event) {
				mu.Lock()
				defer mu.Unlock()
				name := ""
				if e.Client != nil {
					name = e.Client.MAC.String() + " " + e.Answer.Host.Name
				}
				events = append(events, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", e.Message, e.Reply, e.Reason, name, e.Addr())))
			}})
			c := asRelay(t, s)
			ask(t, c, s, packet(t, web1, dhcpv4.MessageTypeDiscover, relayed))
			if _, err := c.WriteToUDPAddrPort([]byte("rubbish"), netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), s.Addr().Port())); err != nil {
				t.Fatal(err)
			}
			replies := ask(t, c, s, packet(t, web1, dhcpv4.MessageTypeRequest, relayed, addrOpt(54, "127.0.0.1"), addrOpt(50, "127.0.0.11")))
			if p := replies[0]; p.MessageType() != dhcpv4.MessageTypeAck || p.YourIPAddr.String() != "127.0.0.11" || p.ServerIdentifier().String() != "127.0.0.1" {
				t.Error(p.Summary())
			}
			ask(t, c, s, packet(t, web1, dhcpv4.MessageTypeRequest, relayed, addrOpt(50, "127.0.0.12")),
				packet(t, web1, dhcpv4.MessageTypeInform, relayed))
			stop()
			want := []string{
				"DISCOVER OFFER  02:00:00:00:00:01 web1 127.0.0.11", "malformed packet  invalid IP",
				"REQUEST ACK  02:00:00:00:00:01 web1 127.0.0.11",
				"REBOOT ACK  02:00:00:00:00:01 web1 127.0.0.12", "INFORM ACK  02:00:00:00:00:01 web1 invalid IP",
			}
			if diff := cmp.Diff(want, events, cmp.Transformer("set", func(all []string) map[string]bool {
				set := map[string]bool{}
				for _, e := range all {
					set[e] = true
				}
				return set
			})); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			stats := s.Stats()
			if stats.Received["DISCOVER"] != 1 || stats.Received["REQUEST"] != 1 || stats.Received[""] != 1 ||
				stats.Sent["OFFER"] != 1 || stats.Sent["ACK"] != 3 || stats.Dropped[v4.Malformed] != 1 {
				t.Errorf("%+v", stats)
			}
		})
	}
}

// TestMany sends more than a batch at once; every client gets its own answer.
func TestMany(t *testing.T) {
	s, _ := start(t, v4.Options{})
	c := asRelay(t, s)
	const rounds, each = 3, 100 // whose answers fit into any receive buffer
	got := map[dhcpv4.TransactionID]bool{}
	for round := range rounds {
		var packets [][]byte
		for i := range each {
			id := dhcpv4.TransactionID{0, 0, byte(round), byte(i)}
			packets = append(packets, packet(t, web1, dhcpv4.MessageTypeDiscover, relayed, dhcpv4.WithTransactionID(id)))
		}
		for _, p := range ask(t, c, s, packets...) {
			got[p.TransactionID] = true
		}
	}
	if len(got) != rounds*each {
		t.Errorf("%d different answers to %d requests", len(got), rounds*each)
	}
}

// TestHandover runs a server on a socket that another one has used, with what has
// come in between.
func TestHandover(t *testing.T) {
	conn, err := v4.Bind([]string{"127.0.0.1:0"}, "")
	if err != nil {
		t.Fatal(err)
	}
	listen := []string{conn.LocalAddr().String()}
	file, err := conn.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s, stop := start(t, v4.Options{Listen: listen, Conn: conn})
	c := asRelay(t, s)
	ask(t, c, s, packet(t, web1, dhcpv4.MessageTypeDiscover, relayed))
	stop()
	if _, err := c.WriteToUDPAddrPort(packet(t, web1, dhcpv4.MessageTypeDiscover, relayed), s.Addr()); err != nil {
		t.Fatal(err)
	}
	again, err := net.FilePacketConn(file)
	if err != nil {
		t.Fatal(err)
	}
	next, _ := start(t, v4.Options{Listen: listen, Conn: again.(*net.UDPConn)})
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if n, _, err := c.ReadFromUDPAddrPort(make([]byte, 2000)); err != nil || n < 300 {
		t.Errorf("%d octets, %v", n, err)
	}
	if next.Addr() != s.Addr() {
		t.Errorf("listens on %s, want %s", next.Addr(), s.Addr())
	}
}

func TestNewErrors(t *testing.T) {
	view := func() clusto.Reader { return nil }
	busy, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for _, row := range []struct {
		name string
		o    v4.Options
		want error
	}{
		{"no decider", v4.Options{View: view}, clusto.ErrInvalid},
		{"no view", v4.Options{Decider: fake{}}, clusto.ErrInvalid},
		{"nothing to listen on", v4.Options{Decider: fake{}, View: view}, clusto.ErrInvalid},
		{"no port", v4.Options{Decider: fake{}, View: view, Listen: []string{"127.0.0.1"}}, clusto.ErrInvalid},
		{"several ports", v4.Options{Decider: fake{}, View: view, Listen: []string{"127.0.0.1:1", "127.0.0.2:2"}}, clusto.ErrInvalid},
		{"all and one", v4.Options{Decider: fake{}, View: view, Listen: []string{"127.0.0.1:1", ":1"}}, clusto.ErrInvalid},
		{"taken", v4.Options{Decider: fake{}, View: view, Listen: []string{busy.LocalAddr().String()}}, clusto.ErrUnavailable},
	} {
		if _, err := v4.New(row.o); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
}

// TestLog checks that what somebody should look at is said once, and that a log
// that hangs delays nobody.
func TestLog(t *testing.T) {
	var log buffer
	s, stop := start(t, v4.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	c := asRelay(t, s)
	for range 3 {
		for _, p := range [][]byte{
			packet(t, web7, dhcpv4.MessageTypeDiscover, relayed),
			packet(t, web1, dhcpv4.MessageTypeDecline, relayed, addrOpt(54, "127.0.0.1"), addrOpt(50, "127.0.0.11")),
		} {
			if _, err := c.WriteToUDPAddrPort(p, s.Addr()); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask(t, c, s, packet(t, web1, dhcpv4.MessageTypeDiscover, relayed))
	stop()
	for _, want := range []string{"in use by something else", "is several things in the inventory"} {
		if n := strings.Count(log.String(), want); n != 1 {
			t.Errorf("%d lines with %q:\n%s", n, want, &log)
		}
	}
}

// hanging is a log that takes nothing until it is told to.
type hanging struct{ until chan struct{} }

func (h hanging) Write(p []byte) (int, error) {
	<-h.until
	return len(p), nil
}

func TestLogHangs(t *testing.T) {
	h := hanging{make(chan struct{})}
	queue := logqueue.New(slog.NewTextHandler(h, &slog.HandlerOptions{Level: slog.LevelDebug}), 16)
	s, stop := start(t, v4.Options{Log: slog.New(queue)})
	c := asRelay(t, s)
	for queue.Lost() == 0 {
		ask(t, c, s, packet(t, web1, dhcpv4.MessageTypeDiscover, relayed))
	}
	stop() // though the log hangs still
	close(h.until)
	queue.Close()
}
