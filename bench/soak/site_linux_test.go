package soak

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/clusto/clusto/bench/dhcp/hosts"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/netns"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/testenv"
)

// What there is: hosts that ask for their addresses, and racks with switches that
// tell what was plugged in.
const (
	knownHosts  = 400
	racks       = 4
	portsOfRack = 30 // of its switch, that servers have
)

// The server's address among the switches, and the relay's among the hosts.
var (
	trapAddr  = netip.MustParseAddrPort("172.16.0.1:162")
	relayAddr = netip.MustParseAddr("10.0.0.2")
)

func switchAddr(rack int) netip.Addr { return netip.AddrFrom4([4]byte{172, 16, 1, byte(rack + 1)}) }

// site is "clusto serve" on a database whose connections can be cut off, with two
// networks.
type site struct {
	*testing.T
	dsn                    string // without the proxy
	proxy                  *testenv.Proxy
	server, relay, switchs *netns.Space
	socket                 string // of HTTP
	log                    string
	http                   *http.Client
	api                    *client.Client
	stop                   func() // ends the server
	pid                    int
}

// patient is how clients ask: until there is an answer.
var patient = client.Retry{Attempts: 1 << 30, Wait: 5 * time.Millisecond, MaxWait: 50 * time.Millisecond}

// newSite makes a site whose server answers.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, dsn: testenv.PostgreSQL(t).NewDatabase(t), server: newSpace(t), relay: newSpace(t), switchs: newSpace(t)}
	s.proxy = testenv.NewProxy(t, s.dsn)
	dir, err := os.MkdirTemp("", "soak") // the test's own may be too long a path for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.socket, s.log = filepath.Join(dir, "http"), filepath.Join(dir, "log")
	s.wire()
	s.fill()
	s.http = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", s.socket)
	}}}
	t.Cleanup(s.http.CloseIdleConnections)
	if s.api, err = client.New("http://clusto", client.Options{HTTPClient: s.http, Retry: patient}); err != nil {
		t.Fatal(err)
	}
	s.start(dir)
	return s
}

func newSpace(t *testing.T) *netns.Space {
	t.Helper()
	s, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// wire makes the networks of the hosts and of the switches.
func (s *site) wire() {
	s.Helper()
	err := errors.Join(
		netns.Join(s.server, "hosts0", s.relay, "relay0"),
		netns.Join(s.server, "racks0", s.switchs, "switch0"),
		s.server.IP("addr add 10.0.0.1/8 brd + dev hosts0", "addr add 172.16.0.1/16 dev racks0"),
		s.relay.IP("addr add 10.0.0.2/8 dev relay0"))
	for rack := range racks {
		err = errors.Join(err, s.switchs.IP(fmt.Sprintf("addr add %s/16 dev switch0", switchAddr(rack))))
	}
	if err != nil {
		s.Fatal(err)
	}
}

// fill makes the database.
func (s *site) fill() {
	s.Helper()
	store, _, err := postgres.Create(s.Context(), s.dsn, postgres.Options{})
	if err != nil {
		s.Fatal(err)
	}
	if err := errors.Join(hosts.Load(s.Context(), store, knownHosts), store.Close()); err != nil {
		s.Fatal(err)
	}
	var text strings.Builder
	text.WriteString(`from clusto.drivers import *
from rackfactory import get_factory
servers = IPManager('servers', baseip='192.168.20.0', netmask='255.255.252.0')
switches = IPManager('switches', baseip='172.16.0.0', netmask='255.255.0.0')
names = SimpleEntityNameManager('servernames', basename='s', digits=4)
datacenter = EquinixDatacenter('dc')
datacenter.set_attr(key='snmp', subkey='discovery', value=1)
datacenter.set_attr(key='ipmanager', value=servers)
`)
	for rack := range racks {
		fmt.Fprintf(&text, `rack = APCRack('r%[1]d')
rack.set_attr(key='racklayout', value='201001')
datacenter.insert(rack)
get_factory('r%[1]d').connect_ports()
get_by_name('r%[1]d-sw1').add_ip('%[2]s', switches)
`, rack, switchAddr(rack))
	}
	path := filepath.Join(s.TempDir(), "fill.clusto")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		s.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "run", path)
	cmd.Env = append(os.Environ(), asClusto+"=1", "CLUSTODSN="+s.dsn)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.Fatalf("%v\n%s", err, out)
	}
}

// start starts the server and waits until it is ready.
func (s *site) start(dir string) {
	s.Helper()
	conf := filepath.Join(dir, "clusto.conf")
	if err := os.WriteFile(conf, []byte("[http]\nrate_address = off\n[snmptrapd]\ncommunities = public\n"), 0o600); err != nil {
		s.Fatal(err)
	}
	log, err := os.Create(s.log)
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(os.Args[0], "serve", "--http", "unix:"+s.socket, "--dhcp", hosts.Gateway.String()+":67", "--snmptrap", trapAddr.String())
	cmd.Env = append(os.Environ(), asClusto+"=1", "CLUSTODSN="+s.proxy.DSN(), "CLUSTOCONFIG="+conf)
	cmd.Stdout, cmd.Stderr = log, log
	if err := s.server.Start(cmd); err != nil {
		s.Fatal(err)
	}
	s.pid = cmd.Process.Pid
	s.stop = sync.OnceFunc(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			s.Errorf("the server has ended: %v", err)
		}
		if err := cmd.Wait(); err != nil {
			s.Errorf("the server ended with %v", err)
		}
		if s.Failed() {
			text, _ := os.ReadFile(s.log)
			s.Logf("the server's log ends with\n%s", text[max(0, len(text)-8000):])
		}
	})
	s.Cleanup(s.stop)
	for giveUp := time.Now().Add(time.Minute); !s.ready(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(giveUp) {
			s.Fatal("the server does not get ready")
		}
	}
}

// ready reports whether the server says that it is.
func (s *site) ready() bool {
	answer, err := s.http.Get("http://clusto/readyz")
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// open opens the database without the proxy.
func (s *site) open() *sqlstore.Store {
	s.Helper()
	store, err := postgres.Open(s.Context(), s.dsn, postgres.Options{})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { store.Close() })
	return store
}

// command runs clusto and returns what it prints.
func (s *site) command(dsn string, args ...string) string {
	s.Helper()
	var out, problems bytes.Buffer
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asClusto+"=1", "CLUSTODSN="+dsn)
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		s.Fatalf("clusto %s: %v\n%s", strings.Join(args, " "), err, &problems)
	}
	return out.String()
}
