package snmp

import (
	"context"
	"hash/maphash"
	"sync"
)

// lanes hold decoded traps until they are handled. All traps of one source are
// in one lane, so that they are handled in the order in which they came.
type lanes struct {
	seed  maphash.Seed
	limit int // of all lanes together

	mu      sync.Mutex // guards what follows
	room    *sync.Cond // there is room again
	waiting int        // traps that are not handled yet
	closed  bool
	lanes   []lane
}

// lane is what is to be handled one after the other.
type lane struct {
	ready *sync.Cond // there is something, or will never be
	traps []Trap
}

// newLanes returns n lanes with room for limit traps.
func newLanes(n, limit int) *lanes {
	l := &lanes{seed: maphash.MakeSeed(), limit: limit, lanes: make([]lane, n)}
	l.room = sync.NewCond(&l.mu)
	for i := range l.lanes {
		l.lanes[i].ready = sync.NewCond(&l.mu)
	}
	return l
}

// put adds a trap when there is room, and returns false if ctx ends before.
func (l *lanes) put(ctx context.Context, t Trap) bool {
	i := 0
	if len(l.lanes) > 1 {
		i = int(maphash.Comparable(l.seed, t.Source.Addr()) % uint64(len(l.lanes)))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting >= l.limit {
		stop := context.AfterFunc(ctx, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.room.Broadcast()
		})
		defer stop()
		for l.waiting >= l.limit && ctx.Err() == nil {
			l.room.Wait()
		}
		if ctx.Err() != nil {
			return false
		}
	}
	l.waiting++
	l.lanes[i].traps = append(l.lanes[i].traps, t)
	l.lanes[i].ready.Signal()
	return true
}

// take returns all that is in a lane, at least one trap, or none when the lanes
// are closed and it is empty. It uses the memory of done, what was taken before.
func (l *lanes) take(i int, done []Trap) []Trap {
	clear(done)
	l.mu.Lock()
	defer l.mu.Unlock()
	lane := &l.lanes[i]
	for len(lane.traps) == 0 && !l.closed {
		lane.ready.Wait()
	}
	taken := lane.traps
	lane.traps = done[:0]
	if cap(done) > maxSpare {
		lane.traps = nil // after a burst
	}
	return taken
}

// maxSpare is for how many traps an idle lane keeps memory.
const maxSpare = 256

// handled says that one of the traps that were taken is done with.
func (l *lanes) handled() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting--
	if l.waiting == l.limit-1 {
		l.room.Broadcast()
	}
}

// close says that nothing more is put.
func (l *lanes) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for i := range l.lanes {
		l.lanes[i].ready.Broadcast()
	}
}
