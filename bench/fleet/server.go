package fleet

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

const nameDigits = 7

// Name returns the name that server number i, counting from 0, was made with.
func Name(i int) string { return fmt.Sprintf("s%0*d", nameDigits, i+1) }

// DatacenterOf returns the name of the datacenter that server number i is in.
func DatacenterOf(i int) string { return fmt.Sprintf("dc-%02d", i/PerDatacenter+1) }

// Addr returns the address of server number i.
func Addr(i int) netip.Addr { return addrAt(i/PerRack, i%PerRack) }

// MAC returns the hardware address of a port, 1 or 2, of server number i.
func MAC(i, port int) clusto.MAC {
	n := 2*i + port - 1
	return clusto.MAC{0x02, 0x16, 0x3e, byte(n >> 16), byte(n >> 8), byte(n)}
}

// Serial returns the serial number of server number i. They come in no order, as
// those of real servers.
func Serial(i int) string { return fmt.Sprintf("P%08X", uint32(i)*2654435761) }

// poolsOf returns which pool of each group server number i is in: the first one
// for every other server, and the rest in turns.
func poolsOf(i int) [2]int {
	choose := func(i int) int {
		if i%2 == 0 {
			return 0
		}
		return 1 + i/2%2
	}
	return [2]int{choose(i), choose(i / 4)}
}

var (
	owners  = []string{"web", "search", "billing", "mail", "ads", "research"}
	kernels = []string{"6.1.140", "6.6.98", "6.12.38", "6.12.48"}
)

// describe notes the fifteen attributes of server number i of its own.
func (l *loader) describe(server clusto.EntityID, i int) {
	random := l.random(i)
	text := clusto.String
	for p := 1; p <= 2; p++ {
		l.addAt(server, port.KeyPrefix+port.Ethernet, int64(p), "mac", text(MAC(i, p).String()))
	}
	disk := fmt.Sprintf("%dT", 1+random.IntN(4))
	bought := time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/PerRack%2500)
	l.addSub(server, "system", "serial", text(Serial(i)))
	l.addSub(server, "system", "memory", clusto.Int(16384<<random.IntN(5)))
	l.addSub(server, "system", "cpucount", clusto.Int(int64(8<<random.IntN(4))))
	l.addSub(server, "system", "disk", clusto.Int(int64(1000*(1+random.IntN(8)))))
	l.addAt(server, "disk", 0, "size", text(disk))
	l.addAt(server, "disk", 0, "serial", text(fmt.Sprintf("W%08X", random.Uint32())))
	l.addAt(server, "disk", 1, "size", text(disk))
	l.addSub(server, "purchase", "order", text(fmt.Sprintf("PO-%d", i/PerRack)))
	l.addSub(server, "purchase", "date", clusto.Time(bought))
	l.add(server, "owner", text(owners[random.IntN(len(owners))]))
	l.add(server, "description", text("one of many servers"))
	l.add(server, keyKernel, text(kernels[random.IntN(len(kernels))]))
	l.add(server, "os", text("debian-13"))
}
