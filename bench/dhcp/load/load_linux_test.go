package load_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/clusto/clusto/bench/dhcp/load"
	"github.com/clusto/clusto/internal/netns"
	"github.com/clusto/clusto/internal/testenv"
	"github.com/insomniacslk/dhcp/dhcpv4"
)

// peer is a server whose mistakes can be chosen.
type peer struct {
	conn   net.PacketConn
	hosts  int
	wrong  bool // tells everybody the first address
	silent bool // answers no REQUEST
	done   chan struct{}
}

// clients are what every test plays.
func clients() load.Options {
	return load.Options{
		Server: netip.MustParseAddr("10.0.0.1"), Relay: netip.MustParseAddr("10.0.0.2"),
		MAC: [6]byte{2, 0x10}, Addr: netip.MustParseAddr("10.1.0.0"), Clients: 1000,
		Window: 16, Duration: 10 * time.Second, Once: true, Timeout: 2 * time.Second,
	}
}

// play plays clients against a server on a network of their own.
func play(t *testing.T, p *peer, o load.Options) (r load.Result) {
	t.Helper()
	testenv.Require(t, "netns", "ip")
	server, client := newSpace(t), newSpace(t)
	if err := netns.Join(server, "srv0", client, "cli0"); err != nil {
		t.Fatal(err)
	}
	err := errors.Join(
		server.IP("addr add 10.0.0.1/8 dev srv0"), client.IP("addr add 10.0.0.2/8 dev cli0"),
		server.Do(func() (err error) {
			p.conn, err = net.ListenPacket("udp4", ":67")
			return err
		}))
	if err != nil {
		t.Fatal(err)
	}
	p.done = make(chan struct{})
	go p.serve()
	defer func() {
		p.conn.Close()
		<-p.done
	}()
	err = client.Do(func() error {
		if err := load.Await(o, 10*time.Second); err != nil {
			return err
		}
		r, err = load.Run(o)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
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

func (p *peer) serve() {
	defer close(p.done)
	buffer := make([]byte, 1500)
	for {
		n, _, err := p.conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		m, err := dhcpv4.FromBytes(buffer[:n])
		if err != nil {
			panic(err) // the generator's packet is not one
		}
		if reply := p.reply(m); reply != nil {
			_, _ = p.conn.WriteTo(reply.ToBytes(), &net.UDPAddr{IP: m.GatewayIPAddr, Port: 67})
		}
	}
}

func (p *peer) reply(m *dhcpv4.DHCPv4) *dhcpv4.DHCPv4 {
	i := int(m.ClientHWAddr[3])<<16 | int(m.ClientHWAddr[4])<<8 | int(m.ClientHWAddr[5])
	kind := dhcpv4.MessageTypeOffer
	addr := net.IPv4(10, 1, byte(i>>8), byte(i))
	if m.MessageType() == dhcpv4.MessageTypeRequest {
		kind = dhcpv4.MessageTypeAck
		if p.silent || !m.RequestedIPAddress().Equal(addr) || !m.ServerIdentifier().Equal(net.IPv4(10, 0, 0, 1)) {
			return nil
		}
	}
	if i >= p.hosts {
		return nil
	}
	if p.wrong {
		addr = net.IPv4(10, 1, 0, 0)
	}
	reply, err := dhcpv4.NewReplyFromRequest(m, dhcpv4.WithMessageType(kind), dhcpv4.WithYourIP(addr),
		dhcpv4.WithOption(dhcpv4.OptServerIdentifier(net.IPv4(10, 0, 0, 1))))
	if err != nil {
		return nil
	}
	return reply
}

func TestRun(t *testing.T) {
	t.Parallel()
	r := play(t, &peer{hosts: 1000}, clients())
	if r.Begun != 1000 || r.Offers != 1000 || r.Completed != 1000 || r.LostPct != 0 || r.WrongIP+r.Refused+r.Late != 0 {
		t.Errorf("of 1000 exchanges %+v", r)
	}
	if r.Whole.P50 <= 0 || r.Whole.P99 < r.Whole.P50 || r.Whole.Max < r.Confirm.Max || r.Rate <= 0 {
		t.Errorf("times and rate %+v", r)
	}
}

func TestOpenLoop(t *testing.T) {
	t.Parallel()
	o := clients()
	o.Window, o.Rate, o.Once, o.Duration, o.Strangers, o.PXE = 0, 500, false, 400*time.Millisecond, 10, true
	r := play(t, &peer{hosts: 1000}, o)
	if all := r.Begun + r.Strangers; all < 150 || all > 200 || r.Strangers != all/10 || r.Answered != 0 {
		t.Errorf("in 0.4 s at 500/s, a tenth of them strangers: %+v", r)
	}
}

func TestWrongAddress(t *testing.T) {
	t.Parallel()
	if r := play(t, &peer{hosts: 1000, wrong: true}, clients()); r.WrongIP != 999 || r.Completed != 1 {
		t.Errorf("a server that tells 999 of 1000 a wrong address: %+v", r)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	o := clients()
	o.Clients, o.Timeout = 20, 50*time.Millisecond
	if r := play(t, &peer{hosts: 20, silent: true}, o); r.Offers != 20 || r.Completed != 0 || r.LostPct != 100 {
		t.Errorf("a server that confirms nothing: %+v", r)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*load.Options){
		"no server":         func(o *load.Options) { o.Server = netip.Addr{} },
		"no clients":        func(o *load.Options) { o.Clients = 0 },
		"two loops":         func(o *load.Options) { o.Rate = 1 },
		"no loop":           func(o *load.Options) { o.Window = 0 },
		"no interface":      func(o *load.Options) { o.Relay = netip.Addr{} },
		"only strangers":    func(o *load.Options) { o.Strangers = 1 },
		"no time":           func(o *load.Options) { o.Duration = 0 },
		"relay without v4":  func(o *load.Options) { o.Relay = netip.MustParseAddr("::1") },
		"client without v4": func(o *load.Options) { o.Addr = netip.MustParseAddr("::1") },
	} {
		o := clients()
		spoil(&o)
		if r, err := load.Run(o); err == nil {
			t.Errorf("%s: no error but %+v", name, r)
		}
	}
}
