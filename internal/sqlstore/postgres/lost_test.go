package postgres_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/testenv"
)

// terminate ends all connections to a database.
func terminate(t *testing.T, dsn string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	testenv.PostgreSQL(t).Exec(t, fmt.Sprintf(
		`SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '%s'`, strings.TrimPrefix(u.Path, "/")))
}

// note makes an entity and counts it, so that a change that was done twice, or
// half, shows.
func note(t testing.TB, s *sqlstore.Store, name string, joint bool) (clusto.Version, error) {
	ctx := t.Context()
	return s.Update(ctx, clusto.Change{Joint: joint}, func(tx clusto.Tx) error {
		n, _, err := tx.Counter(ctx, 1, "noted")
		if err != nil {
			return err
		}
		_, err = tx.Create(ctx, name, "server", "basicserver")
		return errors.Join(err, tx.SetCounter(ctx, 1, "noted", n+1))
	})
}

// checkNoted checks that as many entities were made and counted.
func checkNoted(t *testing.T, s *sqlstore.Store, want int) {
	t.Helper()
	ctx := t.Context()
	err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		all, err := clusto.Collect(r.Find(ctx, clusto.Match{Types: []string{"server"}}))
		n, _, err2 := r.Counter(ctx, 1, "noted")
		if len(all) != want || int(n) != want {
			t.Errorf("%d entities, counter %d, want %d", len(all), n, want)
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLostBetween uses connections that the server has ended meanwhile.
func TestLostBetween(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{})
	for i := range 3 {
		if _, err := note(t, s, fmt.Sprint("a", i), false); err != nil {
			t.Fatal(err)
		}
		terminate(t, dsn)
		if i%2 == 0 {
			checkNoted(t, s, i+1)
			terminate(t, dsn)
		}
	}
	checkNoted(t, s, 3)
}

// TestLostWithin loses the connection in the middle of a function: a change
// runs again, a question cannot be answered.
func TestLostWithin(t *testing.T) {
	ctx := t.Context()
	s, dsn := createAt(t, postgres.Options{})
	runs := 0
	v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		_, err := tx.Create(ctx, "a", "server", "basicserver")
		if runs++; runs == 1 {
			terminate(t, dsn)
		}
		return err
	})
	if v != 3 || err != nil || runs != 2 {
		t.Errorf("version %d after %d runs, %v; want 3 after 2", v, runs, err)
	}
	err = s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		terminate(t, dsn)
		_, err := r.Entity(ctx, "a")
		return err
	})
	if !errors.Is(err, clusto.ErrUnavailable) || clusto.Hint(err) == "" {
		t.Errorf("a question on a lost connection: %v, want ErrUnavailable with a hint", err)
	}
	if err := s.View(ctx, clusto.Live, func(r clusto.Reader) error { _, err := r.Entity(ctx, "a"); return err }); err != nil {
		t.Error(err)
	}
}

// TestCommitCutOff loses the connection when a commit was sent: what the server
// has done is not done again, and what it has not done is.
func TestCommitCutOff(t *testing.T) {
	for _, joint := range []bool{false, true} {
		t.Run(fmt.Sprintf("joint=%v", joint), func(t *testing.T) {
			_, dsn := createAt(t, postgres.Options{})
			p := testenv.NewProxy(t, dsn)
			s := openAt(t, p.DSN(), postgres.Options{})
			n := 0
			for range 3 {
				for _, cut := range []testenv.Cut{testenv.BeforeSent, testenv.AfterAnswer, testenv.Never} {
					n++
					p.CutNext(cut)
					if v, err := note(t, s, fmt.Sprint("a", n), joint); v != clusto.Version(n+2) || err != nil {
						t.Fatalf("change %d, cut off %d: version %d, %v", n, cut, v, err)
					}
				}
			}
			if n := p.Cuts(); n != 6 {
				t.Errorf("%d commits were cut off, want 6", n)
			}
			checkNoted(t, s, n)
		})
	}
}

// TestKilled kills the server again and again while several write: every change
// that was acknowledged is there once, and no other.
func TestKilled(t *testing.T) {
	server := testenv.NewPostgreSQL(t, testenv.Options{})
	dsn := server.NewDatabase(t)
	createIn(t, dsn, postgres.Options{})
	const writers, each = 4, 40
	var wg sync.WaitGroup
	written := make(chan struct{}, writers*each)
	for w := range writers {
		s := openAt(t, dsn, postgres.Options{})
		wg.Go(func() {
			for i := range each {
				if _, err := note(t, s, fmt.Sprintf("w%d-%d", w, i), w%2 == 0); err != nil {
					t.Errorf("writer %d, change %d: %v (%s)", w, i, err, clusto.Hint(err))
				}
				written <- struct{}{}
			}
		})
	}
	for n := range writers * each {
		if <-written; n%40 == 20 {
			server.Kill(t)
			server.Start(t)
		}
	}
	wg.Wait()
	checkNoted(t, openAt(t, dsn, postgres.Options{}), writers*each)
}

// TestGone gives up when the server does not come back.
func TestGone(t *testing.T) {
	server := testenv.NewPostgreSQL(t, testenv.Options{})
	s := createIn(t, server.NewDatabase(t), postgres.Options{Options: sqlstore.Options{Patience: 1}})
	server.Stop(t)
	if _, err := note(t, s, "a", false); !errors.Is(err, clusto.ErrUnavailable) || clusto.Hint(err) == "" {
		t.Errorf("a change without server: %v, want ErrUnavailable with a hint", err)
	}
	if err := s.View(t.Context(), clusto.Live, func(clusto.Reader) error { return nil }); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("a question without server: %v, want ErrUnavailable", err)
	}
}
