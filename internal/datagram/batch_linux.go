package datagram

import (
	"encoding/binary"
	"net/netip"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	head unix.Msghdr
	size uint32
}

// sockaddr has room for any address that is used here.
type sockaddr = unix.RawSockaddrInet6

// Octets of struct in_pktinfo and struct in6_pktinfo.
const (
	pktinfo4 = 12
	pktinfo6 = 20
)

// controlSize has room for one of them, for the size of segments, and for the
// headers of both.
const controlSize = 64

// memInfoDrops is the place of the drops in what SO_MEMINFO returns
// (linux/sock_diag.h, SK_MEMINFO_DROPS), which has memInfoVars numbers.
const (
	memInfoDrops = 8
	memInfoVars  = 9
)

// socketDrops returns how many datagrams were dropped. Other than SO_RXQ_OVFL this
// costs nothing for each datagram, and knows of drops after the last one.
func socketDrops(fd int) (uint32, error) {
	var info [memInfoVars]uint32
	size := uint32(unsafe.Sizeof(info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return 0, errno
	}
	return info[memInfoDrops], nil
}

// slots are messages as the kernel wants them.
type slots struct {
	heads    []mmsghdr
	vectors  []unix.Iovec // two for each: a message may have headers apart
	names    []sockaddr
	controls [][controlSize]byte
}

func newSlots(n int) slots {
	return slots{
		heads: make([]mmsghdr, n), vectors: make([]unix.Iovec, 2*n), names: make([]sockaddr, n),
		controls: make([][controlSize]byte, n),
	}
}

// Reader reads for one goroutine.
type Reader struct {
	conn     *Conn
	slots    slots
	messages []Message
	buffers  [][]byte
	last     int // how many the last Read returned
	receive  func(fd uintptr) bool
	errno    unix.Errno
}

// NewReader returns a Reader of at most batch messages of at most size octets.
func (c *Conn) NewReader(batch, size int) *Reader {
	r := &Reader{conn: c, slots: newSlots(batch), messages: make([]Message, batch), buffers: make([][]byte, batch)}
	memory := make([]byte, batch*size)
	for i := range batch {
		r.buffers[i] = memory[i*size : (i+1)*size : (i+1)*size]
		v := &r.slots.vectors[i]
		v.Base = &r.buffers[i][0]
		v.SetLen(size)
		h := &r.slots.heads[i].head
		h.Iov, h.Control, h.Name = v, &r.slots.controls[i][0], (*byte)(unsafe.Pointer(&r.slots.names[i]))
		h.SetIovlen(1)
	}
	r.last = batch
	r.receive = r.tryReceive // one closure for all calls
	return r
}

// Read waits for messages and returns those that have come. They are good until
// the next Read.
func (r *Reader) Read() ([]Message, error) {
	for i := range r.last {
		h := &r.slots.heads[i].head
		h.Namelen = uint32(unsafe.Sizeof(sockaddr{}))
		h.SetControllen(controlSize)
	}
	r.last = 0
	if err := r.conn.raw.Read(r.receive); err != nil {
		return nil, err
	}
	if r.errno != 0 {
		return nil, os.NewSyscallError("recvmmsg", r.errno)
	}
	for i := range r.last {
		r.take(i)
	}
	return r.messages[:r.last], nil
}

// tryReceive reads what is there, and reports whether there was anything.
func (r *Reader) tryReceive(fd uintptr) bool {
	for {
		n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&r.slots.heads[0])),
			uintptr(len(r.slots.heads)), unix.MSG_DONTWAIT, 0, 0)
		r.errno = errno
		switch errno {
		case 0:
			r.last = int(n)
			return true
		case unix.EINTR:
		case unix.EAGAIN:
			return false
		default:
			return true
		}
	}
}

// take makes a Message of a slot.
func (r *Reader) take(i int) {
	h, m := &r.slots.heads[i], &r.messages[i]
	*m = Message{Data: r.buffers[i][:h.size], Truncated: h.head.Flags&unix.MSG_TRUNC != 0}
	name := &r.slots.names[i]
	switch name.Family {
	case unix.AF_INET:
		v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		m.Peer = netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), networkOrder(v4.Port))
	case unix.AF_INET6:
		m.Peer = netip.AddrPortFrom(netip.AddrFrom16(name.Addr), networkOrder(name.Port))
	}
	control := r.slots.controls[i][:h.head.Controllen]
	for len(control) >= unix.SizeofCmsghdr {
		c := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
		size := int(c.Len)
		if size < unix.CmsgLen(0) || size > len(control) {
			return
		}
		m.located(c, control[unix.CmsgLen(0):size])
		control = control[min(unix.CmsgSpace(size-unix.CmsgLen(0)), len(control)):]
	}
}

// located takes what a control message says about where a datagram came.
func (m *Message) located(c *unix.Cmsghdr, data []byte) {
	switch {
	case c.Level == unix.IPPROTO_IP && c.Type == unix.IP_PKTINFO && len(data) >= pktinfo4:
		m.Interface = int(binary.NativeEndian.Uint32(data))
		m.Own = netip.AddrFrom4([4]byte(data[4:8]))
		m.Local = netip.AddrFrom4([4]byte(data[8:12]))
	case c.Level == unix.IPPROTO_IPV6 && c.Type == unix.IPV6_PKTINFO && len(data) >= pktinfo6:
		m.Local = netip.AddrFrom16([16]byte(data[:16]))
		m.Own = m.Local
		if m.Local.IsMulticast() {
			m.Own = netip.Addr{}
		}
		m.Interface = int(binary.NativeEndian.Uint32(data[16:]))
	}
}

// networkOrder swaps the octets of a port if this machine is little-endian.
func networkOrder(port uint16) uint16 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], port)
	return binary.BigEndian.Uint16(b[:])
}
