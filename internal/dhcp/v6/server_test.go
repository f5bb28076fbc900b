package v6_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/clusto/clusto/internal/logqueue"
	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// locked is a Decider that many goroutines may ask.
type locked struct {
	mu sync.Mutex // guards world
	*world
}

func (l *locked) Decide(ctx context.Context, r clusto.Reader, c *dhcp.Client, a *dhcp.Answer, story *dhcp.Story) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.world.Decide(ctx, r, c, a, story)
}

// start runs a server until the test ends.
func start(t *testing.T, opts v6.Options) *v6.Server {
	t.Helper()
	opts.Decider = &locked{world: newWorld()}
	opts.View = func() clusto.Reader { return reader{} }
	opts.DUID = serverID
	s, err := v6.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask sends a packet from a new socket and returns the answer.
func ask(t *testing.T, to netip.AddrPort, packet []byte) []byte {
	t.Helper()
	c, err := net.DialUDP("udp6", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write(packet); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2048)
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return b[:n]
}

var loopback = []string{"[::1]:0"}

func TestServer(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	watch := func(e *dhcp.Event) {
		mu.Lock()
		defer mu.Unlock()
		text := e.Message + " " + e.Reply + " " + string(e.Reason)
		if e.Answer != nil {
			text += " " + e.Answer.Host.Name
		}
		seen = append(seen, text)
	}
	s := start(t, v6.Options{Listen: loopback, Observe: watch, Workers: 1})
	for _, m := range []*dhcpv6.Message{message(solicit, iaNA(1)), message(request, ours(), iaNA(1))} {
		d, err := dhcpv6.FromBytes(ask(t, s.Addr(), relay(t, m, gateway.String(), hostLL.String()).ToBytes()))
		if err != nil {
			t.Fatal(err)
		}
		inner, err := d.GetInnerMessage()
		if err != nil || len(inner.Options.OneIANA().Options.Addresses()) != 2 {
			t.Errorf("%s: %v, %v", m.Type(), d, err)
		}
	}
	// Packets without an answer, and one that shows that they are done with.
	for _, packet := range [][]byte{{}, {1, 2}, {250, 0, 0, 0}, make([]byte, v6.MaxPacket+1), message(solicit).ToBytes()} {
		send(t, s.Addr(), packet)
	}
	ask(t, s.Addr(), relay(t, message(inform), gateway.String(), hostLL.String()).ToBytes())
	stats := s.Stats()
	want := dhcp.Stats{
		Received: map[string]uint64{"SOLICIT": 3, "REQUEST": 1, "INFORMATION-REQUEST": 1, "": 2, "other": 1},
		Sent:     map[string]uint64{"ADVERTISE": 1, "REPLY": 2},
		Dropped:  map[dhcp.Reason]uint64{v6.Malformed: 2, v6.NotARequest: 1, v6.Oversized: 1, v6.SentUnicast: 1},
	}

	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{
		"SOLICIT ADVERTISE  web1", "REQUEST REPLY  web1", "  malformed packet", "SOLICIT  malformed packet", "other  not a request",
		"  oversized packet", "SOLICIT  sent to one server", "INFORMATION-REQUEST REPLY  web1",
	}, seen); diff != "" {
		t.Errorf("seen (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

// send sends a packet.
func send(t *testing.T, to netip.AddrPort, packet []byte) {
	t.Helper()
	c, err := net.DialUDP("udp6", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write(packet); err != nil {
		t.Fatal(err)
	}
}

// TestManyClients has many clients ask at once, each of which must get its own answer.
func TestManyClients(t *testing.T) {
	t.Parallel()
	s := start(t, v6.Options{Listen: loopback, Workers: 4})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 25 {
				m := message(solicit, iaNA(byte(i)))
				m.TransactionID = dhcpv6.TransactionID{byte(i), byte(j), 9}
				reply, err := dhcpv6.RelayMessageFromBytes(ask(t, s.Addr(), relay(t, m, gateway.String(), hostLL.String()).ToBytes()))
				if err != nil {
					t.Error(err)
					return
				}
				inner, err := reply.GetInnerMessage()
				if err != nil || inner.TransactionID != m.TransactionID || inner.Options.OneIANA().IaId[3] != byte(i) {
					t.Errorf("client %d, message %d: %v, %v", i, j, reply, err)
				}
			}
		})
	}
	group.Wait()
}

func TestNew(t *testing.T) {
	t.Parallel()
	good := v6.Options{Decider: newWorld(), View: func() clusto.Reader { return nil }, Listen: loopback}
	for _, row := range []struct {
		name   string
		change func(*v6.Options)
		want   error
	}{
		{"no decider", func(o *v6.Options) { o.Decider = nil }, clusto.ErrInvalid},
		{"no view", func(o *v6.Options) { o.View = nil }, clusto.ErrInvalid},
		{"IPv4", func(o *v6.Options) { o.Listen = []string{"127.0.0.1:547"} }, clusto.ErrInvalid},
		{"no such interface", func(o *v6.Options) { o.Interface = "nosuch0" }, clusto.ErrNotFound},
		{"no such zone", func(o *v6.Options) { o.Listen = []string{"[fe80::1%nosuch0]:0"} }, clusto.ErrNotFound},
		{"no such address", func(o *v6.Options) { o.Listen = []string{"[2001:db8:dead::1]:0"} }, clusto.ErrNotFound},
		{"nowhere", func(o *v6.Options) { o.Listen = nil }, clusto.ErrInvalid},
		{"no port", func(o *v6.Options) { o.Listen = []string{"[::1]"} }, clusto.ErrInvalid},
		{"two ports", func(o *v6.Options) { o.Listen = []string{"[::1]:5471", "[::1]:5472"} }, clusto.ErrInvalid},
		{"all and one", func(o *v6.Options) { o.Listen = []string{"[::1]:0", "[::]:0"} }, clusto.ErrInvalid},
	} {
		o := good
		row.change(&o)
		if _, err := v6.New(o); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
	one, err := v6.New(good)
	if err != nil {
		t.Fatal(err)
	}
	two, err := v6.New(good)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.DUID(), two.DUID()) || len(one.DUID()) != 18 {
		t.Errorf("server identifiers %x and %x", one.DUID(), two.DUID())
	}
	if err := errors.Join(one.Close(), two.Close()); err != nil {
		t.Error(err)
	}
}

func TestParseDUID(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"00:03:00:01:02:00:00:00:00:01", "00030001020000000001", "00-03-00-01-02-00-00-00-00-01"} {
		if got, err := v6.ParseDUID(text); err != nil || !bytes.Equal(got, serverID) {
			t.Errorf("%s: %x, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "00", "0003", "xyz", "000"} {
		if _, err := v6.ParseDUID(text); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%q: %v, want %v", text, err, clusto.ErrInvalid)
		}
	}
}

// hanging is a log that takes nothing until it is told to.
type hanging struct{ until chan struct{} }

func (h hanging) Write(p []byte) (int, error) {
	<-h.until
	return len(p), nil
}

// TestLogHangs fills the log that the servers of a process are given: neither
// clients nor the end of the server wait for it.
func TestLogHangs(t *testing.T) {
	h := hanging{make(chan struct{})}
	queue := logqueue.New(slog.NewTextHandler(h, &slog.HandlerOptions{Level: slog.LevelDebug}), 16)
	t.Cleanup(func() { close(h.until); queue.Close() }) // after the server has ended
	s := start(t, v6.Options{Listen: loopback, Log: slog.New(queue)})
	for queue.Lost() == 0 {
		ask(t, s.Addr(), relay(t, message(inform), gateway.String(), hostLL.String()).ToBytes())
	}
}
