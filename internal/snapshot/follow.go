package snapshot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/clusto/clusto"
)

// keepUp loads the inventory, follows it, and loads it again when it cannot be
// followed any more, until ctx ends.
func (s *Store) keepUp(ctx context.Context, f clusto.Follower) {
	for failed := 0; ; {
		began, loads := time.Now(), s.counts.loads.Load()
		err := s.contained(func() error { return s.loadAndFollow(ctx, f) })
		s.mu.Lock()
		s.following = false
		s.mu.Unlock()
		if ctx.Err() != nil {
			s.need(never) // nobody follows any more
			return
		}
		took, loaded := time.Since(began), s.counts.loads.Load() != loads
		if loaded && took > time.Minute {
			failed = 0
		}
		if err == nil { // loading again was asked for
			continue
		}
		s.mu.Lock()
		s.trouble = err
		s.mu.Unlock()
		if failed == 0 {
			s.options.Log.Warn("what is in memory cannot be kept up to date; the database is asked until it is loaded again", "err", err)
		}
		s.need(never)
		pause := min(shortestPause<<min(failed, 10), longestPause)
		if !loaded {
			pause = max(pause, min(took, time.Minute)) // what cannot be loaded does not keep the machine busy
		}
		if failed > 0 && !wait(ctx, pause) {
			return
		}
		failed++
	}
}

// contained calls do. If that panics it returns an error: whatever is wrong with
// what is in memory, the database can still be asked.
func (s *Store) contained(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.options.Log.Error("a fault of clusto: please report it", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}

// The shortest and the longest time between two attempts to load, but for the
// first two.
const (
	shortestPause = 100 * time.Millisecond
	longestPause  = 5 * time.Second
)

// wait waits, and reports whether ctx lasts.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// loadAndFollow returns nil when the inventory is to be loaded again because
// somebody asked for it, and else why it must be.
func (s *Store) loadAndFollow(ctx context.Context, f clusto.Follower) error {
	if s.options.Unversioned {
		return s.loadAndWatch(ctx)
	}
	v, err := s.load(ctx)
	if err != nil {
		return err
	}
	return s.follow(ctx, f, v)
}

// news is a version, or why there are no more.
type news struct {
	version clusto.Version
	err     error
}

// mostNews is how many versions are read at once.
const mostNews = 1000

// follow shows the versions after since as they come.
func (s *Store) follow(ctx context.Context, f clusto.Follower, since clusto.Version) error {
	ctx, cancel := context.WithCancel(ctx)
	come := make(chan news, mostNews)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		defer close(come)
		for v, err := range f.Changes(ctx, since) {
			select {
			case come <- news{v.Version, err}:
			case <-ctx.Done():
			}
		}
	}()
	defer func() { cancel(); <-gone }()
	s.mu.Lock()
	s.following = true
	s.mu.Unlock()
	recheck := time.NewTimer(s.pause())
	defer recheck.Stop()
	look := firstLook
	late := time.NewTimer(look)
	defer late.Stop()
	for {
		var err error
		select {
		case n, more := <-come:
			if !more {
				return context.Cause(ctx)
			}
			err = s.take(ctx, n, come)
		case <-recheck.C:
			err = s.compare(ctx)
			recheck.Reset(s.pause())
		case <-late.C:
			err = s.missed(ctx)
			if look *= 4; look < lastLook {
				late.Reset(look)
			}
		case <-s.reload:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// When it is looked first, and until when, whether a version has come late while
// the changes were not followed yet.
const (
	firstLook = time.Second
	lastLook  = 2 * time.Minute
)

// errMissed says that memory lacks a version.
var errMissed = errors.New("a version was committed late, while the inventory was being loaded")

// undumped is what a store may tell of versions that its Dump did not see.
type undumped interface{ Undumped() []clusto.Version }

// missed returns errMissed if a version that was not there when the inventory was
// loaded is there now and was not told.
func (s *Store) missed(ctx context.Context) error {
	u, ok := s.under.(undumped)
	if !ok {
		return nil
	}
	var only []clusto.Version
	for _, v := range u.Undumped() {
		if !slices.Contains(s.late, v) {
			only = append(only, v)
		}
	}
	if len(only) == 0 {
		return nil
	}
	var come []clusto.VersionInfo
	err := s.under.View(ctx, clusto.Live, func(r clusto.Reader) error {
		h, err := clusto.Past(r)
		if err == nil {
			come, err = clusto.Collect(h.FindVersions(ctx, clusto.VersionMatch{Only: only}))
		}
		return err
	})
	if err == nil && len(come) > 0 {
		return errMissed
	}
	return nil // it may be out of reach, which others tell
}

// take shows a version, and those that have come meanwhile.
func (s *Store) take(ctx context.Context, n news, come <-chan news) error {
	var versions []clusto.Version
	for more := true; more; {
		if n.err != nil {
			break
		}
		versions = append(versions, n.version)
		select {
		case n, more = <-come:
			more = more && len(versions) < mostNews
		default:
			more = false
		}
	}
	slices.Sort(versions)
	for failed := 0; len(versions) > 0; failed++ {
		err := s.apply(ctx, versions)
		if clusto.KindOf(err) != clusto.ErrUnavailable {
			if err != nil {
				return err
			}
			break
		}
		// The database is out of reach, so that nobody can know what it holds.
		if !wait(ctx, min(50*time.Millisecond<<min(failed, 10), 2*time.Second)) {
			return context.Cause(ctx)
		}
	}
	return n.err
}

// errMany says that so much has changed that loading everything takes less.
var errMany = errors.New("more has changed at once than loading everything takes")

// apply shows versions, of which the numbers ascend.
func (s *Store) apply(ctx context.Context, versions []clusto.Version) error {
	before := s.current.Load()
	most := max(100_000, (before.entities+before.attrs)/4)
	var edits []clusto.Edit
	err := s.under.View(ctx, clusto.Live, func(r clusto.Reader) error {
		edits = edits[:0]
		h, err := clusto.Past(r)
		if err != nil {
			return err
		}
		for e, err := range h.Edits(ctx, clusto.EditMatch{Only: versions}) {
			switch {
			case err != nil:
				return err
			case len(edits) == most:
				return errMany
			}
			edits = append(edits, e)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.unpruned(ctx, min(before.version(), versions[0]-1)); err != nil {
		return err
	}
	return s.applyEach(before, versions, edits)
}

// unpruned returns ErrNotFound if some of what changed after version v is not
// told any more.
func (s *Store) unpruned(ctx context.Context, v clusto.Version) error {
	if v <= 0 {
		return nil
	}
	return s.under.View(ctx, v, func(clusto.Reader) error { return nil })
}

// applyEach makes of what is shown one version after the other, and shows the last
// of them. Edits are in the order of versions.
func (s *Store) applyEach(before *shown, versions []clusto.Version, edits []clusto.Edit) error {
	snapshot, at := before.Snapshot, before.version()
	for _, v := range versions {
		n := 0
		for n < len(edits) && edits[n].Version == v {
			n++
		}
		late := v <= at // see clusto.Follower
		if late {
			s.late = append(s.late, v)
		}
		if late || slices.ContainsFunc(edits[:n], func(e clusto.Edit) bool { return e.Kind == clusto.AttrsRedacted }) {
			s.kept.clear()
		}
		at = max(at, v)
		next, err := snapshot.Apply(at, edits[:n])
		if err != nil {
			return err
		}
		if snapshot = next; v < versions[len(versions)-1] && !late {
			s.kept.add(at, snapshot, n)
		}
		for i := range edits[:n] {
			s.tally.edit(&edits[i])
		}
		edits = edits[n:]
		s.counts.applied.Add(1)
		if v == versions[len(versions)-1] {
			s.show(snapshot, at, n)
		}
	}
	return nil
}

// stamper is what a store may tell of a database whose changes make no versions.
type stamper interface {
	// Stamp returns a text that is another one when somebody may have changed
	// the inventory.
	Stamp(ctx context.Context) (string, error)
}

// loadAndWatch loads the inventory and returns when it may have changed.
func (s *Store) loadAndWatch(ctx context.Context) error {
	st, ok := s.under.(stamper)
	before, err := "", error(nil)
	if ok {
		if before, err = st.Stamp(ctx); err != nil {
			return err
		}
	}
	if _, err := s.load(ctx); err != nil {
		return err
	}
	loaded := time.Now()
	tick := time.NewTicker(s.pause())
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.reload:
			wait(ctx, time.Until(loaded.Add(s.loadTime())))
			return nil
		case <-tick.C:
			if !ok {
				return nil
			}
			now, err := st.Stamp(ctx)
			s.asked(err)
			if err == nil && now != before {
				return nil
			}
		}
	}
}

// asked notes what came of asking the database.
func (s *Store) asked(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = err
	if err == nil {
		s.confirmed = time.Now()
	}
}

func (s *Store) loadTime() time.Duration { return time.Duration(s.counts.loadTime.Load()) }

// pause is the time from one look for changes without a version to the next.
func (s *Store) pause() time.Duration { return max(s.options.Recheck, 9*s.loadTime()) }
