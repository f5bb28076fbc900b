package sqlstore

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/clusto/clusto"
)

var _ clusto.Follower = (*Store)(nil)

// pageOfVersions is how many old versions are read in one View: no transaction
// is open while who follows looks at them.
const pageOfVersions = 500

// errEnough says that whoever ranges over a sequence wants no more.
var errEnough = errors.New("enough")

// Changes implements clusto.Follower.
func (s *Store) Changes(ctx context.Context, since clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	return func(yield func(clusto.VersionInfo, error) bool) {
		err := s.follow(ctx, since, func(v clusto.VersionInfo) error {
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case !yield(v, nil):
				return errEnough
			}
			return nil
		})
		if err != nil && ctx.Err() == nil && !errors.Is(err, errEnough) {
			yield(clusto.VersionInfo{}, err)
		}
	}
}

// Followers returns how many follow the changes now.
func (s *Store) Followers() int {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.feed.followers
}

// follow gives the versions after since until ctx ends or give returns an error.
func (s *Store) follow(ctx context.Context, since clusto.Version, give func(clusto.VersionInfo) error) error {
	defer s.feed.leave()
	p, err := s.join(ctx)
	switch {
	case err != nil:
		return err
	case since < 0 || since > p.newest:
		return clusto.Errorf(clusto.ErrNotFound, "there is no version %d; the newest is %d", since, p.newest)
	}
	if err := s.catchUp(ctx, since, p, give); err != nil {
		return err
	}
	for n := p.awaits; ; n = n.next {
		if err := s.await(ctx, n); err != nil {
			return err
		}
		for _, v := range n.versions {
			if err := give(v); err != nil {
				return err
			}
		}
	}
}

// catchUp gives the versions after since that were there at place p.
func (s *Store) catchUp(ctx context.Context, since clusto.Version, p place, give func(clusto.VersionInfo) error) error {
	for {
		var page []clusto.VersionInfo
		err := s.persist(ctx, func() (err error) {
			page, err = s.versionsBetween(ctx, since, p.newest)
			return err
		})
		if err != nil {
			return err
		}
		for _, v := range page {
			since = v.Version
			if slices.ContainsFunc(p.gaps, func(g gap) bool { return g.version == v.Version }) {
				continue // it came just now, and is published
			}
			if err := give(v); err != nil {
				return err
			}
		}
		if len(page) < pageOfVersions {
			return nil
		}
	}
}

// versionsBetween returns the first versions after since and up to a version. It
// returns ErrNotFound if there were others, which were pruned.
func (s *Store) versionsBetween(ctx context.Context, since, upTo clusto.Version) (page []clusto.VersionInfo, err error) {
	err = s.View(ctx, clusto.Live, func(cr clusto.Reader) error {
		r := cr.(*reader)
		_, floor, err := r.ends()
		if err != nil {
			return err
		}
		if since < floor-1 { // the version of the floor itself is on record
			return readAnew(clusto.Errorf(clusto.ErrNotFound,
				"what changed after version %d cannot be told: history before version %d was pruned", since, floor))
		}
		page, err = clusto.Collect(r.FindVersions(ctx, clusto.VersionMatch{After: since, To: upTo, Limit: pageOfVersions}))
		return err
	})
	return page, err
}

// persist calls try until it can read the database.
func (s *Store) persist(ctx context.Context, try func() error) error {
	began := time.Now()
	for failed := 0; ; failed++ {
		err := try()
		switch {
		case err == nil:
			if failed > 0 {
				s.options.Log.Info("changes are followed again", "database", s.Where(), "waited_s", time.Since(began).Seconds())
			}
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !s.mayPass(err, time.Since(began)):
			return readAnew(err)
		case failed == 0:
			s.options.Log.Warn("changes cannot be followed for now; trying again", "database", s.Where(), "err", err)
		}
		timer := time.NewTimer(min(lookEvery<<min(failed, 10), lostPause))
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// mayPass reports whether the database may answer again after err, which it has
// given since a while: always if it is out of reach, and for some time if it is
// a standby that has just taken over and is behind.
func (s *Store) mayPass(err error, since time.Duration) bool {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if _, vanished := errors.AsType[*vanishedError](err); vanished {
		return !closed && s.dialect.Remote() && since < s.options.Patience
	}
	return !closed && clusto.KindOf(err) == clusto.ErrUnavailable
}

// readAnew adds to an error that ends following what to do if what is asked for
// is gone.
func readAnew(err error) error {
	if clusto.KindOf(err) != clusto.ErrNotFound || clusto.Hint(err) != "" {
		return err
	}
	return clusto.WithHint(err, "read the inventory as it is now, and follow from the version that it shows")
}
