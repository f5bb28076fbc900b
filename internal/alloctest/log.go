package alloctest

import (
	"fmt"
	"sync"

	"github.com/clusto/clusto"
)

// claim is something that must have one owner at most.
type claim struct {
	Pool string // see pools
	Text string
}

func (c claim) String() string { return c.Pool + " " + c.Text }

// event is what a worker tells. It is one of an answer, a refusal, an error, and
// the words of a process that is about to be killed.
type event struct {
	Worker  string
	Version clusto.Version // that the update made
	Seen    clusto.Version // the newest one when something was refused
	Took    []claim        `json:",omitempty"`
	Gave    []claim        `json:",omitempty"`
	Refused []claim        `json:",omitempty"` // a claim without text: nothing was free in the pool
	Error   string         `json:",omitempty"`
	Dying   bool           `json:",omitempty"`
}

// log is what the workers of a run told.
type log struct {
	mu       sync.Mutex // guards what follows while workers run
	more     *sync.Cond // tells of updates, and of what ends a worker
	done     int        // updates
	answers  []event
	refusals []event
	errors   []event
	updates  map[string]int  // how many each worker got done
	killed   map[string]bool // workers of processes that were killed
}

func newLog() *log {
	l := &log{updates: map[string]int{}, killed: map[string]bool{}}
	l.more = sync.NewCond(&l.mu)
	return l
}

// note adds an event.
func (l *log) note(e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.more.Broadcast()
	switch {
	case e.Dying:
		return
	case e.Error != "":
		l.errors = append(l.errors, e)
		return
	}
	l.updates[e.Worker]++
	l.done++
	if len(e.Refused) > 0 {
		l.refusals = append(l.refusals, e)
	}
	if len(e.Took)+len(e.Gave) > 0 {
		l.answers = append(l.answers, e)
	}
}

// await waits until n updates more are done, or a worker has failed.
func (l *log) await(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for until := l.done + n; l.done < until && l.errors == nil; {
		l.more.Wait()
	}
}

// expect notes that a worker will work.
func (l *log) expect(worker string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.updates[worker] += 0
}

// kill notes that a worker was killed.
func (l *log) kill(worker string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.killed[worker] = true
}

func (l *log) least() int {
	least := -1
	for w, n := range l.updates {
		if !l.killed[w] && (least < 0 || n < least) {
			least = n
		}
	}
	return max(least, 0)
}

func (l *log) most() int {
	most := 0
	for w, n := range l.updates {
		if !l.killed[w] {
			most = max(most, n)
		}
	}
	return most
}

// starved returns what is to be said about workers that were left behind.
func (l *log) starved(unfair int) []string {
	if least, most := l.least(), l.most(); least*unfair < most {
		return []string{fmt.Sprintf("one worker got %d updates done and another %d: more than %d times as many", least, most, unfair)}
	}
	return nil
}
