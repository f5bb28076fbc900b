package mysql_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clusto/clusto"
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
		storetest.Run(t, func(t *testing.T) clusto.Store { return create(t, cluster.NewDatabase(t), mysql.Options{}) })
	})
	t.Run("Order", func(t *testing.T) { testClusterOrder(t, cluster) })
	t.Run("NodeLost", func(t *testing.T) { testNodeLost(t, cluster) })
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
