package sqlstore

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
)

// feed is where the followers of a store meet. One of them at a time leads: it
// looks for new versions while the others wait, and publishes what it finds to
// all. So any number of followers cost one look, no goroutine is needed, and
// when the one that leads has something to yield, another one leads.
type feed struct {
	lead chan struct{} // has a token while nobody leads
	wake chan struct{} // has one when something was committed here since the last look

	looked  time.Time    // when; who leads owns it
	joining atomic.Int32 // how many wait to join: they look next, before others lead

	mu        sync.Mutex // guards what follows, which only who leads changes while there are followers
	followers int
	listener  *listener      // while there are followers
	begun     bool           // newest and gaps are known
	newest    clusto.Version // that was published, or there when the feed began
	gaps      []gap
	tail      *news // what is published next

	dumped []clusto.Version // see Store.Undumped

	confirmed time.Time // when a look that succeeded last began; see Store.Confirmed
	trouble   error     // of the looks since
}

// news are versions that were published at one time.
type news struct {
	published chan struct{} // closed when what follows is set
	versions  []clusto.VersionInfo
	next      *news
}

// gap is a number between those of versions that are there. Classic clusto takes
// the number of a version from a sequence before it commits, so that the version
// may still come; or it was given up, and never does.
type gap struct {
	version clusto.Version
	found   time.Time
}

const (
	// lookEvery is the time from one look to the next when nothing happens here.
	lookEvery = 50 * time.Millisecond
	// mostNews is how many versions one look brings.
	mostNews = 1000
	// gapLife is for how long, and mostGaps for how many numbers at most,
	// versions that are missing are looked for.
	gapLife  = 10 * time.Minute
	mostGaps = 256
)

func newFeed() *feed {
	f := &feed{lead: make(chan struct{}, 1), wake: make(chan struct{}, 1), tail: newNews()}
	f.lead <- struct{}{}
	return f
}

func newNews() *news { return &news{published: make(chan struct{})} }

// place is where a follower begins: it has missed the versions up to newest
// without the gaps, and awaits the rest.
type place struct {
	newest clusto.Version
	gaps   []gap
	awaits *news
}

// hurry has the next look be at once.
func (f *feed) hurry() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// join adds a follower, and finds its place as of now. Who joins must leave.
func (s *Store) join(ctx context.Context) (place, error) {
	f := s.feed
	f.mu.Lock()
	if f.followers++; f.listener == nil {
		f.listener = s.listen()
	}
	f.mu.Unlock()
	f.joining.Add(1)
	f.hurry() // who leads
	select {
	case <-f.lead:
		f.joining.Add(-1)
	case <-ctx.Done():
		f.joining.Add(-1)
		return place{}, context.Cause(ctx)
	}
	defer func() { f.lead <- struct{}{} }()
	for {
		full, err := s.look(ctx)
		if err != nil {
			return place{}, err
		}
		if !full {
			break
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return place{newest: f.newest, gaps: slices.Clone(f.gaps), awaits: f.tail}, nil
}

// leave takes a follower away. Without any, nothing is looked for, and what is
// known grows old.
func (f *feed) leave() {
	var end *listener
	f.mu.Lock()
	if f.followers--; f.followers == 0 {
		f.begun, f.gaps, f.newest = false, nil, 0
		f.tail = newNews()
		end, f.listener = f.listener, nil
	}
	f.mu.Unlock()
	end.close()
}

// await waits until n is published, and leads for as long as nobody else does.
func (s *Store) await(ctx context.Context, n *news) error {
	for {
		select {
		case <-n.published:
			return nil
		default:
		}
		select {
		case <-n.published:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.feed.lead:
			err := s.leadOnce(ctx)
			s.feed.lead <- struct{}{}
			if err != nil {
				return err
			}
		}
	}
}

// leadOnce waits until it is time to look, and looks, unless somebody joins, who
// does that. Those who wait get to lead in the order in which they came, so that
// each of those before the one who joins passes it on at once.
func (s *Store) leadOnce(ctx context.Context) error {
	f := s.feed
	if f.joining.Load() > 0 {
		return nil
	}
	timer := time.NewTimer(time.Until(f.looked.Add(lookEvery)))
	defer timer.Stop()
	select {
	case <-f.wake:
	case <-timer.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if f.joining.Load() > 0 {
		return nil
	}
	full, err := s.look(ctx)
	if full {
		f.hurry()
	}
	return err
}

// confirm notes what came of a look. One whose follower is gone says nothing.
func (f *feed) confirm(ctx context.Context, began time.Time, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err == nil:
		f.confirmed, f.trouble = began, nil
	case ctx.Err() == nil:
		f.trouble = err
	}
}

// look looks once, as soon as the database can be read, and publishes what is
// new. It reports whether there may be more. The caller leads.
func (s *Store) look(ctx context.Context) (full bool, err error) {
	f := s.feed
	f.mu.Lock()
	l := look{s: s, begun: f.begun, newest: f.newest, gaps: f.gaps}
	f.mu.Unlock()
	err = s.persist(ctx, func() error {
		l.found = nil
		began := time.Now()
		err := s.View(ctx, clusto.Live, func(r clusto.Reader) error { return l.read(ctx, r.(*reader)) })
		f.confirm(ctx, began, err)
		return err
	})
	f.looked = time.Now()
	if err != nil {
		return false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = true
	f.newest, f.gaps = l.after(f.looked)
	if len(l.found) > 0 {
		n := f.tail
		n.versions, n.next = l.found, newNews()
		f.tail = n.next
		close(n.published)
	}
	return len(l.found) >= mostNews, nil
}
