package sqlite

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// queue is where those who want to write wait for their turn: goroutines of
// this process in line for a slot, whose holder then waits for the lock on a
// file beside the database, in line with other processes. SQLite itself has no
// line: of 16 processes that write all the time, some wait for ever.
type queue struct {
	file     string // that is locked
	database string
	readOnly bool
	atMost   time.Duration
	slot     chan struct{} // holds a token while nobody has the turn
	asked    *request      // made and given up by an earlier waiter; the holder of the slot owns it
}

func newQueue(file, database string, o Options) *queue {
	q := &queue{file: file, database: database, readOnly: o.ReadOnly, atMost: o.LockWait, slot: make(chan struct{}, 1)}
	q.slot <- struct{}{}
	return q
}

// wait returns when the caller may write; release ends that. It returns
// ErrUnavailable after q.atMost and ErrReadOnly if the lock's file cannot be made.
func (q *queue) wait(ctx context.Context) (release func(), err error) {
	if q.readOnly {
		return nil, clusto.Errorf(clusto.ErrReadOnly, "database %s was opened for reading only", q.database)
	}
	limited, cancel := context.WithTimeoutCause(ctx, q.atMost, q.locked())
	defer cancel()
	select {
	case <-q.slot:
	case <-limited.Done():
		return nil, context.Cause(limited)
	}
	f, err := q.lock(limited)
	if err != nil {
		q.slot <- struct{}{}
		return nil, err
	}
	return func() {
		f.Close() // which gives up the lock
		q.slot <- struct{}{}
	}, nil
}

// lock waits for the lock on the file. Nothing can take back the system call
// that waits, so that a waiter who leaves early leaves a request behind, which
// the next one takes over.
func (q *queue) lock(ctx context.Context) (*os.File, error) {
	f, err := os.OpenFile(q.file, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fileError("make", q.file, err)
	}
	if err := flock(f, false); err == nil {
		return f, nil
	}
	if q.asked == nil || !q.asked.again() {
		q.asked = ask(f)
	} else if err := f.Close(); err != nil {
		return nil, fileError("close", q.file, err)
	}
	select {
	case <-q.asked.granted:
	case <-ctx.Done():
		if q.asked.leave() {
			return nil, context.Cause(ctx)
		}
		<-q.asked.granted // it came just now
	}
	r := q.asked
	q.asked = nil
	if r.err != nil {
		return nil, fileError("lock", q.file, r.err)
	}
	return r.file, nil
}

// request is a wait for the lock that goes on in a goroutine until it is
// granted. If nobody wants it then, it is given up at once.
type request struct {
	file    *os.File
	granted chan struct{} // closed when somebody who wants the lock has it
	err     error         // set before granted is closed

	mu     sync.Mutex // guards what follows
	wanted bool
	over   bool
}

func ask(f *os.File) *request {
	r := &request{file: f, granted: make(chan struct{}), wanted: true}
	go func() {
		err := flock(f, true)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.over = true
		if err != nil || !r.wanted {
			f.Close()
		}
		if r.wanted {
			r.err = err
			close(r.granted)
		}
	}()
	return r
}

// leave says that nobody wants the lock any more. It returns false if it is
// granted already.
func (r *request) leave() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = r.over
	return !r.over
}

// again says that somebody wants the lock again. It returns false if the
// request is over.
func (r *request) again() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = !r.over
	return !r.over
}

func (q *queue) locked() error {
	return clusto.WithHint(
		clusto.Errorf(clusto.ErrUnavailable, "database %s is locked by another process: waited %v for it", q.database, q.atMost),
		"another program is in the middle of a long change; to see which, run: fuser %s", q.file)
}
