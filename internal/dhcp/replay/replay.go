package replay

import (
	"context"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
)

// Options says by what a recording is replayed.
type Options struct {
	Decider dhcp.Decider  // required
	Reader  clusto.Reader // required: the state of the inventory
	// Links are addresses of the networks of which clients asked directly. None
	// means that what was answered then shows it.
	Links []netip.Addr
	// Server4 and DUID are the server identifiers that clusto is to have. Without
	// one it takes the place of the server that a client turned to.
	Server4 netip.Addr
	DUID    []byte
}

// Exchange is a request of a recording, what was answered then and what is now.
type Exchange struct {
	Request *Packet
	Family  dhcp.Family
	Message string // type of the request, "" if it cannot be read

	// Reply is what would be answered, To whom, and Told its type. It is empty if
	// nothing would be; Reason says why, or why the answer refuses something.
	// A packet with a Problem has neither.
	Reply  []byte
	To     netip.AddrPort
	Told   string
	Reason dhcp.Reason
	Host   clusto.Entity // who asks; zero if it is nobody
	Client string        // by the name that sightings have; "" if the request could not be read
	Addr   netip.Addr    // that it is told; the zero Addr if none
	Story  dhcp.Story

	Recorded []Recorded
}

// Recorded is an answer of the recording.
type Recorded struct {
	*Packet
	Told        string
	Server      string // server identifier: an address, or a DUID in hexadecimal digits
	Differences []Difference
}

// Difference is a field of an answer that is not the same: "" where it is not
// there.
type Difference struct {
	Field          string
	Recorded, Ours string
}

// patience is how long after a request answers to it are looked for.
const patience = 5 * time.Second

// pending is an exchange that may get more answers.
type pending struct {
	Exchange
	header  header
	replies []header
}

// Run replays packets and yields each request with its answers, in their order.
// Answers of which the request was not recorded are passed over. It ends with the
// error of packets, or of the inventory.
func Run(ctx context.Context, packets iter.Seq2[*Packet, error], o Options) iter.Seq2[*Exchange, error] {
	return func(yield func(*Exchange, error) bool) {
		q := queue{byKey: map[string][]*pending{}}
		for p, err := range packets {
			if err != nil {
				if q.drain(ctx, &o, time.Time{}, yield) {
					yield(nil, err)
				}
				return
			}
			if !q.drain(ctx, &o, p.At.Add(-patience), yield) {
				return
			}
			q.add(p)
		}
		q.drain(ctx, &o, time.Time{}, yield)
	}
}

// queue has the requests that may get more answers, in their order.
type queue struct {
	waiting []*pending
	byKey   map[string][]*pending
}

// add takes a packet: a request waits, an answer goes to the last request that it
// can be of.
func (q *queue) add(p *Packet) {
	h := headerOf(p)
	if !h.reply {
		x := &pending{Exchange: Exchange{Request: p, Family: h.family, Message: h.message}, header: h}
		q.waiting = append(q.waiting, x)
		if h.key != "" {
			q.byKey[h.key] = append(q.byKey[h.key], x)
		}
		return
	}
	for _, x := range slices.Backward(q.byKey[h.key]) {
		if answers(h.message, x.header.message) {
			x.Recorded = append(x.Recorded, Recorded{Packet: p, Told: h.message, Server: serverText(h)})
			x.replies = append(x.replies, h)
			return
		}
	}
}

// drain yields the requests that were recorded before a time, or all if it is
// zero. It reports whether to go on.
func (q *queue) drain(ctx context.Context, o *Options, before time.Time, yield func(*Exchange, error) bool) bool {
	for len(q.waiting) > 0 {
		x := q.waiting[0]
		if !before.IsZero() && !x.Request.At.Before(before) {
			return true
		}
		q.waiting = q.waiting[1:]
		if rest := q.byKey[x.header.key]; len(rest) > 1 {
			q.byKey[x.header.key] = rest[1:]
		} else {
			delete(q.byKey, x.header.key)
		}
		err := ctx.Err()
		if err == nil {
			err = x.answer(ctx, o)
		}
		if err != nil {
			yield(nil, err)
			return false
		}
		if !yield(&x.Exchange, nil) {
			return false
		}
	}
	return true
}

// answer finds what would be answered and how it differs.
func (x *pending) answer(ctx context.Context, o *Options) error {
	if x.Request.Problem != "" {
		return nil
	}
	ask := x.answer6
	if x.Family == dhcp.V4 {
		ask = x.answer4
	}
	if err := ask(ctx, o); err != nil {
		return err
	}
	for i := range x.Recorded {
		r := &x.Recorded[i]
		if r.Problem == "" {
			r.Differences = compare(x.Family, r.Data, x.Reply)
		}
	}
	return nil
}
