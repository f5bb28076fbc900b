package snmp_test

import (
	"context"
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

	"github.com/clusto/clusto/internal/snmp"
)

// running is a listener that runs until the test ends or stop is called.
type running struct {
	*snmp.Listener
	traps  chan snmp.Trap
	cancel func() // ends receiving
	stop   func() // cancels and waits until all is gone
	log    *logText
}

// listen runs a listener on loopback whose traps go to a channel.
func listen(t *testing.T, opts snmp.Options) *running {
	t.Helper()
	traps := make(chan snmp.Trap, 10000)
	r := listenWith(t, opts, func(_ context.Context, trap snmp.Trap) { traps <- trap })
	r.traps = traps
	return r
}

// listenWith is listen with another handler.
func listenWith(t *testing.T, opts snmp.Options, handler func(context.Context, snmp.Trap)) *running {
	t.Helper()
	if opts.Addr == "" {
		opts.Addr = "127.0.0.1:0"
	}
	r := &running{log: &logText{}}
	opts.Log = slog.New(slog.NewTextHandler(r.log, nil))
	l, err := snmp.Listen(opts)
	if err != nil {
		t.Fatal(err)
	}
	r.Listener = l
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx, handler) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

// next returns the next trap.
func (r *running) next(t *testing.T) snmp.Trap {
	t.Helper()
	select {
	case trap := <-r.traps:
		return trap
	case <-time.After(10 * time.Second):
		t.Fatalf("no trap came; %+v", r.Stats())
		return snmp.Trap{}
	}
}

// until waits for the counters to be as wanted.
func (r *running) until(t *testing.T, what string, ok func(snmp.Stats) bool) snmp.Stats {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.After(10 * time.Second)
	for {
		if s := r.Stats(); ok(s) {
			return s
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s never happened; %+v", what, r.Stats())
		}
	}
}

// logText is a log that can be read while it is written.
type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// change returns the n-th of many different changes.
func change(n int) snmp.MACChange {
	return snmp.MACChange{Op: snmp.MACLearnt, VLAN: 442, MAC: snmp.MAC{2, 0x20, 0, 0, byte(n >> 8), byte(n)}, Port: 1 + n%48}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	user := snmp.User{Name: "clusto", Auth: snmp.SHA, AuthPassword: "authpassword", Priv: snmp.AES, PrivPassword: "privpassword"}
	r := listen(t, snmp.Options{Communities: []string{"public"}, Users: []snmp.User{user}})
	from := netip.MustParseAddr("127.0.0.11")
	for _, n := range []snmp.MACNotification{
		{Version: snmp.V1, Community: "public"},
		{Version: snmp.V2c, Community: "public"},
		{Version: snmp.V2c, Community: "public", Inform: true},
		{Version: snmp.V3, User: user},
		{Version: snmp.V3, User: user, Inform: true},
	} {
		n.To, n.From, n.Uptime, n.Index = r.Addr(), from, 76*time.Hour, 38
		n.Changes = []snmp.MACChange{change(1), change(2)}
		if err := snmp.SendMACNotification(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		got := r.next(t)
		changes, err := snmp.MACChanges(got)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(changes, n.Changes); diff != "" {
			t.Errorf("changes of %s (-got +want):\n%s", n.Version, diff)
		}
		want := snmp.Trap{Source: netip.AddrPortFrom(from, got.Source.Port()), Version: n.Version, Community: n.Community,
			User: n.User.Name, EngineID: got.EngineID, Inform: n.Inform, OID: snmp.OIDMACChanged, Uptime: n.Uptime, VarBinds: got.VarBinds}
		if n.Version == snmp.V1 {
			want.AgentAddr = from
		}
		if diff := cmp.Diff(got, want, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
			cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
			t.Errorf("trap (-got +want):\n%s", diff)
		}
		if len(got.VarBinds) != 2 || got.VarBinds[1].OID != "1.3.6.1.4.1.9.9.215.1.1.8.1.3.38" {
			t.Errorf("variables %v, want cmnHistMacChangedMsg.38 and cmnHistTimestamp.38", got.VarBinds)
		}
	}
	r.stop()
	if got, want := r.Stats(), (snmp.Stats{Received: 6, Accepted: 5, Acknowledged: 2, Discoveries: 1, Dropped: map[snmp.Reason]uint64{}}); !cmp.Equal(got, want) {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

func TestProtocols(t *testing.T) {
	t.Parallel()
	auths := []snmp.AuthProtocol{snmp.NoAuth, snmp.MD5, snmp.SHA, snmp.SHA224, snmp.SHA256, snmp.SHA384, snmp.SHA512}
	privs := []snmp.PrivProtocol{snmp.NoPriv, snmp.DES, snmp.AES, snmp.AES192, snmp.AES256, snmp.AES192C, snmp.AES256C}
	var users []snmp.User
	for _, a := range auths {
		for _, p := range privs {
			if a == snmp.NoAuth && p != snmp.NoPriv {
				continue
			}
			name := fmt.Sprintf("%s-%s", a, p)
			users = append(users, snmp.User{Name: name, Auth: a, AuthPassword: "auth " + name, Priv: p, PrivPassword: "priv " + name})
		}
	}
	r := listen(t, snmp.Options{Users: users})
	for _, user := range users {
		for _, inform := range []bool{false, true} {
			n := snmp.MACNotification{To: r.Addr(), Version: snmp.V3, User: user, Inform: inform, Changes: []snmp.MACChange{change(1)}}
			if err := snmp.SendMACNotification(t.Context(), n); err != nil {
				t.Fatalf("%s, inform %t: %v", user, inform, err)
			}
			if got := r.next(t); got.User != user.Name || got.Inform != inform {
				t.Errorf("got user %s, inform %t; want %s, %t", got.User, got.Inform, user.Name, inform)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	user := snmp.User{Name: "clusto", Auth: snmp.SHA256, AuthPassword: "authpassword", Priv: snmp.AES, PrivPassword: "privpassword"}
	with := func(f func(*snmp.User)) snmp.User { u := user; f(&u); return u }
	tests := []struct {
		name string
		n    snmp.MACNotification
		want snmp.Reason
	}{
		{"community", snmp.MACNotification{Community: "privat"}, snmp.BadCommunity},
		{"v1 community", snmp.MACNotification{Version: snmp.V1}, snmp.BadCommunity},
		{"user", snmp.MACNotification{User: with(func(u *snmp.User) { u.Name = "nobody" })}, snmp.UnknownUser},
		{"password", snmp.MACNotification{User: with(func(u *snmp.User) { u.AuthPassword = "wrongpassword" })}, snmp.AuthFailure},
		{"protocol", snmp.MACNotification{User: with(func(u *snmp.User) { u.Auth = snmp.SHA512 })}, snmp.AuthFailure},
		{"privacy password", snmp.MACNotification{User: with(func(u *snmp.User) { u.PrivPassword = "wrongpassword" })}, snmp.DecryptError},
		{"unencrypted", snmp.MACNotification{User: with(func(u *snmp.User) { u.Priv = "" })}, snmp.WrongLevel},
		{"unauthenticated", snmp.MACNotification{User: snmp.User{Name: "clusto"}}, snmp.WrongLevel},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := listen(t, snmp.Options{Communities: []string{"public", "private"}, Users: []snmp.User{user}})
			n := tt.n
			n.To = r.Addr()
			if n.User.Name != "" {
				n.Version = snmp.V3
			}
			if err := snmp.SendMACNotification(t.Context(), n); err != nil {
				t.Fatal(err)
			}
			r.until(t, string(tt.want), func(s snmp.Stats) bool { return s.Dropped[tt.want] == 1 })
			if n.Version == snmp.V3 {
				n.Inform = true
				if err := snmp.SendMACNotification(t.Context(), n); err == nil {
					t.Error("the inform was acknowledged")
				}
			}
			r.stop()
			s := r.Stats()
			if s.Accepted != 0 || s.Acknowledged != 0 {
				t.Errorf("stats %+v, want nothing accepted", s)
			}
			if text := r.log.String(); !strings.Contains(text, string(tt.want)) || strings.Contains(text, "wrongpassword") {
				t.Errorf("the log does not say %q, or says a password:\n%s", tt.want, text)
			}
		})
	}
}

// TestBurst sends 2,000 traps from 40 switches within a second, and none may be
// missing. The switches send at the same moments; between these, the reader has
// time to empty even the receive buffer that Linux grants to everyone.
func TestBurst(t *testing.T) {
	const switches, each, perTrap = 40, 50, 2
	const pause = 10 * time.Millisecond
	r := listen(t, snmp.Options{Addr: "0.0.0.0:0"})
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), r.Addr().Port())
	packets := make([][]byte, switches*each)
	for i := range packets {
		packets[i] = encode(t, snmp.MACNotification{Changes: []snmp.MACChange{change(perTrap * i), change(perTrap*i + 1)}})
	}
	begin := time.Now()
	var senders sync.WaitGroup
	for s := range switches {
		senders.Go(func() {
			conn, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 1, byte(s+1))}, net.UDPAddrFromAddrPort(to))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			ticks := time.NewTicker(pause)
			defer ticks.Stop()
			for i := range each {
				<-ticks.C
				if _, err := conn.Write(packets[s*each+i]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	senders.Wait()
	t.Logf("%d traps sent in %v", len(packets), time.Since(begin))
	seen, from := map[snmp.MAC]bool{}, map[netip.Addr]int{}
	for range packets {
		trap := r.next(t)
		changes, err := snmp.MACChanges(trap)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			seen[c.MAC] = true
		}
		from[trap.Source.Addr()]++
	}
	r.stop()
	if len(seen) != perTrap*len(packets) {
		t.Errorf("%d MACs came, want %d", len(seen), perTrap*len(packets))
	}
	for s := range switches {
		addr := netip.AddrFrom4([4]byte{127, 0, 1, byte(s + 1)})
		if from[addr] != each {
			t.Errorf("%d traps came from %s, want %d", from[addr], addr, each)
		}
	}
	if s := r.Stats(); len(s.Dropped) != 0 || s.Accepted != uint64(len(packets)) {
		t.Errorf("stats %+v, want all accepted", s)
	}
}

func TestQueueFull(t *testing.T) {
	t.Parallel()
	const sent = 100
	release := make(chan struct{})
	r := listenWith(t, snmp.Options{Queue: 4}, func(ctx context.Context, _ snmp.Trap) {
		select {
		case <-release:
		case <-ctx.Done():
		}
	})
	packet := encode(t, snmp.MACNotification{Changes: []snmp.MACChange{change(1)}})
	write(t, r.Addr(), packet, sent)
	r.until(t, "receiving all", func(s snmp.Stats) bool { return s.Received == sent })
	close(release)
	r.until(t, "handling the rest", func(s snmp.Stats) bool { return s.Accepted+s.Dropped[snmp.QueueFull] == sent })
	r.stop()
	if n := r.Stats().Dropped[snmp.QueueFull]; n < sent-10 || n == sent { // 4 + 4 in queues, 1 + 1 in hand
		t.Errorf("%d dropped, want at least %d and not all", n, sent-10)
	}
	if text := r.log.String(); !strings.Contains(text, `reason="queue full"`) || !strings.Contains(text, "make the queue longer") {
		t.Errorf("the log does not say so:\n%s", text)
	}
}

// TestKernelDrops lets a small receive buffer overflow while nobody reads.
func TestKernelDrops(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux says what it drops")
	}
	const sent = 2000
	var log logText
	l, err := snmp.Listen(snmp.Options{Addr: "127.0.0.1:0", ReadBuffer: 4096, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	write(t, l.Addr(), encode(t, snmp.MACNotification{}), sent)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	handled := make(chan snmp.Trap, sent)
	go func() { done <- l.Run(ctx, func(_ context.Context, trap snmp.Trap) { handled <- trap }) }()
	// What the kernel kept is read before what is sent now, and there is room
	// again. A slow machine may send the inform several times.
	<-handled
	read := uint64(1)
	if err := snmp.SendMACNotification(t.Context(), snmp.MACNotification{To: l.Addr(), Community: "last", Inform: true}); err != nil {
		t.Fatal(err)
	}
	for trap := range handled {
		if trap.Community == "last" {
			break
		}
		read++
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s := l.Stats()
	if lost := s.Dropped[snmp.KernelDropped]; lost == 0 || lost+read != sent {
		t.Errorf("%d read, stats %+v: want %d read or dropped", read, s, sent)
	}
	if text := log.String(); !strings.Contains(text, `reason="dropped by the kernel"`) {
		t.Errorf("the log does not say so:\n%s", text)
	}
}

func TestStopCountsWhatWaits(t *testing.T) {
	t.Parallel()
	const sent = 20
	r := listenWith(t, snmp.Options{Drain: -1}, func(ctx context.Context, _ snmp.Trap) { <-ctx.Done() })
	write(t, r.Addr(), encode(t, snmp.MACNotification{}), sent)
	r.until(t, "receiving all", func(s snmp.Stats) bool { return s.Received == sent && s.Accepted == 1 })
	r.stop()
	if s := r.Stats(); s.Accepted != 1 || s.Dropped[snmp.Stopped] != sent-1 {
		t.Errorf("stats %+v, want 1 accepted and %d stopped", s, sent-1)
	}
}

func TestStopHandlesWhatWaits(t *testing.T) {
	t.Parallel()
	const sent = 20
	closed := make(chan struct{}) // when the listener has noticed that it is to stop
	r := listenWith(t, snmp.Options{Drain: time.Hour}, func(ctx context.Context, _ snmp.Trap) {
		<-closed
		if ctx.Err() != nil {
			t.Error("a trap that was received has no time left")
		}
	})
	write(t, r.Addr(), encode(t, snmp.MACNotification{}), sent)
	r.until(t, "receiving all", func(s snmp.Stats) bool { return s.Received == sent && s.Accepted == 1 })
	r.cancel()
	for t.Context().Err() == nil { // until the address is free again
		if again, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(r.Addr())); err == nil {
			again.Close()
			break
		}
		runtime.Gosched()
	}
	close(closed)
	r.stop()
	if s := r.Stats(); s.Accepted != sent || s.Dropped[snmp.Stopped] != 0 {
		t.Errorf("stats %+v, want %d accepted", s, sent)
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	r := listen(t, snmp.Options{})
	write(t, r.Addr(), []byte("hello"), 3)
	good := encode(t, snmp.MACNotification{Changes: []snmp.MACChange{change(1)}})
	write(t, r.Addr(), good[:len(good)-5], 2)
	write(t, r.Addr(), good, 1)
	r.next(t)
	r.stop()
	if s := r.Stats(); s.Dropped[snmp.Malformed] != 5 || s.Accepted != 1 {
		t.Errorf("stats %+v, want 5 malformed and 1 accepted", s)
	}
}

// TestAnswersFromWhereAsked has senders on another network ask a listener on all
// addresses: one that asks 127.0.0.77 takes no answer from 127.0.0.1.
func TestAnswersFromWhereAsked(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0"} {
		r := listen(t, snmp.Options{Addr: addr})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		n := snmp.MACNotification{
			To:   netip.AddrPortFrom(netip.MustParseAddr("127.0.0.77"), r.Addr().Port()),
			From: netip.MustParseAddr("127.0.0.11"), Inform: true,
		}
		if err := snmp.SendMACNotification(ctx, n); err != nil {
			t.Errorf("listening on %s: %v", addr, err)
		}
	}
}

func TestIPv6(t *testing.T) {
	t.Parallel()
	r, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 on loopback:", err)
	}
	r.Close()
	for _, addr := range []string{"[::1]:0", ":0"} {
		r := listen(t, snmp.Options{Addr: addr})
		for _, host := range []string{"::1", "127.0.0.1"} {
			ip := netip.MustParseAddr(host)
			if addr == "[::1]:0" && ip.Is4() {
				continue
			}
			n := snmp.MACNotification{To: netip.AddrPortFrom(ip, r.Addr().Port()), From: ip, Inform: true}
			if err := snmp.SendMACNotification(t.Context(), n); err != nil {
				t.Fatal(err)
			}
			if got := r.next(t).Source.Addr(); got != ip {
				t.Errorf("listening on %s: source %s, want %s", addr, got, ip)
			}
		}
	}
}

func TestListenErrors(t *testing.T) {
	t.Parallel()
	password := "longenough"
	tests := []struct {
		name string
		opts snmp.Options
		want string
	}{
		{"address", snmp.Options{Addr: "127.0.0.1"}, "listen on 127.0.0.1: address 127.0.0.1: missing port in address"},
		{"short password", snmp.Options{Users: []snmp.User{{Name: "u", Auth: snmp.SHA, AuthPassword: "short"}}},
			"SNMPv3 user u: the authentication password has 5 octets; it needs at least 8"},
		{"no auth", snmp.Options{Users: []snmp.User{{Name: "u", Priv: snmp.AES, PrivPassword: password}}},
			"SNMPv3 user u: privacy (aes) needs an authentication protocol as well"},
		{"unknown protocol", snmp.Options{Users: []snmp.User{{Name: "u", Auth: "sha3"}}},
			`SNMPv3 user u: unknown authentication protocol "sha3"`},
		{"twice", snmp.Options{Users: []snmp.User{{Name: "u"}, {Name: "u"}}}, "SNMPv3 user u is given twice"},
		{"engine", snmp.Options{EngineID: []byte{1}}, "engine ID 01 has 1 octets; it has 5 to 32"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.opts.Addr == "" {
				tt.opts.Addr = "127.0.0.1:0"
			}
			if _, err := snmp.Listen(tt.opts); errText(err) != tt.want {
				t.Errorf("error %q, want %q", errText(err), tt.want)
			}
		})
	}
}

func TestUserHidesPasswords(t *testing.T) {
	t.Parallel()
	u := snmp.User{Name: "u", Auth: snmp.SHA, AuthPassword: "secret-a", Priv: snmp.AES, PrivPassword: "secret-p"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "user", u)
	for _, text := range []string{fmt.Sprint(u), fmt.Sprintf("%+v %#v", u, []snmp.User{u}), log.String()} {
		if strings.Contains(text, "secret") {
			t.Errorf("%s", text)
		}
	}
}

// write sends a datagram n times.
func write(t *testing.T, to netip.AddrPort, packet []byte, n int) {
	t.Helper()
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range n {
		if _, err := conn.Write(packet); err != nil {
			t.Fatal(err)
		}
	}
}

// encode returns the datagram that SendMACNotification sends.
func encode(t testing.TB, n snmp.MACNotification) []byte {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	n.To = conn.LocalAddr().(*net.UDPAddr).AddrPort()
	if n.Community == "" {
		n.Community = "public"
	}
	if err := snmp.SendMACNotification(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	size, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return buf[:size]
}
