package snmptrap

import (
	"net/netip"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

const (
	// doubtAgain is how long a drop that the database has confirmed is believed.
	doubtAgain = 5 * time.Second
	// maxDoubts is how many drops are confirmed in a second, whatever comes, and
	// maxCauses how many causes are remembered for that.
	maxDoubts = 50
	maxCauses = 4096
)

// doubts say which drops that were decided in memory the database is asked about.
// What is in memory may lack what another process has committed in the last
// moment, and a switch tells a MAC address once, until it forgets it. Whoever
// has just entered the switch, or allowed it to discover, would wait in vain. So the
// first drop of each cause is confirmed, and again after a while; floods, also
// those of ever new senders, do not reach the database.
type doubts struct {
	mu     sync.Mutex // guards what follows
	last   map[cause]time.Time
	second time.Time // in which so many were raised
	raised int
	quiet  time.Time // until then none are raised: the database does not answer
}

// cause tells one cause of dropping from another: what concerns a whole trap
// is one for its source.
type cause struct {
	reason Reason
	source netip.Addr
	port   int
	mac    clusto.MAC
}

// cause returns the cause of a dropped event.
func (e *Event) cause() cause {
	c := cause{reason: e.Reason, source: e.Source}
	switch e.Reason {
	case NotAMACNotification, Malformed, UnknownSwitch, NotASwitch, SeveralSwitches, DiscoveryOff, NoRack, SeveralRacks, NoLayout, BadLayout, Database:
	default:
		c.port, c.mac = e.Port, e.MAC
	}
	return c
}

// raise reports whether the database is to be asked about a cause now.
func (d *doubts) raise(c cause) bool {
	if c.reason == NotInLayout {
		c.mac = clusto.MAC{} // whatever is behind an uplink
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	if now.Before(d.quiet) || now.Sub(d.last[c]) < doubtAgain {
		return false
	}
	if now.Sub(d.second) >= time.Second {
		d.second, d.raised = now, 0
	}
	if d.raised >= maxDoubts {
		return false
	}
	if d.last == nil || len(d.last) >= maxCauses {
		d.last = map[cause]time.Time{}
	}
	d.raised++
	d.last[c] = now
	return true
}

// hush stops doubts for a while, because the database could not answer one.
func (d *doubts) hush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quiet = time.Now().Add(doubtAgain)
}
