package sqlite_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

// TestFollowed follows what another process writes.
func TestFollowed(t *testing.T) {
	s, path := createAt(t, sqlite.Options{})
	storetest.RunFollowed(t, openAt(t, path, sqlite.Options{}), s)
}

// TestFollowCost has many follow while nothing happens: they share one look.
func TestFollowCost(t *testing.T) {
	const followers, statements = 40, 60
	counted := make(chan bool, 1000)
	o := sqlstore.Options{OnStatement: func(string) {
		select {
		case counted <- true:
		default:
		}
	}}
	_, path := createAt(t, sqlite.Options{})
	s := openAt(t, path, sqlite.Options{Options: o})
	ctx, cancel := context.WithCancel(t.Context())
	var joined, done sync.WaitGroup
	for range followers {
		joined.Add(1)
		done.Go(func() {
			n := 0
			for range s.Changes(ctx, 0) {
				if n++; n == 2 { // all that there is: it waits from now on
					joined.Done()
				}
			}
		})
	}
	joined.Wait()
	if n := s.Followers(); n != followers {
		t.Errorf("%d followers, want %d", n, followers)
	}
	// One more does not wait for each of the others to have led.
	began := time.Now()
	for range s.Changes(ctx, 1) {
		break
	}
	if took := time.Since(began); took > followers/4*50*time.Millisecond {
		t.Errorf("joining %d followers took %v", followers, took)
	}
	for len(counted) > 0 {
		<-counted
	}
	began = time.Now()
	for range statements {
		<-counted
	}
	// A look is three statements, and one more each may have been under way.
	if took := time.Since(began); took < (statements/3-2)*50*time.Millisecond {
		t.Errorf("%d statements of %d followers in %v", statements, followers, took)
	}
	cancel()
	done.Wait()
	if n := s.Followers(); n != 0 {
		t.Errorf("%d followers when all have left", n)
	}
}

// TestFollowOlderCopy takes a version away that was followed, as restoring the
// database from a backup does.
func TestFollowOlderCopy(t *testing.T) {
	s, path := createAt(t, sqlite.Options{})
	f := storetest.Follow(t, s, 0)
	f.Next()
	f.Next()
	if _, err := openDB(t, path).Exec(`DELETE FROM clustoversioning WHERE version = 2`); err != nil {
		t.Fatal(err)
	}
	if err := f.End(false); !errors.Is(err, clusto.ErrNotFound) || clusto.Hint(err) == "" {
		t.Errorf("following an older copy: %v, want ErrNotFound with a hint", err)
	}
}

// TestFollowClosed closes the database that is followed.
func TestFollowClosed(t *testing.T) {
	s, path := createAt(t, sqlite.Options{})
	followed := openAt(t, path, sqlite.Options{})
	f := storetest.Follow(t, followed, 2)
	if _, err := s.Update(t.Context(), clusto.Change{}, makeServer); err != nil {
		t.Fatal(err)
	}
	f.Next()
	if err := followed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.End(false); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("following a database that is closed: %v, want ErrUnavailable", err)
	}
}

// TestFollowUnversioned follows a database that others write without history.
func TestFollowUnversioned(t *testing.T) {
	s, path := createAt(t, sqlite.Options{})
	f := storetest.Follow(t, s, 2)
	unversioned := openAt(t, path, sqlite.Options{Options: sqlstore.Options{NoVersions: true}})
	for _, store := range []*sqlstore.Store{unversioned, s} {
		if _, err := store.Update(t.Context(), clusto.Change{}, makeServer); err != nil {
			t.Fatal(err)
		}
	}
	if v := f.Next(); v.Version != 3 {
		t.Errorf("version %d, want 3, the only one", v.Version)
	}
}
