package mysql_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/alloctest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// nodeFirst returns DSNs of a database on a cluster, each with another node first.
func nodeFirst(c *testenv.Cluster, database string) []string {
	var all []string
	for i := range c.Nodes {
		all = append(all, testenv.DSN(database, append(slices.Clone(c.Nodes[i:]), c.Nodes[:i]...)...))
	}
	return all
}

// TestGalera passes a cluster of three nodes through what every store must
// pass, and then through what only a cluster knows.
func TestGalera(t *testing.T) {
	cluster := testenv.Galera(t, 3)
	t.Run("Store", func(t *testing.T) {
		if racetest.On {
			t.Skip("TestStore looks for races on one server, and this runs without the race detector")
		}
		// The long ones are TestStore's alone, for a cluster is slow.
		storetest.Run(t, func(t *testing.T) clusto.Store { return create(t, cluster.NewDatabase(t), mysql.Options{}) }, storetest.Long()...)
	})
	t.Run("Order", func(t *testing.T) { testClusterOrder(t, cluster) })
	t.Run("NodeLost", func(t *testing.T) { testNodeLost(t, cluster) })
	t.Run("Abandoned", func(t *testing.T) { testAbandoned(t, cluster) })
	t.Run("Allocation", func(t *testing.T) { testClusterAllocation(t, cluster) })
}

// testClusterOrder has a follower on one node read what writers on all of them
// commit: it misses no version.
func testClusterOrder(t *testing.T, cluster *testenv.Cluster) {
	database := cluster.CreateDatabase(t)
	dsns := nodeFirst(cluster, database)
	create(t, dsns[0], mysql.Options{})
	failures := certificationFailures(t, cluster)
	load := startLoad(t, dsns, makeServer)
	follower := open(t, dsns[2], mysql.Options{})
	seen := follow(t, follower, load, 60)
	done := load.end(t)
	seen = append(seen, versionsAfter(t, follower, seen)...)
	checkFollowed(t, seen, done)
	if n := certificationFailures(t, cluster) - failures; n == 0 {
		t.Error("the nodes never got into each other's way: the test shows nothing")
	}
	checkServers(t, cluster.Nodes[1], cluster.Nodes[1].DSN(database), done)
}

func certificationFailures(t *testing.T, cluster *testenv.Cluster) int {
	t.Helper()
	sum := 0
	for i := range cluster.Nodes {
		for _, variable := range []string{"wsrep_local_cert_failures", "wsrep_local_bf_aborts"} {
			n, err := strconv.Atoi(strings.TrimSpace(cluster.Status(t, i, variable)))
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
	}
	return sum
}

// testNodeLost kills a node in the middle of a load, and brings it back.
func testNodeLost(t *testing.T, cluster *testenv.Cluster) {
	database := cluster.CreateDatabase(t)
	dsns := nodeFirst(cluster, database)
	create(t, dsns[0], mysql.Options{})
	load := startLoad(t, dsns, makeServer)
	load.await(t, 20)
	cluster.Nodes[1].Kill(t)
	load.await(t, 20)
	cluster.Nodes[1].Start(t)
	load.await(t, 20)
	done := load.end(t)
	cluster.Await(t)
	for _, node := range cluster.Nodes {
		checkServers(t, node, node.DSN(database), done)
	}
}

// testAbandoned has a node give up changes in the middle of their functions, for
// what was committed on another: when the next thing that a function does needs
// a statement that its connection has not run before, the node may keep quiet
// about it.
func testAbandoned(t *testing.T, cluster *testenv.Cluster) {
	for _, joint := range []bool{false, true} {
		t.Run(fmt.Sprintf("joint=%v", joint), func(t *testing.T) {
			database := cluster.CreateDatabase(t)
			s := create(t, nodeFirst(cluster, database)[0], mysql.Options{})
			overtake := func() {
				cluster.Nodes[1].ExecIn(t, cluster.Nodes[1].DSN(database), `SET wsrep_sync_wait = 15; UPDATE clusto_meta SET seq = seq + 1 WHERE id = 1`)
				cluster.Nodes[0].ExecIn(t, cluster.Nodes[0].DSN(database), `SET wsrep_sync_wait = 15; SELECT 1 FROM clusto_meta`)
			}
			testOvertaken(t, s, joint, overtake)
		})
	}
}

// testOvertaken checks that a change whose transaction is given up before the
// last thing that its function does is run again, and that those which may be
// committed with it are made.
func testOvertaken(t *testing.T, s clusto.Store, joint bool, overtake func()) {
	ctx := t.Context()
	mark := clusto.Attr{Entity: 1, Key: "k", Value: clusto.Int(1)}
	for last, do := range map[string]func(clusto.Tx) error{
		"write": func(tx clusto.Tx) error { return tx.AddAttrs(ctx, mark) },
		"read": func(tx clusto.Tx) error {
			_, err := clusto.Collect(tx.Find(ctx, clusto.Match{Types: []string{"pool"}}))
			return err
		},
		"nothing": func(clusto.Tx) error { return nil },
		"refuse":  func(clusto.Tx) error { return errRefused },
	} {
		t.Run(last, func(t *testing.T) {
			var wg sync.WaitGroup
			update := func(fn func(clusto.Tx) error) {
				wg.Go(func() {
					if _, err := s.Update(ctx, clusto.Change{Joint: joint}, fn); err != nil && !errors.Is(err, errRefused) {
						t.Error(err)
					}
				})
			}
			create := func(name string) {
				update(func(tx clusto.Tx) error { _, err := tx.Create(ctx, name, "server", "basicserver"); return err })
			}
			leads, lead := make(chan struct{}), make(chan struct{})
			led := sync.OnceFunc(func() { close(leads) })
			update(func(clusto.Tx) error { // while it runs, the others come together
				led()
				<-lead
				return nil
			})
			<-leads
			create("before-" + last)
			runs := 0
			update(func(tx clusto.Tx) error {
				if !joint {
					if _, err := tx.Now(ctx); err != nil { // takes the turn to write
						return err
					}
				}
				if runs++; runs == 1 {
					overtake()
				}
				return do(tx)
			})
			create("after-" + last)
			close(lead)
			wg.Wait()
			if runs < 2 {
				t.Errorf("the function ran %d times", runs)
			}
			checkThere(t, s, "before-"+last, "after-"+last)
		})
	}
}

var errRefused = errors.New("refused")

func checkThere(t *testing.T, s clusto.Store, names ...string) {
	t.Helper()
	err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		for _, name := range names {
			if _, err := r.Entity(t.Context(), name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// testClusterAllocation has workers on all nodes fight over the last of
// everything while a node is killed and comes back. All nodes have the same
// history in the end.
func testClusterAllocation(t *testing.T, cluster *testenv.Cluster) {
	alloctest.Run(t, func(t *testing.T) alloctest.Database {
		database := cluster.CreateDatabase(t)
		db := alloctest.Database{Where: nodeFirst(cluster, database), Open: openStore}
		db.Store = create(t, db.Where[0], patient)
		for _, node := range cluster.Nodes {
			db.Check = append(db.Check, node.TCPDSN(database))
		}
		db.Disturb = func(t *testing.T, await func(int)) {
			await(30)
			cluster.Nodes[1].Kill(t)
			await(30)
			cluster.Nodes[1].Start(t)
			cluster.Await(t)
			await(30)
		}
		return db
	}, alloctest.Options{Workers: 2, Processes: 3, Killed: 1})
}
