package mysql_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// cut is when a proxy cuts a connection off that commits.
type cut int32

const (
	never       cut = iota
	beforeSent      // the server never hears of it
	afterAnswer     // the server has done it, and nobody hears of that
)

// proxy stands between a store and a server.
type proxy struct {
	server string // its socket
	socket string // the proxy's
	next   atomic.Int32
	cuts   atomic.Int32 // made so far
}

// newProxy returns a proxy before the server that dsn names, and the DSN of its
// database through the proxy.
func newProxy(t *testing.T, dsn string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{server: u.Query().Get("unix_socket"), socket: filepath.Join(t.TempDir(), "s")}
	l, err := net.Listen("unix", p.socket)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	u.RawQuery = "unix_socket=" + p.socket
	return p, u.String()
}

// serve passes on what comes until one side ends, or a commit is cut off.
func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	var silent atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		defer client.Close()
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			if err != nil || silent.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			break
		}
		if bytes.Contains(buffer[:n], []byte("COMMIT")) {
			switch how := cut(p.next.Swap(int32(never))); how {
			case beforeSent:
				p.cuts.Add(1)
				server.Close()
				wg.Wait()
				return
			case afterAnswer:
				p.cuts.Add(1)
				silent.Store(true)
			}
		}
		if _, err := server.Write(buffer[:n]); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			break
		}
	}
	server.Close()
	wg.Wait()
}
