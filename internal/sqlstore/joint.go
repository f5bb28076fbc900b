package sqlstore

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// Changes that may be joint are committed together: a commit waits for the
// disk, and a server's for its replicas, which takes many times as long as an
// allocation. Whoever comes first leads: it takes the turn to write, runs its
// own function and then calls those that have come meanwhile, one after the
// other. Each runs in its own goroutine, inside a savepoint, and makes a version
// of its own. Then the leader commits, and only then does anyone hear how it
// went. If the commit fails, which also takes away what the refusals of some
// members were founded on, each is run again alone.

// The bounds of a group: nobody waits long for others, in this process or
// elsewhere.
const (
	maxGroup     = 64
	maxGroupTime = 25 * time.Millisecond
)

// joint is where changes meet.
type joint struct {
	mu      sync.Mutex // guards what follows
	led     bool       // somebody leads
	waiting []*member  // in the order in which they came
}

// member is a change that may be committed with others.
type member struct {
	ctx    context.Context
	change clusto.Change
	fn     func(clusto.Tx) error
	called chan *group // gets the group to run in, or nil: lead

	t   *tx
	err error
}

// group is what is committed together.
type group struct {
	store *Store
	turn  turn
	c     *conn
	last  *tx           // the one that ran last, whose numbers the next goes on from
	size  int           // how many ran
	some  bool          // there is something to commit
	next  chan struct{} // gets one when the member that was called is done

	// What follows is settled when done is closed.
	done    chan struct{}
	failed  bool  // nothing was committed: each is to run alone
	unknown error // nobody can say whether it was committed
}

// updateJointly is update for a change that may be joint.
func (s *Store) updateJointly(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (*tx, error) {
	m := &member{ctx: ctx, change: change, fn: fn, called: make(chan *group, 1)}
	g, err := s.joint.meet(m)
	switch {
	case err != nil:
		return nil, err
	case g == nil:
		g = s.lead(m)
	default:
		g.run(m)
		<-g.done
	}
	switch {
	case g.unknown != nil && m.err == nil:
		return nil, g.unknown
	case !g.failed:
		return m.t, m.err
	case m.t != nil && m.t.outside != "":
		return nil, clusto.Errorf(clusto.ErrConflict, "could not be committed, and had begun to %s, so it cannot be run again", m.t.outside)
	}
	return s.update(ctx, change, fn)
}

// meet returns the group that m is called to run in, or nil if m is to lead.
func (j *joint) meet(m *member) (*group, error) {
	j.mu.Lock()
	if !j.led {
		j.led = true
		j.mu.Unlock()
		return nil, nil
	}
	j.waiting = append(j.waiting, m)
	j.mu.Unlock()
	select {
	case g := <-m.called:
		return g, nil
	case <-m.ctx.Done():
		if j.leave(m) {
			return nil, context.Cause(m.ctx)
		}
		return <-m.called, nil // it came just now
	}
}

// leave takes m out of those who wait. It returns false if m was called.
func (j *joint) leave(m *member) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.Index(j.waiting, m)
	if i >= 0 {
		j.waiting = slices.Delete(j.waiting, i, i+1)
	}
	return i >= 0
}

// first takes the first of those who wait, or returns nil.
func (j *joint) first() *member {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.waiting) == 0 {
		return nil
	}
	m := j.waiting[0]
	j.waiting = slices.Delete(j.waiting, 0, 1)
	return m
}

// resign ends leading: the first who waits leads now.
func (j *joint) resign() {
	m := j.first()
	if m != nil {
		m.called <- nil
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.waiting) > 0 { // came just now
		j.waiting[0].called <- nil
		j.waiting = slices.Delete(j.waiting, 0, 1)
		return
	}
	j.led = false
}

// lead runs m and those who come meanwhile, and commits. The turn to write and
// the connection are given back before the next one leads.
func (s *Store) lead(m *member) *group {
	defer s.joint.resign()
	g := &group{store: s, turn: turn{store: s}, next: make(chan struct{}, 1), done: make(chan struct{}), failed: true}
	defer close(g.done) // also when the function of m panics
	defer g.turn.end()
	c, err := s.take(m.ctx, &s.writers)
	if err != nil {
		return g
	}
	if m.err = g.turn.take(m.ctx); m.err != nil {
		s.give(c, &s.writers)
		g.failed = false // there is nothing to run again
		return g
	}
	if c, err = s.beginOn(m.ctx, c, &s.writers, ModeWrite); err != nil {
		return g
	}
	g.c = c
	defer s.give(c, &s.writers)
	committed := false
	defer func() {
		s.spare.keep(g.last, committed)
		if !committed {
			c.rollback()
		}
	}()
	g.failed = !g.gather(m)
	committed = !g.failed && g.some && g.commit(m.ctx)
	return g
}

// gather runs m and then others. It returns false if the group cannot be committed.
func (g *group) gather(m *member) bool {
	until := time.Now().Add(maxGroupTime)
	g.failed = false
	g.run(m)
	<-g.next
	for !g.failed && g.size < maxGroup && time.Now().Before(until) {
		m := g.store.joint.first()
		if m == nil {
			break
		}
		m.called <- g
		<-g.next
	}
	return !g.failed
}

// run runs m in the group. A member that fails, or panics, undoes what it did.
func (g *group) run(m *member) {
	t := newTx(g.store, &g.turn, true, m.change)
	t.c = g.c
	whole := &nest{effect: effect{was: map[clusto.EntityID]clusto.Entity{}}}
	t.nests = append(t.nests, whole)
	kept := false
	defer func() {
		if !kept && t.undo(whole) != nil {
			g.failed = true
		}
		t.ended = true
		g.failed = g.failed || t.broken != nil
		g.last = t
		g.size++
		g.next <- struct{}{}
	}()
	m.t = t
	if m.err = g.prepare(m.ctx, t); m.err != nil {
		g.failed = true
		return
	}
	if m.err = m.fn(t); m.err != nil || t.broken != nil {
		_ = t.abandoned() // which breaks t
		return
	}
	some, err := t.finish(m.ctx)
	if err == nil && whole.savepoint != "" {
		err = t.c.control(`RELEASE SAVEPOINT ` + whole.savepoint)
	}
	m.err = err
	kept = err == nil
	g.some = g.some || kept && some
}

// prepare makes t go on where the last member stopped.
func (g *group) prepare(ctx context.Context, t *tx) error {
	last := g.last
	if last == nil {
		return t.startOnce(ctx)
	}
	t.started = true
	t.numbers, t.working, t.stamp, t.mark = last.numbers, last.working, last.stamp, last.mark
	if last.made == 0 || g.store.options.NoVersions {
		return nil
	}
	return t.nextVersion(int64(last.working))
}

// commit commits the group, and reports whether that was done.
func (g *group) commit(ctx context.Context) bool {
	err := g.c.control(`COMMIT`)
	if err == nil {
		err = g.last.confirm()
	}
	if err == nil {
		return true
	}
	g.failed = true
	if faultOf(err) != FaultLost {
		return false
	}
	done, err := g.store.settle(ctx, g.last.mark, &retries{patience: g.store.options.Patience, lost: true})
	if err != nil {
		g.unknown = g.store.unknownOutcome(g.last, err)
	}
	g.failed = !done
	return done
}
