package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// patience is how long what must come may take; nothing waits for it to pass.
const patience = 20 * time.Second

// Followed is what somebody who follows changes has got. It ends with the test.
type Followed struct {
	t    *testing.T
	news chan clusto.VersionInfo
	end  chan error // gets how the sequence ended
	stop context.CancelFunc
}

// Follow follows the changes of s after since.
func Follow(t *testing.T, s clusto.Store, since clusto.Version) *Followed {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	f := &Followed{t: t, news: make(chan clusto.VersionInfo), end: make(chan error, 1), stop: cancel}
	var done sync.WaitGroup
	done.Go(func() {
		for v, err := range s.(clusto.Follower).Changes(ctx, since) {
			if err != nil {
				f.end <- err
				return
			}
			select {
			case f.news <- v:
			case <-ctx.Done():
			}
		}
		f.end <- nil
	})
	t.Cleanup(func() { cancel(); done.Wait() })
	return f
}

// Next returns the next version, or ends the test.
func (f *Followed) Next() clusto.VersionInfo {
	f.t.Helper()
	select {
	case v := <-f.news:
		return v
	case err := <-f.end:
		f.t.Fatalf("the changes ended: %v", err)
	case <-time.After(patience):
		f.t.Fatal("no change came")
	}
	return clusto.VersionInfo{}
}

// End ends following, or waits for it to have ended, and returns the error.
func (f *Followed) End(now bool) error {
	f.t.Helper()
	if now {
		f.stop()
	}
	for {
		select {
		case v := <-f.news:
			if !now {
				f.t.Errorf("version %d came, and not the end", v.Version)
			}
		case err := <-f.end:
			return err
		case <-time.After(patience):
			f.t.Fatal("following does not end")
		}
	}
}

// testFollow follows from different versions on while one change after the other
// is made.
func testFollow(t *testing.T, s clusto.Store) {
	first := update(t, s, func(tx clusto.Tx) error { create(t, tx, "first", "server", "basicserver"); return nil })
	all, latest := Follow(t, s, 0), Follow(t, s, first)
	for v := clusto.Version(1); v <= first; v++ {
		if got := all.Next(); got.Version != v || v == first && (got.User != "tester" || got.Description != t.Name() || got.Time.IsZero()) {
			t.Fatalf("%+v, want version %d", got, v)
		}
	}
	if v, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return errors.Join(tx.SetCounter(t.Context(), 1, "c", 1), tx.KeepReceipt(t.Context(), "k", "text"))
	}); v != 0 || err != nil {
		t.Fatalf("a change that makes no version: %d, %v", v, err)
	}
	for i := range 5 {
		want := update(t, s, func(tx clusto.Tx) error { create(t, tx, fmt.Sprint("s", i), "server", "basicserver"); return nil })
		for name, f := range map[string]*Followed{"all": all, "latest": latest} {
			if got := f.Next(); got.Version != want {
				t.Errorf("%s: version %d, want %d", name, got.Version, want)
			}
		}
	}
	if err := errors.Join(all.End(true), latest.End(true)); err != nil {
		t.Errorf("following ended with %v, want no error when its context does", err)
	}
	for _, later := range []clusto.Version{first + 6, -1} {
		if err := Follow(t, s, later).End(false); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("following from version %d: %v, want ErrNotFound", later, err)
		}
	}
	for v, err := range s.(clusto.Follower).Changes(t.Context(), first) {
		if v.Version != first+1 || err != nil {
			t.Errorf("version %d, %v, want %d", v.Version, err, first+1)
		}
		break // must end it
	}
}

// testFollowPruned follows from versions of which the history was pruned.
func testFollowPruned(t *testing.T, s clusto.Store) {
	var last clusto.Version
	for i := range 4 {
		last = update(t, s, func(tx clusto.Tx) error { create(t, tx, fmt.Sprint("s", i), "server", "basicserver"); return nil })
	}
	floor := last - 1
	if _, err := s.(clusto.Pruner).Prune(t.Context(), floor, false); err != nil {
		t.Fatal(err)
	}
	for _, since := range []clusto.Version{0, floor - 2} {
		if err := Follow(t, s, since).End(false); !errors.Is(err, clusto.ErrNotFound) || clusto.Hint(err) == "" {
			t.Errorf("following from version %d, pruned up to %d: %v, want ErrNotFound with a hint", since, floor, err)
		}
	}
	f := Follow(t, s, floor-1)
	for _, want := range []clusto.Version{floor, last} {
		if got := f.Next().Version; got != want {
			t.Errorf("version %d, want %d", got, want)
		}
	}
}

// testFollowWriters has several write at once, some changes being joint, while
// others follow who come and go: each gets every version once, in order.
func testFollowWriters(t *testing.T, s clusto.Store) {
	const writers, each, followers = 4, 25, 5
	var base clusto.Version
	view(t, s, clusto.Live, func(r clusto.Reader) (err error) { base, err = r.Version(t.Context()); return err })
	last := base + writers*each
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				_, err := s.Update(t.Context(), clusto.Change{Joint: w%2 == 0}, func(tx clusto.Tx) error {
					_, err := tx.Create(t.Context(), fmt.Sprintf("w%d-%d", w, i), "server", "basicserver")
					return err
				})
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	for n := range followers {
		wg.Go(func() {
			got, err := followInParts(t, s, base, last, 1+n*each)
			want := make([]clusto.Version, 0, writers*each)
			for v := base + 1; v <= last; v++ {
				want = append(want, v)
			}
			if !slices.Equal(got, want) || err != nil {
				t.Errorf("follower %d: %v, %v, want %d to %d", n, got, err, base+1, last)
			}
		})
	}
	wg.Wait()
}

// followInParts returns what comes after since up to last, and begins again after each
// part.
func followInParts(t *testing.T, s clusto.Store, since, last clusto.Version, part int) (got []clusto.Version, err error) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for since < last && ctx.Err() == nil {
		n := 0
		for v, err := range s.(clusto.Follower).Changes(ctx, since) {
			if err != nil {
				return got, err
			}
			got, since = append(got, v.Version), v.Version
			if n++; n == part || since >= last {
				break
			}
		}
	}
	return got, ctx.Err()
}

// RunFollowed has one store follow what another of the same database writes, as
// another process would.
func RunFollowed(t *testing.T, writer, follower clusto.Store) {
	f := Follow(t, follower, 0)
	seen := clusto.Version(0)
	fastest := patience
	for i := range 10 {
		made := update(t, writer, func(tx clusto.Tx) error { create(t, tx, fmt.Sprint("s", i), "server", "basicserver"); return nil })
		committed := time.Now()
		for seen < made {
			v := f.Next().Version
			if v != seen+1 {
				t.Fatalf("version %d after %d", v, seen)
			}
			seen = v
		}
		fastest = min(fastest, time.Since(committed))
	}
	if fastest > 100*time.Millisecond { // a busy machine makes some slow, but not all
		t.Errorf("changes of another process come after %v at least, want 100ms", fastest)
	}
}
