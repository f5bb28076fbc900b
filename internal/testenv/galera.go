package testenv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Cluster is a MariaDB Galera cluster on ports of 127.0.0.1.
type Cluster struct {
	// Nodes may be stopped, killed and started one by one. Start returns when
	// the node is synced; if no other node runs then, it begins the cluster
	// anew with what the node has.
	Nodes []*Server
}

// Galera starts a cluster of n nodes that ends with the test, and waits until
// all are synced.
func Galera(tb testing.TB, n int) *Cluster {
	tb.Helper()
	require(tb, galera{}.programs()...)
	c := &Cluster{}
	ports := make([]int, 3*n)
	for i := range ports {
		port, err := binary.freePort()
		if err != nil {
			tb.Fatal(err)
		}
		ports[i] = port
	}
	for i := range n {
		// Galera itself, its transfers of changes, its transfers of states.
		e := galera{cluster: c, group: ports[3*i], changes: ports[3*i+1], state: ports[3*i+2]}
		for k := range n {
			e.members = append(e.members, address(ports[3*k]))
		}
		c.Nodes = append(c.Nodes, mine(tb, e, Options{TCP: true}))
	}
	c.Await(tb)
	return c
}

// Await waits until the nodes that run are one cluster, without those that do
// not, and are synced.
func (c *Cluster) Await(tb testing.TB) {
	tb.Helper()
	nodes := c.running()
	size := strconv.Itoa(len(nodes))
	for _, node := range nodes {
		err := node.await("be one of "+size+" nodes", func() bool { return synced(node) && status(node, "wsrep_cluster_size") == size })
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func (c *Cluster) running() []*Server {
	return slices.DeleteFunc(slices.Clone(c.Nodes), func(s *Server) bool { return s.process == nil })
}

// NewDatabase makes an empty database, which is there on all running nodes and
// dropped at the end of the test, and returns a DSN with all nodes:
//
//	mysql://clusto@127.0.0.1:20001,127.0.0.1:20002,127.0.0.1:20003/test_1
//
// TCPDSN of a node, with the last part as the name, is the DSN of that node
// alone.
func (c *Cluster) NewDatabase(tb testing.TB) string {
	tb.Helper()
	return c.DSN(c.CreateDatabase(tb))
}

// CreateDatabase is NewDatabase, but returns the name.
func (c *Cluster) CreateDatabase(tb testing.TB) string {
	tb.Helper()
	nodes := c.running()
	name := nodes[0].home.databaseName()
	nodes[0].Exec(tb, nodes[0].engine.create(name))
	tb.Cleanup(func() {
		if left := c.running(); len(left) > 0 {
			left[0].dropDatabase(tb, name)
		}
	})
	for _, node := range nodes {
		node.Exec(tb, "SET wsrep_sync_wait = 15; SHOW DATABASES LIKE '"+name+"'")
	}
	return name
}

// DSN returns the DSN of a database with all nodes.
func (c *Cluster) DSN(database string) string { return DSN(database, c.Nodes...) }

// Status returns a status variable of a running node, such as
// "wsrep_local_cert_failures".
func (c *Cluster) Status(tb testing.TB, node int, variable string) string {
	tb.Helper()
	return strings.TrimPrefix(c.Nodes[node].Exec(tb, showStatus(variable)), variable+"\t")
}

func showStatus(variable string) string { return "SHOW GLOBAL STATUS LIKE '" + variable + "'" }

// status is a status variable of a node that may not be able to say.
func status(s *Server, variable string) string {
	out, _ := s.exec(superuser, "", showStatus(variable))
	return strings.TrimPrefix(out, variable+"\t")
}

// synced reports whether a node takes statements.
func synced(s *Server) bool {
	return status(s, "wsrep_ready") == "ON" && status(s, "wsrep_local_state_comment") == "Synced"
}

// galera is the engine of a cluster's node.
type galera struct {
	mariadb
	cluster *Cluster
	members []string // where Galera listens on each node

	group, changes, state int // ports
}

func (galera) programs() []string {
	return append(mariadb{}.programs(), "galera", "rsync", "wsrep_sst_rsync")
}

// initialise makes the data of the first node only: the others get theirs from
// the cluster.
func (g galera) initialise(s *Server) error {
	if len(g.cluster.Nodes) == 0 {
		return g.mariadb.initialise(s)
	}
	return errors.Join(os.Mkdir(s.data(), 0o700), s.home.owner.chown(s.data()))
}

func (g galera) command(s *Server) ([]string, error) {
	provider, err := find("galera")
	if err != nil {
		return nil, err
	}
	args, err := g.mariadb.command(s)
	if err != nil {
		return nil, err
	}
	options := []string{
		"gmcast.listen_addr=tcp://" + address(g.group), "ist.recv_addr=" + address(g.changes),
		// A node that comes back gets the changes that it missed from here.
		"gcache.size=32M", "gcache.recover=yes",
		// Soon without a node that has died, but not at each hiccup of a busy machine.
		"evs.inactive_check_period=PT0.5S", "evs.suspect_timeout=PT3S",
		"pc.recovery=no", // Start decides who begins
	}
	args = append(args, "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
		"--wsrep-on=ON", "--wsrep-provider="+provider, "--wsrep-provider-options="+strings.Join(options, ";"),
		"--wsrep-cluster-name="+g.members[0], "--wsrep-cluster-address=gcomm://"+strings.Join(g.members, ","),
		"--wsrep-node-address="+address(g.group), "--wsrep-node-incoming-address="+s.Addr(),
		"--wsrep-sst-method=rsync", "--wsrep-sst-receive-address="+address(g.state))
	position, err := recoverPosition(s, args)
	if err != nil {
		return nil, err
	}
	if position != "" {
		args = append(args, "--wsrep-start-position="+position)
	}
	if len(g.cluster.running()) == 0 {
		args = append(args, "--wsrep-new-cluster")
		err = allowBootstrap(s)
	}
	return args, err
}

func (galera) ready(s *Server) bool { return mariadb{}.ready(s) && synced(s) }

// recovered is what mariadbd --wsrep-recover prints.
var recovered = regexp.MustCompile(`WSREP: Recovered position: (\S+)`)

// recoverPosition asks the data of a node that has run before for the last
// change they hold, as Debian's start script does: the file that says so is not
// written when a node is killed. Without it the node would copy everything.
func recoverPosition(s *Server, args []string) (string, error) {
	if _, err := os.Stat(grastate(s)); err != nil {
		return "", nil // a new node
	}
	log := filepath.Join(s.dir, "recover.log")
	if err := s.run(append(slices.Clone(args), "--wsrep-recover", "--log-error="+log)...); err != nil {
		return "", fmt.Errorf("%w\n%s", err, tail(log))
	}
	text, err := os.ReadFile(log)
	if err != nil {
		return "", err
	}
	m := recovered.FindAllStringSubmatch(string(text), -1)
	if m == nil {
		return "", fmt.Errorf("no position was recovered:\n%s", tail(log))
	}
	return m[len(m)-1][1], nil
}

// grastate is the file with what a node knows of its cluster.
func grastate(s *Server) string { return filepath.Join(s.data(), "grastate.dat") }

// allowBootstrap has a node that was not the last of its cluster to stop begin
// a new one.
func allowBootstrap(s *Server) error {
	text, err := os.ReadFile(grastate(s))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(grastate(s), []byte(strings.Replace(string(text), "safe_to_bootstrap: 0", "safe_to_bootstrap: 1", 1)), 0o600)
}
