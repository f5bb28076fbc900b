package datagram

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
)

// DefaultBuffer is how large the buffers of a socket are asked to be, in bytes:
// some ten thousand requests, which is more than a second's work.
const DefaultBuffer = 8 << 20

// BindOptions say what kind of socket Bind opens.
type BindOptions struct {
	// Interface, if not "", is the only one from which anything is received.
	Interface string
	// Broadcast allows to send to broadcast addresses.
	Broadcast bool
}

// Bind opens a UDP socket of the family of addr.
func Bind(addr netip.AddrPort, o BindOptions) (*net.UDPConn, error) {
	network := "udp4"
	if !addr.Addr().Unmap().Is4() {
		network = "udp6"
	}
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var inner error
		err := raw.Control(func(fd uintptr) { inner = prepare(int(fd), o) })
		return errors.Join(err, inner)
	}}
	c, err := config.ListenPacket(context.Background(), network, addr.String())
	if err != nil {
		return nil, err
	}
	return c.(*net.UDPConn), nil
}

// Options say how a Conn works.
type Options struct {
	// Buffer is the size of the socket's buffers to ask for, in bytes. Zero means
	// DefaultBuffer.
	Buffer int
	// Frames asks for the ability to send frames.
	Frames bool
}

// Conn is a socket that is read and written by many goroutines.
type Conn struct {
	udp     *net.UDPConn
	addr    netip.AddrPort
	granted int // bytes of the receive buffer
	system
	failed atomic.Uint64
}

// New makes a Conn of a socket, which it closes when it is closed.
func New(udp *net.UDPConn, o Options) (*Conn, error) {
	if o.Buffer <= 0 {
		o.Buffer = DefaultBuffer
	}
	c := &Conn{udp: udp, addr: udp.LocalAddr().(*net.UDPAddr).AddrPort()}
	c.addr = netip.AddrPortFrom(c.addr.Addr().Unmap(), c.addr.Port())
	if err := c.setup(o); err != nil {
		return nil, fmt.Errorf("socket %s: %w", c.addr, err)
	}
	return c, nil
}

// Addr returns the address that the socket is bound to.
func (c *Conn) Addr() netip.AddrPort { return c.addr }

// Buffer returns how large the receive buffer is, in bytes.
func (c *Conn) Buffer() int { return c.granted }

// Failed counts the messages that could not be sent.
func (c *Conn) Failed() uint64 { return c.failed.Load() }

// Interrupt makes every Read return, now and from now on, with an error that is
// os.ErrDeadlineExceeded.
func (c *Conn) Interrupt() error { return c.udp.SetReadDeadline(time.Unix(1, 0)) }

// Close closes the socket, when nobody writes any more. Its counters stay.
func (c *Conn) Close() error {
	c.Dropped() // the kernel forgets it
	if err := c.udp.Close(); err != nil {
		return err // such as that it is closed: the other descriptor may be another's by now
	}
	return c.closeFrames()
}
