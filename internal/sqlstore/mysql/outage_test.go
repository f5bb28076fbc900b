package mysql_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/testenv"
)

// makeServer makes a server whose name comes from a counter, with some
// attributes.
func makeServer(tx clusto.Tx) error {
	ctx := context.Background()
	n, _, err := tx.Counter(ctx, 1, "next")
	if err != nil {
		return err
	}
	e, err := tx.Create(ctx, fmt.Sprintf("s%05d", n), "server", "basicserver")
	if err != nil {
		return err
	}
	for i := range 3 {
		if err := tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: "k", Number: clusto.Num(i), Value: clusto.Int(n)}); err != nil {
			return err
		}
	}
	return tx.SetCounter(ctx, 1, "next", n+1)
}

// checkServers checks that the servers are whole, that none is there twice, and
// that those of the acknowledged versions are there.
func checkServers(t *testing.T, server *testenv.Server, dsn string, acknowledged []clusto.Version) {
	t.Helper()
	ask := func(sql string) string { return strings.TrimSpace(server.ExecIn(t, dsn, sql)) }
	servers := ask(`SELECT count(*) FROM entities WHERE type = 'server'`)
	for sql, want := range map[string]string{
		`SELECT count(DISTINCT name) FROM entities WHERE type = 'server'`:                           servers,
		`SELECT count(*) DIV 3 FROM entity_attrs WHERE "key" = 'k'`:                                 servers,
		`SELECT count(*) - 2 FROM clustoversioning`:                                                 servers,
		`SELECT count(DISTINCT version) FROM entity_attrs WHERE "key" = 'k'`:                        servers,
		`SELECT coalesce(max(value), 0) FROM counters WHERE attr_key = 'next'`:                      servers,
		`SELECT count(*) FROM entities WHERE version NOT IN (SELECT version FROM clustoversioning)`: "0",
		`SELECT count(*) FROM entity_attrs a LEFT JOIN entities e ON e.entity_id = a.entity_id AND e.version = a.version WHERE a."key" = 'k' AND e.entity_id IS NULL AND a.number >= 0`: "0",
	} {
		if got := ask(`SET sql_mode = 'ANSI_QUOTES'; ` + sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	there := strings.Fields(ask(`SELECT version FROM clustoversioning`))
	for _, v := range acknowledged {
		if !slices.Contains(there, fmt.Sprint(int64(v))) {
			t.Errorf("version %d was acknowledged and is not there", v)
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(acknowledged)))) != len(acknowledged) {
		t.Error("a version was acknowledged twice")
	}
}

// TestCommitCutOff cuts the connection off before and after the server commits:
// each change is made exactly once.
func TestCommitCutOff(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := server.NewDatabase(t)
	p := testenv.NewProxy(t, dsn)
	s := create(t, p.DSN(), mysql.Options{})
	var acknowledged []clusto.Version
	for i := range 12 {
		p.CutNext(testenv.Cut(i % 3))
		v, err := s.Update(t.Context(), clusto.Change{}, makeServer)
		if err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, v)
	}
	if n := p.Cuts(); n != 8 {
		t.Errorf("%d commits were cut off, want 8", n)
	}
	if len(acknowledged) != 12 {
		t.Errorf("%d changes, want 12", len(acknowledged))
	}
	checkServers(t, server, dsn, acknowledged)
}

// TestKilledConnections has the server end connections, idle and at work.
func TestKilledConnections(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := server.NewDatabase(t)
	s := create(t, dsn, mysql.Options{})
	database, _, _ := strings.Cut(strings.TrimPrefix(dsn, "mysql://clusto@/"), "?")
	killAll := func() {
		ids := strings.Fields(server.Exec(t, `SELECT id FROM information_schema.processlist WHERE db = '`+database+`'`))
		if len(ids) == 0 {
			t.Error("there are no connections")
		}
		for _, id := range ids {
			server.Exec(t, `KILL `+id)
		}
	}
	var acknowledged []clusto.Version
	for i := range 3 {
		runs := 0
		v, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			runs++
			if runs == 1 && i == 1 {
				killAll() // before the first write
			}
			err := makeServer(tx)
			if runs == 1 && i == 2 {
				killAll()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, v)
		killAll() // idle now
		if err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error { _, err := r.Version(t.Context()); return err }); err != nil {
			t.Errorf("View: %v", err)
		}
	}
	checkServers(t, server, dsn, acknowledged)
}

// TestServerCrash kills the server under four writers, more than once.
func TestServerCrash(t *testing.T) {
	server := testenv.NewMariaDB(t, testenv.Options{})
	dsn := server.NewDatabase(t)
	create(t, dsn, mysql.Options{})
	load := startLoad(t, []string{dsn, dsn, dsn, dsn}, makeServer)
	for range 3 {
		load.await(t, 20)
		server.Kill(t)
		server.Start(t)
	}
	load.await(t, 20)
	checkServers(t, server, dsn, load.end(t))
}

// load is writers at work.
type load struct {
	stop chan struct{}
	wg   sync.WaitGroup
	more *sync.Cond // guards and tells of what follows
	done []clusto.Version
	errs []error
}

// startLoad has a writer for each DSN make changes until the load is ended.
func startLoad(t *testing.T, dsns []string, change func(clusto.Tx) error) *load {
	t.Helper()
	l := &load{stop: make(chan struct{}), more: sync.NewCond(&sync.Mutex{})}
	for _, dsn := range dsns {
		s := open(t, dsn, mysql.Options{Options: sqlstore.Options{Patience: time.Minute}})
		l.wg.Go(func() { l.write(s, change) })
	}
	return l
}

func (l *load) write(s *sqlstore.Store, change func(clusto.Tx) error) {
	for {
		select {
		case <-l.stop:
			return
		default:
		}
		v, err := s.Update(context.Background(), clusto.Change{}, change)
		l.more.L.Lock()
		if err == nil {
			l.done = append(l.done, v)
		} else {
			l.errs = append(l.errs, err)
		}
		l.more.Broadcast()
		l.more.L.Unlock()
		if err != nil {
			return
		}
	}
}

// await waits for n more changes.
func (l *load) await(t *testing.T, n int) {
	t.Helper()
	if err := l.wait(n); err != nil {
		t.Fatal(err)
	}
}

func (l *load) wait(n int) error {
	l.more.L.Lock()
	defer l.more.L.Unlock()
	for want := len(l.done) + n; len(l.done) < want && l.errs == nil; {
		l.more.Wait()
	}
	return errors.Join(l.errs...)
}

// end ends the load and returns the versions that were acknowledged.
func (l *load) end(t *testing.T) []clusto.Version {
	t.Helper()
	close(l.stop)
	l.wg.Wait()
	if l.errs != nil {
		t.Fatal(errors.Join(l.errs...))
	}
	return l.done
}
