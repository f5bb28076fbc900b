package testenv

import (
	"strconv"
	"testing"
)

// Standby starts a PostgreSQL server and one that follows it: a commit waits
// until the standby has written it too. Both listen on ports of 127.0.0.1 and
// end with the test. [DSN] makes a DSN with both.
func Standby(tb testing.TB) (primary, standby *Server) {
	tb.Helper()
	primary = mine(tb, postgres{}, Options{TCP: true})
	standby = mine(tb, postgres{primary: primary}, Options{TCP: true})
	// Only now, so that the standby does not have the setting: promoted, it
	// would wait for a standby of its own.
	primary.Exec(tb, "ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf()")
	err := primary.await("be followed", func() bool {
		out, err := primary.exec(superuser, "", "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'")
		return err == nil && out == "sync"
	})
	if err != nil {
		tb.Fatal(err)
	}
	return primary, standby
}

// Promote has a standby become a primary and waits until it takes writes. The
// old primary, if it runs, does so too: stop it first.
func (s *Server) Promote(tb testing.TB) {
	tb.Helper()
	if got := s.Exec(tb, "SELECT pg_promote()"); got != "t" {
		tb.Fatalf("the standby was not promoted:\n%s", tail(s.log()))
	}
}

// copy makes the data directory of a standby, which says whom to follow.
func (e postgres) copy(to *Server) error {
	program, err := find("pg_basebackup")
	if err != nil {
		return err
	}
	return to.run(program, "--no-sync", "--checkpoint=fast", "--write-recovery-conf", "--pgdata="+to.data(),
		"--host="+e.primary.dir, "--port="+strconv.Itoa(e.primary.port), "--username="+superuser)
}
