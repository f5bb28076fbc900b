package datagram

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Writer writes for one goroutine. What it sends never waits.
type Writer struct {
	conn      *Conn
	messages  []Message
	buffers   [][]byte
	used      int
	datagrams outbound
	frames    outbound
	headers   [][headers]byte // of frames
}

// outbound are messages that one socket sends.
type outbound struct {
	slots
	messages []*Message // of the slots
	failed   int
	err      error            // the last one
	send     func(fd uintptr) // sends all; one closure for all calls
}

func (o *outbound) init(n int) {
	o.slots, o.messages, o.send = newSlots(n), make([]*Message, 0, n), o.sendAll
}

// NewWriter returns a Writer of at most batch messages of at most size octets.
func (c *Conn) NewWriter(batch, size int) *Writer {
	w := &Writer{conn: c, messages: make([]Message, batch), buffers: make([][]byte, batch)}
	memory := make([]byte, batch*size)
	for i := range batch {
		w.buffers[i] = memory[i*size : (i+1)*size : (i+1)*size]
	}
	w.datagrams.init(batch)
	if c.frames >= 0 {
		w.frames.init(batch)
		w.headers = make([][headers]byte, batch)
	}
	return w
}

// Flush sends the messages. What cannot be sent now is not sent: the client asks
// again. It returns how many were not sent, and why the last of them was not.
func (w *Writer) Flush() (failed int, err error) {
	if w.used == 0 {
		return 0, nil
	}
	for i := range w.used {
		if m := &w.messages[i]; m.Hardware != (HardwareAddr{}) && w.conn.frames >= 0 {
			w.putFrame(m)
		} else {
			w.putDatagram(m)
		}
	}
	w.used = 0
	if len(w.datagrams.messages) > 0 {
		if err := w.conn.raw.Control(w.datagrams.send); err != nil {
			return len(w.datagrams.messages), err
		}
	}
	if len(w.frames.messages) > 0 {
		w.frames.send(uintptr(w.conn.frames))
	}
	failed = w.datagrams.failed + w.frames.failed
	w.conn.failed.Add(uint64(failed))
	return failed, errors.Join(w.datagrams.err, w.frames.err)
}

// sendAll sends what is in the slots, and leaves them empty.
func (o *outbound) sendAll(fd uintptr) {
	o.failed, o.err = 0, nil
	for done := 0; done < len(o.messages); {
		heads := o.heads[done:len(o.messages)]
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&heads[0])),
			uintptr(len(heads)), unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			done += int(n)
		case unix.EINTR:
		case unix.EAGAIN, unix.ENOBUFS:
			o.failed += len(heads)
			o.err = os.NewSyscallError("sendmmsg", errno)
			done = len(o.messages)
		default: // about the first; the others may be sent
			o.failed++
			o.err = fmt.Errorf("send to %s: %w", o.messages[done].Peer, os.NewSyscallError("sendmmsg", errno))
			done++
		}
	}
	o.messages = o.messages[:0]
}

// putDatagram fills in a slot of those that the UDP socket sends.
func (w *Writer) putDatagram(m *Message) {
	s := &w.datagrams
	i := len(s.messages)
	s.messages = append(s.messages, m)
	v, h, name := &s.vectors[i][0], &s.heads[i].head, &s.names[i]
	v.Base = unsafe.SliceData(m.Data)
	v.SetLen(len(m.Data))
	h.Iov = v
	h.SetIovlen(1)
	h.Name = (*byte)(unsafe.Pointer(name))
	addr := m.Peer.Addr()
	if w.conn.six {
		*name = sockaddr{Family: unix.AF_INET6, Port: networkOrder(m.Peer.Port()), Addr: addr.As16()}
		if addr.IsLinkLocalUnicast() || addr.IsMulticast() {
			name.Scope_id = uint32(m.Interface)
		}
		h.Namelen = unix.SizeofSockaddrInet6
	} else {
		*(*unix.RawSockaddrInet4)(unsafe.Pointer(name)) = unix.RawSockaddrInet4{
			Family: unix.AF_INET, Port: networkOrder(m.Peer.Port()), Addr: addr.Unmap().As4(),
		}
		h.Namelen = unix.SizeofSockaddrInet4
	}
	h.Control = nil
	h.SetControllen(0)
	if m.Local.IsValid() || m.Interface != 0 {
		h.Control = &s.controls[i][0]
		h.SetControllen(putPktinfo(s.controls[i][:], m, w.conn.six))
	}
}

// putPktinfo writes the control message that says where a datagram is to be sent
// from, and returns its size.
func putPktinfo(to []byte, m *Message, six bool) int {
	c := (*unix.Cmsghdr)(unsafe.Pointer(&to[0]))
	data := to[unix.CmsgLen(0):]
	if !six {
		c.Level, c.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
		c.SetLen(unix.CmsgLen(pktinfo4))
		binary.NativeEndian.PutUint32(data, uint32(m.Interface))
		clear(data[4:pktinfo4])
		if m.Local.IsValid() {
			from := m.Local.Unmap().As4()
			copy(data[4:8], from[:])
		}
		return unix.CmsgSpace(pktinfo4)
	}
	c.Level, c.Type = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO
	c.SetLen(unix.CmsgLen(pktinfo6))
	local := netip.IPv6Unspecified()
	if m.Local.IsValid() {
		local = m.Local
	}
	from := local.As16()
	copy(data[:16], from[:])
	binary.NativeEndian.PutUint32(data[16:], uint32(m.Interface))
	return unix.CmsgSpace(pktinfo6)
}

// putFrame fills in a slot of those that are sent as frames.
func (w *Writer) putFrame(m *Message) {
	s := &w.frames
	i := len(s.messages)
	s.messages = append(s.messages, m)
	putHeaders(&w.headers[i], netip.AddrPortFrom(m.Local, w.conn.addr.Port()), m.Peer, m.Data)
	v, h, name := &s.vectors[i], &s.heads[i].head, &s.names[i]
	v[0].Base = &w.headers[i][0]
	v[0].SetLen(headers)
	v[1].Base = unsafe.SliceData(m.Data)
	v[1].SetLen(len(m.Data))
	h.Iov = &v[0]
	h.SetIovlen(2)
	link := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(name))
	*link = unix.RawSockaddrLinklayer{
		Family: unix.AF_PACKET, Protocol: networkOrder(unix.ETH_P_IP),
		Ifindex: int32(m.Interface), Halen: uint8(len(m.Hardware)),
	}
	copy(link.Addr[:], m.Hardware[:])
	h.Name = (*byte)(unsafe.Pointer(name))
	h.Namelen = unix.SizeofSockaddrLinklayer
}
