package server

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/clusto/clusto"
)

// unixPrefix begins the address of a Unix socket.
const unixPrefix = "unix:"

// Sockets are those of this process that may outlive it: inherited ones, and
// those that it has opened. They can be handed to the next process.
type Sockets struct {
	ready *os.File // written to when this process serves; nil unless another waits for it
	next  string   // the program to start for a handover; "" for this one

	mu        sync.Mutex // guards what follows
	inherited []socket   // not asked for yet
	open      []socket
	handed    bool // to the next process
}

// socket is one that is listened on.
type socket struct {
	name      string       // as the configuration has it, or activatedName
	activated bool         // by a service manager, whose it is
	listener  net.Listener // or
	packets   *net.UDPConn
}

// Activated returns the stream sockets that a service manager has opened for this
// process. If there are any they are to be served, whatever the configuration
// says.
func (s *Sockets) Activated() []net.Listener {
	var all []net.Listener
	for {
		k, ok := s.take(func(k socket) bool { return k.activated && k.listener != nil })
		if !ok {
			return all
		}
		all = append(all, k.listener)
		s.keep(k)
	}
}

// Listen returns the listener of an address, HOST:PORT or unix:PATH: the
// inherited one, or a new one. A Unix socket that nobody listens on any more is
// replaced, and can be used by owner and group.
func (s *Sockets) Listen(addr string) (net.Listener, error) {
	if k, ok := s.take(func(k socket) bool { return k.name == addr && k.listener != nil }); ok {
		s.keep(k)
		return k.listener, nil
	}
	var l net.Listener
	var err error
	if path, ok := strings.CutPrefix(addr, unixPrefix); ok {
		l, err = listenUnix(path)
	} else {
		l, err = net.Listen("tcp", addr)
	}
	if err != nil {
		return nil, listenError(addr, err)
	}
	s.keep(socket{name: addr, listener: l})
	return l, nil
}

// ListenPackets returns the UDP socket of an address: the inherited one, one that
// a service manager has opened, or what open returns.
func (s *Sockets) ListenPackets(addr string, open func(addr string) (*net.UDPConn, error)) (*net.UDPConn, error) {
	k, ok := s.take(func(k socket) bool { return k.packets != nil && (k.name == addr || k.activated) })
	if !ok {
		c, err := open(addr)
		if err != nil {
			return nil, err
		}
		k = socket{name: addr, packets: c}
	}
	s.keep(k)
	return k.packets, nil
}

// Own returns the UDP socket of that name: the inherited one, or what open returns.
// Those that a service manager has opened are not taken for it.
func (s *Sockets) Own(name string, open func() (*net.UDPConn, error)) (*net.UDPConn, error) {
	k, ok := s.take(func(k socket) bool { return k.packets != nil && k.name == name && !k.activated })
	if !ok {
		c, err := open()
		if err != nil {
			return nil, err
		}
		k = socket{name: name, packets: c}
	}
	s.keep(k)
	return k.packets, nil
}

// take removes the first inherited socket that is wanted.
func (s *Sockets) take(wanted func(socket) bool) (socket, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, k := range s.inherited {
		if wanted(k) {
			s.inherited = append(s.inherited[:i:i], s.inherited[i+1:]...)
			return k, true
		}
	}
	return socket{}, false
}

func (s *Sockets) keep(k socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, k)
}

// Close closes all sockets, and removes the files of Unix sockets unless they are
// another's now.
func (s *Sockets) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.inherited {
		k.close()
	}
	for _, k := range s.open {
		k.close()
		if path, ok := strings.CutPrefix(k.name, unixPrefix); ok && !s.handed && !k.activated {
			_ = os.Remove(path) // a path that is left is replaced at the next start
		}
	}
	s.inherited, s.open = nil, nil
}

// close closes a socket, which may be closed already.
func (k socket) close() {
	if k.listener != nil {
		_ = k.listener.Close()
	}
	if k.packets != nil {
		_ = k.packets.Close()
	}
}

// listenUnix listens on a path, also if a process that is gone has left it.
func listenUnix(path string) (net.Listener, error) {
	l, err := net.Listen("unix", path)
	if errors.Is(err, syscall.EADDRINUSE) {
		if c, dialed := net.DialTimeout("unix", path, time.Second); dialed == nil {
			_ = c.Close()
			return nil, err
		} else if !errors.Is(dialed, syscall.ECONNREFUSED) {
			return nil, err
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		l, err = net.Listen("unix", path)
	}
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// listenError returns the error of an address that cannot be listened on, with
// what can be done.
func listenError(addr string, err error) error {
	err = clusto.Errorf(clusto.ErrUnavailable, "http: listen on %s: %w", addr, err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return clusto.WithHint(err, "ports below 1024 need the capability CAP_NET_BIND_SERVICE, and a socket's directory must be writable; --http takes another address")
	case errors.Is(err, syscall.EADDRINUSE):
		return clusto.WithHint(err, "another program listens on %s; stop it, or take another address with --http", addr)
	}
	return err
}

// Exposure is what protects a service.
type Exposure struct{ TLS, Accounts, Insecure bool }

// CheckListen returns ErrInvalid if an address that is about to be listened on can
// be reached by others than this machine, and they could do whatever they like,
// or read what others send. A name is what it is resolved to now.
func (e Exposure) CheckListen(addr string) error {
	if strings.HasPrefix(addr, unixPrefix) {
		return nil
	}
	resolved, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return clusto.Errorf(clusto.ErrUnavailable, "http: listen on %s: %w", addr, err)
	}
	return e.check(resolved.AddrPort().Addr(), addr)
}

// CheckListener is CheckListen for a socket that was opened by somebody else.
func (e Exposure) CheckListener(l net.Listener) error {
	if tcp, ok := l.Addr().(*net.TCPAddr); ok {
		return e.check(tcp.AddrPort().Addr(), l.Addr().String())
	}
	return nil
}

func (e Exposure) check(ip netip.Addr, addr string) error {
	if e.Insecure || e.TLS && e.Accounts || ip.Unmap().IsLoopback() {
		return nil
	}
	var lacks []string
	if !e.TLS {
		lacks = append(lacks, "without TLS (tls_cert and tls_key)")
	}
	if !e.Accounts {
		lacks = append(lacks, "without accounts (accounts = on)")
	}
	return clusto.WithHint(
		clusto.Errorf(clusto.ErrInvalid, "http: %s can be reached from other machines, %s", addr, strings.Join(lacks, " and ")),
		"set what is missing in [http] of the configuration; or listen on 127.0.0.1 or unix:PATH; or, on a network where "+
			"everybody may change everything, say so: --insecure, or insecure = yes-i-know")
}
