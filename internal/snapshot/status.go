package snapshot

import (
	"context"
	"time"

	"github.com/clusto/clusto"
)

// Status tells how things stand.
type Status struct {
	Loaded  bool           // there is an inventory in memory
	Version clusto.Version // that is in memory

	// Confirmed is when it was known last that the database has nothing newer.
	Confirmed time.Time
	// Err is why nothing newer may be known: the database is out of reach, or the
	// inventory is being loaded. Nil if all is well.
	Err error

	Loads    uint64        // how often the inventory was loaded
	Applied  uint64        // versions that were followed
	LoadTime time.Duration // of the last load
}

// silence is after how long without an answer the database is taken for being out
// of reach, although nothing has failed yet.
const silence = 5 * time.Second

// confirmer is what a followed store tells about looking for changes.
type confirmer interface {
	// Confirmed returns when it was looked last for newer versions with success,
	// and why that fails since; nil if it does not.
	Confirmed() (time.Time, error)
}

// Status returns how things stand now.
func (s *Store) Status() Status {
	st := Status{Loads: s.counts.loads.Load(), Applied: s.counts.applied.Load(), LoadTime: s.loadTime()}
	if c := s.current.Load(); c != nil {
		st.Loaded, st.Version = true, c.version()
	}
	s.mu.Lock()
	st.Confirmed, st.Err = s.confirmed, s.trouble
	following := s.following
	s.mu.Unlock()
	patience := silence
	if u, ok := s.under.(confirmer); ok && following {
		at, err := u.Confirmed()
		if at.After(st.Confirmed) {
			st.Confirmed = at
		}
		if st.Err == nil {
			st.Err = err
		}
	} else {
		patience = max(silence, 2*s.pause())
	}
	if age := time.Since(st.Confirmed); st.Err == nil && age > patience {
		st.Err = clusto.Errorf(clusto.ErrUnavailable, "the database has not answered for %v", age.Round(time.Second))
	}
	return st
}

// watch says in the log when the database gets out of reach and when it is back,
// and lets go of old versions, until ctx ends.
func (s *Store) watch(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	out := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.kept.age()
		st := s.Status()
		lost := st.Loaded && clusto.KindOf(st.Err) == clusto.ErrUnavailable && time.Since(st.Confirmed) > time.Second
		switch {
		case lost && !out:
			s.options.Log.Warn("answering from memory: the database is out of reach", "version", st.Version,
				"since", st.Confirmed.UTC().Format(clusto.TimeLayout), "err", st.Err)
		case !lost && out:
			s.options.Log.Info("the database is in reach again", "version", st.Version)
		}
		out = lost
	}
}
