package mysql_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/testenv"
)

// versionsAfter returns the versions after the last of seen, as a follower asks
// for them.
func versionsAfter(t *testing.T, s *sqlstore.Store, seen []clusto.Version) []clusto.Version {
	t.Helper()
	last := clusto.Version(2) // those of a new database
	if len(seen) > 0 {
		last = seen[len(seen)-1]
	}
	var more []clusto.Version
	err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		for v, err := range r.Versions(context.Background(), last) {
			if err != nil {
				return err
			}
			more = append(more, v.Version)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return more
}

// follow reads on and on until a load has made n more changes.
func follow(t *testing.T, s *sqlstore.Store, l *load, n int) (seen []clusto.Version) {
	t.Helper()
	enough := make(chan error, 1)
	go func() { enough <- l.wait(n) }()
	for {
		seen = append(seen, versionsAfter(t, s, seen)...)
		select {
		case err := <-enough:
			if err != nil {
				t.Fatal(err)
			}
			return seen
		default:
		}
	}
}

// checkFollowed checks that a follower has seen what was committed, in order.
func checkFollowed(t *testing.T, seen, done []clusto.Version) {
	t.Helper()
	slices.Sort(done)
	if diff := cmp.Diff(seen, done); diff != "" {
		t.Errorf("versions that were followed (-) and committed (+):\n%s", diff)
	}
}

// TestCommitOrder has eight writers, each with a store of its own, and a
// follower, which misses no version.
func TestCommitOrder(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := server.NewDatabase(t)
	create(t, dsn, mysql.Options{})
	load := startLoad(t, slices.Repeat([]string{dsn}, 8), makeServer)
	follower := open(t, dsn, mysql.Options{})
	seen := follow(t, follower, load, 150)
	done := load.end(t)
	seen = append(seen, versionsAfter(t, follower, seen)...)
	checkFollowed(t, seen, done)
	checkServers(t, server, dsn, done)
}

// TestOrderNeedsTheRule shows what the order of commits is for: a program that
// does not advance clusto_meta can commit a version after a later one, which a
// follower then misses.
func TestOrderNeedsTheRule(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := server.NewDatabase(t)
	follower := create(t, dsn, mysql.Options{})
	slow := startClient(t, dsn)
	slow.run(t, `BEGIN; INSERT INTO clustoversioning (timestamp) VALUES (now()); SELECT LAST_INSERT_ID()`)
	server.ExecIn(t, dsn, `INSERT INTO clustoversioning (timestamp) VALUES (now())`)
	seen := versionsAfter(t, follower, nil)
	slow.run(t, `COMMIT; SELECT 0`)
	if more := versionsAfter(t, follower, seen); len(seen) != 1 || seen[0] != 4 || more != nil {
		t.Errorf("seen %v, then %v: want 4 and nothing, with 3 missed", seen, more)
	}
	if got := strings.TrimSpace(server.ExecIn(t, dsn, `SELECT count(*) FROM clustoversioning`)); got != "4" {
		t.Errorf("%s versions, want 4", got)
	}
}
