package sandbox

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"github.com/clusto/clusto"
)

// PoolOptions bound how many sessions there are at once. Zero means the default.
type PoolOptions struct {
	Max     int // of all users; 16 by default
	PerUser int // of one user, by the name in the setting; 4 by default
}

// Pool starts sessions as long as there are not too many. It is safe for use by many
// goroutines.
type Pool struct {
	opt PoolOptions

	mu     sync.Mutex // guards what follows
	slots  map[*slot]bool
	closed bool
	gone   sync.WaitGroup // of slots
}

// slot is the place of a session, from before it is started until its process is gone.
type slot struct {
	user    string
	session *Session // once it is started; guarded by the pool's mu
}

// NewPool returns a pool without sessions.
func NewPool(opt PoolOptions) *Pool {
	opt.Max, opt.PerUser = cmp.Or(opt.Max, 16), cmp.Or(opt.PerUser, 4)
	return &Pool{opt: opt, slots: map[*slot]bool{}}
}

// Start starts a session as [Start] does. It returns ErrExhausted if there are as many
// as there may be, of all users or of this one, and ErrUnavailable after Close.
func (p *Pool) Start(ctx context.Context, opt Options) (*Session, error) {
	place, err := p.take(opt.Setting.User)
	if err != nil {
		return nil, err
	}
	give := sync.OnceFunc(func() { p.give(place) })
	opt.onEnd = give
	s, err := Start(ctx, opt)
	if err != nil {
		give() // there may have been no process that could end
		return nil, err
	}
	p.mu.Lock()
	place.session = s
	closed := p.closed
	p.mu.Unlock()
	if closed {
		return nil, errors.Join(errClosed(), s.Close())
	}
	return s, nil
}

// Len returns how many sessions there are.
func (p *Pool) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.slots)
}

// Close closes all sessions, and starts no more. It returns when all processes are gone.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	var open []*Session
	for place := range p.slots {
		if place.session != nil {
			open = append(open, place.session)
		}
	}
	p.mu.Unlock()
	errs := make([]error, len(open))
	var closing sync.WaitGroup
	for i, s := range open {
		closing.Go(func() { errs[i] = s.Close() })
	}
	closing.Wait()
	p.gone.Wait()
	return errors.Join(errs...)
}

func errClosed() error {
	return clusto.Errorf(clusto.ErrUnavailable, "the server is about to stop and begins no more sessions")
}

// take returns a place for a session of a user.
func (p *Pool) take(user string) (*slot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	own := 0
	for place := range p.slots {
		if place.user == user {
			own++
		}
	}
	switch {
	case p.closed:
		return nil, errClosed()
	case own >= p.opt.PerUser:
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "%s has %d sessions, and may have no more at once", user, own),
			"close one, or wait for a script to end")
	case len(p.slots) >= p.opt.Max:
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the server has %d sessions, and may have no more at once", len(p.slots)),
			"try again when somebody has closed theirs")
	}
	place := &slot{user: user}
	p.slots[place] = true
	p.gone.Add(1)
	return place, nil
}

func (p *Pool) give(place *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.slots, place)
	p.gone.Done()
}
