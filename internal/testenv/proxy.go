package testenv

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// Cut is when a Proxy cuts a connection off that commits.
type Cut int32

// The times to cut a connection off.
const (
	Never       Cut = iota
	BeforeSent      // the server does not hear of the commit
	AfterAnswer     // the server does it, and nobody hears of that
)

// Proxy stands between a program and a server that is reached by a socket.
type Proxy struct {
	dsn    string
	server string // its socket
	next   atomic.Int32
	cuts   atomic.Int32
	mu     sync.Mutex            // guards what follows
	open   map[net.Conn]struct{} // to clients
}

// NewProxy returns a proxy before the server of a DSN. It ends with the test.
func NewProxy(tb testing.TB, dsn string) *Proxy {
	tb.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "proxy") // the test's own may be too long a path for a socket
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{open: map[net.Conn]struct{}{}}
	query, socket := u.Query(), filepath.Join(dir, "socket")
	if parameter := "unix_socket"; query.Has(parameter) {
		p.server = query.Get(parameter)
		query.Set(parameter, socket)
	} else { // a client of PostgreSQL knows the name in the directory
		const name = ".s.PGSQL.5432"
		p.server, socket = filepath.Join(query.Get("host"), name), filepath.Join(dir, name)
		query.Set("host", dir)
	}
	u.RawQuery = query.Encode()
	p.dsn = u.String()
	l, err := net.Listen("unix", socket)
	if err != nil {
		tb.Fatal(err)
	}
	var connections sync.WaitGroup
	connections.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			connections.Go(func() { p.serve(client) })
		}
	})
	tb.Cleanup(func() {
		l.Close()
		connections.Wait()
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	return p
}

// DSN is that of the database through the proxy.
func (p *Proxy) DSN() string { return p.dsn }

// CutNext has the next connection that commits cut off.
func (p *Proxy) CutNext(c Cut) { p.next.Store(int32(c)) }

// CutAll cuts all connections off, whatever they do.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for client := range p.open {
		client.Close()
		p.cuts.Add(1)
	}
}

// Cuts is how many connections were cut off.
func (p *Proxy) Cuts() int { return int(p.cuts.Load()) }

// serve passes on what comes until one side ends, or a commit is cut off.
func (p *Proxy) serve(client net.Conn) {
	p.mu.Lock()
	p.open[client] = struct{}{}
	p.mu.Unlock()
	defer func() {
		client.Close()
		p.mu.Lock()
		delete(p.open, client)
		p.mu.Unlock()
	}()
	server, err := net.Dial("unix", p.server)
	if err != nil {
		return
	}
	var silent atomic.Bool // nothing that the server says is passed on
	var answers sync.WaitGroup
	answers.Go(func() {
		defer client.Close()
		pass(server, client, func([]byte) bool { return !silent.Load() })
	})
	pass(client, server, func(said []byte) bool {
		if !bytes.Contains(said, []byte("COMMIT")) {
			return true
		}
		cut := Cut(p.next.Swap(int32(Never)))
		if cut != Never {
			p.cuts.Add(1)
		}
		if cut == AfterAnswer {
			silent.Store(true)
		}
		return cut != BeforeSent
	})
	server.Close()
	answers.Wait()
}

// pass copies what is said until one side ends or may says no.
func pass(from, to net.Conn, may func(said []byte) bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil || !may(buffer[:n]) {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
