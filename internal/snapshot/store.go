package snapshot

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
)

// Options are what a Store can be told. The zero Options work.
type Options struct {
	// Log is told of loads and of what keeps the changes from being followed; nil
	// discards.
	Log *slog.Logger
	// Progress is how often a load that takes long is reported; 0 means a second.
	Progress time.Duration
	// Unversioned says that the changes of this process make no versions, because
	// the store under this one keeps no history, so that there is no log to follow.
	Unversioned bool
	// Keep, KeepFor and KeepEdits bound the past versions that are answered from
	// memory: their number, their age, and the changes between the oldest and the
	// newest of them. 0 means 1,000, 10 minutes, and 200,000.
	Keep      int
	KeepFor   time.Duration
	KeepEdits int
	// Recheck is how often it is looked whether somebody has changed rows without
	// making a version; 0 means 10 minutes, or a second if Unversioned. It is
	// done no more often than leaves nine tenths of the time to other things.
	Recheck time.Duration
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Progress = cmp.Or(o.Progress, time.Second)
	o.Keep = cmp.Or(o.Keep, 1000)
	o.KeepFor = cmp.Or(o.KeepFor, 10*time.Minute)
	o.KeepEdits = cmp.Or(o.KeepEdits, 200_000)
	recheck := 10 * time.Minute
	if o.Unversioned {
		recheck = time.Second
	}
	o.Recheck = cmp.Or(o.Recheck, recheck)
	return o
}

// Store is a clusto.Store that answers from memory what is asked of the live
// rows or of a recent version, and hands everything else to the store of the
// database that it follows. It loads in the background: until that is done, and
// whenever memory may be behind what this process knows to be committed, the
// database is asked.
type Store struct {
	under   clusto.Store
	options Options
	end     context.CancelFunc
	running sync.WaitGroup

	current atomic.Pointer[shown]
	needs   atomic.Int64  // the version that memory must have reached to be asked; see behind
	reload  chan struct{} // has one when the inventory is to be loaded again
	kept    kept
	counts  counts
	tally   tally            // of what is shown; the goroutine that keeps up owns it
	late    []clusto.Version // that came late since the load; it owns these too

	mu        sync.Mutex // guards what follows
	following bool       // what is committed comes soon
	sinceLoad int64      // what needs has to be when the load that is under way is done
	trouble   error      // why there is nothing, or nothing newer, in memory; nil if all is well
	confirmed time.Time  // when memory was known last to be up to date, as far as that is known here
}

// shown is what is shown from memory.
type shown struct {
	*Snapshot
	next chan struct{} // closed when something newer is shown
}

// counts are what metrics tell.
type counts struct {
	loads, applied atomic.Uint64
	loadTime       atomic.Int64 // nanoseconds of the last load
}

var (
	_ clusto.Follower       = (*Store)(nil)
	_ clusto.Pruner         = (*Store)(nil)
	_ clusto.AccountKeeper  = (*Store)(nil)
	_ clusto.SightingKeeper = (*Store)(nil)
)

// New returns a store around under, which is the store's own from then on, and
// begins to load. It returns ErrUnsupported if the changes of under cannot be
// followed. Until Close, or until ctx ends, some goroutines keep memory up to
// date.
func New(ctx context.Context, under clusto.Store, o Options) (*Store, error) {
	follower, ok := under.(clusto.Follower)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "a store whose changes cannot be followed cannot be kept in memory")
	}
	ctx, end := context.WithCancel(ctx)
	s := &Store{under: under, options: o.withDefaults(), end: end, reload: make(chan struct{}, 1), trouble: errNotLoaded}
	s.kept.options = s.options
	s.running.Go(func() { s.keepUp(ctx, follower) })
	s.running.Go(func() { s.watch(ctx) })
	return s, nil
}

// Close ends the use of memory and of the database.
func (s *Store) Close() error {
	s.end()
	s.running.Wait()
	s.current.Store(nil)
	return s.under.Close()
}

// Latest returns the newest version that is in memory, whatever has become of the
// database since; nil until the first load is done and after Close. It never waits.
func (s *Store) Latest() *Snapshot {
	if c := s.current.Load(); c != nil {
		return c.Snapshot
	}
	return nil
}

// View implements clusto.Store. It does not wait for anything that goes on in
// memory.
func (s *Store) View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if at != clusto.Live {
		if past := s.kept.at(at); past != nil {
			return fn(&view{Snapshot: past, under: s.under, at: at})
		}
		return s.under.View(ctx, at, fn)
	}
	c := s.current.Load()
	if c == nil || s.behind(c) {
		return s.under.View(ctx, at, fn)
	}
	v := &view{Snapshot: c.Snapshot, under: s.under, at: c.version()}
	if s.options.Unversioned {
		v.at = clusto.Live
	}
	return fn(v)
}

// version returns the version that c shows.
func (c *shown) version() clusto.Version {
	v, _ := c.Version(context.Background()) // it waits for nothing, and does not fail
	return v
}

// Update implements clusto.Store. When it returns, and in what was given to
// OnCommit, View shows the change.
func (s *Store) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	return s.under.Update(ctx, change, func(tx clusto.Tx) error {
		before := s.shows()
		tx.OnCommit(func(ctx context.Context) error { return s.committed(ctx, tx, before) })
		return fn(tx)
	})
}

// shows returns the version that is in memory, or 0.
func (s *Store) shows() clusto.Version {
	if c := s.current.Load(); c != nil {
		return c.version()
	}
	return 0
}

// made is what a Tx tells after its commit.
type made interface {
	// Made returns the version that was committed, or 0 if nothing changed that
	// has versions.
	Made() clusto.Version
}

// committed sees to it that what this process has committed is shown. Memory showed
// version before when tx began; one that is not newer is of a database that was
// restored from a copy since.
func (s *Store) committed(ctx context.Context, tx clusto.Tx, before clusto.Version) error {
	m, ok := tx.(made)
	switch {
	case !ok:
		return s.CatchUp(ctx)
	case m.Made() == 0:
	case s.options.Unversioned, m.Made() <= before:
		s.outdated()
	default:
		s.reach(ctx, m.Made())
	}
	return nil
}

// CatchUp returns when View shows all that anybody has committed before, which
// otherwise takes up to 100 ms. It returns ErrUnavailable if the database cannot be
// asked what that is.
func (s *Store) CatchUp(ctx context.Context) error {
	if s.options.Unversioned {
		s.outdated()
		return nil
	}
	newest, err := s.newest(ctx)
	if err == nil {
		s.reach(ctx, newest)
	}
	return err
}

// newest returns the newest version in the database.
func (s *Store) newest(ctx context.Context) (v clusto.Version, err error) {
	err = s.under.View(ctx, clusto.Live, func(r clusto.Reader) (err error) {
		v, err = r.Version(ctx)
		return err
	})
	return v, err
}

// soon is how long a change waits for memory to show it, before the database is
// asked instead.
const soon = 200 * time.Millisecond

// reach waits until memory shows version v. If that is not soon the database is
// asked until it does.
func (s *Store) reach(ctx context.Context, v clusto.Version) {
	timer := time.NewTimer(soon)
	defer timer.Stop()
	for {
		c := s.current.Load()
		if c != nil && c.version() >= v {
			return
		}
		s.mu.Lock()
		following := s.following
		s.mu.Unlock()
		if c == nil || !following {
			break
		}
		select {
		case <-c.next:
			continue
		case <-timer.C:
		case <-ctx.Done():
		}
		break
	}
	s.need(int64(v))
}

// never is a version that is never reached.
const never = math.MaxInt64

// behind reports whether memory does not show what it must.
func (s *Store) behind(c *shown) bool {
	needs := s.needs.Load()
	return needs != 0 && int64(c.version()) < needs
}

// need has the database be asked until memory has reached version v, or is
// loaded by a load that begins from now on. What was redacted meanwhile must not
// be shown either.
func (s *Store) need(v int64) {
	s.kept.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sinceLoad = max(s.sinceLoad, v)
	s.needs.Store(max(s.needs.Load(), v))
}

// outdated has the database be asked until memory is loaded again, which begins
// soon.
func (s *Store) outdated() {
	s.need(never)
	select {
	case s.reload <- struct{}{}:
	default:
	}
}

// Changes implements clusto.Follower. A version that it yields is shown by View.
func (s *Store) Changes(ctx context.Context, since clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	return func(yield func(clusto.VersionInfo, error) bool) {
		for v, err := range s.under.(clusto.Follower).Changes(ctx, since) {
			switch {
			case err != nil:
			case s.options.Unversioned:
				s.outdated()
			default:
				s.reach(ctx, v.Version)
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// Prune implements clusto.Pruner.
func (s *Store) Prune(ctx context.Context, upTo clusto.Version, dryRun bool) (clusto.Pruned, error) {
	p, ok := s.under.(clusto.Pruner)
	if !ok {
		return clusto.Pruned{}, lacks("its history cannot be pruned")
	}
	if !dryRun {
		defer s.kept.clear()
	}
	return p.Prune(ctx, upTo, dryRun)
}

// ViewAccounts implements clusto.AccountKeeper; accounts are not in memory.
func (s *Store) ViewAccounts(ctx context.Context, fn func(clusto.AccountReader) error) error {
	k, ok := s.under.(clusto.AccountKeeper)
	if !ok {
		return lacks("it keeps no accounts")
	}
	return k.ViewAccounts(ctx, fn)
}

// UpdateAccounts implements clusto.AccountKeeper.
func (s *Store) UpdateAccounts(ctx context.Context, fn func(clusto.AccountTx) error) error {
	k, ok := s.under.(clusto.AccountKeeper)
	if !ok {
		return lacks("it keeps no accounts")
	}
	return k.UpdateAccounts(ctx, fn)
}

// KeepSightings implements clusto.SightingKeeper; sightings are not in memory.
func (s *Store) KeepSightings(ctx context.Context, seen ...clusto.Sighting) error {
	k, ok := s.under.(clusto.SightingKeeper)
	if !ok {
		return lacks("it keeps no sightings")
	}
	return k.KeepSightings(ctx, seen...)
}

// Sightings implements clusto.SightingKeeper.
func (s *Store) Sightings(ctx context.Context, m clusto.SightingMatch) ([]clusto.Sighting, error) {
	k, ok := s.under.(clusto.SightingKeeper)
	if !ok {
		return nil, lacks("it keeps no sightings")
	}
	return k.Sightings(ctx, m)
}

// Views implements clusto.ViewKeeper; views are not in memory.
func (s *Store) Views(ctx context.Context, m clusto.ViewMatch) ([]clusto.View, error) {
	k, ok := s.under.(clusto.ViewKeeper)
	if !ok {
		return nil, lacks("it keeps no views")
	}
	return k.Views(ctx, m)
}

// KeepView implements clusto.ViewKeeper.
func (s *Store) KeepView(ctx context.Context, v clusto.View) error {
	k, ok := s.under.(clusto.ViewKeeper)
	if !ok {
		return lacks("it keeps no views")
	}
	return k.KeepView(ctx, v)
}

// ForgetView implements clusto.ViewKeeper.
func (s *Store) ForgetView(ctx context.Context, owner, name string) error {
	k, ok := s.under.(clusto.ViewKeeper)
	if !ok {
		return lacks("it keeps no views")
	}
	return k.ForgetView(ctx, owner, name)
}

func lacks(what string) error {
	return clusto.Errorf(clusto.ErrUnsupported, "the database cannot do this: %s", what)
}

// Followers returns how many follow the changes now, besides the store itself.
func (s *Store) Followers() int {
	f, ok := s.under.(interface{ Followers() int })
	if !ok {
		return 0
	}
	own := 0
	s.mu.Lock()
	if s.following && !s.options.Unversioned {
		own = 1
	}
	s.mu.Unlock()
	return max(0, f.Followers()-own)
}

// errNotLoaded is the state of memory before the first load.
var errNotLoaded = errors.New("the inventory is being loaded")
