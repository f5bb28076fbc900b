package load

import (
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// atOnce is how many datagrams one system call moves at most.
const atOnce = 64

// datagram is struct mmsghdr of recvmmsg(2).
type datagram struct {
	header unix.Msghdr
	length uint32
	_      [4]byte
}

// socket sends and receives datagrams, many at once.
type socket struct {
	fd     int
	unsent int // that the kernel did not take

	to       unix.RawSockaddrInet4
	queued   int
	out, in  [atOnce]datagram
	vectors  [2 * atOnce]unix.Iovec
	outgoing [atOnce][packetSpace]byte
	incoming [atOnce][1500]byte
}

// openSocket opens the socket of a relay, or of clients without an address.
func openSocket(o *Options) (*socket, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := &socket{fd: fd}
	if err := s.bind(o); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("open the socket of the clients: %w", err)
	}
	for i := range atOnce {
		out, in := &s.vectors[i], &s.vectors[atOnce+i]
		out.Base, in.Base = &s.outgoing[i][0], &s.incoming[i][0]
		in.SetLen(len(s.incoming[i]))
		s.out[i].header = unix.Msghdr{Iov: out, Name: (*byte)(unsafe.Pointer(&s.to)), Namelen: unix.SizeofSockaddrInet4}
		s.in[i].header = unix.Msghdr{Iov: in}
		s.out[i].header.SetIovlen(1)
		s.in[i].header.SetIovlen(1)
	}
	return s, nil
}

func (s *socket) bind(o *Options) error {
	const space = 32 << 20 // nothing is to be lost on this side
	settings := []struct{ option, value int }{
		{unix.SO_REUSEADDR, 1}, {unix.SO_BROADCAST, 1}, {unix.SO_RCVBUFFORCE, space}, {unix.SO_SNDBUFFORCE, space},
	}
	for _, x := range settings {
		if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, x.option, x.value); err != nil {
			return err
		}
	}
	if o.Interface != "" {
		if err := unix.BindToDevice(s.fd, o.Interface); err != nil {
			return err
		}
	}
	from, to := unix.SockaddrInet4{Port: 68}, netip.AddrFrom4([4]byte{255, 255, 255, 255})
	if o.Relay.IsValid() {
		from, to = unix.SockaddrInet4{Port: 67, Addr: o.Relay.As4()}, o.Server
	}
	port := [2]byte{0, 67}
	s.to = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: *(*uint16)(unsafe.Pointer(&port)), Addr: to.As4()}
	return unix.Bind(s.fd, &from)
}

func (s *socket) close() { unix.Close(s.fd) }

// next returns the space for the next datagram, which queue takes.
func (s *socket) next() []byte {
	if s.queued == atOnce {
		s.flush()
	}
	return s.outgoing[s.queued][:]
}

func (s *socket) queue(length int) {
	s.vectors[s.queued].SetLen(length)
	s.queued++
}

// flush sends what is queued.
func (s *socket) flush() {
	for done := 0; done < s.queued; {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.out[done])), uintptr(s.queued-done), 0, 0, 0)
		switch errno {
		case 0:
			done += int(n)
		case unix.EINTR, unix.EAGAIN, unix.ENOBUFS:
		default: // of the first one
			s.unsent++
			done++
		}
	}
	s.queued = 0
}

// receive calls take for each datagram that is there, at most those of one system
// call, and returns how many that were.
func (s *socket) receive(take func(packet []byte)) int {
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.in[0])), atOnce, unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0
	}
	for i := range int(n) {
		take(s.incoming[i][:s.in[i].length])
	}
	return int(n)
}

// wait waits for a datagram.
func (s *socket) wait(atMost time.Duration) {
	limit := unix.NsecToTimespec(int64(atMost))
	_, _ = unix.Ppoll([]unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}, &limit, nil) // an error is no datagram
}
