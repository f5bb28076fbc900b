package access

import (
	"net/netip"
	"sync"
	"time"
)

// limiter slows down who guesses passwords. It counts the attempts that failed,
// for each user and for each address, and after some of them has the next one
// wait, each time twice as long.
type limiter struct {
	mu    sync.Mutex // guards what follows
	users *attempts[string]
	addrs *attempts[netip.Prefix]
}

// The limits. A user is never locked out for long, or anybody could lock out
// anybody.
const (
	maxRemembered = 10_000
	userFree      = 5
	userLongest   = time.Minute
	addrFree      = 20
	addrLongest   = 15 * time.Minute
	forgetAfter   = 30 * time.Minute
)

func newLimiter() *limiter {
	return &limiter{
		users: &attempts[string]{free: userFree, longest: userLongest, of: map[string]failures{}},
		addrs: &attempts[netip.Prefix]{free: addrFree, longest: addrLongest, of: map[netip.Prefix]failures{}},
	}
}

// attempts are the failed attempts of some keys.
type attempts[K comparable] struct {
	free    int
	longest time.Duration
	of      map[K]failures
}

type failures struct {
	count int
	last  time.Time
}

// begin counts an attempt as failed, or says how long to wait before the next
// one. Counting it before it is known how it ends keeps many at once from being
// one.
func (l *limiter) begin(user string, addr netip.Addr) (wait time.Duration) {
	wait, _ = l.beginUnless(user, addr, func() bool { return false })
	return wait
}

// beginUnless is begin, but an attempt that is known to be right does not count.
// That is asked of those alone who need not wait, one after the other: else it would
// be a way to guess.
func (l *limiter) beginUnless(user string, addr netip.Addr, right func() bool) (wait time.Duration, isRight bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, prefix := time.Now(), network(addr)
	if wait = max(l.users.wait(user, now), l.addrs.wait(prefix, now)); wait > 0 {
		return wait, false
	}
	if right() {
		return 0, true
	}
	l.users.add(user, now)
	l.addrs.add(prefix, now)
	return 0, false
}

// succeed takes back what begin counted. What failed before still counts for the
// address, from which others may be tried.
func (l *limiter) succeed(user string, addr netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.users.of, user)
	l.addrs.takeBack(network(addr))
}

// network is what counts as one address: whoever has an IPv6 address has 2^64.
func network(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	p, err := addr.Prefix(bits)
	if err != nil { // of the zero Addr: somebody on this host
		return netip.Prefix{}
	}
	return p
}

func (a *attempts[K]) wait(key K, now time.Time) time.Duration {
	f := a.of[key]
	if f.count < a.free {
		return 0
	}
	delay := a.longest
	if doubled := f.count - a.free; doubled < 10 {
		delay = min(delay, time.Second<<doubled)
	}
	return max(0, f.last.Add(delay).Sub(now))
}

func (a *attempts[K]) add(key K, now time.Time) {
	f, known := a.of[key]
	if !known && len(a.of) >= maxRemembered {
		a.makeRoom(now)
	}
	if now.Sub(f.last) > forgetAfter {
		f.count = 0
	}
	a.of[key] = failures{f.count + 1, now}
}

func (a *attempts[K]) takeBack(key K) {
	f := a.of[key]
	if f.count--; f.count <= 0 {
		delete(a.of, key)
		return
	}
	a.of[key] = f
}

// makeRoom forgets what is old, and then whoever failed least: a flood of new
// names must not wash away who is being slowed down.
func (a *attempts[K]) makeRoom(now time.Time) {
	for key, f := range a.of {
		if now.Sub(f.last) > forgetAfter {
			delete(a.of, key)
		}
	}
	for few := 1; len(a.of) >= maxRemembered; few *= 2 {
		for key, f := range a.of {
			if f.count <= few {
				delete(a.of, key)
			}
			if len(a.of) < maxRemembered*3/4 {
				return
			}
		}
	}
}
