package load

import (
	"slices"
	"time"
)

// stage is how far an exchange is.
type stage uint8

const (
	over stage = iota
	discovering
	requesting
)

// exchange is that of one client.
type exchange struct {
	client           int32 // behind the others if it is a stranger
	xid              uint32
	stage            stage
	began, requested time.Duration // since the start
}

// slots is how many exchanges are remembered: more than begin in any timeout.
const slots = 1 << 20

// generator plays clients.
type generator struct {
	options *Options
	player  *player
	socket  *socket
	start   time.Time
	now     time.Time // when datagrams were looked for last
	ended   time.Time // when the last exchange began
	last    time.Time // when the last exchange was completed

	exchanges []exchange // by the lower bits of their number
	oldest    uint32     // number of the first that may be under way
	newest    uint32     // number of the next
	client    int        // the next
	stride    int
	underWay  int

	Result
	begun, strangers      int
	whole, offer, confirm []time.Duration
}

func newGenerator(o *Options, s *socket) *generator {
	now := time.Now()
	g := &generator{options: o, player: newPlayer(o), socket: s, start: now, now: now, last: now, exchanges: make([]exchange, slots)}
	g.newest = uint32(now.UnixNano()) // so that answers to earlier runs are told apart
	g.oldest = g.newest
	g.stride = strideOf(o.Clients)
	return g
}

// strideOf returns the step by which all clients are visited in an order that is
// not that of their addresses.
func strideOf(clients int) int {
	for _, prime := range []int{104729, 7919, 101} {
		if clients%prime != 0 {
			return prime % clients
		}
	}
	return 1
}

func (g *generator) at(number uint32) *exchange { return &g.exchanges[number%slots] }

// begin sends a DISCOVER.
func (g *generator) begin() {
	x := g.at(g.newest)
	*x = exchange{xid: g.newest, stage: discovering, began: g.now.Sub(g.start)}
	g.newest++
	if n := g.options.Strangers; n > 0 && (g.begun+g.strangers)%n == n-1 {
		x.client = int32(g.options.Clients + g.strangers%100_000)
		g.strangers++
	} else {
		x.client = int32(g.client)
		g.client = (g.client + g.stride) % g.options.Clients
		g.begun++
		g.underWay++
	}
	g.socket.queue(g.player.discover(g.socket.next(), x.xid, int(x.client)))
}

// giveUp ends the exchanges of a closed loop whose answer is lost.
func (g *generator) giveUp() {
	for ; g.oldest != g.newest; g.oldest++ {
		x := g.at(g.oldest)
		if x.stage == over || g.isStranger(x) {
			continue
		}
		if g.now.Sub(g.start)-max(x.began, x.requested) < g.options.Timeout {
			return
		}
		g.end(x)
	}
}

func (g *generator) isStranger(x *exchange) bool { return int(x.client) >= g.options.Clients }

func (g *generator) end(x *exchange) {
	x.stage = over
	g.underWay--
}

// drain takes the answers that are there and returns how many that are.
func (g *generator) drain() int {
	all := 0
	for {
		n := g.socket.receive(func(packet []byte) {
			if r, ok := readReply(packet); ok {
				g.take(r)
			} else {
				g.Stray++
			}
		})
		g.socket.flush()
		all += n
		if n < atOnce {
			return all
		}
	}
}

// take goes on with the exchange that an answer belongs to.
func (g *generator) take(r reply) {
	at := time.Since(g.start)
	x := g.at(r.xid)
	switch {
	case x.xid != r.xid || x.stage == over:
		g.Stray++
		return
	case g.isStranger(x):
		g.Answered++
		x.stage = over
		return
	case at-max(x.began, x.requested) > g.options.Timeout:
		g.Late++
		g.end(x)
		return
	case r.kind == nak:
		g.Refused++
		g.end(x)
		return
	case r.addr != g.player.firstAddr+uint32(x.client):
		g.WrongIP++
		g.end(x)
		return
	}
	switch {
	case r.kind == offer && x.stage == discovering:
		g.offered(x, r, at)
	case r.kind == ack && x.stage == requesting:
		g.confirm = append(g.confirm, at-x.requested)
		g.complete(x, at)
	default:
		g.Stray++
	}
}

func (g *generator) offered(x *exchange, r reply, at time.Duration) {
	g.Offers++
	g.offer = append(g.offer, at-x.began)
	if g.options.OfferOnly {
		g.complete(x, at)
		return
	}
	x.stage, x.requested = requesting, at
	g.socket.queue(g.player.request(g.socket.next(), x.xid, int(x.client), r))
}

func (g *generator) complete(x *exchange, at time.Duration) {
	g.Completed++
	g.whole = append(g.whole, at-x.began)
	g.last = g.start.Add(at)
	g.end(x)
}

// result returns what came of it.
func (g *generator) result(began time.Time, cpu time.Duration) Result {
	r := g.Result
	r.Begun, r.Strangers, r.Unsent = g.begun, g.strangers, g.socket.unsent
	r.Seconds = g.ended.Sub(began).Seconds()
	r.BegunRate = float64(g.begun+g.strangers) / r.Seconds
	until := g.ended
	if g.last.After(until) {
		until = g.last
	}
	r.Rate = float64(r.Completed) / until.Sub(began).Seconds()
	r.LostPct = 100 * (1 - float64(r.Completed)/float64(max(r.Begun, 1)))
	r.CPUPct = 100 * cpu.Seconds() / g.now.Sub(began).Seconds()
	r.Whole, r.Offer, r.Confirm = latencyOf(g.whole), latencyOf(g.offer), latencyOf(g.confirm)
	return r
}

func latencyOf(all []time.Duration) Latency {
	if len(all) == 0 {
		return Latency{}
	}
	slices.Sort(all)
	at := func(share float64) float64 {
		i := min(int(share*float64(len(all))), len(all)-1)
		return float64(all[i]) / float64(time.Microsecond)
	}
	return Latency{P50: at(0.5), P99: at(0.99), P999: at(0.999), Max: at(1)}
}
