package postgres_test

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between a store and the server, and cuts connections off where a
// test wants it.
type proxy struct {
	dsn    string // by which one connects through the proxy
	target string // the server's socket
	l      net.Listener
	pumps  sync.WaitGroup

	mu    sync.Mutex // guards what follows
	cut   cutting
	cuts  int
	conns map[net.Conn]bool
}

// cutting is what happens to a connection on which COMMIT is sent.
type cutting int

const (
	never        cutting = iota
	beforeCommit         // the server does not get it
	afterCommit          // the server does it, and nobody hears of that
)

// newProxy returns a proxy to the server of a DSN with a socket.
func newProxy(t *testing.T, dsn string) *proxy {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: u.Query().Get("host") + "/.s.PGSQL.5432", conns: map[net.Conn]bool{}}
	if p.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	u.Host, u.RawQuery = p.l.Addr().String(), "sslmode=disable"
	p.dsn = u.String()
	p.pumps.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// next has the next COMMIT cut off.
func (p *proxy) next(c cutting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = c
}

func (p *proxy) accept() {
	for {
		client, err := p.l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		deaf := make(chan struct{})
		p.pumps.Go(func() { p.toServer(client, server, deaf) })
		p.pumps.Go(func() { toClient(server, client, deaf) })
	}
}

// toServer copies what a client says, unless that is to be cut off.
func (p *proxy) toServer(client, server net.Conn, deaf chan struct{}) {
	defer server.Close()
	defer client.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("COMMIT")) {
			switch p.take() {
			case beforeCommit:
				return
			case afterCommit:
				close(deaf)
			}
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// take returns what is to happen to a COMMIT.
func (p *proxy) take() cutting {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.cut
	p.cut = never
	if c != never {
		p.cuts++
	}
	return c
}

// toClient copies what the server says. A client that is deaf hears nothing
// more, and the connection ends.
func toClient(server, client net.Conn, deaf chan struct{}) {
	defer server.Close()
	defer client.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		select {
		case <-deaf:
			return
		default:
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (p *proxy) close() {
	p.l.Close()
	p.mu.Lock()
	for c := range p.conns {
		c.Close()
	}
	p.mu.Unlock()
	p.pumps.Wait()
}
