package snmp

import (
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"

	"golang.org/x/net/ipv4"
)

// batchSize is how many datagrams are taken from the kernel at once at most.
const batchSize = 64

// datagram is what was read from the socket.
type datagram struct {
	source netip.AddrPort
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
func (l *Listener) read(queue chan<- []datagram) error {
	defer close(queue)
	conn := ipv4.NewPacketConn(l.conn) // for IPv6 as well: of it only the batches are used
	batch := make([]ipv4.Message, batchSize)
	space := make([]byte, batchSize*maxDatagram) // of which the kernel lends what is written to
	for i := range batch {
		batch[i].Buffers = [][]byte{space[i*maxDatagram : (i+1)*maxDatagram]}
	}
	for {
		n, err := conn.ReadBatch(batch, 0)
		if err != nil {
			return fmt.Errorf("receive SNMP traps: %w", err)
		}
		l.tally.received(n)
		if taken := l.admit(batch[:n]); len(taken) > 0 {
			queue <- taken // has room: no batch is empty, and as many datagrams may wait
		}
	}
}

// admit copies the datagrams that the queue has room for, and drops the others.
func (l *Listener) admit(batch []ipv4.Message) []datagram {
	octets := 0
	for _, m := range batch {
		octets += m.N
	}
	taken, space := make([]datagram, 0, len(batch)), make([]byte, 0, octets)
	for _, m := range batch {
		source := addrPortOf(m.Addr)
		if !l.waiting.admits(m.N, l.queue) {
			l.tally.drop(source, &drop{reason: QueueFull})
			continue
		}
		space = append(space, m.Buffers[0][:m.N]...)
		taken = append(taken, datagram{source, space[len(space)-m.N : len(space) : len(space)]})
	}
	return taken
}

// addrPortOf returns the address that a datagram came from.
func addrPortOf(a net.Addr) netip.AddrPort {
	if udp, ok := a.(*net.UDPAddr); ok {
		return udp.AddrPort()
	}
	return netip.AddrPort{}
}
