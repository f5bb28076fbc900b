package datagram

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// Located says whether Interface, Local and Own of received messages are known.
const Located = true

// system is what a Conn has on Linux.
type system struct {
	raw      syscall.RawConn
	six      bool // a socket of IPv6
	segments bool // the kernel cuts up what is sent as one (Linux 4.18)
	frames   int  // socket for frames, or -1
	noFrame  error
	dropped  drops
}

// prepare sets what must be set before a socket is bound.
func prepare(fd int, o BindOptions) error {
	if o.Interface != "" {
		if err := unix.BindToDevice(fd, o.Interface); err != nil {
			return fmt.Errorf("interface %s: %w", o.Interface, err)
		}
	}
	if o.Broadcast {
		return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1))
	}
	return nil
}

// setup sets what may be set on any socket, also one that was inherited.
func (c *Conn) setup(o Options) error {
	c.frames = -1
	var err error
	if c.raw, err = c.udp.SyscallConn(); err != nil {
		return err
	}
	if err := c.control(func(fd int) error {
		domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
		if err != nil {
			return err
		}
		c.six = domain == unix.AF_INET6
		_, err = unix.GetsockoptInt(fd, unix.IPPROTO_UDP, unix.UDP_SEGMENT)
		c.segments = err == nil
		if c.six {
			err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
		} else {
			err = errors.Join(unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1),
				unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1))
		}
		if err != nil {
			return err
		}
		// Answers that wait for a neighbour's address count as unsent, so
		// that a small buffer would let a few silent hosts delay all others.
		if _, err := setBuffer(fd, unix.SO_SNDBUFFORCE, unix.SO_SNDBUF, o.Buffer); err != nil {
			return err
		}
		c.granted, err = setBuffer(fd, unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, o.Buffer)
		return err
	}); err != nil {
		return err
	}
	if o.Frames && !c.six {
		c.frames, c.noFrame = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if c.noFrame != nil {
			c.frames = -1
		}
	}
	return nil
}

// control calls fn with the socket's descriptor.
func (c *Conn) control(fn func(fd int) error) error {
	var inner error
	err := c.raw.Control(func(fd uintptr) { inner = fn(int(fd)) })
	return errors.Join(err, inner)
}

// setBuffer asks for a buffer of n bytes and returns what was granted. By force,
// which wants CAP_NET_ADMIN, it is not limited by net.core.rmem_max.
func setBuffer(fd, force, gently, n int) (granted int, err error) {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, force, n); err != nil {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, gently, n); err != nil {
			return 0, os.NewSyscallError("setsockopt", err)
		}
	}
	granted, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, gently)
	return granted / 2, os.NewSyscallError("getsockopt", err) // socket(7): doubled by the kernel for its bookkeeping
}

// Frames says whether frames can be sent, and if not why; it wants CAP_NET_RAW.
func (c *Conn) Frames() (bool, error) { return c.frames >= 0, c.noFrame }

func (c *Conn) closeFrames() error {
	if c.frames < 0 {
		return nil
	}
	return unix.Close(c.frames)
}

// Join makes the socket receive what is sent to a group of IPv6 on an interface.
func (c *Conn) Join(group netip.Addr, iface *net.Interface) error {
	request := unix.IPv6Mreq{Multiaddr: group.As16(), Interface: uint32(iface.Index)}
	if err := c.control(func(fd int) error {
		return unix.SetsockoptIPv6Mreq(fd, unix.IPPROTO_IPV6, unix.IPV6_JOIN_GROUP, &request)
	}); err != nil && !errors.Is(err, unix.EADDRINUSE) {
		return fmt.Errorf("join %s on %s: %w", group, iface.Name, err)
	}
	return nil
}

// Dropped counts what the kernel dropped because the receive buffer was full.
func (c *Conn) Dropped() uint64 {
	err := c.control(func(fd int) error {
		n, err := socketDrops(fd)
		if err == nil {
			c.dropped.observe(n)
		}
		return err
	})
	_ = err // a socket that is closed drops nothing any more
	return c.dropped.total.Load()
}

// drops extends the kernel's counter of 32 bits.
type drops struct{ total atomic.Uint64 }

// observe takes what the kernel's counter says now.
func (d *drops) observe(now uint32) {
	for {
		old := d.total.Load()
		grown := now - uint32(old) // also right when the counter has wrapped
		if grown == 0 || grown > 1<<31 {
			return // nothing new, or another goroutine was faster
		}
		if d.total.CompareAndSwap(old, old+uint64(grown)) {
			return
		}
	}
}
