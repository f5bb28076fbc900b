package datagram

import (
	"errors"
	"fmt"
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
	headers   [][headers]byte  // of frames
	together  bool             // several messages may be sent as one
	send      func(fd uintptr) // sends the datagrams; one closure for all calls
}

// outbound are messages that one socket sends.
type outbound struct {
	slots
	messages []*Message
	counts   []int // how many messages each used slot has
	failed   int
	err      error      // the last one
	refused  unix.Errno // why several messages were not sent as one, the last time
}

func newOutbound(n int) outbound {
	return outbound{slots: newSlots(n), messages: make([]*Message, 0, n), counts: make([]int, 0, n)}
}

func (o *outbound) reset() {
	o.messages, o.counts, o.failed, o.err = o.messages[:0], o.counts[:0], 0, nil
}

// NewWriter returns a Writer of at most batch messages of at most size octets.
func (c *Conn) NewWriter(batch, size int) *Writer {
	w := &Writer{conn: c, messages: make([]Message, batch), buffers: make([][]byte, batch), datagrams: newOutbound(batch)}
	memory := make([]byte, batch*size)
	for i := range batch {
		w.buffers[i] = memory[i*size : (i+1)*size : (i+1)*size]
	}
	if c.frames >= 0 {
		w.frames, w.headers = newOutbound(batch), make([][headers]byte, batch)
	}
	w.together, w.send = c.segments, w.sendDatagrams
	return w
}

// Flush sends the messages. What cannot be sent now is not sent: who asked asks
// again. It returns how many were not sent, and why the last of them was not.
func (w *Writer) Flush() (failed int, err error) {
	if w.used == 0 {
		return 0, nil
	}
	w.datagrams.reset()
	w.frames.reset()
	for i := range w.used {
		if m := &w.messages[i]; m.Hardware != (HardwareAddr{}) && w.conn.frames >= 0 {
			w.putFrame(m)
		} else {
			w.datagrams.messages = append(w.datagrams.messages, m)
		}
	}
	w.used = 0
	if n := len(w.datagrams.messages); n > 0 {
		if err := w.conn.raw.Control(w.send); err != nil {
			w.datagrams.failed, w.datagrams.err = n, err
		}
	}
	if len(w.frames.messages) > 0 {
		w.frames.sendSlots(uintptr(w.conn.frames), 0)
	}
	failed = w.datagrams.failed + w.frames.failed
	w.conn.failed.Add(uint64(failed))
	return failed, errors.Join(w.datagrams.err, w.frames.err)
}

// sendDatagrams sends what goes by the UDP socket. Messages of one size to one
// peer are given to the kernel as one, which cuts it up: most of what sending
// costs is for each piece. Where it refuses, such as on a path for smaller
// packets, they are sent one by one.
func (w *Writer) sendDatagrams(fd uintptr) {
	o, together := &w.datagrams, w.together
	for done := 0; done < len(o.messages); together = false {
		o.fill(o.messages[done:], together, w.conn.six)
		done += o.sendSlots(fd, done)
	}
	if o.refused == unix.EIO { // by a card that cannot make checksums, before Linux 6.11: always
		w.together = false
	}
}

// sendSlots sends what is in the slots: the messages from the first on. It returns
// how many are done with; others are left if several were refused as one.
func (o *outbound) sendSlots(fd uintptr, first int) (done int) {
	heads, counts := o.heads, o.counts
	for len(counts) > 0 {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&heads[0])),
			uintptr(len(counts)), unix.MSG_DONTWAIT, 0, 0)
		sent := int(n)
		switch errno {
		case 0:
		case unix.EINTR:
			continue
		case unix.EAGAIN, unix.ENOBUFS:
			left := len(o.messages) - first - done
			o.failed, o.err = o.failed+left, os.NewSyscallError("sendmmsg", errno)
			return done + left
		default: // about the first; the others may be sent
			if counts[0] > 1 {
				o.refused = errno
				return done
			}
			o.failed++
			o.err = fmt.Errorf("send to %s: %w", o.messages[first+done].Peer, os.NewSyscallError("sendmmsg", errno))
			sent = 1
		}
		for _, count := range counts[:sent] {
			done += count
		}
		heads, counts = heads[sent:], counts[sent:]
	}
	return done
}
