package datagram

import (
	"encoding/binary"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// maxSegments is how many messages the kernel takes as one (UDP_MAX_SEGMENTS of
	// all versions), and maxTogether how many octets fit into one.
	maxSegments = 64
	maxTogether = 65000
)

// alike returns how many of the first messages can be sent as one: those that go
// the same way and are as long as the first; the last may be shorter.
func alike(messages []*Message) int {
	first, total := messages[0], 0
	for i, m := range messages {
		total += len(m.Data)
		if i == maxSegments || total > maxTogether || len(m.Data) > len(first.Data) || len(m.Data) == 0 ||
			m.Peer != first.Peer || m.Local != first.Local || m.Interface != first.Interface {
			return max(i, 1)
		}
		if len(m.Data) < len(first.Data) {
			return i + 1
		}
	}
	return len(messages)
}

// fill fills in slots for datagrams.
func (o *outbound) fill(messages []*Message, together, six bool) {
	o.counts = o.counts[:0]
	for i := 0; i < len(messages); {
		n := 1
		if together {
			n = alike(messages[i:])
		}
		o.putDatagrams(messages[i:i+n], o.vectors[i:i+n], six)
		i += n
	}
}

// putDatagrams fills in the next slot, for messages that go as one.
func (o *outbound) putDatagrams(messages []*Message, vectors []unix.Iovec, six bool) {
	i, m := len(o.counts), messages[0]
	o.counts = append(o.counts, len(messages))
	for j, m := range messages {
		vectors[j].Base = unsafe.SliceData(m.Data)
		vectors[j].SetLen(len(m.Data))
	}
	h, name := &o.heads[i].head, &o.names[i]
	h.Iov = &vectors[0]
	h.SetIovlen(len(vectors))
	h.Name, h.Namelen = (*byte)(unsafe.Pointer(name)), putName(name, m, six)
	control := o.controls[i][:]
	used := 0
	if m.Local.IsValid() || m.Interface != 0 {
		used = putPktinfo(control, m, six)
	}
	if len(messages) > 1 {
		used += putSegment(control[used:], len(m.Data))
	}
	h.Control = nil
	if used > 0 {
		h.Control = &control[0]
	}
	h.SetControllen(used)
}

// putName writes the address of a message's peer, and returns its size.
func putName(name *sockaddr, m *Message, six bool) uint32 {
	addr := m.Peer.Addr()
	if !six {
		*(*unix.RawSockaddrInet4)(unsafe.Pointer(name)) = unix.RawSockaddrInet4{
			Family: unix.AF_INET, Port: networkOrder(m.Peer.Port()), Addr: addr.Unmap().As4(),
		}
		return unix.SizeofSockaddrInet4
	}
	*name = sockaddr{Family: unix.AF_INET6, Port: networkOrder(m.Peer.Port()), Addr: addr.As16()}
	if addr.IsLinkLocalUnicast() || addr.IsMulticast() {
		name.Scope_id = uint32(m.Interface)
	}
	return unix.SizeofSockaddrInet6
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

// putSegment writes the control message that says how long each of the messages
// is that are sent as one, and returns its size.
func putSegment(to []byte, size int) int {
	const octets = 2 // of the number
	c := (*unix.Cmsghdr)(unsafe.Pointer(&to[0]))
	c.Level, c.Type = unix.IPPROTO_UDP, unix.UDP_SEGMENT
	c.SetLen(unix.CmsgLen(octets))
	binary.NativeEndian.PutUint16(to[unix.CmsgLen(0):], uint16(size))
	return unix.CmsgSpace(octets)
}

// putFrame fills in a slot of those that are sent as frames.
func (w *Writer) putFrame(m *Message) {
	o := &w.frames
	i := len(o.counts)
	o.messages, o.counts = append(o.messages, m), append(o.counts, 1)
	putHeaders(&w.headers[i], netip.AddrPortFrom(m.Local, w.conn.addr.Port()), m.Peer, m.Data)
	v, h, name := o.vectors[2*i:2*i+2], &o.heads[i].head, &o.names[i]
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
