package past

import (
	"sync"
	"time"
)

// Clock is the clock of a store that is given a past: it shows the time that it
// was set to, or that of the system if it was not set. It is safe for use by
// many goroutines.
type Clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

// Now returns the time; a store takes it as its Options.Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.IsZero() {
		return time.Now()
	}
	return c.now
}

// Set stops the clock at a time; the zero time has it go with the system's.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}
