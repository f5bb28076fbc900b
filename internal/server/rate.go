package server

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// mostRated is how many askers are remembered. Of more, those who have not
// asked for longest are forgotten, who may ask then as if they were new.
const mostRated = 10_000

// rates limits how often each of many asks.
type rates struct {
	mu     sync.Mutex // guards what follows
	limit  rate.Limit // 0 for none
	askers map[string]*list.Element
	recent *list.List // of *asker; who asked last is first
}

type asker struct {
	name    string
	limiter *rate.Limiter
}

func newRates(perSecond int) *rates {
	return &rates{limit: rate.Limit(perSecond), askers: map[string]*list.Element{}, recent: list.New()}
}

// set changes the limit; who is known begins anew.
func (r *rates) set(perSecond int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if limit := rate.Limit(perSecond); limit != r.limit {
		r.limit = limit
		clear(r.askers)
		r.recent.Init()
	}
}

// allow reports whether name may ask now, or in how long.
func (r *rates) allow(name string) (wait time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.limit <= 0 {
		return 0, true
	}
	e := r.askers[name]
	if e == nil {
		if r.recent.Len() >= mostRated {
			last := r.recent.Back()
			delete(r.askers, last.Value.(*asker).name)
			r.recent.Remove(last)
		}
		e = r.recent.PushFront(&asker{name, rate.NewLimiter(r.limit, max(1, int(2*r.limit)))})
		r.askers[name] = e
	}
	r.recent.MoveToFront(e)
	reserved := e.Value.(*asker).limiter.Reserve()
	if wait = reserved.Delay(); wait > 0 {
		reserved.Cancel()
		return wait, false
	}
	return 0, true
}

// network returns what is counted as one asker: an address, or of IPv6 the
// network of one customer, who has as many addresses as there are.
func network(addr netip.Addr) string {
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
