package sqlstore

import (
	"context"
	"sync"
	"time"
)

const (
	// loan is for how long an Update that was lent the turn to write may read
	// before it writes. Whoever reads for longer is not to keep others waiting.
	loan = 50 * time.Millisecond
	// loanWait is how long one waits for a loan. It is worth no more: who only
	// reads needs none.
	loanWait = time.Second
)

// turn is this process's turn to write, which lasts from the first write to the
// end of the Update, also when its function runs again.
type turn struct {
	store *Store

	mu      sync.Mutex // guards what follows
	release func()
	lent    bool // it is given back if nothing is written soon
}

// take waits for the turn, unless it is there already.
func (u *turn) take(ctx context.Context) error {
	u.mu.Lock()
	u.lent = false
	has := u.release != nil
	u.mu.Unlock()
	if has {
		return nil
	}
	u.store.turns.Add(1)
	release, err := u.store.dialect.Lock(ctx)
	if err != nil {
		u.store.turns.Add(-1)
		return err
	}
	u.mu.Lock()
	u.release = release
	u.mu.Unlock()
	return nil
}

// borrow waits for the turn before it is known whether it is wanted, and goes
// without if it does not come soon. It returns the cause of a context that ends.
func (u *turn) borrow(ctx context.Context) error {
	soon, cancel := context.WithTimeout(ctx, loanWait)
	defer cancel()
	if err := u.take(soon); err != nil {
		return context.Cause(ctx)
	}
	u.mu.Lock()
	u.lent = true
	u.mu.Unlock()
	time.AfterFunc(loan, func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.lent {
			u.giveUp()
		}
	})
	return nil
}

// end gives the turn to the next one, if it is here.
func (u *turn) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.giveUp()
}

// giveUp is end for who holds the lock.
func (u *turn) giveUp() {
	u.lent = false
	if u.release != nil {
		u.release()
		u.release = nil
		u.store.turns.Add(-1)
	}
}
