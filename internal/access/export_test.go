package access

import (
	"net/netip"
	"time"
)

// Carefully returns a subject that may do everything, each time after a look at
// the thing.
func Carefully(name string) Subject {
	s := Everything(name, "")
	s.source = fixed{&rights{grants: []held{{Grant: Grant{Verb: Admin}}}, careful: true}}
	return s
}

// The limits of failed sign-ins.
const (
	UserFree    = userFree
	AddrFree    = addrFree
	UserLongest = userLongest
	AddrLongest = addrLongest
	MostKept    = maxRemembered
)

// Limiter is what slows down who guesses passwords.
type Limiter struct{ l *limiter }

// NewLimiter returns one that has seen nobody.
func NewLimiter() Limiter { return Limiter{newLimiter()} }

// Begin begins an attempt.
func (l Limiter) Begin(user string, addr netip.Addr) time.Duration { return l.l.begin(user, addr) }

// Sizes returns how many users and addresses are remembered.
func (l Limiter) Sizes() (users, addrs int) { return len(l.l.users.of), len(l.l.addrs.of) }
