package testenv_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/testenv"
)

func TestGalera(t *testing.T) {
	t.Parallel()
	c := testenv.Galera(t, 3)
	dsn := c.NewDatabase(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if hosts := strings.Split(u.Host, ","); u.Scheme != "mysql" || len(hosts) != 3 || hosts[2] != c.Nodes[2].Addr() {
		t.Errorf("DSN %s", dsn)
	}
	c.Nodes[0].ExecIn(t, dsn, "CREATE TABLE t (a INT PRIMARY KEY)")
	for i, node := range c.Nodes {
		node.ExecIn(t, dsn, "SET wsrep_sync_wait = 15; INSERT INTO t VALUES ("+string("123"[i])+")")
	}
	wantRows(t, c, dsn, "3")

	before := c.Status(t, 1, "wsrep_local_state_uuid")
	c.Nodes[0].Kill(t)
	c.Await(t)
	if got := c.Status(t, 1, "wsrep_cluster_size"); got != "2" {
		t.Errorf("after a kill: %s nodes, want 2", got)
	}
	c.Nodes[2].ExecIn(t, dsn, "INSERT INTO t VALUES (4)")
	c.Nodes[0].Start(t)
	c.Await(t)
	wantRows(t, c, dsn, "4")
	if got := c.Status(t, 0, "wsrep_local_state_uuid"); got != before {
		t.Errorf("the node that came back is in cluster %s, the others in %s", got, before)
	}

	for _, node := range c.Nodes {
		node.Stop(t)
	}
	for i := range c.Nodes {
		c.Nodes[2-i].Start(t)
	}
	c.Await(t)
	wantRows(t, c, dsn, "4")
}

// wantRows has each node count the rows of t.
func wantRows(t *testing.T, c *testenv.Cluster, dsn, want string) {
	t.Helper()
	for i, node := range c.Nodes {
		if got := node.ExecIn(t, dsn, "SET wsrep_sync_wait = 15; SELECT count(*) FROM t"); got != want {
			t.Errorf("node %d has %s rows, want %s", i, got, want)
		}
	}
}

func TestStandby(t *testing.T) {
	t.Parallel()
	primary, standby := testenv.Standby(t)
	name := primary.CreateDatabase(t)
	dsn := primary.DSN(name)
	want := "postgresql://clusto@" + primary.Addr() + "," + standby.Addr() + "/" + name + "?target_session_attrs=read-write"
	if got := testenv.DSN(name, primary, standby); got != want {
		t.Errorf("DSN %s, want %s", got, want)
	}
	primary.ExecIn(t, dsn, "SET synchronous_commit = remote_apply; CREATE TABLE t (a INT); INSERT INTO t VALUES (1)")
	if got := standby.ExecIn(t, dsn, "SHOW transaction_read_only; SELECT a FROM t"); got != "on\n1" {
		t.Errorf("the standby says %q", got)
	}
	primary.ExecIn(t, dsn, "INSERT INTO t VALUES (2)")
	primary.Kill(t)
	standby.Promote(t)
	standby.ExecIn(t, dsn, "INSERT INTO t VALUES (3)")
	if got := standby.ExecIn(t, dsn, "SELECT a FROM t ORDER BY a"); got != "1\n2\n3" {
		t.Errorf("the promoted standby has %q", got)
	}
}
