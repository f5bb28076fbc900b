package snmp

import (
	"fmt"
	"net/netip"
	"strconv"
	"sync/atomic"

	"github.com/clusto/clusto/internal/datagram"
)

// batchSize is how many datagrams are taken from the kernel at once at most.
const batchSize = 64

// received is a datagram as it was read from the socket.
type received struct {
	source netip.AddrPort
	to     netip.Addr // the address of ours that it was sent to; the zero Addr if that is not known
	link   int        // the index of the interface by which it came, or 0
	octets []byte
}

// backlog counts the datagrams, and their octets, that wait to be decoded.
type backlog struct{ datagrams, octets atomic.Int64 }

func (b *backlog) add(datagrams, octets int) (int64, int64) {
	return b.datagrams.Add(int64(datagrams)), b.octets.Add(int64(octets))
}

// admits takes a datagram of n octets into the backlog, if a queue with so many
// places has room for it.
func (b *backlog) admits(n, places int) bool {
	datagrams, octets := b.add(1, n)
	if datagrams <= int64(places) && octets <= int64(places)*octetsPerPlace {
		return true
	}
	b.add(-1, -n)
	return false
}

// read reads datagrams into the queue, as many as there are at once, and does
// nothing else, so that a burst stays in the kernel's buffer as short as possible.
func (l *Listener) read(queue chan<- []received) error {
	defer close(queue)
	reader := l.conn.NewReader(batchSize, maxDatagram) // the kernel lends the memory that is written to
	for {
		batch, err := reader.Read()
		if err != nil {
			return fmt.Errorf("receive SNMP traps: %w", err)
		}
		l.tally.received(len(batch))
		if taken := l.admit(batch); len(taken) > 0 {
			queue <- taken // has room: no batch is empty, and as many datagrams may wait
		}
	}
}

// admit copies the datagrams that the queue has room for, and drops the others.
func (l *Listener) admit(batch []datagram.Message) []received {
	octets := 0
	for i := range batch {
		octets += len(batch[i].Data)
	}
	taken, space := make([]received, 0, len(batch)), make([]byte, 0, octets)
	for i := range batch {
		m := &batch[i]
		source := sourceOf(m)
		if !l.waiting.admits(len(m.Data), l.queue) {
			l.tally.drop(source, &drop{reason: QueueFull})
			continue
		}
		space = append(space, m.Data...)
		taken = append(taken, received{source, m.Own, m.Interface, space[len(space)-len(m.Data) : len(space) : len(space)]})
	}
	return taken
}

// sourceOf returns the address that a datagram came from. One that is good on one
// link alone has the number of the interface as its zone.
func sourceOf(m *datagram.Message) netip.AddrPort {
	addr := m.Peer.Addr().Unmap()
	if addr.IsLinkLocalUnicast() && addr.Is6() {
		addr = addr.WithZone(strconv.Itoa(m.Interface))
	}
	return netip.AddrPortFrom(addr, m.Peer.Port())
}
