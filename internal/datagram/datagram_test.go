package datagram_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"

	"github.com/clusto/clusto/internal/datagram"
)

const runsLinux = runtime.GOOS == "linux"

// open returns a Conn on a free port of a loopback address.
func open(t *testing.T, addr string, o datagram.Options) *datagram.Conn {
	t.Helper()
	udp, err := datagram.Bind(netip.MustParseAddrPort(addr), datagram.BindOptions{})
	if err != nil {
		t.Skipf("no loopback address %s: %v", addr, err)
	}
	c, err := datagram.New(udp, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestReadWrite(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(addr, func(t *testing.T) {
			a, b := open(t, addr, datagram.Options{}), open(t, addr, datagram.Options{})
			const batch, size, total = 8, 100, 20
			w, r := a.NewWriter(batch, size), b.NewReader(batch, size)
			var want, got []string
			for i := range total {
				m := w.Next()
				m.Data = fmt.Appendf(m.Data, "message %d", i)
				m.Peer, m.Local = b.Addr(), a.Addr().Addr()
				want = append(want, string(m.Data))
				if w.Full() || i == total-1 {
					if failed, err := w.Flush(); failed != 0 || err != nil {
						t.Fatalf("flush: %d failed: %v", failed, err)
					}
				}
			}
			for len(got) < total {
				messages, err := r.Read()
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range messages {
					got = append(got, string(m.Data))
					if m.Peer != a.Addr() || m.Truncated {
						t.Errorf("message from %s, truncated %t", m.Peer, m.Truncated)
					}
					if runsLinux && (m.Local != b.Addr().Addr() || m.Own != m.Local || m.Interface == 0) {
						t.Errorf("message to %s (%s) by interface %d", m.Local, m.Own, m.Interface)
					}
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	a, b := open(t, "127.0.0.1:0", datagram.Options{}), open(t, "127.0.0.1:0", datagram.Options{})
	w, r := a.NewWriter(1, 200), b.NewReader(4, 100)
	m := w.Next()
	m.Data, m.Peer = append(m.Data, bytes.Repeat([]byte("x"), 101)...), b.Addr()
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	messages, err := r.Read()
	if err != nil || len(messages) != 1 || !messages[0].Truncated || len(messages[0].Data) != 100 {
		t.Errorf("got %v, %v", messages, err)
	}
}

func TestWriteFailure(t *testing.T) {
	a, b := open(t, "127.0.0.1:0", datagram.Options{}), open(t, "127.0.0.1:0", datagram.Options{})
	w, r := a.NewWriter(4, 100), b.NewReader(4, 100)
	for i, peer := range []netip.AddrPort{b.Addr(), netip.MustParseAddrPort("127.0.0.1:0"), b.Addr()} {
		m := w.Next()
		m.Data, m.Peer = append(m.Data, byte(i)), peer // nothing can be sent to port 0
	}
	failed, err := w.Flush()
	if failed != 1 || err == nil || a.Failed() != 1 {
		t.Errorf("%d failed, %d counted: %v; want 1", failed, a.Failed(), err)
	}
	for got := 0; got < 2; {
		messages, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		got += len(messages)
	}
	if m := w.Next(); m == nil || len(m.Data) != 0 {
		t.Errorf("after a failure: %v", m)
	}
	w.Drop()
}

// TestTogether sends messages of all sizes to two peers, some of which the kernel
// gets as one, and some of which it refuses.
func TestTogether(t *testing.T) {
	a := open(t, "127.0.0.1:0", datagram.Options{})
	peers := []*datagram.Conn{open(t, "127.0.0.1:0", datagram.Options{}), open(t, "127.0.0.1:0", datagram.Options{})}
	nobody := netip.MustParseAddrPort("127.0.0.1:0")
	sizes := []int{300, 300, 300, 200, 300, 0, 0, 300, 301, 301, 301, 1, 1, 1400, 1400, 1400}
	w := a.NewWriter(200, 1500)
	want := map[*datagram.Conn][]string{}
	refused := 0
	for i := range 180 {
		m := w.Next()
		m.Data = append(m.Data, bytes.Repeat([]byte{byte(i)}, sizes[i%len(sizes)])...)
		switch {
		case i >= 90 && i < 120:
			m.Peer = nobody
			refused++
		default:
			to := peers[i/40%2]
			m.Peer = to.Addr()
			want[to] = append(want[to], string(m.Data))
		}
	}
	if failed, err := w.Flush(); failed != refused || err == nil || a.Failed() != uint64(refused) {
		t.Errorf("%d failed, %d counted: %v; want %d", failed, a.Failed(), err, refused)
	}
	for i, c := range peers {
		r := c.NewReader(64, 1500)
		var got []string
		for len(got) < len(want[c]) {
			messages, err := r.Read()
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range messages {
				got = append(got, string(m.Data))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want[c]) {
			t.Errorf("peer %d got other messages, or in another order", i)
		}
	}
	m := w.Next()
	m.Data, m.Peer = append(m.Data, 1), peers[0].Addr()
	if failed, err := w.Flush(); failed != 0 || err != nil {
		t.Errorf("afterwards: %d failed: %v", failed, err)
	}
}

func TestInterrupt(t *testing.T) {
	c := open(t, "127.0.0.1:0", datagram.Options{})
	done := make(chan error)
	go func() {
		_, err := c.NewReader(1, 100).Read()
		done <- err
	}()
	if err := c.Interrupt(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("interrupted: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.NewReader(1, 100).Read(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestDropped(t *testing.T) {
	if !runsLinux {
		t.Skip("drops are counted on Linux")
	}
	a, b := open(t, "127.0.0.1:0", datagram.Options{}), open(t, "127.0.0.1:0", datagram.Options{Buffer: 4096})
	w := a.NewWriter(64, 1000)
	for b.Dropped() < 10 { // nobody reads
		for !w.Full() {
			m := w.Next()
			m.Data, m.Peer = m.Data[:1000], b.Addr()
		}
		if _, err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	before := b.Dropped()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if n := b.Dropped(); n != before {
		t.Errorf("%d drops after closing, %d before", n, before)
	}
	if b.Buffer() >= 1<<20 {
		t.Errorf("buffer of %d bytes, asked for 4096", b.Buffer())
	}
}

// TestDroppedAtClose checks that drops are known though nobody asked before.
func TestDroppedAtClose(t *testing.T) {
	if !runsLinux {
		t.Skip("drops are counted on Linux")
	}
	a, b := open(t, "127.0.0.1:0", datagram.Options{}), open(t, "127.0.0.1:0", datagram.Options{Buffer: 4096})
	w := a.NewWriter(64, 1000)
	for !w.Full() {
		m := w.Next()
		m.Data, m.Peer = m.Data[:1000], b.Addr()
	}
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil || b.Dropped() == 0 {
		t.Errorf("%d drops, %v", b.Dropped(), err)
	}
}

func TestAllocs(t *testing.T) {
	if !runsLinux {
		t.Skip("the plain way allocates")
	}
	a, b := open(t, "127.0.0.1:0", datagram.Options{}), open(t, "127.0.0.1:0", datagram.Options{})
	w, r := a.NewWriter(8, 100), b.NewReader(8, 100)
	if n := testing.AllocsPerRun(100, func() {
		for range 8 {
			m := w.Next()
			m.Data, m.Peer, m.Local = append(m.Data, "hello"...), b.Addr(), a.Addr().Addr()
		}
		w.Flush()
		for got := 0; got < 8; {
			messages, err := r.Read()
			if err != nil {
				t.Fatal(err)
			}
			got += len(messages)
		}
	}); n > 0 {
		t.Errorf("%v allocations for 8 messages", n)
	}
}
