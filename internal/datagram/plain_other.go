//go:build !linux

package datagram

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// Located says whether Interface, Local and Own of received messages are known.
const Located = false

// system is what a Conn has elsewhere: nothing.
type system struct{}

func prepare(_ int, o BindOptions) error {
	if o.Interface != "" {
		return fmt.Errorf("interface %s: a socket can be bound to an interface on Linux alone: %w", o.Interface, errors.ErrUnsupported)
	}
	return nil // broadcasts are allowed by the standard library
}

func (c *Conn) setup(o Options) error {
	if err := c.udp.SetReadBuffer(o.Buffer); err != nil {
		return err
	}
	c.granted = o.Buffer
	return nil
}

// Frames says whether frames can be sent, and if not why.
func (c *Conn) Frames() (bool, error) {
	return false, fmt.Errorf("frames can be sent on Linux alone: %w", errors.ErrUnsupported)
}

func (c *Conn) closeFrames() error { return nil }

// Join makes the socket receive what is sent to a group of IPv6 on an interface.
func (c *Conn) Join(group netip.Addr, iface *net.Interface) error {
	return fmt.Errorf("join %s on %s: groups can be joined on Linux alone: %w", group, iface.Name, errors.ErrUnsupported)
}

// Dropped is not known.
func (c *Conn) Dropped() uint64 { return 0 }

// Reader reads for one goroutine.
type Reader struct {
	conn    *Conn
	buffer  []byte
	message [1]Message
}

// NewReader returns a Reader of messages of at most size octets.
func (c *Conn) NewReader(_, size int) *Reader {
	return &Reader{conn: c, buffer: make([]byte, size+1)} // one more shows what is too long
}

// Read waits for a message. It is good until the next Read.
func (r *Reader) Read() ([]Message, error) {
	n, peer, err := r.conn.udp.ReadFromUDPAddrPort(r.buffer)
	if err != nil {
		return nil, err
	}
	size := min(n, len(r.buffer)-1)
	r.message[0] = Message{
		Data: r.buffer[:size], Truncated: size < n,
		Peer: netip.AddrPortFrom(peer.Addr().Unmap().WithZone(""), peer.Port()),
	}
	return r.message[:], nil
}

// Writer writes for one goroutine.
type Writer struct {
	conn     *Conn
	messages []Message
	buffers  [][]byte
	used     int
}

// NewWriter returns a Writer of at most batch messages of at most size octets.
func (c *Conn) NewWriter(batch, size int) *Writer {
	w := &Writer{conn: c, messages: make([]Message, batch), buffers: make([][]byte, batch)}
	for i := range w.buffers {
		w.buffers[i] = make([]byte, size)
	}
	return w
}

// Flush sends the messages. It returns how many were not sent, and why.
func (w *Writer) Flush() (failed int, err error) {
	for i := range w.used {
		m := &w.messages[i]
		if _, e := w.conn.udp.WriteToUDPAddrPort(m.Data, m.Peer); e != nil {
			failed++
			err = errors.Join(err, e)
		}
	}
	w.used = 0
	w.conn.failed.Add(uint64(failed))
	return failed, err
}
